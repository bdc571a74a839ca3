//! The recordings in the user's folder, and the one that is being edited and listened to.
//!
//! Used on the main thread; [`errands`](crate::errands) read, edit and write. A recording's file is never written to: what
//! is exported is a new one beside it.

mod listening;

use crate::errands::Errands;
use crate::folder;
use crate::held::held;
use linnet_handover::listening::{Sender, Wanted};
use linnet_handover::worker_view::WorkerView;
use linnet_library::Fault;
use linnet_library::audio_edit::{Edit, Edited};
use linnet_library::take_file::{self, Listed};
pub use listening::Listened;
use listening::Listening;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// Stretches of the picture of a recording.
const PIECES: usize = 2048;
/// The picture of progress changes in so many steps.
const STEPS: f32 = 25.0;
const NO_HOME: &str = "There is no home folder to write to.";
const ERROR_INSIDE: &str = "An error inside Linnet: it was not done. Please send the log.";

/// The recording that is being edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Its file.
    pub path: PathBuf,
    /// How long it is now.
    pub frames: usize,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// The lowest and the highest value of each stretch.
    pub overview: Arc<[[f32; 2]]>,
    /// Whether there is an edit to take back.
    pub can_undo: bool,
    /// Whether there is an edit to make again.
    pub can_redo: bool,
    /// Whether it is other than what was read or exported last.
    pub is_changed: bool,
}

impl Open {
    /// Its largest sample, linear.
    fn peak(&self) -> f32 {
        self.overview.iter().fold(0.0, |most, [low, high]| most.max(-low).max(*high))
    }
}

/// What there is to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// The recordings of the folder, as they were listed last.
    pub listed: Arc<[Listed]>,
    /// The one that is being edited.
    pub open: Option<Open>,
    /// What of it is listened to.
    pub listened: Option<Listened>,
    /// What is being done, and the share of it that is done.
    pub busy: Option<(&'static str, f32)>,
    /// What came of it: a sentence.
    pub told: String,
}

struct Shared {
    shown: Mutex<Shown>,
    edited: Mutex<Edited>,
    worker: Arc<WorkerView>,
}

impl Shared {
    /// Notes the share that is done; the editor is told of it now and then.
    fn progress(&self, share: f32) {
        let mut shown = held(&self.shown);
        if let Some((_, known)) = &mut shown.busy
            && (share - *known).abs() * STEPS >= 1.0
        {
            *known = share;
            drop(shown);
            self.worker.touch();
        }
    }

    /// Shows `edited` as it is now.
    fn show(&self, path: PathBuf, edited: &Edited, is_changed: bool) {
        let take = edited.take();
        let open = Open {
            path,
            frames: take.frames(),
            sample_rate_hz: take.sample_rate_hz(),
            overview: take.overview(PIECES).into(),
            can_undo: edited.can_undo(),
            can_redo: edited.can_redo(),
            is_changed,
        };
        held(&self.shown).open = Some(open);
    }
}

/// The recordings of one instance.
pub struct Recordings {
    shared: Arc<Shared>,
    errands: Errands,
    listening: Listening,
    folder: Option<PathBuf>,
}

impl Recordings {
    /// Those of the user's folder; the editor is told of news through `worker`.
    pub(crate) fn new(worker: Arc<WorkerView>) -> Self {
        Self::in_folder(worker, folder::of_the_user())
    }

    fn in_folder(worker: Arc<WorkerView>, folder: Option<PathBuf>) -> Self {
        let (shown, edited) = (Mutex::default(), Mutex::default());
        let shared = Arc::new(Shared { shown, edited, worker: Arc::clone(&worker) });
        let listening = Listening::new(Arc::clone(&worker), listening::PATIENCE);
        Self { shared, errands: Errands::new(worker), listening, folder }
    }

    /// What there is to show.
    pub fn shown(&self) -> Shown {
        held(&self.shared.shown).clone()
    }

    /// What is listened to goes this way to the audio thread.
    pub fn connect(&self, sender: Sender, wanted: Wanted) {
        self.listening.connect(sender, wanted);
    }

