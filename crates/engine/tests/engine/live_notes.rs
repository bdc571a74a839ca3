//! Live notes pass through, and share keys with the idea's.

use crate::harness::*;
use linnet_engine::{LiveEvent, LiveKind, OutKind};
use linnet_handover::editor_to_audio::Command;
use linnet_handover::worker_to_audio::Start;
use linnet_music::{Part, Pitch, Velocity};

fn control(frame: u32, number: u8, value: f32) -> LiveEvent {
    LiveEvent { frame, channel: 0, kind: LiveKind::Controller { number, value } }
}

#[test]
fn live_notes_leave_at_their_frame_on_the_leads_channel() {
    let mut rig = Rig::new();
    let mut host = Host::stopped();
    part(&mut rig.settings, Part::Lead).midi_channel = 7;
    rig.step(&mut host, 512, &[live_on(17, 60), live_off(401, 60)]);
    assert_eq!(rig.ons(), [(17, 6, 60)]);
    assert_eq!(rig.offs(), [(401, 6, 60)]);
    part(&mut rig.settings, Part::Lead).midi_channel = 0;
    let on = LiveEvent { channel: 11, ..live_on(0, 61) };
    rig.step(&mut host, 512, &[on, LiveEvent { channel: 11, ..live_off(9, 61) }]);
    assert_eq!(rig.ons()[1], (512, 11, 61), "without a channel of the lead's, as they came");
    assert_eq!(rig.held(), []);
}

#[test]
fn a_key_shared_with_the_idea_is_struck_again_and_goes_up_with_its_last_note() {
    let mut rig = Rig::new();
    let mut host = Host::playing();
    rig.send(score(1, 4.0, Start::NextBar, &[note(0.0, 0.01, 60)]));
    // The idea holds 60 in frames 0 to 240.
    rig.step(&mut host, 512, &[live_on(100, 60), live_off(300, 60)]);
    assert_eq!(rig.ons(), [(0, 0, 60), (100, 0, 60)]);
    assert_eq!(rig.offs(), [(100, 0, 60), (300, 0, 60)]);
    assert_eq!(rig.held(), []);
}

#[test]
fn a_key_that_comes_down_twice_goes_up_in_between() {
    let mut rig = Rig::new();
    let mut host = Host::stopped();
    rig.step(&mut host, 512, &[live_on(10, 60), live_on(20, 60), live_off(30, 60), live_off(40, 60)]);
    assert_eq!(rig.ons(), [(10, 0, 60), (20, 0, 60)]);
    assert_eq!(rig.offs(), [(20, 0, 60), (30, 0, 60)]);
    rig.held();
}

#[test]
fn the_pedal_is_passed_on_and_lifted_by_panic_and_reset() {
    for panics in [true, false] {
        let mut rig = Rig::new();
        let mut host = Host::stopped();
        rig.step(&mut host, 512, &[control(0, 64, 1.0), live_on(10, 60), live_off(20, 60)]);
        assert_eq!(rig.offs(), [(20, 0, 60)], "the receiver has the pedal itself");
        if panics {
            rig.command(Command::Panic);
        } else {
            rig.engine.reset();
        }
        rig.step(&mut host, 512, &[]);
        let lifted = OutKind::Controller { number: 64, value: 0.0 };
        assert_eq!(rig.log.iter().filter(|(_, event)| event.kind == lifted).count(), 1);
    }
}

#[test]
fn all_controllers_off_lifts_the_pedal_and_rests_wheel_and_bend_and_all_sound_off_does_not() {
    let moved = [
        control(0, 64, 1.0),
        control(0, 1, 0.8),
        LiveEvent { kind: LiveKind::PitchBend { value: 0.5 }, ..control(0, 0, 0.0) },
    ];
    let rest = [
        OutKind::Controller { number: 64, value: 0.0 },
        OutKind::Controller { number: 1, value: 0.0 },
        OutKind::PitchBend { value: 0.0 },
    ];
    for (number, expect) in [(121, &rest[..]), (120, &[])] {
        let mut rig = Rig::new();
        let mut host = Host::stopped();
        rig.step(&mut host, 64, &moved);
        rig.step(&mut host, 64, &[control(5, number, 0.0)]);
        let rested: Vec<OutKind> =
            rig.log.iter().filter(|(frame, _)| *frame == 69).map(|(_, event)| event.kind).collect();
        assert_eq!(rested, expect, "{number}");
    }
}

