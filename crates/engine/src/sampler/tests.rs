//! What sampled instruments promise, by playing them.

use super::*;
use crate::synth::Voices;
use crate::synth::bank::OWN_INSTRUMENT;
use crate::{Settings, VoiceEvent, VoiceEventKind};
use VoiceEventKind::{Controller, NoteOff, NoteOn, PitchBend};
use linnet_handover::delivery::{self, Sender};
use linnet_music::Part;
use proptest::prelude::*;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use std::f64::consts::TAU;
use std::sync::Arc;

const RATE_HZ: f64 = 44_100.0;

fn settings() -> Settings {
    Settings::dry([OWN_INSTRUMENT; 4])
}

/// A sine of `cycles` in `frames`, at the rate of the output.
fn sine(frames: usize, cycles: f64) -> Sample {
    let left: Vec<f32> =
        (0..frames).map(|n| (TAU * cycles * n as f64 / frames as f64).sin() as f32).collect();
    Sample { left: left.into(), right: None, sample_rate_hz: RATE_HZ as f32 }
}

/// A zone that needs no time to begin or to end.
fn plain() -> Zone {
    let envelope = EnvelopeTimes { attack_s: 0.0, release_s: 0.05, ..EnvelopeTimes::default() };
    Zone { envelope, velocity_tracking: 0.0, ..Zone::default() }
}

fn looped(frames: u32) -> Zone {
    Zone { looping: Looping::Continuous, loop_frames: [0, frames], ..plain() }
}

struct Rig {
    voices: Voices,
    sender: Sender<PartInstrument>,
}

impl Rig {
    fn new(sample_rate_hz: f64) -> Self {
        let (sender, receiver) = delivery::queue(16);
        let mut voices = Voices::new();
        voices.take_instruments_from(receiver);
        voices.prepare(sample_rate_hz);
        Self { voices, sender }
    }

    /// The lead plays this.
    fn with(samples: Vec<Sample>, zones: &[Zone]) -> Self {
        let mut rig = Self::new(RATE_HZ);
        rig.load(Part::Lead, Some(Instrument::new(samples, zones)));
        rig
    }

    fn load(&mut self, part: Part, instrument: Option<Instrument>) {
        self.sender.send(Box::new(PartInstrument { part, instrument })).unwrap();
    }

    /// Left of the next frames.
    fn play(&mut self, events: &[VoiceEvent], frames: usize) -> Vec<f32> {
        self.both(events, frames)[0].clone()
    }

    fn both(&mut self, events: &[VoiceEvent], frames: usize) -> [Vec<f32>; 2] {
        let mut audio = [(); 6].map(|()| vec![7.0; frames]);
        let [left, right, sends @ ..] = &mut audio;
        let [reverb_left, reverb_right, delay_left, delay_right] = sends;
        self.voices.receive_instruments();
        self.voices.render(
            events,
            &settings(),
            [left, right],
            [[reverb_left, reverb_right], [delay_left, delay_right]],
        );
        let [left, right, ..] = audio;
        [left, right]
    }
}

fn on(frame: u32, part: Part, key: u8, note: u32) -> VoiceEvent {
    VoiceEvent { frame, part, kind: NoteOn { key, velocity: 0.8, note } }
}

fn off(frame: u32, part: Part, note: u32) -> VoiceEvent {
    VoiceEvent { frame, part, kind: NoteOff { note } }
}

fn lead(frame: u32, kind: VoiceEventKind) -> VoiceEvent {
    VoiceEvent { frame, part: Part::Lead, kind }
}

/// The power spectrum through a Blackman-Harris window, whose side lobes lie below −92 dB. A sine of amplitude 1 is 1.
fn spectrum(audio: &[f32]) -> Vec<f64> {
    let length = audio.len() as f64;
    let window = |n: usize| {
        let x = TAU * n as f64 / length;
        0.358_75 - 0.488_29 * x.cos() + 0.141_28 * (2.0 * x).cos() - 0.011_68 * (3.0 * x).cos()
    };
    let mut input: Vec<f64> = audio.iter().enumerate().map(|(n, x)| window(n) * f64::from(*x)).collect();
    let transform = RealFftPlanner::new().plan_fft_forward(input.len());
    let mut output = transform.make_output_vec();
    transform.process(&mut input, &mut output).unwrap();
    let unit = (length * 0.358_75 / 2.0).powi(2);
    output.iter().map(Complex::norm_sqr).map(|power| power / unit).collect()
}

