//! Runs on a thread of its own while the editor is open. Asks for a frame when something to be seen has changed.
//!
//! The audio thread must not wake anyone, and an idle editor draws no frames: so a third party looks, 30 times a second.

use super::view::Now;
use linnet_handover::audio_to_editor::AudioView;
use linnet_handover::worker_view::WorkerView;
use nice_plug_egui::RepaintNotifier;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Between two looks.
pub(super) const INTERVAL: Duration = Duration::from_millis(33);
/// The peak from which the output counts as audible: −80 dB.
const AUDIBLE: f32 = 1e-4;

/// The thread; it ends when this is dropped.
pub(crate) struct Watcher {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Begins to watch. Where no thread can be made, the editor repaints on input alone.
    pub(crate) fn start(audio: Arc<AudioView>, worker: Arc<WorkerView>, notifier: RepaintNotifier) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_over);
        let watch = move || {
            let mut seen = Seen::default();
            while !ends.load(Ordering::Acquire) {
                notifier.request_repaint_with(seen.look(&audio, &worker));
                thread::park_timeout(INTERVAL);
            }
        };
        let thread = thread::Builder::new().name("linnet editor".into()).spawn(watch).ok();
        Self { is_over, thread }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic in the watcher has been reported already, and must not reach the host.
            let _ = thread.join();
        }
    }
}

/// What was seen last.
#[derive(Default)]
struct Seen {
    revision: Option<u64>,
    now: Now,
}

impl Seen {
    /// Whether a frame is needed. Positions count only while something moves.
    fn look(&mut self, audio: &AudioView, worker: &WorkerView) -> bool {
        let revision = Some(worker.revision());
        let now = Now::of(audio);
        let is_audible = audio.peak.iter().any(|peak| peak.load(Ordering::Relaxed) > AUDIBLE);
        let changed = revision != self.revision || now != self.now;
        self.revision = revision;
        self.now = now;
        changed || is_audible
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changes_means_no_frame() {
        let (audio, worker) = (AudioView::default(), WorkerView::default());
        let mut seen = Seen::default();
        assert!(seen.look(&audio, &worker), "the first look shows everything");
        assert!(!seen.look(&audio, &worker));
        worker.touch();
        assert!(seen.look(&audio, &worker));
        assert!(!seen.look(&audio, &worker));
        audio.peak[1].store(0.5, Ordering::Relaxed);
        assert!(seen.look(&audio, &worker), "what sounds moves the meter");
        audio.peak[1].store(0.0, Ordering::Relaxed);
        audio.position_beats.store(1.0, Ordering::Relaxed);
        assert!(seen.look(&audio, &worker));
        assert!(!seen.look(&audio, &worker));
    }

    #[test]
    fn the_thread_ends_with_the_editor() {
        let notifier = RepaintNotifier::new();
        let watcher = Watcher::start(Arc::default(), Arc::default(), notifier);
        drop(watcher);
    }
}
