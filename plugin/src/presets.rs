//! The user's own presets: those in the user's folder, and what the parts play of them.
//!
//! Used on the main thread; files are read and written by [`errands`](crate::errands). A project holds the whole text of
//! a preset that a part plays, so that it sounds without the file, and on another machine.

use crate::errands::Errands;
use crate::folder;
use crate::held::held;
use crate::instruments::Instruments;
use linnet_engine::synth::PartSound;
use linnet_handover::worker_view::WorkerView;
use linnet_library::preset::Preset;
use linnet_library::preset_files::{self, Entry, NotWritten};
use linnet_music::Part;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

const NO_HOME: &str = "There is no home folder to keep presets in.";

/// A preset that a part plays.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// Its file's text, as the project keeps it.
    text: Arc<str>,
    /// What it is; where this build cannot read it, a sentence that says why.
    preset: Result<Arc<Preset>, String>,
    /// Fields of a newer version, kept and written back.
    unread: serde_json::Map<String, serde_json::Value>,
}

impl Own {
    /// That of this text.
    fn of(text: &str) -> Self {
        let preset = preset_files::parse(text, "The project's own preset").map(Arc::new);
        Self { text: text.into(), preset, unread: serde_json::Map::new() }
    }

    /// What it is.
    ///
    /// # Errors
    /// Where this build cannot read it: a sentence that says why.
    pub fn preset(&self) -> Result<&Preset, &str> {
        self.preset.as_deref().map_err(String::as_str)
    }
}

/// A preset as it is saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SavedPreset {
    toml: String,
    #[serde(flatten)]
    unread: serde_json::Map<String, serde_json::Value>,
}

/// All parts' presets, as they are saved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Saved {
    parts: [Option<SavedPreset>; 4],
    #[serde(flatten)]
    unread: serde_json::Map<String, serde_json::Value>,
}

/// What became of an errand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// A file was read for a part; where it is no preset, a sentence that says why.
    Read(Part, Result<Box<Own>, String>),
    /// A preset was written, or why not.
    Written(Result<PathBuf, NotWritten>),
}

#[derive(Default)]
struct Shared {
    parts: Mutex<[Option<Own>; 4]>,
    listed: Mutex<Arc<[Entry<Preset>]>>,
    answers: Mutex<Vec<Answer>>,
}

/// The user's own presets.
pub struct Presets {
    shared: Arc<Shared>,
    errands: Errands,
    folder: Option<PathBuf>,
    unread: Mutex<serde_json::Map<String, serde_json::Value>>,
}

impl Presets {
    /// Those in the user's folder; the editor is told of news through `worker`.
    pub(crate) fn new(worker: Arc<WorkerView>) -> Self {
        Self::in_folder(worker, folder::of_presets())
    }

    fn in_folder(worker: Arc<WorkerView>, folder: Option<PathBuf>) -> Self {
        Self { shared: Arc::default(), errands: Errands::new(worker), folder, unread: Mutex::default() }
    }

    /// The folder that they lie in.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What `part` plays where its sound is "own preset".
    pub fn part(&self, part: Part) -> Option<Own> {
        held(&self.shared.parts)[part.index()].clone()
    }

    /// `part` plays `own` from now on, where its sound says so.
    pub(crate) fn put(&self, part: Part, own: Option<Own>, instruments: &Instruments) {
        let sound = own.as_ref().and_then(|own| own.preset().ok()).map(|preset| preset.sound);
        held(&self.shared.parts)[part.index()] = own;
        instruments.send_sound(PartSound { part, sound });
    }

    /// The presets of the folder, as they were listed last.
    pub fn listed(&self) -> Arc<[Entry<Preset>]> {
        Arc::clone(&held(&self.shared.listed))
    }

    /// Lists the folder anew.
    pub(crate) fn list(&self) {
        let (shared, Some(folder)) = (Arc::clone(&self.shared), self.folder.clone()) else { return };
        self.errands.send(move |stop| *held(&shared.listed) = preset_files::list(&folder, stop).into());
    }

    /// Reads the file at `path` for `part`; the answer comes later.
    pub(crate) fn read(&self, part: Part, path: PathBuf) {
        let shared = Arc::clone(&self.shared);
        self.errands.send(move |_| {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let read = preset_files::read(&path).and_then(|text| {
                let preset = preset_files::parse(&text, &file)?;
                let unread = serde_json::Map::new();
                Ok(Box::new(Own { text: text.into(), preset: Ok(Arc::new(preset)), unread }))
            });
            held(&shared.answers).push(Answer::Read(part, read));
        });
    }

