//! A bitmap with the few shapes that a piano roll needs.

use super::PictureError;
use ab_glyph::{Font, FontVec, PxScale, ScaleFont, point};
use tiny_skia::{
    Color, FillRule, Paint, PathBuilder, Pixmap, PremultipliedColorU8, Rect, Stroke, StrokeDash, Transform,
};

/// A colour without opacity, as 0xRRGGBB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub(crate) u32);

impl Rgb {
    fn with_opacity(self, opacity: f32) -> Color {
        let [_, red, green, blue] = self.0.to_be_bytes();
        let mut colour = Color::from_rgba8(red, green, blue, 255);
        colour.apply_opacity(opacity);
        colour
    }

    fn paint(self, opacity: f32) -> Paint<'static> {
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color(self.with_opacity(opacity));
        paint
    }
}

/// Left, top, width and height in pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) w: f32,
    pub(crate) h: f32,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// In pixels.
    pub(crate) size: f32,
    pub(crate) colour: Rgb,
    pub(crate) bold: bool,
}

/// The picture so far.
pub(crate) struct Canvas {
    pixels: Pixmap,
    regular: FontVec,
    bold: FontVec,
}

impl Canvas {
    pub(crate) fn new(width: u32, height: u32, background: Rgb) -> Result<Self, PictureError> {
        let mut pixels = Pixmap::new(width, height).ok_or(PictureError::Size)?;
        pixels.fill(background.with_opacity(1.0));
        Ok(Self { pixels, regular: font("Regular")?, bold: font("SemiBold")? })
    }

    pub(crate) fn to_png(&self) -> Result<Vec<u8>, PictureError> {
        self.pixels.encode_png().map_err(|error| PictureError::Png(error.to_string()))
    }

    pub(crate) fn fill(&mut self, area: Area, colour: Rgb, opacity: f32) {
        if let Some(rect) = Rect::from_xywh(area.x, area.y, area.w, area.h) {
            self.pixels.fill_rect(rect, &colour.paint(opacity), Transform::identity(), None);
        }
    }

    pub(crate) fn outline(&mut self, area: Area, colour: Rgb) {
        if let Some(rect) = Rect::from_xywh(area.x + 0.5, area.y + 0.5, (area.w - 1.0).max(0.5), area.h - 1.0)
        {
            let path = PathBuilder::from_rect(rect);
            self.pixels.stroke_path(
                &path,
                &colour.paint(1.0),
                &Stroke::default(),
                Transform::identity(),
                None,
            );
        }
    }

    /// Lines at 45°, 4 px apart.
    pub(crate) fn hatch(&mut self, area: Area, colour: Rgb) {
        let mut offset = 0.0;
        while offset < area.w + area.h {
            let (left, right) = ((offset - area.h).max(0.0), offset.min(area.w));
            let from = (area.x + left, area.y + (offset - left));
            let to = (area.x + right, area.y + (offset - right));
            self.line(from, to, colour, 1.2, false);
            offset += 4.0;
        }
    }

    pub(crate) fn diamond(&mut self, x: f32, y: f32, radius: f32, colour: Rgb, opacity: f32) {
        let mut path = PathBuilder::new();
        path.move_to(x, y - radius);
        path.line_to(x + radius, y);
        path.line_to(x, y + radius);
        path.line_to(x - radius, y);
        path.close();
        if let Some(path) = path.finish() {
            let paint = colour.paint(opacity);
            self.pixels.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
        }
    }

    pub(crate) fn line(&mut self, from: (f32, f32), to: (f32, f32), colour: Rgb, width: f32, dashed: bool) {
        let mut path = PathBuilder::new();
        path.move_to(from.0, from.1);
        path.line_to(to.0, to.1);
        if let Some(path) = path.finish() {
            let dash = if dashed { StrokeDash::new(vec![4.0, 4.0], 0.0) } else { None };
            let stroke = Stroke { width, dash, ..Stroke::default() };
            self.pixels.stroke_path(&path, &colour.paint(1.0), &stroke, Transform::identity(), None);
        }
    }

