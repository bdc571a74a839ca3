//! Runs on the main thread. The EQ: its curve over the live spectrum, a handle for each band, one readout.
//!
//! Drag sets frequency and gain, the wheel sets Q, a double-click the gain to 0, Alt-click switches a band.

use super::control::{Handle, nudge};
use super::gesture;
use super::menu::{self, Choice, Item, OpenMenu};
use super::paint;
use super::spectrum::{FLOOR_DB, POINTS, Spectrum};
use super::surface::Surface;
use super::text;
use super::theme;
use super::undo::Step;
use super::value_text;
use crate::eq_response::Response as Curve;
use crate::params::{BANDS, BandParams, LinnetParams};
use egui::{Align2, Color32, Id, Key, Mesh, Pos2, Rect, Response, Sense, Shape, Stroke, pos2, vec2};

/// The gain at the upper and lower edge, in dB.
const EDGE_DB: f32 = 18.0;

/// Which band is chosen, and a drag that is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    chosen: usize,
    drag: Option<Drag>,
}

/// A drag of the chosen band.
#[derive(Clone, Copy, Debug)]
struct Drag {
    /// Frequency and gain before, in [0, 1].
    before: (f32, f32),
    /// Where the hand is. The host may take a value a block later, so the hand counts, not the parameter.
    hand: Pos2,
}

impl Default for State {
    fn default() -> Self {
        Self { chosen: 3, drag: None }
    }
}

impl State {
    /// Ends a drag for the host, when the editor closes in its midst.
    pub(crate) fn abandon(&mut self, params: &LinnetParams, host: &nice_plug::context::gui::GuiContext) {
        if self.drag.take().is_some() {
            let band = Band::new(params, self.chosen);
            band.frequency.end(host);
            band.gain.iter().for_each(|gain| gain.end(host));
        }
    }
}

/// The parameters of one band.
#[derive(Clone, Copy)]
struct Band {
    index: usize,
    on: Handle,
    frequency: Handle,
    /// The cuts have none.
    gain: Option<Handle>,
    q: Handle,
}

impl Band {
    fn new(params: &LinnetParams, index: usize) -> Self {
        let band = &params.bands[index];
        Self {
            index,
            on: Handle::of(&band.on),
            frequency: Handle::of(&band.freq_hz),
            gain: (!BandParams::is_cut(index)).then(|| Handle::of(&band.gain_db)),
            q: Handle::of(&band.q),
        }
    }

    fn hz(self) -> f32 {
        self.frequency.plain(self.frequency.value())
    }
}

fn x(area: Rect, hz: f32) -> f32 {
    area.left() + ((hz.max(1.0) / 20.0).log10() / 3.0).clamp(0.0, 1.0) * area.width()
}

fn hz(area: Rect, x: f32) -> f32 {
    20.0 * 1000.0_f32.powf(((x - area.left()) / area.width()).clamp(0.0, 1.0))
}

fn y(area: Rect, db: f32) -> f32 {
    area.center().y + 4.0 - (db / EDGE_DB).clamp(-1.4, 1.2) * (area.height() / 2.0 - 14.0)
}

fn db(area: Rect, y: f32) -> f32 {
    (area.center().y + 4.0 - y) / (area.height() / 2.0 - 14.0) * EDGE_DB
}

/// Draws the EQ.
pub(crate) fn show(
    surface: &mut Surface<'_>,
    area: Rect,
    params: &LinnetParams,
    spectrum: &Spectrum,
    (state, sample_rate_hz): (&mut State, f32),
) {
    let theme = surface.theme;
    paint::panel(&surface.painter, area, 8.0, theme.well, Stroke::NONE);
    let outer = surface.painter.clone();
    surface.painter = outer.with_clip_rect(area.intersect(outer.clip_rect()));
    grid(surface, area);
    draw_spectrum(surface, area, spectrum);
    let curve = Curve::of(params, sample_rate_hz);
    draw_curve(surface, area, &curve);
    let bands: [Band; 8] = std::array::from_fn(|i| Band::new(params, i));
    let chosen = state.chosen.min(bands.len() - 1);
    // The chosen one last: it lies over its neighbours.
    for band in bands.into_iter().filter(|band| band.index != chosen).chain([bands[chosen]]) {
        handle(surface, area, band, &curve, state);
    }
    surface.painter = outer;
    let at = pos2(area.left() + 8.0, area.top() + 11.0);
    text::draw(&surface.painter, at, Align2::LEFT_CENTER, "EQ", text::LABEL, theme.t2);
    readout(surface, area, bands[state.chosen.min(7)]);
}

fn grid(surface: &Surface<'_>, area: Rect) {
    let (painter, theme) = (&surface.painter, surface.theme);
    paint::hline(painter, (area.left(), area.right()), y(area, 0.0), 1.0, theme.hair);
    for (hz, label) in [(100.0, "100"), (1000.0, "1k"), (10_000.0, "10k")] {
        let at = x(area, hz);
        paint::vline(painter, at, (area.top() + 22.0, area.bottom()), 1.0, theme.hair);
        let label_at = pos2(at - 5.0, area.bottom() - 8.0);
        text::draw(painter, label_at, Align2::RIGHT_CENTER, label, text::SCALE, theme.t3);
    }
}

