//! `process` and `reset` never allocate and never free, whatever happens in the block.
//!
//! Every call of the engine in this program runs under an allocator that counts. The crate `assert_no_alloc` would do
//! the same by aborting; counting names the scene that failed.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "tests run on no audio thread"
)]

#[path = "../engine/harness.rs"]
#[allow(dead_code, reason = "shared with the other tests, which use more of it")]
mod harness;
#[path = "../engine/wild.rs"]
mod wild;

use harness::*;
use linnet_engine::sampler::{Filter, Instrument, Looping, PartInstrument, Sample, Zone};
use linnet_engine::{LiveEvent, LiveKind, Settings};
use linnet_handover::editor_to_audio::Command;
use linnet_handover::worker_to_audio::Start;
use linnet_music::{Beats, Part, Pitch, Velocity};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator; counts the calls of a thread that is watched.
struct Counting;

fn count() {
    if WATCHED.get() {
        CALLS.set(CALLS.get() + 1);
    }
}

// SAFETY: every call is passed on unchanged to the system's allocator. The counters are thread-local cells with constant
// initial values and without destructors, so that reading them neither allocates nor can fail.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count();
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `run` allocated or freed.
fn calls(run: &mut dyn FnMut()) -> u64 {
    let before = CALLS.get();
    WATCHED.set(true);
    run();
    WATCHED.set(false);
    CALLS.get() - before
}

fn watched(run: &mut dyn FnMut()) {
    assert_eq!(calls(run), 0, "allocations or frees in a call of the engine");
}

fn rig() -> Rig {
    Rig { call: watched, ..Rig::sounding() }
}

#[test]
fn the_watch_sees_an_allocation_and_a_free() {
    let mut kept = None;
    assert_eq!(calls(&mut || kept = Some(Box::new(1_u8))), 1);
    assert_eq!(calls(&mut || kept = None), 1);
}

#[test]
fn ideas_that_replace_each_other_are_neither_allocated_nor_freed() {
    let mut rig = rig();
    let mut host = Host::at(0.5);
    for round in 0..30 {
        for start in [Start::Now, Start::NextBeat, Start::NextBar, Start::At(Beats(3.0))] {
            rig.send(band(round, start));
            rig.run(&mut host, 7000, 512);
        }
        if round % 7 == 3 {
            rig.silence();
        }
        rig.worker.scores.free_returned();
    }
    assert!(rig.ons().len() > 300);
}

#[test]
fn sampled_instruments_that_come_and_go_are_neither_allocated_nor_freed() {
    let (mut sender, receiver) = linnet_handover::delivery::queue(16);
    let mut rig = rig();
    rig.engine.take_instruments_from(receiver);
    let mut host = Host::at(0.5);
    rig.send(band(1, Start::Now));
    for round in 0..60_u32 {
        let left = (0..900).map(|n| (n as f32 * 0.1).sin()).collect();
        let sample = Sample { left, right: None, sample_rate_hz: 44_100.0 };
        let filter = Some(Filter { cutoff_hz: 2000.0, resonance_db: 3.0 });
        let zone = Zone { looping: Looping::Continuous, loop_frames: [40, 880], filter, ..Zone::default() };
        let instrument = (round % 5 != 4).then(|| Instrument::new(vec![sample], &[zone]));
        let part = Part::ALL[round as usize % 4];
        let sent = sender.send(Box::new(PartInstrument { part, instrument }));
        assert!(sent.is_ok(), "round {round}: nothing came back");
        rig.run(&mut host, 6000, 512);
    }
    sender.free_returned();
    assert!(sender.abroad() <= 8 && rig.ons().len() > 30, "{}", sender.abroad());
}

#[test]
fn presets_of_the_users_that_come_and_go_are_neither_allocated_nor_freed() {
    use linnet_engine::synth::{PartSound, bank};
    let (mut sender, receiver) = linnet_handover::delivery::queue(4);
    let mut rig = rig();
    rig.engine.take_sounds_from(receiver);
    let mut host = Host::at(0.5);
    rig.settings.parts.iter_mut().for_each(|part| part.sound = bank::OWN_PRESET);
    rig.send(band(1, Start::Now));
    for round in 0..60_usize {
        let sound = bank::preset_at(1 + round).map(|preset| preset.sound).filter(|_| round % 5 != 4);
        let sent = sender.send(Box::new(PartSound { part: Part::ALL[round % 4], sound }));
        assert!(sent.is_ok(), "round {round}: nothing came back");
        rig.run(&mut host, 3000, 512);
    }
    sender.free_returned();
    assert!(sender.abroad() == 0 && rig.ons().len() > 15, "{}", sender.abroad());
}