/// The strongest part of `audio` that is further than a few bins from `freq_hz`, in dB of `full`.
fn strongest_elsewhere_db(audio: &[f32], freq_hz: f64, full: f64) -> f64 {
    let bin_hz = RATE_HZ / audio.len() as f64;
    let is_elsewhere = |bin: usize| (bin as f64 * bin_hz - freq_hz).abs() > 8.0 * bin_hz;
    let spectrum = spectrum(audio);
    let powers = spectrum.iter().enumerate().filter(|(bin, _)| is_elsewhere(*bin)).map(|(_, power)| *power);
    10.0 * (powers.fold(1e-30, f64::max) / (full * full)).log10()
}

/// What a full-scale sample comes out as.
const FULL: f64 = 0.25;

#[test]
fn no_alias_of_a_sine_rises_above_minus_80_db_at_any_key() {
    let mut worst: f64 = -200.0;
    for freq_hz in [200.0, 1000.0, 5000.0, 9000.0, 12_000.0, 15_000.0, 17_500.0] {
        let sample = sine(88_200, freq_hz * 2.0);
        for key in [48, 55, 60, 61, 64, 67, 72, 73, 79, 84, 90, 96, 108] {
            let speed = f64::from(i32::from(key) - 60).div_euclid(1.0) / 12.0;
            let heard_hz = freq_hz * speed.exp2();
            // Here it is in the transition, where what folds is as good as what it folds from.
            if (RATE_HZ * 0.38..RATE_HZ * 0.56).contains(&heard_hz) {
                continue;
            }
            let audio =
                Rig::with(vec![sample.clone()], &[looped(88_200)]).play(&[on(0, Part::Lead, key, 1)], 20_000);
            let wanted = if heard_hz < RATE_HZ / 2.0 { heard_hz } else { -1e6 };
            let db = strongest_elsewhere_db(&audio[3616..], wanted, FULL);
            if key == 72 {
                println!("{freq_hz} Hz an octave up: {db:.1} dB");
            }
            assert!(db <= -80.0, "{freq_hz} Hz at key {key}: {db:.1} dB");
            worst = worst.max(db);
        }
    }
    println!("worst alias of all: {worst:.1} dB");
}

#[test]
fn highs_are_kept_up_to_17_khz_at_the_key_of_the_recording() {
    for freq_hz in [100.0, 10_000.0, 16_000.0, 17_000.0] {
        let audio = Rig::with(vec![sine(44_100, freq_hz)], &[looped(44_100)])
            .play(&[on(0, Part::Lead, 60, 1)], 20_000);
        let level = spectrum(&audio[3616..]).iter().copied().fold(0.0, f64::max).sqrt() / FULL;
        println!("{freq_hz} Hz: {:.2} dB", 20.0 * level.log10());
        assert!((20.0 * level.log10()).abs() < 0.9, "{freq_hz} Hz: {level}");
    }
}

#[test]
fn a_short_odd_loop_is_exact_at_every_key() {
    // One cycle in 101 frames, and a head that is not in the loop.
    let cycle: Vec<f32> = (0..303).map(|n| (TAU * f64::from(n) / 101.0).sin() as f32).collect();
    let sample = Sample { left: cycle.into(), right: None, sample_rate_hz: RATE_HZ as f32 };
    let zone = Zone { looping: Looping::Continuous, loop_frames: [101, 202], ..plain() };
    for key in [36, 50, 60, 65, 77, 90] {
        let freq_hz = RATE_HZ / 101.0 * ((f64::from(key) - 60.0) / 12.0).exp2();
        let frames = 40_000;
        let audio = Rig::with(vec![sample.clone()], &[zone]).play(&[on(0, Part::Lead, key, 1)], frames);
        let db = strongest_elsewhere_db(&audio[4000..], freq_hz, FULL);
        println!("loop at key {key}: the rest lies at {db:.1} dB");
        assert!(db < -80.0, "{key}: {db}");
    }
}

