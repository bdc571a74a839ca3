//! The parts' own instruments and the reverb's own space: which file each of them plays, and how that stands.
//!
//! Set on the main thread by the editor and by a loaded state; files are read on a thread of its own ([`loader`]). Saved
//! with the project: the path, the preset, and the file's SHA-256. A path of a project is opened only where the user has
//! chosen that very file on this machine before, or says so now.

pub mod loader;
mod outbox;

#[cfg(test)]
mod tests;

use crossbeam_channel::{Receiver, Sender};
use linnet_engine::synth::PartSound;
use linnet_handover::worker_view::WorkerView;
use linnet_library::sound_font::Preset;
use linnet_music::Part;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the user is told where something in here went wrong that must not.
const ERROR_INSIDE: &str = "An error inside Linnet. Please send the log.";

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The instrument of a part.
    Part(Part),
    /// The space of the reverb.
    Space,
}

impl Target {
    /// How many there are.
    pub const COUNT: usize = 5;
    /// All, by index.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Part(Part::Lead),
        Self::Part(Part::Chords),
        Self::Part(Part::Bass),
        Self::Part(Part::Drums),
        Self::Space,
    ];

    /// Its place in [`Self::ALL`].
    pub fn index(self) -> usize {
        match self {
            Self::Part(part) => part.index(),
            Self::Space => Self::COUNT - 1,
        }
    }

    /// What users read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Part(part) => part.name(),
            Self::Space => "Reverb",
        }
    }
}

impl From<Part> for Target {
    fn from(part: Part) -> Self {
        Self::Part(part)
    }
}

/// The file that a part or the reverb plays, as it is saved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wish {
    /// Where it lies.
    pub path: String,
    /// The preset, where the file has presets; in [0, 128].
    #[serde(default)]
    pub bank: u16,
    /// In [0, 127].
    #[serde(default)]
    pub program: u16,
    /// Of the file, in hexadecimal digits; empty before it was read.
    #[serde(default)]
    pub sha256: String,
    /// The plain value of the sound, or of the space, before this file was chosen: what comes back when it is removed.
    #[serde(default, skip_serializing_if = "is_none")]
    pub before: i32,
    /// Fields of a newer version, kept and written back.
    #[serde(flatten)]
    pub unread: serde_json::Map<String, serde_json::Value>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_none(before: &i32) -> bool {
    *before == 0
}

/// All files, as they are saved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Saved {
    parts: [Option<Wish>; 4],
    #[serde(skip_serializing_if = "Option::is_none")]
    space: Option<Wish>,
    #[serde(flatten)]
    unread: serde_json::Map<String, serde_json::Value>,
}

/// How a file stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// None is wished for.
    #[default]
    Absent,
    /// It is being read.
    Loading,
    /// It plays: its name, and what of the file is not used.
    Plays {
        /// Of the preset, or of the file.
        name: String,
        /// Sentences.
        remarks: Vec<String>,
    },
    /// The project wants a file that the user has not chosen on this machine.
    Asks,
    /// The file is not the one that the project was saved with.
    Changed,
    /// It cannot be played: a sentence that says why.
    Faulty(String),
}

/// The file of one part, or of the reverb.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartFile {
    /// Which file.
    pub wish: Option<Wish>,
    /// How it stands.
    pub standing: Standing,
    /// The presets of the file.
    pub presets: Arc<[Preset]>,
    /// Counts what was wished for, so that an answer to an older wish is let go.
    pub(crate) serial: u64,
    /// Whether the user has chosen it themselves.
    is_permitted: bool,
}

/// What the loader is told.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Order {
    target: usize,
    serial: u64,
    /// Which preset; none is the first one.
    preset: Option<(u16, u16)>,
    /// Whether the user has chosen this file now.
    is_permitted: bool,
    /// Whether another file than the saved one will do.
    takes_any: bool,
}

