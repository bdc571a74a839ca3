//! What the voices promise, by rendering them.

use super::{Voices, bank};
use crate::{Settings, VoiceEvent, VoiceEventKind};
use VoiceEventKind::{AllOff, Choke, Controller, NoteOff, NoteOn, PitchBend};
use linnet_music::Part;
use proptest::prelude::*;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use std::f64::consts::TAU;

mod measured;
mod pieces;
mod staged;

const TONAL: [Part; 3] = [Part::Lead, Part::Chords, Part::Bass];

/// Every part on the sound that was its number `sound`, from 0, before there was a bank.
fn settings(sound: usize) -> Settings {
    Settings::dry([1, 4, 7, 1].map(|first| sound.saturating_add(first)))
}

fn at(frame: u32, part: Part, kind: VoiceEventKind) -> VoiceEvent {
    VoiceEvent { frame, part, kind }
}

fn on(frame: u32, part: Part, key: u8, note: u32) -> VoiceEvent {
    at(frame, part, NoteOn { key, velocity: 0.8, note })
}

fn off(frame: u32, part: Part, note: u32) -> VoiceEvent {
    at(frame, part, NoteOff { note })
}

fn prepared(sample_rate_hz: f64) -> Voices {
    let mut voices = Voices::new();
    voices.prepare(sample_rate_hz);
    voices
}

/// Dry left and right, send left and right.
type Rendered = [Vec<f32>; 4];

fn render(voices: &mut Voices, events: &[VoiceEvent], settings: &Settings, frames: usize) -> Rendered {
    // Not 0, to see that it is overwritten.
    let mut audio = [(); 4].map(|()| vec![7.0; frames]);
    let [left, right, send_left, send_right] = &mut audio;
    let [delay_left, delay_right] = &mut [(); 2].map(|()| vec![7.0; frames]);
    let sends = [[send_left.as_mut_slice(), send_right], [delay_left, delay_right]];
    voices.render(events, settings, [left, right], sends);
    audio
}

/// Left and right of one note, held for all `frames`.
fn held(part: Part, sound: usize, key: u8, sample_rate_hz: f64, frames: usize) -> [Vec<f32>; 2] {
    let events = [on(0, part, key, 1)];
    let [left, right, ..] = render(&mut prepared(sample_rate_hz), &events, &settings(sound), frames);
    [left, right]
}

fn name(part: Part, sound: usize) -> &'static str {
    bank::name(part, settings(sound).parts[part.index()].sound).unwrap()
}

fn rms_db(audio: &[f32]) -> f32 {
    let power = audio.iter().map(|x| x * x).sum::<f32>() / audio.len() as f32;
    10.0 * (power + 1e-20).log10()
}

fn peak(audio: &[f32]) -> f32 {
    audio.iter().fold(0.0, |most, sample| most.max(sample.abs()))
}

/// The power spectrum through a Blackman-Harris window, whose side lobes lie below −92 dB.
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
    output.iter().map(Complex::norm_sqr).collect()
}

/// The energy outside all harmonics of `freq_hz`, relative to all energy, in dB. Harmonics have room for vibrato,
/// detuned unisons and the window.
fn inharmonic_db(audio: &[f32], freq_hz: f64, sample_rate_hz: f64) -> f64 {
    let spectrum = spectrum(audio);
    let bin_hz = sample_rate_hz / audio.len() as f64;
    let is_inharmonic = |bin: usize| {
        let place = bin as f64 * bin_hz;
        let harmonic = (place / freq_hz).round() * freq_hz;
        harmonic == 0.0 || (place - harmonic).abs() > 6.0 * bin_hz + 0.012 * harmonic
    };
    let all: f64 = spectrum.iter().sum();
    let outside = spectrum.iter().enumerate().filter(|(bin, _)| is_inharmonic(*bin));
    10.0 * (outside.map(|(_, power)| power).sum::<f64>() / all).log10()
}

#[test]
fn the_highest_notes_do_not_alias() {
    for (part, key) in TONAL.into_iter().flat_map(|part| [(part, 84), (part, 96), (part, 108)]) {
        for sound in 0..3 {
            let freq_hz = 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2();
            let [left, _] = held(part, sound, key, 44_100.0, 22_050);
            let level = inharmonic_db(&left[5000..21_384], freq_hz, 44_100.0);
            assert!(level < -60.0, "{} key {key}: {level:.1} dB", name(part, sound));
        }
    }
}

