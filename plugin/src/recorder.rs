//! Records what is heard into a WAV file in the user's music folder. Off until the user switches it on.
//!
//! The audio thread fills a ring; a thread of its own, one an instance, empties it into the file, and sleeps while nothing
//! is recorded. What is said here is read on the main thread.

use crate::folder;
use crate::guard::{Place, guard};
use crate::log;
use crate::patience;
use crossbeam_channel::{Receiver, Sender};
use linnet_handover::recording;
use linnet_handover::worker_view::WorkerView;
use linnet_library::recording::{Format, Recording};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// Frames of the ring: more than half a second at 192 kHz.
pub(crate) const RING_FRAMES: usize = 1 << 17;
/// The name of the files; a number follows.
const TITLE: &str = "Recording";
/// Between two looks at the ring.
const PERIOD: Duration = Duration::from_millis(20);
/// So long after it is switched off, the audio thread sends nothing any more.
const SETTLING: Duration = Duration::from_millis(50);

/// So often what is recorded becomes a whole file, which a crash leaves.
const FLUSH_PERIOD: Duration = Duration::from_secs(1);
/// How long an activation at another rate waits for the file of the old rate to end.
const RATE_WAIT: Duration = Duration::from_secs(1);
/// How long the last of a recording may take to be written when the instance goes: a disk in the network may not answer.
const PATIENCE: Duration = Duration::from_secs(10);
const NOT_ACTIVE: &str = "The host has not started Linnet's sound yet. Start it, then record.";
const NO_THREAD: &str =
    "An error inside Linnet: nothing records any more. Please send the log, and load Linnet again.";

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
    Start,
    Stop,
    /// The sample rate is another one; answered where the file of the old rate has ended.
    Rate(Sender<()>),
}

struct Shared {
    standing: Mutex<Standing>,
    /// The host's, in Hz; 0 before it has activated the plug-in.
    sample_rate_hz: AtomicU32,
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
        let shared =
            Arc::new(Shared { standing: Mutex::default(), sample_rate_hz: AtomicU32::new(0), worker });
        Self { shared, orders, taken: Mutex::new(Some(taken)) }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        self.shared.standing().clone()
    }

    /// The host's sample rate is `sample_rate_hz` from now on; no frame comes until this returns. What is being recorded
    /// at another rate ends, and goes on in a next file.
    pub(crate) fn activated(&self, sample_rate_hz: u32) {
        let before = self.shared.sample_rate_hz.swap(sample_rate_hz, Ordering::AcqRel);
        if before == sample_rate_hz || before == 0 {
            return;
        }
        let (answer, answered) = crossbeam_channel::bounded(1);
        if self.orders.send(Order::Rate(answer)).is_ok() && *self.shared.standing() == Standing::On {
            // The file must end before the first frame of the new rate, but the host cannot wait for a stuck disk.
            let _ = answered.recv_timeout(RATE_WAIT);
        }
    }

    /// Begins to record, or ends.
    pub fn switch(&self, on: bool) {
        if on && self.shared.sample_rate_hz.load(Ordering::Acquire) == 0 {
            self.shared.set(Standing::Faulty(NOT_ACTIVE.to_owned()));
            return;
        }
        let is_sent = self.orders.send(if on { Order::Start } else { Order::Stop }).is_ok();
        if on && !is_sent {
            self.shared.set(Standing::Faulty(NO_THREAD.to_owned()));
        }
    }
}

/// The thread. Dropping it ends the recording in order, and waits for that, for [`PATIENCE`] at most.
pub(crate) struct Writer {
    ends: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Begins. None where it has begun before, or the system gives no thread.
    pub(crate) fn start(recorder: &Recorder, frames: recording::Receiver) -> Option<Self> {
        Self::start_in(recorder, frames, folder::of_the_user())
    }

