//! Little tunes in the public domain, for tests.

use linnet_music::{Beats, Note, Pitch, TimeSignature, Velocity};

/// A tune as text: `name octave [:beats]`, `-` a rest, `+` joins what sounds at once; bar lines are for the eye.
pub(crate) struct Tune {
    pub(crate) name: &'static str,
    pub(crate) key: &'static str,
    pub(crate) metre: (i32, i32),
    pub(crate) text: &'static str,
}

impl Tune {
    pub(crate) fn metre(&self) -> TimeSignature {
        TimeSignature::new(self.metre.0, self.metre.1).unwrap()
    }
}

/// One tune a row, in the key it is written in.
pub(crate) const TUNES: [Tune; 8] = [
    Tune {
        name: "Ode to Joy",
        key: "C major",
        metre: (4, 4),
        text: "E4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | E4:1.5 D4:.5 D4:2 | \
               E4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | D4:1.5 C4:.5 C4:2",
    },
    Tune {
        name: "Twinkle",
        key: "C major",
        metre: (4, 4),
        text: "C4 C4 G4 G4 | A4 A4 G4:2 | F4 F4 E4 E4 | D4 D4 C4:2",
    },
    Tune {
        name: "Amazing Grace",
        key: "G major",
        metre: (3, 4),
        text: "-:2 D4 | G4:2 B4:.5 G4:.5 | B4:2 A4 | G4:2 E4 | D4:2 D4 | G4:2 B4:.5 G4:.5 | B4:2 A4 | D5:3",
    },
    Tune {
        name: "Frère Jacques",
        key: "F major",
        metre: (4, 4),
        text: "F4 G4 A4 F4 | F4 G4 A4 F4 | A4 B♭4 C5:2 | A4 B♭4 C5:2 | C5:.5 D5:.5 C5:.5 B♭4:.5 A4 F4 | F4 C4 F4:2",
    },
    Tune {
        name: "Silent Night",
        key: "B♭ major",
        metre: (6, 8),
        text: "F4:.75 G4:.25 F4:.5 D4:1.5 | F4:.75 G4:.25 F4:.5 D4:1.5 | C5 C5:.5 A4:1.5 | B♭4 B♭4:.5 F4:1.5 | \
               G4 G4:.5 B♭4:.75 A4:.25 G4:.5 | F4:.75 G4:.25 F4:.5 D4:1.5 | \
               C5 C5:.5 E♭5:.75 C5:.25 A4:.5 | B♭4:1.5 D5:1.5 | B♭4:.5 F4:.5 D4:.5 F4:.75 E♭4:.25 C4:.5 | B♭3:3",
    },
    Tune {
        name: "Greensleeves",
        key: "A harmonic minor",
        metre: (6, 8),
        text: "-:2.5 A4:.5 | C5 D5:.5 E5:.75 F5:.25 E5:.5 | D5 B4:.5 G4:.75 A4:.25 B4:.5 | \
               C5 A4:.5 A4:.75 G♯4:.25 A4:.5 | B4 G♯4:.5 E4 A4:.5 | C5 D5:.5 E5:.75 F5:.25 E5:.5 | \
               D5 B4:.5 G4:.75 A4:.25 B4:.5 | C5:.75 B4:.25 A4:.5 G♯4:.75 F4:.25 G♯4:.5 | A4:3",
    },
    Tune {
        name: "Scarborough Fair",
        key: "D dorian",
        metre: (3, 4),
        text: "D4:2 D4 | A4:2 A4 | E4:1.5 F4:.5 E4 | D4:3 | -:1 A4 C5 | D5:2 C5 | A4 B4 G4 | A4:3",
    },
    Tune {
        name: "God Rest Ye Merry",
        key: "E minor",
        metre: (4, 4),
        text: "-:3 E4 | E4 B4 B4 A4 | G4 F♯4 E4 D4 | E4 F♯4 G4 A4 | B4:3 E4 | \
               E4 B4 B4 A4 | G4 F♯4 E4 D4 | E4 F♯4 G4 A4 | B4:3",
    },
];

/// The notes of `text`.
pub(crate) fn notes(text: &str) -> Vec<Note> {
    let (mut notes, mut now) = (Vec::new(), 0.0);
    for word in text.split_whitespace().filter(|word| *word != "|") {
        let (names, length) = word.split_once(':').unwrap_or((word, "1"));
        let length: f64 = length.parse().unwrap();
        for name in names.split('+').filter(|name| *name != "-") {
            notes.push(Note {
                onset: Beats(now),
                length: Beats(length),
                pitch: Pitch::new(pitch(name)),
                velocity: Velocity::new(90),
            });
        }
        now += length;
    }
    notes.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0).then(a.pitch.cmp(&b.pitch)));
    notes
}

/// The MIDI key of a name such as `B♭4`.
fn pitch(name: &str) -> i32 {
    let class = "C D EF G A B".find(&name[..1]).unwrap() as i32;
    let accidental = i32::from(name.contains('♯')) - i32::from(name.contains('♭'));
    let octave: i32 = name.chars().last().and_then(|digit| digit.to_digit(10)).unwrap() as i32;
    12 * (octave + 1) + class + accidental
}

/// `notes`, `semitones` higher.
pub(crate) fn transposed(notes: &[Note], semitones: i32) -> Vec<Note> {
    notes
        .iter()
        .map(|note| Note { pitch: Pitch::new(i32::from(note.pitch.midi()) + semitones), ..*note })
        .collect()
}
