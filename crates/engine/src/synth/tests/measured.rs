//! What is measured of the sound: aliasing, distortion, clicks.

use super::{at, bank, inharmonic_db, off, on, peak, prepared, render, roughness, settings};
use crate::synth::PartSound;
use crate::synth::sound::{FilterKind, FilterShape, LfoShape, LfoWave, PLAIN, Slot, Sound, Source, Target};
use crate::{Settings, VoiceEvent, VoiceEventKind};
use linnet_music::Part;

/// The number of a preset.
fn number(name: &str) -> usize {
    bank::presets().find(|(_, preset)| preset.tags.name == name).unwrap().0
}

/// All parts with pitch on the preset of that name.
fn preset(name: &str) -> Settings {
    let mut settings = settings(0);
    settings.parts[..3].iter_mut().for_each(|part| part.sound = number(name));
    settings
}

fn hard(key: u8) -> [VoiceEvent; 1] {
    [at(0, Part::Lead, VoiceEventKind::NoteOn { key, velocity: 1.0, note: 1 })]
}

#[test]
fn a_saw_at_c7_aliases_below_minus_80_db() {
    for key in [84, 96, 108] {
        let [left, ..] = render(&mut prepared(48_000.0), &hard(key), &preset("Plain saw"), 48_000);
        let freq_hz = 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2();
        let level = inharmonic_db(&left[12_000..44_768], freq_hz, 48_000.0);
        println!("saw at key {key}: {level:.1} dB beside its harmonics");
        assert!(level < -80.0, "key {key}: {level:.1} dB");
    }
}

/// Everything but the sine of `freq_hz` in `audio`, relative to it, in dB, by least squares.
fn residual_db(audio: &[f32], freq_hz: f64, sample_rate_hz: f64) -> f64 {
    let wave = |n: usize| (std::f64::consts::TAU * freq_hz * n as f64 / sample_rate_hz).sin_cos();
    let [mut ss, mut cc, mut sc, mut xs, mut xc] = [0.0; 5];
    for (n, x) in audio.iter().enumerate() {
        let ((s, c), x) = (wave(n), f64::from(*x));
        (ss, cc, sc, xs, xc) = (ss + s * s, cc + c * c, sc + s * c, xs + x * s, xc + x * c);
    }
    let whole = ss * cc - sc * sc;
    let (sine, cosine) = ((xs * cc - xc * sc) / whole, (xc * ss - xs * sc) / whole);
    let rest = |(n, x): (usize, &f32)| {
        let (s, c) = wave(n);
        (f64::from(*x) - sine * s - cosine * c).powi(2)
    };
    let residual: f64 = audio.iter().enumerate().map(rest).sum();
    10.0 * (residual / (0.5 * (sine * sine + cosine * cosine) * audio.len() as f64)).log10()
}

#[test]
fn a_sine_has_less_than_minus_100_db_of_anything_else() {
    for key in [45, 69, 93] {
        let [left, ..] = render(&mut prepared(48_000.0), &hard(key), &preset("Pure sine"), 72_000);
        // As exactly as the phase counts it.
        let nominal_hz = 440.0 * ((f32::from(key) - 69.0) / 12.0).exp2();
        let freq_hz = f64::from(super::super::wavetable::phase_step(nominal_hz, 48_000.0)) * 48_000.0
            / 2.0_f64.powi(32);
        let level = residual_db(&left[24_000..], freq_hz, 48_000.0);
        println!("sine at key {key}: THD+N {level:.1} dB");
        assert!(level < -100.0, "key {key}: {level:.1} dB");
    }
}

#[test]
fn one_note_glides_to_the_next_without_a_click() {
    let settings = preset("Long eight");
    let steady = |key: u8| {
        let [left, ..] = render(&mut prepared(48_000.0), &[on(0, Part::Bass, key, 1)], &settings, 48_000);
        roughness(&left[24_000..])
    };
    let bound = 1.2 * steady(48).max(steady(36)) + 1e-5;
    for place in [0, 5, 9, 15] {
        let mut voices = prepared(48_000.0);
        render(&mut voices, &[on(0, Part::Bass, 36, 1)], &settings, 24_000 + place);
        let moves = [on(0, Part::Bass, 48, 2), off(9600, Part::Bass, 2)];
        let [mut left, ..] = render(&mut voices, &moves, &settings, 24_000);
        let found = roughness(&left);
        println!("glide at frame {place} of a tick: {found:.6}, where {bound:.6} is steady");
        assert!(peak(&left) > 0.05 && found < bound, "{found} over {bound}");
        // The same with a step of −50 dB in it is found.
        left[12_000..].iter_mut().for_each(|sample| *sample += 0.003);
        assert!(roughness(&left) > bound);
    }
}

#[test]
fn a_key_that_is_held_sounds_again_when_a_later_one_is_let_go() {
    for name in ["Long eight", "Wobble"] {
        let settings = preset(name);
        let mut voices = prepared(48_000.0);
        let moves = [on(0, Part::Bass, 36, 1), on(9600, Part::Bass, 43, 2), off(19_200, Part::Bass, 2)];
        render(&mut voices, &moves, &settings, 24_000);
        let sounding: Vec<_> =
            voices.tonal.sounding(Part::Bass.index()).map(|voice| voice.strike.key).collect();
        assert_eq!(sounding, [36], "{name}");
        render(&mut voices, &[off(0, Part::Bass, 1)], &settings, 48_000);
        assert!(voices.is_silent(), "{name}");
    }
}

