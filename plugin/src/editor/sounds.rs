//! Runs on the main thread. The browser of presets: a menu by category in which typing finds and the arrow keys try.

use super::button;
use super::control::Handle;
use super::icons::{self, Icon};
use super::menu::{Choice, Item, OpenMenu};
use super::own_instrument;
use super::own_preset;
use super::paint;
use super::surface::Surface;
use super::text;
use super::theme;
use crate::instruments::{PartFile, Target};
use crate::params::LinnetParams;
use crate::params::sounds::{self, OWN_INSTRUMENT, choices};
use egui::{Align2, Id, Rect, Sense, Stroke, pos2, vec2};
use linnet_music::{Part, Style};

/// Draws the name of the sound of `part`, which opens the browser.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, part: Part, params: &LinnetParams, own: &PartFile) {
    let param = Handle::of(&params.parts[part.index()].sound);
    let id = Id::unique(("sound", param));
    let response = surface.control(id, area, Sense::click());
    let theme = surface.theme;
    let fill = theme::fade(theme.hover, surface.hover(&response));
    let name = shown(part, params, own);
    let width = text::width(&surface.painter, &name, text::STRONG).min(area.width() - 24.0);
    let ground = Rect::from_min_size(area.min, vec2(width + 26.0, area.height()));
    paint::panel(&surface.painter, ground, 4.0, fill, Stroke::NONE);
    let at = pos2(area.left() + 4.0, area.center().y);
    let (style, room) = ((text::STRONG, theme.t1), area.width() - 24.0);
    text::draw_within(&surface.painter, at, Align2::LEFT_CENTER, &name, style, room);
    icons::draw(&surface.painter, Icon::ChevronDown, pos2(at.x + width + 11.0, at.y), 13.0, theme.t2);
    surface.hand(&response);
    surface.ring(id, ground, 4.0);
    if surface.activated(id, &response) {
        let is_played = params.parts[part.index()].sound.value() == OWN_INSTRUMENT as i32;
        let items = own_instrument::items(Target::Part(part), (own, is_played), ground);
        let presets = own_preset::items(params, part);
        surface.desk.menu = Some(browser(param, ground, part, params).and(presets).and(items));
        // The next time, what was put there meanwhile is listed too.
        params.saved.presets().list();
        params.saved.kits().list();
    } else {
        button::answer(surface, &response, param, ground, std::iter::empty());
    }
    surface.tip(&response, &format!("{}: {name}", param.name()), "Click to browse");
}

/// The name of what sounds; of what "Auto" has chosen, with a mark.
pub(crate) fn shown(part: Part, params: &LinnetParams, own: &PartFile) -> String {
    let value = params.parts[part.index()].sound.value();
    if let Some(name) = own_instrument::name(own).filter(|_| value == OWN_INSTRUMENT as i32) {
        return name.to_owned();
    }
    if let Some(name) = own_preset::name(params, part) {
        return name;
    }
    let number = params.sound_number(part);
    let name = sounds::word(part, number as i32);
    if value == 0 { format!("{name} (auto)") } else { name }
}

/// The menu over all presets of `part`.
fn browser(param: Handle, anchor: Rect, part: Part, params: &LinnetParams) -> OpenMenu {
    let now = params.parts[part.index()].sound.value();
    let item = |label: &str, number: usize| {
        let choice = Choice::Set(param, param.normalized(number as f32));
        Item::new(label, "", choice).marked(now == number as i32)
    };
    let mut items = vec![item("Auto, by style", 0)];
    let mut heading = "";
    for choice in choices(part) {
        if choice.heading != heading {
            heading = choice.heading;
            items.push(Item::heading(heading));
        }
        items.push(item(choice.name, choice.number).found_by(&tags_of(&choice)));
    }
    OpenMenu::new(anchor, None, items).browsing(param)
}

/// What a preset is found by besides its name.
fn tags_of(choice: &sounds::Choice) -> String {
    tags(choice.heading, choice.styles, choice.valence, choice.energy)
}

/// The same of any preset under this heading.
pub(crate) fn tags(heading: &str, styles: &[Style], valence: f32, energy: f32) -> String {
    let styles = styles.iter().copied().map(Style::name).collect::<Vec<_>>().join(" ");
    let mood = |value: f32, [low, high]: [&'static str; 2]| match value {
        ..=-0.3 => low,
        0.3.. => high,
        _ => "",
    };
    let (brightness, drive) = (mood(valence, ["dark", "bright"]), mood(energy, ["calm", "driving"]));
    format!("{heading} {styles} {brightness} {drive}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_found_by_category_style_and_mood() {
        let lead = choices(Part::Lead);
        let acid = lead.iter().find(|choice| choice.name == "Acid bass").unwrap();
        let tags = tags_of(acid).to_lowercase();
        assert!(["basses", "techno", "driving"].iter().all(|word| tags.contains(word)), "{tags}");
    }
}