    /// The host's rate is `rate_hz` from now on, and it renders offline or not; what was listened to at another rate, or
    /// before a bounce, ends.
    pub fn activated(&self, rate_hz: f32, is_offline: bool) {
        if self.listening.activated(rate_hz, is_offline) {
            self.silence();
        }
    }

    /// Plays these frames of the recording that is edited, beside what the host plays.
    pub(crate) fn listen(&self, range: Range<usize>) {
        self.listening.play(range, &self.shared);
    }

    /// Ends what is listened to.
    pub(crate) fn silence(&self) {
        self.listening.stop(&mut held(&self.shared.shown));
    }

    /// Lists the folder anew.
    pub(crate) fn list(&self) {
        let (shared, Some(folder)) = (Arc::clone(&self.shared), self.folder.clone()) else { return };
        self.errands.send(move |stop| {
            let listed = take_file::list(&folder, stop).into();
            held(&shared.shown).listed = listed;
        });
    }

    /// Reads the recording at `path`, to be edited in the place of the one before.
    pub fn open(&self, path: PathBuf) {
        self.work("Reading", move |shared, stop| {
            let take = take_file::read(&path, stop, |share| shared.progress(share))?;
            let edited = Edited::new(take);
            shared.show(path, &edited, false);
            *held(&shared.edited) = edited;
            Ok(String::new())
        });
    }

    /// Forgets the one that is being edited, unless it is changed.
    pub(crate) fn close(&self) {
        self.silence();
        let mut shown = held(&self.shared.shown);
        if shown.busy.is_none() && shown.open.as_ref().is_some_and(|open| !open.is_changed) {
            shown.open = None;
            shown.told.clear();
            *held(&self.shared.edited) = Edited::default();
        }
    }

    /// Edits the one that is open.
    pub(crate) fn edit(&self, edit: Edit) {
        self.change("Editing", move |edited, _| edited.edit(edit));
    }

    /// Takes the last edit back.
    pub(crate) fn undo(&self) {
        self.change("Taking back", |edited, shared| edited.undo(|share| shared.progress(share)));
    }

    /// Makes the edit again that was taken back last.
    pub(crate) fn redo(&self) {
        self.change("Editing", |edited, _| edited.redo());
    }

    /// Writes the one that is open as a new file in the folder.
    pub(crate) fn export(&self) {
        let folder = self.folder.clone();
        let Some(path) = self.shown().open.map(|open| open.path) else { return };
        self.work("Writing", move |shared, stop| {
            let Some(folder) = folder else { return Ok(NO_HOME.to_owned()) };
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let title = if stem.ends_with("edited") { stem } else { format!("{stem} edited") };
            let edited = held(&shared.edited);
            if edited.take().frames() == 0 {
                return Ok("Nothing is left to write. Take an edit back first.".to_owned());
            }
            let place = (folder.as_path(), title.as_str());
            let written = take_file::write(edited.take(), place, stop, |share| shared.progress(share))?;
            drop(edited);
            let listed = take_file::list(&folder, stop).into();
            let mut shown = held(&shared.shown);
            shown.listed = listed;
            if let Some(open) = &mut shown.open {
                open.is_changed = false;
            }
            Ok(format!("Written: {}", written.path.display()))
        });
    }

    fn change(&self, doing: &'static str, change: impl FnOnce(&mut Edited, &Shared) + Send + 'static) {
        let Some(path) = self.shown().open.map(|open| open.path) else { return };
        self.work(doing, move |shared, _| {
            let mut edited = held(&shared.edited);
            change(&mut edited, shared);
            shared.show(path, &edited, true);
            Ok(String::new())
        });
    }

    /// Does `work` unless something is being done, and shows what came of it.
    fn work(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Shared, &AtomicBool) -> Result<String, Fault> + Send + 'static,
    ) {
        {
            let mut shown = held(&self.shared.shown);
            if shown.busy.is_some() {
                return;
            }
            // It would be another sound, or its reader would wait.
            self.listening.stop(&mut shown);
            shown.busy = Some((doing, 0.0));
            shown.told.clear();
        }
        let shared = Arc::clone(&self.shared);
        let done = Done(Arc::clone(&self.shared));
        let is_sent = self.errands.send(move |stop| {
            let told = work(&shared, stop).unwrap_or_else(|fault| fault.to_string());
            done.with(told);
        });
        if !is_sent {
            ERROR_INSIDE.clone_into(&mut held(&self.shared.shown).told);
        }
    }

    /// Tells what is being done to end. The threads that do it.
    pub(crate) fn end(&self) -> Vec<JoinHandle<()>> {
        self.errands.end().into_iter().chain(self.listening.end()).collect()
    }

    /// Waits until all is done.
    #[cfg(test)]
    pub(crate) fn wait(&self) {
        self.errands.wait();
    }
}

