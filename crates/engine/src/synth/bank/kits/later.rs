//! The kits that came with the bank.
//!
//! Read on the audio thread.

use crate::synth::drum_sound::{DrumLayer, DrumSound, Pass, drum, hat, metal, noise, retuned, tone};
use crate::synth::kit::{CLAP, Kit, SIDE_STICK, louder};

/// A tight kit, close microphones.
pub(super) const STUDIO: Kit = Kit {
    kick: drum(
        &[
            tone(58.0, 1.9, 0.045, 1.0, 0.26),
            tone(96.0, 0.6, 0.04, 0.3, 0.12),
            noise(Pass::Band, 4200.0, 0.9, 0.55, 0.014),
        ],
        0.0,
        -4.5,
    ),
    snare: retuned(
        drum(
            &[
                tone(188.0, 0.5, 0.035, 0.6, 0.13),
                tone(410.0, 0.3, 0.03, 0.25, 0.08),
                noise(Pass::High, 2400.0, 0.6, 0.55, 0.17),
                noise(Pass::Band, 6200.0, 0.8, 0.5, 0.07),
            ],
            0.0,
            -3.5,
        ),
        3.0,
    ),
    side_stick: SIDE_STICK,
    clap: CLAP,
    closed_hat: hat(&[metal(610.0, 6800.0, 0.26, 0.09), noise(Pass::Band, 9800.0, 0.6, 0.45, 0.07)], -2.5),
    open_hat: hat(&[metal(610.0, 6200.0, 0.26, 0.7), noise(Pass::Band, 9400.0, 0.6, 0.36, 0.6)], -8.0),
    tom: retuned(
        drum(
            &[
                tone(128.0, 0.7, 0.09, 1.0, 0.4),
                tone(210.0, 0.4, 0.07, 0.25, 0.18),
                noise(Pass::Band, 3200.0, 0.7, 0.35, 0.025),
            ],
            0.0,
            -8.0,
        ),
        2.0,
    ),
    crash: drum(
        &[
            metal(420.0, 3400.0, 0.4, 2.0),
            DrumLayer { attack_s: 0.002, width: 0.9, ..noise(Pass::Band, 7200.0, 0.4, 0.6, 1.7) },
        ],
        -0.3,
        -10.0,
    ),
    ride: drum(
        &[
            metal(560.0, 5000.0, 0.32, 1.5),
            tone(3150.0, 0.0, 1.0, 0.1, 0.5),
            noise(Pass::Band, 7200.0, 1.0, 0.4, 0.04),
        ],
        0.35,
        -8.0,
    ),
};

/// An early drum computer: a kick that booms on, tuned snaps, thin metal.
pub(super) const BOOM: Kit = Kit {
    kick: retuned(
        drum(&[tone(49.0, 1.1, 0.03, 1.0, 1.5), noise(Pass::Low, 2400.0, 0.7, 0.2, 0.006)], 0.0, -5.5),
        -1.0,
    ),
    snare: drum(
        &[
            tone(180.0, 0.0, 1.0, 0.55, 0.14),
            tone(335.0, 0.0, 1.0, 0.35, 0.1),
            noise(Pass::High, 2800.0, 0.7, 0.45, 0.16),
        ],
        0.0,
        -3.0,
    ),
    side_stick: drum(&[tone(1750.0, 0.0, 1.0, 0.7, 0.03), tone(820.0, 0.0, 1.0, 0.4, 0.035)], -0.1, -4.0),
    clap: CLAP,
    closed_hat: hat(&[metal(800.0, 8200.0, 0.5, 0.06)], -0.5),
    open_hat: hat(&[metal(800.0, 7600.0, 0.5, 0.5)], -5.5),
    tom: drum(&[tone(110.0, 0.5, 0.1, 1.0, 0.7)], 0.0, -7.0),
    crash: drum(&[metal(700.0, 5200.0, 0.6, 1.8)], -0.2, -9.0),
    ride: drum(&[metal(760.0, 6000.0, 0.5, 0.9), tone(4200.0, 0.0, 1.0, 0.05, 0.3)], 0.3, -7.0),
};

