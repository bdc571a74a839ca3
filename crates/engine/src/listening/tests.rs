//! What listening to a recording promises.

use super::Listening;
use crate::effect::Limiter;
use linnet_handover::audio_to_editor::AudioView;
use linnet_handover::listening::{Sender, Stretch, Wanted, way};
use std::sync::atomic::Ordering::Relaxed;

const RATE_HZ: f64 = 48_000.0;
/// Frames of a fade.
const FADE: usize = 288;

struct Rig {
    listening: Listening,
    sender: Sender,
    wanted: Wanted,
    view: AudioView,
}

fn rig() -> Rig {
    let (sender, wanted, receiver) = way();
    let mut listening = Listening::new();
    listening.take_from(receiver);
    listening.prepare(RATE_HZ);
    Rig { listening, sender, wanted, view: AudioView::default() }
}

impl Rig {
    fn send(&mut self, run: u32, frames: &[f32], is_last: bool) {
        let frames = frames.iter().map(|sample| [*sample, -*sample]).collect();
        assert!(self.sender.send(Box::new(Stretch { run, frames, is_last })).is_ok());
    }

    /// What comes out of `live` in blocks of so many frames.
    fn play(&mut self, live: &[f32], block: usize) -> Vec<f32> {
        let (mut left, mut right) = (live.to_vec(), live.iter().map(|sample| -sample).collect::<Vec<_>>());
        for (left, right) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
            self.listening.add([left, right], false, &self.view);
        }
        assert!(left.iter().zip(&right).all(|(left, right)| *left == -*right));
        left
    }

    fn silence(&mut self, frames: usize) -> Vec<f32> {
        self.play(&vec![0.0; frames], 100)
    }
}

fn sine(frames: usize) -> Vec<f32> {
    (0..frames).map(|n| (n as f32 * 0.02 + 1.5).sin() * 0.9).collect()
}

/// The largest step, that from silence and into it included.
fn largest_step(audio: &[f32]) -> f32 {
    let ends = [0.0].into_iter().chain(audio.iter().copied()).chain([0.0]);
    ends.clone().zip(ends.skip(1)).map(|(one, other)| (other - one).abs()).fold(0.0, f32::max)
}

/// That of [`sine`], and a little for the fades: 0.9 · 1.5 / 288.
const STEP: f32 = 0.018 + 0.005;

#[test]
fn a_run_is_heard_whole_between_two_fades_and_its_stretches_come_back() {
    let mut rig = rig();
    let sound = sine(5000);
    for (n, stretch) in sound.chunks(1000).enumerate() {
        rig.send(7, stretch, n == 4);
    }
    assert_eq!(rig.silence(200), [0.0; 200], "it is not wanted yet");
    assert_eq!(rig.sender.abroad(), 0, "what nobody wants goes back");
    rig.wanted.set(7);
    for (n, stretch) in sound.chunks(1000).enumerate() {
        rig.send(7, stretch, n == 4);
    }
    let heard = rig.silence(2000);
    assert_eq!((rig.view.listened_run.load(Relaxed), rig.view.listened_frames.load(Relaxed)), (7, 2000));
    let heard = [heard, rig.silence(4000)].concat();
    assert_eq!(heard[FADE..5000 - FADE - 1], sound[FADE..5000 - FADE - 1]);
    assert!(largest_step(&heard) < STEP, "{}", largest_step(&heard));
    assert!(heard[5001..].iter().all(|sample| *sample == 0.0));
    assert_eq!((rig.view.listened_run.load(Relaxed), rig.sender.abroad()), (0, 0));
}

