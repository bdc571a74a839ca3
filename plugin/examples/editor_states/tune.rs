//! The music that the scenes show: four bars in D minor, and the figures of an idea.

use linnet_music::{
    Beats, Chord, ChordQuality, ChordSpan, Figure, Key, Note, Pitch, PitchClass, Scale, Velocity,
};

pub(crate) fn key() -> Key {
    Key { tonic: PitchClass::new(2), scale: Scale::Minor }
}

pub(crate) fn note(onset: f64, length: f64, pitch: i32, velocity: i32) -> Note {
    Note {
        onset: Beats(onset),
        length: Beats(length),
        pitch: Pitch::new(pitch),
        velocity: Velocity::new(velocity),
    }
}

pub(crate) fn lead(shift: i32) -> Vec<Note> {
    [
        (0.5, 0.5, 69, 84),
        (1.0, 1.5, 72, 110),
        (3.0, 0.5, 74, 90),
        (3.5, 0.5, 76, 80),
        (4.0, 1.5, 77, 120),
        (5.5, 0.5, 76, 90),
        (6.0, 0.5, 74, 80),
        (6.5, 1.25, 70, 115),
        (8.0, 0.75, 69, 90),
        (8.8, 0.3, 67, 60),
        (9.0, 1.0, 65, 100),
        (10.5, 0.5, 67, 85),
        (11.0, 1.0, 69, 105),
        (12.0, 1.0, 70, 110),
        (13.0, 0.5, 67, 80),
        (13.5, 0.5, 64, 75),
        (14.0, 1.0, 73, 110),
        (15.0, 0.75, 69, 100),
    ]
    .map(|(on, length, pitch, velocity)| note(on, length, pitch + shift, velocity))
    .to_vec()
}

pub(crate) fn chords() -> Vec<ChordSpan> {
    [
        (0.0, 4.0, 2, ChordQuality::Minor7),
        (4.0, 4.0, 7, ChordQuality::Minor7),
        (8.0, 4.0, 10, ChordQuality::Major7),
        (12.0, 2.0, 4, ChordQuality::HalfDiminished7),
        (14.0, 2.0, 9, ChordQuality::Dominant7),
    ]
    .map(|(onset, length, root, quality)| ChordSpan {
        onset: Beats(onset),
        length: Beats(length),
        chord: Chord { root: PitchClass::new(root), quality },
    })
    .to_vec()
}

pub(crate) fn comping() -> Vec<Note> {
    let voicing = |span: &ChordSpan| {
        let root = 48 + i32::from(span.chord.root.semitones());
        let tones = span.chord.quality.intervals().iter().map(move |i| {
            let pitch = root + i32::from(*i);
            if pitch < 53 { pitch + 12 } else { pitch }
        });
        tones.collect::<Vec<_>>()
    };
    let hits = |span: &ChordSpan| {
        let (on, length) = (span.onset.0, span.length.0);
        if length > 3.0 { vec![(on, 1.5), (on + 2.5, 1.0)] } else { vec![(on, 1.5)] }
    };
    let mut notes = Vec::new();
    for span in chords() {
        for (onset, length) in hits(&span) {
            notes.extend(voicing(&span).into_iter().map(|pitch| note(onset, length, pitch, 88)));
        }
    }
    notes
}

pub(crate) fn bass() -> Vec<Note> {
    [
        (0.0, 1.5, 38),
        (2.0, 1.0, 45),
        (3.5, 0.5, 41),
        (4.0, 1.5, 43),
        (6.0, 1.0, 38),
        (7.5, 0.5, 45),
        (8.0, 1.5, 46),
        (10.0, 1.0, 41),
        (11.5, 0.5, 41),
        (12.0, 1.5, 40),
        (14.0, 1.0, 45),
        (15.0, 0.5, 43),
        (15.5, 0.5, 37),
    ]
    .map(|(on, length, pitch)| note(on, length, pitch, 96))
    .to_vec()
}

pub(crate) fn drums() -> Vec<Note> {
    let mut notes = Vec::new();
    for bar in 0..4 {
        let start = f64::from(bar) * 4.0;
        for (beat, key, velocity) in [
            (0.0, 51, 90),
            (1.0, 51, 110),
            (1.67, 51, 70),
            (2.0, 51, 90),
            (3.0, 51, 110),
            (3.67, 51, 70),
            (1.0, 44, 60),
            (3.0, 44, 60),
            (1.0, 38, 45),
            (2.9, 38, 50),
            (0.0, 36, 70),
            (2.67, 36, 60),
        ] {
            notes.push(note(start + beat, 0.2, key, velocity));
        }
    }
    notes.push(note(15.4, 0.2, 38, 70));
    notes
}

/// What the panel "Why" shows.
pub(crate) fn figures() -> Vec<Figure> {
    let figure = |name: &str, value: f32, human: (f32, f32), asked: Option<f32>| Figure {
        name: name.to_owned(),
        value,
        human: Some(human),
        asked,
    };
    vec![
        figure("Notes a beat", 1.13, (0.82, 2.41), Some(1.05)),
        figure("Chord tones on the beat", 0.78, (0.61, 0.9), None),
        figure("Leaps", 0.28, (0.12, 0.41), Some(0.3)),
        figure("Syncopation", 0.34, (0.08, 0.31), Some(0.55)),
        figure("Bars alike", 0.46, (0.22, 0.71), Some(0.5)),
        figure("Pitch-class entropy, in bits", 2.61, (2.2, 2.9), None),
        figure("Lowest bass note", 37.0, (33.0, 43.0), None),
        Figure { name: "Critic’s mark".to_owned(), value: 0.81, ..Figure::default() },
        figure("Longest run shared with a training piece", 5.0, (3.0, 7.0), None),
    ]
}
