//! Runs on the main thread. The reverb: its room, or its space.

use super::button;
use super::control::Handle;
use super::effects;
use super::menu::{Choice, Item, OpenMenu};
use super::own_instrument;
use super::surface::Surface;
use crate::instruments::{Standing, Target};
use crate::params::{LinnetParams, OWN_SPACE, REVERBS, SPACES};
use egui::{Id, Rect, pos2, vec2};

/// The place of "space" in [`REVERBS`].
const SPACE: i32 = 3;

/// Draws the block.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let reverb = &params.reverb;
    let shown = named(&REVERBS, reverb.kind.value());
    effects::list(surface, area, Handle::of(&reverb.kind), &shown, REVERBS.iter().map(|kind| name(kind)));
    if reverb.kind.value() == SPACE {
        // A space has its own decay, size and damping.
        let list = Rect::from_min_size(pos2(area.left(), area.top() + 31.0), vec2(104.0, 22.0));
        spaces(surface, list, params);
        effects::knob(surface, area, 2, &reverb.pre_delay_ms, "Pre");
    } else {
        effects::knob(surface, area, 0, &reverb.decay_s, "Decay");
        effects::knob(surface, area, 1, &reverb.size, "Size");
        effects::knob(surface, area, 2, &reverb.damping_hz, "Damp");
    }
    effects::knob(surface, area, 3, &reverb.mix, "Mix");
}

/// The list of spaces, the user's own among them.
fn spaces(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let param = Handle::of(&params.reverb.space);
    let (value, own) = (params.reverb.space.value(), params.saved.instruments().file(Target::Space));
    let shown = match own_instrument::name(&own) {
        _ if value != OWN_SPACE => named(&SPACES, value),
        Some(name) => name.to_owned(),
        None if own.standing == Standing::Absent => "No file yet".to_owned(),
        None => "Your own".to_owned(),
    };
    let id = Id::unique(("list", param));
    let response = button::list_box(surface, id, area, &shown);
    if surface.activated(id, &response) {
        let item = |(place, space): (usize, &&str)| {
            let choice = Choice::Set(param, param.normalized(place as f32));
            Item::new(&name(space), "", choice).marked(place as i32 == value)
        };
        let items: Vec<Item> = SPACES.iter().enumerate().take(OWN_SPACE as usize).map(item).collect();
        let added = own_instrument::items(Target::Space, (&own, value == OWN_SPACE), area);
        surface.desk.menu = Some(OpenMenu::new(area, None, items).and(added));
    } else {
        button::answer(surface, &response, param, area, SPACES.iter().map(|space| name(space)));
    }
    let hint = "Click to choose, or to load an impulse response of your own";
    surface.tip(&response, &format!("{}: {shown}", param.name()), hint);
}

fn named(names: &[&str], place: i32) -> String {
    names.get(place as usize).map_or_else(String::new, |word| name(word))
}

/// With a capital.
fn name(value: &str) -> String {
    let mut rest = value.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
