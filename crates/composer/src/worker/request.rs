//! Runs on the composer thread. A request: everything that determines an idea, taken at the moment of asking.

use crate::listen::key::{self, GivenKey};
use crate::listen::{Stretch, chords};
use linnet_handover::audio_to_worker::Moment;
use linnet_handover::worker_view::Heard;
use linnet_music::{
    Beats, ChordSpan, Controls, Idea, Key, Mode, Note, Part, PitchClass, Scale, Tempo, TimeSignature,
};

/// Bars that can be asked for.
const BARS_MAX: u8 = 16;
/// Where a lead lies when nothing was heard: the mean of the lead sheets, near G4.
const REGISTER_CENTRE: f32 = 67.0;

/// Everything that determines an idea, but for the models.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The steering, within its ranges.
    pub(super) controls: Controls,
    /// The metre of the new idea.
    pub(super) metre: TimeSignature,
    /// Its tempo.
    pub(super) tempo: Tempo,
    /// What was heard, if anything.
    pub(super) stretch: Option<Stretch>,
    /// The key and chords in it.
    pub(super) heard: Heard,
    /// The key of the new idea.
    pub(super) key: Key,
    /// The idea from which parts are carried over; none where none are.
    pub(super) source: Option<Idea>,
}

impl Request {
    /// The request that `controls` make of what was heard and of the current idea.
    pub(super) fn new(
        controls: Controls,
        at: Moment,
        stretch: Option<Stretch>,
        current: Option<&Idea>,
    ) -> Self {
        let controls = Controls { bars: controls.bars.clamp(1, BARS_MAX), ..controls };
        let given = GivenKey { tonic: controls.key, scale: controls.scale };
        let heard = stretch.as_ref().map_or_else(Heard::default, |stretch| stretch.understand(given));
        let carries = |part: &Part| {
            controls.locked[part.index()] || (controls.mode == Mode::Groove && *part != Part::Drums)
        };
        let source = current.filter(|_| Part::ALL.iter().any(carries)).cloned();
        let key_of_source = || source.as_ref().filter(|source| has_pitched(source)).map(|source| source.key);
        let key = match (given.tonic, given.scale) {
            (Some(tonic), Some(scale)) => Key { tonic, scale },
            _ => key_of_source()
                .map(|key| with_given(key, given))
                .or(heard.key)
                .unwrap_or_else(|| default_key(given)),
        };
        let metre = match (&source, controls.mode) {
            (Some(source), Mode::Groove) => source.metre,
            _ => at.metre,
        };
        Self { controls, metre, tempo: at.tempo, stretch, heard, key, source }
    }

    /// The length of the idea in bars. Groove keeps that of the parts that stay.
    pub(super) fn bars(&self) -> u32 {
        match (&self.source, self.controls.mode) {
            (Some(source), Mode::Groove) => source.bars().clamp(1, u32::from(BARS_MAX)),
            _ => u32::from(self.controls.bars),
        }
    }

    /// The length of the idea.
    pub(super) fn length(&self) -> Beats {
        Beats(f64::from(self.bars()) * self.metre.bar().0)
    }

    /// Whether every note must lie in the scale, since the user set it.
    pub(super) fn in_scale(&self) -> bool {
        self.controls.scale.is_some()
    }

    /// Whether `part` stays as it is in the source.
    pub(super) fn is_carried(&self, part: Part) -> bool {
        let stays = self.controls.mode == Mode::Groove && part != Part::Drums;
        self.source.is_some() && (stays || self.controls.locked[part.index()])
    }

    /// Whether `part` is to be composed.
    pub(super) fn is_wanted(&self, part: Part) -> bool {
        match self.controls.mode {
            Mode::Groove => part == Part::Drums && !self.is_carried(part),
            _ => self.controls.on[part.index()] && !self.is_carried(part),
        }
    }

    /// The stretch heard, where its bars are those of the idea.
    pub(super) fn stretch_in_metre(&self) -> Option<&Stretch> {
        self.stretch.as_ref().filter(|stretch| stretch.metre == self.metre)
    }

    /// The notes that a lead continues, and in how many bars: none in Invent.
    pub(super) fn context(&self) -> (&[Note], u8) {
        match self.stretch_in_metre() {
            Some(stretch) if self.controls.mode == Mode::Continue && !stretch.pitched.is_empty() => {
                (&stretch.pitched, stretch.bars as u8)
            }
            _ => (&[], 0),
        }
    }

    /// The drums heard, and in how many bars: none in Invent.
    pub(super) fn drum_context(&self) -> (&[Note], u8) {
        match self.stretch_in_metre() {
            Some(stretch) if self.controls.mode != Mode::Invent && !stretch.percussion.is_empty() => {
                (&stretch.percussion, stretch.bars as u8)
            }
            _ => (&[], 0),
        }
    }

    /// The chords heard, and in how many bars, where the idea is to keep to them.
    pub(super) fn chords_to_follow(&self) -> Option<(&[ChordSpan], u32)> {
        let stretch = self.stretch_in_metre()?;
        let follows = self.controls.follow_chords && !self.heard.chords.is_empty();
        follows.then_some((&self.heard.chords, stretch.bars))
    }

    /// The mean pitch of what was heard as a MIDI key.
    pub(super) fn register_centre(&self) -> f32 {
        let pitched = self.stretch.as_ref().map_or(&[][..], |stretch| &stretch.pitched);
        if pitched.is_empty() {
            return REGISTER_CENTRE;
        }
        pitched.iter().map(|note| f32::from(note.pitch.midi())).sum::<f32>() / pitched.len() as f32
    }

    /// How the key was found, for the record.
    pub(super) fn key_method(&self) -> String {
        let given = (self.controls.key.is_some(), self.controls.scale.is_some());
        match given {
            (true, true) => "key and scale set by hand".into(),
            _ if self.source.as_ref().is_some_and(has_pitched) => "key of the idea before".into(),
            _ if self.heard.key.is_none() => "nothing heard to tell the key".into(),
            (true, false) => format!("tonic set by hand, scale: {}", key::METHOD),
            (false, true) => format!("scale set by hand, tonic: {}", key::METHOD),
            (false, false) => key::METHOD.into(),
        }
    }
}

/// How chords that were heard were found, for the record.
pub(super) fn followed_method() -> String {
    format!("{} over what was heard, repeated", chords::METHOD)
}

/// Whether a pitched part of `idea` has notes.
fn has_pitched(idea: &Idea) -> bool {
    [Part::Lead, Part::Chords, Part::Bass].into_iter().any(|part| !idea.phrase(part).is_empty())
}

fn with_given(key: Key, given: GivenKey) -> Key {
    Key { tonic: given.tonic.unwrap_or(key.tonic), scale: given.scale.unwrap_or(key.scale) }
}

/// C major where nothing tells otherwise.
fn default_key(given: GivenKey) -> Key {
    with_given(Key { tonic: PitchClass::new(0), scale: Scale::Major }, given)
}
