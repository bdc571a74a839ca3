//! Any division of the same input into blocks gives the same sound and the same MIDI.

use crate::harness::*;
use linnet_engine::{LiveEvent, LiveKind, OutEvent};
use linnet_handover::worker_to_audio::Start;
use linnet_music::TimeSignature;
use proptest::collection::vec;
use proptest::prelude::*;

/// What happens at one frame of the scene, and how the host goes on from there.
struct Cue {
    frame: u64,
    act: fn(&mut Rig, &mut Host),
}

fn scene() -> Vec<Cue> {
    let cue = |frame: u64, act: fn(&mut Rig, &mut Host)| Cue { frame, act };
    vec![
        cue(0, |rig, _| rig.send(band(1, Start::NextBeat))),
        cue(20_011, |rig, _| rig.send(band(2, Start::NextBeat))),
        cue(33_333, |_, host| host.bpm = 93.7),
        cue(40_000, |_, host| host.position = 17.3),
        cue(50_021, |_, host| host.looped = Some((17.0, 18.11))),
        cue(77_777, |rig, host| {
            host.looped = None;
            host.metre = TimeSignature::new(7, 8).unwrap_or_default();
            rig.settings.parts[2].mute = true;
            rig.settings.bands[3].gain_db = -9.0;
        }),
        cue(90_000, |_, host| host.playing = false),
        cue(96_000, |_, _| {}),
    ]
}

fn live_events() -> Vec<(u64, LiveEvent)> {
    (0..60_u32)
        .map(|n| {
            let frame = u64::from(n) * 1511 + 7;
            let pitch = 60 + (n / 2 % 7) as u8;
            let kind = match n % 10 {
                7 => LiveKind::Controller { number: 64, value: f32::from(u8::from(n % 20 < 10)) },
                8 => LiveKind::PitchBend { value: (n as f32).sin() },
                9 => LiveKind::Controller { number: 1, value: 0.3 },
                even if even % 2 == 0 => LiveKind::NoteOn { pitch, velocity: 0.6 },
                _ => LiveKind::NoteOff { pitch, velocity: 0.0 },
            };
            (frame, LiveEvent { frame: 0, channel: 0, kind })
        })
        .collect()
}

/// Plays the scene in blocks whose lengths repeat `lengths`.
fn play(lengths: &[u32]) -> (Vec<(u64, OutEvent)>, [Vec<f32>; 2]) {
    let (mut rig, mut host) = (Rig::sounding(), Host::at(1.5));
    let (events, mut sound) = (live_events(), [Vec::new(), Vec::new()]);
    let mut lengths = lengths.iter().cycle();
    for (cue, next) in scene().iter().zip(scene().iter().skip(1)) {
        (cue.act)(&mut rig, &mut host);
        let begun = host;
        while rig.elapsed < next.frame {
            // The host computes each position from where it last changed something, as hosts do.
            host = begun;
            host.advance((rig.elapsed - cue.frame) as u32);
            let frames = lengths.next().map_or(1, |length| u64::from(*length)).min(next.frame - rig.elapsed);
            let (from, to) = (rig.elapsed, rig.elapsed + frames);
            let within: Vec<LiveEvent> = events
                .iter()
                .filter(|(frame, _)| (from..to).contains(frame))
                .map(|(frame, event)| LiveEvent { frame: (frame - from) as u32, ..*event })
                .collect();
            rig.block(host.transport(), frames as u32, &within);
            for (sound, piece) in sound.iter_mut().zip(&rig.audio) {
                sound.extend_from_slice(&piece[..frames as usize]);
            }
        }
        host = begun;
        host.advance((next.frame - cue.frame) as u32);
    }
    let log = rig.log.iter().map(|(frame, event)| (*frame, OutEvent { frame: 0, ..*event })).collect();
    (log, sound)
}

fn assert_same(lengths: &[u32], whole: &(Vec<(u64, OutEvent)>, [Vec<f32>; 2])) {
    let (log, sound) = play(lengths);
    for (one, other) in log.iter().zip(&whole.0) {
        assert_eq!(one, other, "blocks of {lengths:?}");
    }
    assert_eq!(log.len(), whole.0.len(), "blocks of {lengths:?}");
    for (one, other) in sound.iter().zip(&whole.1) {
        assert_eq!(one.len(), other.len());
        let place = one.iter().zip(other).position(|(a, b)| (a - b).abs() > 1e-5);
        assert_eq!(place, None, "blocks of {lengths:?}");
    }
}

#[test]
fn the_scene_is_worth_dividing() {
    let (log, sound) = play(&[100_000]);
    assert!(log.len() > 100, "{}", log.len());
    let loud = sound[0].iter().filter(|sample| sample.abs() > 0.01).count();
    assert!(loud > 20_000, "{loud}");
}

#[test]
fn blocks_of_any_one_length_give_the_same_sound_and_midi() {
    let whole = play(&[100_000]);
    for length in [7, 64, 441, 1000, 1024, 4096] {
        assert_same(&[length], &whole);
    }
}

