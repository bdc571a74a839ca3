//! Little tunes of our own in keys and metres that are rarely tried, and files without a tune.

use crate::notation::Notated;
use linnet_music::midi_file::{self, Arrangement, DRUM_CHANNEL, Track};
use linnet_music::{Beats, Key, Note, Pitch, PitchClass, Scale, Tempo, TimeSignature, Velocity};

/// B flat minor in threes, E major in 6/8, F sharp dorian in sevens, each with its chords, and five bars of C without.
pub fn tunes() -> [Notated; 4] {
    let key = |tonic: i32, scale: Scale| Key { tonic: PitchClass::new(tonic), scale };
    [
        Notated {
            file: "odd_b_flat_minor.mid",
            title: "B flat minor in threes",
            bpm: 96.0,
            metre: (3, 4),
            key: key(10, Scale::Minor),
            melody: "bb4 db5 f5 | eb5:2 db5 | c5 bb4 a4 | bb4:3 | gb4 ab4 bb4 | db5:2 c5 | bb4 a4 c5 | bb4:3",
            chords: "Bbm:3 | Ebm:3 | F7:3 | Bbm:3 | Gb:3 | Db:3 | F7:3 | Bbm:3",
        },
        Notated {
            file: "odd_e_major.mid",
            title: "E major in 6/8",
            bpm: 108.0,
            metre: (6, 8),
            key: key(4, Scale::Major),
            melody: "e4:1.5 g#4:1 b4:0.5 | c#5:1.5 b4:1.5 | a4:1 g#4:0.5 f#4:1 g#4:0.5 | e4:3",
            chords: "E:3 | A:1.5 E:1.5 | F#m:1.5 B7:1.5 | E:3",
        },
        Notated {
            file: "odd_f_sharp_dorian.mid",
            title: "F sharp dorian in sevens",
            bpm: 120.0,
            metre: (7, 8),
            key: key(6, Scale::Dorian),
            melody: "f#4 a4 c#5:1.5 | d#5:0.5 c#5:0.5 b4 a4:1.5 | g#4 b4 e5:1.5 | c#5 a4 f#4:1.5",
            chords: "F#m:3.5 | B:3.5 | E:3.5 | F#m:3.5",
        },
        Notated {
            file: "odd_five_bars.mid",
            title: "Five bars of C",
            bpm: 112.0,
            metre: (4, 4),
            key: key(0, Scale::Major),
            melody: "c4 e4 g4 c5 | a4:2 f4:2 | d4 f4 a4 g4 | b4:2 g4:2 | c5:4",
            chords: "r:4 | r:4 | r:4 | r:4 | r:4",
        },
    ]
}

/// The MIDI file of two bars of drums.
pub fn drums() -> Vec<u8> {
    let bar = [42, 42, 38, 42, 36, 36, 38, 46];
    let note = |(eighth, key): (i32, i32)| Note {
        onset: Beats(f64::from(eighth) * 0.5),
        length: Beats(0.25),
        pitch: Pitch::new(key),
        velocity: Velocity::new(90),
    };
    file("Drums alone", DRUM_CHANNEL, &(0..).zip(bar.repeat(2)).map(note).collect::<Vec<_>>())
}

/// The MIDI file of two bars without a note.
pub fn silence() -> Vec<u8> {
    file("Silence", 0, &[])
}

fn file(title: &str, channel: u8, notes: &[Note]) -> Vec<u8> {
    midi_file::write_arrangement(&Arrangement {
        title,
        tempo: Tempo::new(104.0),
        metre: TimeSignature::COMMON,
        key: None,
        chords: &[],
        record: "",
        tracks: &[Track { name: title, channel, notes }],
        length: Beats(8.0),
    })
}