/// What both threads see.
struct Shared {
    files: Mutex<[PartFile; Target::COUNT]>,
    /// Orders that are not answered.
    pending: AtomicUsize,
    /// Touched where the editor has something new to show.
    worker: Arc<WorkerView>,
    /// The engine's, in Hz, as bits; 0 before the host has activated the plug-in.
    rate_hz: AtomicU32,
}

impl Shared {
    fn files(&self) -> MutexGuard<'_, [PartFile; Target::COUNT]> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the loader is sent.
type Taken = (Receiver<Order>, Receiver<Box<PartSound>>);

/// The parts' own instruments, and the reverb's own space.
pub struct Instruments {
    shared: Arc<Shared>,
    orders: Sender<Order>,
    /// Sounds for the parts, which need no loading.
    sounds: Sender<Box<PartSound>>,
    /// The loader's ends, until it begins.
    taken: Mutex<Option<Taken>>,
    unread: Mutex<serde_json::Map<String, serde_json::Value>>,
}

impl Instruments {
    /// None; the editor is told of news through `worker`.
    pub(crate) fn new(worker: Arc<WorkerView>) -> Self {
        let (orders, taken) = crossbeam_channel::unbounded();
        let (sounds, taken_sounds) = crossbeam_channel::unbounded();
        let (files, pending) = (Mutex::default(), AtomicUsize::new(0));
        let shared = Arc::new(Shared { files, pending, worker, rate_hz: AtomicU32::new(0) });
        let taken = Mutex::new(Some((taken, taken_sounds)));
        Self { shared, orders, sounds, taken, unread: Mutex::default() }
    }

    /// How the file of a part, or of the reverb, stands.
    pub fn file(&self, target: impl Into<Target>) -> PartFile {
        self.shared.files()[target.into().index()].clone()
    }

    /// The engine runs at `rate_hz` from now on. A space that was made ready for another rate is made anew.
    pub(crate) fn activated(&self, rate_hz: f32) {
        let before = self.shared.rate_hz.swap(rate_hz.to_bits(), Ordering::AcqRel);
        let space = self.file(Target::Space);
        let is_stale = before != 0 && before != rate_hz.to_bits();
        if is_stale && matches!(space.standing, Standing::Plays { .. } | Standing::Loading) {
            let is_permitted = space.is_permitted;
            self.wish(Target::Space, space.wish, |order| Order { is_permitted, takes_any: false, ..order });
        }
    }

    /// Sends a sound to its part.
    pub(crate) fn send_sound(&self, sound: PartSound) {
        self.shared.pending.fetch_add(1, Ordering::AcqRel);
        if self.sounds.send(Box::new(sound)).is_err() {
            self.give_up();
        }
    }

    /// The user chose a file: its first preset. `before` is the plain value of the sound, or space, until now.
    pub fn choose(&self, target: impl Into<Target>, path: &str, before: i32) {
        let wish = Wish { path: path.to_owned(), before, ..Wish::default() };
        self.put(target, Some(wish));
    }

    /// The same as it was chosen before, or none.
    pub fn put(&self, target: impl Into<Target>, wish: Option<Wish>) {
        self.wish(target.into(), wish, |order| order);
    }

    /// A step of undo or redo brings back what was wished. That is no word of the user's about the file: one that they have
    /// never chosen on this machine, or that has changed since, is asked for as when a project opens.
    pub fn restore(&self, target: impl Into<Target>, wish: Option<Wish>) {
        self.wish(target.into(), wish, |order| Order { is_permitted: false, takes_any: false, ..order });
    }

    /// The user chose another preset of the file.
    pub fn choose_preset(&self, part: Part, bank: u16, program: u16) {
        let wish = self.file(part).wish.map(|wish| Wish { bank, program, ..wish });
        self.wish(part.into(), wish, |order| Order { preset: Some((bank, program)), ..order });
    }