#[test]
fn a_note_begins_exactly_at_its_frame() {
    let mut rig = Rig::with(vec![sine(1000, 10.0)], &[plain()]);
    let audio = rig.play(&[on(301, Part::Lead, 60, 1)], 600);
    assert!(audio[..301].iter().all(|sample| *sample == 0.0) && audio[303..310].iter().all(|x| *x != 0.0));
}

#[test]
fn a_bend_of_one_is_two_semitones() {
    let mut rig = Rig::with(vec![sine(44_100, 1000.0)], &[looped(44_100)]);
    let events = [lead(0, PitchBend { value: 1.0 }), on(0, Part::Lead, 60, 1)];
    let audio = rig.play(&events, 40_000);
    let db = strongest_elsewhere_db(&audio[8000..], 1000.0 * (2.0_f64 / 12.0).exp2(), FULL);
    assert!(db < -70.0, "{db}");
}

fn level(audio: &[f32]) -> f32 {
    audio.iter().fold(0.0, |most: f32, sample| most.max(sample.abs()))
}

#[test]
fn a_released_note_ends_and_a_one_shot_does_not() {
    let events = [on(0, Part::Lead, 60, 1), off(2000, Part::Lead, 1)];
    let frames = 20_000;
    let audio = Rig::with(vec![sine(44_100, 500.0)], &[looped(44_100)]).play(&events, frames);
    assert!(level(&audio[1000..2000]) > 0.2 && level(&audio[6000..]) == 0.0);
    let one_shot = Zone { is_one_shot: true, ..plain() };
    let audio = Rig::with(vec![sine(10_000, 100.0)], &[one_shot]).play(&events, frames);
    assert!(level(&audio[8000..9000]) > 0.2 && level(&audio[10_100..]) == 0.0);
}

#[test]
fn a_loop_until_release_goes_on_to_the_end_of_the_sample() {
    // A loop of one level, and a tail of another.
    let left: Vec<f32> = (0..20_000).map(|n| if n < 1000 { 0.2 } else { 0.8 }).collect();
    let sample = Sample { left: left.into(), right: None, sample_rate_hz: RATE_HZ as f32 };
    let envelope = EnvelopeTimes { release_s: 100.0, ..plain().envelope };
    let zone = Zone { looping: Looping::UntilRelease, loop_frames: [100, 900], envelope, ..plain() };
    let events = [on(0, Part::Lead, 60, 1), off(5000, Part::Lead, 1)];
    let audio = Rig::with(vec![sample], &[zone]).play(&events, 12_000);
    assert!((level(&audio[200..5000]) - 0.05).abs() < 1e-3 && level(&audio[7000..]) > 0.15);
}

#[test]
fn a_group_ends_the_notes_that_it_ends_and_no_others() {
    let hat = Zone { keys: [60, 61], group: 3, ended_by: 3, ..looped(44_100) };
    let other = Zone { keys: [70, 70], ..looped(44_100) };
    let mut rig = Rig::with(vec![sine(44_100, 500.0)], &[hat, other]);
    rig.play(&[on(0, Part::Lead, 60, 1), on(0, Part::Lead, 70, 2)], 2000);
    let two = level(&rig.play(&[on(0, Part::Lead, 61, 3)], 4000)[2000..]);
    let left = level(&rig.play(&[off(0, Part::Lead, 3), off(0, Part::Lead, 2)], 9000)[8000..]);
    assert!((0.4..=0.51).contains(&two), "{two}: the second hat, and the other note");
    assert_eq!(left, 0.0, "the first hat was ended");
}

