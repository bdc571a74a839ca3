//! Whatever the transport does, notes come where they belong, and end.

use crate::harness::*;
use linnet_engine::Transport;
use linnet_handover::editor_to_audio::Command;
use linnet_handover::worker_to_audio::Start;
use linnet_music::{Beats, Part, Tempo};
use std::sync::atomic::Ordering::Relaxed;

const BEAT: u64 = 24_000;

fn ons_after(rig: &Rig, frame: u64) -> Vec<(u64, u8)> {
    rig.ons().iter().filter(|(at, ..)| *at >= frame).map(|(at, _, pitch)| (at - frame, *pitch)).collect()
}

#[test]
fn every_note_ends_when_the_transport_stops() {
    let mut rig = Rig::new();
    let mut host = Host::playing();
    rig.send(score(1, 4.0, Start::NextBar, &[note(0.0, 4.0, 60), note(0.5, 3.0, 64)]));
    rig.run(&mut host, BEAT as u32, 512);
    assert_eq!(rig.held().len(), 2);
    let stopped_at = rig.elapsed;
    host.playing = false;
    rig.run(&mut host, 512, 512);
    assert_eq!(rig.held(), []);
    assert!(rig.offs().iter().all(|(frame, ..)| *frame == stopped_at));
    rig.run(&mut host, 10 * BEAT as u32, 512);
    assert_eq!(rig.ons().len(), 2, "stopped is silent");
    host.playing = true;
    host.position = 4.0;
    let started_at = rig.elapsed;
    rig.run(&mut host, BEAT as u32, 512);
    assert_eq!(ons_after(&rig, started_at), [(0, 60), (BEAT / 2, 64)]);
}

#[test]
fn after_a_seek_the_idea_goes_on_in_the_phase_of_its_start() {
    for target in [6.0, 102.0, -2.0, 2.0] {
        let mut rig = Rig::new();
        let mut host = Host::at(4.0);
        rig.send(score(
            1,
            4.0,
            Start::NextBar,
            &[note(0.0, 3.0, 60), note(2.0, 1.0, 62), note(3.0, 0.5, 63)],
        ));
        rig.run(&mut host, BEAT as u32, 480);
        host.position = target;
        let seek_at = rig.elapsed;
        rig.run(&mut host, 2 * BEAT as u32 + 480, 480);
        assert_eq!(rig.offs()[0], (seek_at, 0, 60), "the note ends at the seek to {target}");
        assert_eq!(ons_after(&rig, seek_at), [(0, 62), (BEAT, 63), (2 * BEAT, 60)], "{target}");
    }
}

#[test]
fn a_seek_onto_a_bar_line_counts_as_that_bar_line() {
    let mut rig = Rig::new();
    let mut host = Host::at(1.0);
    rig.run(&mut host, 512, 512);
    rig.send(quarters(1, 60, Start::NextBar));
    host.position = 32.0;
    let seek_at = rig.elapsed;
    rig.run(&mut host, 512, 512);
    assert_eq!(ons_after(&rig, seek_at), [(0, 60)]);
}

/// A loop of one bar, wrapped inside blocks or on their borders, with and without word of it.
#[test]
fn the_first_note_of_a_loop_sounds_on_every_pass() {
    for (bpm, block) in [(120.0, 512), (120.0, 480), (120.0, 96_000), (127.3, 512), (93.7, 64), (141.1, 4096)]
    {
        let mut rig = Rig::new();
        let mut host = Host { bpm, looped: Some((8.0, 12.0)), ..Host::at(8.0) };
        // The third note rings over the loop's end.
        rig.send(score(
            1,
            4.0,
            Start::NextBar,
            &[note(0.0, 1.0, 60), note(1.0, 1.0, 61), note(3.5, 0.5, 62)],
        ));
        let bar = 4.0 * 60.0 / bpm * RATE_HZ;
        rig.run(&mut host, (10.5 * bar) as u32, block);
        let ons = rig.ons();
        assert_eq!(ons.len(), 32, "{bpm} bpm, blocks of {block}: {ons:?}");
        for (index, (frame, _, pitch)) in ons.iter().enumerate() {
            let beat = (index / 3) as f64 * 4.0 + [0.0, 1.0, 3.5][index % 3];
            assert_eq!(usize::from(*pitch), 60 + index % 3);
            let exact = beat * 60.0 / bpm * RATE_HZ;
            // Each wrap falls on a whole frame, so that passes may shift by up to a frame each.
            let drift = (index / 3) as f64 + 0.6;
            assert!((*frame as f64 - exact).abs() <= drift, "{bpm} bpm, {block}: {frame} for {exact}");
        }
        rig.held();
    }
}

