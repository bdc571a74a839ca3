//! The real bundle in an in-process host. `LINNET_CLAP` names the file; without it, the bundle of `cargo xtask bundle`.
//!
//! `cargo xtask test` runs these scenes twice: on the release bundle, and on a debug build that aborts on any allocation
//! in the callback.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet_music::{Beats, Idea, Part, Tempo};
use linnet_tests::clap_host::{Instance, Output, Timed};
use linnet_tests::player::{Player, Sounded, pair, session};
use linnet_tests::scene::{COMMON, INSTRUMENT, NOTE_EFFECT, TUNE, expected_onsets, open, play_in, propose};
use linnet_tests::transport::Transport;
use std::time::{Duration, Instant};

/// Frames a beat at 120 beats per minute.
const BEAT: u64 = 24_000;
const SILENCE_DBFS: f64 = -80.0;

fn running() -> Transport {
    Transport::running(Tempo::new(120.0), COMMON)
}

/// Plays four bars in and has an idea of `bars` waiting for the fifth bar. The run stands shortly before that bar.
fn answered<'a>(instance: &'a mut Instance, seed: &str, bars: &str) -> (Player<'a>, Idea) {
    let mut player = Player::new(instance, running());
    player.set("seed", seed).unwrap();
    player.set("bars", bars).unwrap();
    play_in(&mut player, TUNE, Beats(0.0));
    player.run_to(Beats(15.5)).unwrap();
    let idea = propose(&mut player).unwrap().current().unwrap().clone();
    (player, idea)
}

