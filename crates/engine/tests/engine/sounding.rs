//! From notes to audio.

use crate::harness::*;
use linnet_engine::{LiveEvent, LiveKind};
use linnet_handover::editor_to_audio::Command;
use linnet_handover::worker_to_audio::Start;
use linnet_music::{Part, Pitch, Velocity};
use std::sync::atomic::Ordering::Relaxed;

fn level(rig: &Rig, frames: usize) -> f32 {
    let square = |channel: &Vec<f32>| channel[..frames].iter().map(|sample| sample * sample).sum::<f32>();
    (rig.audio.iter().map(square).sum::<f32>() / (2 * frames) as f32).sqrt()
}

fn pedal(frame: u32, value: f32) -> LiveEvent {
    LiveEvent { frame, channel: 0, kind: LiveKind::Controller { number: 64, value } }
}

#[test]
fn every_part_of_an_idea_sounds_and_nothing_sounds_before_its_bar() {
    for part in Part::ALL {
        let mut rig = Rig::sounding();
        let mut host = Host::at(3.9);
        rig.settings.parts[part.index()].solo = true;
        rig.send(band(1, Start::NextBar));
        // The bar line comes after 2,400 frames.
        rig.run(&mut host, 2400, 2400);
        assert_eq!(level(&rig, 2400), 0.0, "{part:?}");
        rig.run(&mut host, 4800, 4800);
        assert!(level(&rig, 4800) > 1e-3, "{part:?}: {}", level(&rig, 4800));
        assert!(rig.editor.audio.peak[0].load(Relaxed) > 1e-3);
        let mut spectrum = Vec::new();
        rig.editor.spectrum.receive(&mut spectrum);
        assert_eq!(spectrum.len(), 7200);
        assert!(spectrum.iter().any(|sample| sample.abs() > 1e-3));
    }
}

#[test]
fn the_first_note_is_late_by_the_stated_latency_and_no_more() {
    let mut rig = Rig::sounding();
    let mut host = Host::stopped();
    part(&mut rig.settings, Part::Lead).level_db = 0.0;
    rig.step(&mut host, 4096, &[live_on(1000, 60)]);
    let first = rig.audio[0].iter().position(|sample| *sample != 0.0).unwrap();
    let due = 1000 + rig.engine.latency_frames() as usize;
    assert!((due..due + 64).contains(&first), "{first} for {due}");
}

#[test]
fn the_note_effect_is_exactly_silent_and_plays_by_midi_all_the_same() {
    let mut rig = Rig::sounding();
    rig.settings.notes_only = true;
    rig.audio.iter_mut().for_each(|channel| channel.fill(f32::NAN));
    let mut host = Host::playing();
    rig.send(band(1, Start::Now));
    rig.step(&mut host, 30_000, &[live_on(3, 60)]);
    assert!(rig.audio.iter().all(|channel| channel[..30_000].iter().all(|sample| *sample == 0.0)));
    assert!(rig.ons().len() > 5);
}

#[test]
fn the_pedal_holds_what_sounds_until_it_is_lifted() {
    let mut rig = Rig::sounding();
    let mut host = Host::stopped();
    rig.settings.parts[0].sound = 2;
    (rig.settings.reverb.mix, rig.settings.delay.mix) = (0.0, 0.0);
    rig.step(&mut host, 512, &[pedal(0, 1.0), live_on(0, 60)]);
    rig.step(&mut host, 512, &[live_off(0, 60)]);
    rig.run(&mut host, 2 * 48_000, 4800);
    let held = level(&rig, 4800);
    assert!(held > 1e-3, "{held}");
    rig.step(&mut host, 512, &[pedal(0, 0.0)]);
    rig.run(&mut host, 4 * 48_000, 4800);
    let lifted = level(&rig, 4800);
    assert!(lifted < held / 100.0, "{lifted} after {held}");
}

#[test]
fn panic_silences_the_voices_and_reset_everything() {
    let mut rig = Rig::sounding();
    let mut host = Host::stopped();
    rig.settings.parts[0].sound = 2;
    (rig.settings.reverb.mix, rig.settings.delay.mix) = (0.0, 0.0);
    rig.step(&mut host, 4800, &[pedal(0, 1.0), live_on(0, 60)]);
    rig.command(Command::Panic);
    rig.run(&mut host, 9600, 4800);
    assert!(level(&rig, 4800) < 1e-5, "{}", level(&rig, 4800));
    rig.settings.reverb.mix = 1.0;
    rig.step(&mut host, 4800, &[live_on(0, 60)]);
    rig.run(&mut host, 4800, 4800);
    assert!(level(&rig, 4800) > 1e-3);
    rig.engine.reset();
    rig.run(&mut host, 4800, 4800);
    assert_eq!(level(&rig, 4800), 0.0);
}

#[test]
fn settings_that_are_no_numbers_leave_the_sound_finite_and_do_not_last() {
    for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30] {
        let mut rig = Rig::sounding();
        let mut host = Host::playing();
        rig.send(band(1, Start::Now));
        let good = rig.settings;
        let settings = &mut rig.settings;
        for part in &mut settings.parts {
            (part.level_db, part.pan, part.reverb_send_db, part.sound) = (odd, odd, odd, 99);
        }
        for band in &mut settings.bands {
            (band.freq_hz, band.gain_db, band.q) = (odd, odd, odd);
        }
        let reverb = &mut settings.reverb;
        (reverb.pre_delay_ms, reverb.decay_s, reverb.size) = (odd, odd, odd);
        (reverb.damping_hz, reverb.low_cut_hz, reverb.width, reverb.mix) = (odd, odd, odd, odd);
        settings.output_db = odd;
        rig.run(&mut host, 24_000, 4800);
        assert!(level(&rig, 4800).is_finite(), "{odd}");
        rig.settings = good;
        rig.run(&mut host, 96_000, 4800);
        let sound = level(&rig, 4800);
        assert!(sound.is_finite() && sound > 1e-3, "{odd}: {sound}");
    }
}

