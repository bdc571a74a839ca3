//! Tempo changes, ramps and metres.

use crate::harness::*;
use linnet_handover::worker_to_audio::Start;
use linnet_music::{Beats, Tempo, TimeSignature};

const BEAT: u64 = 24_000;

#[test]
fn bars_of_other_metres_hold_with_and_without_word_of_the_bar() {
    for (numerator, denominator, bar) in [(3, 4, 3.0), (6, 8, 3.0), (7, 8, 3.5), (5, 4, 5.0), (2, 2, 4.0)] {
        for says_bar_start in [true, false] {
            let metre = TimeSignature::new(numerator, denominator).unwrap();
            let mut rig = Rig::new();
            let mut host = Host { metre, says_bar_start, ..Host::at(0.25) };
            rig.run(&mut host, 240, 240);
            rig.send(score(1, bar, Start::NextBar, &[note(0.0, 0.5, 60)]));
            rig.run(&mut host, 12 * BEAT as u32, 480);
            let first = ((bar - 0.25) * BEAT as f64) as u64;
            let bar_frames = (bar * BEAT as f64) as u64;
            let frames: Vec<u64> = rig.ons().iter().map(|(frame, ..)| *frame).collect();
            assert_eq!(frames[..2], [first, first + bar_frames], "{numerator}/{denominator}");
        }
    }
}

#[test]
fn a_bar_that_begins_off_the_grid_is_believed() {
    let mut rig = Rig::new();
    let mut host = Host::at(5.0);
    rig.send(quarters(1, 60, Start::NextBar));
    for _ in 0..400 {
        let mut transport = host.transport();
        transport.bar_start = Some(Beats(4.5));
        rig.block(transport, 480, &[]);
        host.advance(480);
    }
    assert_eq!(rig.ons().first(), Some(&((3.5 * BEAT as f64) as u64, 0, 60)));
}

#[test]
fn the_tempo_changes_between_blocks_and_every_beat_stays_in_place() {
    let mut rig = Rig::new();
    let mut host = Host::playing();
    rig.send(quarters(1, 60, Start::NextBar));
    let mut expect = Vec::new();
    for block in 0..2000 {
        host.bpm = 60.0 + f64::from(block % 7) * 31.7;
        let next = (host.position - 1e-9).ceil();
        let offset = (next - host.position) * 60.0 / host.bpm * RATE_HZ;
        if offset < 499.5 {
            expect.push(rig.elapsed + offset.round() as u64);
        }
        rig.step(&mut host, 500, &[]);
    }
    let found: Vec<u64> = rig.ons().iter().map(|(frame, ..)| *frame).collect();
    let count = found.len().min(expect.len());
    assert!(count > 50 && found.len().abs_diff(expect.len()) <= 1);
    for (found, expect) in found.iter().zip(&expect) {
        assert!(found.abs_diff(*expect) <= 1, "{found} for {expect}");
    }
}

#[test]
fn a_ramp_within_blocks_is_no_seek() {
    for block in [256_u32, 1024, 8192] {
        let mut rig = Rig::new();
        rig.send(score(1, 4.0, Start::NextBar, &[note(0.0, 4.0, 60)]));
        let (mut position, mut bpm) = (0.0, 80.0);
        while position < 63.0 {
            let mut transport = Host::at(position).transport();
            transport.tempo = Some(Tempo::new(bpm));
            rig.block(transport, block, &[]);
            // The host's tempo rises all the while; it tells only that of the first frame.
            let risen = bpm + 20.0 * f64::from(block) / RATE_HZ;
            position += 0.5 * (bpm + risen) / 60.0 * f64::from(block) / RATE_HZ;
            bpm = risen;
        }
        assert_eq!(rig.ons().len(), 16, "one note a bar, none cut, in blocks of {block}");
        assert!(rig.held().len() <= 1);
    }
}

#[test]
fn a_position_that_is_rounded_is_no_seek_and_doubles_nothing() {
    // CLAP's fixed point, ticks of 1/480 and 1/960 beat, whole milliseconds.
    for (grid, error_frames) in [(2_f64.powi(31), 1), (480.0, 52), (960.0, 27), (500.0, 50)] {
        let mut rig = Rig::new();
        let mut host = Host { bpm: 117.0, ..Host::playing() };
        rig.send(quarters(1, 60, Start::NextBar));
        for _ in 0..4000 {
            let mut transport = host.transport();
            transport.position = Some(Beats((host.position * grid).floor() / grid));
            rig.block(transport, 333, &[]);
            host.advance(333);
        }
        for (index, (frame, ..)) in rig.ons().iter().enumerate() {
            let exact = index as f64 * 60.0 / 117.0 * RATE_HZ;
            assert!(
                (*frame as f64 - exact).abs() <= f64::from(error_frames),
                "grid {grid}: {frame} for {exact}"
            );
        }
        assert_eq!(rig.ons().len(), (host.position.ceil()) as usize, "grid {grid}");
        assert!(rig.offs().len() >= rig.ons().len() - 1);
    }
}
