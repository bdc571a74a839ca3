//! Runs on the main thread. Type: the fonts, the sizes, and lines of text with accidentals.
//!
//! IBM Plex Sans has no ♭ and ♯: they are drawn as strokes in the weight of the text around them.

use egui::epaint::StrokeKind;
use egui::epaint::text::FontTweak;
use egui::text::{FontData, FontDefinitions, FontFamily};
use egui::{Align2, Color32, Context, FontId, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use std::sync::Arc;

/// A size and a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    /// In pixels at 100 %.
    pub(crate) size: f32,
    weight: Weight,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Weight {
    Regular,
    Medium,
    Semibold,
}

impl Weight {
    fn name(self) -> &'static str {
        match self {
            Self::Regular => "plex-400",
            Self::Medium => "plex-500",
            Self::Semibold => "plex-600",
        }
    }

    /// Stem width by size.
    fn stem(self) -> f32 {
        match self {
            Self::Regular => 0.085,
            Self::Medium => 0.1,
            Self::Semibold => 0.12,
        }
    }
}

const fn style(size: f32, weight: Weight) -> Style {
    Style { size, weight }
}

/// Propose, the sentence in an empty roll.
pub(crate) const PROPOSE: Style = style(16.0, Weight::Semibold);
/// The product's name.
pub(crate) const NAME: Style = style(15.0, Weight::Semibold);
/// An idea's title, a message's title.
pub(crate) const TITLE: Style = style(13.0, Weight::Semibold);
/// Text fields.
pub(crate) const FIELD: Style = style(12.5, Weight::Regular);
/// Running text.
pub(crate) const BODY: Style = style(12.0, Weight::Regular);
/// Names, buttons, the status.
pub(crate) const STRONG: Style = style(12.0, Weight::Medium);
/// Chords.
pub(crate) const CHORD: Style = style(12.0, Weight::Semibold);
/// Labels.
pub(crate) const LABEL: Style = style(11.0, Weight::Regular);
/// Labels of buttons, headings.
pub(crate) const LABEL_STRONG: Style = style(11.0, Weight::Medium);
/// A chosen button's label.
pub(crate) const LABEL_CHOSEN: Style = style(11.0, Weight::Semibold);
/// Labels under knobs.
pub(crate) const KNOB: Style = style(10.5, Weight::Regular);
/// Values in knobs.
pub(crate) const VALUE: Style = style(10.5, Weight::Medium);
/// Scales and small values.
pub(crate) const SCALE: Style = style(10.0, Weight::Regular);

impl Style {
    /// The font for egui's own text fields.
    pub(crate) fn font(self) -> FontId {
        FontId::new(self.size, FontFamily::Name(self.weight.name().into()))
    }
}

/// Gives the fonts to egui. Its own follow as fallback, for names in other scripts.
pub(crate) fn install(context: &Context) {
    let mut fonts = FontDefinitions::default();
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let files: [(Weight, &'static [u8]); 3] = [
        (Weight::Regular, include_bytes!("../../assets/fonts/IBMPlexSans-Regular.ttf")),
        (Weight::Medium, include_bytes!("../../assets/fonts/IBMPlexSans-Medium.ttf")),
        (Weight::Semibold, include_bytes!("../../assets/fonts/IBMPlexSans-SemiBold.ttf")),
    ];
    for (weight, bytes) in files {
        let tweak = FontTweak { hinting: Some(false), ..FontTweak::default() };
        fonts.font_data.insert(weight.name().into(), Arc::new(FontData::from_static(bytes).tweak(tweak)));
        let family: Vec<String> =
            std::iter::once(weight.name().to_owned()).chain(fallback.iter().cloned()).collect();
        fonts.families.insert(FontFamily::Name(weight.name().into()), family);
    }
    let first = Weight::Regular.name().to_owned();
    fonts.families.entry(FontFamily::Proportional).or_default().insert(0, first);
    context.set_fonts(fonts);
}

/// One run of a line.
enum Run<'a> {
    Plain(&'a str),
    Accidental(char),
}

fn is_accidental(c: char) -> bool {
    matches!(c, '♭' | '♯')
}

/// Splits a line at its accidentals.
fn runs(line: &str) -> Vec<Run<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (i, c) in line.char_indices().filter(|(_, c)| is_accidental(*c)) {
        if start < i {
            found.push(Run::Plain(&line[start..i]));
        }
        found.push(Run::Accidental(c));
        start = i + c.len_utf8();
    }
    if start < line.len() {
        found.push(Run::Plain(&line[start..]));
    }
    found
}

/// Advance of an accidental by size.
fn accidental_advance(c: char) -> f32 {
    if c == '♭' { 0.50 } else { 0.60 }
}

/// The width of one line.
pub(crate) fn width(painter: &Painter, line: &str, style: Style) -> f32 {
    let plain =
        |text: &str| painter.layout_no_wrap(text.to_owned(), style.font(), Color32::PLACEHOLDER).size().x;
    runs(line)
        .iter()
        .map(|run| match run {
            Run::Plain(text) => plain(text),
            Run::Accidental(c) => accidental_advance(*c) * style.size,
        })
        .sum()
}