/// A stretch of a scene: where the host jumps to, its tempo, its loop, its length in frames, and an idea to send.
type Stretch = (Option<f64>, f64, Option<(f64, f64)>, u64, Option<Start>);

fn stretch() -> impl Strategy<Value = Stretch> {
    let start = prop_oneof![Just(Start::Now), Just(Start::NextBeat), Just(Start::NextBar)];
    (
        proptest::option::of(0.0..20.0),
        40.0..240.0,
        proptest::option::of((0.0..20.0, 0.3..4.0)),
        1_u64..60_000,
        proptest::option::of(start),
    )
        .prop_map(|(jump, bpm, looped, length, start)| {
            (jump, bpm, looped.map(|(start, length)| (start, start + length)), length, start)
        })
}

fn notes_of(scene: &[Stretch], lengths: &[u32]) -> Vec<(u64, OutEvent)> {
    let (mut rig, mut host) = (Rig::new(), Host::at(0.5));
    let mut lengths = lengths.iter().cycle();
    let mut idea = 0;
    for (jump, bpm, looped, length, start) in scene {
        host.looped = *looped;
        // A jump with a new tempo can look like a ramp within the block before.
        match jump {
            Some(position) => host.position = *position,
            None => host.bpm = *bpm,
        }
        if let Some(start) = start {
            idea += 1;
            rig.send(band(idea, *start));
        }
        let (begun, from) = (host, rig.elapsed);
        while rig.elapsed < from + length {
            host = begun;
            host.advance((rig.elapsed - from) as u32);
            let left = from + length - rig.elapsed;
            let frames = lengths.next().map_or(1, |length| u64::from(*length)).min(left);
            rig.block(host.transport(), frames as u32, &[]);
        }
        host = begun;
        host.advance(*length as u32);
        rig.worker.scores.free_returned();
    }
    rig.log.iter().map(|(frame, event)| (*frame, OutEvent { frame: 0, ..*event })).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_host_gives_the_same_midi_in_blocks_of_any_lengths(
        scene in vec(stretch(), 1..8),
        lengths in vec(1_u32..5000, 1..20),
    ) {
        let whole = notes_of(&scene, &[100_000]);
        let split = notes_of(&scene, &lengths);
        for (one, other) in split.iter().zip(&whole) {
            prop_assert_eq!(one, other);
        }
        prop_assert_eq!(split.len(), whole.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_of_mixed_lengths_give_the_same_sound_and_midi(lengths in vec(1_u32..5000, 1..40)) {
        assert_same(&lengths, &play(&[100_000]));
    }
}

/// A note, a rest in which everything becomes silent, new settings in it, and another note.
fn notes_around_a_rest(length: u32) -> Vec<f32> {
    const REST: u64 = 12 * 48_000;
    let (mut rig, mut host) = (Rig::sounding(), Host::stopped());
    rig.settings.parts[0].reverb_send_db = 0.0;
    rig.settings.reverb.mix = 0.5;
    rig.settings.reverb.decay_s = 0.5;
    let events = [(1000, live_on(0, 60)), (4000, live_off(0, 60)), (REST + 777, live_on(0, 67))];
    let mut sound = Vec::new();
    for (until, level_db) in [(REST - 48_000, 0.0), (REST + 9000, -9.0)] {
        rig.settings.parts[0].level_db = level_db;
        rig.settings.bands[3].gain_db = level_db;
        rig.settings.reverb.width = 1.0 + 0.1 * level_db;
        rig.settings.reverb.size = 0.9 + 0.05 * level_db;
        rig.settings.reverb.pre_delay_ms = 5.0 - 3.0 * level_db;
        while rig.elapsed < until {
            let frames = u64::from(length).min(until - rig.elapsed);
            let (from, to) = (rig.elapsed, rig.elapsed + frames);
            let within: Vec<LiveEvent> = events
                .iter()
                .filter(|(frame, _)| (from..to).contains(frame))
                .map(|(frame, event)| LiveEvent { frame: (frame - from) as u32, ..*event })
                .collect();
            rig.step(&mut host, frames as u32, &within);
            sound.extend_from_slice(&rig.audio[0][..frames as usize]);
        }
    }
    assert!(sound[9 * 48_000..REST as usize].iter().all(|sample| *sample == 0.0), "it rests");
    assert!(sound[REST as usize..].iter().any(|sample| sample.abs() > 0.01), "it sounds again");
    sound
}

#[test]
fn after_a_rest_blocks_of_any_length_give_the_same_sound() {
    let whole = notes_around_a_rest(100_000);
    for length in [64, 441, 1000] {
        let split = notes_around_a_rest(length);
        let place = whole.iter().zip(&split).position(|(one, other)| (one - other).abs() > 1e-6);
        assert_eq!(place, None, "blocks of {length}");
    }
}
