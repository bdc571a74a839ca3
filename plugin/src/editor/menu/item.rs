//! Runs on the main thread. The lines of a menu, and what they do.

use super::super::control::Handle;
use super::super::surface::Deed;
use super::OpenMenu;
use egui::Rect;

/// What an item does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    /// Sets a parameter to a value in [0, 1].
    Set(Handle, f32),
    /// Turns a switch over.
    Toggle(Handle),
    /// Types the value of a parameter where it stands.
    Type(Handle, Rect),
    /// Opens another menu in its place.
    Open(Box<OpenMenu>),
    /// Asks the editor.
    Do(Deed),
}

/// One line of a menu.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) label: String,
    /// The key that does the same, or the value; on the right.
    pub(crate) right: String,
    pub(crate) is_chosen: bool,
    /// What it does; a heading does nothing.
    pub(crate) choice: Option<Choice>,
    /// What else it is found by, in lower case.
    keywords: String,
    /// Whether it is shown only where what is typed finds it.
    pub(super) is_hidden: bool,
}

impl Item {
    /// An item without a mark.
    pub(crate) fn new(label: &str, right: &str, choice: Choice) -> Self {
        let (label, right) = (label.to_owned(), right.to_owned());
        Self {
            label,
            right,
            is_chosen: false,
            choice: Some(choice),
            keywords: String::new(),
            is_hidden: false,
        }
    }

    /// A line above others that belong together.
    pub(crate) fn heading(label: &str) -> Self {
        let label = label.to_owned();
        Self {
            label,
            right: String::new(),
            is_chosen: false,
            choice: None,
            keywords: String::new(),
            is_hidden: false,
        }
    }

    /// The same, also found by `keywords`.
    pub(crate) fn found_by(self, keywords: &str) -> Self {
        Self { keywords: keywords.to_lowercase(), ..self }
    }

    /// The same, shown only where what is typed finds it, if `is_hidden`.
    pub(crate) fn only_found(self, is_hidden: bool) -> Self {
        Self { is_hidden, ..self }
    }

    pub(super) fn is_found(&self, typed: &str) -> bool {
        let mut words = typed.split_whitespace();
        let label = self.label.to_lowercase();
        self.choice.is_some() && words.all(|word| label.contains(word) || self.keywords.contains(word))
    }

    /// The same, marked where `is_chosen`.
    pub(crate) fn marked(self, is_chosen: bool) -> Self {
        Self { is_chosen, ..self }
    }
}