/// Stands still at `position` until the composer thread has handed over the idea of a loaded state: a host gives it that
/// time before its user presses play.
fn settle(player: &mut Player, position: Beats) {
    player.transport = Transport { playing: false, position, ..running() };
    for _ in 0..40 {
        player.run_for(0.01).unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The state once the composer thread has noted where every idea began to sound: a run is faster than any host's, which has
/// beats for that.
fn saved_when_placed(instance: &mut Instance) -> Vec<u8> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let saved = instance.save_state().unwrap();
        if session(&saved).unwrap().ideas().iter().all(|idea| idea.started_at.is_some()) {
            return saved;
        }
        assert!(Instant::now() < deadline, "it was never noted where an idea began");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn onsets(events: &[Timed<Output>], from: u64, to: u64) -> Vec<(u64, u8, u8)> {
    let mut found: Vec<(u64, u8, u8)> = events
        .iter()
        .filter(|event| (from..to).contains(&event.frame))
        .filter_map(|event| match event.event {
            Output::NoteOn { channel, pitch, .. } => Some((event.frame, channel, pitch)),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found
}

/// Fails where a note hangs, or where an end has no beginning.
fn assert_all_ended(events: &[Timed<Output>]) {
    let (notes, stray) = pair(events);
    let hanging: Vec<&Sounded> = notes.iter().filter(|note| note.to.is_none()).collect();
    assert_eq!(hanging, Vec::<&Sounded>::new(), "notes hang");
    assert_eq!(stray, 0, "note-offs without a note");
    assert!(!notes.is_empty(), "no note at all");
}

fn level_dbfs(audio: &[Vec<f32>; 2], from: u64, to: u64) -> f64 {
    let samples: Vec<f32> =
        audio.iter().flat_map(|channel| channel[from as usize..to as usize].iter().copied()).collect();
    assert!(samples.iter().all(|sample| sample.is_finite()), "the output is not finite");
    let sum: f64 = samples.iter().map(|sample| f64::from(sample * sample)).sum();
    10.0 * (sum / samples.len() as f64).max(1e-20).log10()
}

fn assert_same_sound(a: &[Vec<f32>; 2], b: &[Vec<f32>; 2], tolerance: f32) {
    for (a, b) in a.iter().zip(b) {
        let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(a.len() == b.len() && apart <= tolerance, "{apart} apart");
    }
}

#[test]
fn a_tune_is_answered_on_the_bar_line_and_the_answer_replaced_on_a_later_one() {
    let mut instance = open(INSTRUMENT).unwrap();
    let (mut player, first) = answered(&mut instance, "5", "2");
    player.run_to(Beats(22.3)).unwrap();
    let second = propose(&mut player).unwrap().current().unwrap().clone();
    player.run_to(Beats(34.0)).unwrap();
    let stopped = player.now();
    player.transport.playing = false;
    player.run_for(20.0).unwrap();
    let (events, audio) = (&player.recording.events, &player.recording.audio);

    assert_eq!(onsets(events, 15 * BEAT, 16 * BEAT), [], "something began before the bar line");
    let expect = expected_onsets(&first, Beats(16.0), Beats(24.0), BEAT as f64);
    assert_eq!(onsets(events, 16 * BEAT, 24 * BEAT), expect, "the first idea, sample for sample");
    let expect = expected_onsets(&second, Beats(24.0), Beats(34.0), BEAT as f64);
    assert_eq!(onsets(events, 24 * BEAT, stopped), expect, "the second idea, sample for sample");
    assert_ne!(first.phrases, second.phrases);
    assert_eq!(onsets(events, stopped, u64::MAX), [], "something began after the stop");
    assert_all_ended(events);
    for (part, channel) in [(Part::Lead, 0), (Part::Chords, 1), (Part::Bass, 2), (Part::Drums, 9)] {
        let sounded = expect.iter().any(|(_, on, _)| *on == channel);
        assert_eq!(sounded, !second.phrase(part).is_empty(), "{}", part.name());
    }
    assert!(level_dbfs(audio, 16 * BEAT, 24 * BEAT) > -40.0, "the idea does not sound");
    let end = audio[0].len() as u64;
    let tail = level_dbfs(audio, end - 2 * BEAT, end);
    assert!(tail < SILENCE_DBFS, "the tail never ends: {tail:.1} dBFS");
    let stored = session(&saved_when_placed(player.instance)).unwrap();
    let starts: Vec<Option<Beats>> = stored.ideas().iter().map(|idea| idea.started_at).collect();
    assert_eq!(starts, [Some(Beats(16.0)), Some(Beats(24.0))]);
}

#[test]
fn every_pass_of_a_loop_is_alike_and_loses_no_first_note() {
    let mut instance = open(INSTRUMENT).unwrap();
    let (mut player, idea) = answered(&mut instance, "6", "2");
    player.transport.looped = Some((Beats(16.0), Beats(24.0)));
    player.run_to_frame(16 * BEAT + 4 * 8 * BEAT).unwrap();
    player.transport.playing = false;
    player.run_for(1.0).unwrap();
    let events = &player.recording.events;
    assert_all_ended(events);
    let expect: Vec<(u64, u8, u8)> = expected_onsets(&idea, Beats(0.0), Beats(8.0), BEAT as f64);
    for pass in 0..4 {
        let start = (16 + 8 * pass) * BEAT;
        let found: Vec<(u64, u8, u8)> = onsets(events, start, start + 8 * BEAT)
            .into_iter()
            .map(|(frame, channel, key)| (frame - start, channel, key))
            .collect();
        assert_eq!(found, expect, "pass {pass}");
    }
}

#[test]
fn a_seek_ends_what_sounds_and_goes_on_in_phase() {
    let mut instance = open(INSTRUMENT).unwrap();
    let (mut player, idea) = answered(&mut instance, "7", "2");
    player.run_to(Beats(18.25)).unwrap();
    let jumped = player.now();
    player.transport.position = Beats(33.0);
    player.run_to(Beats(40.0)).unwrap();
    player.transport.playing = false;
    player.run_for(1.0).unwrap();
    let events = &player.recording.events;
    assert_all_ended(events);
    let (notes, _) = pair(events);
    let held: Vec<&Sounded> =
        notes.iter().filter(|note| note.from < jumped && note.to.is_some_and(|to| to > jumped)).collect();
    assert_eq!(held, Vec::<&Sounded>::new(), "notes sound across the jump");
    // At beat 33 the idea, which loops from beat 16 on, stands at its second beat.
    let offset = 33 * BEAT - jumped;
    let found: Vec<(u64, u8, u8)> = onsets(events, jumped, jumped + 7 * BEAT)
        .into_iter()
        .map(|(frame, channel, key)| (frame + offset, channel, key))
        .collect();
    let mut expect = expected_onsets(&idea, Beats(16.0), Beats(40.0), BEAT as f64);
    expect.retain(|(frame, ..)| *frame >= 33 * BEAT);
    assert_eq!(found, expect);
}

#[test]
fn a_stop_ends_every_note_in_its_first_block() {
    let mut instance = open(INSTRUMENT).unwrap();
    let (mut player, _) = answered(&mut instance, "8", "2");
    player.run_to(Beats(17.1)).unwrap();
    let stopped = player.now();
    player.transport.playing = false;
    player.run_for(1.0).unwrap();
    let (notes, _) = pair(&player.recording.events);
    assert!(notes.iter().any(|note| note.to == Some(stopped)), "nothing sounded at the stop");
    assert_eq!(notes.iter().filter(|note| note.to.is_none_or(|to| to > stopped)).count(), 0);
}

#[test]
fn the_same_tune_and_seed_give_the_same_idea_and_another_seed_another() {
    let idea = |seed: &str| answered(&mut open(INSTRUMENT).unwrap(), seed, "4").1;
    let (one, same, other) = (idea("21"), idea("21"), idea("22"));
    assert_eq!((&one.phrases, &one.harmony, one.key), (&same.phrases, &same.harmony, same.key));
    assert_ne!(one.phrases, other.phrases);
}

#[test]
fn a_saved_project_plays_the_same_notes_again_and_saves_the_same_bytes() {
    let mut first = open(INSTRUMENT).unwrap();
    let (mut player, idea) = answered(&mut first, "9", "2");
    player.run_to(Beats(18.0)).unwrap();
    let saved = saved_when_placed(player.instance);
    assert_eq!(saved, player.instance.save_state().unwrap(), "two saves differ");

    let mut second = open(INSTRUMENT).unwrap();
    second.load_state(&saved).unwrap();
    assert_eq!(session(&second.save_state().unwrap()).unwrap(), session(&saved).unwrap());
    let mut replay = Player::new(&mut second, running());
    settle(&mut replay, Beats(16.0));
    replay.transport.playing = true;
    let start = replay.now();
    replay.run_to(Beats(24.0)).unwrap();
    replay.transport.playing = false;
    replay.run_for(1.0).unwrap();
    assert_all_ended(&replay.recording.events);
    let found: Vec<(u64, u8, u8)> = onsets(&replay.recording.events, start, u64::MAX)
        .into_iter()
        .map(|(frame, channel, key)| (frame - start + 16 * BEAT, channel, key))
        .collect();
    assert_eq!(found, expected_onsets(&idea, Beats(16.0), Beats(24.0), BEAT as f64));
    assert_eq!(saved, second.save_state().unwrap(), "the restored state differs");
}

#[test]
fn two_instances_do_not_meet() {
    let (mut a, mut b) = (open(INSTRUMENT).unwrap(), open(INSTRUMENT).unwrap());
    let (mut first, idea_a) = answered(&mut a, "31", "2");
    let (mut second, idea_b) = answered(&mut b, "32", "2");
    assert_ne!(idea_a.phrases, idea_b.phrases);
    for beat in 17..=24 {
        first.run_to(Beats(f64::from(beat))).unwrap();
        second.run_to(Beats(f64::from(beat))).unwrap();
    }
    for (player, idea) in [(&first, &idea_a), (&second, &idea_b)] {
        let expect = expected_onsets(idea, Beats(16.0), Beats(24.0), BEAT as f64);
        assert_eq!(onsets(&player.recording.events, 16 * BEAT, 24 * BEAT), expect);
    }
}

#[test]
fn the_note_effect_proposes_the_same_notes_and_stays_silent() {
    let mut notes = open(NOTE_EFFECT).unwrap();
    let (mut player, idea) = answered(&mut notes, "41", "2");
    player.run_to(Beats(24.0)).unwrap();
    let expect = expected_onsets(&idea, Beats(16.0), Beats(24.0), BEAT as f64);
    assert_eq!(onsets(&player.recording.events, 16 * BEAT, 24 * BEAT), expect);
    assert!(player.recording.audio.iter().flatten().all(|sample| *sample == 0.0), "it is not silent");
    let of_instrument = answered(&mut open(INSTRUMENT).unwrap(), "41", "2").1;
    assert_eq!(idea.phrases, of_instrument.phrases);
}

#[test]
fn closing_while_it_composes_is_clean() {
    for _ in 0..5 {
        let mut instance = open(INSTRUMENT).unwrap();
        let mut player = Player::new(&mut instance, running());
        player.set("bars", "16").unwrap();
        play_in(&mut player, TUNE, Beats(0.0));
        player.run_to(Beats(4.0)).unwrap();
        player.set("propose", "on").unwrap();
        player.run_to_frame(player.now() + 64).unwrap();
        drop(instance);
    }
}

#[test]
fn any_split_into_blocks_gives_the_same_sound_and_the_same_notes() {
    let mut first = open(INSTRUMENT).unwrap();
    let (player, _) = answered(&mut first, "51", "2");
    let saved = player.instance.save_state().unwrap();
    let render = |frames: usize| {
        let mut instance = open(INSTRUMENT).unwrap();
        let mut player = Player::new(&mut instance, running());
        player.instance.load_state(&saved).unwrap();
        settle(&mut player, Beats(14.0));
        let start = player.now();
        player.block_frames = frames;
        player.transport.playing = true;
        play_in(&mut player, TUNE, Beats(14.0));
        player.run_to(Beats(20.0)).unwrap();
        let sound = player.recording.audio.map(|channel| channel[start as usize..].to_vec());
        (sound, onsets(&player.recording.events, start, u64::MAX))
    };
    let (audio, events) = render(500);
    for frames in [1, 64, 499] {
        let (other_audio, other_events) = render(frames);
        assert_eq!(events, other_events, "{frames} frames");
        assert_same_sound(&audio, &other_audio, 1e-5);
    }
}

#[test]
fn every_parameter_prints_and_reads_its_own_text() {
    for id in [INSTRUMENT, NOTE_EFFECT] {
        let mut instance = open(id).unwrap();
        let all = instance.parameters();
        assert!(all.len() > 40, "{} parameters in {id}", all.len());
        for parameter in all {
            for value in [parameter.min, parameter.default, parameter.max] {
                let text = instance.print(parameter.id, value).unwrap();
                let read = instance.parse(parameter.id, &text).unwrap();
                let again = instance.print(parameter.id, read).unwrap();
                assert_eq!(text, again, "{}: {value} prints {text}, which reads {read}", parameter.name);
            }
        }
    }
}
