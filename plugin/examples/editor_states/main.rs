//! Draws every state of the editor into PNG files: `cargo run -p linnet --example editor_states -- FOLDER [NAME]`.
//!
//! No window, no graphics card: egui's triangles are painted into memory.

mod raster;
mod scenes;
mod stage;

use egui::{Event, PointerButton, Pos2, Vec2, pos2, vec2};
use linnet::PluginKind;
use stage::Stage;
use std::path::Path;

const FULL: Vec2 = vec2(1000.0, 640.0);

struct Shot {
    name: &'static str,
    kind: PluginKind,
    size: Vec2,
    zoom: f32,
    light: bool,
    scene: fn(&mut Stage),
    /// Where the pointer clicks, one after the other; none leaves it outside.
    clicks: &'static [(f32, f32, PointerButton)],
    /// What is typed then, each followed by Enter.
    types: &'static [&'static str],
    /// Where the pointer rests at the end.
    hover: Option<(f32, f32)>,
    /// How often Tab is pressed.
    tabs: usize,
}

const fn shot(name: &'static str, scene: fn(&mut Stage)) -> Shot {
    let kind = PluginKind::Instrument;
    Shot {
        name,
        kind,
        size: FULL,
        zoom: 1.0,
        light: false,
        scene,
        clicks: &[],
        types: &[],
        hover: None,
        tabs: 0,
    }
}

const LEFT: PointerButton = PointerButton::Primary;
/// The button "Why".
const WHY: (f32, f32, PointerButton) = (465.0, 60.0, LEFT);
/// The name of the lead's sound, the menu, and its line "Edit recordings".
const LEAD_SOUND: (f32, f32, PointerButton) = (798.0, 138.0, LEFT);
const MENU: (f32, f32, PointerButton) = (976.0, 20.0, LEFT);
const EDIT: (f32, f32, PointerButton) = (930.0, 104.0, LEFT);
const RIGHT: PointerButton = PointerButton::Secondary;

fn shots() -> Vec<Shot> {
    let light = |shot: Shot, name| Shot { light: true, name, ..shot };
    vec![
        shot("main-dark", scenes::playing),
        light(shot("", scenes::playing), "main-light"),
        shot("first-open", scenes::first_open),
        shot("listening", scenes::listening),
        shot("composing", scenes::composing),
        light(shot("", scenes::kept), "kept-light"),
        shot("model-error", scenes::model_error),
        shot("offline", scenes::offline),
        Shot { kind: PluginKind::Notes, ..shot("notes", scenes::playing) },
        Shot { size: vec2(760.0, 480.0), ..shot("narrow", scenes::playing) },
        Shot {
            size: vec2(760.0, 480.0),
            clicks: &[(432.0, 20.0, LEFT)],
            ..shot("narrow-sound", scenes::playing)
        },
        Shot { zoom: 1.5, light: true, ..shot("zoom-150", scenes::playing) },
        Shot { zoom: 2.0, ..shot("zoom-200", scenes::playing) },
        Shot { size: vec2(1400.0, 900.0), ..shot("large", scenes::playing) },
        Shot { clicks: &[(116.0, 102.0, LEFT)], ..shot("menu-scale", scenes::playing) },
        Shot { clicks: &[(200.0, 312.0, LEFT)], ..shot("menu-style", scenes::playing) },
        Shot {
            clicks: &[(43.0, 494.0, RIGHT)],
            hover: Some((100.0, 574.0)),
            ..shot("menu-knob", scenes::playing)
        },
        Shot { hover: Some((43.0, 494.0)), ..shot("tooltip", scenes::playing) },
        Shot { hover: Some((205.0, 564.0)), ..shot("tooltip-unused", scenes::playing) },
        shot("fill", scenes::filling),
        light(shot("", scenes::filling), "fill-light"),
        Shot { clicks: &[(590.0, 250.0, RIGHT)], ..shot("menu-bar", scenes::filling) },
        shot("fill-nothing-locked", scenes::nothing_locked),
        shot("morph", scenes::morphing),
        shot("morph-one-idea", scenes::one_idea_to_morph),
        Shot { size: vec2(760.0, 480.0), light: true, ..shot("morph-narrow", scenes::morphing) },
        Shot { clicks: &[(530.0, 447.0, RIGHT)], ..shot("menu-idea", scenes::morphing) },
        Shot { clicks: &[WHY], hover: Some((520.0, 200.0)), ..shot("why", scenes::playing) },
        Shot { clicks: &[WHY], light: true, ..shot("why-light", scenes::playing) },
        Shot { clicks: &[WHY], ..shot("why-empty", scenes::without_figures) },
        Shot { clicks: &[WHY], size: vec2(760.0, 480.0), ..shot("why-narrow", scenes::playing) },
        Shot { clicks: &[(290.0, 138.0, LEFT)], ..shot("menu-part", scenes::playing) },
        Shot { clicks: &[(946.0, 20.0, LEFT)], ..shot("help", scenes::playing) },
        Shot { clicks: &[(976.0, 20.0, LEFT), (930.0, 52.0, LEFT)], ..shot("engine", scenes::playing) },
        Shot { clicks: &[(43.0, 494.0, LEFT), (43.0, 494.0, LEFT)], ..shot("typing", scenes::playing) },
        Shot { tabs: 11, ..shot("focus", scenes::playing) },
        shot("odd", scenes::odd),
        shot("stopped", scenes::stopped),
        light(shot("", scenes::crashed), "recovery"),
        Shot { size: vec2(760.0, 480.0), ..shot("recovery-narrow", scenes::crashed) },
        Shot { clicks: &[(976.0, 20.0, LEFT), (930.0, 78.0, LEFT)], ..shot("about", scenes::stopped) },
        Shot {
            zoom: 1.5,
            light: true,
            clicks: &[(976.0, 20.0, LEFT), (930.0, 78.0, LEFT)],
            ..shot("about-150", scenes::playing)
        },
        Shot {
            size: vec2(760.0, 480.0),
            clicks: &[(736.0, 20.0, LEFT), (690.0, 78.0, LEFT)],
            ..shot("about-narrow", scenes::playing)
        },
        Shot {
            size: vec2(760.0, 480.0),
            clicks: &[(736.0, 20.0, LEFT), (690.0, 52.0, LEFT)],
            ..shot("engine-narrow", scenes::playing)
        },
    ]
}

