//! The user's own kits: those in the user's folder. A project holds none of them: what they set are parameters.
//!
//! Used on the main thread; files are read and written by [`errands`](crate::errands).

use crate::errands::Errands;
use crate::folder;
use crate::held::held;
use linnet_handover::worker_view::WorkerView;
use linnet_library::preset_files::{Entry, NotWritten};
use linnet_library::user_kit::{self, UserKit};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

const NO_HOME: &str = "There is no home folder to keep kits in.";

#[derive(Default)]
struct Shared {
    listed: Mutex<Arc<[Entry<UserKit>]>>,
    written: Mutex<Option<Result<PathBuf, NotWritten>>>,
}

/// The user's own kits.
pub struct Kits {
    shared: Arc<Shared>,
    errands: Errands,
    folder: Option<PathBuf>,
}

impl Kits {
    /// Those in the user's folder; the editor is told of news through `worker`.
    pub(crate) fn new(worker: Arc<WorkerView>) -> Self {
        Self::in_folder(worker, folder::of_kits())
    }

    fn in_folder(worker: Arc<WorkerView>, folder: Option<PathBuf>) -> Self {
        Self { shared: Arc::default(), errands: Errands::new(worker), folder }
    }

    /// The folder that they lie in.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The kits of the folder, as they were listed last.
    pub fn listed(&self) -> Arc<[Entry<UserKit>]> {
        Arc::clone(&held(&self.shared.listed))
    }

    /// Lists the folder anew.
    pub(crate) fn list(&self) {
        let (shared, Some(folder)) = (Arc::clone(&self.shared), self.folder.clone()) else { return };
        self.errands.send(move |stop| *held(&shared.listed) = user_kit::list(&folder, stop).into());
    }

    /// Tells what reads and writes to end. The threads that do it.
    pub(crate) fn end(&self) -> Vec<JoinHandle<()>> {
        self.errands.end()
    }

    /// Writes `kit` into the folder; what became of it comes later.
    pub(crate) fn write(&self, kit: UserKit, replaces: bool) {
        let (shared, folder) = (Arc::clone(&self.shared), self.folder.clone());
        self.errands.send(move |stop| {
            let folder = folder.ok_or_else(|| NotWritten::Fault(NO_HOME.to_owned()));
            let written = folder.and_then(|folder| {
                let written = user_kit::write(&folder, &kit, replaces);
                *held(&shared.listed) = user_kit::list(&folder, stop).into();
                written
            });
            *held(&shared.written) = Some(written);
        });
    }

    /// What has become of the last kit that was written, once.
    pub(crate) fn take_written(&self) -> Option<Result<PathBuf, NotWritten>> {
        held(&self.shared.written).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_engine::settings::PieceSettings;

    #[test]
    fn a_kit_that_is_written_is_listed() {
        let folder = std::env::temp_dir().join(format!("linnet-own-kits-{}", std::process::id()));
        let kits = Kits::in_folder(Arc::default(), Some(folder.clone()));
        let kit = UserKit { name: "Low".to_owned(), kit: 2, pieces: [PieceSettings::PLAIN; 10] };
        kits.write(kit.clone(), false);
        kits.errands.wait();
        assert!(matches!(kits.take_written(), Some(Ok(_))) && kits.take_written().is_none());
        assert_eq!(kits.listed()[0].content, Ok(kit.clone()));
        kits.write(kit, false);
        kits.errands.wait();
        assert!(matches!(kits.take_written(), Some(Err(NotWritten::Exists(_)))));
        std::fs::remove_dir_all(folder).unwrap();
        kits.list();
        kits.errands.wait();
        assert!(kits.listed().is_empty());
    }
}
