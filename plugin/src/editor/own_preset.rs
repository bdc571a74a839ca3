//! Runs on the main thread. The user's own presets: what the browser of sounds lists of them, loading one for a part, and
//! what the user must be told.

use super::Editor;
use super::control::Handle;
use super::deeds::Reach;
use super::menu::{Choice, Item};
use super::message::{Action, Message};
use super::picker::Purpose;
use super::pieces;
use super::save_preset;
use super::surface::Deed;
use super::undo::{self, Step};
use super::{Page, export};
use crate::params::LinnetParams;
use crate::params::sounds::{OWN_INSTRUMENT, OWN_PRESET};
use crate::presets::{Answer, Own};
use linnet_library::preset::Preset;
use linnet_library::preset_files::{Entry, NotWritten};
use linnet_music::{Part, Style};
use nice_plug::context::gui::GuiContext;
use std::path::PathBuf;

/// Presets that the browser lists before anything is typed.
const LISTED_MAX: usize = 20;

/// What the user does with presets of their own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum OwnPreset {
    /// Plays the preset in this file.
    Load(PathBuf),
    /// Chooses a file of any folder.
    Pick,
    /// Plays the preset that is loaded.
    Play,
    /// Whether the page that saves the part's sound is open.
    SavePage(bool),
    /// Writes what the page says.
    Save,
    /// Closes what the user is told.
    Dismiss,
}

/// What the user is told, and was told before.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Why a file is no preset, and for which part it was chosen.
    fault: Option<(Part, String)>,
    /// Faults of the project's presets that the user has closed.
    dismissed: Vec<String>,
    pub(super) save: save_preset::Form,
}

/// The name of the preset that `part` plays, where it is one of the user's.
pub(crate) fn name(params: &LinnetParams, part: Part) -> Option<String> {
    let is_played = params.parts[part.index()].sound.value() == OWN_PRESET as i32;
    let own = params.saved.presets().part(part).filter(|_| is_played)?;
    own.preset().ok().map(|preset| preset.name.clone())
}

/// What the browser of the sounds of `part` says of the user's presets; of the drums, where their pieces are, and the user's kits.
pub(crate) fn items(params: &LinnetParams, part: Part) -> Vec<Item> {
    if part == Part::Drums {
        let choice = Choice::Do(Deed::Pieces(true));
        let item = Item::new("Tune the pieces…", "", choice).found_by("decay level pieces kit");
        return [vec![Item::heading("This kit"), item], pieces::own::items(params)].concat();
    }
    let presets = params.saved.presets();
    let (own, listed) = (presets.part(part), presets.listed());
    let sound = params.parts[part.index()].sound.value();
    let deed = |own: OwnPreset| Choice::Do(Deed::Preset(part, own));
    let mut items = vec![Item::heading("Yours")];
    let now = own.as_ref().and_then(|own| own.preset().ok());
    let is_listed = |entry: &Entry<Preset>| entry.content.as_ref().ok() == now;
    if let Some(now) = now.filter(|_| !listed.iter().any(is_listed)) {
        let item = Item::new(&now.name, "", deed(OwnPreset::Play)).found_by(&tags(now));
        items.push(item.marked(sound == OWN_PRESET as i32));
    }
    for (place, entry) in listed.iter().enumerate() {
        let found_by = entry.content.as_ref().map_or_else(|_| String::new(), tags);
        let right = if entry.content.is_err() { "broken" } else { "" };
        let item = Item::new(&entry.name(), right, deed(OwnPreset::Load(entry.path.clone())));
        let is_now = now.is_some() && is_listed(entry) && sound == OWN_PRESET as i32;
        items.push(item.found_by(&found_by).marked(is_now).only_found(place >= LISTED_MAX));
    }
    if listed.len() > LISTED_MAX {
        items.push(Item::heading(&format!("{} more: type to find them", listed.len() - LISTED_MAX)));
    }
    if sound != OWN_INSTRUMENT as i32 {
        items.push(Item::new("Save as…", "", deed(OwnPreset::SavePage(true))));
    }
    items.push(Item::new("Load preset…", "", deed(OwnPreset::Pick)));
    items
}

/// What a preset is found by besides its name.
fn tags(preset: &Preset) -> String {
    super::sounds::tags(preset.category.name(), &preset.styles, preset.valence, preset.energy)
}