/// Its successor: a kick with a click, a noisy snare, sampled-like metal.
pub(super) const CLUB: Kit = Kit {
    kick: drum(
        &[
            tone(52.0, 2.6, 0.05, 1.0, 0.4),
            noise(Pass::High, 3000.0, 0.7, 0.3, 0.005),
            noise(Pass::Low, 1200.0, 0.7, 0.35, 0.02),
        ],
        0.0,
        -4.5,
    ),
    snare: drum(
        &[
            tone(174.0, 0.9, 0.03, 0.65, 0.11),
            tone(262.0, 0.7, 0.03, 0.35, 0.09),
            noise(Pass::High, 900.0, 0.6, 0.6, 0.22),
        ],
        0.0,
        -4.0,
    ),
    side_stick: SIDE_STICK,
    clap: WIDE_CLAP,
    closed_hat: hat(&[metal(520.0, 7400.0, 0.3, 0.08), noise(Pass::High, 9000.0, 0.8, 0.35, 0.06)], -1.0),
    open_hat: hat(&[metal(520.0, 6800.0, 0.3, 0.42), noise(Pass::High, 8200.0, 0.8, 0.35, 0.4)], -5.0),
    tom: drum(&[tone(118.0, 1.2, 0.08, 1.0, 0.42), noise(Pass::Low, 2000.0, 0.7, 0.25, 0.02)], 0.0, -7.0),
    crash: drum(
        &[
            metal(450.0, 4200.0, 0.4, 1.6),
            DrumLayer { width: 0.6, ..noise(Pass::High, 5200.0, 0.5, 0.45, 1.4) },
        ],
        -0.2,
        -9.5,
    ),
    ride: drum(&[metal(580.0, 5600.0, 0.42, 0.9), noise(Pass::High, 7800.0, 0.8, 0.14, 0.3)], 0.3, -7.5),
};

/// An old record of a small kit: dull, short, with its own dirt.
pub(super) const DUSTY: Kit = louder(
    2.0,
    Kit {
        kick: retuned(
            drum(
                &[
                    tone(62.0, 0.9, 0.05, 1.0, 0.22),
                    noise(Pass::Low, 900.0, 0.8, 0.7, 0.04),
                    DrumLayer { attack_s: 0.004, ..noise(Pass::Band, 2600.0, 0.6, 0.06, 0.2) },
                ],
                0.0,
                -4.0,
            ),
            -2.0,
        ),
        snare: retuned(
            drum(
                &[
                    tone(205.0, 0.4, 0.04, 0.5, 0.14),
                    noise(Pass::Band, 1900.0, 0.6, 0.95, 0.15),
                    DrumLayer { attack_s: 0.003, ..noise(Pass::Low, 4200.0, 0.7, 0.2, 0.25) },
                ],
                0.0,
                -3.0,
            ),
            -3.0,
        ),
        side_stick: retuned(SIDE_STICK, -4.0),
        clap: drum(&[DrumLayer { attack_s: 0.006, ..noise(Pass::Band, 1100.0, 0.8, 1.0, 0.12) }], 0.1, -2.0),
        closed_hat: hat(&[noise(Pass::Band, 5200.0, 0.8, 0.7, 0.07), metal(380.0, 3600.0, 0.12, 0.06)], -1.0),
        open_hat: hat(&[noise(Pass::Band, 4800.0, 0.7, 0.6, 0.32), metal(380.0, 3400.0, 0.12, 0.35)], -5.0),
        tom: retuned(
            drum(&[tone(132.0, 0.3, 0.1, 1.0, 0.3), noise(Pass::Low, 1400.0, 0.7, 0.45, 0.06)], 0.0, -7.5),
            -2.0,
        ),
        crash: drum(&[noise(Pass::Band, 4400.0, 0.5, 0.7, 1.1), metal(330.0, 2600.0, 0.2, 1.0)], -0.2, -8.0),
        ride: drum(&[metal(430.0, 3400.0, 0.3, 0.8), noise(Pass::Band, 4600.0, 0.9, 0.4, 0.05)], 0.3, -6.5),
    },
);

