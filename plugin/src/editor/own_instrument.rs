//! Runs on the main thread. A part's own instrument: what the menu of its sounds says of it, the page that names its file,
//! and what the user must be told.

use super::button::{self, Look};
use super::control::Handle;
use super::deeds::Reach;
use super::icons::Icon;
use super::menu::{Choice, Item, OpenMenu};
use super::message::{Action, Message};
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::typing;
use super::undo::Step;
use super::{Editor, Page};
use crate::instruments::{Instruments, PartFile, Standing};
use crate::params::sounds::OWN_INSTRUMENT;
use egui::{Id, Key, Rect, Sense, Stroke, pos2, vec2};
use linnet_music::Part;
use std::path::Path;

/// Presets in one menu; where there are more, they lie in menus of so many.
const PRESETS_MAX: usize = 16;
/// Between the page's edge and its words.
const MARGIN: f32 = 24.0;

/// What the user does with a part's own instrument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Own {
    /// Whether the page that names the file is open.
    Page(bool),
    /// Plays the instrument that is loaded.
    Play,
    /// Plays the file at this path.
    Use(String),
    /// Plays this preset of the file: bank and program.
    Preset(u16, u16),
    /// Opens what the project wants; even another file than the saved one.
    Allow { takes_any: bool },
    /// Leaves the project's wish alone for now.
    NotNow,
    /// Plays the synthesised sound again.
    Remove,
}

/// What is typed on the page, and which parts were told to wait.
#[derive(Debug, Default)]
pub(crate) struct State {
    path: String,
    fault: String,
    /// By part: the serial of the wish that was put off, so that another one asks again.
    put_off: [Option<u64>; 4],
    /// Whether the user is being told something.
    pub(super) asks: bool,
}

/// The name that the strip shows for a part that plays its own instrument.
pub(crate) fn name(file: &PartFile) -> Option<&str> {
    match &file.standing {
        Standing::Plays { name, .. } => Some(name),
        Standing::Loading => Some("Loading…"),
        _ => None,
    }
}

/// What the menu of the sounds of `part` says besides.
pub(crate) fn items(part: Part, file: &PartFile, anchor: Rect) -> Vec<Item> {
    let own = |own: Own| Choice::Do(Deed::Own(part, own));
    let mut items = vec![Item::heading("Your own")];
    if file.wish.is_some() {
        let now = name(file).unwrap_or("Instrument of the file");
        items.push(Item::new(now, "", own(Own::Play)));
    }
    items.push(Item::new("Load instrument…", "", own(Own::Page(true))));
    if file.presets.len() > 1 {
        let menu = presets(part, file, anchor);
        items.push(Item::new("Presets of the file", "", Choice::Open(Box::new(menu))));
    }
    if file.wish.is_some() {
        items.push(Item::new("Remove instrument", "", own(Own::Remove)));
    }
    items
}

/// The menu of the file's presets, in menus of sixteen where there are more.
fn presets(part: Part, file: &PartFile, anchor: Rect) -> OpenMenu {
    let now = file.wish.as_ref().map(|wish| (wish.bank, wish.program));
    let item = |preset: &linnet_library::sound_font::Preset| {
        let number = format!("{}:{}", preset.bank, preset.program);
        let choice = Choice::Do(Deed::Own(part, Own::Preset(preset.bank, preset.program)));
        Item::new(&preset.name, &number, choice).marked(now == Some((preset.bank, preset.program)))
    };
    if file.presets.len() <= PRESETS_MAX {
        return OpenMenu::new(anchor, None, file.presets.iter().map(item).collect());
    }
    let group = |presets: &[linnet_library::sound_font::Preset]| {
        let menu = OpenMenu::new(anchor, None, presets.iter().map(item).collect());
        let [first, .., last] = presets else { return presets.first().map(item) };
        let label = format!("{} … {}", first.name, last.name);
        let holds_it = presets.iter().any(|preset| now == Some((preset.bank, preset.program)));
        let number = format!("{}:{}", first.bank, first.program);
        Some(Item::new(&label, &number, Choice::Open(Box::new(menu))).marked(holds_it))
    };
    OpenMenu::new(anchor, None, file.presets.chunks(PRESETS_MAX).filter_map(group).collect())
}

/// What the user must be told of the first part that needs them.
pub(crate) fn message(instruments: &Instruments, state: &State) -> Option<Message> {
    let parts = Part::ALL.into_iter().map(|part| (part, instruments.part(part)));
    let mut waiting = parts.filter(|(part, file)| state.put_off[part.index()] != Some(file.serial));
    waiting.find_map(|(part, file)| told(part, &file))
}

