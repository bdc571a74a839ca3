//! Runs on the main thread. The output: two level bars, the limiter's light, the output level as a handle on the scale.
//!
//! Levels fall by 20 dB a second, as IEC 60268-10 has it for a peak programme meter of type I within a decibel.

use super::control::Handle;
use super::gesture::{self, Travel};
use super::knob;
use super::paint;
use super::slider;
use super::surface::Surface;
use super::text;
use crate::params::LinnetParams;
use egui::{Align2, CursorIcon, Id, Rect, Sense, Shape, Stroke, pos2, vec2};
use linnet_handover::audio_to_editor::AudioView;
use std::sync::atomic::Ordering::Relaxed;

/// The scale's ends in dB.
const FLOOR_DB: f32 = -48.0;
const CEILING_DB: f32 = 6.0;
/// dB a second.
const FALL: f32 = 20.0;
/// Seconds that the highest level stays.
const HOLD_S: f64 = 1.5;

/// What the meter shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Levels {
    level_db: [f32; 2],
    hold_db: [f32; 2],
    held_since: [f64; 2],
    reduction_db: f32,
    updated: f64,
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            level_db: [FLOOR_DB; 2],
            hold_db: [FLOOR_DB; 2],
            held_since: [0.0; 2],
            reduction_db: 0.0,
            updated: 0.0,
        }
    }
}

impl Levels {
    /// Takes the peaks since the last frame, at `now` in seconds.
    pub(crate) fn update(&mut self, audio: &AudioView, now: f64) {
        let peaks = audio.peak.each_ref().map(|peak| peak.swap(0.0, Relaxed));
        let reduction = audio.reduction_db.swap(0.0, Relaxed);
        self.take(peaks, reduction, now);
    }

    fn take(&mut self, peaks: [f32; 2], reduction_db: f32, now: f64) {
        let fall = FALL * (now - self.updated).clamp(0.0, 1.0) as f32;
        self.updated = now;
        for (i, peak) in peaks.into_iter().enumerate() {
            let db = if peak > 1e-6 { 20.0 * peak.log10() } else { FLOOR_DB };
            self.level_db[i] = (self.level_db[i] - fall).max(db).clamp(FLOOR_DB, 24.0);
            if self.level_db[i] >= self.hold_db[i] || now - self.held_since[i] > HOLD_S {
                self.hold_db[i] = self.level_db[i];
                self.held_since[i] = now;
            }
        }
        let fallen = self.reduction_db - fall * 0.2;
        self.reduction_db = if reduction_db.is_finite() { fallen.max(reduction_db).max(0.0) } else { 0.0 };
    }

    /// Whether something is still to be seen.
    pub(crate) fn is_moving(&self) -> bool {
        let above = |db: &f32| *db > FLOOR_DB + 0.01;
        self.level_db.iter().chain(&self.hold_db).any(above) || self.reduction_db > 0.01
    }
}

fn x(area: Rect, db: f32) -> f32 {
    area.left() + (db.clamp(FLOOR_DB, CEILING_DB) - FLOOR_DB) / (CEILING_DB - FLOOR_DB) * area.width()
}

/// Draws the meter.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, levels: &Levels, params: &LinnetParams) {
    let theme = surface.theme;
    let top = area.top() + 9.0;
    text::draw(
        &surface.painter,
        pos2(area.left(), top),
        Align2::LEFT_CENTER,
        "Output",
        text::LABEL,
        theme.t2,
    );
    limiter(surface, pos2(area.right(), top), levels, Handle::of(&params.output.limiter));
    for i in 0..2 {
        let y = area.top() + 24.0 + 9.0 * i as f32;
        let bar = Rect::from_min_max(pos2(area.left(), y), pos2(area.right(), y + 6.0));
        surface.painter.rect_filled(bar, 1.0, theme.raised);
        let level = Rect::from_min_max(bar.min, pos2(x(area, levels.level_db[i]), bar.bottom()));
        if level.width() > 0.5 {
            surface.painter.rect_filled(level, 1.0, super::theme::mix(theme.well, theme.t2, 0.95));
        }
        if levels.hold_db[i] > FLOOR_DB + 0.5 {
            paint::vline(
                &surface.painter,
                x(area, levels.hold_db[i]),
                (bar.top(), bar.bottom()),
                2.0,
                theme.t1,
            );
        }
    }
    scale(surface, area, params);
}

