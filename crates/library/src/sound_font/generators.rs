//! From a SoundFont's generators to a zone of the engine.
//!
//! Never runs on the audio thread. "SoundFont Technical Specification 2.04" (E-mu Systems, 2006), sections 8.1 and 9.4:
//! an instrument's generators replace the defaults, and a preset's are added to them.

use super::tables::SampleHead;
use linnet_engine::sampler::{EnvelopeTimes, Filter, Looping, LowFrequency, ModulationEnvelope, Zone};

/// How many generators there are.
const COUNT: usize = 61;
/// Which instrument a zone of a preset plays.
pub(super) const INSTRUMENT: u16 = 41;
/// Which sample a zone of an instrument plays.
pub(super) const SAMPLE: u16 = 53;

const KEY_RANGE: usize = 43;
const VELOCITY_RANGE: usize = 44;
/// The full range, as a generator has it.
const FULL_RANGE: i16 = 0x7F00;
/// Generators that a preset does not change: where samples lie and how they loop, fixed keys, classes, roots.
const OF_INSTRUMENT_ONLY: [usize; 15] = [0, 1, 2, 3, 4, 12, 45, 46, 47, 50, SAMPLE as usize, 54, 57, 58, 41];
/// What hardware and players have made of a decibel of attenuation, so that files sound as they were made.
const ATTENUATION: f32 = 0.4;
/// Shorter releases would click, in seconds.
const RELEASE_S_MIN: f32 = 0.01;

/// The generators of a zone, by their number.
#[derive(Clone, Debug)]
pub(super) struct Generators {
    amounts: [Option<i16>; COUNT],
}

impl Generators {
    /// None.
    pub(super) fn none() -> Self {
        Self { amounts: [None; COUNT] }
    }

    /// The same, with those of `list` in their place.
    pub(super) fn with(&self, list: &[(u16, i16)]) -> Self {
        let mut all = self.clone();
        for (operator, amount) in list {
            if let Some(place) = all.amounts.get_mut(usize::from(*operator)) {
                *place = Some(*amount);
            }
        }
        all
    }

    fn get(&self, operator: usize) -> Option<i16> {
        self.amounts.get(operator).copied().flatten()
    }

    fn range(&self, operator: usize) -> [u8; 2] {
        let [low, high] = self.get(operator).unwrap_or(FULL_RANGE).to_le_bytes();
        [low.min(127), high.min(127)]
    }

    /// What is set apart by number: the instrument, or the sample.
    pub(super) fn number(&self, operator: u16) -> Option<usize> {
        self.get(usize::from(operator)).map(|amount| usize::from(amount as u16))
    }
}

/// A zone of an instrument within a zone of a preset.
pub(super) struct Pair<'a> {
    pub(super) instrument: &'a Generators,
    pub(super) preset: &'a Generators,
}

