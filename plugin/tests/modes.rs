//! The modes in the editor: locks in the roll, the second idea of Morph, the pad, and why an idea came first.

#[path = "../examples/editor_states/raster.rs"]
mod raster;
#[path = "../examples/editor_states/scenes.rs"]
#[allow(dead_code, reason = "the examples show more states than the tests need")]
mod scenes;
#[path = "../examples/editor_states/stage.rs"]
mod stage;

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2, pos2, vec2};
use linnet::PluginKind;
use linnet_handover::to_worker::Order;
use linnet_music::{IdeaId, Mode};
use stage::{Stage, Touch};

const SIZE: Vec2 = vec2(1000.0, 640.0);
/// Bar 11 of the ruler, the third of the idea.
const BAR_11: Pos2 = pos2(560.0, 114.0);
/// The first bar in the lanes of lead and bass, and the gutter of the lead.
const LEAD_9: Pos2 = pos2(400.0, 200.0);
const BASS_9: Pos2 = pos2(400.0, 310.0);
const LEAD_GUTTER: Pos2 = pos2(280.0, 190.0);
/// The first idea of the history.
const IDEA_1: Pos2 = pos2(350.0, 447.0);
const PROPOSE: Pos2 = pos2(90.0, 144.0);
const WHY: Pos2 = pos2(465.0, 60.0);

fn stage() -> Stage {
    let mut stage = Stage::new(PluginKind::Instrument, SIZE, 1.0);
    scenes::playing(&mut stage);
    stage.params.saved.marks().lock_bars([0; 4]);
    rest(&mut stage, 3);
    stage
}

fn rest(stage: &mut Stage, frames: usize) {
    for _ in 0..frames {
        let _ = stage.frame(Vec::new(), 0.02);
    }
}

fn press(stage: &mut Stage, at: Pos2, pressed: bool, modifiers: Modifiers) {
    let button = Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers };
    let _ = stage.frame(vec![Event::PointerMoved(at), button], 0.02);
}

fn click(stage: &mut Stage, at: Pos2, modifiers: Modifiers) {
    let _ = stage.frame(vec![Event::PointerMoved(at)], 0.02);
    press(stage, at, true, modifiers);
    press(stage, at, false, modifiers);
    rest(stage, 1);
}

fn key(stage: &mut Stage, key: Key, modifiers: Modifiers) {
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    let _ = stage.frame(vec![event(true)], 0.02);
    let _ = stage.frame(vec![event(false)], 0.02);
    rest(stage, 2);
}

fn undo(stage: &mut Stage) {
    key(stage, Key::Z, Modifiers::COMMAND);
}

fn orders(stage: &Stage) -> Vec<Order> {
    stage.worker.orders.try_iter().collect()
}

fn locked(stage: &Stage) -> ([bool; 4], [u16; 4]) {
    let controls = stage.params.controls();
    (controls.locked, controls.locked_bars)
}

/// The stage locks the bass.
const BASS: [bool; 4] = [false, false, true, false];

