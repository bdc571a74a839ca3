//! What projects may and may not do with the user's files.

use super::loader::job::{Outcome, Task};
use super::loader::{Ends, Loader, Work, ways, ways_for};
use super::*;
use std::path::{Path, PathBuf};

impl Work {
    /// What the next job comes to.
    fn done(&self) -> super::loader::job::Done {
        self.jobs_done().recv_timeout(Duration::from_secs(20)).unwrap()
    }
}

/// A text that plays one sample, and the sample.
fn files(folder: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("linnet-instruments-{}-{folder}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut wav =
        b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0data\x08\0\0\0"
            .to_vec();
    wav.extend([0, 64, 0, 64, 0, 64, 0, 64]);
    std::fs::write(folder.join("a.wav"), wav).unwrap();
    let file = folder.join("sound.sfz");
    std::fs::write(&file, "<region> sample=a.wav").unwrap();
    file
}

struct Rig {
    instruments: Instruments,
    delivered: Ends,
    _loader: Loader,
}

fn rig(folder: &Path) -> Rig {
    let instruments = Instruments::new(Arc::default());
    let (ways, delivered) = ways();
    instruments.activated(48_000.0);
    let loader = Loader::start_with(&instruments, ways, Some(folder.join("settings.toml"))).unwrap();
    Rig { instruments, delivered, _loader: loader }
}

impl Rig {
    fn standing(&self) -> Standing {
        self.instruments.wait(Duration::from_secs(20));
        self.instruments.file(Part::Lead).standing
    }

    /// Whether the last box that has come for the lead holds an instrument; none where no box has come.
    fn plays(&mut self) -> Option<bool> {
        std::thread::sleep(Duration::from_millis(150));
        let mut last = None;
        while let Some(delivered) = self.delivered.instruments.receive() {
            assert_eq!(delivered.part, Part::Lead);
            last = Some(delivered.instrument.is_some());
            self.delivered.instruments.give_back(delivered);
        }
        last
    }
}

#[test]
fn undo_is_no_word_of_the_users_about_a_file() {
    let file = files("undo");
    let folder = file.parent().unwrap().to_owned();
    let path = file.to_str().unwrap();
    let state = format!(r#"{{"parts":[{{"path":{path:?}}},null,null,null]}}"#);
    let mut project = rig(&folder);
    project.instruments.load_field(Some(&state)).unwrap();
    assert_eq!(project.standing(), Standing::Asks);
    let wish = project.instruments.file(Part::Lead).wish;
    project.instruments.remove(Part::Lead);
    assert_eq!(project.standing(), Standing::Absent);
    project.instruments.restore(Part::Lead, wish.clone());
    assert_eq!((project.standing(), project.plays()), (Standing::Asks, Some(false)));
    // Another time, too: nothing was noted as allowed.
    let again = rig(&folder);
    again.instruments.load_field(Some(&state)).unwrap();
    assert_eq!(again.standing(), Standing::Asks);

    // What the user has chosen comes back without a question.
    again.instruments.allow(Part::Lead, false);
    assert!(matches!(again.standing(), Standing::Plays { .. }));
    let wish = again.instruments.file(Part::Lead).wish;
    again.instruments.remove(Part::Lead);
    again.instruments.restore(Part::Lead, wish);
    assert!(matches!(again.standing(), Standing::Plays { .. }), "{:?}", again.standing());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_project_opens_only_what_the_user_has_chosen() {
    let file = files("permission");
    let folder = file.parent().unwrap().to_owned();
    let path = file.to_str().unwrap();
    let state = format!(r#"{{"parts":[{{"path":{path:?},"later":3}},null,null,null],"more":1}}"#);

    let mut project = rig(&folder);
    project.instruments.load_field(Some(&state)).unwrap();
    assert_eq!((project.standing(), project.plays()), (Standing::Asks, Some(false)));
    let field = project.instruments.to_field().unwrap();
    assert!(field.contains("\"later\":3") && field.contains("\"more\":1"), "{field}");

    project.instruments.allow(Part::Lead, false);
    assert!(matches!(project.standing(), Standing::Plays { .. }), "{:?}", project.standing());
    assert_eq!(project.plays(), Some(true));
    let field = project.instruments.to_field().unwrap();
    assert_eq!(project.instruments.file(Part::Lead).wish.unwrap().sha256.len(), 64);

    // The same project on the same machine, another time.
    let mut again = rig(&folder);
    again.instruments.load_field(Some(&field)).unwrap();
    assert!(matches!(again.standing(), Standing::Plays { .. }));
    assert_eq!(again.plays(), Some(true));
    // What stays the same plays on.
    again.instruments.load_field(Some(&field)).unwrap();
    assert_eq!(again.plays(), None);

    std::fs::write(&file, "<region> sample=a.wav volume=-3").unwrap();
    let mut changed = rig(&folder);
    changed.instruments.load_field(Some(&field)).unwrap();
    assert_eq!((changed.standing(), changed.plays()), (Standing::Changed, Some(false)));
    changed.instruments.allow(Part::Lead, true);
    assert!(matches!(changed.standing(), Standing::Plays { .. }));

    std::fs::remove_file(&file).unwrap();
    let mut missing = rig(&folder);
    missing.instruments.load_field(Some(&field)).unwrap();
    let standing = missing.standing();
    println!("{standing:?}");
    assert!(
        matches!(standing, Standing::Faulty(why) if why.contains("sound.sfz") && why.contains("no such file"))
    );
    assert_eq!(missing.plays(), Some(false));
    missing.instruments.remove(Part::Lead);
    assert_eq!((missing.standing(), missing.instruments.file(Part::Lead).wish), (Standing::Absent, None));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_cannot_be_read_is_an_error_and_no_instrument() {
    let instruments = Instruments::new(Arc::default());
    assert!(
        instruments.load_field(Some("{")).is_err() && instruments.load_field(Some(r#"{"parts":3}"#)).is_err()
    );
    assert_eq!(instruments.to_field(), None);
    instruments.load_field(None).unwrap();
    assert_eq!(instruments.file(Part::Bass), PartFile::default());
}

#[test]
fn an_order_is_answered_only_when_its_box_is_sent() {
    let instruments = Instruments::new(Arc::default());
    let (orders, _sounds) = instruments.taken.lock().unwrap().take().unwrap();
    let (ways, mut delivered) = ways_for(1);
    let mut work = Work::new(Arc::clone(&instruments.shared), None, ways);
    for _ in 0..2 {
        instruments.remove(Part::Lead);
        work.begin(&orders.try_recv().unwrap(), Task::read);
        work.send();
        work.count_answered();
    }
    assert_eq!(instruments.shared.pending.load(Ordering::Acquire), 1);
    let first = delivered.instruments.receive().unwrap();
    delivered.instruments.give_back(first);
    work.send();
    work.count_answered();
    assert_eq!(instruments.shared.pending.load(Ordering::Acquire), 0);
}

#[test]
fn a_panic_and_a_missing_thread_are_faults_and_nobody_waits() {
    let instruments = Instruments::new(Arc::default());
    let (orders, _sounds) = instruments.taken.lock().unwrap().take().unwrap();
    let (ways, mut delivered) = ways();
    let mut work = Work::new(Arc::clone(&instruments.shared), None, ways);
    let is_faulty = || instruments.file(Part::Lead).standing == Standing::Faulty(ERROR_INSIDE.to_owned());
    instruments.choose(Part::Lead, "/a.sfz", 0);
    work.begin(&orders.try_recv().unwrap(), |_| panic!("in a test"));
    work.end(work.done());
    work.send();
    work.count_answered();
    assert!(is_faulty() && instruments.shared.pending.load(Ordering::Acquire) == 0);
    let told = delivered.instruments.receive().unwrap();
    assert_eq!((told.part, told.instrument.is_none()), (Part::Lead, true));
    instruments.remove(Part::Lead);
    drop(orders);
    instruments.choose(Part::Lead, "/a.sfz", 0);
    assert!(is_faulty() && instruments.shared.pending.load(Ordering::Acquire) == 0);
}

#[test]
fn a_file_that_was_never_read_begins_with_its_first_preset() {
    let instruments = Instruments::new(Arc::default());
    let (orders, _sounds) = instruments.taken.lock().unwrap().take().unwrap();
    let preset = || orders.try_recv().unwrap().preset;
    instruments.choose(Part::Lead, "/a.sf2", 0);
    assert_eq!(preset(), None);
    instruments.allow(Part::Lead, true);
    assert_eq!(preset(), None);
    instruments.choose_preset(Part::Lead, 3, 4);
    assert_eq!(preset(), Some((3, 4)));
    let saved = |sha256: &str| {
        format!(
            r#"{{"parts":[{{"path":"/b.sf2","bank":1,"program":2,"sha256":"{sha256}"}},null,null,null]}}"#
        )
    };
    instruments.load_field(Some(&saved(""))).unwrap();
    assert_eq!(preset(), None);
    instruments.load_field(Some(&saved("ab"))).unwrap();
    assert_eq!(preset(), Some((1, 2)));
}

#[test]
fn the_reverbs_own_space_is_asked_for_loaded_and_made_anew_for_another_rate() {
    let file = files("space").with_file_name("a.wav");
    let folder = file.parent().unwrap().to_owned();
    let state =
        format!(r#"{{"parts":[null,null,null,null],"space":{{"path":{:?}}}}}"#, file.to_str().unwrap());
    let mut rig = rig(&folder);
    let taps = |rig: &mut Rig| {
        rig.instruments.wait(Duration::from_secs(20));
        let space = rig.delivered.spaces.receive()?;
        let taps = space.taps();
        rig.delivered.spaces.give_back(space);
        Some(taps)
    };
    rig.instruments.load_field(Some(&state)).unwrap();
    assert_eq!(taps(&mut rig), None, "the user has not chosen it");
    assert_eq!(rig.instruments.file(Target::Space).standing, Standing::Asks);
    rig.instruments.allow(Target::Space, false);
    let at_48_khz = taps(&mut rig).unwrap();
    rig.instruments.activated(96_000.0);
    let at_96_khz = taps(&mut rig).unwrap();
    assert!(at_96_khz > at_48_khz, "{at_48_khz} and {at_96_khz}");
    let plays = Standing::Plays { name: "a".to_owned(), remarks: Vec::new() };
    assert_eq!(rig.instruments.file(Target::Space).standing, plays);
    let field = rig.instruments.to_field().unwrap();
    assert!(field.contains("\"space\":{\"path\""), "{field}");

    let mut again = self::rig(&folder);
    again.instruments.load_field(Some(&field)).unwrap();
    assert_eq!(taps(&mut again), Some(at_48_khz), "it was chosen on this machine");
    again.instruments.remove(Target::Space);
    assert_eq!(taps(&mut again), Some(1), "a tap of silence takes its place");
    std::fs::write(&file, "no wave").unwrap();
    again.instruments.choose(Target::Space, file.to_str().unwrap(), 2);
    taps(&mut again);
    let standing = again.instruments.file(Target::Space).standing;
    assert!(
        matches!(&standing, Standing::Faulty(why) if why.contains("a.wav") && why.contains("WAV")),
        "{standing:?}"
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_sound_crosses_without_a_file_and_is_waited_for() {
    use linnet_engine::synth::PartSound;
    let mut rig = rig(&std::env::temp_dir());
    let sound = linnet_engine::synth::bank::preset_at(9).map(|preset| preset.sound);
    for part in Part::ALL {
        rig.instruments.send_sound(PartSound { part, sound });
    }
    rig.instruments.wait(Duration::from_secs(20));
    let mut count = 0;
    while let Some(came) = rig.delivered.sounds.receive() {
        assert_eq!(came.sound, sound);
        rig.delivered.sounds.give_back(came);
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn no_file_and_no_sound_waits_for_a_file_that_hangs_nor_does_the_end() {
    let file = files("hangs");
    let instruments = Instruments::new(Arc::default());
    let (orders, sounds) = instruments.taken.lock().unwrap().take().unwrap();
    let (ways, mut delivered) = ways();
    let mut work = Work::new(Arc::clone(&instruments.shared), None, ways);
    let (answers, answer) = crossbeam_channel::bounded::<()>(0);
    instruments.choose(Part::Lead, "/net/large.sf2", 0);
    let network = answer.clone();
    work.begin(&orders.try_recv().unwrap(), move |_| {
        let _ = network.recv();
        Outcome::without(Standing::Faulty("too late".to_owned()))
    });
    // Another part's file is read meanwhile.
    instruments.choose(Part::Bass, file.to_str().unwrap(), 0);
    work.begin(&orders.try_recv().unwrap(), Task::read);
    work.end(work.done());
    work.send();
    assert!(matches!(instruments.file(Part::Bass).standing, Standing::Plays { .. }));
    assert_eq!(delivered.instruments.receive().map(|box_of| box_of.part), Some(Part::Bass));
    assert_eq!(instruments.file(Part::Lead).standing, Standing::Loading);
    // The same part's next file takes its place.
    instruments.choose(Part::Lead, file.to_str().unwrap(), 0);
    work.begin(&orders.try_recv().unwrap(), Task::read);
    work.end(work.done());
    work.send();
    work.count_answered();
    assert!(matches!(instruments.file(Part::Lead).standing, Standing::Plays { .. }));
    assert_eq!(instruments.shared.pending.load(Ordering::Acquire), 0, "nobody waits for the one that hangs");
    assert_eq!(work.leave(Duration::from_millis(100)), 1, "its thread is left alone");
    drop((answers, answer, sounds));
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}

#[test]
fn what_comes_too_late_of_a_file_that_hung_changes_nothing() {
    let instruments = Instruments::new(Arc::default());
    let (orders, _sounds) = instruments.taken.lock().unwrap().take().unwrap();
    let (ways, _delivered) = ways();
    let mut work = Work::new(Arc::clone(&instruments.shared), None, ways);
    instruments.choose(Part::Lead, "/net/large.sf2", 0);
    work.begin(&orders.try_recv().unwrap(), |_| Outcome::without(Standing::Faulty("too late".to_owned())));
    instruments.remove(Part::Lead);
    work.begin(&orders.try_recv().unwrap(), Task::read);
    work.end(work.done());
    work.send();
    work.count_answered();
    assert_eq!(instruments.file(Part::Lead).standing, Standing::Absent);
    assert_eq!((instruments.shared.pending.load(Ordering::Acquire), work.leave(Duration::ZERO)), (0, 0));
}
