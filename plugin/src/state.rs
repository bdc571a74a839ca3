//! What is saved beside the parameters: the session of ideas, the parts' own instruments, and how the editor looks.
//!
//! Runs on the host's main thread. (A state that the editor itself sets while the host plays is loaded on the audio
//! thread, by the framework; Linnet's editor does not do so.) What this build cannot read is kept and written back.
//!
//! A change of the session marks the host's project as modified only through the `revision` parameter, which only
//! the open editor can set: ideas that come while it is closed are saved with the project, but do not ask to be.

mod marks;
mod migration;
mod preferences;

pub use marks::Marks;
pub(crate) use migration::migrate;
pub use preferences::EditorPreferences;

use crate::file_list::FileList;
use crate::instruments::Instruments;
use crate::kits::Kits;
use crate::patience::{self, PATIENCE};
use crate::presets::Presets;
use crate::recorder::Recorder;
use crate::recordings::Recordings;
use crate::recovery::Recovery;
use linnet_handover::to_worker::{Order, Sender};
use linnet_handover::worker_view::WorkerView;
use linnet_music::{IdeaId, Session};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The session, as JSON.
const SESSION: &str = "session";
/// A session that could not be read, where another one has taken its place since.
const UNREAD_SESSION: &str = "session_unread";
/// The editor's preferences, as JSON.
const EDITOR: &str = "editor";
/// Preferences that could not be read.
const UNREAD_EDITOR: &str = "editor_unread";
/// Locked bars and the other idea of Morph, as JSON. Absent where there is neither.
const MARKS: &str = "marks";
/// Marks that could not be read.
const UNREAD_MARKS: &str = "marks_unread";
/// The parts' own instruments, as JSON. Absent where there are none.
const INSTRUMENTS: &str = "instruments";
/// Instruments that could not be read.
const UNREAD_INSTRUMENTS: &str = "instruments_unread";
/// The parts' own presets, as JSON. Absent where there are none.
const PRESETS: &str = "presets";
/// Presets that could not be read.
const UNREAD_PRESETS: &str = "presets_unread";
/// What the numbers of the parts' sounds mean: [`BANK`] where they are those of the bank. Absent in states from before it.
const SOUNDS: &str = "sounds";
/// The numbers of the bank.
const BANK: &str = "1";
/// Every field that this build knows.
const KNOWN: [&str; 11] = [
    SESSION,
    UNREAD_SESSION,
    EDITOR,
    UNREAD_EDITOR,
    MARKS,
    UNREAD_MARKS,
    INSTRUMENTS,
    UNREAD_INSTRUMENTS,
    PRESETS,
    UNREAD_PRESETS,
    SOUNDS,
];

/// The marks as they are saved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct SavedMarks {
    /// By part; bit 0 is the first bar.
    locked_bars: [u16; 4],
    morph_with: Option<IdeaId>,
    /// Fields of a newer version, kept and written back.
    #[serde(flatten)]
    unread: serde_json::Map<String, serde_json::Value>,
}

/// What the saved state held that this build cannot read.
#[derive(Debug, Default)]
struct Unread {
    /// Fields that this build does not know.
    fields: BTreeMap<String, String>,
    session: Option<String>,
    editor: Option<String>,
    marks: Option<String>,
    instruments: Option<String>,
    presets: Option<String>,
    /// Fields of the marks that this build does not know.
    in_marks: serde_json::Map<String, serde_json::Value>,
}

impl Unread {
    /// The fields of `saved` that this build does not know.
    fn of(saved: &BTreeMap<String, String>) -> Self {
        let others = saved.iter().filter(|(key, _)| !KNOWN.contains(&key.as_str()));
        let fields = others.map(|(key, text)| (key.clone(), text.clone())).collect();
        Self { fields, ..Self::default() }
    }
}

/// Everything that is saved beside the parameters.
pub struct SavedState {
    worker: Arc<WorkerView>,
    orders: Sender,
    editor: Mutex<EditorPreferences>,
    marks: Marks,
    instruments: Instruments,
    presets: Presets,
    kits: Kits,
    files: FileList,
    recorder: Recorder,
    recordings: Recordings,
    unread: Mutex<Unread>,
    /// What was loaded or saved last.
    last: Mutex<BTreeMap<String, String>>,
    loads: AtomicU32,
    has_worker: AtomicBool,
    recovery: Recovery,
}

