//! Virtual environments of Python under the target folder, with pinned packages.

use crate::command::{Failure, program, root, run, target};
use std::fs;
use std::path::{Path, PathBuf};

/// The interpreter of the environment `name`, which holds exactly what `requirements` (a file of the workspace) names.
///
/// It is made anew where the file changed.
pub(crate) fn environment(name: &str, requirements: &str) -> Result<PathBuf, Failure> {
    let folder = target().join("python").join(name);
    let interpreter = folder.join("bin").join("python");
    let stamp = folder.join("requirements.txt");
    let wanted = fs::read_to_string(root().join(requirements))
        .map_err(|error| format!("{requirements} could not be read: {error}."))?;
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(interpreter);
    }
    let folder_text = folder.to_string_lossy();
    run(&mut program("python3", &["-m", "venv", "--clear", &folder_text]))?;
    // What was downloaded is installed once: a second copy would take as much of the disk again.
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"];
    run(program(&interpreter, &install).args(["--requirement", requirements]))?;
    fs::write(&stamp, wanted)
        .map_err(|error| format!("{} could not be written: {error}.", stamp.display()))?;
    Ok(interpreter)
}

/// The onnxruntime library that the environment's wheel holds.
pub(crate) fn onnxruntime(interpreter: &Path) -> Option<PathBuf> {
    let lib = interpreter.parent()?.parent()?.join("lib");
    let versions = fs::read_dir(lib).ok()?.flatten();
    versions.map(|version| version.path().join("site-packages/onnxruntime/capi")).find_map(|capi| {
        let mut files = fs::read_dir(capi).ok()?.flatten().map(|file| file.path());
        files.find(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libonnxruntime.") && !name.contains("providers")
        })
    })
}