fn scale(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let theme = surface.theme;
    let y = area.top() + 49.0;
    for (db, label) in [(-48.0, "−48"), (-24.0, "−24"), (-12.0, "−12"), (-6.0, "−6")] {
        let align = if db == FLOOR_DB { Align2::LEFT_CENTER } else { Align2::CENTER_CENTER };
        text::draw(&surface.painter, pos2(x(area, db), y), align, label, text::SCALE, theme.t3);
    }
    let param = Handle::of(&params.output.output_db);
    let id = Id::unique(("output", param));
    let row = Rect::from_min_max(pos2(area.left(), y - 8.0), pos2(area.right(), y + 8.0));
    let value_area = Rect::from_min_max(pos2(area.right() - 34.0, y - 8.0), pos2(area.right(), y + 8.0));
    let response = surface.control(id, row, Sense::click_and_drag());
    let dragging = gesture::drive(surface, &response, param, Travel::Horizontal(200.0), value_area);
    knob::tip(surface, &response, param, dragging);
    if response.hovered() || dragging {
        surface.ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    let value = slider::level_text(&param.text());
    let shown = text::draw(
        &surface.painter,
        pos2(area.right(), y),
        Align2::RIGHT_CENTER,
        &value,
        text::VALUE,
        theme.t1,
    );
    let at = x(area, param.plain(param.value())).min(shown.left() - 8.0);
    let handle = [pos2(at - 4.5, y + 2.0), pos2(at, y - 4.5), pos2(at + 4.5, y + 2.0)];
    surface.painter.add(Shape::convex_polygon(handle.to_vec(), theme.t1, Stroke::NONE));
    surface.ring(id, row, 3.0);
}

/// The light and the gain reduction; a click switches the limiter.
fn limiter(surface: &mut Surface<'_>, right: egui::Pos2, levels: &Levels, param: Handle) {
    let theme = surface.theme;
    let id = Id::unique(("limiter", param));
    let area = Rect::from_min_max(pos2(right.x - 104.0, right.y - 9.0), pos2(right.x, right.y + 9.0));
    let response = surface.control(id, area, Sense::click());
    let is_on = param.is_on();
    let reduction = levels.reduction_db;
    let value = if reduction < 0.05 { "0.0 dB".to_owned() } else { format!("−{reduction:.1} dB") };
    let value = if is_on { value } else { "off".to_owned() };
    text::draw(&surface.painter, right, Align2::RIGHT_CENTER, &value, text::LABEL_STRONG, theme.t1);
    let label = pos2(right.x - 49.0, right.y);
    let place = text::draw(&surface.painter, label, Align2::RIGHT_CENTER, "Limiter", text::LABEL, theme.t2);
    let light = pos2(place.left() - 9.0, right.y);
    if is_on && reduction >= 0.05 {
        surface.painter.circle_filled(light, 4.0, theme.accent);
    } else {
        surface.painter.circle_stroke(
            light,
            3.3,
            Stroke::new(1.3, if is_on { theme.t3 } else { theme.line }),
        );
    }
    surface.hand(&response);
    surface.ring(id, area.expand2(vec2(0.0, -1.0)), 4.0);
    let title = if is_on { "Limiter: on" } else { "Limiter: off" };
    surface.tip(&response, title, "Gain reduction; click to switch");
    if surface.activated(id, &response) {
        gesture::toggle(surface, param);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_rise_at_once_and_fall_by_20_db_a_second() {
        let mut levels = Levels::default();
        levels.take([1.0, 0.5], 3.0, 10.0);
        assert_eq!(levels.level_db[0], 0.0);
        levels.take([0.0, 0.0], 0.0, 10.5);
        assert!((levels.level_db[0] + 10.0).abs() < 1e-4);
        assert_eq!(levels.hold_db[0], 0.0, "the highest level stays a while");
        levels.take([0.0, 0.0], 0.0, 14.0);
        levels.take([0.0, 0.0], 0.0, 18.0);
        levels.take([0.0, 0.0], 0.0, 22.0);
        assert!(!levels.is_moving(), "silence comes to rest");
    }

    #[test]
    fn peaks_that_are_no_numbers_do_no_harm() {
        let mut levels = Levels::default();
        levels.take([f32::NAN, f32::INFINITY], f32::NAN, 1.0);
        assert!(levels.level_db.iter().all(|db| db.is_finite()) && levels.reduction_db == 0.0);
    }
}