    /// Writes `preset` into the folder; the answer comes later.
    pub(crate) fn write(&self, preset: Preset, replaces: bool) {
        let (shared, folder) = (Arc::clone(&self.shared), self.folder.clone());
        self.errands.send(move |stop| {
            let folder = folder.ok_or_else(|| NotWritten::Fault(NO_HOME.to_owned()));
            let written = folder.and_then(|folder| {
                let written = preset_files::write(&folder, &preset, replaces);
                *held(&shared.listed) = preset_files::list(&folder, stop).into();
                written
            });
            held(&shared.answers).push(Answer::Written(written));
        });
    }

    /// Tells what reads and writes to end. The threads that do it.
    pub(crate) fn end(&self) -> Vec<JoinHandle<()>> {
        self.errands.end()
    }

    /// What has become of errands since.
    pub(crate) fn take_answers(&self) -> Vec<Answer> {
        std::mem::take(&mut *held(&self.shared.answers))
    }

    /// The field of the state; none where there is nothing to save.
    pub(crate) fn to_field(&self) -> Option<String> {
        let saved = |own: &Option<Own>| {
            own.as_ref().map(|own| SavedPreset { toml: own.text.to_string(), unread: own.unread.clone() })
        };
        let parts = held(&self.shared.parts).each_ref().map(saved);
        let saved = Saved { parts, unread: held(&self.unread).clone() };
        if saved == Saved::default() { None } else { serde_json::to_string(&saved).ok() }
    }

    /// Takes the field of a state.
    ///
    /// # Errors
    /// Where it cannot be read; then no part has a preset.
    pub(crate) fn load_field(
        &self,
        text: Option<&str>,
        instruments: &Instruments,
    ) -> Result<(), serde_json::Error> {
        let (saved, fault) = match text.map(serde_json::from_str::<Saved>) {
            Some(Ok(saved)) => (saved, Ok(())),
            Some(Err(error)) => (Saved::default(), Err(error)),
            None => (Saved::default(), Ok(())),
        };
        *held(&self.unread) = saved.unread;
        for (part, saved) in Part::ALL.into_iter().zip(saved.parts) {
            let own = saved.map(|saved| Own { unread: saved.unread, ..Own::of(&saved.toml) });
            if self.part(part) != own {
                self.put(part, own, instruments);
            }
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presets(name: &str) -> (Presets, Instruments) {
        let folder = std::env::temp_dir().join(format!("linnet-own-presets-{}-{name}", std::process::id()));
        (Presets::in_folder(Arc::default(), Some(folder)), Instruments::new(Arc::default()))
    }

    #[test]
    fn a_project_holds_the_whole_preset_and_needs_no_file() {
        let (presets, instruments) = presets("whole");
        let preset = Preset { name: "Dusk".to_owned(), ..Preset::factory(30).unwrap() };
        presets.write(preset.clone(), false);
        presets.errands.wait();
        let [Answer::Written(Ok(path))] = &presets.take_answers()[..] else { panic!("it was not written") };
        assert_eq!(presets.listed()[0].content, Ok(preset.clone()));
        presets.read(Part::Lead, path.clone());
        presets.errands.wait();
        let Some(Answer::Read(Part::Lead, Ok(own))) = presets.take_answers().pop() else { panic!("unread") };
        presets.put(Part::Lead, Some(*own), &instruments);
        std::fs::remove_dir_all(presets.folder().unwrap()).unwrap();
        let field = presets.to_field().unwrap();

        let (elsewhere, instruments) = self::presets("elsewhere");
        elsewhere.load_field(Some(&field), &instruments).unwrap();
        assert_eq!(elsewhere.part(Part::Lead).unwrap().preset(), Ok(&preset));
        assert_eq!(elsewhere.to_field(), Some(field));
        elsewhere.load_field(None, &instruments).unwrap();
        assert_eq!((elsewhere.part(Part::Lead), elsewhere.to_field()), (None, None));
    }

    #[test]
    fn a_preset_that_this_build_cannot_read_is_kept_and_said() {
        let (presets, instruments) = presets("newer");
        let field = r#"{"parts":[null,{"toml":"linnet_preset = 9","later":1},null,null],"more":2}"#;
        presets.load_field(Some(field), &instruments).unwrap();
        let own = presets.part(Part::Chords).unwrap();
        assert!(own.preset().unwrap_err().contains("needs a newer Linnet"));
        assert_eq!(presets.to_field().as_deref(), Some(field));
        assert!(presets.load_field(Some("{"), &instruments).is_err());
    }

    #[test]
    fn what_is_no_preset_is_an_answer_in_words() {
        let (presets, _) = presets("none");
        presets.read(Part::Bass, "/nowhere/Pad.toml".into());
        presets.errands.wait();
        let answers = presets.take_answers();
        assert!(matches!(&answers[..], [Answer::Read(Part::Bass, Err(why))] if why.contains("Pad.toml")));
    }
}
