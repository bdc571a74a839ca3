//! Runs on the main thread. The user's own kits, below the rows: the list of them, and saving the present one.

use super::super::button::{self, Look};
use super::super::control::Handle;
use super::super::menu::{Choice, Item, OpenMenu};
use super::super::message::{Action, Message};
use super::super::replacing::Replacing;
use super::super::surface::{Deed, Surface};
use super::super::undo::Step;
use super::super::{Editor, Page, export, paint, text, typing};
use crate::params::LinnetParams;
use crate::params::sounds::choices;
use egui::{Color32, Id, Rect, Stroke, pos2, vec2};
use linnet_library::preset_files::{Entry, NotWritten, plain_name};
use linnet_library::user_kit::UserKit;
use linnet_music::Part;
use nice_plug::context::gui::GuiContext;
use std::path::PathBuf;

/// Kits that a menu lists.
const LISTED_MAX: usize = 40;
/// Where the name of a kit is typed.
pub(crate) const FIELD: &str = "kit name";

/// What the user does with kits of their own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum OwnKit {
    /// Sets the drums' sound and its pieces.
    Load(Box<UserKit>),
    /// Says why a file is no kit.
    Tell(String),
    /// Writes the present kit under the name that is typed.
    Save,
    /// Closes what the user is told.
    Dismiss,
}

/// What is typed, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct State {
    name: String,
    /// What the page says.
    pub(super) told: Told,
    /// Why a file that was chosen elsewhere is no kit.
    fault: Option<String>,
    replacing: Replacing,
}

/// What became of what the user did.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Told {
    #[default]
    Nothing,
    /// It is done.
    Done(String),
    /// It is not: a question, or what is wrong.
    Open(String),
}

impl State {
    /// Forgets what was told and asked: the page opens, or closes.
    pub(in super::super) fn turn_page(&mut self) {
        self.told = Told::Nothing;
        self.replacing = Replacing::default();
    }

    /// Takes why a file is no kit; `is_open`: whether the page can say it. Whether a message must.
    fn tell(&mut self, why: String, is_open: bool) -> bool {
        if is_open {
            self.told = Told::Open(why);
        } else {
            self.fault = Some(why);
        }
        !is_open
    }

    /// Takes what has become of a kit that was written.
    fn take_written(&mut self, written: Result<PathBuf, NotWritten>) {
        self.replacing.asks = matches!(written, Err(NotWritten::Exists(_)));
        self.told = match written {
            Ok(path) => Told::Done(format!("Written: {}", export::shown(&path))),
            Err(NotWritten::Exists(path)) => {
                Told::Open(format!("{} is there already. Replace it?", export::shown(&path)))
            }
            Err(NotWritten::Fault(why)) => Told::Open(why),
        };
    }

    /// What is to be written, and whether it may replace a file of that name: only the one that was asked about.
    fn wish(&mut self, params: &LinnetParams) -> Option<(UserKit, bool)> {
        let kit = present_kit(params)?;
        let name = plain_name(&self.name);
        let replaces = self.replacing.answered(&name);
        Some((UserKit { name, kit, pieces: params.settings().pieces }, replaces))
    }
}

/// The number of the kit that the drums are on, where it is one of the bank.
fn present_kit(params: &LinnetParams) -> Option<usize> {
    let number = params.sound_number(Part::Drums);
    choices(Part::Drums).into_iter().map(|choice| choice.number).find(|kit| *kit == number)
}

/// The kits of the user for a menu; none where there are none.
pub(crate) fn items(params: &LinnetParams) -> Vec<Item> {
    let item = |entry: &Entry<UserKit>| {
        let (right, own) = match &entry.content {
            Ok(kit) => ("", OwnKit::Load(Box::new(kit.clone()))),
            Err(why) => ("broken", OwnKit::Tell(why.clone())),
        };
        Item::new(&entry.name(), right, Choice::Do(Deed::Kit(own))).found_by("your kits")
    };
    let listed = params.saved.kits().listed();
    let mut items: Vec<Item> = listed.iter().take(LISTED_MAX).map(item).collect();
    if !items.is_empty() {
        items.insert(0, Item::heading("Your kits"));
    }
    items
}

/// What the user must be told.
pub(crate) fn message(state: &State) -> Option<Message> {
    Some(Message {
        title: "Drums: no kit".to_owned(),
        detail: state.fault.clone()?,
        remedy: "Nothing is lost: the drums play what they played before.".to_owned(),
        actions: vec![Action::new("Close", 74.0, Deed::Kit(OwnKit::Dismiss))],
        close: Deed::Kit(OwnKit::Dismiss),
        hint: "Esc; the drums' list of sounds has others",
    })
}

