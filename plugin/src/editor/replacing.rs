//! Runs on the main thread. A file that is written under a name replaces another one only where the user said so.

use linnet_library::preset_files::file_name;

/// What the user was asked about a file that is there already.
#[derive(Debug, Default)]
pub(crate) struct Replacing {
    /// The name of the file.
    asked: Option<String>,
    /// Whether the answer is awaited.
    pub(crate) asks: bool,
}

impl Replacing {
    /// Whether what is called `name` may replace a file: only the one that was asked about. Each time is asked anew.
    pub(crate) fn answered(&mut self, name: &str) -> bool {
        let file = file_name(name);
        let replaces = std::mem::take(&mut self.asks) && self.asked == file;
        self.asked = file;
        replaces
    }
}
