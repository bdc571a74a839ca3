//! What a sampled instrument is: plain values, checked once when it is made.
//!
//! Made on any thread but the audio thread, which only reads it. The meaning of the values follows "SoundFont Technical
//! Specification 2.04" (E-mu Systems, 2006), sections 8.1 and 9.
#![allow(clippy::disallowed_methods, reason = "instruments are made on other threads")]

use crate::tick::ranged;
use linnet_music::Part;
use std::sync::Arc;

/// A recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Left, or the only channel, in [−1, 1].
    pub left: Arc<[f32]>,
    /// Right, as long as the left one, where it is stereo.
    pub right: Option<Arc<[f32]>>,
    /// Frames a second, in [400, 400,000].
    pub sample_rate_hz: f32,
}

/// What is played again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Looping {
    /// Nothing.
    #[default]
    None,
    /// The loop, also in the release.
    Continuous,
    /// The loop while the key is down, and then what follows it.
    UntilRelease,
}

/// The times and the level of an envelope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnvelopeTimes {
    /// Before it begins, in seconds, in [0, 100].
    pub delay_s: f32,
    /// From nothing to the top in a straight line, in seconds, in [0, 100].
    pub attack_s: f32,
    /// At the top, in seconds, in [0, 100].
    pub hold_s: f32,
    /// To fall by 100 dB, in seconds, in [0, 200]; of a modulation envelope, from the top to nothing.
    pub decay_s: f32,
    /// Where it stays, in dB below the top, in [0, 100]; 100 is silence. Of a modulation envelope, in hundredths below the top.
    pub sustain_db: f32,
    /// To fall by 100 dB after the release, in seconds, in [0, 200]; of a modulation envelope, from the top to nothing.
    pub release_s: f32,
}

impl Default for EnvelopeTimes {
    fn default() -> Self {
        Self { delay_s: 0.0, attack_s: 0.001, hold_s: 0.0, decay_s: 0.001, sustain_db: 0.0, release_s: 0.01 }
    }
}

/// A low-pass filter of two poles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filter {
    /// In [20, 20,000].
    pub cutoff_hz: f32,
    /// The height of the resonance over the level of the lows, in dB, in [0, 40].
    pub resonance_db: f32,
}

/// The second envelope, and what it moves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModulationEnvelope {
    /// Its times.
    pub times: EnvelopeTimes,
    /// At the top, in cents, in [−12,000, 12,000].
    pub pitch_cents: f32,
    /// At the top, in cents, in [−12,000, 12,000].
    pub cutoff_cents: f32,
}

/// A slow triangle, and what it moves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LowFrequency {
    /// Before it begins, in seconds, in [0, 100].
    pub delay_s: f32,
    /// In [0, 100].
    pub freq_hz: f32,
    /// To either side, in cents, in [−12,000, 12,000].
    pub pitch_cents: f32,
    /// To either side, in cents, in [−12,000, 12,000].
    pub cutoff_cents: f32,
    /// To either side, in dB, in [−96, 96].
    pub level_db: f32,
}

/// A sample with the keys and velocities that play it, and how. Frames count from the start of the sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    /// The lowest key and the highest, in [0, 127].
    pub keys: [u8; 2],
    /// The least velocity and the greatest, in [1, 127].
    pub velocities: [u8; 2],
    /// Which sample.
    pub sample: usize,
    /// The frames that are played: from the first on, up to the second.
    pub frames: [u32; 2],
    /// Whether there is a loop.
    pub looping: Looping,
    /// The frames of the loop: from the first on, up to the second.
    pub loop_frames: [u32; 2],
    /// Whether a note-off changes nothing.
    pub is_one_shot: bool,
    /// The key at which the sample sounds as it was recorded, in [−128, 255].
    pub root_key: f32,
    /// Added, in cents, in [−12,800, 12,800].
    pub tuning_cents: f32,
    /// From key to key, in cents, in [−1,200, 1,200].
    pub cents_per_key: f32,
    /// Level in dB, in [−144, 24].
    pub level_db: f32,
    /// In [−1 left, 1 right].
    pub pan: f32,
    /// How much velocity does to the level, in [−1, 1]: 1 is a curve of 40 dB for ten times the velocity.
    pub velocity_tracking: f32,
    /// The level over time.
    pub envelope: EnvelopeTimes,
    /// Hold of the envelope: longer by so many cents of time for each key below 60, in [−1,200, 1,200].
    pub hold_cents_per_key: f32,
    /// Decay of the envelope, likewise.
    pub decay_cents_per_key: f32,
    /// The low-pass, where there is one.
    pub filter: Option<Filter>,
    /// The second envelope, where it moves anything.
    pub modulation: Option<ModulationEnvelope>,
    /// Up to two slow triangles; those that move nothing are left alone.
    pub low_frequencies: [LowFrequency; 2],
    /// Notes of this group end those that are [`Self::ended_by`] it; 0 is none.
    pub group: u32,
    /// The group whose notes end this one at once; 0 is none.
    pub ended_by: u32,
}

