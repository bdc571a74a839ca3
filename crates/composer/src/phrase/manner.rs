//! Any thread. How each role is drawn and judged: what makes proposals as a whole like people's music, found on the
//! validation split by the overlap of `models/SCORECARD.md`.
//!
//! Drawn without, the network repeats notes more and steps less than people do, and stands on the beat too often; lines stand on chord tones too often, chords not often enough. The weights of the judge are small:
//! greater ones choose the plain and the repetitive among the candidates. To prefer candidates that are as likely as
//! people's (locally typical sampling, C. Meister et al., TACL 2023) was tried, and fell short.

use crate::rng::Head;
use crate::vocabulary::Role;

/// How a role is drawn and judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Manner {
    /// Share of the temperature that surprise asks for, for positions; durations have it whole.
    position: f32,
    /// The same for pitches.
    pitch: f32,
    /// What a chord tone gains on a beat, in nats.
    pub(crate) chord_on_beat: f32,
    /// What the root gains where a new chord is met on a beat, in nats.
    pub(crate) root: f32,
    /// What such a place or pitch gains besides where a spread of people's music, or more, is missing of what bars are to
    /// repeat, in nats. Bass and chords come out as asked without, as they have the melody's bars to go by.
    pub(crate) missing_repetition: f32,
    /// What a note gains that repeats the one before, in nats.
    pub(crate) repeat: f32,
    /// What a note gains that is a step from the one before, in nats.
    pub(crate) step: f32,
    /// What a place in the bar gains, or a pitch, that returns from an earlier bar, in nats.
    pub(crate) returning: f32,
    /// What a nat a note of likelihood weighs where candidates are judged.
    pub(crate) likelihood: f32,
    /// What it weighs there that chords are met on their roots.
    pub(crate) ground: f32,
}

impl Manner {
    /// The manner of `role`.
    pub(crate) fn of(role: Role) -> Self {
        let lead = Self {
            position: 1.1,
            pitch: 1.0,
            chord_on_beat: 0.1,
            root: 0.0,
            repeat: -0.2,
            step: 0.5,
            returning: 0.25,
            missing_repetition: 2.0,
            likelihood: 0.02,
            ground: 0.0,
        };
        match role {
            Role::Lead => lead,
            Role::Counter => {
                Self { position: 1.2, pitch: 1.05, chord_on_beat: -0.3, repeat: -1.0, step: 0.6, ..lead }
            }
            Role::Bass => Self {
                pitch: 1.2,
                chord_on_beat: 0.0,
                root: 0.6,
                repeat: -0.5,
                step: 0.6,
                returning: 0.0,
                missing_repetition: 0.0,
                likelihood: 0.0,
                ground: 0.15,
                ..lead
            },
            Role::Chords => Self {
                pitch: 1.1,
                chord_on_beat: 0.3,
                repeat: -1.2,
                step: 0.1,
                returning: 0.4,
                missing_repetition: 0.0,
                ..lead
            },
        }
    }

    /// The share of the temperature for `head`.
    pub(crate) fn temperature(&self, head: Head) -> f32 {
        match head {
            Head::Position => self.position,
            Head::Pitch => self.pitch,
            _ => 1.0,
        }
    }
}
