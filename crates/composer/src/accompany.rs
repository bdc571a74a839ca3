//! Runs on the composer thread. Accompanies a harmony by rule: voiced chords and a bass line.
//!
//! These are rules, not a trained model, and records say so ([`CHORDS_METHOD`], [`BASS_METHOD`]). Voice leading is the
//! textbook's: common tones stay, the others take the nearest way (E. Aldwell and C. Schachter, "Harmony and Voice
//! Leading").

mod bass;
mod rhythm;
mod voicing;

use linnet_music::{Beats, Chord, ChordSpan, Key, Note, Pitch, TimeSignature, Velocity};

/// How the chords are made, for records.
pub const CHORDS_METHOD: &str = "chords voiced by rule: smooth voice leading";
/// How the bass is made, for records.
pub const BASS_METHOD: &str = "bass by rule: roots, fifths and approach tones";
/// The lowest and the highest note of the chords: C3 to C5.
pub const CHORDS_RANGE: (u8, u8) = (48, 72);
/// The lowest and the highest note of the bass: E1 to G2.
pub const BASS_RANGE: (u8, u8) = (28, 43);

/// What to accompany.
#[derive(Clone, Copy, Debug)]
pub struct Accompaniment<'a> {
    /// The key of the harmony.
    pub key: Key,
    /// The metre.
    pub metre: TimeSignature,
    /// The length of the idea; every note ends within it.
    pub length: Beats,
    /// The chords, sorted, without overlap.
    pub harmony: &'a [ChordSpan],
    /// Notes, in [0, 1].
    pub density: f32,
    /// Whether every note must lie in the key's scale, since the user set it.
    pub in_scale: bool,
    /// Onsets of the kick drum, which the bass joins; empty where no drums play.
    pub kicks: &'a [Beats],
}

impl Accompaniment<'_> {
    /// Whether `pitch` may sound.
    fn allows(&self, pitch: u8) -> bool {
        !self.in_scale || self.key.contains(Pitch::new(i32::from(pitch)))
    }

    fn span_at(&self, at: f64) -> Option<&ChordSpan> {
        self.harmony.iter().find(|span| span.onset.0 <= at + 1e-9 && at + 1e-9 < (span.onset + span.length).0)
    }

    fn chord_at(&self, at: f64) -> Option<Chord> {
        self.span_at(at).map(|span| span.chord)
    }

    fn is_bar_line(&self, at: f64) -> bool {
        let bar = self.metre.bar().0;
        let rest = at.rem_euclid(bar);
        rest < 1e-6 || bar - rest < 1e-6
    }

    fn note(&self, onset: f64, end: f64, pitch: u8, velocity: i32) -> Note {
        let end = end.min(self.length.0);
        Note {
            onset: Beats(onset),
            length: Beats(end - onset),
            pitch: Pitch::new(i32::from(pitch)),
            velocity: Velocity::new(velocity),
        }
    }
}

/// The chords: each tone of a voicing for every stroke of the rhythm. `unit` gives uniform numbers in [0, 1).
pub fn chords(to: &Accompaniment, unit: &mut dyn FnMut() -> f64) -> Vec<Note> {
    let strokes = rhythm::strokes(to, unit);
    let mut notes = Vec::new();
    let mut before: Option<(Chord, Vec<u8>)> = None;
    for stroke in &strokes {
        let voicing = match &before {
            Some((chord, voicing)) if *chord == stroke.chord => voicing.clone(),
            _ => voicing::nearest(to, stroke.chord, before.as_ref().map(|(_, voicing)| voicing.as_slice())),
        };
        let velocity = if to.is_bar_line(stroke.onset) { 78 } else { 68 };
        notes.extend(voicing.iter().map(|pitch| to.note(stroke.onset, stroke.end, *pitch, velocity)));
        before = Some((stroke.chord, voicing));
    }
    notes
}

/// The bass line. `unit` gives uniform numbers in [0, 1).
pub fn bass(to: &Accompaniment, unit: &mut dyn FnMut() -> f64) -> Vec<Note> {
    bass::line(to, unit)
}

#[cfg(test)]
mod tests;