/// The only gradient of the editor.
fn draw_spectrum(surface: &Surface<'_>, area: Rect, spectrum: &Spectrum) {
    let theme = surface.theme;
    let (top, foot) = (theme::fade(theme.t3, 0.45), theme::fade(theme.t3, 0.12));
    let mut mesh = Mesh::default();
    let height = area.height() - 24.0;
    for (i, db) in spectrum.levels_db().iter().enumerate() {
        let x = area.left() + area.width() * i as f32 / (POINTS - 1) as f32;
        let level = ((db - FLOOR_DB) / -FLOOR_DB).clamp(0.0, 1.0);
        mesh.colored_vertex(pos2(x, area.bottom() - level * height), top);
        mesh.colored_vertex(pos2(x, area.bottom()), foot);
        if i > 0 {
            let n = 2 * i as u32;
            mesh.add_triangle(n - 2, n - 1, n);
            mesh.add_triangle(n - 1, n, n + 1);
        }
    }
    if spectrum.is_moving() {
        surface.painter.add(Shape::mesh(mesh));
    }
}

fn draw_curve(surface: &Surface<'_>, area: Rect, curve: &Curve) {
    let steps = (area.width() / 1.5).ceil().max(2.0) as usize;
    let point = |i: usize| {
        let x = area.left() + area.width() * i as f32 / steps as f32;
        pos2(x, y(area, curve.gain_db(hz(area, x))))
    };
    let path: Vec<Pos2> = (0..=steps).map(point).collect();
    surface.painter.add(Shape::line(path, Stroke::new(1.5, surface.theme.t1)));
}

/// Where a band's handle stands: on the curve, or on the line of 0 dB where it is off.
fn handle_at(area: Rect, band: Band, curve: &Curve) -> Pos2 {
    let hz = band.hz();
    let gain = if band.on.is_on() { curve.gain_db(hz) } else { 0.0 };
    let x = x(area, hz).clamp(area.left() + 6.0, area.right() - 6.0);
    pos2(x, y(area, gain).clamp(area.top() + 24.0, area.bottom() - 6.0))
}

fn handle(surface: &mut Surface<'_>, area: Rect, band: Band, curve: &Curve, state: &mut State) {
    let id = Id::unique(("eq band", band.index));
    let at = handle_at(area, band, curve);
    let response = surface.control(id, Rect::from_center_size(at, vec2(17.0, 17.0)), Sense::click_and_drag());
    let is_chosen = state.chosen == band.index;
    paint_handle(surface, at, band, is_chosen, surface.hover(&response));
    surface.ring(id, Rect::from_center_size(at, vec2(12.0, 12.0)), 6.0);
    if response.clicked() || response.drag_started() || surface.owns_keys(id) {
        state.chosen = band.index;
    }
    if response.clicked() && surface.modifiers().alt {
        gesture::toggle(surface, band.on);
    } else if response.double_clicked() {
        let param = band.gain.unwrap_or(band.frequency);
        let zero = band.gain.map_or(band.frequency.default_value(), |gain| gain.normalized(0.0));
        gesture::put(surface, param, zero);
    }
    drag(surface, area, &response, band, state);
    let notches = surface.wheel(&response);
    if notches != 0.0 && surface.desk.menu.is_none() {
        state.chosen = band.index;
        let fine = if surface.modifiers().shift { 10.0 } else { 1.0 };
        gesture::put(surface, band.q, nudge(band.q.value(), 0.02 * notches / fine, None));
    }
    if response.secondary_clicked() {
        state.chosen = band.index;
        surface.desk.menu = Some(band_menu(band, response.rect));
    }
    keys(surface, id, band);
    let title = format!("{}: {}", BANDS[band.index], words(band));
    surface.tip(&response, &title, "Wheel: Q   Double-click: 0 dB   Alt-click: off");
}

fn paint_handle(surface: &Surface<'_>, at: Pos2, band: Band, is_chosen: bool, hover: f32) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let is_on = band.on.is_on();
    let ink = if is_on { theme.t1 } else { theme::mix(theme.well, theme.t3, 0.8) };
    if is_chosen {
        painter.circle(at, 7.0, theme.well, Stroke::new(1.5, ink));
        painter.circle_filled(at, 4.5, if is_on { theme.accent } else { ink });
    } else {
        let fill = if is_on { theme.well } else { Color32::TRANSPARENT };
        painter.circle(at, 4.0 + hover, theme::mix(theme.well, fill, 1.0), Stroke::new(1.5, ink));
    }
}