impl Default for Zone {
    fn default() -> Self {
        Self {
            keys: [0, 127],
            velocities: [1, 127],
            sample: 0,
            frames: [0, u32::MAX],
            looping: Looping::None,
            loop_frames: [0, 0],
            is_one_shot: false,
            root_key: 60.0,
            tuning_cents: 0.0,
            cents_per_key: 100.0,
            level_db: 0.0,
            pan: 0.0,
            velocity_tracking: 1.0,
            envelope: EnvelopeTimes::default(),
            hold_cents_per_key: 0.0,
            decay_cents_per_key: 0.0,
            filter: None,
            modulation: None,
            low_frequencies: [LowFrequency::default(); 2],
            group: 0,
            ended_by: 0,
        }
    }
}

/// Keys of a keyboard.
const KEYS: usize = 128;

/// A sampled instrument that can be played: every value of it is in range.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    samples: Box<[Sample]>,
    zones: Box<[Zone]>,
    /// By key: where its zones begin in [`Self::places`]; one more for the end.
    first: Box<[u32]>,
    /// Places of zones.
    places: Box<[u32]>,
}

impl Instrument {
    /// Brings all values into their ranges, and leaves out zones that have no frame to play. Allocates.
    pub fn new(samples: Vec<Sample>, zones: &[Zone]) -> Self {
        let samples: Vec<Sample> = samples.into_iter().map(checked_sample).collect();
        let zones: Vec<Zone> = zones.iter().filter_map(|zone| checked(zone, &samples)).collect();
        let (mut first, mut places) = (vec![0], Vec::new());
        for key in 0..KEYS {
            let of_key = |zone: &Zone| (zone.keys[0]..=zone.keys[1]).contains(&(key as u8));
            places.extend((0_u32..).zip(&zones).filter(|(_, zone)| of_key(zone)).map(|(place, _)| place));
            first.push(places.len() as u32);
        }
        Self { samples: samples.into(), zones: zones.into(), first: first.into(), places: places.into() }
    }

    /// The zones that can sound.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// The samples.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Bytes of all samples together.
    pub fn bytes(&self) -> usize {
        let channels = |sample: &Sample| 1 + usize::from(sample.right.is_some());
        self.samples.iter().map(|sample| sample.left.len() * channels(sample) * size_of::<f32>()).sum()
    }

    /// The places of the zones that `key` plays at `velocity` in [1, 127].
    pub(crate) fn struck(&self, key: u8, velocity: u8) -> impl Iterator<Item = usize> {
        let of_key = usize::from(key).min(KEYS - 1);
        let places = self.places.get(self.first[of_key] as usize..self.first[of_key + 1] as usize);
        let places = places.unwrap_or_default().iter().map(|place| *place as usize);
        places.filter(move |place| {
            let [least, greatest] = self.zones[*place].velocities;
            (least..=greatest).contains(&velocity)
        })
    }

    /// A zone by its place, and its sample.
    pub(crate) fn zone(&self, place: usize) -> Option<(&Zone, &Sample)> {
        let zone = self.zones.get(place)?;
        Some((zone, self.samples.get(zone.sample)?))
    }
}

