//! Musical time: the host's transport, or the engine's own clock, as stretches of steady time within a block.
//!
//! Runs on the audio thread.
//!
//! Every onset belongs to exactly one frame. Frames are half-open around their centre: frame `f` takes the positions
//! within half a frame of it. The stretches' `due` ranges tile time without gap or overlap as long as the transport
//! runs on, so rounding can neither lose nor double an onset; a jump begins a new range a frame before where it lands.

pub(crate) mod grid;
pub(crate) mod segment;

use crate::Transport;
use grid::Grid;
use linnet_music::{Beats, Tempo, TimeSignature};
use segment::{HALF_FRAME, Segment, Timeline};

/// A jump reaches back by this many frames: a loop that wraps between two blocks lands up to a frame past its start, whose
/// onsets must sound all the same. A little more, so that an onset exactly a frame before sounds however it is rounded.
const JUMP_FRAMES: f64 = 1.0 + 1e-4;
/// Share of a frame by which a loop's end may lie past a frame that still wraps.
const WRAP_TOLERANCE_FRAMES: f64 = 0.05;
/// A host's position that deviates less from where the last block ended is followed, but is no seek. Rounding is
/// below a quarter frame (1e-5 beats), positions in ticks of 1/480 beat are within 1/480; no grid is so fine that one
/// would seek by less than 1/240 beat (2 ms at 120 bpm), and below it no onset is lost or doubled either way.
const SEEK_BEATS: f64 = 1.0 / 240.0;
/// A tempo ramp within a block moves its end by no more than this, or it is a seek.
const RAMP_BEATS_MAX: f64 = 0.5;
/// Positions beyond are no positions: at 1e9 beats a frame is still resolved.
const BEATS_MAX: f64 = 1e9;
/// Loop passes and stretches in a block at most; a host whose loop is shorter corrects us on its next block.
const SEGMENTS: usize = 32;

/// The clock that runs without a transport. Position = base + frames × speed: no error adds up.
#[derive(Clone, Copy, Debug, Default)]
struct OwnClock {
    base: f64,
    frames: u64,
    beats_per_frame: f64,
    bar_anchor: f64,
    metre: TimeSignature,
}

impl OwnClock {
    fn position(&self) -> f64 {
        self.base + self.frames as f64 * self.beats_per_frame
    }

    /// Takes the tempo and the metre of the block; bars of a new metre are counted from the bar line before.
    fn set(&mut self, beats_per_frame: f64, metre: TimeSignature) {
        let position = self.position();
        if beats_per_frame != self.beats_per_frame {
            *self = Self { base: position, frames: 0, beats_per_frame, ..*self };
        }
        if metre != self.metre {
            self.bar_anchor = Grid::counted_from(self.bar_anchor, self.metre).bar_line_before(position);
            self.metre = metre;
        }
    }
}

/// Where the last block ended.
#[derive(Clone, Copy, Debug)]
struct Ended {
    timeline: Timeline,
    /// Where time would go on, in beats.
    beat: f64,
    /// End of the last `due` range.
    due: f64,
    frames: u32,
    beats_per_frame: f64,
    /// The position that the host gave at its start.
    given: Option<f64>,
    /// The loop that it played.
    looped: Loop,
}

impl Ended {
    /// Whether a block that begins at `beat` goes on from here. A tempo that changed within this block moved its end, but
    /// by no more than both speeds differ.
    fn runs_on_to(&self, beat: f64, beats_per_frame: f64) -> bool {
        let ramp = (beats_per_frame - self.beats_per_frame) * f64::from(self.frames);
        let ramp = ramp.clamp(-RAMP_BEATS_MAX, RAMP_BEATS_MAX);
        let moved = beat - self.beat;
        (ramp.min(0.0) - SEEK_BEATS..=ramp.max(0.0) + SEEK_BEATS).contains(&moved)
    }
}

/// The clock.
#[derive(Debug)]
pub(crate) struct Clock {
    sample_rate_hz: f64,
    segments: [Segment; SEGMENTS],
    len: usize,
    ended: Option<Ended>,
    own: OwnClock,
    auditioning: bool,
    audition_begins: bool,
    /// A tempo, and how many beats it goes in a frame.
    speed: Option<(Tempo, f64)>,
    /// What the own clock followed in the last block.
    followed: Option<Followed>,
}

/// What of a transport decides the own clock: whether there is one, its tempo and its metre.
type Followed = (bool, Option<Tempo>, Option<TimeSignature>);

