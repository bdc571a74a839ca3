//! What tune, decay and level of a kit's pieces promise.

use super::super::kit::instrument;
use super::*;
use crate::settings::{Piece, PieceSettings};

/// The kick whose one tone decays alone.
const BOOM: usize = 5;

/// The drums alone, on kit number `kit`, with `piece` so and the others plain.
fn pieces(kit: usize, piece: Piece, change: PieceSettings) -> Settings {
    let mut settings = Settings::dry([1, 4, 7, kit]);
    settings.pieces[piece.index()] = change;
    settings
}

fn tuned(tune_semitones: f32) -> PieceSettings {
    PieceSettings { tune_semitones, ..PieceSettings::PLAIN }
}

fn decaying(decay: f32) -> PieceSettings {
    PieceSettings { decay, ..PieceSettings::PLAIN }
}

fn at_level(level_db: f32) -> PieceSettings {
    PieceSettings { level_db, ..PieceSettings::PLAIN }
}

/// Left and right of one hit.
fn hit(key: u8, settings: &Settings, frames: usize) -> [Vec<f32>; 2] {
    let [left, right, ..] = render(&mut prepared(48_000.0), &[on(0, Part::Drums, key, 1)], settings, frames);
    [left, right]
}

/// A key of each piece.
const KEYS: [(Piece, u8); 10] = [
    (Piece::Kick, 36),
    (Piece::Snare, 38),
    (Piece::SideStick, 37),
    (Piece::Clap, 39),
    (Piece::ClosedHat, 42),
    (Piece::OpenHat, 46),
    (Piece::Toms, 47),
    (Piece::Crash, 49),
    (Piece::Ride, 51),
    (Piece::Percussion, 56),
];

/// The frequency of a sine that decays, from its first to its last rise through 0.
fn freq_hz(audio: &[f32]) -> f64 {
    let place = |(n, pair): (usize, &[f32])| {
        (pair[0] < 0.0 && pair[1] >= 0.0)
            .then(|| n as f64 + f64::from(pair[0]) / f64::from(pair[0] - pair[1]))
    };
    let rises: Vec<f64> = audio.windows(2).enumerate().filter_map(place).collect();
    let [first, .., last] = rises[..] else { return 0.0 };
    (rises.len() - 1) as f64 * 48_000.0 / (last - first)
}

#[test]
fn a_kick_moves_by_the_semitones_that_are_asked_for() {
    // Behind the click and the fall of the pitch.
    let pitch = |semitones: f32| {
        let settings = pieces(BOOM, Piece::Kick, tuned(semitones));
        freq_hz(&hit(36, &settings, 48_000)[0][9600..])
    };
    let plain_hz = pitch(0.0);
    for semitones in [-12.0_f32, -7.0, -0.5, 0.25, 1.0, 5.0, 12.0, 24.0] {
        let moved = 12.0 * (pitch(semitones) / plain_hz).log2();
        println!("{semitones:+} st: {moved:+.3} st");
        assert!((moved - f64::from(semitones)).abs() < 0.02, "{semitones}: {moved}");
    }
}

/// Where the middle of the power lies in time and in pitch: in seconds, and in octaves above 1 Hz.
fn middles([left, right]: &[Vec<f32>; 2]) -> [f64; 2] {
    let middle = |powers: &[f64], place: &dyn Fn(usize) -> f64| {
        let moment: f64 = powers.iter().enumerate().map(|(n, power)| place(n) * power).sum();
        moment / powers.iter().sum::<f64>()
    };
    let powers: Vec<f64> = left.iter().zip(right).map(|(l, r)| f64::from(l * l + r * r)).collect();
    let sum: Vec<f32> = left.iter().zip(right).map(|(l, r)| l + r).collect();
    let octaves = |bin: usize| (bin.max(1) as f64 * 48_000.0 / sum.len() as f64).log2();
    [middle(&powers, &|n| n as f64 / 48_000.0), middle(&spectrum(&sum), &octaves)]
}