/// One gesture for frequency and gain together.
fn drag(surface: &mut Surface<'_>, area: Rect, response: &Response, band: Band, state: &mut State) {
    let moved = [Some(band.frequency), band.gain];
    if response.drag_started() {
        moved.iter().flatten().for_each(|param| param.begin(surface.host));
        let gain = band.gain.map_or(0.0, |gain| gain.plain(gain.value()));
        let before = (band.frequency.value(), band.gain.map_or(0.0, Handle::value));
        state.drag = Some(Drag { before, hand: pos2(x(area, band.hz()), y(area, gain)) });
    }
    let Some(mut drag) = state.drag.filter(|_| state.chosen == band.index) else { return };
    let travelled = gesture::travelled(response);
    if travelled != egui::Vec2::ZERO {
        let fine = if surface.modifiers().shift { 0.1 } else { 1.0 };
        drag.hand += travelled * fine;
        state.drag = Some(drag);
        band.frequency.set(surface.host, frequency_at(area, drag.hand, band));
        if let Some(gain) = band.gain {
            gain.set(surface.host, gain.normalized(db(area, drag.hand.y)));
        }
    }
    if response.drag_stopped() || !surface.ui.input(|input| input.pointer.any_down()) {
        moved.iter().flatten().for_each(|param| param.end(surface.host));
        state.drag = None;
        let mut push = |param: Handle, before: f32, after: f32| {
            surface.desk.undo.push(Step::Value { param, before, after: param.snapped(after) });
        };
        push(band.frequency, drag.before.0, frequency_at(area, drag.hand, band));
        if let Some(gain) = band.gain {
            push(gain, drag.before.1, gain.normalized(db(area, drag.hand.y)));
        }
    }
}

/// The frequency under the hand, in [0, 1].
fn frequency_at(area: Rect, hand: Pos2, band: Band) -> f32 {
    band.frequency.normalized(hz(area, hand.x))
}

fn keys(surface: &mut Surface<'_>, id: Id, band: Band) {
    if !surface.owns_keys(id) {
        return;
    }
    let moves = [
        (Key::ArrowRight, Some(band.frequency), 0.01),
        (Key::ArrowLeft, Some(band.frequency), -0.01),
        (Key::ArrowUp, band.gain, 0.01),
        (Key::ArrowDown, band.gain, -0.01),
        (Key::PageUp, Some(band.q), 0.05),
        (Key::PageDown, Some(band.q), -0.05),
    ];
    for (key, param, amount) in moves {
        if let Some(param) = param.filter(|_| surface.pressed(id, key)) {
            gesture::put(surface, param, nudge(param.value(), amount, None));
        }
    }
    if surface.pressed(id, Key::Enter) {
        gesture::toggle(surface, band.on);
    }
    if let Some(gain) = band.gain.filter(|_| surface.pressed(id, Key::Backspace)) {
        gesture::put(surface, gain, gain.default_value());
    }
}

fn band_menu(band: Band, anchor: Rect) -> OpenMenu {
    let mut items = vec![Item::new("On", "Enter", Choice::Toggle(band.on)).marked(band.on.is_on())];
    let field = Rect::from_center_size(anchor.center(), vec2(64.0, 16.0));
    let mut typed = |label: &str, param: Handle| {
        let value = value_text::tidy(&param.text());
        items.push(Item::new(
            label,
            &value,
            Choice::Open(Box::new(menu::of_parameter(param, anchor, field))),
        ));
    };
    typed("Frequency", band.frequency);
    if let Some(gain) = band.gain {
        typed("Gain", gain);
    }
    typed("Q", band.q);
    OpenMenu::new(anchor, Some((BANDS[band.index].to_owned(), String::new())), items)
}

/// "260 Hz  −3.6 dB  Q 1.3".
fn words(band: Band) -> String {
    if !band.on.is_on() {
        return "off".to_owned();
    }
    let hz = band.hz();
    let frequency = if hz < 1000.0 { format!("{hz:.0} Hz") } else { format!("{:.1} kHz", hz / 1000.0) };
    let gain = band.gain.map_or_else(String::new, |gain| format!("  {}", gain.text()));
    format!("{frequency}{gain}  Q {:.1}", band.q.plain(band.q.value()))
}

fn readout(surface: &Surface<'_>, area: Rect, band: Band) {
    let name = BANDS[band.index].to_lowercase();
    let line = format!("{name}  {}", words(band));
    let at = pos2(area.right() - 8.0, area.top() + 11.0);
    text::draw(&surface.painter, at, Align2::RIGHT_CENTER, &line, text::LABEL, surface.theme.t1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axes_are_their_own_inverse() {
        let area = Rect::from_min_size(pos2(768.0, 432.0), vec2(216.0, 88.0));
        for found in [20.0_f32, 260.0, 1000.0, 19_999.0] {
            assert!((hz(area, x(area, found)) / found - 1.0).abs() < 1e-3);
        }
        for found in [-12.0_f32, 0.0, 3.6] {
            assert!((db(area, y(area, found)) - found).abs() < 1e-3);
        }
    }
}