#[test]
fn a_loop_that_the_host_wraps_between_blocks_without_word_of_it_plays_every_first_note() {
    let mut rig = Rig::new();
    rig.send(quarters(1, 60, Start::NextBar));
    for _ in 0..5 {
        let mut host = Host::at(4.0);
        rig.run(&mut host, 4 * BEAT as u32, 480);
    }
    assert_eq!(rig.ons().len(), 20);
    let frames: Vec<u64> = rig.ons().iter().map(|(frame, ..)| *frame).collect();
    assert_eq!(frames, (0..20).map(|n| n * BEAT).collect::<Vec<_>>());
}

#[test]
fn a_loop_whose_wrap_is_a_blocks_border_plays_its_first_note_at_once() {
    for says_loop in [true, false] {
        let mut rig = Rig::new();
        rig.send(quarters(1, 60, Start::NextBar));
        let (bpm, looped) = (127.3, (8.0, 12.0));
        let mut host = Host { bpm, looped: Some(looped), ..Host::at(8.0) };
        let mut wraps = Vec::new();
        for _ in 0..30 {
            // The last block of a pass ends at the first frame at or past the loop's end.
            let left = ((looped.1 - host.position) * 60.0 / bpm * RATE_HZ - 1e-3).ceil() as u32;
            for frames in [left - 700, 700] {
                let looped = host.transport().looped.filter(|_| says_loop);
                rig.block(Transport { looped, ..host.transport() }, frames, &[]);
                host.advance(frames);
            }
            assert!((8.0..8.0001).contains(&host.position), "{}", host.position);
            wraps.push(rig.elapsed);
        }
        wraps.pop();
        let ons = rig.ons();
        let firsts: Vec<u64> =
            ons.iter().filter(|(at, _, pitch)| *pitch == 60 && *at > 0).map(|(at, ..)| *at).collect();
        // A loop's end within a twentieth of a frame past a frame counts as on it.
        let begins = |wrap: &u64| firsts.iter().any(|first| first.abs_diff(*wrap) <= 1);
        assert!(wraps.iter().all(begins), "{firsts:?} {wraps:?}");
        // Without word of the loop, a note may have been struck in the frame before the wrap already.
        assert!(!says_loop || ons.len() == 120, "{}", ons.len());
        assert!(rig.held().len() <= 1);
    }
}

#[test]
fn rounding_of_a_loops_end_neither_doubles_nor_loses_its_first_note() {
    for numerator in 1..30 {
        for rounding in [-2e-10, -1e-13, 0.0, 1e-13, 2e-10] {
            let start = f64::from(numerator) / 7.0;
            let mut rig = Rig::new();
            rig.send(score(1, 0.5, Start::At(Beats(start)), &[note(0.0, 0.25, 60)]));
            let looped = Some((start, start + 0.5 + rounding));
            let mut host = Host { bpm: 127.3, looped, ..Host::at(start) };
            rig.run(&mut host, 11_000 * 10, 3000);
            assert_eq!(rig.ons().len(), 10, "from {start}, rounded by {rounding}: {:?}", rig.ons());
        }
    }
}

#[test]
fn an_idea_waiting_for_its_bar_starts_on_the_loops_wrap() {
    let mut rig = Rig::new();
    let mut host = Host { looped: Some((2.0, 4.0)), ..Host::at(2.5) };
    rig.run(&mut host, 512, 512);
    rig.send(quarters(1, 60, Start::NextBar));
    rig.run(&mut host, 2 * BEAT as u32, 512);
    assert_eq!(rig.ons(), [], "the loop from beat 2 to 4 holds no bar line");
    host.looped = Some((0.0, 3.0));
    let from = host.position;
    let at = rig.elapsed;
    rig.run(&mut host, 3 * BEAT as u32, 512);
    let wrap = ((3.0 - from) * BEAT as f64).round() as u64;
    assert_eq!(ons_after(&rig, at)[0], (wrap, 60));
}

