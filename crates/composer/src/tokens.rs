//! Runs on the composer thread. The vocabulary of `models/TOKENS.md`: the time grid, pitch and duration classes,
//! and the events that a lead line is made of.

pub mod drum;
pub mod line;

use linnet_music::{PitchClass, TimeSignature};

/// The constants that training and this build share; its SHA-256 stands in every manifest.
pub const TOKENS_JSON: &[u8] = include_bytes!("../../../models/tokens.json");
/// Ticks in a quarter note.
pub const TICKS_PER_QUARTER: u32 = 24;
/// Legal onsets inside a quarter, in ticks.
pub const IN_BEAT: [u32; 12] = [0, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21];
/// Position classes that are onsets.
pub const POSITIONS: usize = 96;
/// The position class that goes to the next bar line.
pub const BAR: u8 = 96;
/// The position class of "nothing came before".
pub const START: u8 = 97;
/// Pitch classes of the vocabulary, a semitone each.
pub const PITCHES: usize = 64;
/// The pitch token of the tonic nearest to middle C.
pub const PITCH_OFFSET: i32 = 36;
/// The pitch token of an event without a pitch.
pub const NO_PITCH: u8 = 64;
/// Duration classes, in ticks.
pub const DURATIONS: [u32; 24] =
    [1, 2, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 24, 30, 32, 36, 42, 48, 60, 72, 96, 120, 144, 192];
/// The duration token of an event without a duration.
pub const NO_DURATION: u8 = 24;
/// How many bars back the network may look.
pub const LAGS_BARS: [usize; 3] = [1, 2, 4];
/// The longest bar that the vocabulary can place, in quarters.
const BAR_QUARTERS_MAX: u32 = 8;

/// One event of a lead line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// 0–95 an onset, [`BAR`] or [`START`].
    pub position: u8,
    /// 0–63, or [`NO_PITCH`].
    pub pitch: u8,
    /// An index in [`DURATIONS`], or [`NO_DURATION`].
    pub duration: u8,
}

impl Event {
    /// Go to the next bar line.
    pub const BAR: Self = Self { position: BAR, pitch: NO_PITCH, duration: NO_DURATION };
    /// Nothing came before.
    pub const START: Self = Self { position: START, pitch: NO_PITCH, duration: NO_DURATION };

    /// Whether the event is a note.
    pub fn is_note(self) -> bool {
        usize::from(self.position) < POSITIONS
    }
}

/// The bar of a metre, as the vocabulary divides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Length of one bar of the grid, in ticks, in [1, 192].
    pub bar_ticks: u32,
    /// Length of a beat in ticks: 36 in compound metres, 24 else.
    pub beat_ticks: u32,
    /// The place of the metre in the network's one-hot, in [0, 6].
    pub metre_class: usize,
    /// Bars of the grid in a bar of the metre: more than one where that is longer than eight quarters.
    pub splits: u32,
}

impl Grid {
    /// The grid of `metre`.
    pub fn new(metre: TimeSignature) -> Self {
        let (numerator, denominator) = (u32::from(metre.numerator()), u32::from(metre.denominator()));
        let ticks = 4 * TICKS_PER_QUARTER * numerator / denominator;
        let longest = BAR_QUARTERS_MAX * TICKS_PER_QUARTER;
        let fits = |parts: &u32| ticks.is_multiple_of(*parts) && ticks / parts <= longest;
        let splits = (1..=ticks).find(fits).unwrap_or(1);
        let compound = matches!(denominator, 8 | 16) && numerator.is_multiple_of(3) && numerator > 3;
        let metre_class = match (numerator, denominator) {
            _ if splits > 1 => 6,
            (2, 4) => 0,
            (3, 4) => 1,
            (4, 4) | (2, 2) => 2,
            (3 | 6, 8) => 3,
            (9, 8) => 4,
            (12, 8) => 5,
            _ => 6,
        };
        Self { bar_ticks: ticks / splits, beat_ticks: if compound { 36 } else { 24 }, metre_class, splits }
    }