#[test]
fn every_sound_is_heard_at_its_pitch() {
    for (part, key) in [(Part::Lead, 69), (Part::Chords, 57), (Part::Bass, 33)] {
        for sound in 0..3 {
            let freq_hz = 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2();
            let [left, _] = held(part, sound, key, 48_000.0, 48_000);
            let spectrum = spectrum(&left[9600..42_368]);
            let bin_hz = 48_000.0 / 32_768.0;
            let loudest = |range: std::ops::Range<usize>| {
                range.max_by(|one, other| spectrum[*one].total_cmp(&spectrum[*other])).unwrap() as f64
                    * bin_hz
            };
            let near = loudest((0.7 * freq_hz / bin_hz) as usize..(1.4 * freq_hz / bin_hz) as usize);
            assert!((near / freq_hz - 1.0).abs() < 0.03, "{} {near}", name(part, sound));
        }
    }
}

#[test]
fn the_sounds_of_a_part_are_equally_loud() {
    for (part, key) in [(Part::Lead, 65), (Part::Chords, 55), (Part::Bass, 33)] {
        let levels = [0, 1, 2].map(|sound| {
            let events: Vec<_> =
                (0..8).map(|note| on(24_000 * note, part, key + 2 * note as u8, note)).collect();
            let ends = (0..8).map(|note| off(24_000 * note + 22_000, part, note));
            let mut events: Vec<_> = events.into_iter().chain(ends).collect();
            events.sort_by_key(|event| event.frame);
            let [left, ..] = render(&mut prepared(48_000.0), &events, &settings(sound), 8 * 24_000);
            rms_db(&left)
        });
        let loudest = levels.iter().copied().fold(f32::MIN, f32::max);
        assert!(levels.iter().all(|level| loudest - level < 3.5), "{part:?} {levels:?}");
    }
}

#[test]
fn no_sound_has_an_offset() {
    for (part, key) in [(Part::Lead, 67), (Part::Chords, 60), (Part::Bass, 33)] {
        for sound in 0..3 {
            let [left, _] = held(part, sound, key, 48_000.0, 96_000);
            let offset = left.iter().sum::<f32>() / left.len() as f32;
            assert!(offset.abs() < 1e-3, "{} {offset}", name(part, sound));
        }
    }
}

#[test]
fn an_event_takes_effect_exactly_at_its_frame() {
    for frame in [0, 1, 15, 16, 17, 100, 511] {
        for (part, key) in [(Part::Lead, 60), (Part::Chords, 60), (Part::Bass, 36), (Part::Drums, 38)] {
            let [left, ..] = render(&mut prepared(48_000.0), &[on(frame, part, key, 1)], &settings(0), 600);
            let first = left.iter().position(|sample| *sample != 0.0).unwrap();
            let late = first as i64 - i64::from(frame);
            assert!((0..=2).contains(&late), "{part:?} at {frame}: {first}");
        }
    }
}

#[test]
fn a_bend_of_one_is_two_semitones() {
    let events = [on(0, Part::Lead, 69, 1), at(0, Part::Lead, PitchBend { value: 1.0 })];
    let [left, ..] = render(&mut prepared(48_000.0), &events, &settings(0), 48_000);
    let level = inharmonic_db(&left[9600..42_368], 440.0 * (2.0_f64 / 12.0).exp2(), 48_000.0);
    assert!(level < -40.0, "{level}");
}

#[test]
fn the_mod_wheel_gives_vibrato_to_the_lead_only() {
    let wheel = |part| {
        let events = [on(0, part, 69, 1), at(0, Part::Lead, Controller { number: 1, value: 1.0 })];
        let [left, ..] = render(&mut prepared(48_000.0), &events, &settings(0), 48_000);
        let [plain, _] = held(part, 0, 69, 48_000.0, 48_000);
        peak(&left.iter().zip(&plain).map(|(one, other)| one - other).collect::<Vec<_>>())
    };
    assert!(wheel(Part::Lead) > 0.05);
    assert_eq!(wheel(Part::Chords), 0.0);
}

