//! The protocols over the queues, in every order in which two threads can take their steps.
//!
//! Shuttle schedules the threads: a step is one call of ours, between which a thread yields, and all orders of a short run
//! are tried, and a great many of a long one. What happens within a step, inside the queue itself, is Miri's: it runs
//! `queues.rs`, with the queue's own atomics, and finds data races and wrong orderings of memory there.
#![cfg(not(miri))]

use linnet_handover::audio_to_worker::{self, FromAudio, Moment};
use linnet_handover::worker_to_audio::{self, Score, Start, ToAudio};
use linnet_handover::worker_view::{Activity, WorkerView};
use linnet_handover::{editor_to_audio, worker_to_audio::Sender};
use linnet_music::{Beats, IdeaId, Pitch, Velocity};
use shuttle::thread::{self, yield_now};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Orders of steps that are tried at random where there are too many for all.
const RANDOM_ORDERS: usize = 3000;
/// More orders than this would take too long, and the test says so.
const ORDERS_MAX: usize = 500_000;
/// How often a refused order is tried again.
const TRIES: usize = 8;

#[expect(clippy::unnecessary_box_returns, reason = "scores cross in boxes")]
fn score(idea: u32) -> Box<Score> {
    let none = || -> Box<[_]> { Box::new([]) };
    Box::new(Score {
        idea: IdeaId(idea),
        length: Beats(4.0),
        parts: [none(), none(), none(), none()],
        start: Start::NextBar,
    })
}

/// How many further scores the sender may send: as many as exist at most, where all came back and none was leaked.
fn room(sender: &mut Sender) -> usize {
    sender.free_returned();
    (0..100).take_while(|idea| sender.send(ToAudio::Play(score(*idea))).is_ok()).count()
}

fn give_back(receiver: &mut worker_to_audio::Receiver, score: Option<Box<Score>>) {
    if let Some(score) = score {
        receiver.give_back(score);
    }
}

/// The audio thread's part as the sequencer plays it: at most one score plays and one waits, the others go back.
fn play(receiver: &mut worker_to_audio::Receiver, blocks: usize) -> Option<IdeaId> {
    let (mut current, mut waiting): (Option<Box<Score>>, Option<Box<Score>>) = (None, None);
    for block in 0..blocks {
        while let Some(order) = receiver.receive() {
            let next = match order {
                ToAudio::Play(score) => Some(score),
                ToAudio::Silence => {
                    give_back(receiver, current.take());
                    None
                }
            };
            let replaced = std::mem::replace(&mut waiting, next);
            yield_now();
            give_back(receiver, replaced);
        }
        if block % 2 == 1
            && let Some(score) = waiting.take()
            && let Some(replaced) = current.replace(score)
        {
            receiver.give_back(replaced);
        }
        yield_now();
    }
    let last = waiting.or(current);
    let idea = last.as_ref().map(|score| score.idea);
    give_back(receiver, last);
    idea
}

/// A composer thread that sends `ideas` ideas, and tries again where it is refused; silence comes before the last but one.
fn exchange(ideas: u32, blocks: usize, refusals: &AtomicUsize) {
    let (mut sender, mut receiver) = worker_to_audio::queue();
    let audio = thread::spawn(move || {
        play(&mut receiver, blocks);
        receiver
    });
    let mut refused = None;
    for idea in 1..=ideas {
        if idea + 1 == ideas {
            sender.send(ToAudio::Silence).expect("a silence is small, and the queue is twice what exists");
            yield_now();
        }
        refused = sender.send(ToAudio::Play(score(idea))).err();
        refusals.fetch_add(usize::from(refused.is_some()), Relaxed);
        yield_now();
        // The audio thread may have ended, and then nothing comes back.
        for _ in 0..TRIES {
            let Some(order) = refused.take() else { break };
            refused = sender.send(order).err();
            yield_now();
        }
        if refused.is_some() {
            break;
        }
    }
    let mut receiver = audio.join().expect("the audio thread ends");
    let last = play(&mut receiver, 2);
    if refused.is_none()
        && let Some(last) = last
    {
        assert_eq!(last, IdeaId(ideas), "what plays in the end is what was sent last");
    }
    let (mut fresh, _receiver) = worker_to_audio::queue();
    assert_eq!(room(&mut sender), room(&mut fresh), "a box did not come back");
}

