//! Listening to the recording that is edited. An errand reads ahead of the audio thread, which fades in and out by itself.
//!
//! Used on the main thread, but for [`read`], which is the errand.

use super::{ERROR_INSIDE, Shared, Shown, held};
use crate::errands::Errands;
use linnet_engine::effect::Limiter;
use linnet_handover::listening::{Sender, Stretch, Wanted};
use linnet_handover::worker_view::WorkerView;
use linnet_library::heard::Heard;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Stretches a second.
const STRETCHES_A_SECOND: usize = 8;
/// Between two looks whether there is room for a stretch, or the run has ended.
const PERIOD: Duration = Duration::from_millis(10);
/// A host that takes nothing for so long has put Linnet to sleep.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
const NOT_ACTIVE: &str = "The host has not started Linnet's sound yet. Start it, then listen.";
const OFFLINE: &str = "The host is writing the sound to a file. Listen again when it has done so.";
const ASLEEP: &str =
    "The host has put Linnet's sound to sleep. It plays as soon as you start the transport, or play a note.";

/// What is listened to.
#[derive(Clone, Debug, PartialEq)]
pub struct Listened {
    /// Its number, as the audio thread shows it.
    pub run: u32,
    /// Which frames of the recording.
    pub range: Range<usize>,
    /// How many of these go by in a frame of the host's.
    pub pace: f64,
}

impl Listened {
    /// The frame of the recording that is heard after so many of the host's.
    pub fn place(&self, heard: u64) -> usize {
        let gone = (heard as f64 * self.pace) as usize;
        self.range.start.saturating_add(gone).min(self.range.end)
    }
}

/// What listens, of one instance.
pub(super) struct Listening {
    errands: Errands,
    way: Mutex<Option<(Arc<Mutex<Sender>>, Wanted)>>,
    /// The host's, in Hz, as bits; 0 before it has activated the plug-in.
    rate_hz: AtomicU32,
    is_offline: AtomicBool,
    runs: AtomicU32,
    patience: Duration,
}

impl Listening {
    /// A host that takes nothing for `patience` is said to sleep.
    pub(super) fn new(worker: Arc<WorkerView>, patience: Duration) -> Self {
        Self {
            errands: Errands::new(worker),
            way: Mutex::default(),
            rate_hz: AtomicU32::new(0),
            is_offline: AtomicBool::new(false),
            runs: AtomicU32::new(0),
            patience,
        }
    }

    /// Stretches go this way to the audio thread.
    pub(super) fn connect(&self, sender: Sender, wanted: Wanted) {
        *held(&self.way) = Some((Arc::new(Mutex::new(sender)), wanted));
    }

    /// The host's rate is this from now on, and it renders offline or not. Whether what is heard must end: it would have
    /// another rate, or be used up unheard.
    pub(super) fn activated(&self, rate_hz: f32, is_offline: bool) -> bool {
        self.is_offline.store(is_offline, Ordering::Release);
        self.rate_hz.swap(rate_hz.to_bits(), Ordering::AcqRel) != rate_hz.to_bits() || is_offline
    }

    /// Plays `range` of the recording that is open from now on, and nothing else.
    pub(super) fn play(&self, range: Range<usize>, shared: &Arc<Shared>) {
        let mut shown = held(&shared.shown);
        let Some(open) = shown.open.as_ref().filter(|_| shown.busy.is_none()) else { return };
        // Behind the lock: a rate or an edit that comes meanwhile ends the run after it has begun.
        let rate_hz = f64::from(f32::from_bits(self.rate_hz.load(Ordering::Acquire)));
        let Some((sender, wanted)) = held(&self.way).clone().filter(|_| rate_hz > 0.0) else {
            NOT_ACTIVE.clone_into(&mut shown.told);
            return;
        };
        if self.is_offline.load(Ordering::Acquire) {
            OFFLINE.clone_into(&mut shown.told);
            return;
        }
        let run = self.next_run();
        let (pace, peak) = (f64::from(open.sample_rate_hz) / rate_hz, open.peak());
        let gain = if peak > Limiter::CEILING { Limiter::CEILING / peak } else { 1.0 };
        shown.told = softened(gain);
        shown.listened = Some(Listened { run, range: range.clone(), pace });
        wanted.set(run);
        drop(shown);
        let reading = Reading { shared: Arc::clone(shared), sender, wanted, run, patience: self.patience };
        // Where it is not sent, it is dropped, which ends the run.
        if !self.errands.send(move |stop| read(&reading, (range, rate_hz, gain), stop)) {
            ERROR_INSIDE.clone_into(&mut held(&shared.shown).told);
        }
    }

