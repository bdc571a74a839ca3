//! The spectra of the oscillators, as amplitudes of harmonics.
//!
//! Read before playing, when the tables are built.

/// A spectrum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wave {
    /// The fundamental alone.
    Sine,
    /// All harmonics, 1 / k.
    Saw,
    /// Odd harmonics, 1 / k.
    Square,
    /// Odd harmonics falling fast, with a little of the even ones: round.
    Round,
    /// The body of a struck tine: fundamental and a few low harmonics.
    TineBody,
    /// What a pickup adds when the tine is struck hard.
    TineBark,
    /// The tine's first overtones, high and brief.
    TineBell,
    /// A felt hammer on a string at an eighth of its length.
    StruckString,
    /// The same string without its lowest harmonics.
    StringEdge,
    /// A string plucked at a fifth of its length.
    PluckedString,
    /// A blown glass tube.
    Flute,
    /// Odd harmonics, 1 / k²: a triangle.
    Triangle,
    /// A pulse that is high for a quarter of its cycle.
    Pulse,
    /// A pulse that is high for a tenth of its cycle: thin.
    Needle,
    /// An organ's stops of 8, 4 and 2 2/3 feet.
    OrganSoft,
    /// The same with all stops up to 1 foot.
    OrganFull,
    /// A cylindrical tube with a reed: odd harmonics first.
    Clarinet,
    /// A conical tube with a double reed: the second to sixth harmonics lead.
    Oboe,
    /// A bell of brass, blown hard.
    Brass,
    /// A voice on "ah".
    VoiceAh,
    /// A voice on "oo".
    VoiceOo,
    /// A bar of rosewood: the fundamental and the fourth harmonic.
    Bar,
    /// Far-apart harmonics like those of glass.
    Glass,
    /// What a modulator of the same pitch makes of a carrier: bright in the middle.
    Metallic,
    /// A nylon string, plucked over the hole.
    NylonString,
    /// A bowed string with the resonances of its body.
    BowedString,
}

impl Wave {
    /// All, in the order of the tables.
    pub const ALL: [Self; 26] = [
        Self::Sine,
        Self::Saw,
        Self::Square,
        Self::Round,
        Self::TineBody,
        Self::TineBark,
        Self::TineBell,
        Self::StruckString,
        Self::StringEdge,
        Self::PluckedString,
        Self::Flute,
        Self::Triangle,
        Self::Pulse,
        Self::Needle,
        Self::OrganSoft,
        Self::OrganFull,
        Self::Clarinet,
        Self::Oboe,
        Self::Brass,
        Self::VoiceAh,
        Self::VoiceOo,
        Self::Bar,
        Self::Glass,
        Self::Metallic,
        Self::NylonString,
        Self::BowedString,
    ];

    /// The amplitude of the sine of harmonic `k` ≥ 1.
    pub(crate) fn amplitude(self, k: usize) -> f32 {
        let order = k as f32;
        let odd = k % 2 == 1;
        match self {
            Self::Sine => one_of(&[1.0], k),
            Self::Saw => 1.0 / order,
            Self::Square => {
                if odd {
                    1.0 / order
                } else {
                    0.0
                }
            }
            Self::Round => {
                if odd {
                    order.powi(-2)
                } else {
                    0.35 * order.powf(-2.2)
                }
            }
            Self::TineBody => one_of(&[1.0, 0.16, 0.05, 0.02, 0.008], k),
            Self::TineBark => one_of(&[0.0, 0.6, 0.5, 0.34, 0.25, 0.16, 0.1, 0.06, 0.03], k),
            Self::TineBell => {
                one_of(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.35, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2], k)
            }
            Self::StruckString => excitation(order, 8.0) * order.powf(-1.35),
            Self::StringEdge => {
                if k < 3 {
                    0.0
                } else {
                    excitation(order, 7.0) * order.powf(-0.9)
                }
            }
            Self::PluckedString => excitation(order, 5.0) * order.powf(-1.5),
            Self::Flute => one_of(&[1.0, 0.32, 0.14, 0.05, 0.035, 0.015, 0.008, 0.004], k),
            Self::Triangle => {
                let sign = if k % 4 == 1 { 1.0 } else { -1.0 };
                if odd { sign * order.powi(-2) } else { 0.0 }
            }
            Self::Pulse => pulse(order, 0.25),
            Self::Needle => pulse(order, 0.1),
            Self::OrganSoft => one_of(&[1.0, 0.6, 0.4, 0.08], k),
            Self::OrganFull => {
                one_of(&[1.0, 0.8, 0.65, 0.6, 0.15, 0.45, 0.05, 0.5, 0.03, 0.1, 0.02, 0.12], k)
            }
            Self::Clarinet => {
                let even = if k <= 4 { 0.04 } else { 0.3 };
                order.powf(-1.1) * (-order / 14.0).exp() * if odd { 1.0 } else { even }
            }
            Self::Oboe => resonance(order, 3.2, 2.0) * order.powf(-0.4) + 0.25 * order.powf(-1.4),
            Self::Brass => (-order / 9.0).exp() * (0.6 + resonance(order, 3.0, 3.0)),
            Self::VoiceAh => (0.5 + resonance(order, 4.0, 1.4) + 0.5 * resonance(order, 6.5, 1.5)) / order,
            Self::VoiceOo => (0.35 + 1.6 * resonance(order, 1.6, 0.9)) * order.powf(-1.9),
            Self::Bar => one_of(&[1.0, 0.02, 0.01, 0.3, 0.0, 0.0, 0.0, 0.0, 0.05, 0.08], k),
            Self::Glass => one_of(
                &[1.0, 0.0, 0.0, 0.0, 0.4, 0.0, 0.0, 0.12, 0.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 0.04],
                k,
            ),
            Self::Metallic => (0.3 + resonance(order, 7.0, 3.0)) * (-order / 18.0).exp(),
            Self::NylonString => excitation(order, 3.2) * order.powf(-1.8),
            Self::BowedString => {
                (0.4 + resonance(order, 2.5, 1.5) + 0.7 * resonance(order, 9.0, 3.0)) * order.powf(-1.0)
            }
        }
    }
}

/// The amplitude of harmonic `k` in a list that starts with the fundamental.
fn one_of(list: &[f32], k: usize) -> f32 {
    list.get(k - 1).copied().unwrap_or(0.0)
}

/// How strongly harmonic `order` sounds when a string is excited at one `part`th of its length. The dips are not
/// zeros, since a hammer or finger is broad.
fn excitation(order: f32, part: f32) -> f32 {
    let excited = (std::f32::consts::PI * order / part).sin().abs();
    0.15 + 0.85 * excited
}

/// Harmonic `order` of a pulse that is high for `share` of its cycle.
fn pulse(order: f32, share: f32) -> f32 {
    (std::f32::consts::PI * order * share).sin() / order
}

/// A hump of height 1 around harmonic `centre`, `width` wide.
fn resonance(order: f32, centre: f32, width: f32) -> f32 {
    let away = (order - centre) / width;
    (-away * away).exp()
}
