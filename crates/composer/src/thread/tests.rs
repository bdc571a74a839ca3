use super::*;
use crate::worker::loader::Loader;
use crate::worker::stand_in::{self, Behaviour};
use linnet_handover::audio_to_worker::Moment;
use linnet_handover::to_worker::Order;
use linnet_handover::worker_to_audio::Start;
use linnet_handover::worker_view::Activity;
use linnet_handover::{AudioPorts, EditorPorts, connect};
use linnet_music::Controls;

fn start(loader: Loader) -> (AudioPorts, EditorPorts, WorkerThread) {
    let (audio, ports, editor) = connect();
    let orders = ports.orders.clone();
    let thread = spawn_worker(Worker::with_loader(ports, Config::default(), loader), orders).unwrap();
    (audio, editor, thread)
}

fn ask(editor: &EditorPorts, bars: u8) {
    let controls = Controls { bars, ..Controls::default() };
    editor.orders.send(Order::Ask { controls, start: Start::NextBar, at: Moment::default() }).unwrap();
}

/// Waits for what `find` finds.
fn wait_for<T>(find: impl Fn() -> Option<T>) -> T {
    for _ in 0..60_000 {
        if let Some(found) = find() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("it never came");
}

fn wait_for_idea(editor: &EditorPorts) {
    wait_for(|| (!editor.worker.session().ideas().is_empty()).then_some(()));
}

#[test]
fn the_thread_answers_and_ends() {
    let (_audio, editor, thread) = start(stand_in::loader(Behaviour::Even));
    ask(&editor, 1);
    wait_for_idea(&editor);
    thread.quit();
    assert!(editor.orders.send(Order::Cancel).is_err(), "nobody listens any more");
}

#[test]
fn the_thread_ends_in_the_middle_of_composing() {
    let (_audio, editor, thread) = start(stand_in::loader(Behaviour::Slow));
    ask(&editor, 16);
    wait_for(|| matches!(editor.worker.snapshot().activity, Activity::Composing { .. }).then_some(()));
    drop(thread);
    assert_eq!(editor.worker.session().ideas().len(), 0);
}

#[test]
fn the_thread_ends_when_every_other_end_is_gone() {
    let (audio, editor, thread) = start(stand_in::loader(Behaviour::Even));
    drop((audio, editor));
    thread.quit();
}

#[test]
fn a_panic_is_shown_in_words_and_the_thread_lives_on() {
    let mut times = 0;
    let mut even = stand_in::loader(Behaviour::Even);
    let mut panics = stand_in::loader(Behaviour::Panic);
    let loader: Loader = Box::new(move |config| {
        times += 1;
        if times == 1 { panics(config) } else { even(config) }
    });
    let (_audio, editor, thread) = start(loader);
    ask(&editor, 1);
    let failure = wait_for(|| match &editor.worker.snapshot().activity {
        Activity::Failed(failure) => Some(failure.clone()),
        _ => None,
    });
    assert!(failure.detail.contains("the stand-in panics"), "{failure:?}");
    editor.orders.send(Order::UseModels(None)).unwrap();
    ask(&editor, 1);
    wait_for_idea(&editor);
    thread.quit();
}