    /// Whether `position` is an onset inside the bar.
    pub fn contains(&self, position: u8) -> bool {
        usize::from(position) < POSITIONS && position_tick(position) < self.bar_ticks
    }

    /// Bar and legal tick in it that are nearest to `ticks` from the first bar line, the earlier on a tie.
    pub fn quantise(&self, ticks: f64) -> (usize, u32) {
        let bar_ticks = f64::from(self.bar_ticks);
        let bar = (ticks / bar_ticks).floor().max(0.0);
        let inside = (ticks - bar * bar_ticks).max(0.0);
        let quarter = (inside / f64::from(TICKS_PER_QUARTER)).floor();
        let rest = inside - quarter * f64::from(TICKS_PER_QUARTER);
        let mut nearest = TICKS_PER_QUARTER;
        for legal in IN_BEAT.iter().rev() {
            if (f64::from(*legal) - rest).abs() <= (f64::from(nearest) - rest).abs() {
                nearest = *legal;
            }
        }
        let tick = quarter as u32 * TICKS_PER_QUARTER + nearest;
        if tick >= self.bar_ticks { (bar as usize + 1, 0) } else { (bar as usize, tick) }
    }
}

/// Ticks from the bar line to `position`, which must be an onset; 0 for [`BAR`] and [`START`].
pub fn position_tick(position: u8) -> u32 {
    if usize::from(position) >= POSITIONS {
        return 0;
    }
    TICKS_PER_QUARTER * u32::from(position / 12) + IN_BEAT[usize::from(position % 12)]
}

/// The position class of a tick inside a bar, or none where it is not legal.
pub fn position_of_tick(tick: u32) -> Option<u8> {
    let inside = IN_BEAT.iter().position(|legal| *legal == tick % TICKS_PER_QUARTER)?;
    let position = (tick / TICKS_PER_QUARTER) as usize * 12 + inside;
    (position < POSITIONS).then_some(position as u8)
}

/// The duration class nearest to `ticks`, the shorter on a tie; then the longest that fits in `room` ticks.
pub fn duration_class(ticks: f64, room: Option<u32>) -> u8 {
    let mut nearest = 0;
    for (class, length) in DURATIONS.iter().enumerate() {
        if (f64::from(*length) - ticks).abs() < (f64::from(DURATIONS[nearest]) - ticks).abs() {
            nearest = class;
        }
    }
    let fits = room.map_or(DURATIONS.len(), |room| DURATIONS.partition_point(|length| *length <= room));
    nearest.min(fits.saturating_sub(1)) as u8
}

/// The tonic as an offset from C in [−5, 6] semitones.
pub fn signed_tonic(tonic: PitchClass) -> i32 {
    let semitones = i32::from(tonic.semitones());
    if semitones <= 6 { semitones } else { semitones - 12 }
}

/// The pitch token of the MIDI key `midi` under `tonic`.
pub fn pitch_token(midi: i32, tonic: PitchClass) -> u8 {
    pitch_token_unbounded(midi, tonic).clamp(0, PITCHES as i32 - 1) as u8
}

/// What would be its pitch token, were there tokens without end.
pub fn pitch_token_unbounded(midi: i32, tonic: PitchClass) -> i32 {
    midi - 60 - signed_tonic(tonic) + PITCH_OFFSET
}

