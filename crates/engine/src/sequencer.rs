//! The playhead: plays the current idea, looped, and lets the next one take over where its rule says.
//!
//! Runs on the audio thread. Phase is counted from where the idea started, also before that after a seek back. Every
//! note that begins stands in [`ActiveNotes`] until its end was sent; jumps, stops and replacements end them first.

mod active_notes;
mod onsets;

use crate::clock::Clock;
use crate::clock::segment::{Segment, Timeline};
use crate::note_bus::NoteBus;
use crate::strips::Strips;
use active_notes::{ActiveNote, ActiveNotes};
use linnet_handover::audio_to_worker::{FromAudio, Sender};
use linnet_handover::worker_to_audio::{Receiver, Score, Start, ToAudio};
use linnet_music::{Beats, IdeaId};
use onsets::Onsets;

/// The idea that plays.
struct Playing {
    score: Box<Score>,
    /// Where it started on the host's timeline and on the own clock's, in beats.
    starts: [Option<f64>; 2],
}

impl Playing {
    fn start(&self, timeline: Timeline) -> Option<f64> {
        self.starts[timeline as usize]
    }
}

/// Where an idea takes over.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Takeover {
    /// The position from which it sounds, in beats.
    line: f64,
    /// The position that its phase is counted from, in beats.
    start: f64,
    /// Whether it is the idea that waits, or the current one that comes back in.
    replaces: bool,
}

/// The sequencer.
pub(crate) struct Sequencer {
    scores: Receiver,
    current: Option<Playing>,
    waiting: Option<Box<Score>>,
    active: ActiveNotes,
    strips: Strips,
}

impl Sequencer {
    /// A sequencer that plays what `scores` brings.
    pub(crate) fn new(scores: Receiver) -> Self {
        Self { scores, current: None, waiting: None, active: ActiveNotes::new(), strips: Strips::default() }
    }

    /// Forgets the notes that sound; the ideas stay.
    pub(crate) fn reset(&mut self) {
        self.active.clear();
        if let Some(playing) = &mut self.current {
            // The own clock begins anew.
            playing.starts[Timeline::Own as usize] = None;
        }
    }

    /// Takes the composer thread's orders.
    pub(crate) fn receive(&mut self, bus: &mut NoteBus) {
        while let Some(order) = self.scores.receive() {
            let waiting = match order {
                ToAudio::Play(score) => Some(score),
                ToAudio::Silence => {
                    self.panic(bus);
                    if let Some(playing) = self.current.take() {
                        self.scores.give_back(playing.score);
                    }
                    None
                }
            };
            if let Some(replaced) = std::mem::replace(&mut self.waiting, waiting) {
                self.scores.give_back(replaced);
            }
        }
    }

    /// Ends every note of the idea.
    pub(crate) fn panic(&mut self, bus: &mut NoteBus) {
        self.active.release(0, bus, |_| true);
    }

    /// Puts the block's notes on the bus, and tells the composer thread which idea has started.
    pub(crate) fn schedule(&mut self, clock: &Clock, strips: &Strips, bus: &mut NoteBus, to: &mut Sender) {
        self.follow(strips, bus);
        for segment in clock.segments() {
            self.schedule_segment(segment, bus, to);
        }
    }

    /// The idea that plays on the timeline of `segment`, and where it started.
    pub(crate) fn playing(&self, segment: &Segment) -> Option<(IdeaId, f64)> {
        let playing = self.current.as_ref().filter(|_| segment.plays)?;
        Some((playing.score.idea, playing.start(segment.timeline)?))
    }

    /// The idea that waits, and where it would start if time ran on from `beat`; none while nothing can start.
    pub(crate) fn next(&self, segment: &Segment, beat: f64) -> Option<(IdeaId, f64)> {
        let takeover = self.next_takeover(segment, beat - segment.half_frame()).filter(|_| segment.plays)?;
        let waiting = self.waiting.as_ref().filter(|_| takeover.replaces);
        let score = waiting.or(self.current.as_ref().map(|playing| &playing.score))?;
        Some((score.idea, takeover.start))
    }

    /// Notes that were not begun because too many sounded.
    pub(crate) fn dropped(&self) -> u64 {
        self.active.dropped()
    }

