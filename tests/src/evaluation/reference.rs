//! Any folder of MIDI files as the human reference, in place of the repository's held-out pieces.
//!
//! Tracks, and the channels of one track, become parts by name, else by register and texture: channel 10 is the drums, the
//! lowest line the bass, what sounds together chords, another line the lead. Key and chords are found as the plug-in finds
//! them. A file whose folder is named after a style has that style.

use super::EvaluationError;
use super::contexts::Score;
use super::drum_features::Hit;
use super::statistics::mean;
use super::window::Window;
use linnet_composer::listen::key::GivenKey;
use linnet_composer::listen::{chords, key};
use linnet_composer::phrase::line::on_grid;
use linnet_composer::tokens::Grid;
use linnet_composer::tokens::drum::{DrumGrid, class_of};
use linnet_composer::tokens::line::GridNote;
use linnet_composer::vocabulary::Role;
use linnet_music::midi_file::{self, DRUM_CHANNEL, Tune};
use linnet_music::{Beats, Note, Style, TimeSignature};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Words of a track's name, and the role that they tell.
const WORDS: [(Role, &[&str]); 4] = [
    (Role::Counter, &["counter", "second", "harmony vocal", "backing"]),
    (Role::Bass, &["bass"]),
    (Role::Lead, &["lead", "melody", "vocal", "voice", "solo", "tune"]),
    (Role::Chords, &["chord", "piano", "keys", "guitar", "pad", "organ", "strings", "comp", "arp"]),
];
/// Notes below which a track is no part.
const NOTES_MIN: usize = 8;
/// Windows that can be halved and compared.
const WINDOWS_MIN: usize = 24;
/// The share of notes that may begin while another sounds on for a line.
const TOGETHER_MAX: f64 = 0.1;
/// The mean key below which a line is a bass.
const BASS_BELOW: f64 = 52.0;

/// Reads every `.mid` and `.midi` file in `folder` and below; says on the error stream which cannot be used.
///
/// # Errors
/// Where the folder cannot be read, holds none, or none can be used.
pub fn read(folder: &Path) -> Result<Vec<Score>, EvaluationError> {
    let failed = |why: String| EvaluationError::Reference { folder: folder.display().to_string(), why };
    let files = files(folder).map_err(|error| failed(format!("cannot be read ({error})")))?;
    if files.is_empty() {
        return Err(failed("holds no .mid or .midi file".into()));
    }
    let mut scores = Vec::new();
    let mut first = String::new();
    for path in &files {
        match score(path) {
            Ok(score) => scores.push(score),
            Err(why) => {
                let text = format!("{}: {why}", path.display());
                eprintln!("Left out: {text}");
                if first.is_empty() {
                    first = text;
                }
            }
        }
    }
    if scores.is_empty() {
        return Err(failed(format!(
            "holds {} MIDI files, and none can be used. First: {}",
            files.len(),
            first.trim_end_matches('.')
        )));
    }
    eprintln!("{} of {} MIDI files are the reference.", scores.len(), files.len());
    Ok(scores)
}

/// Whether the folder's pieces have enough windows of eight bars, with a lead or with drums, to be halved and compared.
///
/// # Errors
/// Where they have not.
pub fn check(folder: &Path, scores: &[Score]) -> Result<(), EvaluationError> {
    let leads = scores.iter().flat_map(Window::of_lead).count();
    let drums = scores.iter().flat_map(Window::of_drums).count();
    if leads.max(drums) >= WINDOWS_MIN {
        return Ok(());
    }
    let why = format!(
        "has {leads} stretches of eight bars with a melody and {drums} with drums, and {WINDOWS_MIN} of either are needed"
    );
    Err(EvaluationError::Reference { folder: folder.display().to_string(), why })
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let is_midi = path
                .extension()
                .is_some_and(|name| name.eq_ignore_ascii_case("mid") || name.eq_ignore_ascii_case("midi"));
            if path.is_dir() {
                folders.push(path);
            } else if is_midi {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn score(path: &Path) -> Result<Score, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let tune = midi_file::read(&bytes).map_err(|error| error.to_string())?;
    let style_of =
        |folder: &str| Style::ALL.into_iter().find(|style| style.name().eq_ignore_ascii_case(folder));
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let mut score = of_tune(&tune)?;
    score.family = path.display().to_string();
    score.style = style_of(&folder);
    Ok(score)
}

/// The longest stretch of a tune in one metre: where it begins and ends, in beats, and the metre.
fn longest_stretch(tune: &Tune) -> (f64, f64, TimeSignature) {
    let mut changes: Vec<(f64, TimeSignature)> = vec![(0.0, TimeSignature::default())];
    for (at, metre) in &tune.metres {
        match changes.last_mut() {
            Some(last) if at.0 <= last.0 + 1e-6 => last.1 = *metre,
            Some(last) if last.1 == *metre => {}
            _ => changes.push((at.0, *metre)),
        }
    }
    let ends = changes.iter().skip(1).map(|change| change.0).chain([tune.length.0]);
    let stretches = changes.iter().zip(ends).map(|((begin, metre), end)| (*begin, end, *metre));
    let longest = stretches.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)));
    longest.unwrap_or((0.0, tune.length.0, TimeSignature::default()))
}