/// The MIDI key of the pitch token `token` under `tonic`.
pub fn token_midi(token: u8, tonic: PitchClass) -> i32 {
    i32::from(token) - PITCH_OFFSET + 60 + signed_tonic(tonic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(numerator: i32, denominator: i32) -> Grid {
        Grid::new(TimeSignature::new(numerator, denominator).unwrap())
    }

    #[test]
    fn the_constants_are_those_of_the_shared_file() {
        let json: serde_json::Value = serde_json::from_slice(TOKENS_JSON).unwrap();
        let list = |name: &str| -> Vec<u64> {
            json[name].as_array().unwrap().iter().filter_map(serde_json::Value::as_u64).collect()
        };
        let number = |name: &str| json[name].as_u64().unwrap();
        assert_eq!(list("in_beat"), IN_BEAT.map(u64::from));
        assert_eq!(list("durations"), DURATIONS.map(u64::from));
        assert_eq!(list("lags_bars"), LAGS_BARS.map(|lag| lag as u64));
        assert_eq!(list("drum_out"), drum::GENERAL_MIDI_OUT.map(u64::from));
        for (name, value) in [
            ("ticks_per_quarter", u64::from(TICKS_PER_QUARTER)),
            ("positions", POSITIONS as u64),
            ("bar", u64::from(BAR)),
            ("start", u64::from(START)),
            ("pitch_offset", PITCH_OFFSET as u64),
            ("pitches", PITCHES as u64),
            ("no_pitch", u64::from(NO_PITCH)),
            ("no_duration", u64::from(NO_DURATION)),
            ("drum_start", u64::from(drum::START)),
        ] {
            assert_eq!(number(name), value, "{name}");
        }
        let qualities: Vec<&str> =
            json["qualities"].as_array().unwrap().iter().filter_map(|q| q.as_str()).collect();
        assert_eq!(qualities, linnet_music::ChordQuality::ALL.map(linnet_music::ChordQuality::token));
        for (class, keys) in json["drum_in"].as_array().unwrap().iter().enumerate() {
            for key in keys.as_array().unwrap() {
                assert_eq!(drum::class_of(key.as_u64().unwrap() as u8), Some(class));
            }
        }
    }

    #[test]
    fn every_metre_has_a_grid_whose_parts_make_up_its_bar() {
        for numerator in 1..=32 {
            for denominator in [1, 2, 4, 8, 16, 32] {
                let grid = grid(numerator, denominator);
                assert_eq!(grid.bar_ticks * grid.splits, (96 * numerator / denominator) as u32);
                assert!((1..=192).contains(&grid.bar_ticks), "{numerator}/{denominator}");
                assert!(grid.contains(0));
            }
        }
        assert_eq!(grid(12, 4).splits, 2);
        assert_eq!(grid(9, 2).splits, 3);
    }

    #[test]
    fn positions_and_ticks_are_each_others_inverse() {
        for position in 0..POSITIONS as u8 {
            assert_eq!(position_of_tick(position_tick(position)), Some(position));
        }
        assert_eq!(position_of_tick(5), None);
        assert_eq!(position_of_tick(192), None);
    }

    #[test]
    fn an_onset_moves_to_the_nearest_legal_tick() {
        let check =
            |ticks: f64, expect: (usize, u32)| assert_eq!(grid(4, 4).quantise(ticks), expect, "{ticks}");
        check(0.0, (0, 0));
        check(1.5, (0, 0));
        check(1.6, (0, 3));
        check(3.5, (0, 3));
        check(22.5, (0, 21));
        check(22.6, (0, 24));
        check(94.9, (1, 0));
        check(96.0 + 13.0, (1, 12));
        check(-2.0, (0, 0));
        assert_eq!(grid(7, 8).quantise(83.0), (1, 0));
    }

    #[test]
    fn a_duration_takes_the_nearest_class_that_has_room() {
        let check = |ticks: f64, room, expect: u32| {
            assert_eq!(DURATIONS[usize::from(duration_class(ticks, room))], expect, "{ticks} {room:?}");
        };
        check(24.0, None, 24);
        check(27.0, None, 24);
        check(27.1, None, 30);
        check(1000.0, None, 192);
        check(0.0, None, 1);
        check(24.0, Some(23), 20);
        check(24.0, Some(0), 1);
    }

    #[test]
    fn pitch_tokens_hold_the_tonic_near_middle_c() {
        for semitones in 0..12 {
            let tonic = PitchClass::new(semitones);
            assert_eq!(token_midi(PITCH_OFFSET as u8, tonic).rem_euclid(12), semitones);
            for midi in 40..80 {
                assert_eq!(token_midi(pitch_token(midi, tonic), tonic), midi);
            }
        }
        assert_eq!(pitch_token(0, PitchClass::new(0)), 0);
        assert_eq!(pitch_token(127, PitchClass::new(0)), 63);
    }
}