impl Clock {
    /// A clock at 48 kHz that stands at 0.
    pub(crate) fn new() -> Self {
        let segment = Segment {
            first: 0,
            end: 0,
            beat: 0.0,
            beats_per_frame: 1.0,
            due: (0.0, 0.0),
            timeline: Timeline::Own,
            plays: false,
            jumped: false,
            audition_begins: false,
            grid: Grid::of_host(None, TimeSignature::COMMON),
            tempo: Tempo::default(),
        };
        Self {
            sample_rate_hz: 48_000.0,
            segments: [segment; SEGMENTS],
            len: 1,
            ended: None,
            own: OwnClock::default(),
            auditioning: false,
            audition_begins: false,
            speed: None,
            followed: None,
        }
    }

    /// Takes the sample rate, > 0.
    pub(crate) fn prepare(&mut self, sample_rate_hz: f64) {
        self.sample_rate_hz = sample_rate_hz;
        self.reset();
    }

    /// Forgets where it was; the own clock starts at 0, and an audition ends.
    pub(crate) fn reset(&mut self) {
        *self = Self { sample_rate_hz: self.sample_rate_hz, ..Self::new() };
    }

    /// Begins or ends an audition with the next block, where the transport then stands still.
    pub(crate) fn audition(&mut self, on: bool) {
        self.audition_begins = on && (self.audition_begins || !self.auditioning);
        self.auditioning = on;
    }

    /// The stretches of the block, in order; at least one, which is empty where the block is.
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments[..self.len]
    }

    /// The last stretch of the block.
    pub(crate) fn last(&self) -> &Segment {
        &self.segments[self.len.saturating_sub(1)]
    }

    /// Where the block ended, in beats.
    pub(crate) fn end_beat(&self) -> f64 {
        self.last().beat_at(self.last().end)
    }

    /// Follows the transport through a block of `frames` frames. An empty block leaves time as it is.
    pub(crate) fn follow(&mut self, transport: &Transport, frames: u32) {
        if frames == 0 {
            let (last, beat) = (*self.last(), self.end_beat());
            self.segments[0] = Segment {
                first: 0,
                end: 0,
                beat,
                due: (last.due.1, last.due.1),
                jumped: false,
                audition_begins: false,
                ..last
            };
            self.len = 1;
            return;
        }
        let runs = transport.present && transport.playing;
        let followed = (!runs).then_some((transport.present, transport.tempo, transport.metre));
        if followed.is_some() && followed == self.followed && !self.audition_begins {
            self.go_on(frames);
            return;
        }
        self.followed = followed;
        self.len = 0;
        if runs {
            self.follow_host(transport, frames);
        } else {
            self.follow_own(transport, frames);
        }
        let last = *self.last();
        self.ended = Some(Ended {
            timeline: last.timeline,
            beat: last.beat_at(last.end),
            due: last.due.1,
            frames,
            beats_per_frame: last.beats_per_frame,
            given: usable(transport.position),
            looped: Loop::of(transport, last.beats_per_frame),
        });
    }

    /// The own clock goes on where nothing changes but the time: for most blocks of a transport that stands still.
    fn go_on(&mut self, frames: u32) {
        let (segment, beat) = (&mut self.segments[0], self.own.position());
        let due_to = beat + (f64::from(frames) - HALF_FRAME) * segment.beats_per_frame;
        (segment.end, segment.beat) = (frames, beat);
        segment.due = (segment.due.1, due_to.max(segment.due.1));
        segment.plays = self.auditioning || !self.followed.is_some_and(|(is_present, ..)| is_present);
        (segment.jumped, segment.audition_begins) = (false, false);
        self.own.frames += u64::from(frames);
        if let Some(ended) = &mut self.ended {
            (ended.beat, ended.due, ended.frames) = (segment.beat_at(frames), segment.due.1, frames);
        }
    }

    fn beats_per_frame(&mut self, tempo: Tempo) -> f64 {
        match self.speed {
            Some((of, speed)) if of == tempo => speed,
            _ => {
                let speed = tempo.bpm() / 60.0 / self.sample_rate_hz;
                self.speed = Some((tempo, speed));
                speed
            }
        }
    }

    fn follow_host(&mut self, transport: &Transport, frames: u32) {
        // An audition ends where the transport starts.
        self.audition(false);
        let tempo = transport.tempo.unwrap_or_default();
        let speed = self.beats_per_frame(tempo);
        let looped = Loop::of(transport, speed);
        let before = self.ended.filter(|ended| ended.timeline == Timeline::Host);
        let given = usable(transport.position);
        // A host that splits a block may give all pieces the position of the first: then time runs on by itself.
        // The loop may have changed since it wrapped.
        let wrapped = before
            .is_some_and(|ended| looped.leads(ended.beat, given) || ended.looped.leads(ended.beat, given));
        let is_stale = before.is_some_and(|ended| ended.given == given && !wrapped);
        let expected = before.map(|ended| ended.beat);
        let beat = given.filter(|_| !is_stale).or(expected).unwrap_or(0.0);
        // Where the tempo changes as well, a short loop's wrap lies within what a ramp could have moved.
        let runs_on = before.filter(|ended| !wrapped && ended.runs_on_to(beat, speed));
        let due_from = match runs_on {
            Some(ended) => ended.due,
            None => beat - JUMP_FRAMES * speed,
        };
        let segment = Segment {
            first: 0,
            end: frames,
            beat,
            beats_per_frame: speed,
            due: (due_from, due_from),
            timeline: Timeline::Host,
            plays: true,
            jumped: runs_on.is_none(),
            audition_begins: false,
            grid: Grid::of_host(usable(transport.bar_start), transport.metre.unwrap_or_default()),
            tempo,
        };
        self.unroll(segment, looped);
    }

    /// Splits `segment` where the loop wraps within it.
    fn unroll(&mut self, mut segment: Segment, looped: Loop) {
        let (frames, speed) = (segment.end, segment.beats_per_frame);
        while self.len + 1 < SEGMENTS {
            let Some(to_end) = looped.frames_to_end(segment.beat, speed) else { break };
            let wraps_after = (to_end - WRAP_TOLERANCE_FRAMES).ceil().max(1.0);
            if wraps_after >= f64::from(frames - segment.first) {
                break;
            }
            segment.end = segment.first + wraps_after as u32;
            self.push(segment, looped.end - HALF_FRAME * speed);
            segment.first = segment.end;
            segment.beat = looped.start + (wraps_after - to_end) * speed;
            segment.due.0 = looped.start - HALF_FRAME * speed;
            segment.jumped = true;
        }
        segment.end = frames;
        let due = segment.beat + (f64::from(frames - segment.first) - HALF_FRAME) * speed;
        let inside = looped.frames_to_end(segment.beat, speed).is_some();
        self.push(segment, if inside { due.min(looped.end - HALF_FRAME * speed) } else { due });
    }

    fn follow_own(&mut self, transport: &Transport, frames: u32) {
        let tempo = transport.tempo.unwrap_or_default();
        let metre = transport.metre.unwrap_or_default();
        let speed = self.beats_per_frame(tempo);
        self.own.set(speed, metre);
        let beat = self.own.position();
        let audition_begins = std::mem::take(&mut self.audition_begins) && transport.present;
        if audition_begins {
            self.own.bar_anchor = beat;
        }
        let before = self.ended.filter(|ended| ended.timeline == Timeline::Own && !audition_begins);
        let due_from = before.map_or(beat - HALF_FRAME * speed, |ended| ended.due);
        let segment = Segment {
            first: 0,
            end: frames,
            beat,
            beats_per_frame: speed,
            due: (due_from, due_from),
            timeline: Timeline::Own,
            plays: self.auditioning || !transport.present,
            jumped: before.is_none(),
            audition_begins,
            grid: Grid::counted_from(self.own.bar_anchor, metre),
            tempo,
        };
        self.own.frames += u64::from(frames);
        self.push(segment, beat + (f64::from(frames) - HALF_FRAME) * speed);
    }

    fn push(&mut self, segment: Segment, due_to: f64) {
        let due = (segment.due.0, due_to.max(segment.due.0));
        if let Some(place) = self.segments.get_mut(self.len) {
            *place = Segment { due, ..segment };
            self.len += 1;
        }
    }
}