/// Draws the list, the field and the button.
pub(super) fn show(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams, state: &mut State) {
    let list = Rect::from_min_size(area.min, vec2(104.0, area.height()));
    let id = Id::unique("own kits");
    let response = button::list_box(surface, id, list, "Your kits");
    let edge = Stroke::new(1.0, surface.theme.line);
    paint::panel(&surface.painter, list, 4.0, Color32::TRANSPARENT, edge);
    if surface.activated(id, &response) {
        let mut items = items(params);
        if items.is_empty() {
            items.push(Item::heading("None yet: type a name and save one"));
        }
        surface.desk.menu = Some(OpenMenu::new(list, None, items));
        params.saved.kits().list();
    }
    surface.tip(&response, "Your kits", "A kit and all its pieces, as you saved them");
    let save = Rect::from_min_max(pos2(area.right() - 72.0, area.top()), area.max);
    let field =
        Rect::from_min_max(pos2(list.right() + 10.0, area.top()), pos2(save.left() - 8.0, save.bottom()));
    let before = state.name.clone();
    let entered = typing::line(surface, Id::unique(FIELD), field, &mut state.name, "a name for this kit");
    if state.name != before {
        state.turn_page();
    }
    let can = present_kit(params).is_some();
    let label = if state.replacing.asks { "Replace" } else { "Save kit" };
    let style = (text::LABEL_STRONG, if can { Look::Chosen } else { Look::Disabled });
    let (pressed, response) = button::labelled(surface, "save kit", save, (None, label), style);
    let folder = params.saved.kits().folder().map(export::shown).unwrap_or_default();
    surface.tip(&response, "Enter", &format!("The kit and its pieces, as a file of its own in {folder}"));
    // Enter never replaces: that takes a press of the button.
    if can && (pressed || (entered && !state.replacing.asks)) {
        surface.ask(Deed::Kit(OwnKit::Save));
    }
}

impl Editor {
    /// Does what the user asked of their own kits.
    pub(in super::super) fn own_kit(&mut self, own: OwnKit, host: &GuiContext) {
        match own {
            OwnKit::Load(kit) => self.load_kit(&kit, host),
            OwnKit::Tell(why) => {
                self.pages.message |= self.kits.tell(why, self.pages.over == Some(Page::Pieces));
            }
            OwnKit::Dismiss => self.kits.fault = None,
            OwnKit::Save => {
                if let Some((kit, replaces)) = self.kits.wish(&self.params) {
                    self.params.saved.kits().write(kit, replaces);
                }
            }
        }
    }

    /// The drums play `kit`: one step to undo.
    fn load_kit(&mut self, kit: &UserKit, host: &GuiContext) {
        let sound = Handle::of(&self.params.parts[Part::Drums.index()].sound);
        let mut wanted = vec![(sound, kit.kit as f32)];
        for (params, piece) in self.params.pieces.iter().zip(&kit.pieces) {
            wanted.push((Handle::of(&params.tune), piece.tune_semitones));
            wanted.push((Handle::of(&params.decay), piece.decay));
            wanted.push((Handle::of(&params.level_db), piece.level_db));
        }
        let step = |(param, plain): (Handle, f32)| (param, param.value(), param.normalized(plain));
        let moved: Vec<_> =
            wanted.into_iter().map(step).filter(|(_, before, after)| (before - after).abs() > 1e-6).collect();
        for (param, _, after) in &moved {
            param.put(host, *after);
        }
        self.desk.undo.push(Step::Values(moved));
        self.kits.turn_page();
        self.kits.told = Told::Done(format!("Playing: {}.", kit.name));
        self.kits.fault = None;
        self.kits.name.clone_from(&kit.name);
    }

    /// Takes what has become of a kit that was written.
    pub(in super::super) fn take_kits(&mut self) {
        if let Some(written) = self.params.saved.kits().take_written() {
            self.kits.take_written(written);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PluginKind;
    use crate::params::sounds::{OWN_INSTRUMENT, OWN_PRESET};
    use crate::state::SavedState;

    #[test]
    fn what_is_saved_is_the_present_kit_and_only_the_file_asked_about_is_replaced() {
        let saved = SavedState::new(std::sync::Arc::default(), linnet_handover::to_worker::channel().0);
        let params = LinnetParams::new(PluginKind::Instrument, saved);
        let sound = Handle::of(&params.parts[Part::Drums.index()].sound);
        sound.set_directly(sound.normalized(3.0));
        let tune = Handle::of(&params.pieces[0].tune);
        tune.set_directly(tune.normalized(-7.0));
        let mut state = State { name: " Low\n ".to_owned(), ..State::default() };
        let (kit, replaces) = state.wish(&params).unwrap();
        assert_eq!((kit.name.as_str(), kit.kit, replaces), ("Low", 3, false));
        assert!((kit.pieces[0].tune_semitones + 7.0).abs() < 1e-4);
        state.replacing.asks = true;
        assert!(state.wish(&params).is_some_and(|(_, replaces)| replaces));
        assert!(state.wish(&params).is_some_and(|(_, replaces)| !replaces), "each time is asked anew");
        for number in [OWN_INSTRUMENT, OWN_PRESET] {
            sound.set_directly(sound.normalized(number as f32));
            assert!(state.wish(&params).is_none());
        }
    }

    #[test]
    fn a_broken_kit_is_told_on_the_page_or_in_a_message_that_can_be_closed() {
        let mut state = State::default();
        assert!(!state.tell("No kit.".to_owned(), true) && message(&state).is_none());
        assert_eq!(state.told, Told::Open("No kit.".to_owned()));
        assert!(state.tell("Broken.".to_owned(), false));
        let said = message(&state).unwrap();
        assert_eq!((said.detail.as_str(), said.close), ("Broken.", Deed::Kit(OwnKit::Dismiss)));
    }

    #[test]
    fn nothing_that_was_told_or_asked_outlives_the_page() {
        let mut state = State { name: "Low".to_owned(), ..State::default() };
        state.take_written(Err(NotWritten::Exists("Low.toml".into())));
        assert!(state.replacing.asks && matches!(state.told, Told::Open(_)));
        state.turn_page();
        assert!(!state.replacing.asks && state.told == Told::Nothing && state.name == "Low");
        state.take_written(Ok("Low.toml".into()));
        assert!(!state.replacing.asks && matches!(state.told, Told::Done(_)));
    }
}
