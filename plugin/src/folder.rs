//! Any thread but the audio thread. The user's folders, and where in them Linnet writes what the user asks for.
//!
//! The system is asked once a process: the editor wants them in every frame.

use directories::UserDirs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static FOLDERS: LazyLock<Option<UserDirs>> = LazyLock::new(UserDirs::new);

/// The user's home folder.
pub(crate) fn home() -> Option<&'static Path> {
    FOLDERS.as_ref().map(UserDirs::home_dir)
}

/// The user's music folder, as the system names it; it need not be there.
pub(crate) fn music() -> Option<&'static Path> {
    FOLDERS.as_ref()?.audio_dir()
}

/// The folder `Linnet` in the user's music folder, else in that of documents, else at home; none where there is no home.
pub(crate) fn of_the_user() -> Option<PathBuf> {
    let folders = FOLDERS.as_ref()?;
    let music = folders.audio_dir().or(folders.document_dir()).unwrap_or(folders.home_dir());
    Some(music.join("Linnet"))
}

/// The folder of the user's presets.
pub(crate) fn of_presets() -> Option<PathBuf> {
    Some(of_the_user()?.join("Presets"))
}

/// The folder of the user's kits.
pub(crate) fn of_kits() -> Option<PathBuf> {
    Some(of_the_user()?.join("Kits"))
}