fn told(part: Part, file: &PartFile) -> Option<Message> {
    let path = file.wish.as_ref().map_or("", |wish| wish.path.as_str());
    let own = |own: Own| Deed::Own(part, own);
    let name = part.name();
    let (title, detail, remedy, first) = match &file.standing {
        Standing::Asks => (
            format!("{name} wants a file of yours"),
            format!("This project plays {path}."),
            "Linnet opens no file that a project names, unless you say so. Until then the part plays a sound of Linnet's.",
            Action::new("Open it", 74.0, own(Own::Allow { takes_any: false })),
        ),
        Standing::Changed => (
            format!("{name}: the file has changed"),
            format!("{path} is not as it was when the project was saved."),
            "The part plays a sound of Linnet's meanwhile.",
            Action::new("Use it", 74.0, own(Own::Allow { takes_any: true })),
        ),
        Standing::Faulty(why) => (
            format!("{name}: no instrument"),
            why.clone(),
            "The part plays a sound of Linnet's meanwhile.",
            Action::new("Choose a file", 96.0, own(Own::Page(true))),
        ),
        Standing::Absent | Standing::Loading | Standing::Plays { .. } => return None,
    };
    let actions = vec![
        first,
        Action::new("Remove", 74.0, own(Own::Remove)),
        Action::new("Not now", 74.0, own(Own::NotNow)),
    ];
    let hint = "Esc; the part's list of sounds has it too";
    Some(Message { title, detail, remedy: remedy.to_owned(), actions, close: own(Own::NotNow), hint })
}

/// Draws the page that names the file.
pub(crate) fn show(
    surface: &mut Surface<'_>,
    window: Rect,
    (part, file): (Part, &PartFile),
    state: &mut State,
) {
    let theme = surface.theme;
    let size = vec2((window.width() - 80.0).min(560.0), 236.0);
    let area = paint::snapped(&surface.painter, Rect::from_center_size(window.center(), size));
    let veil = surface.ui.interact(window, Id::unique("instrument veil"), Sense::click());
    let page = surface.ui.interact(area, Id::unique("instrument page"), Sense::click_and_drag());
    surface.painter.rect_filled(window, 0.0, super::theme::fade(theme.win, 0.6));
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    let room = area.width() - 2.0 * MARGIN;
    let at = |y: f32| pos2(area.left() + MARGIN, area.top() + y);
    let title = format!("Instrument for {}", part.name().to_lowercase());
    text::paragraph(&surface.painter, at(20.0), &title, (text::NAME, theme.t1), room);
    let words = "The path of a SoundFont (.sf2) or of an SFZ file (.sfz)";
    text::paragraph(&surface.painter, at(56.0), words, (text::LABEL, theme.t2), room);
    let field = Rect::from_min_size(at(74.0), vec2(room - 84.0, 30.0));
    let id = Id::unique("instrument path");
    let entered = typing::line(surface, id, field, &mut state.path, "paste or type a path");
    let place = Rect::from_min_size(pos2(field.right() + 8.0, field.top()), vec2(76.0, 30.0));
    surface.painter.rect_filled(place, 6.0, theme.hover);
    let style = (text::LABEL_STRONG, Look::Bare);
    if button::labelled(surface, "use instrument", place, (None, "Use it"), style).0 || entered {
        surface.ask(Deed::Own(part, Own::Use(state.path.clone())));
    }
    let standing = if state.fault.is_empty() { in_words(file) } else { state.fault.clone() };
    text::paragraph(&surface.painter, at(116.0), &standing, (text::BODY, theme.t1), room);
    let cross = Rect::from_center_size(pos2(area.right() - 24.0, area.top() + 26.0), vec2(26.0, 26.0));
    let (closed, _) = button::icon(surface, "instrument close", cross, (Icon::Close, 12.0), Look::Bare);
    let is_typing = surface.ui.ctx().memory(|memory| memory.has_focus(id));
    let escaped = !is_typing && surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped || (veil.clicked() && !page.hovered()) {
        surface.ask(Deed::Own(part, Own::Page(false)));
    }
}

/// How a part's file stands.
fn in_words(file: &PartFile) -> String {
    match &file.standing {
        Standing::Absent => "The part plays a sound of Linnet's.".to_owned(),
        Standing::Loading => "Loading…".to_owned(),
        Standing::Plays { name, remarks } => format!("Playing: {name}. {}", remarks.join(" ")),
        Standing::Asks => "The project wants this file. Press “Use it” to open it.".to_owned(),
        Standing::Changed => {
            "The file is not as it was when the project was saved. Press “Use it” to play it all the same."
                .to_owned()
        }
        Standing::Faulty(why) => why.clone(),
    }
}

/// `typed` as a path: without quotes, as file managers copy them, and with the home folder for ~.
///
/// # Errors
/// Where it is no path from the root on: what to do.
fn path_of(typed: &str) -> Result<String, String> {
    let bare = typed.trim().trim_matches(['"', '\'']);
    let address = bare.strip_prefix("file://").map(|address| from_address(address, cfg!(windows)));
    let bare = address.as_deref().unwrap_or(bare);
    let home = || directories::UserDirs::new().map(|folders| folders.home_dir().to_owned());
    let path = match bare.strip_prefix("~/").zip(home()) {
        Some((rest, home)) => home.join(rest).to_string_lossy().into_owned(),
        None => bare.to_owned(),
    };
    if Path::new(&path).is_absolute() {
        Ok(path)
    } else {
        Err("Type the whole path, from the root on.".to_owned())
    }
}

