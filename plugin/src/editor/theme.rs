//! Runs on the main thread. The colours, dark and light, by their part in the picture.

use egui::Color32;
use linnet_music::Part;

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// Every colour of the editor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Theme {
    /// Whether it is the dark one.
    pub(crate) dark: bool,
    /// The window.
    pub(crate) win: Color32,
    /// Roll, keyboard, EQ, text fields.
    pub(crate) well: Color32,
    /// Buttons, menus, and at 55 % locked cells.
    pub(crate) raised: Color32,
    /// What the pointer is over.
    pub(crate) hover: Color32,
    /// Bar lines and borders.
    pub(crate) line: Color32,
    /// Beat lines.
    pub(crate) hair: Color32,
    /// Rows of chord tones in the roll.
    pub(crate) band: Color32,
    /// Text, values, the playhead.
    pub(crate) t1: Color32,
    /// Labels.
    pub(crate) t2: Color32,
    /// Headings, disabled text; never on `hover`.
    pub(crate) t3: Color32,
    /// Ask, kept, the chosen handle, warning; never text on `raised`.
    pub(crate) accent: Color32,
    /// Text on `accent`.
    pub(crate) on_accent: Color32,
    /// A quiet fill of the accent's hue.
    pub(crate) accent_quiet: Color32,
    /// Shadow under menus, tooltips and messages.
    pub(crate) shadow: Color32,
    parts: [Color32; 4],
}

impl Theme {
    /// Light notes on a dark ground.
    pub(crate) const DARK: Self = Self {
        dark: true,
        win: rgb(0x1D_1C1E),
        well: rgb(0x14_1315),
        raised: rgb(0x2A_282C),
        hover: rgb(0x34_3136),
        line: rgb(0x3F_3B42),
        hair: rgb(0x2A_282C),
        band: rgb(0x1C_1A1E),
        t1: rgb(0xF0_ECE7),
        t2: rgb(0xB8_B1AB),
        t3: rgb(0x9A_938E),
        accent: rgb(0xF2_7A62),
        on_accent: rgb(0x1E_0E0A),
        accent_quiet: rgb(0x3B_2522),
        shadow: Color32::from_black_alpha(115),
        parts: [rgb(0xF4_C95A), rgb(0x4F_B3C9), rgb(0xA0_7BE0), rgb(0xED_E9E2)],
    };

    /// Dark notes on a light ground.
    pub(crate) const LIGHT: Self = Self {
        dark: false,
        win: rgb(0xF1_EEEA),
        well: rgb(0xFD_FCFA),
        raised: rgb(0xE5_E0DA),
        hover: rgb(0xDA_D4CC),
        line: rgb(0xC9_C2B9),
        hair: rgb(0xE4_DFD8),
        band: rgb(0xF5_F2ED),
        t1: rgb(0x22_1F1D),
        t2: rgb(0x57_514C),
        t3: rgb(0x67_605A),
        accent: rgb(0xB9_3A23),
        on_accent: rgb(0xFF_FFFF),
        accent_quiet: rgb(0xF6_DDD6),
        shadow: Color32::from_black_alpha(46),
        parts: [rgb(0x8F_6200), rgb(0x24_90AB), rgb(0x6A_3FC0), rgb(0x35_312E)],
    };

    /// The dark theme or the light one.
    pub(crate) fn of(light: bool) -> &'static Self {
        if light { &Self::LIGHT } else { &Self::DARK }
    }

    /// The hue of a part; never for text.
    pub(crate) fn part(&self, part: Part) -> Color32 {
        self.parts[part.index()]
    }
}

/// `colour` at `opacity` in [0, 1].
pub(crate) fn fade(colour: Color32, opacity: f32) -> Color32 {
    colour.gamma_multiply(opacity.clamp(0.0, 1.0))
}

/// The colour between `from` and `to` at `share` in [0, 1].
pub(crate) fn mix(from: Color32, to: Color32, share: f32) -> Color32 {
    from.lerp_to_gamma(to, share.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance after WCAG 2.2.
    fn luminance(colour: Color32) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[track_caller]
    fn check(text: Color32, grounds: &[Color32], least: f64) {
        for ground in grounds {
            let found = contrast(text, *ground);
            assert!(found >= least, "{found:.2} < {least} for {text:?} on {ground:?}");
        }
    }

    #[test]
    fn text_is_readable_on_every_ground_it_stands_on() {
        for (theme, t1, t2, t3, accent) in
            [(Theme::DARK, 10.7, 5.9, 4.7, 6.8), (Theme::LIGHT, 11.0, 5.2, 4.6, 5.6)]
        {
            let calm = [theme.win, theme.well, theme.raised, theme.band];
            check(theme.t1, &[&calm[..], &[theme.hover, theme.accent_quiet]].concat(), t1);
            check(theme.t2, &[&calm[..], &[theme.hover]].concat(), t2);
            check(theme.t3, &calm, t3);
            check(theme.on_accent, &[theme.accent], accent);
        }
    }

    #[test]
    fn notes_stand_out_from_the_roll() {
        for theme in [Theme::DARK, Theme::LIGHT] {
            for part in Part::ALL {
                check(theme.part(part), &[theme.well], 3.5);
            }
        }
    }

    /// CIE L*a*b* under D65.
    fn lab(rgb: [f64; 3]) -> [f64; 3] {
        let [r, g, b] = rgb;
        let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47);
        let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
        let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
    /// 2009: protanopia, deuteranopia, tritanopia.
    const SIGHT: [[[f64; 3]; 3]; 3] = [
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ];

    fn seen(colour: Color32, sight: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = [colour.r(), colour.g(), colour.b()].map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        });
        lab(sight.map(|row| row.iter().zip(linear).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0)))
    }

    fn least_distance(theme: &Theme, sight: &[[f64; 3]; 3]) -> f64 {
        let seen = Part::ALL.map(|part| seen(theme.part(part), sight));
        let pairs = (0..4).flat_map(|a| (0..a).map(move |b| (a, b)));
        let apart = |(a, b): (usize, usize)| {
            seen[a].iter().zip(seen[b]).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
        };
        pairs.map(apart).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn the_parts_differ_for_colour_blind_sight() {
        for theme in [Theme::DARK, Theme::LIGHT] {
            for sight in &SIGHT {
                let least = least_distance(&theme, sight);
                assert!(least >= 22.0, "{least:.1}");
            }
        }
    }
}