/// The score of the longest stretch of a tune in one metre.
fn of_tune(tune: &Tune) -> Result<Score, String> {
    let (begin, end, metre) = longest_stretch(tune);
    let bars = ((end - begin) / metre.bar().0 - 1e-6).ceil().max(0.0) as usize;
    let grid = Grid::new(metre);
    if grid.splits > 1 {
        return Err(format!("its bars of {metre} are too long"));
    }
    let mut tracks: BTreeMap<(u16, u8), Vec<Note>> = BTreeMap::new();
    let inside = tune.notes.iter().filter(|of| (begin - 1e-6..end - 1e-6).contains(&of.note.onset.0));
    for of in inside {
        let note = Note { onset: Beats((of.note.onset.0 - begin).max(0.0)), ..of.note };
        tracks.entry((of.track, of.channel)).or_default().push(note);
    }
    let drums: Vec<Note> = tracks
        .iter()
        .filter(|((_, channel), _)| *channel == DRUM_CHANNEL)
        .flat_map(|(_, notes)| notes.clone())
        .collect();
    tracks.retain(|(_, channel), notes| *channel != DRUM_CHANNEL && notes.len() >= NOTES_MIN);
    if tracks.is_empty() && drums.len() < NOTES_MIN {
        return Err(format!("no track has {NOTES_MIN} notes in its longest stretch of one metre"));
    }
    let pitched = linnet_music::Phrase::new(tracks.values().flatten().copied().collect());
    let pitched = pitched.notes();
    let key = tune
        .key
        .or_else(|| key::find(pitched, metre.bar(), GivenKey::default()).map(|guess| guess.key))
        .unwrap_or(linnet_music::Key {
            tonic: linnet_music::PitchClass::new(0),
            scale: linnet_music::Scale::Major,
        });
    let length = Beats(bars as f64 * metre.bar().0);
    let (triplets, hits) = hits(&drums, metre, bars);
    Ok(Score {
        family: String::new(),
        title: tune.name.clone(),
        style: None,
        key,
        metre,
        grid,
        bars,
        first_bar: 0,
        bpm: tune.tempo().bpm(),
        chords: if pitched.is_empty() { Vec::new() } else { chords::find(pitched, length, metre, key) },
        parts: cast(tune, &tracks, &grid, bars),
        by_grammar: [false; 4],
        drums: hits,
        triplets,
    })
}

/// The tracks by role: those whose names tell first, then the highest first; several chord tracks are one part.
fn cast(
    tune: &Tune,
    tracks: &BTreeMap<(u16, u8), Vec<Note>>,
    grid: &Grid,
    bars: usize,
) -> [Vec<GridNote>; 4] {
    let mut parts: [Vec<Note>; 4] = Default::default();
    let mut order: Vec<(bool, f64, Option<Role>, &Vec<Note>)> = tracks
        .iter()
        .map(|((track, _), notes)| {
            let name = tune.track_names.get(usize::from(*track)).map_or("", String::as_str);
            let role = named(name);
            (role.is_none(), -mean_key(notes), role, notes)
        })
        .collect();
    order.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    for (_, height, role, notes) in order {
        let free =
            |role: Role, parts: &[Vec<Note>; 4]| role == Role::Chords || parts[role.index()].is_empty();
        let role = role.filter(|role| free(*role, &parts)).or_else(|| heard(notes, -height, &parts));
        if let Some(role) = role {
            parts[role.index()].extend(notes);
        }
    }
    let mut all = Role::ALL.into_iter();
    parts.map(|notes| {
        let stacked = all.next().is_some_and(Role::is_stacked);
        on_grid(&notes, grid, bars, stacked)
    })
}

/// The role that a track's name tells.
fn named(name: &str) -> Option<Role> {
    let name = name.to_lowercase();
    WORDS.iter().find(|(_, words)| words.iter().any(|word| name.contains(word))).map(|(role, _)| *role)
}

/// The role that a track's texture and register tell, among those that are free.
fn heard(notes: &[Note], mean_key: f64, parts: &[Vec<Note>; 4]) -> Option<Role> {
    let together = notes.windows(2).filter(|pair| pair[1].onset.0 < pair[0].end().0 - 0.25).count();
    if together as f64 > TOGETHER_MAX * notes.len() as f64 {
        return Some(Role::Chords);
    }
    let order = if mean_key < BASS_BELOW {
        [Role::Bass, Role::Lead, Role::Counter]
    } else {
        [Role::Lead, Role::Counter, Role::Bass]
    };
    order.into_iter().find(|role| parts[role.index()].is_empty())
}

