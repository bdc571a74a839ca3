//! Ideas take over where their rule says.

use crate::harness::*;
use linnet_engine::Transport;
use linnet_handover::audio_to_worker::FromAudio;
use linnet_handover::worker_to_audio::Start;
use linnet_music::{Beats, IdeaId};
use std::sync::atomic::Ordering::Relaxed;

const BEAT: u64 = 24_000;

#[test]
fn an_idea_starts_exactly_on_the_next_bar_line() {
    for block in [1, 64, 441, 512, 1000, 4096, 20_000] {
        let mut rig = Rig::new();
        let mut host = Host::at(1.0);
        rig.run(&mut host, 100, 100);
        rig.send(quarters(1, 60, Start::NextBar));
        rig.run(&mut host, 8 * BEAT as u32, block);
        let expect: Vec<(u64, u8, u8)> = (0..6)
            .map(|n| ((3 + n) * BEAT, 0, 60 + (n % 4) as u8))
            .filter(|(at, ..)| *at < rig.elapsed)
            .collect();
        assert_eq!(rig.ons(), expect, "blocks of {block}");
        let offs: Vec<u64> = rig.offs().iter().map(|(frame, ..)| *frame).collect();
        let ends: Vec<u64> =
            expect.iter().map(|(frame, ..)| frame + BEAT / 2).filter(|at| *at < rig.elapsed).collect();
        assert_eq!(offs, ends, "blocks of {block}");
    }
}

#[test]
fn every_rule_starts_where_it_says() {
    let check = |start: Start, from: f64, frame: u64, first_pitch: u8| {
        let mut rig = Rig::new();
        let mut host = Host::at(from);
        rig.run(&mut host, 480, 480);
        rig.send(quarters(1, 60, start));
        rig.run(&mut host, 20 * BEAT as u32, 512);
        assert_eq!(
            rig.ons().first().map(|(at, _, pitch)| (*at, *pitch)),
            Some((frame, first_pitch)),
            "{start:?}"
        );
    };
    check(Start::Now, 0.3, 480, 60);
    check(Start::NextBeat, 0.25, 18_000, 60);
    check(Start::NextBar, 0.5, 84_000, 60);
    check(Start::NextFourBars, 0.5, 15 * BEAT + BEAT / 2, 60);
    check(Start::NextFourBars, 16.5, 15 * BEAT + BEAT / 2, 60);
    // As if it had started on beat 1: beat 6.5 is beat 1.5 of the idea, whose next note is its third.
    check(Start::At(Beats(1.0)), 6.5, BEAT / 2, 62);
    check(Start::At(Beats(100.0)), 6.0, BEAT, 63);
}

#[test]
fn an_idea_that_arrives_on_a_bar_line_starts_there() {
    let mut rig = Rig::new();
    let mut host = Host::playing();
    rig.run(&mut host, 4 * BEAT as u32, 480);
    rig.send(quarters(1, 60, Start::NextBar));
    rig.run(&mut host, 480, 480);
    assert_eq!(rig.ons(), [(4 * BEAT, 0, 60)]);
}

#[test]
fn the_old_idea_plays_until_the_bar_line_and_its_notes_end_before_the_new_ones_begin() {
    for block in [100, 512, 24_000, 60_000] {
        let mut rig = Rig::new();
        let mut host = Host::playing();
        // The last note would last far into the next bar, and has the pitch with which the next idea begins.
        rig.send(score(
            1,
            8.0,
            Start::NextBar,
            &[note(0.0, 1.0, 60), note(3.0, 4.0, 62), note(3.5, 3.0, 70)],
        ));
        rig.run(&mut host, 100, 100);
        rig.send(quarters(2, 62, Start::NextBar));
        rig.run(&mut host, 5 * BEAT as u32, block);
        let border: Vec<bool> = rig
            .log
            .iter()
            .filter(|(frame, _)| *frame == 4 * BEAT)
            .map(|(_, event)| matches!(event.kind, linnet_engine::OutKind::NoteOff { .. }))
            .collect();
        assert_eq!(border, [true, true, false], "two offs, then one on, in blocks of {block}");
        let pitches: Vec<u8> = rig.ons().iter().map(|(_, _, pitch)| *pitch).collect();
        assert_eq!(pitches, [60, 62, 70, 62, 63]);
        assert_eq!(rig.offs().len(), 4);
    }
}

