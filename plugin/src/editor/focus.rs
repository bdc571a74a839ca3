//! Runs on the main thread. Which control the keyboard drives, and the way from one to the next.
//!
//! The order is that in which controls register themselves while they are drawn. egui's own focus stays on one
//! invisible widget, so that the window gets key presses from the host, and its Tab handling stays out of the way.

use egui::{Event, Id, Key, Ui};

/// The keyboard's focus.
#[derive(Debug, Default)]
pub(crate) struct Focus {
    order: Vec<Id>,
    previous: Vec<Id>,
    focused: Option<Id>,
    /// Whether it came by key: only then is the ring drawn.
    by_key: bool,
}

impl Focus {
    /// Begins a frame, and follows Tab and Shift+Tab through the order of the last one.
    pub(crate) fn begin(&mut self, ui: &Ui, follow_tab: bool) {
        self.previous = std::mem::take(&mut self.order);
        if follow_tab {
            for backwards in tabs(ui) {
                self.step(backwards);
            }
        }
        if self.focused.is_some_and(|id| !self.previous.contains(&id)) {
            self.focused = None;
        }
    }

    fn step(&mut self, backwards: bool) {
        let count = self.previous.len();
        if count == 0 {
            return;
        }
        let here = self.focused.and_then(|id| self.previous.iter().position(|other| *other == id));
        let next = match (here, backwards) {
            (None, false) => 0,
            (None, true) => count - 1,
            (Some(i), false) => (i + 1) % count,
            (Some(i), true) => (i + count - 1) % count,
        };
        self.focused = Some(self.previous[next]);
        self.by_key = true;
    }

    /// Takes the next place in the order.
    pub(crate) fn register(&mut self, id: Id) {
        self.order.push(id);
    }

    /// Whether `id` has the focus.
    pub(crate) fn is(&self, id: Id) -> bool {
        self.focused == Some(id)
    }

    /// Whether `id` has the focus and shows it.
    pub(crate) fn has_ring(&self, id: Id) -> bool {
        self.by_key && self.focused == Some(id)
    }

    /// Gives the focus to `id`, without a ring.
    pub(crate) fn click(&mut self, id: Id) {
        self.focused = Some(id);
        self.by_key = false;
    }

    /// Moves the focus to `id`, the ring as it was.
    pub(crate) fn move_to(&mut self, id: Id) {
        self.focused = Some(id);
    }

    /// Takes the focus from everything.
    pub(crate) fn clear(&mut self) {
        self.focused = None;
    }

    /// Whether a control has the focus.
    pub(crate) fn is_set(&self) -> bool {
        self.focused.is_some()
    }
}

/// The Tab presses of this frame: whether each goes backwards.
fn tabs(ui: &Ui) -> Vec<bool> {
    ui.input(|input| {
        let presses = input.events.iter().filter_map(|event| match event {
            Event::Key { key: Key::Tab, pressed: true, modifiers, .. }
                if !modifiers.ctrl && !modifiers.alt =>
            {
                Some(modifiers.shift)
            }
            _ => None,
        });
        presses.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> [Id; 3] {
        ["a", "b", "c"].map(Id::unique)
    }

    fn focus() -> Focus {
        Focus { previous: ids().to_vec(), ..Focus::default() }
    }

    #[test]
    fn tab_goes_round_in_the_order_of_registration() {
        let mut focus = focus();
        let [a, b, c] = ids();
        for expect in [a, b, c, a] {
            focus.step(false);
            assert_eq!(focus.focused, Some(expect));
        }
        focus.step(true);
        assert_eq!(focus.focused, Some(c));
    }

    #[test]
    fn a_click_gives_focus_without_a_ring() {
        let mut focus = focus();
        focus.click(ids()[1]);
        assert!(!focus.has_ring(ids()[1]));
        focus.step(false);
        assert!(focus.has_ring(ids()[2]));
    }
}
