//! Records what is heard into a WAV file in the user's music folder. Off until the user switches it on.
//!
//! The audio thread fills a ring; a thread of its own, one an instance, empties it into the file, and sleeps while nothing
//! is recorded. What is said here is read on the main thread.

use crate::guard::{Place, guard};
use crate::log;
use crossbeam_channel::{Receiver, Sender};
use linnet_handover::recording;
use linnet_handover::worker_view::WorkerView;
use linnet_library::recording::{Format, Recording};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// Frames of the ring: more than half a second at 192 kHz.
pub(crate) const RING_FRAMES: usize = 1 << 17;
/// The name of the files; a number follows.
const TITLE: &str = "Recording";
/// Between two looks at the ring.
const PERIOD: Duration = Duration::from_millis(20);
/// So long after it is switched off, the audio thread sends nothing any more.
const SETTLING: Duration = Duration::from_millis(50);

/// How the recorder stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was recorded yet.
    #[default]
    Off,
    /// It records.
    On,
    /// What was recorded last: where it lies, and how many frames found no room on the way.
    Written {
        /// The file.
        path: PathBuf,
        /// Frames that are missing in it.
        dropped: u64,
    },
    /// It could not be written: a sentence that says why.
    Faulty(String),
}

enum Order {
    /// Begin, at this rate in Hz.
    Start(u32),
    Stop,
}

struct Shared {
    standing: Mutex<Standing>,
    worker: Arc<WorkerView>,
}

impl Shared {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, standing: Standing) {
        *self.standing() = standing;
        self.worker.touch();
    }
}

/// The recorder of one instance.
pub struct Recorder {
    shared: Arc<Shared>,
    orders: Sender<Order>,
    taken: Mutex<Option<Receiver<Order>>>,
}

impl Recorder {
    /// Off; the editor is told of news through `worker`.
    pub(crate) fn new(worker: Arc<WorkerView>) -> Self {
        let (orders, taken) = crossbeam_channel::unbounded();
        let shared = Arc::new(Shared { standing: Mutex::default(), worker });
        Self { shared, orders, taken: Mutex::new(Some(taken)) }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        self.shared.standing().clone()
    }

    /// Begins to record at `sample_rate_hz`, or ends.
    pub fn switch(&self, on: bool, sample_rate_hz: u32) {
        // The channel closes only with this value.
        let _ = self.orders.send(if on { Order::Start(sample_rate_hz) } else { Order::Stop });
    }
}

/// The thread. Dropping it ends the recording in order, and waits for that.
pub(crate) struct Writer {
    ends: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Begins. None where it has begun before, or the system gives no thread.
    pub(crate) fn start(recorder: &Recorder, frames: recording::Receiver) -> Option<Self> {
        Self::start_in(recorder, frames, folder())
    }

    /// The same with recordings in this folder.
    fn start_in(recorder: &Recorder, frames: recording::Receiver, folder: Option<PathBuf>) -> Option<Self> {
        let orders = recorder.taken.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let (ends, ended) = crossbeam_channel::unbounded();
        let mut work = Work { shared: Arc::clone(&recorder.shared), folder, frames, recording: None };
        let run = move || while guard(Place::Recorder, || work.step(&orders, &ended)).unwrap_or(false) {};
        let thread = Builder::new().name("linnet recorder".into()).spawn(run).ok()?;
        Some(Self { ends, thread: Some(thread) })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // A thread that has ended hears nothing.
        let _ = self.ends.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic in the thread was caught and is in the log.
            let _ = thread.join();
        }
    }
}

struct Work {
    shared: Arc<Shared>,
    folder: Option<PathBuf>,
    frames: recording::Receiver,
    recording: Option<Recording>,
}

impl Work {
    /// Waits for an order, or for frames. False where the instance ends.
    fn step(&mut self, orders: &Receiver<Order>, ended: &Receiver<Order>) -> bool {
        let period = if self.recording.is_some() { PERIOD } else { Duration::from_hours(1) };
        crossbeam_channel::select! {
            recv(ended) -> _ => {
                self.stop();
                return false;
            }
            recv(orders) -> order => match order {
                Ok(Order::Start(rate)) => self.start(rate),
                Ok(Order::Stop) => self.stop(),
                Err(_) => {
                    self.stop();
                    return false;
                }
            },
            default(period) => {}
        }
        self.write();
        true
    }

