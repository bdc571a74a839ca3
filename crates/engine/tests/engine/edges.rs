//! Where the model-based test found the engine and the reference to differ.

use crate::harness::*;
use linnet_handover::worker_to_audio::Start;

/// At 120 bpm, in frames.
const BEAT: u64 = 24_000;
/// At 120 bpm, in beats.
const FRAME: f64 = 1.0 / BEAT as f64;

fn frames(rig: &Rig) -> Vec<u64> {
    rig.ons().iter().map(|(frame, ..)| *frame).collect()
}

#[test]
fn an_idea_that_begins_now_counts_from_the_first_frame_whatever_the_tempo_was() {
    let mut rig = Rig::new();
    let mut host = Host::at(0.1);
    rig.run(&mut host, 1000, 1000);
    host.bpm = 960.0;
    // A frame is 1/3000 beat here: the second note lies at 999.4 frames.
    rig.send(score(1, 4.0, Start::Now, &[note(0.0, 0.1, 60), note(999.4 / 3000.0, 0.1, 61)]));
    rig.run(&mut host, 3000, 500);
    assert_eq!(frames(&rig), [1000, 1999]);
}

#[test]
fn what_a_loop_has_just_before_its_start_does_not_sound_as_it_begins() {
    let mut rig = Rig::new();
    let mut host = Host::at(3.5);
    rig.send(score(1, 4.0, Start::NextBar, &[note(0.0, 0.1, 60), note(4.0 - 0.3 * FRAME, 0.1, 61)]));
    rig.run(&mut host, 5 * BEAT as u32, 500);
    let first = BEAT / 2;
    assert_eq!(rig.ons(), [(first, 0, 60), (first + 4 * BEAT, 0, 61), (first + 4 * BEAT, 0, 60)]);
}

#[test]
fn a_short_loop_wraps_also_where_the_tempo_changes() {
    let mut rig = Rig::new();
    let mut host = Host { looped: Some((8.0, 8.25)), bpm: 480.0, ..Host::at(8.0) };
    rig.send(score(1, 1.0, Start::Now, &[note(0.0, 0.2, 60)]));
    // Two passes of 1,500 frames: the host wraps between two blocks, and slows down.
    rig.step(&mut host, 3000, &[]);
    assert_eq!(host.position, 8.0);
    host.bpm = 120.0;
    rig.step(&mut host, 512, &[]);
    assert_eq!(frames(&rig), [0, 1500, 3000]);
}

#[test]
fn a_loop_that_changes_as_it_wraps_still_plays_its_first_note() {
    for next in [Some((8.0, 12.0)), None] {
        let mut rig = Rig::new();
        let mut host = Host { looped: Some((8.0, 9.0)), ..Host::at(8.0) };
        rig.send(score(1, 4.0, Start::Now, &[note(0.0, 0.2, 60)]));
        rig.step(&mut host, BEAT as u32, &[]);
        assert_eq!(host.position, 8.0);
        host.looped = next;
        rig.step(&mut host, 512, &[]);
        assert_eq!(frames(&rig), [0, BEAT], "{next:?}");
    }
}

#[test]
fn a_note_exactly_a_frame_before_a_jump_sounds_however_it_is_rounded() {
    for pass in 0..400 {
        let mut rig = Rig::new();
        rig.send(score(1, 0.7, Start::At(linnet_music::Beats(0.1)), &[note(0.3, 0.2, 60)]));
        rig.step(&mut Host::at(500.0), 64, &[]);
        let beat = f64::from(4 + 7 * pass) / 10.0;
        rig.step(&mut Host::at(beat + FRAME), 64, &[]);
        assert_eq!(frames(&rig), [64], "at {beat}");
    }
}
