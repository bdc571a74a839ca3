//! Scripts at random: what happens before each block, how long the block is, and what is played in it.

use crate::exact_host::{BEAT, LOOP_OFFSET, RATES_HZ, is_clear};
use crate::reference::{IdeaNote, Played, Rule, TickIdea};

/// The finest place in time that a script uses, in ticks.
const PLACE: i64 = BEAT / 9600;
/// Few keys, so that notes meet.
pub(super) const KEYS: std::ops::Range<u8> = 58..63;

/// Something that happens before a block.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Seek(i64),
    Loop(Option<(i64, i64)>),
    Tempo(i64),
    Metre((i64, i64)),
    Playing(bool),
    Present(bool),
    SaysBarStart(bool),
    Idea(TickIdea),
    Silence,
    Audition(bool),
    Reset,
    Prepare(i64),
    Bypass(u32),
    On(usize, bool),
    Mute(usize, bool),
    Solo(usize, bool),
    Channel(usize, u8),
    Octave(usize, i32),
}

/// A step of a script.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) changes: Vec<Change>,
    pub(super) frames: u32,
    /// Whether the host cuts the block where its loop wraps.
    pub(super) cut_at_loop: bool,
    /// Frame, and what; sorted.
    pub(super) played: Vec<(u32, Played)>,
}

/// Numbers at random, the same for the same seed (Steele, Lea and Flood, `SplitMix`).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64, episode: u64) -> Self {
        let mut dice =
            Self(seed.wrapping_mul(0xd1b5_4a32_d192_ed03) ^ episode.wrapping_mul(0x8cb9_2ba7_2f3d_8dd7));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// In [`from`, `to`).
    fn within(&mut self, from: i64, to: i64) -> i64 {
        from + (self.next() % (to - from) as u64) as i64
    }

    fn chance(&mut self, percent: i64) -> bool {
        self.within(0, 100) < percent
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.within(0, all.len() as i64) as usize]
    }

    /// A script of `steps` steps.
    pub(super) fn script(&mut self, steps: usize) -> Vec<Step> {
        (0..steps).map(|_| self.step()).collect()
    }

    fn step(&mut self) -> Step {
        let changes = self.of(&[0, 0, 0, 0, 1, 1, 1, 2, 3]);
        let frames = match self.within(0, 20) {
            0 => 0,
            1..4 => self.within(1, 64),
            4..17 => self.within(64, 2048),
            17..19 => self.of(&[64, 128, 512, 1024]),
            _ => self.within(2048, 30_000),
        };
        let events = self.of(&[0, 0, 0, 1, 2, 5]);
        let mut played: Vec<(u32, Played)> =
            (0..events).map(|_| (self.within(0, frames.max(1)) as u32, self.played())).collect();
        played.sort_by_key(|(frame, _)| *frame);
        Step {
            changes: (0..changes).map(|_| self.change()).collect(),
            frames: frames as u32,
            cut_at_loop: self.chance(40),
            played,
        }
    }

    fn played(&mut self) -> Played {
        let (channel, key) = (self.within(0, 3) as u8, self.key());
        match self.within(0, 24) {
            0..9 => Played::On(channel, key),
            9..17 => Played::Off(channel, key),
            17 => Played::Choke(channel, key),
            18 | 19 => Played::Pedal(channel, self.chance(50)),
            20 => Played::AllOff(channel),
            21 => Played::EditorOn(key),
            22 => Played::EditorOff(key),
            _ => self.of(&[Played::Panic, Played::EditorOff(key), Played::Off(channel, key)]),
        }
    }

    fn key(&mut self) -> u8 {
        self.within(i64::from(KEYS.start), i64::from(KEYS.end)) as u8
    }

    fn change(&mut self) -> Change {
        let part = self.within(0, 4) as usize;
        match self.within(0, 44) {
            0..4 => Change::Seek(self.position()),
            4..8 => Change::Loop(self.chance(65).then(|| self.looped())),
            8..11 => Change::Tempo(self.tempo()),
            11 => Change::Metre(self.of(&[(4, 4), (3, 4), (7, 8), (6, 8), (1, 4), (5, 16), (1, 32)])),
            12..15 => Change::Playing(self.chance(80)),
            15 => Change::Present(self.chance(70)),
            16 => Change::SaysBarStart(self.chance(70)),
            17..26 => Change::Idea(self.idea()),
            26 => Change::Silence,
            27..29 => Change::Audition(self.chance(60)),
            29 => Change::Reset,
            30 => Change::Prepare(self.of(&RATES_HZ)),
            31 => Change::Bypass(self.within(1, 100_000) as u32),
            32..34 => Change::On(part, self.chance(85)),
            34..36 => Change::Mute(part, self.chance(15)),
            36..38 => Change::Solo(part, self.chance(8)),
            38..41 => Change::Channel(part, self.of(&[0, 1, 1, 2, 3, 4, 10])),
            _ => Change::Octave(part, self.of(&[0, 0, 0, 1, -1, 3, -3])),
        }
    }

    /// A tempo whose frames lie clear of everything that a script places.
    fn tempo(&mut self) -> i64 {
        loop {
            let tenths = match self.within(0, 4) {
                0 => self.of(&[1200, 1197, 600, 2400, 905]),
                1 => self.within(10, 9990),
                _ => self.within(500, 2400),
            };
            if is_clear(tenths) {
                return tenths;
            }
        }
    }

    fn position(&mut self) -> i64 {
        match self.within(0, 4) {
            0 => self.of(&[0, 4, 8, 16, -4, 3, 7]) * BEAT,
            1 => self.within(-32, 128) * BEAT / 4,
            _ => self.within(-10 * 9600, 60 * 9600) * PLACE,
        }
    }

    /// A loop, longer than what could pass for rounding.
    fn looped(&mut self) -> (i64, i64) {
        let (start, length) = match self.within(0, 3) {
            0 => (self.within(0, 8) * 4 * BEAT, self.of(&[1, 2, 4, 8]) * BEAT),
            1 => (self.within(0, 64) * BEAT / 4, self.within(1, 16) * BEAT / 4),
            _ => (self.within(0, 20 * 9600) * PLACE, self.within(1500, 8 * 9600) * PLACE),
        };
        (start + LOOP_OFFSET, start + length + LOOP_OFFSET)
    }

    fn idea(&mut self) -> TickIdea {
        let length = match self.within(0, 4) {
            0 => BEAT,
            1 => 4 * BEAT,
            2 => self.of(&[1, 3, 7, 16, 32]) * BEAT / 2,
            _ => self.within(1200, 12 * 9600) * PLACE,
        };
        let notes = self.of(&[1, 6, 16, 32]);
        let rule = match self.within(0, 6) {
            0 | 1 => Rule::Now,
            2 => Rule::Beat,
            3 => Rule::Bar,
            4 => Rule::FourBars,
            _ => Rule::At(self.position()),
        };
        TickIdea { length, rule, notes: (0..notes).map(|_| self.note(length)).collect() }
    }

    fn note(&mut self, length: i64) -> IdeaNote {
        let places = length / PLACE;
        let onset = match self.within(0, 3) {
            0 => 0,
            1 => self.within(0, places) / 600 * 600,
            _ => self.within(0, places),
        };
        let length = match self.within(0, 3) {
            0 => self.within(1, 200),
            1 => self.within(1, 32) * 600,
            _ => self.within(200, 20_000),
        };
        let key = i32::from(self.key());
        IdeaNote { part: self.within(0, 4) as usize, onset: onset * PLACE, length: length * PLACE, key }
    }
}
