//! The editor as a hand and a keyboard use it, without a window.

#[path = "../examples/editor_states/raster.rs"]
mod raster;
#[path = "../examples/editor_states/scenes.rs"]
#[allow(dead_code, reason = "the examples show more states than the tests need")]
mod scenes;
#[path = "../examples/editor_states/stage.rs"]
mod stage;

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2, pos2, vec2};
use linnet::PluginKind;
use linnet::recovery::Answer;
use linnet_handover::to_worker::Order;
use linnet_music::IdeaId;
use stage::{Stage, Touch};
use std::time::Duration;

const SIZE: Vec2 = vec2(1000.0, 640.0);
/// The middle of the knob "Density", and a place on its label.
const DENSITY: Pos2 = pos2(43.0, 494.0);
const DENSITY_LABEL: Pos2 = pos2(43.0, 519.0);
const PROPOSE: Pos2 = pos2(90.0, 144.0);
const DICE: Pos2 = pos2(188.0, 153.0);
const SEED_LOCK: Pos2 = pos2(216.0, 153.0);
const KEEP: Pos2 = pos2(300.0, 576.0);
/// The menu's line "Engine and models", and the switch of recovery on that page.
#[cfg(not(windows))]
const ENGINE_PAGE: Pos2 = pos2(930.0, 50.0);
#[cfg(not(windows))]
const PUT_BY: Pos2 = pos2(400.0, 414.0);

fn stage() -> Stage {
    let mut stage = Stage::new(PluginKind::Instrument, SIZE, 1.0);
    scenes::playing(&mut stage);
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

fn click(stage: &mut Stage, at: Pos2) {
    click_with(stage, at, Modifiers::NONE);
}

fn click_with(stage: &mut Stage, at: Pos2, modifiers: Modifiers) {
    let _ = stage.frame(vec![Event::PointerMoved(at)], 0.02);
    press(stage, at, true, modifiers);
    press(stage, at, false, modifiers);
    rest(stage, 1);
}

fn drag(stage: &mut Stage, from: Pos2, by: Vec2, modifiers: Modifiers) {
    let _ = stage.frame(vec![Event::PointerMoved(from)], 0.02);
    press(stage, from, true, modifiers);
    for step in 1..=10 {
        let at = from + by * (step as f32 / 10.0);
        let held = Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: Vec2::ZERO,
            modifiers,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
        };
        let _ = stage.frame(vec![Event::PointerMoved(at), held], 0.02);
    }
    press(stage, from + by, false, modifiers);
    rest(stage, 1);
}

fn key(stage: &mut Stage, key: Key, modifiers: Modifiers) {
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    let _ = stage.frame(vec![event(true)], 0.02);
    let _ = stage.frame(vec![event(false)], 0.02);
    rest(stage, 2);
}

fn orders(stage: &Stage) -> Vec<Order> {
    stage.worker.orders.try_iter().collect()
}