/// Tries every order of steps, and fails where there were fewer than `orders_min`, or more than can be tried.
fn in_every_order(orders_min: usize, run: impl Fn() + Send + Sync + 'static) {
    let orders = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&orders);
    shuttle::check_dfs(
        move || {
            counted.fetch_add(1, Relaxed);
            run();
        },
        Some(ORDERS_MAX),
    );
    let orders = orders.load(Relaxed);
    println!("{orders} orders");
    assert!((orders_min..ORDERS_MAX).contains(&orders), "{orders} orders were tried");
}

#[test]
fn every_box_comes_back_and_the_last_idea_plays_in_every_order_of_steps() {
    in_every_order(1000, || exchange(5, 6, &AtomicUsize::new(0)));
}

#[test]
fn more_ideas_than_boxes_are_refused_and_sent_later_in_many_orders() {
    static REFUSALS: AtomicUsize = AtomicUsize::new(0);
    shuttle::check_random(|| exchange(14, 6, &REFUSALS), RANDOM_ORDERS);
    shuttle::check_pct(|| exchange(14, 6, &REFUSALS), RANDOM_ORDERS, 3);
    assert!(REFUSALS.load(Relaxed) > 100, "the queue was hardly ever full: {REFUSALS:?}");
}

#[test]
fn a_queue_that_overflows_counts_what_it_drops_in_every_order_of_steps() {
    in_every_order(100, || {
        let (mut sender, mut receiver) = audio_to_worker::queue();
        let message = |step: u32| {
            FromAudio::Transport(Moment { position: Beats(f64::from(step)), ..Moment::default() })
        };
        // Filled up to two places.
        (0..4094).for_each(|step| sender.send(message(step)));
        let audio = thread::spawn(move || {
            for step in 4094..4099 {
                sender.send(message(step));
                yield_now();
            }
            sender.dropped()
        });
        let mut received = Vec::new();
        for _ in 0..4 {
            received.extend(receiver.receive());
            yield_now();
        }
        let dropped = audio.join().expect("the audio thread ends");
        received.extend(std::iter::from_fn(|| receiver.receive()));
        assert_eq!(received.len() as u64 + dropped, 4099);
        let position = |message: &FromAudio| match message {
            FromAudio::Transport(at) => at.position.0,
            other => panic!("{other:?} was never sent"),
        };
        assert!(received.iter().map(position).is_sorted(), "out of order");
    });
}

#[test]
fn a_note_that_the_editor_ends_ends_in_every_order_of_steps() {
    in_every_order(100, || {
        let (mut sender, mut receiver) = editor_to_audio::queue();
        let editor = thread::spawn(move || {
            for pitch in 60..63 {
                assert!(sender.send(editor_to_audio::Command::NoteOn(Pitch::new(pitch), Velocity::new(90))));
                yield_now();
                assert!(sender.send(editor_to_audio::Command::NoteOff(Pitch::new(pitch))));
                yield_now();
            }
        });
        let mut held = Vec::new();
        let mut obey = |receiver: &mut editor_to_audio::Receiver| {
            while let Some(command) = receiver.receive() {
                match command {
                    editor_to_audio::Command::NoteOn(pitch, _) => held.push(pitch),
                    editor_to_audio::Command::NoteOff(pitch) => {
                        assert_eq!(held.pop(), Some(pitch), "an end before its beginning");
                    }
                    other => panic!("{other:?} was never sent"),
                }
            }
        };
        for _ in 0..3 {
            obey(&mut receiver);
            yield_now();
        }
        editor.join().expect("the editor ends");
        obey(&mut receiver);
        assert_eq!(held, []);
    });
}

#[test]
fn who_has_seen_the_last_revision_has_seen_the_last_snapshot_in_every_order_of_steps() {
    in_every_order(100, || {
        let view = Arc::new(WorkerView::default());
        let shown = Arc::clone(&view);
        let worker = thread::spawn(move || {
            for activity in [Activity::Loading, Activity::Ready, Activity::Composing { progress: 0.5 }] {
                shown.snapshot().activity = activity;
                yield_now();
                shown.touch();
                yield_now();
            }
        });
        let mut painted = (u64::MAX, Activity::Asleep);
        for _ in 0..3 {
            let revision = view.revision();
            yield_now();
            if revision != painted.0 {
                painted = (revision, view.snapshot().activity.clone());
            }
            yield_now();
        }
        worker.join().expect("the worker ends");
        if painted.0 == view.revision() {
            assert_eq!(painted.1, view.snapshot().activity, "the editor would show this for ever");
        }
    });
}