#[test]
fn every_sample_rate_that_hosts_try_gives_a_finite_sound() {
    for rate_hz in [1000.0, 8000.0, 22_050.5, 44_100.0, 96_000.0, 384_000.0, 768_000.0, f64::NAN, 0.0, -1.0] {
        let mut rig = Rig::sounding();
        rig.engine.prepare(rate_hz, 512);
        let mut host = Host::playing();
        rig.send(band(1, Start::Now));
        rig.run(&mut host, 20_000, 1000);
        let sound = level(&rig, 1000);
        assert!(sound.is_finite() && sound > 1e-4, "{rate_hz} Hz: {sound}");
    }
}

#[test]
fn what_sounded_before_the_sound_was_switched_off_does_not_come_back() {
    let mut rig = Rig::sounding();
    let mut host = Host::stopped();
    rig.step(&mut host, 4800, &[live_on(0, 60)]);
    rig.settings.notes_only = true;
    rig.step(&mut host, 512, &[live_off(0, 60)]);
    rig.settings.notes_only = false;
    rig.run(&mut host, 4800, 4800);
    assert_eq!(level(&rig, 4800), 0.0);
    assert_eq!(rig.held(), []);
}

#[test]
fn a_preset_of_the_users_is_heard_from_the_next_note_on_and_changes_none_that_sounds() {
    use linnet_engine::synth::{PartSound, bank};
    let play = |comes_at: Option<usize>| {
        let (mut sender, receiver) = linnet_handover::delivery::queue(4);
        let mut rig = Rig::sounding();
        rig.engine.take_sounds_from(receiver);
        part(&mut rig.settings, Part::Lead).sound = bank::OWN_PRESET;
        let mut host = Host::stopped();
        let mut heard = Vec::new();
        for block in 0..20 {
            if comes_at == Some(block) {
                let sound = bank::preset_at(30).map(|preset| preset.sound);
                assert!(sender.send(Box::new(PartSound { part: Part::Lead, sound })).is_ok());
            }
            let events = match block {
                0 => vec![live_on(0, 60)],
                10 => vec![live_off(0, 60), live_on(1, 67)],
                _ => Vec::new(),
            };
            rig.step(&mut host, 1000, &events);
            heard.extend_from_slice(&rig.audio[0][..1000]);
        }
        heard
    };
    let (without, later) = (play(None), play(Some(5)));
    assert_eq!(without[..10_000], later[..10_000], "the note that sounds stays as it is");
    assert_ne!(without[10_000..], later[10_000..], "the next one is another sound");
    assert_eq!(play(Some(0)).len(), 20_000);
}

#[test]
fn a_recording_that_is_listened_to_is_heard_but_not_recorded_and_the_notes_stay_the_same() {
    use linnet_handover::listening::{Stretch, way};
    use linnet_handover::recording;
    let play = |listens: bool| {
        let (mut sender, wanted, receiver) = way();
        let (frames, mut recorded) = recording::ring(1 << 15);
        let mut rig = Rig::sounding();
        rig.engine.hear_from(receiver);
        rig.engine.record_to(frames);
        recorded.switch(true);
        if listens {
            wanted.set(1);
            let stretch = Stretch { run: 1, frames: vec![[0.05, -0.05]; 20_000], is_last: true };
            assert!(sender.send(Box::new(stretch)).is_ok());
        }
        rig.send(band(1, Start::Now));
        rig.step(&mut Host::playing(), 10_000, &[]);
        let recorded: Vec<[f32; 2]> = std::iter::from_fn(|| recorded.receive()).collect();
        assert_eq!(rig.engine.is_listened_to(), listens);
        (rig.audio[0][..10_000].to_vec(), recorded, rig.ons(), rig.editor.audio.position_beats.load(Relaxed))
    };
    let (without, with) = (play(false), play(true));
    let added = with.0[5000] - without.0[5000];
    assert!((added - 0.05).abs() < 1e-6, "{added}");
    assert!(
        with.1 == without.1 && with.1.len() == 10_000,
        "the recorder hears what is played, and nothing else"
    );
    assert_eq!((with.2, with.3), (without.2, without.3));
}

#[test]
fn a_drum_that_is_clicked_in_the_editor_is_heard_and_leaves_by_no_midi() {
    let struck = |change: fn(&mut Rig)| {
        let (mut rig, mut host) = (Rig::sounding(), Host::stopped());
        change(&mut rig);
        rig.command(Command::Strike(Pitch::new(38), Velocity::new(100)));
        rig.step(&mut host, 4800, &[]);
        assert_eq!((rig.ons(), rig.offs()), (vec![], vec![]));
        level(&rig, 4800)
    };
    assert!(struck(|_| {}) > 1e-3);
    // Neither the phrase of the drums nor that of another part has to play.
    assert!(struck(|rig| rig.settings.parts.iter_mut().for_each(|part| part.on = false)) > 1e-3);
    assert_eq!(struck(|rig| part(&mut rig.settings, Part::Drums).mute = true), 0.0);
    assert_eq!(struck(|rig| part(&mut rig.settings, Part::Bass).solo = true), 0.0);
    assert_eq!(struck(|rig| rig.settings.notes_only = true), 0.0);
}