    fn next_run(&self) -> u32 {
        // 0 is none.
        self.runs.fetch_add(1, Ordering::Relaxed).wrapping_add(1).max(1)
    }

    /// Ends what is heard.
    pub(super) fn stop(&self, shown: &mut Shown) {
        if shown.listened.take().is_some() {
            forget_sleep(shown);
        }
        if let Some((_, wanted)) = &*held(&self.way) {
            wanted.set(0);
        }
    }

    /// Tells its reader to end. Its threads.
    pub(super) fn end(&self) -> Vec<JoinHandle<()>> {
        self.errands.end()
    }

    #[cfg(test)]
    pub(super) fn wait(&self) {
        self.errands.wait();
    }
}

/// Says by how much a recording is played softer, in words; nothing where it is not.
fn softened(gain: f32) -> String {
    let by_db = -20.0 * gain.log10();
    if by_db < 0.5 {
        return String::new();
    }
    format!("It is louder than full scale: you hear it {by_db:.1} dB softer. Normalise brings it down.")
}

fn forget_sleep(shown: &mut Shown) {
    if shown.told == ASLEEP {
        shown.told.clear();
    }
}

/// What the errand needs.
struct Reading {
    shared: Arc<Shared>,
    sender: Arc<Mutex<Sender>>,
    wanted: Wanted,
    run: u32,
    patience: Duration,
}

impl Reading {
    /// The next stretch of what is open; none where something else is to be heard.
    fn stretch(&self, heard: &Heard, frames: Range<usize>) -> Option<Box<Stretch>> {
        let edited = held(&self.shared.edited);
        // Behind the lock: an edit that was under way has ended the run before it began.
        if self.wanted.get() != self.run {
            return None;
        }
        let is_last = frames.end >= heard.frames();
        Some(Box::new(Stretch { run: self.run, frames: heard.stretch(edited.take(), frames), is_last }))
    }

    /// Says that the host takes nothing, or that it does so again.
    fn tell(&self, is_asleep: bool) {
        let mut shown = held(&self.shared.shown);
        if shown.listened.as_ref().is_none_or(|listened| listened.run != self.run) {
            return;
        }
        if is_asleep {
            ASLEEP.clone_into(&mut shown.told);
        } else {
            forget_sleep(&mut shown);
        }
        drop(shown);
        self.shared.worker.touch();
    }
}

impl Drop for Reading {
    /// The run has ended, or another one has begun.
    fn drop(&mut self) {
        let mut shown = held(&self.shared.shown);
        // The host may put Linnet to sleep again.
        self.wanted.end(self.run);
        if shown.listened.take_if(|listened| listened.run == self.run).is_some() {
            forget_sleep(&mut shown);
        }
    }
}

/// Sends a run until it is heard, or shall not be heard any more.
fn read(reading: &Reading, (range, rate_hz, gain): (Range<usize>, f64, f32), stop: &AtomicBool) {
    let heard = Heard::new(held(&reading.shared.edited).take(), range, rate_hz, gain);
    let size = (rate_hz as usize / STRETCHES_A_SECOND).max(1);
    let (mut next, mut unsent) = (0, None);
    let (mut known, mut since, mut is_asleep) = (0, Instant::now(), false);
    while reading.wanted.get() == reading.run && !stop.load(Ordering::Relaxed) {
        if unsent.is_none() && next < heard.frames() {
            let end = next.saturating_add(size).min(heard.frames());
            unsent = reading.stretch(&heard, next..end);
            next = end;
        }
        let mut sender = held(&reading.sender);
        let is_sent = unsent.take().is_some_and(|stretch| match sender.send(stretch) {
            Ok(()) => true,
            Err(stretch) => {
                unsent = Some(stretch);
                false
            }
        });
        let abroad = sender.abroad();
        drop(sender);
        if abroad != known || is_sent {
            (known, since) = (abroad, Instant::now());
        }
        if abroad == 0 && unsent.is_none() && next >= heard.frames() {
            return;
        }
        let was_asleep = std::mem::replace(&mut is_asleep, since.elapsed() > reading.patience);
        if was_asleep != is_asleep {
            reading.tell(is_asleep);
        }
        if !is_sent {
            std::thread::sleep(PERIOD);
        }
    }
}

#[cfg(test)]
mod tests;