fn touches(stage: &Stage) -> Vec<Touch> {
    std::mem::take(&mut *stage.host.touches.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

#[test]
fn a_drag_is_one_gesture_and_200_px_are_the_full_range() {
    let mut stage = stage();
    touches(&stage);
    let before = stage.params.style.density.value();
    drag(&mut stage, DENSITY, vec2(0.0, -60.0), Modifiers::NONE);
    let seen = touches(&stage);
    assert_eq!(seen.iter().filter(|touch| **touch == Touch::Begin).count(), 1, "{seen:?}");
    assert_eq!(seen.iter().filter(|touch| **touch == Touch::End).count(), 1);
    assert_eq!((seen.first(), seen.last()), (Some(&Touch::Begin), Some(&Touch::End)));
    let moved = stage.params.style.density.value() - before;
    assert!((moved - 0.3).abs() < 0.02, "60 px moved it by {moved}");
    key(&mut stage, Key::Z, Modifiers::COMMAND);
    assert!((stage.params.style.density.value() - before).abs() < 1e-4, "one undo takes the drag back");
}

#[test]
fn shift_makes_a_drag_ten_times_finer() {
    let mut stage = stage();
    let before = stage.params.style.density.value();
    drag(&mut stage, DENSITY, vec2(0.0, -60.0), Modifiers::SHIFT);
    let moved = stage.params.style.density.value() - before;
    assert!((moved - 0.03).abs() < 0.005, "{moved}");
}

#[test]
fn a_double_click_resets_and_one_on_the_value_types() {
    let mut stage = stage();
    click(&mut stage, DENSITY_LABEL);
    click(&mut stage, DENSITY_LABEL);
    assert_eq!(stage.params.style.density.value(), 0.5);
    click(&mut stage, DENSITY);
    rest(&mut stage, 40);
    click(&mut stage, DENSITY);
    click(&mut stage, DENSITY);
    let _ = stage.frame(vec![Event::Text("loud".into())], 0.02);
    key(&mut stage, Key::Enter, Modifiers::NONE);
    assert_eq!(stage.params.style.density.value(), 0.5, "bad text sets nothing");
    key(&mut stage, Key::A, Modifiers::COMMAND);
    let _ = stage.frame(vec![Event::Text("24 %".into())], 0.02);
    key(&mut stage, Key::Enter, Modifiers::NONE);
    assert!((stage.params.style.density.value() - 0.24).abs() < 1e-4);
}

#[test]
fn propose_asks_with_all_controls_and_a_new_seed() {
    let mut stage = stage();
    orders(&stage);
    click(&mut stage, PROPOSE);
    let sent = orders(&stage);
    let [Order::Ask { controls, .. }] = &sent[..] else { panic!("{sent:?}") };
    assert!((controls.density - 0.28).abs() < 1e-4);
    assert!(controls.locked[2]);
    assert_ne!(controls.seed, 48_213);
    assert_eq!(i32::from(controls.seed), stage.params.propose.seed.value());
    key(&mut stage, Key::Enter, Modifiers::COMMAND);
    let sent = orders(&stage);
    let [Order::Ask { controls: second, .. }] = &sent[..] else { panic!("Ctrl+Enter: {sent:?}") };
    assert_ne!(second.seed, controls.seed, "an open seed is drawn anew");
}

#[test]
fn a_seed_drawn_by_hand_or_locked_is_the_one_that_is_asked_with() {
    let mut stage = stage();
    click(&mut stage, DICE);
    let drawn = stage.params.propose.seed.value();
    assert_ne!(drawn, 48_213);
    orders(&stage);
    click(&mut stage, PROPOSE);
    assert_eq!(stage.params.propose.seed.value(), drawn);
    click(&mut stage, SEED_LOCK);
    click(&mut stage, PROPOSE);
    let seeds: Vec<i32> = orders(&stage)
        .iter()
        .map(|order| match order {
            Order::Ask { controls, .. } => i32::from(controls.seed),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seeds, [drawn, drawn]);
}

#[test]
fn keep_marks_the_idea_and_the_project() {
    let mut stage = stage();
    let revision = stage.params.revision.value();
    click(&mut stage, KEEP);
    rest(&mut stage, 2);
    let kept = |stage: &Stage| stage.ports.worker.session().idea(IdeaId(7)).is_some_and(|idea| idea.kept);
    assert!(kept(&stage));
    assert_ne!(stage.params.revision.value(), revision);
    key(&mut stage, Key::Z, Modifiers::COMMAND);
    assert!(!kept(&stage), "undo lets it go again");
}

#[test]
fn a_click_in_the_history_plays_that_idea() {
    let mut stage = stage();
    orders(&stage);
    click(&mut stage, pos2(350.0, 447.0));
    let sent = orders(&stage);
    assert!(matches!(sent[..], [Order::Play { idea: IdeaId(1), .. }]), "{sent:?}");
}

#[test]
fn an_alternative_joins_the_history_and_plays() {
    let mut stage = stage();
    orders(&stage);
    key(&mut stage, Key::Num2, Modifiers::ALT);
    let sent = orders(&stage);
    assert!(matches!(sent[..], [Order::Play { idea: IdeaId(8), .. }]), "{sent:?}");
    assert_eq!(stage.ports.worker.session().ideas().len(), 8);
    key(&mut stage, Key::Num2, Modifiers::ALT);
    assert_eq!(stage.ports.worker.session().ideas().len(), 8, "it joins once");
}

#[test]
fn the_keyboard_reaches_every_control_and_moves_it() {
    let mut stage = stage();
    let before = stage.params.style.density.value();
    for _ in 0..200 {
        key(&mut stage, Key::Tab, Modifiers::NONE);
        key(&mut stage, Key::PageUp, Modifiers::NONE);
        if stage.params.style.density.value() > before + 0.05 {
            return;
        }
    }
    panic!("200 presses of Tab did not reach Density");
}

#[test]
fn an_idle_editor_asks_for_no_frame_and_stays_the_same() {
    let mut stage = stage();
    stage.ports.audio.playing.store(false, std::sync::atomic::Ordering::Relaxed);
    // Meters and spectrum fall, and the light goes out.
    for _ in 0..300 {
        let _ = stage.frame(Vec::new(), 0.05);
    }
    let delay = |output: egui::FullOutput| {
        output.viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap_or(Duration::MAX)
    };
    let first = delay(stage.frame(Vec::new(), 1.0));
    let picture = stage.picture();
    let second = delay(stage.frame(Vec::new(), 1.0));
    assert!(first > Duration::from_mins(1) && second > Duration::from_mins(1), "{first:?} {second:?}");
    assert!(picture == stage.picture(), "two idle pictures differ");
}

#[test]
fn an_offer_to_restore_is_answered_by_its_buttons_and_by_escape() {
    // Restore, Not now and Discard, from left to right; Esc is Not now.
    let answers = [
        (Some(pos2(420.0, 304.0)), Answer::Restore),
        (Some(pos2(505.0, 304.0)), Answer::Later),
        (Some(pos2(587.0, 304.0)), Answer::Discard),
        (None, Answer::Later),
    ];
    for (button, answer) in answers {
        let mut stage = Stage::new(PluginKind::Instrument, SIZE, 1.0);
        scenes::crashed(&mut stage);
        rest(&mut stage, 3);
        match button {
            Some(at) => click(&mut stage, at),
            None => key(&mut stage, Key::Escape, Modifiers::NONE),
        }
        let recovery = stage.params.saved.recovery();
        assert_eq!((recovery.take_answer(), recovery.offer()), (Some(answer), None), "{answer:?}");
    }
}

/// The home folder of the process of the test below, which turns recovery off for all that run beside it.
const HOME: &str = "LINNET_TEST_HOME";

#[test]
fn the_switch_of_recovery_shows_what_is_also_where_the_settings_cannot_be_read() {
    let Some(home) = std::env::var_os(HOME) else {
        let home = std::env::temp_dir().join(format!("linnet-editor-{}", std::process::id()));
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_switch_of_recovery_shows_what_is_also_where_the_settings_cannot_be_read"])
            .envs([(HOME, home.clone()), ("LINNET_DATA", home.join("data"))])
            .output()
            .unwrap();
        let _ = std::fs::remove_dir_all(&home);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    };
    let file = linnet::settings::UserSettings::file().unwrap();
    assert!(file.starts_with(home), "{}", file.display());
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "recovery = 3").unwrap();
    let mut stage = stage();
    click(&mut stage, pos2(976.0, 20.0));
    click(&mut stage, ENGINE_PAGE);
    let recovery = |stage: &Stage| stage.params.saved.recovery().is_on();
    assert!(recovery(&stage));
    click(&mut stage, PUT_BY);
    assert!(!recovery(&stage), "it was shown as off, and a click turned it on");
    click(&mut stage, PUT_BY);
    assert!(recovery(&stage));
}

#[test]
fn ideas_that_return_mark_the_project_as_modified() {
    let mut stage = stage();
    let revision = stage.params.revision.value();
    {
        let mut session = stage.ports.worker.session();
        let idea = session.ideas()[0].clone();
        let id = session.next_id();
        session.add(linnet_music::Idea { id, kept: true, ..idea });
    }
    stage.ports.worker.touch();
    rest(&mut stage, 2);
    assert_ne!(stage.params.revision.value(), revision);
}

#[test]
fn about_is_copied_whole_and_the_log_is_named() {
    let mut stage = stage();
    click(&mut stage, pos2(976.0, 20.0));
    click(&mut stage, pos2(930.0, 78.0));
    let at = pos2(258.0, 455.0);
    let _ = stage.frame(vec![Event::PointerMoved(at)], 0.02);
    press(&mut stage, at, true, Modifiers::NONE);
    let button = Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed: false,
        modifiers: Modifiers::NONE,
    };
    let output = stage.frame(vec![button], 0.02);
    let copied = output.platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let copied = copied.expect("Copy copies");
    for wanted in
        ["Version", "Format", "CLAP", "System", "Sample rate", "Engine", "lead 1.0 3f3f", "Log", "logs"]
    {
        assert!(copied.contains(wanted), "{wanted:?} is not in\n{copied}");
    }
}

#[test]
fn an_undo_to_an_idea_that_left_the_history_does_nothing() {
    let mut stage = stage();
    click(&mut stage, pos2(350.0, 447.0));
    stage.ports.worker.session().set_current(Some(IdeaId(1)));
    stage.ports.worker.touch();
    rest(&mut stage, 2);
    orders(&stage);
    // Idea 7, which played before, leaves while others come.
    let mut session = linnet_music::Session::default();
    session.push(stage.ports.worker.session().ideas()[0].clone());
    *stage.ports.worker.session() = session;
    stage.ports.worker.touch();
    rest(&mut stage, 2);
    key(&mut stage, Key::Z, Modifiers::COMMAND);
    assert_eq!(orders(&stage), []);
    click(&mut stage, KEEP);
    assert!(stage.ports.worker.session().idea(IdeaId(1)).is_some_and(|idea| idea.kept), "it goes on");
}

#[test]
fn every_state_and_size_is_drawn_without_a_panic() {
    let scenes: [fn(&mut Stage); 16] = [
        scenes::first_open,
        scenes::listening,
        scenes::composing,
        scenes::playing,
        scenes::kept,
        scenes::model_error,
        scenes::offline,
        scenes::odd,
        scenes::stopped,
        scenes::crashed,
        scenes::filling,
        scenes::nothing_locked,
        scenes::morphing,
        scenes::one_idea_to_morph,
        scenes::without_figures,
        |_| {},
    ];
    for (i, scene) in scenes.into_iter().enumerate() {
        let kind = if i % 2 == 0 { PluginKind::Instrument } else { PluginKind::Notes };
        for size in [vec2(760.0, 480.0), SIZE, vec2(300.0, 200.0)] {
            let mut stage = Stage::new(kind, size, 1.0);
            scene(&mut stage);
            rest(&mut stage, 3);
            let (_, _, pixels) = stage.picture();
            let colours: std::collections::HashSet<&[u8]> = pixels.chunks_exact(4).collect();
            assert!(colours.len() > 40, "scene {i} at {size:?} is blank");
        }
    }
}
