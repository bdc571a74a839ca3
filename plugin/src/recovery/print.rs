//! Runs on the keeper's thread and the host's main thread. An idea is known by its music, since sessions number their
//! ideas each for itself.

use linnet_music::{Idea, Session};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The music of an idea, in a number.
pub(super) type Print = u64;

/// The music of an idea, whatever its number.
pub(super) fn print(idea: &Idea) -> Print {
    let music = (&idea.length, &idea.metre, &idea.key, &idea.harmony, &idea.phrases, &idea.controls);
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(&music).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// The kept ideas of `session`, oldest first.
pub(super) fn kept(session: &Session) -> Vec<Print> {
    session.ideas().iter().filter(|idea| idea.kept).map(print).collect()
}

/// What each instance in this process holds safely, by its folder and its number.
static SAFE: Mutex<BTreeMap<(PathBuf, u64), HashSet<Print>>> = Mutex::new(BTreeMap::new());

fn all_safe() -> MutexGuard<'static, BTreeMap<(PathBuf, u64), HashSet<Print>>> {
    SAFE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The ideas that are in an open project or in the file of a living instance, among those over `folder`.
pub(super) fn safe(folder: &Path) -> HashSet<Print> {
    let all = all_safe();
    let here = all.iter().filter(|((place, _), _)| place == folder);
    here.flat_map(|(_, prints)| prints).copied().collect()
}

/// Notes what `instance` holds safely; none when it ends.
pub(super) fn set_safe(folder: &Path, instance: u64, prints: Option<HashSet<Print>>) {
    let place = (folder.to_owned(), instance);
    match prints {
        Some(prints) => all_safe().insert(place, prints),
        None => all_safe().remove(&place),
    };
}
