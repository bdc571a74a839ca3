//! Runs on the main thread. The seed: its number, a dice to draw another, a lock to keep it.

use super::button::{self, Look};
use super::control::Handle;
use super::gesture::{self, Travel};
use super::icons::Icon;
use super::knob;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use crate::params::LinnetParams;
use egui::{Align2, Id, Rect, Sense, Stroke, pos2, vec2};

/// Draws the seed's box.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let theme = surface.theme;
    let param = Handle::of(&params.propose.seed);
    let id = Id::unique(("seed", param));
    let number_area = Rect::from_min_max(area.min, pos2(area.right(), area.center().y + 1.0));
    let response = surface.control(id, number_area, Sense::click_and_drag());
    let fill = surface.ground(&response, theme.raised);
    paint::panel(&surface.painter, area, 6.0, fill, Stroke::NONE);
    let dragging =
        gesture::drive(surface, &response, param, Travel::Vertical, number_area.shrink2(vec2(2.0, 2.0)));
    knob::tip(surface, &response, param, dragging);
    let number = grouped(params.propose.seed.value());
    let at = pos2(area.center().x, area.top() + 14.0);
    text::draw(&surface.painter, at, Align2::CENTER_CENTER, &number, text::STRONG, theme.t1);
    surface.ring(id, area, 6.0);
    let cell = |x: f32| Rect::from_center_size(pos2(x, area.bottom() - 13.0), vec2(22.0, 20.0));
    let (drawn, response) =
        button::icon(surface, "dice", cell(area.left() + 16.0), (Icon::Dice, 12.0), Look::Bare);
    surface.tip(&response, "Draw another seed", "The same seed and request give the same notes");
    if drawn {
        surface.ask(Deed::DrawSeed);
    }
    let lock = Handle::of(&params.propose.seed_lock);
    let icon = if lock.is_on() { Icon::LockClosed } else { Icon::LockOpen };
    let (pressed, response) =
        button::icon(surface, "seed lock", cell(area.right() - 16.0), (icon, 12.0), Look::Bare);
    let title = if lock.is_on() { "Seed locked" } else { "Seed open" };
    surface.tip(&response, title, "Open: every proposal draws another seed");
    if pressed {
        gesture::toggle(surface, lock);
    }
}

/// Thousands apart: "48 213".
fn grouped(seed: i32) -> String {
    if seed < 1000 { seed.to_string() } else { format!("{} {:03}", seed / 1000, seed % 1000) }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        for (seed, expect) in [(0, "0"), (999, "999"), (1005, "1 005"), (65_535, "65 535")] {
            assert_eq!(grouped(seed), expect);
        }
    }
}
