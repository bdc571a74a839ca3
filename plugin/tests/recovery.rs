//! An idea that was kept returns, also after a crash of the host; and what nobody lost is never offered.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet::PluginKind;
use linnet::params::LinnetParams;
use linnet::recovery::watch::Watch;
use linnet::recovery::{Answer, Offer};
use linnet::state::SavedState;
use linnet_music::{
    Beats, Controls, Idea, IdeaId, Key, Note, Phrase, Pitch, PitchClass, Scale, Session, Velocity,
};
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The folder that the crashing process writes to.
const FOLDER: &str = "LINNET_TEST_RECOVERY";
/// Set in the process of a test that needs one of its own.
const ALONE: &str = "LINNET_TEST_ALONE";
const HOUR: Duration = Duration::from_hours(1);

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

fn jsons(folder: &Path) -> Vec<PathBuf> {
    files(folder).iter().filter(|name| name.ends_with("json")).map(|name| folder.join(name)).collect()
}

/// Makes the file at `path` this old.
fn age(path: &Path, age: Duration) {
    let then = SystemTime::now() - age;
    File::options().append(true).open(path).unwrap().set_times(FileTimes::new().set_modified(then)).unwrap();
}

/// The file of a session with these ideas that ended unexpectedly, as a build of this version writes it.
fn leave(path: &Path, version: u32, ideas: Vec<Idea>) {
    let mut session = Session::default();
    for idea in ideas {
        session.push(idea);
    }
    let saved =
        serde_json::json!({ "version": version, "at_s": 1_700_000_000, "session": session.to_json() });
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, saved.to_string()).unwrap();
}

/// A kept idea like no other.
fn unlike(number: u16) -> Idea {
    let controls = Controls { seed: number, ..Controls::default() };
    Idea { controls, ..idea(IdeaId(1 + u32::from(number)), i32::from(number % 128), true) }
}