#[test]
fn harder_is_louder_and_brighter() {
    for part in Part::ALL {
        for sound in 0..3 {
            let key = [67, 60, 36, 38][part.index()];
            let measure = |velocity: f32| {
                let events = [at(0, part, NoteOn { key, velocity, note: 1 })];
                let [left, ..] = render(&mut prepared(48_000.0), &events, &settings(sound), 16_384);
                let slopes: Vec<f32> = left.windows(2).map(|pair| pair[1] - pair[0]).collect();
                (rms_db(&left), rms_db(&slopes) - rms_db(&left))
            };
            let ((soft, dark), (hard, bright)) = (measure(0.3), measure(1.0));
            let name = name(part, sound);
            assert!(hard > soft + 6.0, "{name}: {soft} {hard}");
            assert!(bright > dark - 0.1, "{name}: {dark} {bright}");
        }
    }
}

/// The largest second difference: what a click adds to.
fn roughness(audio: &[f32]) -> f32 {
    audio.windows(3).fold(0.0, |most, triple| most.max((triple[2] - 2.0 * triple[1] + triple[0]).abs()))
}

#[test]
fn nothing_that_happens_to_a_low_note_clicks() {
    let part = Part::Bass;
    // The change meets the waves at another place each time.
    let check_at = |place: usize, what: &str, events: &[VoiceEvent], change: &dyn Fn(&mut Settings)| {
        let (mut voices, mut settings) = (prepared(48_000.0), settings(1));
        render(&mut voices, &[on(0, part, 36, 1), on(0, part, 43, 2)], &settings, 24_000);
        let [mut audio, ..] = render(&mut voices, &[], &settings, 4800 + place);
        let before = roughness(&audio);
        assert!(peak(&audio) > 0.1 && before < 2e-4, "{what}: {before}");
        change(&mut settings);
        let [eventful, ..] = render(&mut voices, events, &settings, 9600);
        audio.extend(eventful);
        let now = roughness(&audio);
        assert!(now < before + 1e-3, "{what} at {place}: {now} after {before}");
    };
    let check = |what: &str, events: &[VoiceEvent], change: &dyn Fn(&mut Settings)| {
        for place in [0, 150, 310, 520] {
            check_at(place, what, events, change);
        }
    };
    check("nothing", &[], &|_| {});
    check("another note", &[on(100, part, 31, 3)], &|_| {});
    check("note-off", &[off(1000, part, 1)], &|_| {});
    check("choke", &[at(1000, part, Choke { note: 1 })], &|_| {});
    check("all off", &[at(1000, part, AllOff)], &|_| {});
    check("bend", &[at(1000, part, PitchBend { value: -1.0 })], &|_| {});
    check("level", &[], &|settings| settings.parts[2].level_db = -60.0);
    check("pan", &[], &|settings| settings.parts[2].pan = -1.0);
    check("sound", &[], &|settings| settings.parts[2].sound = 9);
    let crowd: Vec<_> =
        (0..80).map(|n| at(100 + n, part, NoteOn { key: 40, velocity: 1e-3, note: 9 + n })).collect();
    check("stealing", &crowd, &|_| {});
}

#[test]
fn no_more_than_64_notes_of_a_part_sound_and_the_newest_are_among_them() {
    let mut voices = prepared(48_000.0);
    let events: Vec<_> =
        (0..100).map(|note| on(10 * note, Part::Chords, 30 + note as u8 % 60, note)).collect();
    render(&mut voices, &events, &settings(1), 4800);
    let sounding = |voices: &Voices| voices.tonal.sounding(Part::Chords.index()).count();
    assert_eq!(sounding(&voices), 64);
    let newest: Vec<_> = (36..100).map(|note| off(0, Part::Chords, note)).collect();
    render(&mut voices, &newest, &settings(1), 4 * 48_000);
    assert!(voices.is_silent());
}

#[test]
fn each_part_has_64_notes_of_its_own() {
    let mut voices = prepared(48_000.0);
    let note = |n: u32| on(10 * n, TONAL[n as usize % 3], 30 + n as u8 % 90, n);
    let events: Vec<_> = (0..300).map(note).collect();
    // These play as many notes as they are given.
    let settings = Settings::dry([1, 4, 9, 1]);
    render(&mut voices, &events, &settings, 9600);
    let sounding = TONAL.map(|part| voices.tonal.sounding(part.index()).count());
    println!("{sounding:?} of 100 each");
    assert_eq!(sounding, [64; 3]);
    // The others lose nothing to a part that wants more.
    let crowd: Vec<_> = (0..200).map(|n| on(n, Part::Chords, 60, 1000 + n)).collect();
    render(&mut voices, &crowd, &settings, 9600);
    assert_eq!(TONAL.map(|part| voices.tonal.sounding(part.index()).count()), [64; 3]);
}

