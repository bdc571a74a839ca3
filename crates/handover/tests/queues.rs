//! The queues keep their promises: complete or not at all, nothing lost unseen, every box comes back.

use linnet_handover::audio_to_worker::{self, FromAudio, Moment};
use linnet_handover::worker_to_audio::{self, Score, Start, ToAudio};
use linnet_handover::{connect, editor_to_audio};
use linnet_music::{Beats, IdeaId, Note, Pitch, Velocity};

#[expect(clippy::unnecessary_box_returns, reason = "scores cross in boxes")]
fn score(idea: u32) -> Box<Score> {
    let note =
        Note { onset: Beats(0.0), length: Beats(1.0), pitch: Pitch::new(60), velocity: Velocity::new(90) };
    let lead: Box<[Note]> = Box::new([note]);
    let none = || -> Box<[Note]> { Box::new([]) };
    Box::new(Score {
        idea: IdeaId(idea),
        length: Beats(16.0),
        parts: [lead, none(), none(), none()],
        start: Start::NextBar,
    })
}

#[test]
fn scores_arrive_in_order_and_whole() {
    let (mut sender, mut receiver) = worker_to_audio::queue();
    sender.send(ToAudio::Play(score(1))).expect("room for the first");
    sender.send(ToAudio::Silence).expect("room for the second");
    let Some(ToAudio::Play(first)) = receiver.receive() else { panic!("the first order is a score") };
    assert_eq!(first, score(1));
    assert!(matches!(receiver.receive(), Some(ToAudio::Silence)));
    assert!(receiver.receive().is_none());
}

#[test]
fn a_sender_whose_scores_do_not_come_back_is_refused_and_keeps_the_order() {
    let (mut sender, _receiver) = worker_to_audio::queue();
    let mut sent = 0;
    let refused = loop {
        match sender.send(ToAudio::Play(score(sent))) {
            Ok(()) => sent += 1,
            Err(order) => break order,
        }
    };
    assert!(sent > 0);
    assert!(matches!(refused, ToAudio::Play(kept) if *kept == *score(sent)));
}

#[test]
fn returned_scores_make_room_for_ever() {
    let (mut sender, mut receiver) = worker_to_audio::queue();
    for turn in 0..CROSSINGS {
        sender.send(ToAudio::Play(score(turn))).expect("the one before was given back");
        let Some(ToAudio::Play(playing)) = receiver.receive() else { panic!("a score is there") };
        receiver.give_back(playing);
    }
}

#[test]
fn every_score_abroad_can_come_back_at_once() {
    let (mut sender, mut receiver) = worker_to_audio::queue();
    let mut sent = 0;
    while sender.send(ToAudio::Play(score(sent))).is_ok() {
        sent += 1;
    }
    let mut held = Vec::new();
    while let Some(ToAudio::Play(score)) = receiver.receive() {
        held.push(score);
    }
    assert_eq!(held.len(), sent as usize);
    for score in held {
        receiver.give_back(score);
    }
    sender.free_returned();
    sender.send(ToAudio::Play(score(99))).expect("all came back");
}

#[test]
#[cfg_attr(miri, ignore = "one thread and ten thousand messages are too slow there, and show nothing")]
fn a_full_queue_of_heard_notes_drops_and_counts() {
    let (mut sender, mut receiver) = audio_to_worker::queue();
    for _ in 0..10_000 {
        sender.send(FromAudio::Transport(Moment::default()));
    }
    let mut received = 0;
    while receiver.receive().is_some() {
        received += 1;
    }
    assert!(sender.dropped() > 0);
    assert_eq!(received + sender.dropped(), 10_000);
}

#[test]
fn a_full_queue_of_commands_says_so() {
    let (mut sender, mut receiver) = editor_to_audio::queue();
    let command = editor_to_audio::Command::Panic;
    while sender.send(command) {}
    assert_eq!(receiver.receive(), Some(command));
    assert!(sender.send(command), "one taken makes room for one");
}