#[test]
fn all_controllers_off_sounds_as_if_none_had_moved() {
    let play = |moves: &[LiveEvent], number| {
        let mut rig = Rig::sounding();
        let mut host = Host::stopped();
        rig.step(&mut host, 4800, moves);
        rig.step(&mut host, 24_000, &[control(0, number, 0.0)]);
        rig.step(&mut host, 4800, &[live_on(0, 60)]);
        rig.audio[0].clone()
    };
    let bend = LiveEvent { kind: LiveKind::PitchBend { value: 0.5 }, ..control(0, 0, 0.0) };
    let moves = [control(0, 1, 1.0), bend];
    let still = play(&[], 121);
    let apart =
        |played: &[f32]| still.iter().zip(played).fold(0.0, |most: f32, (a, b)| most.max((a - b).abs()));
    assert!(apart(&play(&moves, 121)) < 1e-6);
    assert!(apart(&play(&moves, 120)) > 0.01);
}

#[test]
fn a_muted_lead_ends_live_notes_and_a_lead_that_is_off_does_not() {
    let mut rig = Rig::new();
    let mut host = Host::stopped();
    rig.step(&mut host, 64, &[live_on(0, 60)]);
    part(&mut rig.settings, Part::Lead).on = false;
    rig.step(&mut host, 64, &[live_on(0, 62)]);
    assert_eq!(rig.held().len(), 2);
    part(&mut rig.settings, Part::Lead).mute = true;
    rig.step(&mut host, 64, &[live_on(0, 64), live_off(3, 60)]);
    assert_eq!(rig.held(), []);
    assert_eq!(rig.ons().len(), 2);
}

#[test]
fn when_the_leads_channel_changes_live_notes_leave_the_old_one() {
    let mut rig = Rig::new();
    let mut host = Host::stopped();
    rig.step(&mut host, 64, &[live_on(0, 60), control(1, 64, 1.0)]);
    part(&mut rig.settings, Part::Lead).midi_channel = 4;
    rig.step(&mut host, 64, &[live_off(8, 60)]);
    assert_eq!(rig.offs(), [(64, 0, 60)]);
    let pedals: Vec<(u8, OutKind)> = rig
        .log
        .iter()
        .filter(|(_, event)| matches!(event.kind, OutKind::Controller { .. }))
        .map(|(_, event)| (event.channel, event.kind))
        .collect();
    let pedal = |value| (0, OutKind::Controller { number: 64, value });
    assert_eq!(pedals, [pedal(1.0), pedal(0.0)]);
}

#[test]
fn keys_clicked_in_the_editor_sound_and_end() {
    let mut rig = Rig::new();
    let mut host = Host::stopped();
    rig.command(Command::NoteOn(Pitch::new(67), Velocity::new(90)));
    rig.step(&mut host, 64, &[]);
    assert_eq!(rig.held(), [(0, 67)]);
    rig.command(Command::NoteOff(Pitch::new(67)));
    rig.step(&mut host, 64, &[]);
    assert_eq!(rig.held(), []);
    assert!(
        rig.told()
            .iter()
            .all(|told| !matches!(told, linnet_handover::audio_to_worker::FromAudio::NoteOn { .. }))
    );
}

#[test]
fn nonsense_in_live_events_does_no_harm() {
    let mut rig = Rig::new();
    let mut host = Host::playing();
    let mut events = Vec::new();
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -3.0, 1e30] {
        for channel in [0, 15, 200] {
            let kinds = [
                LiveKind::NoteOn { pitch: 60, velocity: value },
                LiveKind::NoteOn { pitch: 200, velocity: value },
                LiveKind::NoteOff { pitch: 255, velocity: value },
                LiveKind::Controller { number: 255, value },
                LiveKind::Controller { number: 1, value },
                LiveKind::PitchBend { value },
            ];
            events.extend(kinds.map(|kind| LiveEvent { frame: 1_000_000, channel, kind }));
        }
    }
    rig.step(&mut host, 512, &events);
    for (_, event) in &rig.log {
        assert!(event.frame < 512 && event.channel < 16);
        let (OutKind::Controller { value, .. } | OutKind::PitchBend { value }) = event.kind else { continue };
        assert!((-1.0..=1.0).contains(&value));
    }
    rig.engine.reset();
    rig.step(&mut host, 512, &[]);
    assert_eq!(rig.held(), []);
}

#[test]
fn a_flood_of_live_notes_loses_no_note_off() {
    let mut rig = Rig::new();
    let mut host = Host::playing();
    rig.send(band(1, Start::NextBar));
    let mut events = Vec::new();
    for round in 0..40_u32 {
        for pitch in 0..128 {
            events.push(LiveEvent { channel: (round % 16) as u8, ..live_on(round * 10, pitch) });
        }
    }
    for round in 0..40_u32 {
        for pitch in 0..128 {
            events.push(LiveEvent { channel: (round % 16) as u8, ..live_off(1000 + round, pitch) });
        }
    }
    rig.step(&mut host, 2048, &events);
    host.playing = false;
    rig.step(&mut host, 512, &[]);
    assert_eq!(rig.held(), []);
    assert!(
        rig.editor.audio.dropped.load(std::sync::atomic::Ordering::Relaxed) > 0,
        "what was dropped is counted"
    );
}
