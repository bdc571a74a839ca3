//! The parts' own instruments: which file each part plays, and how that stands.
//!
//! Set on the main thread by the editor and by a loaded state; files are read on a thread of its own ([`loader`]). Saved
//! with the project: the path, the preset, and the file's SHA-256. A path of a project is opened only where the user has
//! chosen that very file on this machine before, or says so now.

pub mod loader;

#[cfg(test)]
mod tests;

use crossbeam_channel::{Receiver, Sender};
use linnet_handover::worker_view::WorkerView;
use linnet_library::sound_font::Preset;
use linnet_music::Part;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the user is told where something in here went wrong that must not.
const ERROR_INSIDE: &str = "An error inside Linnet. Please send the log.";

/// The file that a part plays, as it is saved.
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
    /// Fields of a newer version, kept and written back.
    #[serde(flatten)]
    pub unread: serde_json::Map<String, serde_json::Value>,
}

/// All parts' files, as they are saved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Saved {
    parts: [Option<Wish>; 4],
    #[serde(flatten)]
    unread: serde_json::Map<String, serde_json::Value>,
}

/// How a part's instrument stands.
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

/// One part.
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
}

/// What the loader is told.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Order {
    part: usize,
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
    parts: Mutex<[PartFile; 4]>,
    /// Orders that are not answered.
    pending: AtomicUsize,
    /// Touched where the editor has something new to show.
    worker: Arc<WorkerView>,
}

impl Shared {
    fn parts(&self) -> MutexGuard<'_, [PartFile; 4]> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parts' own instruments.
pub struct Instruments {
    shared: Arc<Shared>,
    orders: Sender<Order>,
    /// The loader's end, until it begins.
    taken: Mutex<Option<Receiver<Order>>>,
    unread: Mutex<serde_json::Map<String, serde_json::Value>>,
}

impl Instruments {
    /// None; the editor is told of news through `worker`.
    pub(crate) fn new(worker: Arc<WorkerView>) -> Self {
        let (orders, taken) = crossbeam_channel::unbounded();
        let shared = Shared { parts: Mutex::default(), pending: AtomicUsize::new(0), worker };
        Self { shared: Arc::new(shared), orders, taken: Mutex::new(Some(taken)), unread: Mutex::default() }
    }

    /// How `part` stands.
    pub fn part(&self, part: Part) -> PartFile {
        self.shared.parts()[part.index()].clone()
    }

    /// The user chose a file for `part`: its first preset.
    pub fn choose(&self, part: Part, path: &str) {
        let wish = Wish { path: path.to_owned(), ..Wish::default() };
        self.wish(part, Some(wish), |order| order);
    }

    /// The user chose another preset of the file.
    pub fn choose_preset(&self, part: Part, bank: u16, program: u16) {
        let wish = self.part(part).wish.map(|wish| Wish { bank, program, ..wish });
        self.wish(part, wish, |order| Order { preset: Some((bank, program)), ..order });
    }

    /// The user allows what the project wants; `takes_any`: even where the file has changed.
    pub fn allow(&self, part: Part, takes_any: bool) {
        self.wish(part, self.part(part).wish, |order| Order { takes_any, ..order });
    }

    /// The user takes the file away: `part` plays its synthesised sound.
    pub fn remove(&self, part: Part) {
        self.wish(part, None, |order| order);
    }

    /// Notes a wish and tells the loader; `change` alters what it is told.
    fn wish(&self, part: Part, wish: Option<Wish>, change: impl FnOnce(Order) -> Order) {
        let index = part.index();
        let mut parts = self.shared.parts();
        let file = &mut parts[index];
        file.serial += 1;
        file.standing = if wish.is_some() { Standing::Loading } else { Standing::Absent };
        if wish.as_ref().map(|wish| &wish.path) != file.wish.as_ref().map(|wish| &wish.path) {
            file.presets = Arc::default();
        }
        // Of a file that was never read, no preset was chosen.
        let chosen = wish.as_ref().filter(|wish| !wish.sha256.is_empty());
        let preset = chosen.map(|wish| (wish.bank, wish.program));
        let order = Order { part: index, serial: file.serial, preset, is_permitted: true, takes_any: true };
        file.wish = wish;
        drop(parts);
        self.shared.pending.fetch_add(1, Ordering::AcqRel);
        if self.orders.send(change(order)).is_err() {
            self.give_up();
        }
        self.shared.worker.touch();
    }

    /// Says that nothing is loaded, and that nobody needs to wait: there is no thread.
    fn give_up(&self) {
        for file in self.shared.parts().iter_mut().filter(|file| file.standing == Standing::Loading) {
            file.standing = Standing::Faulty(ERROR_INSIDE.to_owned());
        }
        self.shared.pending.store(0, Ordering::Release);
        self.shared.worker.touch();
    }

    /// Puts a standing where the loader would.
    #[cfg(test)]
    pub(crate) fn put_standing(&self, part: Part, standing: Standing) {
        self.shared.parts()[part.index()].standing = standing;
    }

    /// The field of the state; none where there is nothing to save.
    pub(crate) fn to_field(&self) -> Option<String> {
        let parts = self.shared.parts().each_ref().map(|file| file.wish.clone());
        let unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let saved = Saved { parts, unread };
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
        for (part, wish) in Part::ALL.into_iter().zip(saved.parts) {
            if self.part(part).wish != wish {
                self.wish(part, wish, |order| Order { is_permitted: false, takes_any: false, ..order });
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