/// The pages of files of the user's own.
fn shots_of_own_files() -> Vec<Shot> {
    vec![
        Shot { clicks: &[LEAD_SOUND], ..shot("sounds", scenes::playing) },
        Shot { clicks: &[LEAD_SOUND], types: &["load instrument"], ..shot("files", scenes::playing) },
        Shot {
            clicks: &[LEAD_SOUND],
            types: &["load preset"],
            light: true,
            zoom: 1.5,
            ..shot("files-150", scenes::playing)
        },
        Shot { clicks: &[LEAD_SOUND], types: &["save as"], ..shot("save-preset", scenes::playing) },
        Shot { clicks: &[(810.0, 571.0, LEFT)], ..shot("spaces", scenes::in_a_space) },
        Shot { clicks: &[MENU, EDIT, (230.0, 159.0, LEFT)], ..shot("recordings", scenes::playing) },
        Shot {
            clicks: &[MENU, EDIT, (230.0, 159.0, LEFT), (450.0, 276.0, LEFT), (382.0, 472.0, LEFT)],
            ..shot("recordings-played", scenes::heard_again)
        },
        Shot {
            clicks: &[MENU, EDIT, (230.0, 159.0, LEFT)],
            light: true,
            zoom: 1.5,
            ..shot("recordings-150", scenes::playing)
        },
        Shot {
            size: vec2(760.0, 480.0),
            clicks: &[(736.0, 20.0, LEFT), (690.0, 104.0, LEFT), (140.0, 89.0, LEFT)],
            ..shot("recordings-narrow", scenes::playing)
        },
        Shot {
            size: vec2(760.0, 480.0),
            clicks: &[(432.0, 20.0, LEFT), (313.0, 143.0, LEFT)],
            types: &["load instrument"],
            ..shot("files-narrow", scenes::playing)
        },
        Shot {
            size: vec2(760.0, 480.0),
            clicks: &[(432.0, 20.0, LEFT), (313.0, 143.0, LEFT)],
            ..shot("sounds-narrow", scenes::playing)
        },
    ]
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().map_or("target/editor-states", String::as_str);
    std::fs::create_dir_all(folder)?;
    for shot in shots().into_iter().chain(shots_of_own_files()) {
        if arguments.len() < 2 || arguments[1..].iter().any(|name| name == shot.name) {
            take(&shot, Path::new(folder))?;
        }
    }
    Ok(())
}

fn take(shot: &Shot, folder: &Path) -> std::io::Result<()> {
    let mut stage = Stage::new(shot.kind, shot.size, shot.zoom);
    stage.params.saved.editor().light = shot.light;
    (shot.scene)(&mut stage);
    for _ in 0..3 {
        let _ = stage.frame(Vec::new(), 0.02);
    }
    for (x, y, button) in shot.clicks {
        settle(&mut stage);
        click(&mut stage, pos2(*x, *y), *button);
    }
    for words in shot.types {
        let press = |key| Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        };
        let _ = stage.frame(vec![Event::Text((*words).to_owned())], 0.02);
        let _ = stage.frame(vec![press(egui::Key::Enter)], 0.02);
        settle(&mut stage);
    }
    for _ in 0..shot.tabs {
        let modifiers = egui::Modifiers::NONE;
        let tab =
            Event::Key { key: egui::Key::Tab, physical_key: None, pressed: true, repeat: false, modifiers };
        let _ = stage.frame(vec![tab], 0.02);
    }
    if let Some((x, y)) = shot.hover {
        let _ = stage.frame(vec![Event::PointerMoved(pos2(x, y))], 0.02);
        let _ = stage.frame(Vec::new(), 0.3);
        let _ = stage.frame(Vec::new(), 0.3);
    }
    if !shot.clicks.is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    for _ in 0..3 {
        let _ = stage.frame(Vec::new(), 0.02);
    }
    let (width, height, rgba) = stage.picture();
    let mut picture = tiny_skia::Pixmap::new(width as u32, height as u32).ok_or_else(too_small)?;
    picture.data_mut().copy_from_slice(&rgba);
    let file = folder.join(format!("{}.png", shot.name));
    picture.save_png(&file).map_err(std::io::Error::other)?;
    println!("{}", file.display());
    Ok(())
}

/// What is read on other threads arrives.
fn settle(stage: &mut Stage) {
    std::thread::sleep(std::time::Duration::from_millis(60));
    let _ = stage.frame(Vec::new(), 0.02);
}

fn too_small() -> std::io::Error {
    std::io::Error::other("a picture needs at least one pixel")
}

fn click(stage: &mut Stage, at: Pos2, button: PointerButton) {
    let press = |pressed| Event::PointerButton { pos: at, button, pressed, modifiers: egui::Modifiers::NONE };
    let _ = stage.frame(vec![Event::PointerMoved(at)], 0.02);
    let _ = stage.frame(vec![press(true)], 0.02);
    let _ = stage.frame(vec![press(false)], 0.02);
    let _ = stage.frame(Vec::new(), 0.02);
}
