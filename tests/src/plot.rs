//! Axes with units, and curves and fields of levels within them.

use crate::picture::canvas::{Area, Canvas, Rgb, Style};
use crate::picture::palette::{BAR_LINE, BEAT_LINE, LABEL, TEXT, WELL};

/// What curves are drawn in, one after the other.
pub(crate) const COLOURS: [Rgb; 8] = [
    Rgb(0x00F4_C95A),
    Rgb(0x004F_B3C9),
    Rgb(0x00A0_7BE0),
    Rgb(0x00F2_7A62),
    Rgb(0x0078_C96B),
    Rgb(0x00E0_82B4),
    Rgb(0x00ED_E9E2),
    Rgb(0x0096_8F88),
];
const NUMBER: Style = Style { size: 11.0, colour: LABEL, bold: false };
const TITLE: Style = Style { size: 13.0, colour: TEXT, bold: true };
/// What a letter takes at most, in pixels, as a share of its size.
const LETTER: f32 = 0.62;

/// One axis.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// Whether equal distances are equal ratios.
    pub(crate) is_log: bool,
    /// Where there are lines, and what stands beside them.
    pub(crate) ticks: Vec<(f64, String)>,
    /// What it shows, with the unit.
    pub(crate) title: String,
}

impl Axis {
    /// Hertz from 20 to `max`.
    pub(crate) fn frequency(max: f64) -> Self {
        let ticks = [
            (20.0, "20"),
            (50.0, "50"),
            (100.0, "100"),
            (200.0, "200"),
            (500.0, "500"),
            (1e3, "1k"),
            (2e3, "2k"),
            (5e3, "5k"),
            (1e4, "10k"),
            (2e4, "20k"),
        ];
        let ticks = ticks.iter().filter(|(hz, _)| *hz <= max).map(|(hz, text)| (*hz, (*text).to_owned()));
        Self { min: 20.0, max, is_log: true, ticks: ticks.collect(), title: "Frequency (Hz)".to_owned() }
    }

    /// From `min` to `max` in whole steps.
    pub(crate) fn linear(title: &str, min: f64, max: f64, step: f64) -> Self {
        let first = (min / step).ceil() as i64;
        let last = (max / step + 1e-9).floor() as i64;
        let digits = usize::from(step < 1.0);
        let ticks = (first..=last).map(|n| n as f64 * step).map(|value| (value, format!("{value:.digits$}")));
        Self { min, max, is_log: false, ticks: ticks.collect(), title: title.to_owned() }
    }

    /// Where `value` lies, from 0 to 1.
    pub(crate) fn share(&self, value: f64) -> f32 {
        let share = if self.is_log {
            (value / self.min).ln() / (self.max / self.min).ln()
        } else {
            (value - self.min) / (self.max - self.min)
        };
        share as f32
    }

    /// The value that lies there.
    pub(crate) fn at(&self, share: f64) -> f64 {
        if self.is_log {
            self.min * (self.max / self.min).powf(share)
        } else {
            self.min + share * (self.max - self.min)
        }
    }
}

/// Two axes and what is between them.
pub(crate) struct Plot {
    pub(crate) area: Area,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
}

impl Plot {
    /// Draws the axes; what is between them lies in `area`.
    pub(crate) fn draw(canvas: &mut Canvas, title: &str, area: Area, x: Axis, y: Axis) -> Self {
        let plot = Self { area, x, y };
        canvas.fill(area, WELL, 1.0);
        plot.grid(canvas);
        canvas.text(area.x, area.y - 28.0, title, TITLE);
        canvas.text(area.x, area.y - 9.0, &plot.y.title, NUMBER);
        let width = plot.x.title.chars().count() as f32 * NUMBER.size * LETTER;
        canvas.text(area.x + area.w - width, area.y + area.h + 36.0, &plot.x.title, NUMBER);
        plot
    }