#[test]
fn jumps_auditions_panics_and_resets_allocate_nothing() {
    let mut rig = rig();
    let mut host = Host { looped: Some((4.0, 4.3)), ..Host::playing() };
    rig.send(band(1, Start::Now));
    for round in 0..40_u32 {
        host.position = f64::from(round % 9);
        host.playing = round % 4 != 3;
        host.present = round % 11 != 10;
        host.bpm = 60.0 + f64::from(round * 13 % 150);
        rig.command(Command::Audition(round % 3 == 0));
        rig.command(Command::NoteOn(Pitch::new(60), Velocity::new(99)));
        rig.run(&mut host, 5000, 1 + round * 97);
        rig.command(if round % 2 == 0 { Command::Panic } else { Command::NoteOff(Pitch::new(60)) });
        rig.step(&mut host, 0, &[live_on(0, 50)]);
        let engine = &mut rig.engine;
        watched(&mut || engine.reset());
    }
}

#[test]
fn floods_of_live_events_and_full_queues_allocate_nothing() {
    let mut rig = rig();
    let mut host = Host::playing();
    rig.send(band(1, Start::Now));
    let events: Vec<LiveEvent> = (0..9000_u32)
        .map(|n| {
            let pitch = (n * 7 % 128) as u8;
            let kind = match n % 5 {
                0 => LiveKind::Controller { number: 64, value: f32::from(u8::from(n % 3 == 0)) },
                1 => LiveKind::NoteOff { pitch, velocity: 0.0 },
                2 => LiveKind::PitchBend { value: 0.5 },
                _ => LiveKind::NoteOn { pitch, velocity: 0.5 },
            };
            LiveEvent { frame: n / 8, channel: (n % 16) as u8, kind }
        })
        .collect();
    for _ in 0..6 {
        // The composer thread does not read: its queue fills.
        rig.step(&mut host, 1200, &events);
    }
}

#[test]
fn every_sound_and_every_setting_plays_without_allocation() {
    let mut rig = rig();
    let mut host = Host::playing();
    rig.send(band(1, Start::Now));
    let changes: [fn(&mut Settings); 6] = [
        |settings| settings.parts.iter_mut().for_each(|part| part.sound = (part.sound + 7) % 90),
        |settings| settings.parts.iter_mut().for_each(|part| part.octave -= 1),
        |settings| settings.bands.iter_mut().for_each(|band| band.freq_hz *= 1.7),
        |settings| settings.reverb.decay_s = 8.0,
        |settings| settings.limiter = !settings.limiter,
        |settings| settings.notes_only = !settings.notes_only,
    ];
    for change in changes.iter().cycle().take(24) {
        change(&mut rig.settings);
        rig.run(&mut host, 9000, 700);
    }
}

#[test]
fn every_parameter_and_every_transport_however_wild_allocates_nothing() {
    for seed in 0..30 {
        let mut rig = rig();
        assert_eq!(wild::run(&mut rig, seed, 40, 1024), Ok(()));
        wild::let_go(&mut rig);
    }
}

#[test]
fn recordings_that_are_listened_to_are_neither_allocated_nor_freed() {
    use linnet_handover::listening::{Stretch, way};
    let (mut sender, wanted, receiver) = way();
    let mut rig = rig();
    rig.engine.hear_from(receiver);
    let mut host = Host::at(0.5);
    rig.send(band(1, Start::Now));
    for round in 0..60_u32 {
        let run = 1 + round / 4;
        wanted.set(if round % 9 == 8 { 0 } else { run });
        let frames = vec![[0.9, -0.9]; 900 + 100 * (round as usize % 7)];
        assert!(sender.send(Box::new(Stretch { run, frames, is_last: round % 5 == 4 })).is_ok(), "{round}");
        rig.run(&mut host, 3000, 512);
        sender.abroad();
    }
    wanted.set(0);
    rig.run(&mut host, 3000, 512);
    assert_eq!(sender.abroad(), 0);
}