    fn start(&mut self, rate: u32) {
        if self.recording.is_some() {
            return;
        }
        let rate = rate.clamp(1000, 1_000_000);
        let made = match &self.folder {
            Some(folder) => {
                Recording::create(folder, TITLE, rate, Format::Bits24).map_err(|fault| fault.to_string())
            }
            None => Err("There is no home folder to record to.".to_owned()),
        };
        match made {
            Ok(recording) => {
                self.recording = Some(recording);
                self.frames.switch(true);
                self.shared.set(Standing::On);
            }
            Err(why) => self.fail(why),
        }
    }

    /// Writes what waits.
    fn write(&mut self) {
        let Some(recording) = &mut self.recording else { return };
        while let Some(frame) = self.frames.receive() {
            if let Err(fault) = recording.write(frame) {
                self.frames.switch(false);
                // What is there stays; its end may be missing.
                let _ = self.recording.take().map(Recording::finish);
                self.fail(fault.to_string());
                return;
            }
        }
    }

    fn stop(&mut self) {
        if self.recording.is_none() {
            return;
        }
        self.frames.switch(false);
        std::thread::sleep(SETTLING);
        self.write();
        let dropped = self.frames.dropped();
        match self.recording.take().map(Recording::finish) {
            Some(Ok(recorded)) => self.shared.set(Standing::Written { path: recorded.path, dropped }),
            Some(Err(fault)) => self.fail(fault.to_string()),
            None => {}
        }
    }

    fn fail(&self, why: String) {
        log::note(&format!("Recording failed: {why}"));
        self.shared.set(Standing::Faulty(why));
    }
}

/// The folder of recordings: that of exported MIDI files.
fn folder() -> Option<PathBuf> {
    let folders = directories::UserDirs::new()?;
    let music = folders.audio_dir().or(folders.document_dir()).unwrap_or(folders.home_dir());
    Some(Path::new(music).join("Linnet"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(recorder: &Recorder, is_it: impl Fn(&Standing) -> bool) -> Standing {
        for _ in 0..500 {
            if is_it(&recorder.standing()) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        recorder.standing()
    }

    #[test]
    fn what_is_heard_while_it_is_on_is_in_the_file() {
        let folder = std::env::temp_dir().join(format!("linnet-recorder-{}", std::process::id()));
        let (mut frames, received) = recording::ring(RING_FRAMES);
        let recorder = Recorder::new(Arc::default());
        let writer = Writer::start_in(&recorder, received, Some(folder.clone())).unwrap();
        frames.send(&[0.9; 100], &[0.9; 100]);
        recorder.switch(true, 44_100);
        assert_eq!(until(&recorder, |standing| *standing == Standing::On), Standing::On);
        for _ in 0..300 {
            frames.send(&[0.5; 512], &[-0.25; 512]);
            std::thread::sleep(Duration::from_micros(500));
        }
        recorder.switch(false, 44_100);
        let standing = until(&recorder, |standing| matches!(standing, Standing::Written { .. }));
        let Standing::Written { path, dropped } = standing else { panic!("{standing:?}") };
        let bytes = std::fs::metadata(&path).unwrap().len();
        println!("{}: {bytes} bytes, {dropped} frames dropped", path.display());
        assert!(dropped == 0 && (bytes - 300 * 512 * 6) < 100, "{bytes}");
        // What is still recorded when the instance goes is a whole file too.
        recorder.switch(true, 44_100);
        until(&recorder, |standing| *standing == Standing::On);
        frames.send(&[0.5; 512], &[-0.25; 512]);
        drop(writer);
        assert!(matches!(recorder.standing(), Standing::Written { path: second, .. } if second != path));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_a_sentence() {
        let (_frames, received) = recording::ring(16);
        let recorder = Recorder::new(Arc::default());
        let _writer = Writer::start_in(&recorder, received, Some("/dev/null/no".into())).unwrap();
        recorder.switch(true, 44_100);
        let standing = until(&recorder, |standing| *standing != Standing::Off);
        println!("{standing:?}");
        assert!(matches!(standing, Standing::Faulty(why) if why.contains("cannot be written")));
    }
}