fn mean_key(notes: &[Note]) -> f64 {
    mean(&notes.iter().map(|note| f64::from(note.pitch.midi())).collect::<Vec<_>>())
}

/// The drums on their grid, and whether its beats are in thirds.
fn hits(notes: &[Note], metre: TimeSignature, bars: usize) -> (bool, Vec<Hit>) {
    let off = |triplets: bool| {
        let grid = DrumGrid::new(metre, triplets);
        notes.iter().map(|note| grid.nearest_step(note.onset.0).1.abs() * grid.step_beats()).sum::<f64>()
    };
    let triplets = off(true) < 0.8 * off(false);
    let grid = DrumGrid::new(metre, triplets);
    let bar_steps = grid.bar_steps as usize;
    let hit = |note: &Note| {
        let step = grid.nearest_step(note.onset.0).0;
        let class = class_of(note.pitch.midi())?;
        Some(Hit { bar: step / bar_steps, step: step % bar_steps, class, velocity: note.velocity })
    };
    (triplets, notes.iter().filter_map(hit).filter(|hit| hit.bar < bars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::midi_file::{Arrangement, Track};
    use linnet_music::{Key, Pitch, PitchClass, Scale, Tempo, Velocity};

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("linnet-reference-{name}-{}", std::process::id()));
        // It is not there in a first run.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_folder_without_music_is_refused_in_words() {
        let empty = folder("empty");
        assert!(read(&empty).unwrap_err().to_string().contains("holds no .mid or .midi file"));
        std::fs::write(empty.join("broken.mid"), b"no music").unwrap();
        let words = read(&empty).unwrap_err().to_string();
        assert!(words.contains("none can be used") && words.contains("broken.mid"), "{words}");
        let nowhere = empty.join("nowhere");
        assert!(read(&nowhere).unwrap_err().to_string().contains("cannot be read"));
        std::fs::remove_dir_all(empty).unwrap();
    }

    #[test]
    fn the_longest_stretch_of_one_metre_counts() {
        let metre = |numerator| TimeSignature::new(numerator, 4).unwrap();
        let tune = Tune {
            metres: vec![
                (Beats(0.0), metre(1)),
                (Beats(1.0), metre(3)),
                (Beats(4.0), metre(3)),
                (Beats(31.0), metre(2)),
            ],
            length: Beats(41.0),
            ..Tune::default()
        };
        assert_eq!(longest_stretch(&tune), (1.0, 31.0, metre(3)));
        assert_eq!(
            longest_stretch(&Tune { length: Beats(9.0), ..Tune::default() }),
            (0.0, 9.0, TimeSignature::COMMON)
        );
    }

    #[test]
    fn tracks_are_told_apart_by_name_and_by_register() {
        let note = |beat: usize, midi: i32| Note {
            onset: Beats(beat as f64),
            length: Beats(0.9),
            pitch: Pitch::new(midi),
            velocity: Velocity::new(80),
        };
        let line = |midi: i32| (0..32).map(|beat| note(beat, midi + beat as i32 % 5)).collect::<Vec<_>>();
        let chords: Vec<Note> = (0..32).flat_map(|beat| [60, 64, 67].map(|midi| note(beat, midi))).collect();
        let kit: Vec<Note> = (0..32).map(|beat| note(beat, if beat % 2 == 0 { 36 } else { 38 })).collect();
        let (tune, low) = (line(72), line(36));
        let track = |name, channel, notes| Track { name, channel, notes };
        let bytes = midi_file::write_arrangement(&Arrangement {
            title: "t",
            tempo: Tempo::new(100.0),
            metre: TimeSignature::COMMON,
            key: Some(Key { tonic: PitchClass::new(0), scale: Scale::Major }),
            chords: &[],
            record: "",
            tracks: &[
                track("Low", 2, &low),
                track("Piano", 1, &chords),
                track("Tune", 0, &tune),
                track("", 9, &kit),
            ],
            length: Beats(32.0),
        });
        let at = folder("tracks");
        std::fs::create_dir(at.join("Rock")).unwrap();
        std::fs::write(at.join("Rock").join("a.mid"), bytes).unwrap();
        let scores = read(&at).unwrap();
        let score = &scores[0];
        assert_eq!((scores.len(), score.bars, score.style), (1, 8, Some(Style::Rock)));
        let first = |role: Role| score.parts[role.index()].first().map(|note| note.midi);
        let wanted =
            [(Role::Lead, Some(72)), (Role::Chords, Some(60)), (Role::Bass, Some(36)), (Role::Counter, None)];
        for (role, midi) in wanted {
            assert_eq!(first(role), midi, "{}", role.name());
        }
        assert_eq!((score.drums.len(), score.chords.is_empty()), (32, false));
        let words = check(&at, &scores).unwrap_err().to_string();
        assert!(words.contains("1 stretches of eight bars with a melody and 1 with drums"), "{words}");
        assert!(check(&at, &vec![score.clone(); 24]).is_ok());
        std::fs::remove_dir_all(at).unwrap();
    }
}
