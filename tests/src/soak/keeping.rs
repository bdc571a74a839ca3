//! Keeps ideas as a user does, by the key in the editor, and follows where they are then: in the session, and, until the
//! instance ends in order, in its file for recovery.

use crate::clap_host::Instance;
use crate::drawn_editor;
use crate::player;
use crate::screen::Frame;
use linnet_music::{IdeaId, Session};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What the editor and the keeper's thread are given, each, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_mins(10);
/// Between two looks: each saves the whole state.
const LOOK: Duration = Duration::from_millis(100);
/// Ideas that nobody kept and that the history holds.
const HISTORY_MAX: usize = 200;
/// Where the plug-in puts its files.
pub(crate) const FOLDER: &str = "LINNET_DATA";

/// What was kept.
#[derive(Default)]
pub(super) struct Keeping {
    kept: Vec<IdeaId>,
    /// How many editors drew nothing.
    blank: usize,
}

impl Keeping {
    pub(super) fn count(&self) -> usize {
        self.kept.len()
    }

    /// How many editors were opened and drew nothing.
    pub(super) fn blank(&self) -> usize {
        self.blank
    }

    /// Keeps the current idea of `instance`, and waits until it is put by.
    pub(super) fn keep(&mut self, instance: &mut Instance) -> Result<(), Box<dyn Error>> {
        let (frame, blank) = drawn_editor::open(instance)?;
        self.blank += blank;
        let idea = press(instance, &frame);
        instance.close_editor();
        self.kept.push(idea?);
        self.wait_for_file()
    }

    fn wait_for_file(&self) -> Result<(), Box<dyn Error>> {
        let since = Instant::now();
        let folder = folder()?;
        while !files(&folder).iter().any(|file| is_of(file, self.kept.len())) {
            if since.elapsed() > PATIENCE {
                return Err(format!("{} kept ideas were not put by for recovery.", self.kept.len()).into());
            }
            sleep(LOOK);
        }
        Ok(())
    }

    /// Whether `session` holds every idea that was kept, and no more of the others than it should.
    pub(super) fn check(&self, session: &Session) -> Result<(), Box<dyn Error>> {
        let is_kept = |id: &&IdeaId| session.idea(**id).is_some_and(|idea| idea.kept);
        if let Some(lost) = self.kept.iter().find(|id| !is_kept(id)) {
            return Err(format!("The kept idea {lost:?} is lost.").into());
        }
        // The current one, and the newest, may be there besides.
        if session.ideas().len() > HISTORY_MAX + self.kept.len() + 2 {
            return Err(format!("The history holds {} ideas.", session.ideas().len()).into());
        }
        Ok(())
    }
}

/// Whether the file for recovery went with the instance, which ended in order.
pub(super) fn check_end() -> Result<(), Box<dyn Error>> {
    match files(&folder()?).first() {
        Some(file) => Err(format!("{} was left behind.", file.display()).into()),
        None => Ok(()),
    }
}

/// Presses the key, and waits until the current idea is kept; returns it.
fn press(instance: &mut Instance, frame: &Frame) -> Result<IdeaId, Box<dyn Error>> {
    frame.press_control(K)?;
    let since = Instant::now();
    while since.elapsed() < PATIENCE {
        sleep(LOOK);
        instance.answer_requests();
        let session = player::session(&instance.save_state()?)?;
        if let Some(idea) = session.current().filter(|idea| idea.kept) {
            return Ok(idea.id);
        }
    }
    Err("The editor did not keep an idea at Ctrl+K.".into())
}

/// The key K, as X numbers it on every PC keyboard.
const K: u8 = 45;

fn folder() -> Result<PathBuf, Box<dyn Error>> {
    let folder = std::env::var_os(FOLDER).ok_or("LINNET_DATA must name a folder that only the soak uses.")?;
    Ok(Path::new(&folder).join("recovery"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "json")).collect()
}

/// Whether the file holds this many ideas.
fn is_of(file: &Path, count: usize) -> bool {
    let held = || -> Option<usize> {
        let saved: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
        Some(Session::from_json(saved["session"].as_str()?).ok()?.ideas().len())
    };
    held() == Some(count)
}