    /// Ends the notes of parts that no longer play, or would no longer end on their channel or key.
    fn follow(&mut self, strips: &Strips, bus: &mut NoteBus) {
        if self.strips != *strips {
            let before = std::mem::replace(&mut self.strips, *strips);
            self.active.release(0, bus, |part| {
                let (before, now) = (before[part.index()], strips[part.index()]);
                !now.plays || now.channel != before.channel || now.transpose != before.transpose
            });
        }
    }

    fn schedule_segment(&mut self, segment: &Segment, bus: &mut NoteBus, to: &mut Sender) {
        if segment.jumped || !segment.plays {
            self.active.release(segment.first, bus, |_| true);
        }
        if segment.audition_begins
            && let Some(playing) = &mut self.current
        {
            playing.starts[Timeline::Own as usize] = None;
        }
        if !segment.plays {
            return;
        }
        let (mut from, due_to) = segment.due;
        while let Some(takeover) = self.next_takeover(segment, from).filter(|next| next.line < due_to) {
            let border = takeover.line - segment.half_frame();
            self.play(segment, (from, border), bus);
            self.active.release(segment.frame_at(takeover.line), bus, |_| true);
            self.take_over(takeover, segment, to);
            // What a loop has just before its start is no part of an idea that begins here.
            let begins = if takeover.start == takeover.line { takeover.line } else { border };
            from = begins.max(from);
        }
        self.play(segment, (from, due_to), bus);
    }

    /// The next takeover due at or behind `from`, if an idea waits for one.
    fn next_takeover(&self, segment: &Segment, from: f64) -> Option<Takeover> {
        let now = segment.beat.max(from);
        let line = |rule: Start| match rule {
            Start::Now | Start::At(_) => now,
            waits => segment.grid.start_after(waits, from),
        };
        let waiting = self.waiting.as_ref().map(|score| {
            let line = line(score.start);
            let start = match score.start {
                Start::At(start) if segment.timeline == Timeline::Host && start.0.is_finite() => start.0,
                _ => line,
            };
            Takeover { line, start, replaces: true }
        });
        let idle = self.current.as_ref().filter(|playing| playing.start(segment.timeline).is_none());
        let returning = idle.map(|_| {
            let line = line(Start::NextBar);
            Takeover { line, start: line, replaces: false }
        });
        match (waiting, returning) {
            (Some(waiting), Some(returning)) if returning.line < waiting.line => Some(returning),
            (waiting, returning) => waiting.or(returning),
        }
    }

    fn take_over(&mut self, takeover: Takeover, segment: &Segment, to: &mut Sender) {
        if takeover.replaces
            && let Some(score) = self.waiting.take()
            && let Some(replaced) = self.current.replace(Playing { score, starts: [None; 2] })
        {
            self.scores.give_back(replaced.score);
        }
        if let Some(playing) = &mut self.current {
            playing.starts[segment.timeline as usize] = Some(takeover.start);
            to.send(FromAudio::Started {
                idea: playing.score.idea,
                at: Beats(takeover.start),
                playing: segment.timeline == Timeline::Host,
            });
        }
    }

    /// Plays what the current idea has in the positions [`due.0`, `due.1`).
    fn play(&mut self, segment: &Segment, due: (f64, f64), bus: &mut NoteBus) {
        let playing = self.current.as_ref();
        if let Some((score, start)) = playing.and_then(|it| Some((&it.score, it.start(segment.timeline)?))) {
            for onset in Onsets::new(score, start, due.0, due.1) {
                let strip = self.strips[onset.part.index()];
                if !strip.plays {
                    continue;
                }
                let frame = segment.frame_at(onset.beat);
                // What ends on this frame ends first.
                self.active.end_until(frame, segment, bus);
                let note = ActiveNote {
                    part: onset.part,
                    key: strip.key(onset.note.pitch),
                    note: bus.number(),
                    channel: strip.channel,
                    end: onset.end.max(onset.beat + segment.beats_per_frame),
                };
                self.active.begin(note, onset.note.velocity.unit(), frame, bus);
            }
        }
        self.active.end_before(due.1, segment, bus);
    }
}
