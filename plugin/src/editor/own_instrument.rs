//! Runs on the main thread. A part's own instrument, and the reverb's own space: what their menus say of the file, and
//! what the user must be told.

use super::Editor;
use super::control::Handle;
use super::deeds::Reach;
use super::menu::{Choice, Item, OpenMenu};
use super::message::{Action, Message};
use super::picker::Purpose;
use super::surface::Deed;
use super::undo::{OwnFile, Step};
use crate::folder;
use crate::instruments::{Instruments, PartFile, Standing, Target, Wish};
use crate::params::OWN_SPACE;
use crate::params::sounds::OWN_INSTRUMENT;
use egui::Rect;
use std::path::Path;

/// Presets in one menu; where there are more, they lie in menus of so many.
const PRESETS_MAX: usize = 16;

/// What the user does with the file of a part, or of the reverb.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Own {
    /// Opens the page that chooses the file.
    Page,
    /// Plays the file that is loaded.
    Play,
    /// Plays the file at this path.
    Use(String),
    /// Plays this preset of the file: bank and program.
    Preset(u16, u16),
    /// Opens what the project wants; even another file than the saved one.
    Allow { takes_any: bool },
    /// Leaves the project's wish alone for now.
    NotNow,
    /// Plays what was played before, without the file.
    Remove,
}

/// Which files were told to wait.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// By target: the serial of the wish that was put off, so that another one asks again.
    put_off: [Option<u64>; Target::COUNT],
    /// Whether the user is being told something.
    pub(super) asks: bool,
}

/// The name that is shown where the file is played.
pub(crate) fn name(file: &PartFile) -> Option<&str> {
    match &file.standing {
        Standing::Plays { name, .. } => Some(name),
        Standing::Loading => Some("Loading…"),
        _ => None,
    }
}

/// What the menu of sounds, or of spaces, says besides; `is_played`: whether the file is what sounds.
pub(crate) fn items(target: Target, (file, is_played): (&PartFile, bool), anchor: Rect) -> Vec<Item> {
    let own = |own: Own| Choice::Do(Deed::Own(target, own));
    let [heading, unnamed, load, remove] = match target {
        Target::Part(_) => {
            ["Your own instrument", "Instrument of the file", "Load instrument…", "Remove instrument"]
        }
        Target::Space => ["From a file", "Space of the file", "Your own…", "Remove your own"],
    };
    let mut items = vec![Item::heading(heading)];
    if file.wish.is_some() {
        items.push(Item::new(name(file).unwrap_or(unnamed), "", own(Own::Play)).marked(is_played));
    }
    items.push(Item::new(load, "", own(Own::Page)));
    if let Target::Part(part) = target
        && file.presets.len() > 1
    {
        let menu = presets(part, file, anchor);
        items.push(Item::new("Presets of the file", "", Choice::Open(Box::new(menu))));
    }
    if file.wish.is_some() {
        items.push(Item::new(remove, "", own(Own::Remove)));
    }
    items
}