/// The path in what follows `file://`: its `%20` are blanks; on Windows, no slash stands before the drive.
fn from_address(address: &str, is_windows: bool) -> String {
    let address = address.strip_prefix("localhost").unwrap_or(address).as_bytes();
    let (mut bytes, mut place) = (Vec::with_capacity(address.len()), 0);
    let digit = |place: usize| address.get(place).and_then(|byte| char::from(*byte).to_digit(16));
    while let Some(byte) = address.get(place) {
        let code = (*byte == b'%').then(|| digit(place + 1).zip(digit(place + 2))).flatten();
        bytes.push(code.map_or(*byte, |(high, low)| (high * 16 + low) as u8));
        place += if code.is_some() { 3 } else { 1 };
    }
    let path = String::from_utf8_lossy(&bytes).into_owned();
    let has_drive = bytes.first() == Some(&b'/') && bytes.get(2) == Some(&b':');
    if is_windows && has_drive { path[1..].to_owned() } else { path }
}

impl Editor {
    /// Does what the user asked of a part's own instrument.
    pub(super) fn own(&mut self, part: Part, own: Own, reach: &Reach<'_>) {
        let instruments = self.params.saved.instruments();
        let file = instruments.part(part);
        self.own_instrument.put_off[part.index()] = (own == Own::NotNow).then_some(file.serial);
        let plays = match &own {
            Own::Remove => false,
            Own::Play | Own::Use(_) | Own::Preset(..) | Own::Allow { .. } => true,
            Own::NotNow | Own::Page(_) => self.plays_own(part),
        };
        match own {
            Own::NotNow => return,
            Own::Play => {}
            Own::Page(open) => {
                self.own_instrument.path = file.wish.map_or_else(String::new, |wish| wish.path);
                self.own_instrument.fault.clear();
                self.pages.over = open.then_some(Page::Instrument(part));
                return;
            }
            Own::Use(typed) => match path_of(&typed) {
                Ok(path) if file.wish.as_ref().is_some_and(|wish| wish.path == path) => {
                    self.own_instrument.fault.clear();
                    instruments.allow(part, true);
                }
                Ok(path) => {
                    self.own_instrument.fault.clear();
                    instruments.choose(part, &path);
                }
                Err(fault) => {
                    self.own_instrument.fault = fault;
                    return;
                }
            },
            Own::Preset(bank, program) => instruments.choose_preset(part, bank, program),
            Own::Allow { takes_any } => instruments.allow(part, takes_any),
            Own::Remove => instruments.remove(part),
        }
        if plays != self.plays_own(part) {
            let param = Handle::of(&self.params.parts[part.index()].sound);
            let number = if plays { OWN_INSTRUMENT } else { 0 };
            let (before, after) = (param.value(), param.normalized(number as f32));
            param.put(reach.host, after);
            self.desk.undo.push(Step::Value { param, before, after });
        }
        self.mark_modified(reach.host);
    }

    fn plays_own(&self, part: Part) -> bool {
        self.params.parts[part.index()].sound.value() == OWN_INSTRUMENT as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_be_pasted_as_file_managers_copy_it() {
        for typed in ["/a/b.sf2", " \"/a/b.sf2\"\n", "'/a/b.sf2'", "file:///a/b.sf2"] {
            if cfg!(unix) {
                assert_eq!(path_of(typed).as_deref(), Ok("/a/b.sf2"), "{typed}");
            }
        }
        assert!(path_of("b.sf2").is_err() && path_of("").is_err());
    }

    #[test]
    fn an_address_becomes_a_path() {
        for (address, is_windows, expect) in [
            ("/a/My%20Piano.sf2", false, "/a/My Piano.sf2"),
            ("localhost/a/b.sf2", false, "/a/b.sf2"),
            ("/a/%C3%A9t%c3%a9.sf2", false, "/a/été.sf2"),
            ("/a/100%.sf2%2", false, "/a/100%.sf2%2"),
            ("/a/%+1.sf2", false, "/a/%+1.sf2"),
            ("/C:/My%20Sounds/b.sf2", true, "C:/My Sounds/b.sf2"),
            ("/C:/b.sf2", false, "/C:/b.sf2"),
        ] {
            assert_eq!(from_address(address, is_windows), expect, "{address}");
        }
    }

    #[test]
    fn what_was_put_off_is_asked_again_for_another_project() {
        let instruments = Instruments::new(std::sync::Arc::default());
        let project = |path: &str| format!(r#"{{"parts":[{{"path":"{path}"}},null,null,null]}}"#);
        let mut state = State::default();
        let mut asks = |path: &str, puts_off: bool| {
            instruments.load_field(Some(&project(path))).unwrap();
            instruments.put_standing(Part::Lead, Standing::Asks);
            if puts_off {
                state.put_off[Part::Lead.index()] = Some(instruments.part(Part::Lead).serial);
            }
            message(&instruments, &state).is_some()
        };
        assert_eq!([asks("/a", false), asks("/a", true), asks("/b", false)], [true, false, true]);
    }
}