fn checked_sample(sample: Sample) -> Sample {
    let right = sample.right.filter(|right| right.len() == sample.left.len());
    Sample { sample_rate_hz: ranged(sample.sample_rate_hz, 400.0, 400_000.0), right, ..sample }
}

/// `zone` with all its values in range; none where it has nothing to play.
fn checked(zone: &Zone, samples: &[Sample]) -> Option<Zone> {
    let length = samples.get(zone.sample)?.left.len().min(u32::MAX as usize) as u32;
    let end = zone.frames[1].min(length);
    let start = zone.frames[0];
    let [loop_start, loop_end] = [zone.loop_frames[0].max(start), zone.loop_frames[1].min(end)];
    let is_loop = loop_start.saturating_add(1) < loop_end;
    let zone = Zone {
        keys: zone.keys.map(|key| key.min(127)),
        velocities: zone.velocities.map(|velocity| velocity.clamp(1, 127)),
        frames: [start, end],
        looping: if is_loop { zone.looping } else { Looping::None },
        loop_frames: [loop_start, loop_end],
        root_key: ranged(zone.root_key, -128.0, 255.0),
        tuning_cents: ranged(zone.tuning_cents, -12_800.0, 12_800.0),
        cents_per_key: ranged(zone.cents_per_key, -1200.0, 1200.0),
        level_db: ranged(zone.level_db, -144.0, 24.0),
        pan: ranged(zone.pan, -1.0, 1.0),
        velocity_tracking: ranged(zone.velocity_tracking, -1.0, 1.0),
        envelope: checked_times(zone.envelope),
        hold_cents_per_key: ranged(zone.hold_cents_per_key, -1200.0, 1200.0),
        decay_cents_per_key: ranged(zone.decay_cents_per_key, -1200.0, 1200.0),
        filter: zone.filter.map(|filter| Filter {
            cutoff_hz: ranged(filter.cutoff_hz, 20.0, 20_000.0),
            resonance_db: ranged(filter.resonance_db, 0.0, 40.0),
        }),
        modulation: zone.modulation.map(checked_modulation),
        low_frequencies: zone.low_frequencies.map(checked_low_frequency),
        ..*zone
    };
    (start < end).then_some(zone)
}

fn checked_times(times: EnvelopeTimes) -> EnvelopeTimes {
    EnvelopeTimes {
        delay_s: ranged(times.delay_s, 0.0, 100.0),
        attack_s: ranged(times.attack_s, 0.0, 100.0),
        hold_s: ranged(times.hold_s, 0.0, 100.0),
        decay_s: ranged(times.decay_s, 0.0, 200.0),
        sustain_db: ranged(times.sustain_db, 0.0, 100.0),
        release_s: ranged(times.release_s, 0.0, 200.0),
    }
}

fn checked_modulation(modulation: ModulationEnvelope) -> ModulationEnvelope {
    ModulationEnvelope {
        times: checked_times(modulation.times),
        pitch_cents: ranged(modulation.pitch_cents, -12_000.0, 12_000.0),
        cutoff_cents: ranged(modulation.cutoff_cents, -12_000.0, 12_000.0),
    }
}

fn checked_low_frequency(slow: LowFrequency) -> LowFrequency {
    LowFrequency {
        delay_s: ranged(slow.delay_s, 0.0, 100.0),
        freq_hz: ranged(slow.freq_hz, 0.0, 100.0),
        pitch_cents: ranged(slow.pitch_cents, -12_000.0, 12_000.0),
        cutoff_cents: ranged(slow.cutoff_cents, -12_000.0, 12_000.0),
        level_db: ranged(slow.level_db, -96.0, 96.0),
    }
}

/// What crosses to the audio thread: an instrument for a part, or none any more.
#[derive(Clone, Debug, PartialEq)]
pub struct PartInstrument {
    /// Whose.
    pub part: Part,
    /// What the part plays; none is its synthesised sound.
    pub instrument: Option<Instrument>,
}