    /// The user allows what the project wants; `takes_any`: even where the file has changed.
    pub fn allow(&self, target: impl Into<Target>, takes_any: bool) {
        let target = target.into();
        self.wish(target, self.file(target).wish, |order| Order { takes_any, ..order });
    }

    /// What was played before the file was: that comes back when it is removed.
    pub(crate) fn note_before(&self, target: Target, before: i32) {
        if let Some(wish) = &mut self.shared.files()[target.index()].wish {
            wish.before = before;
        }
    }

    /// The user takes the file away.
    pub fn remove(&self, target: impl Into<Target>) {
        self.put(target, None);
    }

    /// Notes a wish and tells the loader; `change` alters what it is told.
    fn wish(&self, target: Target, wish: Option<Wish>, change: impl FnOnce(Order) -> Order) {
        let index = target.index();
        let mut files = self.shared.files();
        let file = &mut files[index];
        file.serial += 1;
        file.standing = if wish.is_some() { Standing::Loading } else { Standing::Absent };
        if wish.as_ref().map(|wish| &wish.path) != file.wish.as_ref().map(|wish| &wish.path) {
            file.presets = Arc::default();
        }
        // Of a file that was never read, no preset was chosen.
        let chosen = wish.as_ref().filter(|wish| !wish.sha256.is_empty());
        let preset = chosen.map(|wish| (wish.bank, wish.program));
        let order = Order { target: index, serial: file.serial, preset, is_permitted: true, takes_any: true };
        let order = change(order);
        file.wish = wish;
        file.is_permitted = order.is_permitted;
        drop(files);
        self.shared.pending.fetch_add(1, Ordering::AcqRel);
        if self.orders.send(order).is_err() {
            self.give_up();
        }
        self.shared.worker.touch();
    }

    /// Says that nothing is loaded, and that nobody needs to wait: there is no thread.
    fn give_up(&self) {
        for file in self.shared.files().iter_mut().filter(|file| file.standing == Standing::Loading) {
            file.standing = Standing::Faulty(ERROR_INSIDE.to_owned());
        }
        self.shared.pending.store(0, Ordering::Release);
        self.shared.worker.touch();
    }

    /// Puts a standing where the loader would.
    #[cfg(test)]
    pub(crate) fn put_standing(&self, part: Part, standing: Standing) {
        self.shared.files()[part.index()].standing = standing;
    }

    /// The field of the state; none where there is nothing to save.
    pub(crate) fn to_field(&self) -> Option<String> {
        let [lead, chords, bass, drums, space] = self.shared.files().each_ref().map(|file| file.wish.clone());
        let parts = [lead, chords, bass, drums];
        let unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let saved = Saved { parts, space, unread };
        if saved == Saved::default() { None } else { serde_json::to_string(&saved).ok() }
    }

    /// Takes the field of a state. Parts whose file stays the same play on.
    ///
    /// # Errors
    /// Where it cannot be read; then no part has an instrument.
    pub(crate) fn load_field(&self, text: Option<&str>) -> Result<(), serde_json::Error> {
        let (saved, fault) = match text.map(serde_json::from_str::<Saved>) {
            Some(Ok(saved)) => (saved, Ok(())),
            Some(Err(error)) => (Saved::default(), Err(error)),
            None => (Saved::default(), Ok(())),
        };
        *self.unread.lock().unwrap_or_else(PoisonError::into_inner) = saved.unread;
        for (target, wish) in Target::ALL.into_iter().zip(saved.parts.into_iter().chain([saved.space])) {
            if self.file(target).wish != wish {
                self.wish(target, wish, |order| Order { is_permitted: false, takes_any: false, ..order });
            }
        }
        fault
    }

    /// Waits until every order is answered, at most `longest`: an offline render must not begin before.
    pub(crate) fn wait(&self, longest: Duration) {
        let begin = Instant::now();
        while self.shared.pending.load(Ordering::Acquire) > 0 && begin.elapsed() < longest {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}
