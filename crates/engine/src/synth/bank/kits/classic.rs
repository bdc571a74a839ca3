//! The first three kits: those that there were before the bank. They never change.
//!
//! Read on the audio thread.

use crate::synth::drum_sound::{DrumLayer, Pass, drum, hat, metal, noise, tone};
use crate::synth::kit::{CLAP, Kit, SIDE_STICK};

/// Brushes on a small jazz kit: soft strokes, little attack, long felt-like noise.
pub(super) const BRUSH: Kit = Kit {
    kick: drum(
        &[
            tone(56.0, 0.5, 0.08, 0.9, 0.5),
            tone(112.0, 0.3, 0.05, 0.2, 0.18),
            DrumLayer { attack_s: 0.002, ..noise(Pass::Low, 700.0, 0.6, 0.5, 0.05) },
        ],
        0.0,
        -4.5,
    ),
    snare: drum(
        &[
            DrumLayer { attack_s: 0.012, ..noise(Pass::Band, 2600.0, 0.5, 0.75, 0.34) },
            DrumLayer { attack_s: 0.004, ..noise(Pass::High, 5200.0, 0.6, 0.28, 0.22) },
            tone(196.0, 0.15, 0.04, 0.22, 0.16),
            tone(322.0, 0.1, 0.04, 0.1, 0.1),
        ],
        -0.05,
        0.0,
    ),
    side_stick: SIDE_STICK,
    clap: drum(&[DrumLayer { attack_s: 0.02, ..noise(Pass::Band, 3200.0, 0.4, 0.9, 0.5) }], -0.1, -5.0),
    closed_hat: hat(
        &[
            metal(420.0, 5200.0, 0.1, 0.16),
            DrumLayer { attack_s: 0.003, ..noise(Pass::Band, 8200.0, 0.5, 0.5, 0.15) },
        ],
        -3.0,
    ),
    open_hat: hat(
        &[
            metal(420.0, 5000.0, 0.12, 0.9),
            DrumLayer { attack_s: 0.004, ..noise(Pass::Band, 7800.0, 0.5, 0.45, 0.8) },
        ],
        -9.0,
    ),
    tom: drum(
        &[
            tone(140.0, 0.25, 0.12, 0.9, 0.55),
            tone(221.0, 0.2, 0.08, 0.2, 0.25),
            DrumLayer { attack_s: 0.003, ..noise(Pass::Low, 1800.0, 0.6, 0.3, 0.08) },
        ],
        0.0,
        -8.0,
    ),
    crash: drum(
        &[
            metal(310.0, 2600.0, 0.28, 2.4),
            DrumLayer { attack_s: 0.012, width: 0.8, ..noise(Pass::Band, 6200.0, 0.35, 0.5, 2.0) },
        ],
        -0.3,
        -9.0,
    ),
    ride: drum(
        &[
            metal(465.0, 4200.0, 0.26, 1.7),
            noise(Pass::Band, 6800.0, 0.8, 0.22, 0.07),
            DrumLayer { attack_s: 0.01, ..noise(Pass::Band, 8000.0, 0.5, 0.14, 1.0) },
        ],
        0.35,
        -6.0,
    ),
};

/// A rock kit in a dry room.
pub(super) const ROOM: Kit = Kit {
    kick: drum(
        &[
            tone(52.0, 1.6, 0.07, 1.0, 0.42),
            tone(104.0, 0.8, 0.05, 0.25, 0.16),
            noise(Pass::Band, 3200.0, 0.7, 0.4, 0.025),
            noise(Pass::Low, 500.0, 0.7, 0.5, 0.06),
        ],
        0.0,
        -5.0,
    ),
    snare: drum(
        &[
            tone(188.0, 0.6, 0.05, 0.55, 0.22),
            tone(331.0, 0.4, 0.04, 0.28, 0.14),
            noise(Pass::High, 1700.0, 0.6, 0.5, 0.3),
            noise(Pass::Band, 4600.0, 0.7, 0.45, 0.12),
        ],
        -0.05,
        -3.5,
    ),
    side_stick: SIDE_STICK,
    clap: CLAP,
    closed_hat: hat(&[metal(540.0, 5600.0, 0.22, 0.15), noise(Pass::Band, 8800.0, 0.5, 0.42, 0.12)], -3.5),
    open_hat: hat(&[metal(540.0, 5200.0, 0.24, 1.0), noise(Pass::Band, 8200.0, 0.5, 0.36, 0.85)], -9.0),
    tom: drum(
        &[
            tone(128.0, 0.55, 0.14, 1.0, 0.65),
            tone(203.0, 0.4, 0.1, 0.25, 0.3),
            noise(Pass::Band, 2400.0, 0.6, 0.3, 0.04),
        ],
        0.0,
        -9.0,
    ),
    crash: drum(
        &[
            metal(365.0, 2400.0, 0.4, 2.8),
            DrumLayer { attack_s: 0.003, width: 0.8, ..noise(Pass::Band, 5800.0, 0.35, 0.6, 2.3) },
            noise(Pass::Band, 4200.0, 0.6, 0.4, 0.25),
        ],
        -0.3,
        -11.0,
    ),
    ride: drum(
        &[
            metal(520.0, 4000.0, 0.34, 2.0),
            noise(Pass::Band, 6000.0, 0.9, 0.4, 0.06),
            DrumLayer { attack_s: 0.008, ..noise(Pass::Band, 8200.0, 0.5, 0.15, 1.2) },
        ],
        0.35,
        -8.0,
    ),
};

/// A drum machine of the early eighties.
pub(super) const ELECTRIC: Kit = Kit {
    kick: drum(&[tone(46.0, 2.2, 0.055, 1.0, 0.75), noise(Pass::Band, 1800.0, 0.7, 0.25, 0.012)], 0.0, -5.0),
    snare: drum(
        &[
            tone(182.0, 0.35, 0.03, 0.6, 0.16),
            tone(336.0, 0.25, 0.03, 0.35, 0.1),
            noise(Pass::High, 1400.0, 0.7, 0.55, 0.2),
        ],
        0.0,
        -3.5,
    ),
    side_stick: SIDE_STICK,
    clap: CLAP,
    closed_hat: hat(&[metal(640.0, 7000.0, 0.42, 0.12), noise(Pass::High, 8000.0, 0.7, 0.12, 0.08)], -1.5),
    open_hat: hat(&[metal(640.0, 6400.0, 0.42, 0.75), noise(Pass::High, 7600.0, 0.7, 0.14, 0.6)], -6.5),
    tom: drum(&[tone(122.0, 0.9, 0.12, 1.0, 0.5), noise(Pass::Low, 3000.0, 0.7, 0.12, 0.05)], 0.0, -7.0),
    crash: drum(
        &[
            metal(480.0, 3400.0, 0.5, 2.0),
            DrumLayer { width: 0.9, ..noise(Pass::Band, 6400.0, 0.4, 0.5, 1.7) },
        ],
        -0.2,
        -10.0,
    ),
    ride: drum(&[metal(600.0, 5000.0, 0.5, 1.2), noise(Pass::Band, 7400.0, 0.8, 0.2, 0.08)], 0.3, -9.0),
};