/// Ends what is being done, also where it panics.
struct Done(Arc<Shared>);

impl Done {
    fn with(self, told: String) {
        held(&self.0.shown).told = told;
    }
}

impl Drop for Done {
    fn drop(&mut self) {
        let mut shown = held(&self.0.shown);
        shown.busy = None;
        if std::thread::panicking() {
            ERROR_INSIDE.clone_into(&mut shown.told);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_library::audio_edit::Take;

    fn recordings(name: &str) -> (Recordings, PathBuf) {
        let folder = std::env::temp_dir().join(format!("linnet-editing-{}-{name}", std::process::id()));
        let side: Vec<f32> = (0..48_000).map(|n| (n as f32 * 0.02 + 1.0).sin() * 0.5).collect();
        let take = Take::new(vec![side.clone(), side], 48_000);
        let written = take_file::write(&take, (&folder, "Recording"), &AtomicBool::new(false), |_| {});
        (Recordings::in_folder(Arc::default(), Some(folder)), written.unwrap().path)
    }

    #[test]
    fn a_recording_is_cut_taken_back_and_exported_and_its_own_file_stays() {
        let (recordings, path) = recordings("cut");
        let bytes = std::fs::read(&path).unwrap();
        recordings.open(path.clone());
        recordings.wait();
        assert_eq!(
            recordings.shown().open.map(|open| (open.frames, open.overview.len())),
            Some((48_000, PIECES))
        );
        for edit in [Edit::Keep(1000..47_000), Edit::Cut(10_000..20_001), Edit::Cut(0..777), Edit::Normalise]
        {
            recordings.edit(edit);
            recordings.wait();
        }
        let open = recordings.shown().open.unwrap();
        assert!(open.is_changed && open.can_undo && !open.can_redo);
        recordings.undo();
        recordings.wait();
        recordings.redo();
        recordings.wait();
        assert_eq!(recordings.shown().open, Some(open));
        recordings.export();
        recordings.wait();
        let shown = recordings.shown();
        println!("{}", shown.told);
        assert!(shown.told.contains("Recording edited.wav") && !shown.open.unwrap().is_changed);
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "the recording itself is as it was");
        let edited = path.with_file_name("Recording edited.wav");
        let take = take_file::read(&edited, &AtomicBool::new(false), |_| {}).unwrap();
        let channel = &take.channels()[0];
        let steps = channel.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let largest = steps.chain([channel[0].abs(), channel[channel.len() - 1].abs()]).fold(0.0, f32::max);
        println!("largest step {largest:.4}, of the sine alone 0.0178");
        assert!(largest < 0.028, "{largest}");
        assert_eq!(shown.listed.len(), 2);
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_broken_recording_is_a_sentence_and_the_one_before_stays_open() {
        let (recordings, path) = recordings("broken");
        let broken = path.with_file_name("Broken.wav");
        std::fs::write(&broken, "no wave").unwrap();
        recordings.open(path.clone());
        recordings.wait();
        recordings.open(broken);
        recordings.wait();
        let shown = recordings.shown();
        assert!(shown.told.contains("Broken.wav") && shown.busy.is_none(), "{}", shown.told);
        assert_eq!(shown.open.map(|open| open.path), Some(path.clone()));
        recordings.close();
        assert_eq!(recordings.shown().open, None);
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_panic_ends_what_was_being_done_and_says_so() {
        let (recordings, path) = recordings("panic");
        recordings.work("Editing", |_, _| panic!("in a test"));
        recordings.wait();
        let shown = recordings.shown();
        assert_eq!((shown.busy, shown.told.as_str()), (None, ERROR_INSIDE));
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