impl Drop for SavedState {
    /// Ends all errands at once, so that those that hang are waited for together.
    fn drop(&mut self) {
        let ending = [self.presets.end(), self.kits.end(), self.files.end(), self.recordings.end()];
        patience::join(ending.into_iter().flatten(), PATIENCE);
    }
}

impl SavedState {
    /// The state around the session in `worker`; `orders` tells the composer thread when another is loaded.
    pub fn new(worker: Arc<WorkerView>, orders: Sender) -> Self {
        Self {
            instruments: Instruments::new(Arc::clone(&worker)),
            presets: Presets::new(Arc::clone(&worker)),
            kits: Kits::new(Arc::clone(&worker)),
            recordings: Recordings::new(Arc::clone(&worker)),
            files: FileList::new(Arc::clone(&worker)),
            recorder: Recorder::new(Arc::clone(&worker)),
            worker,
            orders,
            editor: Mutex::default(),
            marks: Marks::default(),
            unread: Mutex::default(),
            last: Mutex::default(),
            loads: AtomicU32::new(0),
            has_worker: AtomicBool::new(false),
            recovery: Recovery::default(),
        }
    }

    /// The session, and what the composer thread shows.
    pub fn worker(&self) -> &Arc<WorkerView> {
        &self.worker
    }

    /// The kept ideas of sessions that ended unexpectedly, and whether this one's are put by.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// How the editor looks.
    pub fn editor(&self) -> MutexGuard<'_, EditorPreferences> {
        self.editor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bars that are locked, and the other idea of Morph.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The parts' own instruments.
    pub fn instruments(&self) -> &Instruments {
        &self.instruments
    }

    /// The user's own presets.
    pub fn presets(&self) -> &Presets {
        &self.presets
    }

    /// The user's own kits, of which nothing is saved.
    pub fn kits(&self) -> &Kits {
        &self.kits
    }

    /// The list of files that the user looks into, of which nothing is saved.
    pub fn files(&self) -> &FileList {
        &self.files
    }

    /// The recorder, of which nothing is saved.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// The recordings, of which nothing is saved.
    pub fn recordings(&self) -> &Recordings {
        &self.recordings
    }

    /// How often a state was loaded. The audio thread compares it, so that no parameter of a loaded state counts as
    /// a key pressed.
    pub fn loads(&self) -> u32 {
        self.loads.load(Ordering::Relaxed)
    }

    /// From now on the composer thread is told when a session is loaded. Before, nobody has to be.
    pub(crate) fn worker_runs(&self) {
        self.has_worker.store(true, Ordering::Release);
    }

    /// The fields as they are written. The same state gives the same bytes.
    pub fn to_fields(&self) -> BTreeMap<String, String> {
        let fields = self.fields();
        self.last().clone_from(&fields);
        fields
    }

    /// What was loaded or saved last: the best there is where the state cannot be written at all.
    pub(crate) fn last_fields(&self) -> BTreeMap<String, String> {
        self.last().clone()
    }

