//! Whatever numbers come in: what goes out is finite, below the ceiling, and ends in exact silence.

use crate::harness::*;
use crate::wild;
use linnet_engine::{LiveEvent, LiveKind, OutKind};
use proptest::prelude::*;

/// Seconds in which everything dies away: the longest release, and a reverb of a second down to −120 dB.
const TAIL_S: f64 = 14.0;

/// How many cases a property tries: `LINNET_CASES` for long runs.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("LINNET_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

/// Renders `seconds` at `rate_hz` while nothing is played.
fn wait(rig: &mut Rig, rate_hz: f64, seconds: f64) {
    let blocks = (seconds * rate_hz / 4096.0).ceil() as usize;
    for _ in 0..blocks {
        rig.block(wild::stopped(), 4096, &[]);
    }
}

/// The loudest sample of the last block of 4,096 frames, where one is not exactly 0; a denormal is none.
fn remains(rig: &Rig) -> Option<f32> {
    let samples = rig.audio.iter().flat_map(|channel| &channel[..4096]);
    samples.copied().filter(|sample| *sample != 0.0).reduce(|one, other| one.abs().max(other.abs()))
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn wild_numbers_give_finite_sound_below_the_ceiling_and_notes_in_range(seed in any::<u64>()) {
        let mut rig = Rig::sounding();
        prop_assert_eq!(wild::run(&mut rig, seed, 40, 4096), Ok(()));
        rig.held();
        wild::let_go(&mut rig);
        prop_assert_eq!(rig.held(), [], "keys are down after everything was let go, seed {}", seed);
    }
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn after_wild_numbers_the_silence_is_exact(seed in any::<u64>(), rate_hz in prop_oneof![Just(1000.0), Just(11_025.5), Just(44_100.0)]) {
        let mut rig = Rig::sounding();
        prop_assert_eq!(wild::run(&mut rig, seed, 20, 1024), Ok(()));
        // Whatever sounds goes on at the last rate; only its length in frames is not known.
        wild::let_go(&mut rig);
        rig.engine.prepare(rate_hz, 64);
        sound_on_every_key(&mut rig);
        wait(&mut rig, rate_hz, TAIL_S);
        prop_assert_eq!(remains(&rig), None, "seed {}", seed);
    }
}

/// Every key of the lead, and the drums and chords of an idea, struck and let go.
fn sound_on_every_key(rig: &mut Rig) {
    let keys = |kind: fn(u8) -> LiveKind| -> Vec<LiveEvent> {
        (20..110).map(|pitch| LiveEvent { frame: 0, channel: 0, kind: kind(pitch) }).collect()
    };
    rig.block(wild::stopped(), 4096, &keys(|pitch| LiveKind::NoteOn { pitch, velocity: 1.0 }));
    assert!(rig.audio[0][..4096].iter().any(|sample| *sample != 0.0), "the keys do not sound");
    rig.block(wild::stopped(), 16, &keys(|pitch| LiveKind::NoteOff { pitch, velocity: 1.0 }));
}

#[test]
fn every_sample_rate_ends_in_exact_silence() {
    for rate_hz in [1000.0, 1234.567, 8000.0, 22_050.0, 47_999.999, 96_000.0, 192_000.0, 768_000.0] {
        let mut rig = Rig::sounding();
        rig.engine.prepare(rate_hz, 4096);
        rig.settings.reverb.decay_s = 0.3;
        rig.settings.reverb.mix = 1.0;
        // The slowest band that a user can set decays for longer than any sound: it is tried at one rate, below.
        rig.settings.bands.iter_mut().for_each(|band| band.freq_hz = band.freq_hz.max(100.0));
        sound_on_every_key(&mut rig);
        wait(&mut rig, rate_hz, 7.0);
        assert_eq!(remains(&rig), None, "{rate_hz} Hz");
    }
}

#[test]
fn the_sharpest_equaliser_and_the_longest_reverb_end_in_exact_silence() {
    let mut rig = Rig::sounding();
    rig.engine.prepare(8000.0, 4096);
    for (band, freq_hz) in
        rig.settings.bands.iter_mut().zip([20.0, 20.0, 20.0, 60.0, 200.0, 900.0, 3000.0, 20e3])
    {
        (band.on, band.freq_hz, band.gain_db, band.q) = (true, freq_hz, 24.0, 18.0);
    }
    rig.settings.reverb.decay_s = 20.0;
    sound_on_every_key(&mut rig);
    wait(&mut rig, 8000.0, 75.0);
    assert_eq!(remains(&rig), None);
}

#[test]
fn a_flood_of_events_loses_no_note_off() {
    let mut rig = Rig::new();
    for round in 0..3_u32 {
        // 2,000 keys go down, then 7,000 further events come before they go up: more than every buffer holds.
        let on = |n: u32| LiveKind::NoteOn { pitch: (n % 128) as u8, velocity: 0.5 };
        let bend = |n: u32| LiveKind::PitchBend { value: f32::from((n % 9) as u8) / 9.0 };
        let off = |n: u32| LiveKind::NoteOff { pitch: (n % 128) as u8, velocity: 0.0 };
        let event = |n: u32, kind: LiveKind| LiveEvent { frame: n / 64, channel: (n / 128 % 16) as u8, kind };
        let mut flood: Vec<LiveEvent> = (0..2000).map(|n| event(n, on(n + round))).collect();
        flood.extend((2000..7000).map(|n| event(n, bend(n))));
        flood.extend(
            (7000..9048)
                .map(|n| LiveEvent { channel: ((n - 7000) / 128 % 16) as u8, ..event(n, off(n - 7000)) }),
        );
        rig.block(wild::stopped(), 256, &flood);
        assert_eq!(rig.held(), [], "round {round}");
    }
    let ons = rig.log.iter().filter(|(_, event)| matches!(event.kind, OutKind::NoteOn { .. })).count();
    assert!(ons > 200, "{ons} note-ons passed");
}

#[test]
fn a_block_larger_than_announced_sounds_like_many_small_ones() {
    let render = |frames: u32| {
        let mut rig = Rig::sounding();
        rig.engine.prepare(RATE_HZ, 32);
        rig.block(wild::stopped(), 0, &[live_on(0, 60), live_on(0, 67)]);
        let mut sound = Vec::new();
        for _ in 0..65_536 / frames {
            rig.block(wild::stopped(), frames, &[]);
            sound.extend_from_slice(&rig.audio[0][..frames as usize]);
        }
        sound
    };
    let (large, small) = (render(65_536), render(32));
    let apart = large.iter().zip(&small).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-5, "{apart} apart");
    assert!(small.iter().any(|sample| sample.abs() > 0.01), "an event of an empty block is lost");
}