#[test]
fn the_voices_of_an_instance_take_less_than_half_a_mebibyte() {
    let voices = prepared(48_000.0);
    let kibibytes = (voices.tonal.bytes() + voices.drums.bytes()).div_ceil(1024);
    println!("{kibibytes} KiB");
    assert!((64..512).contains(&kibibytes), "{kibibytes} KiB");
}

#[test]
fn notes_are_stolen_from_a_full_part_without_a_click() {
    let settings = settings(1);
    let mut voices = prepared(48_000.0);
    let soft = |frame: u32, n: u32| {
        at(frame, Part::Chords, NoteOn { key: 40 + (n % 24) as u8, velocity: 0.05, note: n })
    };
    let held: Vec<_> = (0..64).map(|n| soft(0, n)).collect();
    render(&mut voices, &held, &settings, 24_000);
    let [before, ..] = render(&mut voices, &[], &settings, 9600);
    // Each takes the place of the oldest; as many as there are places to fade.
    let more: Vec<_> = (0..30)
        .map(|n| at(100 + 300 * n, Part::Chords, NoteOn { key: 52, velocity: 1e-3, note: 64 + n }))
        .collect();
    let [stolen, ..] = render(&mut voices, &more, &settings, 9600);
    let (before, after) = (roughness(&before), roughness(&stolen));
    println!("stealing from 64: {after:.6} after {before:.6}");
    assert!(after < 1.2 * before + 1e-3, "{after} after {before}");
    assert_eq!(voices.tonal.sounding(Part::Chords.index()).count(), 64);
}

#[test]
fn hats_choke_each_other_and_nothing_else() {
    let level_after = |keys: &[u8]| {
        let events: Vec<_> = (0..).zip(keys).map(|(n, key)| on(4800 * n, Part::Drums, *key, n)).collect();
        let [left, ..] = render(&mut prepared(48_000.0), &events, &settings(1), 19_200);
        rms_db(&left[14_400..])
    };
    assert!(level_after(&[46, 44]) < level_after(&[46]) - 15.0);
    assert!(level_after(&[49, 44]) > level_after(&[49]) - 1.0);
}

#[test]
fn silence_returns_exactly() {
    let mut voices = prepared(48_000.0);
    for sound in 0..3 {
        let keys = [(Part::Lead, 60), (Part::Chords, 48), (Part::Bass, 28), (Part::Drums, 49)];
        let ons = keys.map(|(part, key)| on(10, part, key, 1));
        render(&mut voices, &ons, &settings(sound), 9600);
        assert!(!voices.is_silent());
        render(&mut voices, &keys.map(|(part, _)| off(0, part, 1)), &settings(sound), 6 * 48_000);
        assert!(voices.is_silent());
        let rest = render(&mut voices, &[], &settings(sound), 1000);
        assert!(rest.iter().flatten().all(|sample| sample.to_bits() == 0));
    }
}

#[test]
fn struck_sounds_end_by_themselves() {
    for (part, sound) in [(Part::Lead, 0), (Part::Chords, 0), (Part::Bass, 2)] {
        let mut voices = prepared(48_000.0);
        render(&mut voices, &[on(0, part, 60, 1)], &settings(sound), 16 * 48_000);
        assert!(voices.is_silent(), "{part:?} {sound}");
    }
}

#[test]
fn a_fader_at_its_end_is_silence() {
    let mut settings = settings(0);
    settings.parts[0].level_db = -60.0;
    settings.parts[0].reverb_send_db = 0.0;
    let audio = render(&mut prepared(48_000.0), &[on(0, Part::Lead, 60, 1)], &settings, 1000);
    assert!(audio.iter().flatten().all(|sample| *sample == 0.0));
}

#[test]
fn the_send_is_the_dry_sound_at_its_level() {
    let mut settings = settings(0);
    settings.parts[0].reverb_send_db = -6.0;
    let [left, _, send, _] = render(&mut prepared(48_000.0), &[on(0, Part::Lead, 60, 1)], &settings, 1000);
    let gain = 10.0_f32.powf(-0.3);
    assert!(peak(&send) > 0.01);
    assert!(left.iter().zip(&send).all(|(dry, sent)| (sent - gain * dry).abs() < 1e-6));
}