#[test]
fn tune_and_decay_are_heard_on_every_piece_of_every_kit() {
    for kit in 1..=bank::choices(Part::Drums).count() {
        for (piece, key) in KEYS {
            let middles_of = |change| middles(&hit(key, &pieces(kit, piece, change), 48_000));
            let [plain, low, high] = [0.0, -5.0, 5.0].map(|semitones| middles_of(tuned(semitones))[1]);
            let [down, up] = [plain - low, high - plain].map(|octaves| 12.0 * octaves);
            // Less than asked where there is noise without an end above.
            println!("{kit} {piece:?}: −{down:.2} st, +{up:.2} st");
            assert!((0.5..9.0).contains(&down) && (0.5..9.0).contains(&up), "{kit} {piece:?}: {down} {up}");
            let [short, plain, long] = [0.5, 1.0, 2.0].map(|decay| middles_of(decaying(decay))[0]);
            assert!(short < plain / 1.12 && long > plain * 1.2, "{kit} {piece:?}: {short} {plain} {long} s");
        }
    }
}

#[test]
fn a_decay_lasts_as_many_times_as_long_as_asked() {
    // From one level to another that lies 40 dB lower.
    let time_s = |decay: f32| {
        let [left, _] = hit(36, &pieces(BOOM, Piece::Kick, decaying(decay)), 6 * 48_000);
        let levels: Vec<f32> = left.chunks(960).map(rms_db).collect();
        let last = |level_db: f32| levels.iter().rposition(|level| *level > level_db).unwrap();
        (last(-60.0) - last(-20.0)) as f32 * 0.02
    };
    let plain_s = time_s(1.0);
    for decay in [0.25, 0.5, 2.0, 4.0] {
        let times = time_s(decay) / plain_s;
        println!("decay {decay}: {times:.3} of {plain_s} s");
        assert!((times / decay - 1.0).abs() < 0.06, "{decay}: {times}");
    }
    // What is asked beyond the range is the range's end.
    assert_eq!(time_s(100.0), time_s(4.0));
}

#[test]
fn a_level_is_in_decibels_and_its_end_is_silence() {
    for (piece, key) in KEYS {
        let [left, _] = hit(key, &pieces(2, piece, PieceSettings::PLAIN), 9600);
        for level_db in [-24.0_f32, -6.0, 6.0, 12.0] {
            let gain = 10.0_f32.powf(level_db / 20.0);
            let [levelled, _] = hit(key, &pieces(2, piece, at_level(level_db)), 9600);
            let far = left.iter().zip(&levelled).map(|(one, other)| (gain * one - other).abs());
            let far = far.fold(0.0, f32::max);
            assert!(far < 1e-5 * gain && peak(&levelled) > 1e-3 * gain, "{piece:?} {level_db}: {far}");
        }
        let [silent, _] = hit(key, &pieces(2, piece, at_level(-60.0)), 9600);
        assert!(silent.iter().all(|sample| *sample == 0.0), "{piece:?}");
    }
}

#[test]
fn a_piece_leaves_all_others_exactly_as_they_are() {
    let plain = pieces(3, Piece::Kick, PieceSettings::PLAIN);
    for (piece, _) in KEYS {
        let changed = pieces(3, piece, PieceSettings { tune_semitones: 7.0, decay: 0.4, level_db: -5.0 });
        for key in (0..128).filter(|key| instrument(3, *key).is_some()) {
            let is_its = instrument(3, key).unwrap().piece == piece;
            let is_same = hit(key, &plain, 2400) == hit(key, &changed, 2400);
            assert_eq!(is_same, !is_its, "{piece:?}: key {key}");
        }
    }
}

#[test]
fn each_piece_has_its_keys() {
    for (piece, key) in KEYS {
        assert_eq!(instrument(1, key).unwrap().piece, piece);
    }
    assert_eq!(KEYS.map(|(piece, _)| piece), Piece::ALL);
    let others = [
        (Piece::Kick, &[35][..]),
        (Piece::Snare, &[40]),
        (Piece::ClosedHat, &[44]),
        (Piece::Toms, &[41, 43, 45, 48, 50]),
        (Piece::Crash, &[52, 55, 57]),
        (Piece::Ride, &[53, 59]),
        (Piece::Percussion, &[54, 60, 63, 69, 76]),
    ];
    for (piece, keys) in others {
        assert!(keys.iter().all(|key| instrument(1, *key).unwrap().piece == piece), "{piece:?}");
    }
}

