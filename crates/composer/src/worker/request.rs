//! Runs on the composer thread. A request: everything that determines an idea, taken at the moment of asking.

use crate::listen::key::{self, GivenKey};
use crate::listen::{Stretch, chords};
use linnet_handover::audio_to_worker::Moment;
use linnet_handover::worker_view::{Failure, Heard};
use linnet_music::{
    Beats, ChordSpan, Controls, Idea, Key, Mode, Note, Part, PitchClass, Scale, Tempo, TimeSignature,
};

/// Bars that can be asked for.
const BARS_MAX: u8 = 16;
/// How early a note may be and still belong to the bar after it, in beats.
const EARLY_BEATS: f64 = 0.05;
/// How long two notes of a melody may sound together, in beats.
const TOGETHER_BEATS: f64 = 0.25;
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
    /// The other idea of Morph.
    pub(super) other: Option<Idea>,
}

impl Request {
    /// The request that `controls` make of what was heard, of the current idea, and of Morph's other idea.
    pub(super) fn new(
        controls: Controls,
        at: Moment,
        stretch: Option<Stretch>,
        current: Option<&Idea>,
        other: Option<&Idea>,
    ) -> Self {
        let controls = Controls { bars: controls.bars.clamp(1, BARS_MAX), ..controls };
        let given = GivenKey { tonic: controls.key, scale: controls.scale };
        let heard = stretch.as_ref().map_or_else(Heard::default, |stretch| stretch.understand(given));
        let carries = |part: &Part| {
            controls.locked[part.index()] || (controls.mode == Mode::Groove && *part != Part::Drums)
        };
        let begins_from = controls.mode.needs_an_idea() || Part::ALL.iter().any(carries);
        let source = current.filter(|_| begins_from).cloned();
        let key_of_source = || source.as_ref().filter(|source| has_pitched(source)).map(|source| source.key);
        let key = match (given.tonic, given.scale) {
            (Some(tonic), Some(scale)) => Key { tonic, scale },
            _ => key_of_source()
                .map(|key| with_given(key, given))
                .or(heard.key)
                .unwrap_or_else(|| default_key(given, controls.valence)),
        };
        let metre = match &source {
            Some(source) if keeps_its_bars(controls.mode) => source.metre,
            _ => at.metre,
        };
        let other = other.filter(|_| controls.mode == Mode::Morph).cloned();
        let mut request = Self { controls, metre, tempo: at.tempo, stretch, heard, key, source, other };
        if let Some(idea) = request.ruling() {
            request.key = idea.key;
        }
        request
    }

    /// The length of the idea in bars. What begins from an idea keeps its length.
    pub(super) fn bars(&self) -> u32 {
        match &self.source {
            Some(_) if self.is_relative() => self.relative_bars().clamp(1, u32::from(BARS_MAX)),
            Some(source) if keeps_its_bars(self.controls.mode) => source.bars().clamp(1, u32::from(BARS_MAX)),
            _ => u32::from(self.controls.bars),
        }
    }

    /// Where `hole` begins.
    pub(super) fn begin(&self, hole: (u32, u32)) -> Beats {
        Beats(f64::from(hole.0) * self.metre.bar().0)
    }

    /// Whether `at` lies in one of `holes`, a little early notes included.
    pub(super) fn is_in(&self, holes: &[(u32, u32)], at: Beats) -> bool {
        let bar = ((at.0 + EARLY_BEATS) / self.metre.bar().0).floor().max(0.0) as u32;
        holes.iter().any(|hole| (hole.0..hole.1).contains(&bar))
    }

    /// Why nothing can be composed, where something is missing.
    pub(super) fn lacks(&self) -> Option<Failure> {
        let lacks = |detail: &str, remedy: &str| Failure {
            title: format!("{} has nothing to begin from.", self.controls.mode.name()),
            detail: detail.into(),
            remedy: remedy.into(),
        };
        match self.controls.mode {
            Mode::Vary if self.source.is_none() => Some(lacks(
                "It makes a relative of the current idea, and there is no idea yet.",
                "Ask for an idea first, or choose Invent.",
            )),
            Mode::Morph => self.morph_lacks(lacks),
            Mode::Fill if self.source.is_none() => Some(lacks(
                "It writes the unlocked bars of an idea anew, and there is no idea yet.",
                "Ask for an idea first, or choose Invent.",
            )),
            Mode::Accompany if self.accompanied().is_none() => Some(lacks(
                "It adds the other parts to a melody or chords, and none were heard in this metre.",
                "Play some bars while the host runs, or lock a lead, and ask again.",
            )),
            _ => None,
        }
    }