/// All parts, with every kind of event.
fn scene() -> Vec<VoiceEvent> {
    let mut events = vec![
        at(300, Part::Lead, PitchBend { value: 0.5 }),
        at(900, Part::Lead, Controller { number: 1, value: 0.7 }),
        at(5000, Part::Bass, AllOff),
        at(5500, Part::Chords, Choke { note: 100 }),
    ];
    for n in 0..24 {
        let frame = 37 + 251 * n;
        events.push(on(frame, Part::Lead, 60 + (n % 12) as u8, n));
        events.push(off(frame + 700, Part::Lead, n));
        events.push(on(frame + 5, Part::Chords, 48 + n as u8, 100 + n));
        events.push(on(frame + 9, Part::Bass, 30 + (n % 7) as u8, 200 + n));
        events.push(on(frame, Part::Drums, 35 + (n % 18) as u8, 300 + n));
    }
    events.sort_by_key(|event| event.frame);
    events
}

fn render_in_blocks(events: &[VoiceEvent], blocks: &[usize], settings: &Settings) -> Rendered {
    let mut voices = prepared(48_000.0);
    let mut whole: Rendered = Default::default();
    let mut start = 0;
    for frames in blocks {
        let end = start + *frames as u32;
        let inside = events.iter().filter(|event| (start..end).contains(&event.frame));
        let block: Vec<_> = inside.map(|event| VoiceEvent { frame: event.frame - start, ..*event }).collect();
        let audio = render(&mut voices, &block, settings, *frames);
        whole.iter_mut().zip(audio).for_each(|(whole, audio)| whole.extend(audio));
        start = end;
    }
    whole
}

/// Renders `events` at one go and in `blocks`, and fails where a sample differs by more than `tolerance`. Gives the former.
fn assert_same_when_split(
    events: &[VoiceEvent],
    blocks: &[usize],
    settings: &Settings,
    tolerance: f32,
) -> Rendered {
    let whole = render_in_blocks(events, &[blocks.iter().sum()], settings);
    let split = render_in_blocks(events, blocks, settings);
    for (split, whole) in split.iter().flatten().zip(whole.iter().flatten()) {
        assert!((split - whole).abs() <= tolerance, "{split} for {whole}");
    }
    whole
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_split_into_blocks_gives_the_same_sound(
        blocks in prop::collection::vec(1_usize..1500, 1..40),
        sound in 0_usize..3,
    ) {
        assert_same_when_split(&scene(), &blocks, &settings(sound), 1e-6);
    }
}

#[test]
fn the_same_events_give_the_same_sound_after_a_reset() {
    let mut voices = prepared(48_000.0);
    let first = render(&mut voices, &scene(), &settings(2), 8000);
    voices.reset();
    assert_eq!(first, render(&mut voices, &scene(), &settings(2), 8000));
}

#[test]
fn every_sample_rate_gives_finite_sound() {
    for sample_rate_hz in [1000.0, 8000.0, 11_025.5, 44_100.0, 96_000.0, 192_000.0, 768_000.0] {
        for sound in 0..3 {
            let audio = render(&mut prepared(sample_rate_hz), &scene(), &settings(sound), 8000);
            assert!(audio.iter().flatten().all(|sample| sample.abs() < 16.0), "{sample_rate_hz} {sound}");
        }
    }
}

#[test]
fn nothing_from_the_host_breaks_the_sound() {
    let mut settings = settings(usize::MAX);
    settings.parts[0].pan = f32::NAN;
    settings.parts[1].level_db = f32::NAN;
    settings.parts[2].reverb_send_db = f32::INFINITY;
    let odd = [f32::NAN, f32::INFINITY, -3.0, 1e30];
    let mut events = Vec::new();
    for (part, value) in Part::ALL.into_iter().flat_map(|part| odd.map(|value| (part, value))) {
        let kinds = [
            NoteOn { key: 255, velocity: value, note: 1 },
            NoteOn { key: 40, velocity: value, note: 1 },
            PitchBend { value },
            Controller { number: 1, value },
            NoteOff { note: u32::MAX },
        ];
        events.extend(kinds.map(|kind| at(u32::MAX, part, kind)));
    }
    let mut voices = prepared(48_000.0);
    let audio = [(); 3].map(|()| render(&mut voices, &events, &settings, 500));
    assert!(audio.iter().flatten().flatten().all(|sample| sample.is_finite()));
    render(&mut voices, &events, &settings, 0);
}