#[test]
fn a_replaced_idea_never_sounds_its_own_downbeat_on_the_border() {
    for rounding in [-1e-9, 0.0, 1e-9] {
        let mut rig = Rig::new();
        let mut host = Host { bpm: 133.7, ..Host::playing() };
        rig.send(quarters(1, 40, Start::NextBar));
        rig.run(&mut host, 1000, 77);
        rig.send(quarters(2, 80, Start::NextBar));
        for _ in 0..1600 {
            // The host rounds where its bars begin.
            let mut transport = host.transport();
            transport.bar_start = transport.bar_start.map(|line| Beats(line.0 + rounding));
            rig.block(transport, 77, &[]);
            host.advance(77);
        }
        let pitches: Vec<u8> = rig.ons().iter().map(|(_, _, pitch)| *pitch).collect();
        assert_eq!(pitches[..6], [40, 41, 42, 43, 80, 81], "rounded by {rounding}");
    }
}

#[test]
fn of_two_ideas_that_wait_the_newer_plays_and_every_box_comes_back() {
    let mut rig = Rig::new();
    let mut host = Host::at(0.5);
    for round in 0..20 {
        rig.send(quarters(round * 2 + 1, 50, Start::NextBar));
        rig.send(quarters(round * 2 + 2, 70, Start::NextBar));
        rig.run(&mut host, 4 * BEAT as u32, 512);
        // The queue takes no more than eight boxes at once: it would refuse if any were kept.
    }
    assert!(rig.ons().iter().all(|(_, _, pitch)| *pitch >= 70));
    rig.silence();
    rig.run(&mut host, 512, 512);
    assert_eq!(rig.held(), []);
    let before = rig.log.len();
    rig.run(&mut host, 8 * BEAT as u32, 512);
    assert_eq!(rig.log.len(), before, "silence is silence");
}

#[test]
fn the_composer_thread_is_told_where_an_idea_started() {
    let mut rig = Rig::new();
    let mut host = Host::at(2.5);
    rig.send(quarters(7, 60, Start::NextBar));
    rig.run(&mut host, 4 * BEAT as u32, 500);
    let started: Vec<FromAudio> =
        rig.told().into_iter().filter(|told| matches!(told, FromAudio::Started { .. })).collect();
    assert_eq!(started, [FromAudio::Started { idea: IdeaId(7), at: Beats(4.0), playing: true }]);
}

#[test]
fn the_view_shows_what_plays_and_what_comes_next() {
    let mut rig = Rig::new();
    let mut host = Host::at(0.5);
    rig.send(quarters(3, 60, Start::NextBar));
    rig.run(&mut host, 512, 512);
    let view = rig.editor.audio.clone();
    assert_eq!((view.idea.load(Relaxed), view.next_idea.load(Relaxed)), (0, 3));
    assert_eq!(view.next_start_beats.load(Relaxed), 4.0);
    rig.run(&mut host, 4 * BEAT as u32, 512);
    rig.send(quarters(4, 60, Start::NextFourBars));
    rig.run(&mut host, 512, 512);
    assert_eq!((view.idea.load(Relaxed), view.next_idea.load(Relaxed)), (3, 4));
    assert_eq!((view.idea_start_beats.load(Relaxed), view.next_start_beats.load(Relaxed)), (4.0, 16.0));
    assert_eq!(view.bar_start_beats.load(Relaxed), 4.0);
    assert!((view.position_beats.load(Relaxed) - host.position).abs() < 1e-9);
    rig.block(Transport { playing: false, ..host.transport() }, 512, &[]);
    assert_eq!(view.idea.load(Relaxed), 0, "nothing sounds while the transport stands");
}

#[test]
fn an_idea_is_announced_only_while_something_can_start() {
    use std::sync::atomic::Ordering::Relaxed;
    let mut rig = Rig::new();
    let announced = |rig: &Rig| rig.editor.audio.next_idea.load(Relaxed);
    rig.send(quarters(1, 60, Start::NextBar));
    let mut host = Host::at(0.5);
    rig.run(&mut host, 480, 480);
    assert_eq!(announced(&rig), 1);
    let mut host = Host::stopped();
    rig.run(&mut host, 480, 480);
    assert_eq!(announced(&rig), 0);
}