impl Pair<'_> {
    fn amount(&self, operator: usize, default: i16) -> f32 {
        let own = f32::from(self.instrument.get(operator).unwrap_or(default));
        let is_own = OF_INSTRUMENT_ONLY.contains(&operator);
        own + if is_own { 0.0 } else { f32::from(self.preset.get(operator).unwrap_or(0)) }
    }

    fn seconds(&self, operator: usize) -> f32 {
        (self.amount(operator, -12_000) / 1200.0).exp2()
    }

    /// The keys or velocities that both zones have; none where they have none in common.
    fn common(&self, operator: usize) -> Option<[u8; 2]> {
        let ([a, b], [c, d]) = (self.instrument.range(operator), self.preset.range(operator));
        let common = [a.max(c), b.min(d)];
        (common[0] <= common[1]).then_some(common)
    }

    /// A place that moves by frames and by 32,768 frames.
    fn moved(&self, from: u32, fine: usize, coarse: usize) -> i64 {
        let by = |operator: usize| i64::from(self.instrument.get(operator).unwrap_or(0));
        i64::from(from) + by(fine) + 32_768 * by(coarse)
    }

    /// The zone, playing `head` as the first sample. None where no note gets there.
    pub(super) fn zone(&self, head: &SampleHead) -> Option<Zone> {
        let frame = |place: i64| (place - i64::from(head.start)).clamp(0, i64::from(u32::MAX)) as u32;
        let looping = match self.instrument.get(54).unwrap_or(0) & 3 {
            1 => Looping::Continuous,
            3 => Looping::UntilRelease,
            _ => Looping::None,
        };
        let keys = self.common(KEY_RANGE)?;
        let [low, high] = self.common(VELOCITY_RANGE)?;
        let group = self.instrument.get(57).unwrap_or(0).max(0) as u32;
        let zone = Zone {
            keys,
            velocities: [low.max(1), high.max(1)],
            frames: [frame(self.moved(head.start, 0, 4)), frame(self.moved(head.end, 1, 12))],
            looping,
            loop_frames: [frame(self.moved(head.loop_start, 2, 45)), frame(self.moved(head.loop_end, 3, 50))],
            level_db: -ATTENUATION * self.amount(48, 0).max(0.0) / 10.0,
            pan: self.amount(17, 0) / 500.0,
            envelope: self.times(33, -self.amount(37, 0) / 10.0),
            hold_cents_per_key: self.amount(39, 0),
            decay_cents_per_key: self.amount(40, 0),
            filter: self.filter(),
            modulation: self.modulation(),
            low_frequencies: [self.vibrato(), self.tremolo()],
            group,
            ended_by: group,
            ..Zone::default()
        };
        Some(self.tuned(zone, head))
    }

    fn tuned(&self, zone: Zone, head: &SampleHead) -> Zone {
        let root = match self.instrument.get(58).unwrap_or(-1) {
            root @ 0..=127 => root as u8,
            _ if head.root_key <= 127 => head.root_key,
            _ => 60,
        };
        let cents = 100.0 * self.amount(51, 0) + self.amount(52, 0) + f32::from(head.correction_cents);
        let (root, per_key) = (f32::from(root), self.amount(56, 100));
        match self.instrument.get(46).unwrap_or(-1) {
            // Every key sounds like this one.
            key @ 0..=127 => {
                let tuning_cents = cents + (f32::from(key) - root) * per_key;
                Zone { root_key: root, cents_per_key: 0.0, tuning_cents, ..zone }
            }
            _ => Zone { root_key: root, cents_per_key: per_key, tuning_cents: cents, ..zone },
        }
    }

    /// The times of the envelope whose delay has the number `first`.
    fn times(&self, first: usize, sustain: f32) -> EnvelopeTimes {
        EnvelopeTimes {
            delay_s: if self.amount(first, -12_000) <= -12_000.0 { 0.0 } else { self.seconds(first) },
            attack_s: self.seconds(first + 1),
            hold_s: self.seconds(first + 2),
            decay_s: self.seconds(first + 3),
            sustain_db: -sustain,
            release_s: self.seconds(first + 5).max(RELEASE_S_MIN),
        }
    }

    fn filter(&self) -> Option<Filter> {
        let (cents, resonance) = (self.amount(8, 13_500), self.amount(9, 0));
        let is_moved = self.amount(11, 0) != 0.0 || self.amount(10, 0) != 0.0;
        // As open as it can be, it does nothing.
        let is_open = cents >= 13_500.0 && resonance <= 0.0 && !is_moved;
        let cutoff_hz = 8.175_8 * (cents / 1200.0).exp2();
        (!is_open).then_some(Filter { cutoff_hz, resonance_db: resonance / 10.0 })
    }

    fn modulation(&self) -> Option<ModulationEnvelope> {
        let (pitch_cents, cutoff_cents) = (self.amount(7, 0), self.amount(11, 0));
        let times = self.times(25, -self.amount(29, 0) / 10.0);
        let moves = pitch_cents != 0.0 || cutoff_cents != 0.0;
        moves.then_some(ModulationEnvelope { times, pitch_cents, cutoff_cents })
    }

    fn vibrato(&self) -> LowFrequency {
        let freq_hz = 8.175_8 * (self.amount(24, 0) / 1200.0).exp2();
        let pitch_cents = self.amount(6, 0);
        LowFrequency { delay_s: self.seconds(23), freq_hz, pitch_cents, ..LowFrequency::default() }
    }

    fn tremolo(&self) -> LowFrequency {
        LowFrequency {
            delay_s: self.seconds(21),
            freq_hz: 8.175_8 * (self.amount(22, 0) / 1200.0).exp2(),
            pitch_cents: self.amount(5, 0),
            cutoff_cents: self.amount(10, 0),
            level_db: self.amount(13, 0) / 10.0,
        }
    }
}