    fn last(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fields(&self) -> BTreeMap<String, String> {
        let unread = self.unread();
        let mut fields = unread.fields.clone();
        let session = self.worker.session();
        let is_untouched = session.ideas().is_empty() && session.unread_ideas() == 0;
        match &unread.session {
            Some(text) if is_untouched => fields.insert(SESSION.to_owned(), text.clone()),
            Some(text) => fields.insert(UNREAD_SESSION.to_owned(), text.clone()),
            None => None,
        };
        fields.entry(SESSION.to_owned()).or_insert_with(|| session.to_json());
        if let Some(text) = &unread.editor {
            fields.insert(UNREAD_EDITOR.to_owned(), text.clone());
        }
        let marks = SavedMarks {
            locked_bars: self.marks.locked_bars(),
            morph_with: self.marks.morph_with(),
            unread: unread.in_marks.clone(),
        };
        if marks != SavedMarks::default() {
            fields.insert(MARKS.to_owned(), serde_json::to_string(&marks).unwrap_or_default());
        }
        if let Some(text) = &unread.marks {
            fields.insert(UNREAD_MARKS.to_owned(), text.clone());
        }
        let own = [
            (INSTRUMENTS, self.instruments.to_field()),
            (UNREAD_INSTRUMENTS, unread.instruments.clone()),
            (PRESETS, self.presets.to_field()),
            (UNREAD_PRESETS, unread.presets.clone()),
        ];
        for (field, text) in own {
            fields.extend(text.map(|text| (field.to_owned(), text)));
        }
        fields.insert(EDITOR.to_owned(), serde_json::to_string(&*self.editor()).unwrap_or_default());
        fields.insert(SOUNDS.to_owned(), BANK.to_owned());
        fields
    }

    /// Takes the fields of a saved state. A field that is absent changes nothing; only marks, instruments and presets,
    /// which are saved where there are any, go.
    pub fn load_fields(&self, fields: &BTreeMap<String, String>) {
        self.loads.fetch_add(1, Ordering::Relaxed);
        self.last().clone_from(fields);
        *self.unread() = Unread {
            session: fields.get(UNREAD_SESSION).cloned(),
            editor: fields.get(UNREAD_EDITOR).cloned(),
            marks: fields.get(UNREAD_MARKS).cloned(),
            instruments: fields.get(UNREAD_INSTRUMENTS).cloned(),
            presets: fields.get(UNREAD_PRESETS).cloned(),
            ..Unread::of(fields)
        };
        self.load_marks(fields.get(MARKS).map(String::as_str));
        let instruments = fields.get(INSTRUMENTS);
        if self.instruments.load_field(instruments.map(String::as_str)).is_err() {
            self.unread().instruments = instruments.cloned();
        }
        let presets = fields.get(PRESETS);
        if self.presets.load_field(presets.map(String::as_str), &self.instruments).is_err() {
            self.unread().presets = presets.cloned();
        }
        if let Some(text) = fields.get(EDITOR) {
            self.load_editor(text);
        }
        if let Some(text) = fields.get(SESSION) {
            self.load_session(text);
        }
    }

    /// Puts `fields` by, to be written back, where reading them stopped at a defect.
    pub(crate) fn could_not_load(&self, fields: &BTreeMap<String, String>) {
        let either = |field: &str, unread: &str| fields.get(field).or(fields.get(unread)).cloned();
        *self.unread() = Unread {
            session: either(SESSION, UNREAD_SESSION),
            editor: either(EDITOR, UNREAD_EDITOR),
            marks: either(MARKS, UNREAD_MARKS),
            instruments: either(INSTRUMENTS, UNREAD_INSTRUMENTS),
            presets: either(PRESETS, UNREAD_PRESETS),
            ..Unread::of(fields)
        };
        let note = "The saved ideas could not be read: an error inside Linnet. They are kept in the project \
                    unchanged. Please send the log.";
        self.replace_session(Session::default(), note.to_owned());
    }

    fn load_editor(&self, text: &str) {
        match serde_json::from_str::<EditorPreferences>(text) {
            Ok(preferences) => *self.editor() = preferences.within_ranges(),
            Err(_) => self.unread().editor = Some(text.to_owned()),
        }
    }

    fn load_marks(&self, text: Option<&str>) {
        let saved = match text.map(serde_json::from_str::<SavedMarks>) {
            Some(Ok(saved)) => saved,
            Some(Err(_)) => {
                self.unread().marks = text.map(str::to_owned);
                SavedMarks::default()
            }
            None => SavedMarks::default(),
        };
        self.marks.lock_bars(saved.locked_bars);
        self.marks.set_morph_with(saved.morph_with);
        self.unread().in_marks = saved.unread;
    }

    fn load_session(&self, text: &str) {
        let (session, note) = match Session::from_json(text) {
            Ok(session) => {
                let note = note_on(session.unread_ideas());
                (session, note)
            }
            Err(error) => {
                self.unread().session = Some(text.to_owned());
                (Session::default(), error.to_string())
            }
        };
        self.replace_session(session, note);
    }

    fn replace_session(&self, session: Session, note: String) {
        {
            let mut held = self.worker.session();
            self.recovery.session_replaced(&held, &session);
            *held = session;
        }
        {
            let mut snapshot = self.worker.snapshot();
            snapshot.note = note;
            // They were proposed for the session before.
            snapshot.alternatives.clear();
            snapshot.latest = None;
        }
        self.worker.touch();
        if self.has_worker.load(Ordering::Acquire) {
            // The channel closes only when the instance goes.
            let _ = self.orders.send(Order::SessionReplaced);
        }
    }

    fn unread(&self) -> MutexGuard<'_, Unread> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to tell the user about ideas that could not be read.
fn note_on(unread_ideas: usize) -> String {
    match unread_ideas {
        0 => String::new(),
        1 => "One saved idea could not be read. It is kept in the project unchanged.".to_owned(),
        more => format!("{more} saved ideas could not be read. They are kept in the project unchanged."),
    }
}