/// Whether this is a process of the test's own, which has a switch of its own. Where it is not, one is run to its end.
fn is_alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(["--exact", test]).env(ALONE, "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    false
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

    fn set_kept(&self, id: IdeaId, kept: bool) {
        self.params.saved.worker().session().idea_mut(id).unwrap().kept = kept;
        self.params.saved.worker().touch();
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
        figures: Vec::new(),
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
    if !is_alone("turned_off_nothing_is_put_by_and_what_was_is_removed") {
        return;
    }
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
    age(&old, 31 * 24 * HOUR);
    let damaged = folder.join(name(1));
    fs::write(&damaged, "{\"version\":1,\"sav").unwrap();
    for i in 0..520 {
        leave(&folder.join(format!("left-{i}.json")), 1, vec![unlike(2 * i), unlike(2 * i + 1)]);
    }
    let mut instance = instance(&folder);
    instance.steps(3);
    assert_eq!(
        instance.offer(),
        Some(100 * 2),
        "each takes a handle of the host's: the others are offered next time"
    );
    assert!(!old.exists() && damaged.exists());
    let left = files(&folder).iter().filter(|name| name.ends_with("json")).count();
    assert_eq!(left, 501);
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

#[test]
fn no_idea_of_a_project_with_many_instances_is_cut_before_the_user_is_asked() {
    let folder = folder("many");
    for i in 0..24 {
        leave(&folder.join(format!("left-{i}.json")), 1, vec![unlike(i)]);
    }
    let mut next = instance(&folder);
    next.steps(3);
    assert_eq!((next.offer(), jsons(&folder).len()), (Some(24), 24));
    next.answer(Answer::Restore);
    assert_eq!((next.ideas().len(), jsons(&folder).len()), (24, 1));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_lock_older_than_a_day_takes_no_ideas_along() {
    let folder = folder("lock");
    crash(&folder);
    let json = jsons(&folder).remove(0);
    let litter = ["none.lock", "none-2.tmp"].map(|name| folder.join(name));
    let beside = ["lock", "tmp"].map(|extension| json.with_extension(extension));
    for path in litter.iter().chain(&beside) {
        File::options().create(true).append(true).open(path).unwrap();
        age(path, 25 * HOUR);
    }
    let mut next = instance(&folder);
    next.steps(3);
    assert_eq!(next.offer(), Some(2));
    assert!(json.exists() && litter.iter().all(|path| !path.exists()), "{:?}", files(&folder));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn ideas_that_this_build_cannot_read_stay_until_they_are_too_old() {
    let folder = folder("unread");
    let [newer, foreign] = ["newer.json", "foreign.json"].map(|name| folder.join(name));
    leave(&newer, 2, vec![unlike(1)]);
    leave(&foreign, 1, vec![unlike(2), unlike(3)]);
    // The second idea has a key that is to come.
    let text = fs::read_to_string(&foreign).unwrap();
    let (start, end) = text.rsplit_once("major").unwrap();
    fs::write(&foreign, format!("{start}octatonic{end}")).unwrap();
    let mut next = instance(&folder);
    next.steps(4);
    assert_eq!((next.offer(), jsons(&folder).len()), (None, 2));
    for path in [&newer, &foreign] {
        age(path, 31 * 24 * HOUR);
    }
    let mut later = instance(&folder);
    later.steps(3);
    assert_eq!(files(&folder), Vec::<String>::new());
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_state_that_the_host_hands_back_has_saved_nothing() {
    let folder = folder("handed-back");
    let mut here = instance(&folder);
    let saved = |instance: &Instance| instance.params.saved.to_fields();
    let empty = saved(&here);
    here.make(60, true);
    let with_idea = saved(&here);
    // A step of the host's undo, before anything was put by.
    here.params.saved.load_fields(&with_idea);
    here.steps(1);
    assert_eq!(files(&folder).len(), 2);
    // And one after.
    here.params.saved.load_fields(&with_idea);
    here.steps(1);
    assert_eq!(files(&folder).len(), 2);
    // From A to B, where there is nothing to lose, and back.
    here.params.saved.load_fields(&empty);
    here.steps(1);
    assert_eq!(files(&folder), Vec::<String>::new());
    here.params.saved.load_fields(&with_idea);
    here.steps(1);
    assert_eq!(files(&folder).len(), 2);
    // Another project, whose idea has the same number.
    let other = instance(&folder);
    other.make(72, true);
    here.params.saved.load_fields(&saved(&other));
    here.steps(1);
    assert_eq!(files(&folder), Vec::<String>::new());
    let _ = fs::remove_dir_all(&folder);
}

#[test]
fn what_could_not_be_written_is_tried_again() {
    let folder = folder("again");
    let mut here = instance(&folder);
    fs::write(&folder, "a file in place of the folder").unwrap();
    here.make(60, true);
    here.steps(2);
    fs::remove_file(&folder).unwrap();
    here.steps(1);
    assert_eq!(files(&folder).len(), 2);
    here.watch.end();
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn restored_ideas_stay_in_the_old_file_until_they_are_in_the_new_one() {
    for keeps_its_own in [true, false] {
        let folder = folder(&format!("full-{keeps_its_own}"));
        crash(&folder);
        let left = jsons(&folder).remove(0);
        let mut next = instance(&folder);
        let id = next.make(70, true);
        next.steps(1);
        let own = jsons(&folder).into_iter().find(|path| *path != left).unwrap();
        next.set_kept(id, keeps_its_own);
        next.steps(2);
        assert_eq!(next.offer(), Some(2));
        // From here on nothing can be written.
        fs::create_dir(own.with_extension("tmp")).unwrap();
        next.answer(Answer::Restore);
        let restored = [(70, keeps_its_own), (60, true), (62, true)];
        assert_eq!((next.ideas().as_slice(), next.offer()), (&restored[..], None));
        next.steps(2);
        assert!(left.exists() && next.offer().is_none(), "{:?}", files(&folder));
        // An answer that comes twice adds nothing.
        next.answer(Answer::Restore);
        assert_eq!(next.ideas(), restored);
        assert!(left.exists());
        fs::remove_dir(own.with_extension("tmp")).unwrap();
        next.steps(1);
        assert_eq!(jsons(&folder), [own]);
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn restored_ideas_for_which_the_new_file_has_no_room_stay_in_the_old_one() {
    let folder = folder("room");
    let left = folder.join("left.json");
    leave(&left, 1, (0..600).map(unlike).collect());
    let mut next = instance(&folder);
    next.steps(3);
    next.answer(Answer::Restore);
    next.steps(1);
    assert_eq!((next.ideas().len(), next.offer()), (600, None));
    assert!(left.exists());
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_idea_that_several_sessions_left_is_offered_and_restored_once() {
    let folder = folder("twice");
    (0..2).for_each(|_| crash(&folder));
    let mut next = instance(&folder);
    next.steps(3);
    assert_eq!(next.offer(), Some(2));
    next.answer(Answer::Restore);
    assert_eq!(next.ideas(), [(60, true), (62, true)]);
    assert_eq!((next.offer(), files(&folder).len()), (None, 2));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_switch_is_one_for_all_instances_and_old_files_go_also_when_it_is_off() {
    if !is_alone("the_switch_is_one_for_all_instances_and_old_files_go_also_when_it_is_off") {
        return;
    }
    let folder = folder("switch");
    let (mut first, mut second) = (instance(&folder), instance(&folder));
    for instance in [&mut first, &mut second] {
        instance.make(60, true);
        instance.steps(1);
    }
    assert_eq!(jsons(&folder).len(), 2);
    first.params.saved.recovery().turn(false);
    for instance in [&mut first, &mut second] {
        instance.steps(1);
    }
    assert_eq!(files(&folder), Vec::<String>::new());
    for (name, days) in [("old.json", 31), ("young.json", 29)] {
        leave(&folder.join(name), 1, vec![unlike(days as u16)]);
        age(&folder.join(name), 24 * days * HOUR);
    }
    let mut third = instance(&folder);
    third.make(61, true);
    third.steps(4);
    assert_eq!((files(&folder), third.offer()), (vec!["young.json".to_owned()], None));
    second.params.saved.recovery().turn(true);
    third.steps(3);
    assert_eq!(third.offer(), Some(1));
    fs::remove_dir_all(&folder).unwrap();
}