    /// The lines and numbers again, over what is filled.
    pub(crate) fn grid(&self, canvas: &mut Canvas) {
        let Area { x, y, w, h } = self.area;
        for (value, text) in &self.x.ticks {
            let at = x + w * self.x.share(*value);
            canvas.line((at, y), (at, y + h), BEAT_LINE, 1.0, false);
            let half = text.chars().count() as f32 * NUMBER.size * LETTER / 2.0;
            canvas.text(at - half, y + h + 16.0, text, NUMBER);
        }
        for (value, text) in &self.y.ticks {
            let at = y + h * (1.0 - self.y.share(*value));
            canvas.line((x, at), (x + w, at), BEAT_LINE, 1.0, false);
            let width = text.chars().count() as f32 * NUMBER.size * LETTER;
            canvas.text(x - 8.0 - width, at + 4.0, text, NUMBER);
        }
        canvas.outline(self.area, BAR_LINE);
    }

    fn point(&self, (x, y): (f64, f64)) -> (f32, f32) {
        let Area { x: left, y: top, w, h } = self.area;
        (left + w * self.x.share(x).clamp(0.0, 1.0), top + h * (1.0 - self.y.share(y).clamp(0.0, 1.0)))
    }

    /// A curve through `points`, as far as it lies in the area.
    pub(crate) fn curve(&self, canvas: &mut Canvas, points: &[(f64, f64)], colour: Rgb) {
        let is_inside = |(x, y): &(f64, f64)| {
            [self.x.share(*x), self.y.share(*y)].iter().all(|share| (0.0..=1.0).contains(share))
        };
        for pair in points.windows(2).filter(|pair| pair.iter().any(is_inside)) {
            canvas.line(self.point(pair[0]), self.point(pair[1]), colour, 1.6, false);
        }
    }

    /// What the curves mean, from the top right down.
    pub(crate) fn legend(&self, canvas: &mut Canvas, names: &[(String, Rgb)]) {
        let longest = names.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let width = longest as f32 * NUMBER.size * LETTER;
        let x = self.area.x + self.area.w - width - 8.0;
        let area =
            Area { x: x - 26.0, y: self.area.y + 4.0, w: width + 30.0, h: 15.0 * names.len() as f32 + 6.0 };
        canvas.fill(area, WELL, 0.85);
        for (row, (name, colour)) in names.iter().enumerate() {
            let y = self.area.y + 18.0 + 15.0 * row as f32;
            canvas.line((x - 20.0, y - 4.0), (x - 6.0, y - 4.0), *colour, 2.0, false);
            canvas.text(x, y, name, NUMBER);
        }
    }

    /// Fills the area with levels in [0, 1] by place, in steps of `pixels`.
    pub(crate) fn field(&self, canvas: &mut Canvas, pixels: f32, level: impl Fn(f64, f64) -> f32) {
        let Area { x, y, w, h } = self.area;
        let (columns, rows) = ((w / pixels) as usize, (h / pixels) as usize);
        for column in 0..columns {
            let across = self.x.at((column as f64 + 0.5) / columns as f64);
            for row in 0..rows {
                let up = self.y.at(1.0 - (row as f64 + 0.5) / rows as f64);
                let cell =
                    Area { x: x + column as f32 * pixels, y: y + row as f32 * pixels, w: pixels, h: pixels };
                canvas.fill(cell, heat(level(across, up)), 1.0);
            }
        }
    }
}

/// From dark over violet and red to light yellow.
pub(crate) fn heat(level: f32) -> Rgb {
    const STOPS: [[f32; 3]; 5] = [
        [16.0, 15.0, 20.0],
        [72.0, 40.0, 120.0],
        [190.0, 55.0, 95.0],
        [244.0, 150.0, 70.0],
        [252.0, 245.0, 190.0],
    ];
    let place = level.clamp(0.0, 1.0) * 4.0;
    let stop = (place as usize).min(3);
    let part = place - stop as f32;
    let mixed = |channel: usize| {
        let value = STOPS[stop][channel] + part * (STOPS[stop + 1][channel] - STOPS[stop][channel]);
        u32::from(value.round() as u8)
    };
    Rgb(mixed(0) << 16 | mixed(1) << 8 | mixed(2))
}
