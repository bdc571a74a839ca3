//! Tunes in the public domain, in our own notation: what the demo plays without options, and what tests play.

use crate::notation::Notated;
use linnet_music::{Key, PitchClass, Scale};

const fn key(tonic: PitchClass, scale: Scale) -> Key {
    Key { tonic, scale }
}

/// All tunes; the first is the demo's.
pub fn tunes() -> [Notated; 5] {
    let class = PitchClass::new;
    [
        Notated {
            file: "ode_to_joy.mid",
            title: "Ode to Joy (Beethoven, 1824)",
            bpm: 112.0,
            metre: (4, 4),
            key: key(class(2), Scale::Major),
            melody: "f#4 f#4 g4 a4 | a4 g4 f#4 e4 | d4 d4 e4 f#4 | f#4:1.5 e4:0.5 e4:2 |
                     f#4 f#4 g4 a4 | a4 g4 f#4 e4 | d4 d4 e4 f#4 | e4:1.5 d4:0.5 d4:2",
            chords: "D:4 | A:4 | D:4 | D:2 A:2 | D:4 | G:2 D:2 | Bm:2 G:2 | A7:2 D:2",
        },
        Notated {
            file: "god_rest_ye.mid",
            title: "God Rest Ye Merry, Gentlemen (English, before 1760)",
            bpm: 126.0,
            metre: (4, 4),
            key: key(class(4), Scale::Minor),
            melody: "r:3 e4 | e4 b4 b4 a4 | g4 f#4 e4 d4 | e4 f#4 g4 a4 | b4:3 e4 |
                     e4 b4 b4 a4 | g4 f#4 e4 d4 | e4 f#4 g4 a4 | b4:3 r:1",
            chords: "r:4 | Em:4 | Em:2 D:2 | C:2 Am:2 | B:4 | Em:4 | Em:2 D:2 | C:2 Am:2 | B:4",
        },
        Notated {
            file: "amazing_grace.mid",
            title: "Amazing Grace (New Britain, 1829)",
            bpm: 92.0,
            metre: (3, 4),
            key: key(class(7), Scale::Major),
            melody: "r:2 d4 | g4:2 b4:0.5 g4:0.5 | b4:2 a4 | g4:2 e4 | d4:2 d4 |
                     g4:2 b4:0.5 g4:0.5 | b4:2 a4 | d5:3 | d5:2 r:1",
            chords: "r:3 | G:3 | G:3 | C:3 | G:3 | G:3 | Em:3 | D:3 | D7:3",
        },
        Notated {
            file: "greensleeves.mid",
            title: "Greensleeves (English, 1580)",
            bpm: 132.0,
            metre: (6, 8),
            key: key(class(9), Scale::Minor),
            melody: "r:2.5 a4:0.5 | c5:1 d5:0.5 e5:0.75 f5:0.25 e5:0.5 | d5:1 b4:0.5 g4:0.75 a4:0.25 b4:0.5 |
                     c5:1 a4:0.5 a4:0.75 g#4:0.25 a4:0.5 | b4:1 g#4:0.5 e4:1 a4:0.5 |
                     c5:1 d5:0.5 e5:0.75 f5:0.25 e5:0.5 | d5:1 b4:0.5 g4:0.75 a4:0.25 b4:0.5 |
                     c5:0.75 b4:0.25 a4:0.5 g#4:0.75 f#4:0.25 g#4:0.5 | a4:1.5 a4:1.5",
            chords: "r:3 | Am:3 | G:3 | Am:3 | E:3 | Am:3 | G:3 | Am:1.5 E:1.5 | Am:3",
        },
        Notated {
            file: "row_your_boat.mid",
            title: "Row, Row, Row Your Boat (American, 1852)",
            bpm: 150.0,
            metre: (6, 8),
            key: key(class(0), Scale::Major),
            melody: "c4:1.5 c4:1.5 | c4:1 d4:0.5 e4:1.5 | e4:1 d4:0.5 e4:1 f4:0.5 | g4:3 |
                     c5:0.5 c5:0.5 c5:0.5 g4:0.5 g4:0.5 g4:0.5 | e4:0.5 e4:0.5 e4:0.5 c4:0.5 c4:0.5 c4:0.5 |
                     g4:1 f4:0.5 e4:1 d4:0.5 | c4:3",
            chords: "C:3 | C:3 | C:3 | C:3 | C:3 | C:3 | G7:3 | C:3",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_files_in_assets_are_what_the_notation_says() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        for tune in tunes() {
            let file = std::fs::read(folder.join(tune.file)).unwrap();
            assert!(
                file == tune.to_midi().unwrap(),
                "{}: run `cargo run -p linnet-tests --bin tunes`",
                tune.file
            );
        }
    }
}