#[test]
fn chords_play_a_preset_of_one_note_as_many() {
    let mut voices = prepared(48_000.0);
    let chord = [48, 55, 64].map(|key| on(0, Part::Chords, key, u32::from(key)));
    render(&mut voices, &chord, &preset("Long eight"), 4800);
    assert_eq!(voices.tonal.sounding(Part::Chords.index()).count(), 3);
}

#[test]
fn modulated_voices_are_stolen_and_changed_without_a_click() {
    let settings = preset("Vibraphone");
    let mut voices = prepared(48_000.0);
    let part = Part::Chords;
    render(&mut voices, &[on(0, part, 55, 1), on(0, part, 62, 2)], &settings, 24_000);
    let [before, ..] = render(&mut voices, &[], &settings, 4800);
    let soft = |n: u32| at(100 + n, part, VoiceEventKind::NoteOn { key: 50, velocity: 1e-3, note: 9 + n });
    let crowd: Vec<_> = (0..80).map(soft).collect();
    let [stolen, ..] = render(&mut voices, &crowd, &preset("Celesta"), 9600);
    let (before, after) = (roughness(&before), roughness(&stolen));
    println!("stealing and changing: {after:.6} after {before:.6}");
    assert!(after < before + 1e-3, "{after} after {before}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10))]

    #[test]
    fn any_split_gives_every_preset_the_same_sound(
        blocks in proptest::collection::vec(1_usize..900, 1..24),
        presets in proptest::array::uniform3(1_usize..75),
        kit in 1_usize..9,
    ) {
        let mut settings = with_presets(presets);
        settings.parts[3].sound = kit;
        super::assert_same_when_split(&super::scene(), &blocks, &settings, 1e-6);
    }

    #[test]
    fn any_split_gives_notes_that_are_only_held_the_same_sound(
        blocks in proptest::collection::vec(1_usize..900, 1..12),
        presets in proptest::array::uniform3(1_usize..75),
        wheel_at in 40_000_u32..60_000,
    ) {
        let repeated = blocks.repeat(96_000_usize.div_ceil(blocks.iter().sum()));
        let events = held_notes(wheel_at);
        let whole = super::assert_same_when_split(&events, &repeated, &with_presets(presets), 1e-5);
        proptest::prop_assert!(peak(&whole[0]) > 1e-3, "{presets:?} is not heard");
    }
}

/// Settings under which lead, chords and bass sound as `presets`.
fn with_presets(presets: [usize; 3]) -> Settings {
    let mut settings = settings(0);
    settings.parts.iter_mut().zip(presets).for_each(|(part, number)| part.sound = number);
    settings
}

/// Three notes of each part, no drums: for a second nothing moves but the voices. Then the wheel does, and half a second later the
/// keys go up.
fn held_notes(wheel_at: u32) -> Vec<VoiceEvent> {
    let parts = [(Part::Lead, 72), (Part::Chords, 55), (Part::Bass, 36)];
    let notes = || parts.into_iter().flat_map(|(part, key)| [0, 4, 7].map(|above| (part, key + above)));
    let down = notes().map(|(part, key)| on(u32::from(key), part, key, u32::from(key)));
    let wheel = VoiceEventKind::Controller { number: 1, value: 0.6 };
    let turned = parts.map(|(part, _)| at(wheel_at, part, wheel));
    let up = notes().map(|(part, key)| off(wheel_at + 24_000, part, u32::from(key)));
    let mut events: Vec<_> = down.chain(turned).chain(up).collect();
    events.sort_by_key(|event| event.frame);
    events
}

/// A low sine through a narrow band, whose resonance goes to and fro at once by two octaves.
fn resonant() -> Sound {
    let mut sound = PLAIN;
    sound.filter = FilterShape { kind: FilterKind::Band, q: 3.0, cutoff_hz: 300.0, ..sound.filter };
    sound.lfos[0] = LfoShape { wave: LfoWave::Square, rate_hz: 11.0, delay_s: 0.0, fade_s: 0.0 };
    sound.slots[0] = Slot { source: Source::Lfo1, target: Target::Resonance, amount: 1.0 };
    sound
}

#[test]
fn a_resonance_that_jumps_does_not_click() {
    let rendered = |sound| {
        let (mut sender, receiver) = linnet_handover::delivery::queue(1);
        let mut voices = prepared(48_000.0);
        voices.take_sounds_from(receiver);
        assert!(sender.send(Box::new(PartSound { part: Part::Lead, sound: Some(sound) })).is_ok());
        voices.receive_instruments();
        let mut settings = settings(0);
        settings.parts[0].sound = bank::OWN_PRESET;
        let [left, ..] = render(&mut voices, &hard(48), &settings, 48_000);
        left[24_000..].to_vec()
    };
    let rests = rendered(Sound { slots: PLAIN.slots, ..resonant() });
    let moves = rendered(resonant());
    let apart: Vec<f32> = moves.iter().zip(&rests).map(|(moves, rests)| moves - rests).collect();
    assert!(peak(&moves) > 0.01 && peak(&apart) > 0.1 * peak(&moves));
    assert!(roughness(&moves) < 0.01, "{} and {}", roughness(&moves), roughness(&rests));
}
