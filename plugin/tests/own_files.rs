//! Files of the user's own, as a hand and a keyboard choose them in the editor.

#[path = "../examples/editor_states/raster.rs"]
#[allow(dead_code, reason = "the examples draw pictures")]
mod raster;
#[path = "../examples/editor_states/scenes.rs"]
#[allow(dead_code, reason = "the examples show more states than the tests need")]
mod scenes;
#[path = "../examples/editor_states/stage.rs"]
#[allow(dead_code, reason = "the examples need more of the stage")]
mod stage;

use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2, vec2};
use linnet::PluginKind;
use linnet_library::preset::Preset;
use linnet_library::preset_files;
use linnet_music::Part;
use nice_plug::prelude::Param;
use stage::Stage;
use std::time::{Duration, Instant};

/// The name of the lead's sound, and the list of the reverb's spaces.
const LEAD_SOUND: Pos2 = pos2(798.0, 138.0);
const SPACES: Pos2 = pos2(810.0, 571.0);

fn stage() -> Stage {
    let mut stage = Stage::new(PluginKind::Instrument, vec2(1000.0, 640.0), 1.0);
    scenes::playing(&mut stage);
    rest(&mut stage);
    stage
}

fn rest(stage: &mut Stage) {
    for _ in 0..3 {
        let _ = stage.frame(Vec::new(), 0.02);
    }
}

fn click(stage: &mut Stage, at: Pos2) {
    let press = |pressed| Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let _ = stage.frame(vec![Event::PointerMoved(at)], 0.02);
    let _ = stage.frame(vec![press(true)], 0.02);
    let _ = stage.frame(vec![press(false)], 0.02);
    rest(stage);
}

fn key(stage: &mut Stage, key: Key, modifiers: Modifiers) {
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    let _ = stage.frame(vec![event(true)], 0.02);
    let _ = stage.frame(vec![event(false)], 0.02);
    rest(stage);
}

/// Types, and presses Enter.
fn enter(stage: &mut Stage, words: &str) {
    let _ = stage.frame(vec![Event::Text(words.to_owned())], 0.02);
    rest(stage);
    key(stage, Key::Enter, Modifiers::NONE);
}

fn set(stage: &Stage, param: &impl Param, plain: f32) {
    // SAFETY: the stage holds the parameter.
    unsafe { param.as_ptr()._internal_set_normalized_value(param.as_ptr().preview_normalized(plain)) };
    let _ = stage;
}

fn undo(stage: &mut Stage) {
    key(stage, Key::Z, Modifiers::COMMAND);
}

fn lead(stage: &Stage) -> (i32, Option<String>) {
    let wish = stage.params.saved.instruments().file(Part::Lead).wish;
    (stage.params.parts[0].sound.value(), wish.map(|wish| wish.path))
}

#[test]
fn an_instrument_plays_as_soon_as_it_is_chosen_and_the_sound_before_returns() {
    let mut stage = stage();
    set(&stage, &stage.params.parts[0].sound, 12.0);
    click(&mut stage, LEAD_SOUND);
    enter(&mut stage, "load instrument");
    enter(&mut stage, "/nowhere/piano.sf2");
    key(&mut stage, Key::Escape, Modifiers::NONE);
    let chosen = (255, Some("/nowhere/piano.sf2".to_owned()));
    assert_eq!(lead(&stage), chosen);
    undo(&mut stage);
    assert_eq!(lead(&stage), (12, None), "one step takes it back");
    key(&mut stage, Key::Z, Modifiers::COMMAND | Modifiers::SHIFT);
    assert_eq!(lead(&stage), chosen);
    click(&mut stage, LEAD_SOUND);
    enter(&mut stage, "remove instrument");
    assert_eq!(lead(&stage), (12, None), "the sound before is back");
    undo(&mut stage);
    assert_eq!(lead(&stage), chosen);
    // The project remembers the sound before, too.
    let field = stage.params.saved.to_fields()["instruments"].clone();
    assert!(field.contains("\"before\":12"), "{field}");
}

#[test]
fn a_folder_that_is_typed_is_opened_and_replaces_no_instrument() {
    let mut stage = stage();
    click(&mut stage, LEAD_SOUND);
    enter(&mut stage, "load instrument");
    enter(&mut stage, "/nowhere/piano.sf2");
    let chosen = (255, Some("/nowhere/piano.sf2".to_owned()));
    for typed in ["/nowhere", "/nowhere/notes.txt"] {
        enter(&mut stage, typed);
        assert_eq!(lead(&stage), chosen, "{typed}");
    }
}