#[test]
fn a_loop_shorter_than_the_block_wraps_many_times_and_hangs_nothing() {
    let mut rig = Rig::new();
    let mut host = Host { looped: Some((4.0, 4.25)), ..Host::at(4.0) };
    rig.send(score(1, 4.0, Start::NextBar, &[note(0.0, 4.0, 60), note(0.125, 0.0625, 64)]));
    rig.run(&mut host, 60_000, 30_000);
    let ons = rig.ons();
    assert_eq!(ons.len(), 20, "{ons:?}");
    assert_eq!(ons[2], (6000, 0, 60));
    assert_eq!(ons[3], (9000, 0, 64));
    assert!(rig.held().len() <= 1);
}

#[test]
fn an_idea_plays_through_a_pre_roll() {
    let mut rig = Rig::new();
    let mut host = Host::at(-8.0);
    rig.run(&mut host, BEAT as u32, 480);
    rig.send(quarters(1, 60, Start::NextBar));
    rig.run(&mut host, 8 * BEAT as u32, 480);
    assert_eq!(rig.ons().first(), Some(&(4 * BEAT, 0, 60)));
    assert_eq!(rig.ons()[4], (8 * BEAT, 0, 60));
}

#[test]
fn without_a_transport_the_own_clock_plays_without_drift() {
    let mut rig = Rig::new();
    let mut host = Host::absent();
    rig.run(&mut host, 100, 100);
    rig.send(quarters(1, 60, Start::NextBar));
    rig.run(&mut host, 2000 * BEAT as u32, 1009);
    let ons = rig.ons();
    assert_eq!(ons.len(), 1997);
    for (index, (frame, ..)) in ons.iter().enumerate() {
        assert_eq!(*frame, (index as u64 + 4) * BEAT);
    }
}

#[test]
fn an_audition_plays_from_the_ideas_beginning_and_ends_its_notes() {
    let mut rig = Rig::new();
    let mut host = Host { bpm: 90.0, ..Host::stopped() };
    rig.send(score(1, 4.0, Start::NextBar, &[note(0.0, 3.5, 60), note(1.0, 0.5, 61)]));
    rig.run(&mut host, 12_345, 512);
    assert_eq!(rig.ons(), []);
    for _ in 0..3 {
        rig.command(Command::Audition(true));
        let begun = rig.elapsed;
        rig.run(&mut host, 40_000, 512);
        assert!(rig.editor.audio.auditioning.load(Relaxed));
        assert_eq!(
            ons_after(&rig, begun),
            [(0, 60), (32_000, 61)],
            "at the host's tempo, from the beginning"
        );
        rig.command(Command::Audition(false));
        rig.run(&mut host, 5_000, 512);
        assert_eq!(rig.held(), []);
        assert!(!rig.editor.audio.auditioning.load(Relaxed));
    }
}

#[test]
fn an_audition_ends_when_the_transport_starts_and_the_idea_waits_for_its_bar() {
    let mut rig = Rig::new();
    let mut host = Host::stopped();
    rig.send(quarters(1, 60, Start::NextBar));
    rig.command(Command::Audition(true));
    rig.run(&mut host, 2 * BEAT as u32, 512);
    host = Host::at(6.0);
    let started = rig.elapsed;
    rig.run(&mut host, 3 * BEAT as u32, 512);
    assert_eq!(ons_after(&rig, started), [(2 * BEAT, 60)]);
    host.playing = false;
    let before = rig.ons().len();
    rig.run(&mut host, 8 * BEAT as u32, 512);
    assert_eq!(rig.ons().len(), before, "the audition does not come back");
    assert_eq!(rig.held(), []);
}

#[test]
fn a_stored_idea_replays_in_phase_before_and_after_its_start() {
    let mut rig = Rig::new();
    let mut host = Host::at(0.0);
    rig.send(quarters(9, 60, Start::At(Beats(33.0))));
    rig.run(&mut host, 4 * BEAT as u32, 512);
    let found: Vec<(u64, u8)> = rig.ons().iter().map(|(frame, _, pitch)| (*frame, *pitch)).collect();
    assert_eq!(found, [(0, 63), (BEAT, 60), (2 * BEAT, 61), (3 * BEAT, 62)]);
}