    /// Writes `text` with its baseline at `y`; returns where it ends. Flats and sharps, which the font lacks, are drawn.
    pub(crate) fn text(&mut self, x: f32, y: f32, text: &str, style: Style) -> f32 {
        let mut x = x;
        for letter in text.chars() {
            x += match letter {
                '♯' => self.sharp(x, y, style),
                '♭' => self.flat(x, y, style),
                _ => self.glyph(x, y, letter, style),
            };
        }
        x
    }

    fn glyph(&mut self, x: f32, y: f32, letter: char, style: Style) -> f32 {
        let font = if style.bold { &self.bold } else { &self.regular };
        let scale = PxScale::from(style.size * 1.3);
        let id = font.glyph_id(letter);
        let advance = font.as_scaled(scale).h_advance(id);
        let outlined = font.outline_glyph(id.with_scale_and_position(scale, point(x, y)));
        let Some(outlined) = outlined else { return advance };
        let corner = outlined.px_bounds().min;
        let (width, height) = (self.pixels.width() as i32, self.pixels.height() as i32);
        let pixels = self.pixels.pixels_mut();
        outlined.draw(|dx, dy, coverage| {
            let (px, py) = (corner.x as i32 + dx as i32, corner.y as i32 + dy as i32);
            if (0..width).contains(&px) && (0..height).contains(&py) {
                let pixel = &mut pixels[(py * width + px) as usize];
                *pixel = blend(*pixel, style.colour, coverage.min(1.0));
            }
        });
        advance
    }

    fn sharp(&mut self, x: f32, y: f32, style: Style) -> f32 {
        let s = style.size;
        for stem in [0.16, 0.36] {
            self.line((x + stem * s, y + 0.08 * s), (x + stem * s, y - 0.78 * s), style.colour, 1.2, false);
        }
        for bar in [0.18, 0.46] {
            self.line((x, y - bar * s), (x + 0.52 * s, y - (bar + 0.12) * s), style.colour, 1.6, false);
        }
        0.6 * s
    }

    fn flat(&mut self, x: f32, y: f32, style: Style) -> f32 {
        let s = style.size;
        let mut path = PathBuilder::new();
        path.move_to(x + 0.1 * s, y - 0.85 * s);
        path.line_to(x + 0.1 * s, y);
        path.quad_to(x + 0.48 * s, y - 0.22 * s, x + 0.42 * s, y - 0.38 * s);
        path.quad_to(x + 0.3 * s, y - 0.5 * s, x + 0.1 * s, y - 0.34 * s);
        if let Some(path) = path.finish() {
            let stroke = Stroke { width: 1.3, ..Stroke::default() };
            let paint = style.colour.paint(1.0);
            self.pixels.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
        }
        0.55 * s
    }
}

fn blend(under: PremultipliedColorU8, over: Rgb, coverage: f32) -> PremultipliedColorU8 {
    let [_, red, green, blue] = over.0.to_be_bytes();
    let mix = |under: u8, over: u8| {
        (f32::from(under) * (1.0 - coverage) + f32::from(over) * coverage).round() as u8
    };
    let mixed = (mix(under.red(), red), mix(under.green(), green), mix(under.blue(), blue));
    PremultipliedColorU8::from_rgba(mixed.0, mixed.1, mixed.2, 255).unwrap_or(under)
}

/// The editor's own font.
fn font(weight: &str) -> Result<FontVec, PictureError> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin/assets/fonts");
    let path = folder.join(format!("IBMPlexSans-{weight}.ttf"));
    let bytes =
        std::fs::read(&path).map_err(|error| PictureError::Font(format!("{}: {error}", path.display())))?;
    FontVec::try_from_vec(bytes).map_err(|error| PictureError::Font(format!("{}: {error}", path.display())))
}