#[test]
fn velocity_and_the_filter_shape_the_sound() {
    let noise = |n: u32| (f64::from(n.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 23) - 1.0) as f32;
    let left: Arc<[f32]> = (0..40_000_u32).map(noise).collect();
    let sample = Sample { left, right: None, sample_rate_hz: RATE_HZ as f32 };
    let power = |audio: &[f32]| audio.iter().map(|x| x * x).sum::<f32>() / audio.len() as f32;
    let open = Zone { velocity_tracking: 1.0, ..plain() };
    let dull = Zone { filter: Some(Filter { cutoff_hz: 500.0, resonance_db: 0.0 }), ..open };
    let strike = |zone: Zone, velocity: f32| {
        let event = lead(0, NoteOn { key: 60, velocity, note: 1 });
        let audio = Rig::with(vec![sample.clone()], &[zone]).play(&[event], 20_000);
        let slopes: Vec<f32> = audio.windows(2).map(|pair| pair[1] - pair[0]).collect();
        [power(&audio), power(&slopes) / power(&audio)]
    };
    let [[soft, _], [hard, bright], [_, muted]] = [strike(open, 0.5), strike(open, 1.0), strike(dull, 1.0)];
    let db = 10.0 * (hard / soft).log10();
    println!("half the velocity is {db:.2} dB less; the filter leaves {:.4} of the slopes", muted / bright);
    // A MIDI velocity of 0.5 is 64 of 127 only on paper: here it is exactly 0.5.
    assert!((db - 12.04).abs() < 0.05 && muted < 0.02 * bright);
}

#[test]
fn no_more_than_64_zones_sound_and_none_hangs() {
    let mut rig = Rig::with(vec![sine(44_100, 500.0)], &[looped(44_100)]);
    let events: Vec<_> = (0..200).map(|n| on(n * 10, Part::Lead, 30 + (n % 60) as u8, n)).collect();
    let loud = level(&rig.play(&events, 20_000)[10_000..]);
    assert!(loud <= 16.01, "{loud}");
    let events: Vec<_> = (0..200).map(|n| off(0, Part::Lead, n)).collect();
    rig.play(&events, 20_000);
    assert!(rig.voices.is_silent());
}

#[test]
fn an_instrument_that_is_replaced_fades_and_comes_back_to_be_freed() {
    let mut rig = Rig::with(vec![sine(44_100, 100.0)], &[looped(44_100)]);
    let mut audio = rig.play(&[on(0, Part::Lead, 60, 1)], 3000);
    for _ in 0..3 {
        rig.load(Part::Lead, Some(Instrument::new(vec![sine(44_100, 100.0)], &[looped(44_100)])));
    }
    rig.load(Part::Lead, None);
    for _ in 0..20 {
        audio.extend(rig.play(&[], 100));
    }
    rig.sender.free_returned();
    assert_eq!(rig.sender.abroad(), 1, "the word that there is no instrument is what stays");
    let step = audio.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    println!("largest step: {step:.4}; of the sine alone {:.4}", 0.25 * TAU as f32 * 100.0 / 44_100.0);
    assert!(step < 0.006 && level(&audio[4000..]) == 0.0);
    // The synthesised sound is back.
    assert!(level(&rig.play(&[on(0, Part::Lead, 60, 2)], 3000)) > 0.01);
}

#[test]
fn stereo_stays_stereo_and_pan_moves_mono() {
    let (left, right) = (sine(44_100, 500.0).left, sine(44_100, 900.0).left);
    let sample = Sample { left, right: Some(right), sample_rate_hz: RATE_HZ as f32 };
    let [left, right] = Rig::with(vec![sample], &[looped(44_100)]).both(&[on(0, Part::Lead, 60, 1)], 20_000);
    assert!(strongest_elsewhere_db(&left[3616..], 500.0, FULL) < -80.0);
    assert!(strongest_elsewhere_db(&right[3616..], 900.0, FULL) < -80.0);
    let zone = Zone { pan: -1.0, ..looped(44_100) };
    let [left, right] = Rig::with(vec![sine(44_100, 500.0)], &[zone]).both(&[on(0, Part::Lead, 60, 1)], 2000);
    assert!(level(&left) > 0.3 && level(&right) < 1e-6);
}

/// Everything that can move, in all parts.
fn busy() -> Instrument {
    let times = EnvelopeTimes { decay_s: 0.3, sustain_db: 40.0, ..EnvelopeTimes::default() };
    let slow =
        LowFrequency { delay_s: 0.01, freq_hz: 6.0, pitch_cents: 30.0, cutoff_cents: 500.0, level_db: 3.0 };
    let zone = Zone {
        filter: Some(Filter { cutoff_hz: 1200.0, resonance_db: 6.0 }),
        modulation: Some(ModulationEnvelope { times, pitch_cents: 50.0, cutoff_cents: 2400.0 }),
        low_frequencies: [slow, LowFrequency::default()],
        envelope: EnvelopeTimes { delay_s: 0.001, ..times },
        looping: Looping::UntilRelease,
        loop_frames: [700, 901],
        group: 1,
        ended_by: 1,
        ..Zone::default()
    };
    Instrument::new(
        vec![sine(3000, 33.0), sine(997, 7.0)],
        &[zone, Zone { sample: 1, pan: 0.5, ..looped(997) }],
    )
}