/// `beats`, where it is a position that a host can mean.
fn usable(beats: Option<Beats>) -> Option<f64> {
    beats.map(|beats| beats.0).filter(|beats| beats.abs() <= BEATS_MAX)
}

/// The host's loop; an empty one for none.
#[derive(Clone, Copy, Debug)]
struct Loop {
    start: f64,
    end: f64,
}

impl Loop {
    fn of(transport: &Transport, speed: f64) -> Self {
        let given =
            transport.looped.and_then(|(start, end)| Some((usable(Some(start))?, usable(Some(end))?)));
        match given {
            // A loop of less than two frames cannot be followed.
            Some((start, end)) if end - start >= 2.0 * speed => Self { start, end },
            _ => Self { start: 0.0, end: f64::NEG_INFINITY },
        }
    }

    /// Frames from `beat` to the loop's end, where it lies ahead: more than [`WRAP_TOLERANCE_FRAMES`].
    fn frames_to_end(&self, beat: f64, speed: f64) -> Option<f64> {
        Some((self.end - beat) / speed).filter(|frames| *frames > WRAP_TOLERANCE_FRAMES)
    }

    /// Whether a wrap leads from `end` to `given`.
    fn leads(&self, end: f64, given: Option<f64>) -> bool {
        given.is_some_and(|given| (end - (self.end - self.start) - given).abs() <= SEEK_BEATS)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