/// The drums at the back of an orchestra: bass drum, snares, clappers, timpani, hand cymbals, tam-tam, triangle for hats.
pub(super) const ORCHESTRA: Kit = louder(
    -4.0,
    Kit {
        kick: drum(
            &[
                DrumLayer { attack_s: 0.006, ..tone(41.0, 0.25, 0.2, 1.0, 1.8) },
                DrumLayer { attack_s: 0.004, ..tone(67.0, 0.2, 0.15, 0.4, 0.9) },
                DrumLayer { attack_s: 0.004, ..noise(Pass::Low, 420.0, 0.6, 0.6, 0.12) },
            ],
            0.0,
            -4.0,
        ),
        snare: drum(
            &[
                tone(208.0, 0.2, 0.05, 0.4, 0.2),
                tone(354.0, 0.1, 0.05, 0.15, 0.12),
                DrumLayer { width: 0.7, ..noise(Pass::High, 3200.0, 0.6, 0.6, 0.28) },
                DrumLayer { delay_s: 0.02, width: 0.9, ..noise(Pass::Band, 3600.0, 0.5, 0.2, 0.5) },
            ],
            0.1,
            -3.5,
        ),
        side_stick: drum(
            &[
                tone(1240.0, 0.0, 1.0, 0.6, 0.06),
                tone(2210.0, 0.0, 1.0, 0.3, 0.03),
                noise(Pass::Band, 3400.0, 0.8, 0.3, 0.02),
            ],
            0.2,
            -4.0,
        ),
        clap: drum(
            &[
                noise(Pass::Band, 2400.0, 0.6, 1.2, 0.05),
                DrumLayer { delay_s: 0.012, width: 0.9, ..noise(Pass::Band, 1800.0, 0.5, 0.5, 0.3) },
            ],
            0.2,
            -2.0,
        ),
        closed_hat: hat(
            &[
                tone(5340.0, 0.0, 1.0, 0.35, 0.1),
                tone(8210.0, 0.0, 1.0, 0.25, 0.08),
                metal(1300.0, 7000.0, 0.1, 0.05),
            ],
            -4.0,
        ),
        open_hat: hat(
            &[
                tone(5340.0, 0.0, 1.0, 0.35, 1.6),
                tone(8210.0, 0.0, 1.0, 0.25, 1.2),
                metal(1300.0, 7000.0, 0.1, 0.4),
            ],
            -8.0,
        ),
        tom: drum(
            &[
                DrumLayer { attack_s: 0.003, ..tone(110.0, 0.03, 0.1, 1.0, 1.6) },
                tone(165.0, 0.02, 0.1, 0.4, 1.0),
                tone(219.0, 0.02, 0.1, 0.25, 0.7),
                DrumLayer { attack_s: 0.003, ..noise(Pass::Low, 800.0, 0.6, 0.4, 0.06) },
            ],
            0.0,
            -8.0,
        ),
        crash: drum(
            &[
                DrumLayer { attack_s: 0.02, ..metal(290.0, 1900.0, 0.35, 4.0) },
                DrumLayer { attack_s: 0.03, width: 1.0, ..noise(Pass::Band, 5200.0, 0.3, 0.6, 3.2) },
            ],
            -0.2,
            -10.0,
        ),
        ride: drum(
            &[
                DrumLayer { attack_s: 0.03, ..metal(180.0, 700.0, 0.35, 3.5) },
                DrumLayer { attack_s: 0.05, width: 0.9, ..noise(Pass::Band, 2400.0, 0.4, 0.25, 2.5) },
                tone(176.0, 0.0, 1.0, 0.25, 3.0),
            ],
            0.3,
            -9.0,
        ),
    },
);

/// A clap of many hands.
const WIDE_CLAP: DrumSound = drum(
    &[
        noise(Pass::Band, 1500.0, 1.1, 1.2, 0.02),
        DrumLayer { delay_s: 0.009, ..noise(Pass::Band, 1500.0, 1.1, 1.2, 0.02) },
        DrumLayer { delay_s: 0.019, ..noise(Pass::Band, 1500.0, 1.1, 1.2, 0.02) },
        DrumLayer { delay_s: 0.028, width: 0.9, ..noise(Pass::Band, 1700.0, 0.6, 1.0, 0.16) },
        DrumLayer { delay_s: 0.028, width: 0.9, ..noise(Pass::High, 5000.0, 0.6, 0.25, 0.1) },
    ],
    0.1,
    -1.5,
);