/// A roll on the low tom, a hit every 60 ms, in blocks of `frames`; `change` is asked what stands at each hit.
fn roll(frames: usize, change: impl Fn(usize) -> PieceSettings) -> Vec<f32> {
    let mut voices = prepared(48_000.0);
    let mut audio = Vec::new();
    for number in 0..24 {
        let settings = pieces(BOOM, Piece::Toms, change(number));
        // Where the tick lies differs from hit to hit.
        let mut events = vec![on(0, Part::Drums, 41, number as u32)];
        let mut left = 2880 + number;
        while left > 0 {
            let block = left.min(frames);
            audio.extend_from_slice(&render(&mut voices, &events, &settings, block)[0]);
            events.clear();
            left -= block;
        }
    }
    audio
}

#[test]
fn a_roll_that_is_tuned_and_turned_up_and_down_does_not_click() {
    let plain = roughness(&roll(512, |_| PieceSettings::PLAIN));
    let tune = |hit: usize| tuned(-(hit as f32) / 2.0);
    let decay = |hit: usize| decaying(1.0 + (hit % 4) as f32);
    let level = |hit: usize| at_level(if hit.is_multiple_of(2) { 0.0 } else { -60.0 });
    let moves: [&dyn Fn(usize) -> PieceSettings; 3] = [&tune, &decay, &level];
    for (what, change) in ["tune", "decay", "level"].into_iter().zip(moves) {
        let moved = roughness(&roll(512, change));
        println!("{what}: {moved:.6}, where {plain:.6} is the roll alone");
        assert!(moved < 1.3 * plain, "{what}: {moved} where {plain}");
    }
}

#[test]
fn a_level_that_moves_while_a_hit_sounds_is_followed_without_a_click() {
    for place in [0, 5, 9, 15] {
        let mut voices = prepared(48_000.0);
        let settings = pieces(BOOM, Piece::Kick, PieceSettings::PLAIN);
        render(&mut voices, &[on(0, Part::Drums, 36, 1)], &settings, 9600 + place);
        let [before, ..] = render(&mut voices, &[], &settings, 2400);
        let quiet = pieces(BOOM, Piece::Kick, at_level(-20.0));
        let [mut moved, ..] = render(&mut voices, &[], &quiet, 9600);
        let level_db = rms_db(&moved[7200..]) - rms_db(&before);
        // It decays by 60 dB in 1.5 s, and so by 7 dB between the two.
        println!("at frame {place} of a tick: {level_db:.1} dB");
        assert!(level_db < -20.0, "{level_db}");
        let edge = [before[2398], before[2399]];
        moved.splice(0..0, edge);
        assert!(roughness(&moved) < roughness(&before) + 1e-3, "{place}: {}", roughness(&moved));
    }
}

#[test]
fn a_hit_that_starts_has_its_level_at_once() {
    let mut voices = prepared(48_000.0);
    render(&mut voices, &[], &pieces(1, Piece::Snare, at_level(-60.0)), 4800);
    let settings = pieces(1, Piece::Snare, PieceSettings::PLAIN);
    let [late, ..] = render(&mut voices, &[on(0, Part::Drums, 38, 1)], &settings, 4800);
    let [fresh, _] = hit(38, &settings, 4800);
    assert_eq!(late, fresh);
}

#[test]
fn any_blocks_give_the_same_roll() {
    let change = |hit: usize| PieceSettings {
        tune_semitones: hit as f32 - 9.0,
        decay: 0.5 + (hit % 3) as f32,
        level_db: -((hit % 5) as f32) * 9.0,
    };
    let whole = roll(4096, change);
    for frames in [1, 7, 16, 333] {
        assert!(roll(frames, change) == whole, "blocks of {frames}");
    }
}

#[test]
fn no_setting_of_a_piece_breaks_the_sound() {
    for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
        for sample_rate_hz in [8000.0, 48_000.0, 192_000.0] {
            let mut settings = Settings::dry([1, 4, 7, 6]);
            settings.pieces.fill(PieceSettings { tune_semitones: odd, decay: odd, level_db: odd });
            let events: Vec<_> = (0..).zip(KEYS).map(|(n, (_, key))| on(n, Part::Drums, key, n)).collect();
            let audio = render(&mut prepared(sample_rate_hz), &events, &settings, 4800);
            assert!(audio.iter().flatten().all(|sample| sample.abs() < 200.0), "{odd} {sample_rate_hz}");
        }
    }
}