fn scene() -> Vec<VoiceEvent> {
    let mut events = vec![
        lead(300, PitchBend { value: 0.5 }),
        lead(900, Controller { number: 1, value: 0.7 }),
        lead(5000, VoiceEventKind::AllOff),
        lead(5500, VoiceEventKind::Choke { note: 20 }),
    ];
    for n in 0..24 {
        for (place, part) in Part::ALL.into_iter().enumerate() {
            let (frame, note) = (37 + 251 * n + place as u32, 100 * place as u32 + n);
            events.push(on(frame, part, 40 + (5 * n % 60) as u8, note));
            events.push(off(frame + 700, part, note));
        }
    }
    events.sort_by_key(|event| event.frame);
    events
}

fn in_blocks(blocks: &[usize]) -> [Vec<f32>; 2] {
    let mut rig = Rig::new(RATE_HZ);
    for part in Part::ALL {
        rig.load(part, Some(busy()));
    }
    let (events, mut whole, mut start) = (scene(), [Vec::new(), Vec::new()], 0);
    for frames in blocks {
        let end = start + *frames as u32;
        let inside = events.iter().filter(|event| (start..end).contains(&event.frame));
        let block: Vec<_> = inside.map(|event| VoiceEvent { frame: event.frame - start, ..*event }).collect();
        let audio = rig.both(&block, *frames);
        whole.iter_mut().zip(audio).for_each(|(whole, audio)| whole.extend(audio));
        start = end;
    }
    whole
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_split_into_blocks_gives_the_same_sound(blocks in prop::collection::vec(1_usize..1500, 1..30)) {
        let (split, whole) = (in_blocks(&blocks), in_blocks(&[blocks.iter().sum()]));
        prop_assert!(blocks.iter().sum::<usize>() < 100 || level(&whole[0]) > 0.0);
        prop_assert_eq!(split, whole);
    }

    #[test]
    fn whatever_a_zone_says_the_sound_stays_finite(
        numbers in prop::collection::vec(prop::num::f32::ANY, 24),
        frames in prop::array::uniform4(any::<u32>()),
        key in any::<u8>(),
    ) {
        let at = |place: usize| numbers[place];
        let times = |first: usize| EnvelopeTimes {
            delay_s: at(first).abs() % 0.01,
            attack_s: at(first + 1),
            hold_s: at(first + 2),
            decay_s: at(first + 3),
            sustain_db: at(first + 4),
            release_s: at(first + 5),
        };
        let zone = Zone {
            frames: [frames[0] % 300, frames[1]],
            looping: Looping::Continuous,
            loop_frames: [frames[2] % 300, frames[3] % 600],
            root_key: at(0),
            tuning_cents: at(1),
            cents_per_key: at(2),
            level_db: at(3),
            pan: at(4),
            velocity_tracking: at(5),
            envelope: times(6),
            hold_cents_per_key: at(12),
            decay_cents_per_key: at(13),
            filter: Some(Filter { cutoff_hz: at(14), resonance_db: at(15) }),
            modulation: Some(ModulationEnvelope { times: times(16), pitch_cents: at(22), cutoff_cents: at(23) }),
            low_frequencies: [LowFrequency { delay_s: 0.0, freq_hz: at(1), pitch_cents: at(2), cutoff_cents: at(3), level_db: at(4) }; 2],
            ..Zone::default()
        };
        let mut rig = Rig::with(vec![sine(500, 5.0)], &[zone]);
        let audio = rig.play(&[on(0, Part::Lead, key, 1), off(500, Part::Lead, 1)], 1500);
        prop_assert!(audio.iter().all(|sample| sample.is_finite()));
    }
}