#[test]
fn a_click_on_a_bar_locks_it_in_every_part_and_the_next_ask_says_so() {
    let mut stage = stage();
    let revision = stage.params.revision.value();
    click(&mut stage, BAR_11, Modifiers::NONE);
    assert_eq!(locked(&stage), (BASS, [0b100, 0b100, 0, 0b100]));
    assert_ne!(stage.params.revision.value(), revision, "the project is modified");
    orders(&stage);
    click(&mut stage, PROPOSE, Modifiers::NONE);
    let sent = orders(&stage);
    let [Order::Ask { controls, .. }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(controls.locked_bars, [0b100, 0b100, 0, 0b100]);
    click(&mut stage, BAR_11, Modifiers::NONE);
    assert_eq!(locked(&stage), ([false; 4], [0, 0, 0b1011, 0]), "the rest of the bass stays locked");
    undo(&mut stage);
    assert_eq!(locked(&stage), (BASS, [0b100, 0b100, 0, 0b100]));
}

#[test]
fn an_alt_click_locks_one_bar_of_one_part() {
    let mut stage = stage();
    click(&mut stage, LEAD_9, Modifiers::ALT);
    assert_eq!(locked(&stage), (BASS, [1, 0, 0, 0]));
    click(&mut stage, LEAD_9, Modifiers::NONE);
    assert_eq!(locked(&stage), (BASS, [1, 0, 0, 0]), "a plain click locks nothing");
    click(&mut stage, BASS_9, Modifiers::ALT);
    assert_eq!(locked(&stage), ([false; 4], [1, 0, 0b1110, 0]));
    undo(&mut stage);
    undo(&mut stage);
    assert_eq!(locked(&stage), (BASS, [0; 4]));
}

#[test]
fn a_click_in_the_gutter_locks_the_part() {
    let mut stage = stage();
    click(&mut stage, LEAD_GUTTER, Modifiers::NONE);
    assert_eq!(locked(&stage).0, [true, false, true, false]);
    undo(&mut stage);
    assert_eq!(locked(&stage).0, BASS);
}

#[test]
fn the_keyboard_walks_along_the_bars_and_locks_them() {
    let mut stage = stage();
    click(&mut stage, BAR_11, Modifiers::NONE);
    key(&mut stage, Key::Enter, Modifiers::NONE);
    click(&mut stage, BAR_11, Modifiers::NONE);
    key(&mut stage, Key::ArrowRight, Modifiers::NONE);
    key(&mut stage, Key::Enter, Modifiers::NONE);
    assert_eq!(locked(&stage).1[0], 0b1100, "bars 11 and 12 of the lead");
}

#[test]
fn a_click_with_ctrl_chooses_the_second_idea_of_morph() {
    let mut stage = stage();
    orders(&stage);
    for modifiers in [Modifiers::COMMAND, Modifiers::SHIFT] {
        click(&mut stage, IDEA_1, modifiers);
        assert_eq!(stage.params.controls().morph_with, Some(IdeaId(1)));
        assert_eq!(orders(&stage), [], "it does not play");
        undo(&mut stage);
        assert_eq!(stage.params.controls().morph_with, None);
    }
}

#[test]
fn every_mode_has_a_button() {
    let mut stage = stage();
    let order = [
        [Mode::Continue, Mode::Invent, Mode::Vary, Mode::Morph],
        [Mode::Fill, Mode::Accompany, Mode::Sketch, Mode::Groove],
    ];
    for (row, modes) in order.into_iter().enumerate() {
        for (column, mode) in modes.into_iter().enumerate() {
            let at = pos2(41.0 + 55.0 * column as f32, 196.0 + 40.0 * row as f32);
            click(&mut stage, at, Modifiers::NONE);
            assert_eq!(stage.params.mode(), mode);
        }
    }
}

#[test]
fn the_pad_moves_blend_and_energy_in_one_gesture_each_and_one_step() {
    let mut stage = stage();
    let values = |stage: &Stage| {
        let controls = stage.params.controls();
        (controls.style_blend, controls.energy)
    };
    let before = values(&stage);
    stage.host.touches.lock().unwrap().clear();
    let from = pos2(16.0 + 12.0 + before.0 * 192.0, 298.0 + 80.0 - 10.0 - before.1 * 40.0);
    let _ = stage.frame(vec![Event::PointerMoved(from)], 0.02);
    press(&mut stage, from, true, Modifiers::NONE);
    for step in 1..=8 {
        let at = from + vec2(12.0, -2.0) * step as f32;
        let _ = stage.frame(vec![Event::PointerMoved(at)], 0.02);
    }
    press(&mut stage, from + vec2(96.0, -16.0), false, Modifiers::NONE);
    rest(&mut stage, 1);
    let after = values(&stage);
    assert!((after.0 - before.0 - 0.5).abs() < 0.01 && (after.1 - before.1 - 0.4).abs() < 0.01, "{after:?}");
    let touches = std::mem::take(&mut *stage.host.touches.lock().unwrap());
    let count = |wanted: &Touch| touches.iter().filter(|touch| *touch == wanted).count();
    assert_eq!((count(&Touch::Begin), count(&Touch::End)), (2, 2));
    undo(&mut stage);
    let back = values(&stage);
    assert!((back.0 - before.0).abs() < 1e-4 && (back.1 - before.1).abs() < 1e-4, "{back:?}");
}

#[test]
fn an_alternative_brings_all_four_parts_and_its_figures() {
    let mut stage = stage();
    let offered = stage.ports.worker.snapshot().alternatives[1].as_ref().clone();
    key(&mut stage, Key::Num3, Modifiers::ALT);
    let session = stage.ports.worker.session();
    let joined = session.idea(IdeaId(8)).expect("it joins the history");
    assert_eq!((&joined.phrases, &joined.figures), (&offered.phrases, &offered.figures));
}

#[test]
fn the_panel_that_says_why_opens_and_escape_closes_it() {
    let mut stage = stage();
    // A place in the lead's lane, and the panel's ground.
    let pixel = |stage: &mut Stage| {
        let (width, _, pixels) = stage.picture();
        let at = (215 * width + 645) * 4;
        [pixels[at], pixels[at + 1], pixels[at + 2]]
    };
    let closed = pixel(&mut stage);
    click(&mut stage, WHY, Modifiers::NONE);
    rest(&mut stage, 2);
    assert_ne!(pixel(&mut stage), closed);
    key(&mut stage, Key::Escape, Modifiers::NONE);
    assert_eq!(pixel(&mut stage), closed);
}
