//! An idea that was kept returns, also after a crash of the host; and what nobody lost is never offered.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet::PluginKind;
use linnet::params::LinnetParams;
use linnet::recovery::watch::Watch;
use linnet::recovery::{Answer, Offer};
use linnet::state::SavedState;
use linnet_music::{Beats, Controls, Idea, IdeaId, Key, Note, Phrase, Pitch, PitchClass, Scale, Velocity};
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The folder that the crashing process writes to.
const FOLDER: &str = "LINNET_TEST_RECOVERY";

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("linnet-recovery-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn files(folder: &Path) -> Vec<String> {
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = fs::read_dir(folder).into_iter().flatten().flatten().map(name).collect();
    names.sort();
    names
}

/// One instance: what the host holds of it, and the keeper's part without its thread.
struct Instance {
    params: Arc<LinnetParams>,
    watch: Watch,
}

fn instance(folder: &Path) -> Instance {
    let (_, worker, editor) = linnet_handover::connect();
    let saved = SavedState::new(worker.view, editor.orders);
    let params = Arc::new(LinnetParams::new(PluginKind::Instrument, saved));
    Instance { watch: Watch::new(Arc::clone(&params), folder), params }
}

impl Instance {
    fn make(&self, pitch: i32, kept: bool) -> IdeaId {
        let worker = self.params.saved.worker();
        let mut session = worker.session();
        let id = session.next_id();
        session.push(idea(id, pitch, kept));
        worker.touch();
        id
    }

    fn steps(&mut self, count: usize) {
        (0..count).for_each(|_| self.watch.step());
    }

    fn offer(&self) -> Option<usize> {
        self.params.saved.recovery().offer().map(|offer| offer.ideas)
    }

    fn answer(&mut self, answer: Answer) {
        self.params.saved.recovery().answer(answer);
        self.steps(1);
    }

    /// The lead's first pitch of each idea, and whether it is kept.
    fn ideas(&self) -> Vec<(u8, bool)> {
        let session = self.params.saved.worker().session();
        let first = |idea: &Idea| idea.phrases[0].notes()[0].pitch.midi();
        session.ideas().iter().map(|idea| (first(idea), idea.kept)).collect()
    }
}

fn idea(id: IdeaId, pitch: i32, kept: bool) -> Idea {
    let note =
        Note { onset: Beats(0.0), length: Beats(1.0), pitch: Pitch::new(pitch), velocity: Velocity::new(90) };
    Idea {
        id,
        parent: None,
        kept,
        length: Beats(16.0),
        metre: linnet_music::TimeSignature::COMMON,
        key: Key { tonic: PitchClass::new(0), scale: Scale::Major },
        harmony: Vec::new(),
        phrases: [Phrase::new(vec![note]), Phrase::default(), Phrase::default(), Phrase::default()],
        controls: Controls::default(),
        started_at: None,
        provenance: linnet_music::Provenance::default(),
        unread: serde_json::Map::new(),
    }
}

/// A process that keeps two ideas of three, and is killed. Returns when it is dead.
fn crash(folder: &Path) {
    let program = std::env::current_exe().unwrap();
    let status = Command::new(program)
        .args(["--exact", "the_process_that_crashes", "--ignored", "--test-threads=1"])
        .env(FOLDER, folder)
        .output()
        .unwrap()
        .status;
    assert!(!status.success(), "it did not crash");
}

#[test]
#[ignore = "the tests run it in a process of its own, which it kills"]
fn the_process_that_crashes() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let mut instance = instance(&folder);
    instance.make(60, true);
    instance.make(61, false);
    instance.make(62, true);
    instance.steps(1);
    std::process::abort();
}