/// Messages of one way; fewer than fit.
const STEPS: i32 = if cfg!(miri) { 100 } else { 4_000 };

#[test]
fn queues_cross_threads_without_loss() {
    let (mut audio, mut worker, _editor) = connect();
    let sending = std::thread::spawn(move || {
        for step in 0..STEPS {
            let at = Moment { position: Beats(f64::from(step)), ..Moment::default() };
            audio.to_worker.send(FromAudio::Transport(at));
        }
        audio.to_worker.dropped()
    });
    let dropped = sending.join().expect("the sender ends");
    let mut positions = Vec::new();
    while let Some(FromAudio::Transport(at)) = worker.from_audio.receive() {
        positions.push(at.position.0);
    }
    assert_eq!(dropped, 0);
    assert_eq!(positions.len() as i32, STEPS);
    assert!(positions.is_sorted());
}

/// What crosses in the tests of two threads at once: Miri, which finds data races there, is slow.
const CROSSINGS: u32 = if cfg!(miri) { 40 } else { 20_000 };

#[test]
fn scores_go_and_come_back_while_both_threads_work() {
    let (mut audio, mut worker, _editor) = connect();
    let playing = std::thread::spawn(move || {
        let mut current: Option<Box<Score>> = None;
        loop {
            let Some(ToAudio::Play(next)) = audio.scores.receive() else {
                std::thread::yield_now();
                continue;
            };
            let idea = next.idea;
            // Every field was written by the other thread.
            assert_eq!(*next, *score(idea.0));
            if let Some(replaced) = current.replace(next) {
                audio.scores.give_back(replaced);
            }
            audio.to_worker.send(FromAudio::Started { idea, at: Beats(f64::from(idea.0)), playing: true });
            if idea == IdeaId(CROSSINGS) {
                if let Some(last) = current {
                    audio.scores.give_back(last);
                }
                return audio.to_worker.dropped();
            }
        }
    });
    let mut started = 0;
    let mut hear = |worker: &mut linnet_handover::WorkerPorts| {
        while let Some(FromAudio::Started { idea, at, .. }) = worker.from_audio.receive() {
            started += 1;
            assert_eq!((idea, at), (IdeaId(started), Beats(f64::from(started))));
        }
    };
    for idea in 1..=CROSSINGS {
        let mut order = ToAudio::Play(score(idea));
        while let Err(refused) = worker.scores.send(order) {
            order = refused;
            hear(&mut worker);
            std::thread::yield_now();
        }
        hear(&mut worker);
    }
    let dropped = playing.join().expect("the audio thread ends");
    hear(&mut worker);
    assert_eq!((started, dropped), (CROSSINGS, 0));
}

#[test]
fn commands_and_samples_cross_while_both_threads_work() {
    let (mut audio, _worker, mut editor) = connect();
    let playing = std::thread::spawn(move || {
        let (mut ended, mut peak) = (0, 0.0);
        while ended < CROSSINGS {
            match audio.commands.receive() {
                Some(editor_to_audio::Command::Panic) => ended += 1,
                Some(other) => panic!("{other:?} was never sent"),
                None => std::thread::yield_now(),
            }
            peak += 1.0;
            audio.spectrum.send(&[peak, peak], &[peak, peak]);
            audio.view.position_beats.store(f64::from(ended), std::sync::atomic::Ordering::Relaxed);
        }
    });
    let mut samples = Vec::new();
    for _ in 0..CROSSINGS {
        while !editor.commands.send(editor_to_audio::Command::Panic) {
            std::thread::yield_now();
        }
        editor.spectrum.receive(&mut samples);
    }
    playing.join().expect("the audio thread ends");
    editor.spectrum.receive(&mut samples);
    assert!(!samples.is_empty() && samples.is_sorted(), "samples out of order");
    let position = editor.audio.position_beats.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(position, f64::from(CROSSINGS));
}