#[test]
fn a_stop_another_start_and_late_stretches_never_click() {
    let mut rig = rig();
    rig.wanted.set(1);
    rig.send(1, &sine(3000), false);
    let mut heard = rig.silence(1000);
    // Another place, while this one sounds.
    rig.wanted.set(2);
    rig.send(2, &sine(4000)[777..], false);
    heard.extend(rig.silence(1000));
    assert_eq!(rig.view.listened_run.load(Relaxed), 2);
    // Its next stretch is late: silence, and then it goes on where it was.
    heard.extend(rig.silence(4000));
    assert_eq!((heard.last(), rig.view.listened_frames.load(Relaxed)), (Some(&0.0), 3223));
    rig.send(2, &sine(9000)[4000..], true);
    heard.extend(rig.silence(1000));
    assert_eq!(rig.view.listened_frames.load(Relaxed), 4223);
    rig.wanted.set(0);
    heard.extend(rig.silence(FADE + 2));
    assert!(largest_step(&heard) < STEP, "{}", largest_step(&heard));
    assert_eq!((heard.last(), rig.sender.abroad(), rig.listening.is_active()), (Some(&0.0), 0, false));
    // A run that is shorter than its fades is faint, and ends.
    rig.wanted.set(3);
    rig.send(3, &sine(100), true);
    let short = rig.silence(1000);
    assert!(short.iter().any(|sample| *sample != 0.0) && largest_step(&short) < STEP);
    assert_eq!(rig.view.listened_run.load(Relaxed), 0);
}

#[test]
fn together_they_stay_under_the_ceiling_and_what_is_played_is_never_changed_by_silence() {
    let mut rig = rig();
    let live: Vec<f32> = (0..20_000).map(|n| (n as f32 * 0.031).sin() * Limiter::CEILING).collect();
    assert_eq!(rig.play(&live, 64), live, "nothing is listened to");
    rig.wanted.set(1);
    rig.send(1, &vec![0.0; 2000], false);
    assert_eq!(rig.play(&live[..2000], 64), live[..2000]);
    let loud: Vec<f32> = sine(18_000).iter().map(|sample| sample * 4.0).collect();
    rig.send(1, &loud, false);
    let both = rig.play(&live[2000..], 64);
    let loudest = both.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
    assert!(loudest <= Limiter::CEILING && loudest > 0.9, "{loudest}");
    // What is too loud without the limiter stays as it is.
    rig.send(1, &loud, false);
    assert!(rig.play(&[2.0; 100], 64).iter().all(|sample| *sample <= 2.0));
}

#[test]
fn any_split_into_blocks_gives_the_same_sound_and_a_bounce_has_none_of_it() {
    let sounds = [1, 13, 64, 5000].map(|block| {
        let mut rig = rig();
        rig.wanted.set(1);
        rig.send(1, &sine(1500), false);
        rig.send(1, &sine(2500), true);
        rig.play(&sine(5000), block)
    });
    assert!(sounds[1..].iter().all(|sound| *sound == sounds[0]));
    let added = sounds[0].iter().zip(sine(5000)).filter(|(both, live)| *both != live).count();
    assert!((3000..4001).contains(&added), "the recording is in it: {added}");

    for before in [0, 500] {
        let mut rig = rig();
        rig.wanted.set(1);
        rig.send(1, &sine(1500), true);
        rig.silence(before);
        let mut audio = [[0.5; 600], [0.5; 600]];
        let [left, right] = &mut audio;
        rig.listening.add([left, right], true, &rig.view);
        assert_eq!((audio, rig.sender.abroad()), ([[0.5; 600]; 2], 0), "after {before} frames of it");
    }
}

#[test]
fn another_rate_ends_it_and_the_same_one_does_not() {
    let mut rig = rig();
    rig.wanted.set(1);
    rig.send(1, &sine(3000), false);
    rig.silence(500);
    rig.listening.prepare(RATE_HZ);
    rig.silence(500);
    assert_eq!(rig.view.listened_frames.load(Relaxed), 1000);
    rig.listening.prepare(96_000.0);
    rig.silence(500);
    assert_eq!((rig.view.listened_run.load(Relaxed), rig.sender.abroad()), (0, 0));
}
