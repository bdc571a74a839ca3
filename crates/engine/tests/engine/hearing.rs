//! What the composer thread is told.

use crate::harness::*;
use linnet_engine::{LiveEvent, LiveKind};
use linnet_handover::audio_to_worker::{FromAudio, Moment};
use linnet_music::{Beats, Pitch, Tempo, TimeSignature, Velocity};

fn positions(told: &[FromAudio]) -> Vec<f64> {
    told.iter()
        .filter_map(|told| match told {
            FromAudio::Transport(at) => Some((at.position.0 * 1e9).round() / 1e9),
            _ => None,
        })
        .collect()
}

#[test]
fn live_notes_are_told_with_their_position_to_the_frame() {
    let mut rig = Rig::new();
    let mut host = Host { bpm: 90.0, metre: TimeSignature::new(3, 4).unwrap(), ..Host::at(7.0) };
    rig.step(&mut host, 512, &[live_on(320, 60)]);
    let at = Moment {
        position: Beats(7.01),
        bar_start: Beats(6.0),
        tempo: Tempo::new(90.0),
        metre: TimeSignature::new(3, 4).unwrap(),
        playing: true,
    };
    let told = rig.told();
    let [FromAudio::Transport(_), FromAudio::NoteOn { pitch, velocity, channel: 0, at: found }] = told[..]
    else {
        panic!("{told:?}");
    };
    assert_eq!((pitch, velocity), (Pitch::new(60), Velocity::from_unit(0.8)));
    assert!((found.position.0 - at.position.0).abs() < 1e-12);
    assert_eq!(Moment { position: at.position, ..found }, at);
    let choke = LiveEvent { frame: 3, channel: 0, kind: LiveKind::Choke { pitch: 60 } };
    rig.step(&mut host, 512, &[choke]);
    assert!(matches!(rig.told()[..], [FromAudio::NoteOff { pitch, .. }] if pitch == Pitch::new(60)));
}

#[test]
fn the_transport_is_told_once_a_bar_and_when_it_changes() {
    let mut rig = Rig::new();
    let mut host = Host::at(2.0);
    rig.run(&mut host, 8 * 24_000, 480);
    assert_eq!(positions(&rig.told()), [2.0, 4.0, 8.0]);
    host.bpm = 100.0;
    rig.run(&mut host, 480, 480);
    assert_eq!(positions(&rig.told()), [10.0], "tempo");
    host.metre = TimeSignature::new(3, 4).unwrap();
    rig.run(&mut host, 480, 480);
    assert_eq!(rig.told().len(), 1, "metre");
    host.position = 50.0;
    rig.run(&mut host, 480, 480);
    assert_eq!(positions(&rig.told()), [50.0], "seek");
    host.playing = false;
    rig.run(&mut host, 480, 480);
    let told = rig.told();
    assert!(matches!(told[..], [FromAudio::Transport(Moment { playing: false, .. })]), "stop: {told:?}");
    host.playing = true;
    rig.run(&mut host, 480, 480);
    assert!(matches!(rig.told()[..], [FromAudio::Transport(Moment { playing: true, .. })]), "start");
}

#[test]
fn a_loop_inside_a_block_gives_live_notes_the_position_that_the_player_heard() {
    let mut rig = Rig::new();
    let mut host = Host { looped: Some((4.0, 8.0)), ..Host::at(7.99) };
    // The wrap comes 240 frames in.
    rig.step(&mut host, 480, &[live_on(120, 60), live_on(264, 64)]);
    let heard: Vec<f64> = rig
        .told()
        .iter()
        .filter_map(|told| match told {
            FromAudio::NoteOn { at, .. } => Some(at.position.0),
            _ => None,
        })
        .collect();
    assert!((heard[0] - 7.995).abs() < 1e-9 && (heard[1] - 4.001).abs() < 1e-9, "{heard:?}");
}

#[test]
fn while_the_transport_stands_the_own_clock_gives_rising_positions_at_the_hosts_tempo() {
    let mut rig = Rig::new();
    let mut host = Host { bpm: 60.0, ..Host::stopped() };
    rig.step(&mut host, 48_000, &[live_on(0, 60)]);
    rig.step(&mut host, 48_000, &[live_on(24_000, 60)]);
    let heard: Vec<Moment> = rig
        .told()
        .iter()
        .filter_map(|told| match told {
            FromAudio::NoteOn { at, .. } => Some(*at),
            _ => None,
        })
        .collect();
    assert!((heard[1].position.0 - heard[0].position.0 - 1.5).abs() < 1e-9);
    assert!(heard.iter().all(|at| !at.playing));
}

#[test]
fn a_note_in_an_empty_block_is_told_and_passed_on() {
    let mut rig = Rig::new();
    let mut host = Host::at(3.0);
    rig.run(&mut host, 24_000, 480);
    rig.told();
    rig.block(linnet_engine::Transport::default(), 0, &[live_on(0, 60)]);
    let told = rig.told();
    let [FromAudio::NoteOn { at, .. }] = told[..] else { panic!("{told:?}") };
    assert!((at.position.0 - 4.0).abs() < 1e-9 && at.playing);
    rig.step(&mut host, 480, &[live_off(0, 60)]);
    assert_eq!(rig.held(), []);
    assert_eq!(rig.ons().len(), 1);
}