    /// What Accompany goes with: the melody of a locked lead, or what was heard.
    fn accompanied(&self) -> Option<()> {
        let locked = self.source.as_ref().is_some_and(|source| {
            self.controls.locked[Part::Lead.index()] && !source.phrase(Part::Lead).is_empty()
        });
        let heard = self.stretch_in_metre().is_some_and(|stretch| !stretch.pitched.is_empty());
        (locked || heard).then_some(())
    }

    /// Whether Accompany leaves the chords under a locked lead behind, where nothing else stands on them.
    pub(super) fn harmonises_anew(&self) -> bool {
        let stays = |part: Part| self.is_carried(part);
        self.controls.mode == Mode::Accompany
            && !self.controls.follow_chords
            && !stays(Part::Chords)
            && !stays(Part::Bass)
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
            Mode::Accompany if part == Part::Lead => false,
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

    /// The chords heard, and in how many bars, where the idea is to keep to them. Accompany harmonises a melody anew.
    pub(super) fn chords_to_follow(&self) -> Option<(&[ChordSpan], u32)> {
        let stretch = self.stretch_in_metre()?;
        if self.controls.mode == Mode::Accompany && is_single_line(&stretch.pitched) {
            return None;
        }
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
            _ if self.is_relative() => "key of the idea before".into(),
            (true, true) => "key and scale set by hand".into(),
            _ if self.source.as_ref().is_some_and(has_pitched) => "key of the idea before".into(),
            _ if self.heard.key.is_none() && !given.1 && self.controls.valence != 0.0 => {
                "nothing heard to tell the key, scale by the mood".into()
            }
            _ if self.heard.key.is_none() => "nothing heard to tell the key".into(),
            (true, false) => format!("tonic set by hand, scale: {}", key::METHOD),
            (false, true) => format!("scale set by hand, tonic: {}", key::METHOD),
            (false, false) => key::METHOD.into(),
        }
    }
}

/// Whether a mode keeps the bars and the metre of the idea that it begins from.
fn keeps_its_bars(mode: Mode) -> bool {
    mode == Mode::Groove || mode.needs_an_idea()
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

/// C where nothing tells otherwise, in the scale that fits the mood: from phrygian, the darkest, to lydian.
fn default_key(given: GivenKey, valence: f32) -> Key {
    let scale = match valence {
        dark if dark <= -0.75 => Scale::Phrygian,
        dark if dark <= -0.3 => Scale::Minor,
        dark if dark < -0.02 => Scale::Dorian,
        bright if bright > 0.75 => Scale::Lydian,
        bright if (0.02..0.3).contains(&bright) => Scale::Mixolydian,
        _ => Scale::Major,
    };
    with_given(Key { tonic: PitchClass::new(0), scale }, given)
}

/// Whether no two notes sound together for long: a melody, and no chords.
fn is_single_line(notes: &[Note]) -> bool {
    let together = |pair: &&[Note]| pair[0].end().0.min(pair[1].end().0) - pair[1].onset.0 > TOGETHER_BEATS;
    let apart = notes.windows(2).filter(|pair| !together(pair)).count();
    !notes.is_empty() && 10 * apart >= 9 * (notes.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::{Pitch, Velocity};

    #[test]
    fn the_mood_chooses_the_scale_where_nothing_else_does() {
        let given = |scale| GivenKey { tonic: None, scale };
        let scales: Vec<Scale> = [-1.0, -0.5, -0.1, 0.1, 0.5, 1.0]
            .into_iter()
            .map(|valence| default_key(given(None), valence).scale)
            .collect();
        let brighter =
            [Scale::Phrygian, Scale::Minor, Scale::Dorian, Scale::Mixolydian, Scale::Major, Scale::Lydian];
        assert_eq!(scales, brighter);
        assert_eq!(default_key(given(None), 0.0).scale, Scale::Major);
        assert_eq!(default_key(given(Some(Scale::Blues)), -1.0).scale, Scale::Blues);
    }

    #[test]
    fn a_melody_is_told_from_chords() {
        let note = |onset: f64, length: f64| Note {
            onset: Beats(onset),
            length: Beats(length),
            pitch: Pitch::new(60),
            velocity: Velocity::new(80),
        };
        let line: Vec<Note> = (0..8).map(|beat| note(f64::from(beat), 1.05)).collect();
        assert!(is_single_line(&line) && is_single_line(&line[..1]) && !is_single_line(&[]));
        let chords: Vec<Note> = (0..8).map(|index| note(f64::from(index / 3), 1.0)).collect();
        assert!(!is_single_line(&chords));
    }
}
