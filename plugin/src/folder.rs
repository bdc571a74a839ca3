//! Any thread but the audio thread. Where Linnet writes what the user asks for: exported ideas and recordings.

use std::path::PathBuf;

/// The folder `Linnet` in the user's music folder, else in that of documents, else at home; none where there is no home.
pub(crate) fn of_the_user() -> Option<PathBuf> {
    let folders = directories::UserDirs::new()?;
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
