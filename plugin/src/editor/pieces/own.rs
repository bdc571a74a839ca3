//! Runs on the main thread. The user's own kits, below the rows: the list of them, and saving the present one.

use super::super::button::{self, Look};
use super::super::control::Handle;
use super::super::menu::{Choice, Item, OpenMenu};
use super::super::surface::{Deed, Surface};
use super::super::undo::Step;
use super::super::{Editor, export, paint, text, typing};
use crate::params::LinnetParams;
use crate::params::sounds::choices;
use egui::{Color32, Id, Rect, Stroke, pos2, vec2};
use linnet_library::preset_files::{NAME_MAX, NotWritten, file_name};
use linnet_library::user_kit::{KitEntry, UserKit};
use linnet_music::Part;
use nice_plug::context::gui::GuiContext;

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
}

/// What is typed, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct State {
    name: String,
    /// What the user is told.
    pub(super) told: String,
    /// The name of the file that the user was asked about, and whether the answer is awaited.
    asked: Option<String>,
    asks: bool,
}

impl State {
    /// What is to be written, and whether it may replace a file of that name: only the one that was asked about.
    fn wish(&mut self, params: &LinnetParams) -> Option<(UserKit, bool)> {
        let kit = present_kit(params)?;
        let name: String = self.name.trim().chars().filter(|letter| !letter.is_control()).collect();
        let name: String = name.chars().take(NAME_MAX).collect();
        let file = file_name(&name);
        let replaces = std::mem::take(&mut self.asks) && self.asked == file;
        self.asked = file;
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
    let item = |entry: &KitEntry| {
        let (right, own) = match &entry.kit {
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
        (state.asks, state.asked) = (false, None);
        state.told.clear();
    }
    let can = present_kit(params).is_some();
    let label = if state.asks { "Replace" } else { "Save kit" };
    let style = (text::LABEL_STRONG, if can { Look::Chosen } else { Look::Disabled });
    let (pressed, response) = button::labelled(surface, "save kit", save, (None, label), style);
    let folder = params.saved.kits().folder().map(export::shown).unwrap_or_default();
    surface.tip(&response, "Enter", &format!("The kit and its pieces, as a file of its own in {folder}"));
    // Enter never replaces: that takes a press of the button.
    if can && (pressed || (entered && !state.asks)) {
        surface.ask(Deed::Kit(OwnKit::Save));
    }
}

impl Editor {
    /// Does what the user asked of their own kits.
    pub(in super::super) fn own_kit(&mut self, own: OwnKit, host: &GuiContext) {
        match own {
            OwnKit::Load(kit) => self.load_kit(&kit, host),
            OwnKit::Tell(why) => self.kits.told = why,
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
        self.kits.told = format!("Playing: {}.", kit.name);
        self.kits.name.clone_from(&kit.name);
        (self.kits.asks, self.kits.asked) = (false, None);
    }

    /// Takes what has become of a kit that was written.
    pub(in super::super) fn take_kits(&mut self) {
        let Some(written) = self.params.saved.kits().take_written() else { return };
        let state = &mut self.kits;
        (state.told, state.asks) = match written {
            Ok(path) => (format!("Written: {}", export::shown(&path)), false),
            Err(NotWritten::Exists(path)) => {
                (format!("{} is there already. Replace it?", export::shown(&path)), true)
            }
            Err(NotWritten::Fault(why)) => (why, false),
        };
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
        state.asks = true;
        assert!(state.wish(&params).is_some_and(|(_, replaces)| replaces));
        assert!(state.wish(&params).is_some_and(|(_, replaces)| !replaces), "each time is asked anew");
        for number in [OWN_INSTRUMENT, OWN_PRESET] {
            sound.set_directly(sound.normalized(number as f32));
            assert!(state.wish(&params).is_none());
        }
    }
}