#[test]
fn what_was_kept_before_a_crash_is_offered_and_restored() {
    let folder = folder("crash");
    crash(&folder);
    let mut next = instance(&folder);
    next.make(72, false);
    next.steps(2);
    assert_eq!(next.offer(), None, "a host is given the time to load its project");
    next.steps(1);
    assert_eq!(next.offer(), Some(2));
    next.answer(Answer::Restore);
    assert_eq!(next.offer(), None);
    assert_eq!(next.ideas(), [(72, false), (60, true), (62, true)]);
    // They are this session's now, and put by as such; the crashed one's file is gone.
    assert_eq!(files(&folder).len(), 2, "{:?}", files(&folder));
    let mut another = instance(&folder);
    another.steps(5);
    assert_eq!(another.offer(), None, "a living instance's ideas are nobody else's");
    next.watch.end();
    another.watch.end();
    assert_eq!(files(&folder), Vec::<String>::new());
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn discarded_ideas_are_gone_and_not_now_asks_another_time() {
    let folder = folder("answers");
    crash(&folder);
    let mut first = instance(&folder);
    first.steps(3);
    first.answer(Answer::Later);
    first.steps(3);
    assert_eq!(first.offer(), None);
    let mut meanwhile = instance(&folder);
    meanwhile.steps(4);
    assert_eq!(meanwhile.offer(), None, "one instance asks, not each");
    first.watch.end();
    drop(first);
    let mut second = instance(&folder);
    second.steps(3);
    assert_eq!(second.offer(), Some(2));
    second.answer(Answer::Discard);
    assert_eq!((second.offer(), second.ideas().len()), (None, 0));
    assert_eq!(files(&folder), Vec::<String>::new());
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn ideas_that_a_reopened_project_holds_are_not_offered() {
    let folder = folder("reopened");
    crash(&folder);
    // The host opens the project in two instances; the other one holds what was lost.
    let (mut asks, mut holds) = (instance(&folder), instance(&folder));
    let fields = {
        let source = instance(&folder);
        source.make(60, true);
        source.make(62, true);
        source.params.saved.to_fields()
    };
    holds.params.saved.load_fields(&fields);
    holds.steps(1);
    asks.steps(4);
    assert_eq!(asks.offer(), None);
    assert_eq!(files(&folder), Vec::<String>::new(), "what is in a project is put by no longer");
    holds.watch.end();
    asks.watch.end();
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_instance_with_nothing_to_lose_writes_nothing() {
    let folder = folder("nothing");
    let mut quiet = instance(&folder);
    quiet.make(60, false);
    quiet.steps(2);
    let loaded = {
        let source = instance(&folder);
        source.make(64, true);
        source.params.saved.to_fields()
    };
    quiet.params.saved.load_fields(&loaded);
    quiet.steps(2);
    assert_eq!(files(&folder), Vec::<String>::new());
    // A new one is put by, all of them together; let go again, the file goes.
    let id = quiet.make(65, true);
    quiet.steps(1);
    assert_eq!(files(&folder).len(), 2);
    quiet.params.saved.worker().session().idea_mut(id).unwrap().kept = false;
    quiet.params.saved.worker().touch();
    quiet.steps(1);
    assert_eq!(files(&folder), Vec::<String>::new());
    let _ = fs::remove_dir_all(&folder);
}

#[test]
fn turned_off_nothing_is_put_by_and_what_was_is_removed() {
    let folder = folder("off");
    crash(&folder);
    let mut instance = instance(&folder);
    instance.make(70, true);
    instance.steps(3);
    assert_eq!(instance.offer(), Some(2));
    assert_eq!(files(&folder).len(), 4);
    instance.params.saved.recovery().turn(false);
    instance.steps(3);
    assert_eq!(instance.offer(), None);
    assert_eq!(files(&folder).len(), 2, "the file of the crashed session is not this one's to remove");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn old_and_too_many_files_are_removed_and_damaged_ones_left_alone() {
    let folder = folder("old");
    (0..3).for_each(|_| crash(&folder));
    let name = |i: usize| files(&folder).into_iter().filter(|name| name.ends_with("json")).nth(i).unwrap();
    let old = folder.join(name(0));
    let long_ago = SystemTime::now() - Duration::from_hours(31 * 24);
    File::options()
        .append(true)
        .open(&old)
        .unwrap()
        .set_times(FileTimes::new().set_modified(long_ago))
        .unwrap();
    let damaged = folder.join(name(1));
    fs::write(&damaged, "{\"version\":1,\"sav").unwrap();
    let complete = fs::read(folder.join(name(2))).unwrap();
    for i in 0..40 {
        fs::write(folder.join(format!("copy-{i}.json")), &complete).unwrap();
    }
    let mut instance = instance(&folder);
    instance.steps(3);
    assert_eq!(instance.offer(), Some(20 * 2));
    assert!(!old.exists() && damaged.exists());
    let left = files(&folder).iter().filter(|name| name.ends_with("json")).count();
    assert_eq!(left, 21);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_file_is_bounded_whatever_is_kept() {
    let folder = folder("bounded");
    let mut instance = instance(&folder);
    for pitch in 0..900 {
        let id = instance.make(pitch % 128, true);
        let heard = vec![idea(id, 3, false).phrases[0].notes()[0]; 300];
        instance.params.saved.worker().session().idea_mut(id).unwrap().provenance.heard = heard;
    }
    instance.steps(1);
    let size = |name: &String| fs::metadata(folder.join(name)).unwrap().len();
    let sizes: Vec<u64> = files(&folder).iter().map(size).collect();
    assert!(
        sizes.iter().sum::<u64>() > 1_000_000 && sizes.iter().all(|size| *size <= 8_000_000),
        "{sizes:?}"
    );
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_offer_says_how_many_and_when() {
    let folder = folder("offer");
    crash(&folder);
    let mut instance = instance(&folder);
    instance.steps(3);
    let Some(Offer { ideas, saved_at_s }) = instance.params.saved.recovery().offer() else { panic!("none") };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    assert_eq!(ideas, 2);
    assert!(saved_at_s <= now && saved_at_s + 600 > now);
    fs::remove_dir_all(&folder).unwrap();
}