#[test]
fn the_reverbs_space_is_chosen_like_an_instrument() {
    let mut stage = stage();
    set(&stage, &stage.params.reverb.kind, 3.0);
    set(&stage, &stage.params.reverb.space, 2.0);
    rest(&mut stage);
    click(&mut stage, SPACES);
    key(&mut stage, Key::End, Modifiers::NONE);
    key(&mut stage, Key::Enter, Modifiers::NONE);
    enter(&mut stage, "~/hall.wav");
    key(&mut stage, Key::Escape, Modifiers::NONE);
    let space = |stage: &Stage| {
        let wish = stage.params.saved.instruments().file(linnet::instruments::Target::Space).wish;
        (stage.params.reverb.space.value(), wish.is_some_and(|wish| wish.path.ends_with("/hall.wav")))
    };
    assert_eq!(space(&stage), (4, true));
    undo(&mut stage);
    assert_eq!(space(&stage), (2, false));
}

#[test]
fn a_preset_is_loaded_from_a_file_and_a_broken_one_changes_nothing() {
    let folder = std::env::temp_dir().join(format!("linnet-editor-presets-{}", std::process::id()));
    let preset = Preset { name: "Dusk of the marsh".to_owned(), ..Preset::factory(30).unwrap() };
    let path = preset_files::write(&folder, &preset, false).unwrap();
    let broken = folder.join("Broken.toml");
    std::fs::write(&broken, preset.to_toml().replace("linnet_preset = 1", "linnet_preset = 1\nname = 3"))
        .unwrap();
    let mut stage = stage();
    set(&stage, &stage.params.parts[0].sound, 12.0);
    let load = |stage: &mut Stage, path: &std::path::Path, is_done: &dyn Fn(&Stage) -> bool| {
        click(stage, LEAD_SOUND);
        enter(stage, "load preset");
        enter(stage, path.to_str().unwrap());
        key(stage, Key::Escape, Modifiers::NONE);
        let begin = Instant::now();
        while !is_done(stage) && begin.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(10));
            rest(stage);
        }
    };
    let playing = |stage: &Stage| {
        let own = stage.params.saved.presets().part(Part::Lead);
        let name = own.and_then(|own| own.preset().ok().map(|preset| preset.name.clone()));
        (stage.params.parts[0].sound.value(), name)
    };
    load(&mut stage, &path, &|stage| playing(stage).0 == 254);
    assert_eq!(playing(&stage), (254, Some("Dusk of the marsh".to_owned())));
    undo(&mut stage);
    assert_eq!(playing(&stage), (12, None));
    let begin = Instant::now();
    load(&mut stage, &broken, &|_| begin.elapsed() > Duration::from_millis(500));
    assert_eq!(playing(&stage), (12, None), "what is broken changes nothing");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_recording_is_played_from_where_the_user_clicks_and_ends_with_its_page() {
    use linnet_library::audio_edit::Take;
    use linnet_library::take_file;
    let folder = std::env::temp_dir().join(format!("linnet-played-{}", std::process::id()));
    let take = Take::new(vec![vec![0.1; 48_000]; 2], 48_000);
    let path = take_file::write(&take, (&folder, "Take"), &false.into(), |_| {}).unwrap().path;
    let mut stage = stage();
    let (sender, wanted, _receiver) = linnet_handover::listening::way();
    let params = std::sync::Arc::clone(&stage.params);
    let recordings = params.saved.recordings();
    recordings.connect(sender, wanted.clone());
    recordings.activated(48_000.0, false);
    let begin = |stage: &Stage| stage.params.saved.recordings().shown().listened.map(|it| it.range.start);
    // The menu, and its line "Edit recordings".
    click(&mut stage, pos2(976.0, 20.0));
    click(&mut stage, pos2(930.0, 104.0));
    recordings.open(path);
    while recordings.shown().open.is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    rest(&mut stage);
    let (middle, play) = (pos2(594.0, 276.0), pos2(382.0, 472.0));
    click(&mut stage, play);
    assert_eq!(begin(&stage), Some(0));
    // While it plays, a click lets it go on from there.
    click(&mut stage, middle);
    let place = begin(&stage).unwrap();
    assert!((23_500..24_500).contains(&place), "{place}");
    click(&mut stage, play);
    assert_eq!((begin(&stage), wanted.get()), (None, 0));
    click(&mut stage, play);
    assert_eq!(begin(&stage), Some(place));
    key(&mut stage, Key::Escape, Modifiers::NONE);
    assert_eq!((begin(&stage), wanted.get()), (None, 0));
    std::fs::remove_dir_all(&folder).unwrap();
}
