//! A host's transport: where the music stands, and how it moves on by frames.
//!
//! Runs on the thread of the test.

use clack_host::events::EventHeader;
use clack_host::events::event_types::{TransportEvent, TransportFlags};
use clack_host::utils::{BeatTime, SecondsTime};
use linnet_music::{Beats, Tempo, TimeSignature};

/// Positions closer than this, in beats, are one: far less than a frame.
const ROUNDING: f64 = 1e-7;

/// The transport at the first frame of a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    /// Whether it runs.
    pub playing: bool,
    /// From the project's start.
    pub position: Beats,
    /// The tempo.
    pub tempo: Tempo,
    /// The metre, which holds from the project's start.
    pub metre: TimeSignature,
    /// Start and end of the loop, where looping is on.
    pub looped: Option<(Beats, Beats)>,
}

impl Transport {
    /// A transport that runs from the project's start.
    pub fn running(tempo: Tempo, metre: TimeSignature) -> Self {
        Self { playing: true, position: Beats(0.0), tempo, metre, looped: None }
    }

    /// The bar line at or before the position.
    pub fn bar_start(&self) -> Beats {
        let bar = self.metre.bar().0;
        Beats((self.position.0 / bar + ROUNDING).floor() * bar)
    }

    /// Moves on by `frames`; back to the loop's start where its end is passed.
    pub fn advance(&mut self, frames: usize, sample_rate_hz: f64) {
        if !self.playing {
            return;
        }
        let before = self.position;
        self.position = before + Beats::from_samples(frames as f64, self.tempo, sample_rate_hz);
        if let Some((start, end)) = self.looped
            && before < end
            && self.position.0 >= end.0 - ROUNDING
        {
            self.position = Beats((start + (self.position - end)).0.max(start.0));
        }
    }

    /// The frame, counted from now, at which `beats` is reached.
    pub fn frame_of(&self, beats: Beats, sample_rate_hz: f64) -> f64 {
        (beats - self.position).to_samples(self.tempo, sample_rate_hz)
    }

    /// The event that CLAP hands to the plug-in.
    pub fn to_event(self) -> TransportEvent {
        let seconds = |beats: Beats| SecondsTime::from_float(beats.0 * 60.0 / self.tempo.bpm());
        let beats = |beats: Beats| BeatTime::from_float(beats.0);
        let (loop_start, loop_end) = self.looped.unwrap_or_default();
        let mut flags = TransportFlags::HAS_TEMPO
            | TransportFlags::HAS_BEATS_TIMELINE
            | TransportFlags::HAS_SECONDS_TIMELINE
            | TransportFlags::HAS_TIME_SIGNATURE;
        flags.set(TransportFlags::IS_PLAYING, self.playing);
        flags.set(TransportFlags::IS_LOOP_ACTIVE, self.looped.is_some());
        TransportEvent {
            header: EventHeader::new_core(0, clack_host::events::EventFlags::empty()),
            flags,
            song_pos_beats: beats(self.position),
            song_pos_seconds: seconds(self.position),
            tempo: self.tempo.bpm(),
            tempo_inc: 0.0,
            loop_start_beats: beats(loop_start),
            loop_end_beats: beats(loop_end),
            loop_start_seconds: seconds(loop_start),
            loop_end_seconds: seconds(loop_end),
            bar_start: beats(self.bar_start()),
            bar_number: (self.bar_start().0 / self.metre.bar().0).round() as i32,
            time_signature_numerator: u16::from(self.metre.numerator()),
            time_signature_denominator: u16::from(self.metre.denominator()),
        }
    }
}
