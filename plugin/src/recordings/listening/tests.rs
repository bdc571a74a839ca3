//! What listening promises, beside an audio thread made of script.

use super::super::Recordings;
use super::*;
use linnet_handover::listening::{Receiver, way};
use linnet_library::audio_edit::{Edit, Take};
use linnet_library::take_file;
use std::path::PathBuf;

struct Rig {
    recordings: Recordings,
    receiver: Receiver,
    folder: PathBuf,
}

/// A recording of 1 s whose samples say where they are, open.
fn rig(name: &str) -> Rig {
    let folder = std::env::temp_dir().join(format!("linnet-listening-{}-{name}", std::process::id()));
    let side: Vec<f32> = (0..48_000).map(|n| n as f32 / 96_000.0).collect();
    let take = Take::new(vec![side.clone(), side], 48_000);
    let path = take_file::write(&take, (&folder, "Take"), &AtomicBool::new(false), |_| {}).unwrap().path;
    let recordings = Recordings::in_folder(Arc::default(), Some(folder.clone()));
    let (sender, wanted, receiver) = way();
    recordings.connect(sender, wanted);
    recordings.open(path);
    recordings.wait();
    Rig { recordings, receiver, folder }
}

impl Rig {
    /// The frames of the run that is wanted, as an audio thread takes them, until it ends or falls silent.
    fn hear(&mut self) -> Vec<f32> {
        let (mut heard, begin) = (Vec::new(), Instant::now());
        while begin.elapsed() < Duration::from_secs(10) {
            let Some(stretch) = self.receiver.receive() else {
                if self.recordings.shown().listened.is_none() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(1));
                continue;
            };
            if stretch.run == self.receiver.wanted() {
                heard.extend(stretch.frames.iter().map(|frame| frame[0]));
            }
            self.receiver.give_back(stretch);
        }
        heard
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn what_is_asked_for_is_heard_with_its_edits_and_then_it_ends() {
    let mut rig = rig("whole");
    rig.recordings.listen(0..48_000);
    assert!(rig.recordings.shown().told.contains("has not started"), "{}", rig.recordings.shown().told);
    rig.recordings.activated(48_000.0, false);
    rig.recordings.listen(12_000..36_000);
    let listened = rig.recordings.shown().listened.unwrap();
    assert_eq!((listened.place(0), listened.place(6000), listened.place(99_999)), (12_000, 18_000, 36_000));
    let heard = rig.hear();
    assert_eq!(heard.len(), 24_000);
    assert!(
        (2.0 * heard[0] - 0.25).abs() < 1e-4 && (2.0 * heard[23_999] - 0.75).abs() < 1e-4,
        "{} {}",
        heard[0],
        heard[23_999]
    );
    assert_eq!((rig.recordings.shown().listened, rig.receiver.wanted()), (None, 0), "the host may sleep");

    rig.recordings.activated(48_000.0, true);
    rig.recordings.listen(0..48_000);
    assert_eq!((rig.recordings.shown().told.as_str(), rig.receiver.wanted()), (OFFLINE, 0));
    rig.recordings.activated(48_000.0, false);
    rig.recordings.edit(Edit::Keep(24_000..48_000));
    rig.recordings.wait();
    rig.recordings.activated(96_000.0, false);
    rig.recordings.listen(0..24_000);
    let heard = rig.hear();
    assert_eq!(heard.len(), 48_000, "at twice the rate");
    assert!((2.0 * heard[24_000] - 0.75).abs() < 1e-3, "{}", heard[24_000]);
}

#[test]
fn a_stop_an_edit_a_closed_page_and_another_rate_end_it_and_another_place_takes_over() {
    let mut rig = rig("stop");
    rig.recordings.activated(48_000.0, false);
    let ends: [fn(&Recordings); 5] = [
        Recordings::silence,
        |recordings| recordings.edit(Edit::FadeIn(0..10)),
        |recordings| recordings.activated(44_100.0, false),
        |recordings| recordings.activated(48_000.0, true),
        Recordings::close,
    ];
    for end in ends {
        rig.recordings.activated(48_000.0, false);
        rig.recordings.listen(0..48_000);
        rig.recordings.listen(24_000..48_000);
        let listened = rig.recordings.shown().listened.unwrap();
        assert_eq!((listened.range.start, rig.receiver.wanted()), (24_000, listened.run));
        let first = loop {
            let Some(stretch) = rig.receiver.receive() else { continue };
            if stretch.run == listened.run {
                break stretch;
            }
            rig.receiver.give_back(stretch);
        };
        assert!((2.0 * first.frames[0][0] - 0.5).abs() < 0.1, "{}", first.frames[0][0]);
        rig.receiver.give_back(first);
        end(&rig.recordings);
        assert_eq!((rig.receiver.wanted(), rig.recordings.shown().listened), (0, None));
        // Its reader ends though nobody takes the stretches.
        rig.recordings.listening.wait();
        rig.recordings.wait();
        while let Some(stretch) = rig.receiver.receive() {
            rig.receiver.give_back(stretch);
        }
    }
}

#[test]
fn a_host_that_sleeps_is_told_of_and_an_instance_closes_all_the_same() {
    let mut rig = rig("asleep");
    rig.recordings.listening.patience = Duration::from_millis(30);
    rig.recordings.activated(48_000.0, false);
    rig.recordings.listen(0..48_000);
    let begin = Instant::now();
    while rig.recordings.shown().told != ASLEEP && begin.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(rig.recordings.shown().told, ASLEEP);
    let heard = rig.hear();
    assert_eq!((heard.len(), rig.recordings.shown().told.as_str()), (48_000, ""));
    rig.recordings.listen(0..48_000);
    // Its reader ends with it.
    drop(std::mem::replace(&mut rig.recordings, Recordings::in_folder(Arc::default(), None)));
}

#[test]
fn what_is_louder_than_full_scale_is_said_to_be_softer() {
    assert_eq!((softened(1.0), softened(Limiter::CEILING)), (String::new(), String::new()));
    assert!(softened(0.5).contains("6.0 dB softer"), "{}", softened(0.5));
}