/// Draws one line and says where it lies.
pub(crate) fn draw(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    line: &str,
    style: Style,
    colour: Color32,
) -> Rect {
    let height = style.size * 1.3;
    let area = align.anchor_size(at, vec2(width(painter, line, style), height));
    let snap = |v: f32| (v * painter.pixels_per_point()).round() / painter.pixels_per_point();
    let top = snap(area.top());
    let mut x = snap(area.left());
    for run in runs(line) {
        match run {
            Run::Plain(text) => {
                let galley = painter.layout_no_wrap(text.to_owned(), style.font(), colour);
                let advance = galley.size().x;
                painter.galley(pos2(x, top), galley, colour);
                x += advance;
            }
            Run::Accidental(c) => {
                let baseline = top + style.size * 1.025;
                draw_accidental(painter, pos2(x, baseline), c, style, colour);
                x += accidental_advance(c) * style.size;
            }
        }
    }
    area
}

/// Draws one line, shortened with an ellipsis to `width_max`. True where it was shortened.
pub(crate) fn draw_within(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    line: &str,
    (style, colour): (Style, Color32),
    width_max: f32,
) -> bool {
    let short = shorten(line, |text| width(painter, text, style) <= width_max);
    let was_shortened = short.len() != line.len();
    draw(painter, at, align, &short, style, colour);
    was_shortened
}

/// The longest beginning of `line` that fits, with an ellipsis where something is left out.
fn shorten(line: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(line) {
        return line.to_owned();
    }
    let ends: Vec<usize> = line.char_indices().map(|(i, _)| i).collect();
    let with_ellipsis = |count: usize| {
        let end = ends.get(count).copied().unwrap_or(line.len());
        format!("{}…", line[..end].trim_end())
    };
    let (mut low, mut high) = (0, ends.len());
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        if fits(&with_ellipsis(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    if low == 0 { String::new() } else { with_ellipsis(low) }
}

/// Draws `text` in lines no wider than `width_max`, and gives the height.
pub(crate) fn paragraph(
    painter: &Painter,
    at: Pos2,
    text: &str,
    (style, colour): (Style, Color32),
    width_max: f32,
) -> f32 {
    let galley = painter.layout(text.to_owned(), style.font(), colour, width_max);
    let height = galley.size().y;
    painter.galley(at, galley, colour);
    height
}

fn draw_accidental(painter: &Painter, base: Pos2, c: char, style: Style, colour: Color32) {
    let em = style.size;
    let stem = Stroke::new(style.weight.stem() * em * 0.85, colour);
    let at = |x: f32, y: f32| pos2(base.x + x * em, base.y - y * em);
    if c == '♭' {
        painter.line_segment([at(0.10, 0.0), at(0.10, 0.80)], stem);
        let bowl =
            [(0.10, 0.36), (0.19, 0.45), (0.29, 0.46), (0.36, 0.39), (0.35, 0.27), (0.26, 0.13), (0.10, 0.0)];
        painter.add(Shape::line(bowl.map(|(x, y)| at(x, y)).to_vec(), stem));
    } else {
        let thin = Stroke::new(stem.width * 0.9, colour);
        painter.line_segment([at(0.19, -0.08), at(0.19, 0.72)], thin);
        painter.line_segment([at(0.37, -0.02), at(0.37, 0.78)], thin);
        painter.line_segment([at(0.06, 0.17), at(0.50, 0.27)], stem);
        painter.line_segment([at(0.06, 0.43), at(0.50, 0.53)], stem);
    }
}

/// A text field's frame: its fill and border.
pub(crate) fn field_frame(painter: &Painter, area: Rect, fill: Color32, border: Stroke) {
    painter.rect(area, 6.0, fill, border, StrokeKind::Inside);
}

/// `value` with a real minus sign instead of a hyphen before digits.
pub(crate) fn minus(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value.chars().peekable();
    while let Some(c) = rest.next() {
        let negative =
            c == '-' && rest.peek().is_some_and(|next| next.is_ascii_digit() || matches!(next, '∞' | '.'));
        out.push(if negative { '−' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hyphen_before_digits_becomes_a_minus() {
        for (input, expect) in
            [("-3.6 dB", "−3.6 dB"), ("8-bar", "8-bar"), ("a-b", "a-b"), ("", ""), ("-", "-")]
        {
            assert_eq!(minus(input), expect);
        }
    }

    #[test]
    fn a_long_line_is_cut_at_a_character_and_marked() {
        let fits = |n: usize| move |text: &str| text.chars().count() <= n;
        assert_eq!(shorten("D♭ minor", fits(8)), "D♭ minor");
        assert_eq!(shorten("D♭ minor", fits(5)), "D♭ m…");
        assert_eq!(shorten("D♭ minor", fits(4)), "D♭…");
        assert_eq!(shorten("D♭ minor", fits(0)), "");
    }

    #[test]
    fn accidentals_are_runs_of_their_own() {
        let kinds = |line: &str| {
            runs(line)
                .iter()
                .map(|run| match run {
                    Run::Plain(text) => (*text).to_owned(),
                    Run::Accidental(c) => c.to_string(),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds("B♭m7♭5"), ["B", "♭", "m7", "♭", "5"]);
        assert_eq!(kinds("♯"), ["♯"]);
        assert!(kinds("").is_empty());
    }
}
