//! Bars with their values and targets, as a picture.

use crate::picture::PictureError;
use crate::picture::canvas::{Area, Canvas, Style};
use crate::picture::palette::{ACCENT, LABEL, PARTS, TEXT, WELL, WINDOW};

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar<'a> {
    /// What it shows.
    pub label: &'a str,
    /// The value, in [0, `full`].
    pub value: f64,
    /// The value of a full bar.
    pub full: f64,
    /// The value to reach, marked by a line.
    pub target: Option<f64>,
}

const WIDTH: f32 = 900.0;
const LEFT: f32 = 260.0;
const LENGTH: f32 = 560.0;
const TOP: f32 = 64.0;
const ROW: f32 = 36.0;

/// Draws the bars as a PNG.
pub fn draw(title: &str, bars: &[Bar]) -> Result<Vec<u8>, PictureError> {
    let height = TOP + ROW * bars.len() as f32 + 16.0;
    let mut canvas = Canvas::new(WIDTH as u32, height as u32, WINDOW)?;
    canvas.text(24.0, 36.0, title, Style { size: 16.0, colour: TEXT, bold: true });
    for (row, bar) in bars.iter().enumerate() {
        let y = TOP + ROW * row as f32;
        let share = (bar.value / bar.full).clamp(0.0, 1.0) as f32;
        canvas.text(24.0, y + 18.0, bar.label, Style { size: 12.0, colour: LABEL, bold: false });
        canvas.fill(Area { x: LEFT, y, w: LENGTH, h: 24.0 }, WELL, 1.0);
        canvas.fill(Area { x: LEFT, y, w: (LENGTH * share).max(1.0), h: 24.0 }, PARTS[1], 1.0);
        if let Some(target) = bar.target {
            let x = LEFT + LENGTH * (target / bar.full).clamp(0.0, 1.0) as f32;
            canvas.line((x, y - 3.0), (x, y + 27.0), ACCENT, 2.0, false);
        }
        let value = format!("{:.3}", bar.value);
        canvas.text(LEFT + LENGTH + 10.0, y + 17.0, &value, Style { size: 12.0, colour: TEXT, bold: true });
    }
    canvas.to_png()
}
