//! Runs on the main thread. Keys that work anywhere in the window, and which keys are taken from the host.
//!
//! Space, R, the transport's keys and the F-keys but F1 stay the host's outside text fields.

use super::ZOOMS;
use super::surface::{Deed, Desk};
use egui::{Event, InputState, Key, Modifiers};
use nice_plug_egui::Key as HostKey;
use nice_plug_egui::KeyCapture;

/// What the keys of this frame ask for.
pub(crate) fn deeds(input: &InputState, zoom: f32) -> Vec<Deed> {
    input.events.iter().filter_map(|event| deed(event, zoom)).collect()
}

fn deed(event: &Event, zoom: f32) -> Option<Deed> {
    match event {
        Event::Key { key, pressed: true, modifiers, .. } => of_key(*key, *modifiers, zoom),
        Event::Text(text) if text == "?" => Some(Deed::Help(true)),
        _ => None,
    }
}

fn of_key(key: Key, modifiers: Modifiers, zoom: f32) -> Option<Deed> {
    if key == Key::F1 {
        return Some(Deed::Help(true));
    }
    if modifiers.command && !modifiers.alt {
        return match key {
            Key::Enter => Some(Deed::Propose),
            Key::K => Some(Deed::Keep),
            Key::E => Some(Deed::Export),
            Key::Z if modifiers.shift => Some(Deed::Redo),
            Key::Z => Some(Deed::Undo),
            Key::Y => Some(Deed::Redo),
            Key::Num0 => Some(Deed::Zoom(1.0)),
            Key::Plus | Key::Equals | Key::PageUp => Some(Deed::Zoom(next_zoom(zoom, true))),
            Key::Minus | Key::PageDown => Some(Deed::Zoom(next_zoom(zoom, false))),
            _ => None,
        };
    }
    if modifiers.alt && !modifiers.ctrl {
        return match key {
            Key::ArrowLeft => Some(Deed::Walk(-1)),
            Key::ArrowRight => Some(Deed::Walk(1)),
            Key::Num1 => Some(Deed::Alternative(0)),
            Key::Num2 => Some(Deed::Alternative(1)),
            Key::Num3 => Some(Deed::Alternative(2)),
            _ => None,
        };
    }
    None
}

/// The next zoom up or down.
fn next_zoom(zoom: f32, up: bool) -> f32 {
    let next = if up {
        ZOOMS.into_iter().find(|step| *step > zoom + 0.01)
    } else {
        ZOOMS.into_iter().rev().find(|step| *step < zoom - 0.01)
    };
    next.unwrap_or(zoom)
}

/// Which keys the host does not get, as things stand.
pub(crate) fn capture(desk: &Desk, modifiers: Modifiers, is_typing: bool) -> KeyCapture {
    if is_typing {
        return KeyCapture::CaptureAll;
    }
    let mut names = vec!["Tab", "?"];
    if desk.focus.is_set() || desk.menu.is_some() {
        names.extend(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown"]);
        names.extend(["Home", "End", "Enter", "Backspace", "Escape"]);
    }
    if modifiers.command {
        names.extend(["Enter", "PageUp", "PageDown", "k", "K", "e", "E", "z", "Z", "y", "Y"]);
        names.extend(["0", "+", "=", "-"]);
    }
    if modifiers.alt {
        names.extend(["ArrowLeft", "ArrowRight", "1", "2", "3"]);
    }
    names.push("F1");
    KeyCapture::CaptureKeys(names.iter().filter_map(|name| name.parse::<HostKey>().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn taken(modifiers: Modifiers) -> HashSet<String> {
        match capture(&Desk::default(), modifiers, false) {
            KeyCapture::CaptureKeys(keys) => keys.iter().map(ToString::to_string).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_hosts_transport_keys_are_never_taken() {
        for modifiers in [Modifiers::NONE, Modifiers::CTRL, Modifiers::COMMAND, Modifiers::ALT] {
            let keys = taken(modifiers);
            for key in [" ", "r", "R", "F2", "F5", "F12", "MediaPlay"] {
                assert!(!keys.contains(key), "{key} is taken with {modifiers:?}");
            }
        }
        assert!(!taken(Modifiers::NONE).contains("k"), "a plain letter is the host's");
        assert!(taken(Modifiers::COMMAND).contains("k") && taken(Modifiers::NONE).contains("F1"));
    }

    #[test]
    fn zoom_keys_walk_through_the_steps_and_stop_at_the_ends() {
        assert_eq!(next_zoom(1.0, true), 1.25);
        assert_eq!(next_zoom(1.0, false), 0.75);
        assert_eq!(next_zoom(2.0, true), 2.0);
        assert_eq!(next_zoom(0.75, false), 0.75);
    }

    #[test]
    fn shortcuts_need_their_modifiers() {
        assert_eq!(of_key(Key::K, Modifiers::NONE, 1.0), None);
        assert_eq!(of_key(Key::Space, Modifiers::COMMAND, 1.0), None);
        assert_eq!(of_key(Key::K, Modifiers::COMMAND, 1.0), Some(Deed::Keep));
        assert_eq!(of_key(Key::Z, Modifiers::COMMAND | Modifiers::SHIFT, 1.0), Some(Deed::Redo));
        assert_eq!(of_key(Key::ArrowLeft, Modifiers::ALT, 1.0), Some(Deed::Walk(-1)));
    }
}