    /// The same with recordings in this folder.
    fn start_in(recorder: &Recorder, frames: recording::Receiver, folder: Option<PathBuf>) -> Option<Self> {
        let orders = recorder.taken.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let (ends, ended) = crossbeam_channel::unbounded();
        let mut work = Work::new(Arc::clone(&recorder.shared), folder, frames);
        let run = move || work.run(|work| work.step(&orders, &ended));
        match Builder::new().name("linnet recorder".into()).spawn(run) {
            Ok(thread) => Some(Self { ends, thread: Some(thread) }),
            Err(error) => {
                log::note(&format!("There is no thread to record with: {error}"));
                None
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // A thread that has ended hears nothing.
        let _ = self.ends.send(Order::Stop);
        patience::join(self.thread.take(), PATIENCE);
    }
}

struct Work {
    shared: Arc<Shared>,
    folder: Option<PathBuf>,
    frames: recording::Receiver,
    recording: Option<Recording>,
    /// Of the recording, in Hz.
    rate: u32,
    flushed: Instant,
}

impl Work {
    fn new(shared: Arc<Shared>, folder: Option<PathBuf>, frames: recording::Receiver) -> Self {
        Self { shared, folder, frames, recording: None, rate: 0, flushed: Instant::now() }
    }

    /// Does `step` until it says that the instance ends, or panics.
    fn run(&mut self, mut step: impl FnMut(&mut Self) -> bool) {
        loop {
            match guard(Place::Recorder, || step(self)) {
                Some(true) => {}
                Some(false) => return,
                None => {
                    self.frames.switch(false);
                    let recording = self.recording.take();
                    // What is there stays; its end may be missing.
                    guard(Place::Recorder, || recording.map(Recording::finish));
                    self.fail(NO_THREAD.to_owned());
                    return;
                }
            }
        }
    }

    /// Waits for an order, or for frames. False where the instance ends.
    fn step(&mut self, orders: &Receiver<Order>, ended: &Receiver<Order>) -> bool {
        let period = if self.recording.is_some() { PERIOD } else { Duration::from_hours(1) };
        crossbeam_channel::select! {
            recv(ended) -> _ => {
                self.stop();
                return false;
            }
            recv(orders) -> order => match order {
                Ok(Order::Start) => self.start(),
                Ok(Order::Stop) => self.stop(),
                Ok(Order::Rate(answer)) => {
                    self.change_rate();
                    // An activation that waits no longer needs no answer.
                    let _ = answer.send(());
                }
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

    fn start(&mut self) {
        if self.recording.is_some() {
            return;
        }
        self.rate = self.shared.sample_rate_hz.load(Ordering::Acquire);
        match self.create() {
            Ok(recording) => {
                self.recording = Some(recording);
                self.flushed = Instant::now();
                self.frames.switch(true);
                self.shared.set(Standing::On);
            }
            Err(why) => self.fail(why),
        }
    }

    fn create(&self) -> Result<Recording, String> {
        let folder = self.folder.as_ref().ok_or("There is no home folder to record to.")?;
        let rate = self.rate.clamp(1000, 1_000_000);
        Recording::create(folder, TITLE, rate, Format::Bits24).map_err(|fault| fault.to_string())
    }

    /// Ends the file of the old rate, and goes on in a next one.
    fn change_rate(&mut self) {
        if self.recording.is_some() && self.rate != self.shared.sample_rate_hz.load(Ordering::Acquire) {
            self.stop();
            if matches!(*self.shared.standing(), Standing::Written { .. }) {
                self.start();
            }
        }
    }

    /// Writes what waits; what does not fit into one file goes on in a next one.
    fn write(&mut self) {
        if let Err(why) = self.try_write() {
            self.frames.switch(false);
            // What is there stays; its end may be missing.
            let _ = self.recording.take().map(Recording::finish);
            self.fail(why);
        }
    }

    fn try_write(&mut self) -> Result<(), String> {
        let Some(mut recording) = self.recording.take() else { return Ok(()) };
        let written = self.write_to(&mut recording);
        self.recording = Some(recording);
        written
    }

    fn write_to(&mut self, recording: &mut Recording) -> Result<(), String> {
        while let Some(frame) = self.frames.receive() {
            if recording.is_full() {
                let full = std::mem::replace(recording, self.create()?);
                let recorded = full.finish().map_err(|fault| fault.to_string())?;
                log::note(&format!(
                    "A recording goes on in a next file; {} is full.",
                    recorded.path.display()
                ));
            }
            recording.write(frame).map_err(|fault| fault.to_string())?;
        }
        if self.flushed.elapsed() >= FLUSH_PERIOD {
            recording.flush().map_err(|fault| fault.to_string())?;
            self.flushed = Instant::now();
        }
        Ok(())
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
        recorder.activated(44_100);
        let writer = Writer::start_in(&recorder, received, Some(folder.clone())).unwrap();
        frames.send(&[0.9; 100], &[0.9; 100]);
        recorder.switch(true);
        assert_eq!(until(&recorder, |standing| *standing == Standing::On), Standing::On);
        for _ in 0..300 {
            frames.send(&[0.5; 512], &[-0.25; 512]);
            std::thread::sleep(Duration::from_micros(500));
        }
        recorder.switch(false);
        let standing = until(&recorder, |standing| matches!(standing, Standing::Written { .. }));
        let Standing::Written { path, dropped } = standing else { panic!("{standing:?}") };
        let bytes = std::fs::metadata(&path).unwrap().len();
        println!("{}: {bytes} bytes, {dropped} frames dropped", path.display());
        assert!(dropped == 0 && (bytes - 300 * 512 * 6) < 100, "{bytes}");
        // What is still recorded when the instance goes is a whole file too.
        recorder.switch(true);
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
        recorder.activated(44_100);
        let _writer = Writer::start_in(&recorder, received, Some("/dev/null/no".into())).unwrap();
        recorder.switch(true);
        let standing = until(&recorder, |standing| *standing != Standing::Off);
        println!("{standing:?}");
        assert!(matches!(standing, Standing::Faulty(why) if why.contains("cannot be written")));
    }

    #[test]
    fn another_rate_begins_another_file_and_the_rate_is_that_of_the_host() {
        let folder = std::env::temp_dir().join(format!("linnet-rates-{}", std::process::id()));
        let (mut frames, received) = recording::ring(RING_FRAMES);
        let recorder = Recorder::new(Arc::default());
        let writer = Writer::start_in(&recorder, received, Some(folder.clone())).unwrap();
        recorder.switch(true);
        assert_eq!(recorder.standing(), Standing::Faulty(NOT_ACTIVE.to_owned()));
        recorder.activated(44_100);
        recorder.switch(true);
        until(&recorder, |standing| *standing == Standing::On);
        frames.send(&[0.5; 100], &[0.5; 100]);
        recorder.activated(44_100);
        recorder.activated(96_000);
        assert_eq!(recorder.standing(), Standing::On);
        frames.send(&[0.5; 300], &[0.5; 300]);
        drop(writer);
        let header = |name: &str| {
            let bytes = std::fs::read(folder.join(name)).unwrap();
            let rate = u32::from_le_bytes(bytes[24..28].try_into().unwrap());
            (rate, bytes.len() / 6 > 290)
        };
        assert_eq!(header("Recording.wav"), (44_100, false));
        assert_eq!(header("Recording (2).wav"), (96_000, true));
        assert!(matches!(recorder.standing(), Standing::Written { dropped: 0, .. }));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_was_recorded_a_second_ago_outlives_a_crash() {
        let folder = std::env::temp_dir().join(format!("linnet-crash-{}", std::process::id()));
        let (mut frames, received) = recording::ring(RING_FRAMES);
        let recorder = Recorder::new(Arc::default());
        recorder.activated(44_100);
        let _writer = Writer::start_in(&recorder, received, Some(folder.clone())).unwrap();
        recorder.switch(true);
        until(&recorder, |standing| *standing == Standing::On);
        let sound = vec![0.5; 5000];
        frames.send(&sound, &sound);
        std::thread::sleep(FLUSH_PERIOD + Duration::from_millis(300));
        let bytes = std::fs::read(folder.join("Recording.wav")).unwrap();
        assert!(bytes.len() >= 30_000, "{}", bytes.len());
        let said = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
        assert_eq!(said + 8, bytes.len());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_panic_and_a_missing_thread_are_sentences_and_nothing_is_recorded() {
        let folder = std::env::temp_dir().join(format!("linnet-recorder-panic-{}", std::process::id()));
        let (mut frames, received) = recording::ring(RING_FRAMES);
        let recorder = Recorder::new(Arc::default());
        recorder.activated(44_100);
        let mut work = Work::new(Arc::clone(&recorder.shared), Some(folder.clone()), received);
        work.start();
        assert_eq!(recorder.standing(), Standing::On);
        work.run(|_| panic!("in a test"));
        assert_eq!(recorder.standing(), Standing::Faulty(NO_THREAD.to_owned()));
        frames.send(&[0.5; 10], &[0.5; 10]);
        assert_eq!(work.frames.waiting(), 0);
        recorder.shared.set(Standing::Off);
        // As where the system gives no thread: nobody listens.
        drop(recorder.taken.lock().unwrap().take());
        recorder.switch(true);
        assert_eq!(recorder.standing(), Standing::Faulty(NO_THREAD.to_owned()));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
