//! Bars with their values and targets, as a picture.

use crate::picture::PictureError;
use crate::picture::canvas::{Area, Canvas, Style};
use crate::picture::palette::{ACCENT, LABEL, PARTS, TEXT, WELL, WINDOW};

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it shows.
    pub label: String,
    /// The value, in [0, `full`]; what is no number has no bar.
    pub value: f64,
    /// The value of a full bar.
    pub full: f64,
    /// The value to reach, marked by a line.
    pub target: Option<f64>,
    /// Another's value, marked by a diamond.
    pub other: Option<f64>,
}

impl Bar {
    /// A bar without marks.
    pub fn new(label: String, value: f64, full: f64) -> Self {
        Self { label, value, full, target: None, other: None }
    }

    /// The same with a target.
    #[must_use]
    pub fn target(self, target: f64) -> Self {
        Self { target: Some(target), ..self }
    }

    /// The same with another's value, where it is a number.
    #[must_use]
    pub fn other(self, other: f64) -> Self {
        Self { other: other.is_finite().then_some(other), ..self }
    }
}

/// Bars under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// The heading, with what its marks mean.
    pub title: String,
    /// The bars.
    pub bars: Vec<Bar>,
}

const WIDTH: f32 = 900.0;
const LEFT: f32 = 260.0;
const LENGTH: f32 = 560.0;
const TOP: f32 = 56.0;
const HEADING: f32 = 40.0;
const ROW: f32 = 24.0;
const BAR: f32 = 16.0;

/// Draws the panels one below the other as a PNG.
pub fn draw(title: &str, panels: &[Panel]) -> Result<Vec<u8>, PictureError> {
    let rows: usize = panels.iter().map(|panel| panel.bars.len()).sum();
    let height = TOP + HEADING * panels.len() as f32 + ROW * rows as f32 + 16.0;
    let mut canvas = Canvas::new(WIDTH as u32, height as u32, WINDOW)?;
    canvas.text(24.0, 36.0, title, Style { size: 16.0, colour: TEXT, bold: true });
    let mut y = TOP;
    for panel in panels {
        canvas.text(24.0, y + 24.0, &panel.title, Style { size: 13.0, colour: TEXT, bold: true });
        y += HEADING;
        for bar in &panel.bars {
            row(&mut canvas, bar, y);
            y += ROW;
        }
    }
    canvas.to_png()
}

fn row(canvas: &mut Canvas, bar: &Bar, y: f32) {
    let place = |value: f64| LEFT + LENGTH * (value / bar.full).clamp(0.0, 1.0) as f32;
    canvas.text(24.0, y + 13.0, &bar.label, Style { size: 12.0, colour: LABEL, bold: false });
    canvas.fill(Area { x: LEFT, y, w: LENGTH, h: BAR }, WELL, 1.0);
    if bar.value.is_finite() {
        let w = (place(bar.value) - LEFT).max(1.0);
        canvas.fill(Area { x: LEFT, y, w, h: BAR }, PARTS[1], 1.0);
    }
    if let Some(target) = bar.target {
        let x = place(target);
        canvas.line((x, y - 3.0), (x, y + BAR + 3.0), ACCENT, 2.0, false);
    }
    if let Some(other) = bar.other {
        canvas.diamond(place(other), y + BAR / 2.0, 5.0, PARTS[0], 1.0);
    }
    let value = if bar.value.is_finite() { format!("{:.3}", bar.value) } else { "–".into() };
    canvas.text(LEFT + LENGTH + 10.0, y + 13.0, &value, Style { size: 12.0, colour: TEXT, bold: true });
}