#[test]
fn a_part_that_is_switched_off_muted_or_left_by_a_solo_ends_its_notes_with_its_old_channel_and_key() {
    type Change = fn(&mut linnet_engine::Settings);
    let changes: [(&str, Change); 5] = [
        ("off", |s| part(s, Part::Lead).on = false),
        ("mute", |s| part(s, Part::Lead).mute = true),
        ("solo of another", |s| part(s, Part::Drums).solo = true),
        ("channel", |s| part(s, Part::Lead).midi_channel = 5),
        ("octave", |s| part(s, Part::Lead).octave = 1),
    ];
    for (name, change) in changes {
        let mut rig = Rig::new();
        let mut host = Host::playing();
        rig.send(score(1, 4.0, Start::NextBar, &[note(0.0, 3.0, 60)]));
        rig.run(&mut host, BEAT as u32, 512);
        assert_eq!(rig.held(), [(0, 60)]);
        change(&mut rig.settings);
        let at = rig.elapsed;
        rig.run(&mut host, 512, 512);
        assert_eq!(rig.offs(), [(at, 0, 60)], "{name}");
        rig.run(&mut host, 4 * BEAT as u32, 512);
        rig.held();
        let expect: &[(u8, u8)] = match name {
            "channel" => &[(4, 60)],
            "octave" => &[(0, 72)],
            _ => &[],
        };
        let later: Vec<(u8, u8)> =
            rig.ons()[1..].iter().map(|(_, channel, pitch)| (*channel, *pitch)).collect();
        assert_eq!(later, expect, "{name}");
    }
}

#[test]
fn after_reset_the_next_block_ends_what_was_sent() {
    let mut rig = Rig::new();
    let mut host = Host::playing();
    rig.send(score(1, 4.0, Start::NextBar, &[note(0.0, 3.0, 60)]));
    rig.step(&mut host, 512, &[live_on(5, 40)]);
    assert_eq!(rig.held().len(), 2);
    rig.engine.reset();
    rig.run(&mut host, 64, 64);
    assert_eq!(rig.held(), []);
    assert!(rig.offs().iter().all(|(frame, ..)| *frame == 512));
    rig.run(&mut host, 4 * BEAT as u32, 512);
    assert_eq!(rig.ons().len(), 3, "the idea plays on");
}

#[test]
fn panic_ends_everything_at_once_and_the_idea_plays_on() {
    let mut rig = Rig::new();
    let mut host = Host::playing();
    rig.send(score(1, 4.0, Start::NextBar, &[note(0.0, 3.0, 60), note(2.0, 1.0, 62)]));
    rig.step(&mut host, 512, &[live_on(5, 40)]);
    rig.command(Command::Panic);
    rig.run(&mut host, 512, 512);
    assert_eq!(rig.held(), []);
    rig.run(&mut host, 3 * BEAT as u32, 512);
    assert_eq!(rig.ons().len(), 3);
}

#[test]
fn repeated_notes_that_touch_go_up_before_they_go_down() {
    let mut rig = Rig::new();
    let mut host = Host { bpm: 131.0, ..Host::playing() };
    let thirds: Vec<_> = (0..12).map(|n| note(f64::from(n) / 3.0, 1.0 / 3.0, 60)).collect();
    rig.send(score(1, 4.0, Start::NextBar, &thirds));
    rig.run(&mut host, 100 * BEAT as u32, 333);
    assert!(rig.held().len() <= 1);
    assert_eq!(rig.ons().len(), rig.offs().len() + rig.held().len());
    assert!(rig.ons().len() > 300);
}

#[test]
fn transports_that_say_nonsense_do_no_harm() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 0.0, 1e-300];
    let mut rig = Rig::new();
    rig.send(band(1, Start::NextBar));
    for position in odd {
        for other in odd {
            let transport = Transport {
                playing: true,
                present: true,
                position: Some(Beats(position)),
                bar_start: Some(Beats(other)),
                tempo: Some(Tempo::new(other)),
                metre: None,
                looped: Some((Beats(other), Beats(position))),
            };
            rig.block(transport, 512, &[]);
            rig.block(transport, 0, &[]);
            rig.block(Transport { position: None, bar_start: None, ..transport }, 512, &[]);
        }
    }
    rig.block(Transport { present: true, ..Transport::default() }, 64, &[]);
    assert_eq!(rig.held(), []);
}