/// The menu of the file's presets, in menus of sixteen where there are more.
fn presets(part: linnet_music::Part, file: &PartFile, anchor: Rect) -> OpenMenu {
    let part = Target::Part(part);
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

/// What the user must be told of the first file that needs them.
pub(crate) fn message(instruments: &Instruments, state: &State) -> Option<Message> {
    let files = Target::ALL.into_iter().map(|target| (target, instruments.file(target)));
    let mut waiting = files.filter(|(target, file)| state.put_off[target.index()] != Some(file.serial));
    waiting.find_map(|(target, file)| told(target, &file))
}

fn told(target: Target, file: &PartFile) -> Option<Message> {
    let path = file.wish.as_ref().map_or("", |wish| wish.path.as_str());
    let own = |own: Own| Deed::Own(target, own);
    let name = target.name();
    let (missing, meanwhile) = match target {
        Target::Part(_) => ("no instrument", "The part plays a sound of Linnet's meanwhile."),
        Target::Space => ("no space", "The reverb has no space of its own meanwhile; the others work."),
    };
    let (title, detail, remedy, first) = match &file.standing {
        Standing::Asks => (
            format!("{name} wants a file of yours"),
            format!("This project plays {path}."),
            "Linnet opens no file that a project names, unless you say so.",
            Action::new("Open it", 74.0, own(Own::Allow { takes_any: false })),
        ),
        Standing::Changed => (
            format!("{name}: the file has changed"),
            format!("{path} is not as it was when the project was saved."),
            meanwhile,
            Action::new("Use it", 74.0, own(Own::Allow { takes_any: true })),
        ),
        Standing::Faulty(why) => (
            format!("{name}: {missing}"),
            why.clone(),
            meanwhile,
            Action::new("Choose a file", 96.0, own(Own::Page)),
        ),
        Standing::Absent | Standing::Loading | Standing::Plays { .. } => return None,
    };
    let actions = vec![
        first,
        Action::new("Remove", 74.0, own(Own::Remove)),
        Action::new("Not now", 74.0, own(Own::NotNow)),
    ];
    let hint = match target {
        Target::Part(_) => "Esc; the part's list of sounds has it too",
        Target::Space => "Esc; the reverb's list of spaces has it too",
    };
    Some(Message { title, detail, remedy: remedy.to_owned(), actions, close: own(Own::NotNow), hint })
}

/// How a file stands.
pub(crate) fn in_words(file: &PartFile) -> String {
    match &file.standing {
        Standing::Absent => String::new(),
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
pub(crate) fn path_of(typed: &str) -> Result<String, String> {
    let bare = typed.trim().trim_matches(['"', '\'']);
    let address = bare.strip_prefix("file://").map(|address| from_address(address, cfg!(windows)));
    let bare = address.as_deref().unwrap_or(bare);
    let path = match bare.strip_prefix("~/").zip(folder::home()) {
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

/// The parameter that says whether the file of `target` is played, and the plain value at which it is.
fn switch(params: &crate::params::LinnetParams, target: Target) -> (Handle, i32) {
    match target {
        Target::Part(part) => (Handle::of(&params.parts[part.index()].sound), OWN_INSTRUMENT as i32),
        Target::Space => (Handle::of(&params.reverb.space), OWN_SPACE),
    }
}

impl Editor {
    /// Does what the user asked of the file of a part, or of the reverb.
    pub(super) fn own(&mut self, target: Target, own: Own, reach: &Reach<'_>) {
        let params = std::sync::Arc::clone(&self.params);
        let instruments = params.saved.instruments();
        let file = instruments.file(target);
        self.own_instrument.put_off[target.index()] = (own == Own::NotNow).then_some(file.serial);
        let (param, own_value) = switch(&params, target);
        let now = param.plain(param.value()).round() as i32;
        let is_played = now == own_value;
        // What comes back when the file is removed.
        let kept = file.wish.as_ref().map_or(0, |wish| wish.before);
        let before = if is_played { kept } else { now };
        let after = match own {
            Own::NotNow => return,
            Own::Page => return self.pick(Purpose::File(target)),
            Own::Play => {
                instruments.note_before(target, before);
                own_value
            }
            Own::Use(path) if file.wish.as_ref().is_some_and(|wish| wish.path == path) => {
                instruments.note_before(target, before);
                instruments.allow(target, true);
                own_value
            }
            Own::Use(path) => {
                instruments.choose(target, &path, before);
                own_value
            }
            Own::Preset(bank, program) => {
                if let Target::Part(part) = target {
                    instruments.note_before(target, before);
                    instruments.choose_preset(part, bank, program);
                }
                own_value
            }
            Own::Allow { takes_any } => {
                instruments.allow(target, takes_any);
                own_value
            }
            Own::Remove => {
                instruments.remove(target);
                if is_played { kept } else { now }
            }
        };
        let values = (param.value(), param.normalized(after as f32));
        if values.0 != values.1 {
            param.put(reach.host, values.1);
        }
        let after = (values.1, instruments.file(target).wish);
        let step = OwnFile { target, param, before: (values.0, file.wish), after };
        self.desk.undo.push(Step::File(Box::new(step)));
        self.mark_modified(reach.host);
    }

    /// Performs a step of undo or redo.
    pub(super) fn take_file_step(&self, step: &OwnFile, reach: &Reach<'_>) {
        let (instruments, (value, wish)) = (self.params.saved.instruments(), &step.after);
        let which = |wish: &Wish| (wish.path.clone(), wish.bank, wish.program);
        if instruments.file(step.target).wish.as_ref().map(which) != wish.as_ref().map(which) {
            instruments.restore(step.target, wish.clone());
        }
        step.param.put(reach.host, *value);
        self.mark_modified(reach.host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::Part;

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
                state.put_off[Part::Lead.index()] = Some(instruments.file(Part::Lead).serial);
            }
            message(&instruments, &state).is_some()
        };
        assert_eq!([asks("/a", false), asks("/a", true), asks("/b", false)], [true, false, true]);
    }
}