/// What the user must be told.
pub(crate) fn message(params: &LinnetParams, state: &State) -> Option<Message> {
    let of_project = || {
        Part::ALL.into_iter().find_map(|part| {
            let own = params.saved.presets().part(part)?;
            let why = own.preset().err()?.to_owned();
            Some((part, why)).filter(|(_, why)| !state.dismissed.contains(why))
        })
    };
    let (part, detail) = state.fault.clone().or_else(of_project)?;
    Some(Message {
        title: format!("{}: no preset", part.name()),
        detail,
        remedy: "Nothing is lost: the part plays a sound of Linnet's, or what it played before.".to_owned(),
        actions: vec![
            Action::new("Choose a file", 96.0, Deed::Preset(part, OwnPreset::Pick)),
            Action::new("Close", 74.0, Deed::Preset(part, OwnPreset::Dismiss)),
        ],
        close: Deed::Preset(part, OwnPreset::Dismiss),
        hint: "Esc; the part's list of sounds has others",
    })
}

impl Editor {
    /// Does what the user asked of their own presets.
    pub(super) fn own_preset(&mut self, part: Part, own: OwnPreset) {
        match own {
            OwnPreset::Load(path) => {
                self.own_preset.fault = None;
                self.params.saved.presets().read(part, path);
            }
            OwnPreset::Pick => {
                self.dismiss_preset();
                self.pick(Purpose::Preset(part));
            }
            OwnPreset::Play => {
                let own = self.params.saved.presets().part(part);
                self.loaded = own.map(|own| (part, own));
            }
            OwnPreset::SavePage(false) => self.pages.over = None,
            OwnPreset::SavePage(true) => {
                let folder = self.params.saved.presets().folder().map(export::shown);
                self.own_preset.save = save_preset::Form::of(self.present_sound(part), folder);
                self.pages.over = Some(Page::SavePreset(part));
            }
            OwnPreset::Save => {
                if let Some((preset, replaces)) = self.own_preset.save.wish() {
                    self.params.saved.presets().write(preset, replaces);
                }
            }
            OwnPreset::Dismiss => self.dismiss_preset(),
        }
    }

    fn dismiss_preset(&mut self) {
        if self.own_preset.fault.take().is_none() {
            let parts = Part::ALL.into_iter().filter_map(|part| self.params.saved.presets().part(part));
            let faults = parts.filter_map(|own| own.preset().err().map(str::to_owned));
            self.own_preset.dismissed.extend(faults);
        }
    }

    /// What `part` sounds like now, where that is a preset.
    fn present_sound(&self, part: Part) -> Option<Preset> {
        let own = self.params.saved.presets().part(part);
        match self.params.sound_number(part) {
            OWN_PRESET => own.and_then(|own| own.preset().ok().cloned()),
            number => Preset::factory(number),
        }
    }

    /// Takes what has become of presets that were read or written.
    pub(super) fn take_presets(&mut self, host: &GuiContext) {
        if let Some((part, own)) = self.loaded.take() {
            self.play_preset(part, own, host);
        }
        for answer in self.params.saved.presets().take_answers() {
            match answer {
                Answer::Read(part, Ok(own)) => self.play_preset(part, *own, host),
                Answer::Read(part, Err(why)) => {
                    self.picker.told.clone_from(&why);
                    self.own_preset.fault = Some((part, why));
                    self.pages.message = true;
                }
                Answer::Written(Ok(path)) => {
                    self.own_preset.save.told(format!("Written: {}", export::shown(&path)), false);
                }
                Answer::Written(Err(NotWritten::Exists(path))) => {
                    let name = export::shown(&path);
                    self.own_preset.save.told(format!("{name} is there already. Replace it?"), true);
                }
                Answer::Written(Err(NotWritten::Fault(why))) => self.own_preset.save.told(why, false),
            }
        }
    }

    /// `part` plays `own` from now on: one step to undo.
    fn play_preset(&mut self, part: Part, own: Own, host: &GuiContext) {
        self.own_preset.fault = None;
        if let Ok(preset) = own.preset() {
            self.picker.told = format!("Playing: {}.", preset.name);
        }
        let presets = self.params.saved.presets();
        let param = Handle::of(&self.params.parts[part.index()].sound);
        let before = (param.value(), presets.part(part));
        let after = (param.normalized(OWN_PRESET as f32), Some(own));
        let step = undo::OwnPreset { part, param, before, after };
        self.put_preset(&step, host);
        self.desk.undo.push(Step::Preset(Box::new(step)));
    }

    /// Performs a step of undo or redo.
    pub(super) fn take_preset_step(&self, step: &undo::OwnPreset, reach: &Reach<'_>) {
        self.put_preset(step, reach.host);
    }

    fn put_preset(&self, step: &undo::OwnPreset, host: &GuiContext) {
        let (value, own) = &step.after;
        if self.params.saved.presets().part(step.part) != *own {
            let instruments = self.params.saved.instruments();
            self.params.saved.presets().put(step.part, own.clone(), instruments);
        }
        step.param.put(host, *value);
        self.mark_modified(host);
    }
}

/// The names of styles, for the page that saves.
pub(crate) fn style_names() -> impl Iterator<Item = (Style, &'static str)> {
    Style::ALL.into_iter().map(|style| (style, style.name()))
}
