//! Listening: what the composer thread is told of the live notes and of the transport.
//!
//! Runs on the audio thread. Messages go in the order of time.

use crate::clock::Clock;
use crate::clock::grid::Grid;
use crate::clock::segment::Segment;
use crate::{LiveEvent, LiveKind};
use linnet_handover::audio_to_worker::{FromAudio, Sender};
use linnet_music::{Pitch, Velocity};

/// A tempo is news when it differs by this much, in bpm, so that a ramp does not fill the queue; every bar brings the
/// exact one.
const TEMPO_NEWS_BPM: f64 = 0.05;

/// What was told last.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    told: Option<Segment>,
    /// The bar line that is told next, and the grid that has it.
    next_bar: Option<(Grid, f64)>,
    notes_heard: u64,
}

impl Capture {
    /// Nothing told, nothing heard.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Forgets what was told; the notes heard stay counted.
    pub(crate) fn reset(&mut self) {
        (self.told, self.next_bar) = (None, None);
    }

    /// Live notes received since the start.
    pub(crate) fn notes_heard(&self) -> u64 {
        self.notes_heard
    }

    /// Sends what happened in the block.
    pub(crate) fn record(&mut self, events: &[LiveEvent], clock: &Clock, to: &mut Sender) {
        let mut events = events;
        let last = clock.segments().len() - 1;
        for (index, segment) in clock.segments().iter().enumerate() {
            let within = if index == last {
                events.len()
            } else {
                events.partition_point(|event| event.frame < segment.end)
            };
            let (now, later) = events.split_at(within);
            self.record_segment(now, segment, to);
            events = later;
        }
    }

    fn record_segment(&mut self, events: &[LiveEvent], segment: &Segment, to: &mut Sender) {
        let is_news = self.is_news(segment);
        let is_before = |(grid, line)| segment.grid == grid && segment.due.1 <= line;
        if !is_news && events.is_empty() && self.next_bar.is_some_and(is_before) {
            return;
        }
        let mut from = segment.due.0;
        if is_news {
            to.send(FromAudio::Transport(segment.moment(segment.beat)));
            // A bar line right here has thereby been told.
            from = segment.beat + segment.half_frame();
            self.told = Some(*segment);
        }
        let first_line = segment.grid.bar_line_after(from);
        let mut bar_line = first_line;
        for event in events {
            while bar_line < segment.due.1 && segment.frame_at(bar_line) <= event.frame {
                bar_line = self.tell_bar(bar_line, segment, to);
            }
            self.tell_event(event, segment, to);
        }
        while bar_line < segment.due.1 {
            bar_line = self.tell_bar(bar_line, segment, to);
        }
        self.next_bar = (!is_news && bar_line == first_line).then_some((segment.grid, bar_line));
    }

    fn is_news(&self, segment: &Segment) -> bool {
        self.told.is_none_or(|told| {
            segment.jumped
                || segment.timeline != told.timeline
                || segment.grid.metre() != told.grid.metre()
                || (segment.tempo.bpm() - told.tempo.bpm()).abs() >= TEMPO_NEWS_BPM
        })
    }

    /// Tells of a bar line, and returns the next.
    fn tell_bar(&mut self, bar_line: f64, segment: &Segment, to: &mut Sender) -> f64 {
        to.send(FromAudio::Transport(segment.moment(bar_line)));
        self.told = Some(*segment);
        bar_line + segment.grid.bar()
    }

    fn tell_event(&mut self, event: &LiveEvent, segment: &Segment, to: &mut Sender) {
        let at = segment.moment(segment.beat_at(segment.within(event.frame)));
        let channel = event.channel & 15;
        match event.kind {
            LiveKind::NoteOn { pitch, velocity } if pitch < 128 => {
                self.notes_heard += 1;
                let (pitch, velocity) = (Pitch::new(pitch.into()), Velocity::from_unit(velocity));
                to.send(FromAudio::NoteOn { pitch, velocity, channel, at });
            }
            LiveKind::NoteOff { pitch, .. } | LiveKind::Choke { pitch } if pitch < 128 => {
                to.send(FromAudio::NoteOff { pitch: Pitch::new(pitch.into()), channel, at });
            }
            _ => {}
        }
    }
}
