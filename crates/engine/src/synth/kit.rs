//! What a kit is made of, and which General MIDI key plays what.
//!
//! Read on the audio thread.

use super::bank;
use super::drum_sound::{DrumLayer, DrumSound, Pass, drum, hat, metal, noise, tone};
use crate::settings::Piece;

/// The instruments that differ from kit to kit.
#[derive(Debug)]
pub(crate) struct Kit {
    pub(crate) kick: DrumSound,
    pub(crate) snare: DrumSound,
    pub(crate) side_stick: DrumSound,
    pub(crate) clap: DrumSound,
    pub(crate) closed_hat: DrumSound,
    pub(crate) open_hat: DrumSound,
    /// At the pitch of the middle tom.
    pub(crate) tom: DrumSound,
    pub(crate) crash: DrumSound,
    pub(crate) ride: DrumSound,
}

/// `kit`, all of it louder by `db`.
#[expect(clippy::needless_pass_by_value, reason = "this is done before the program runs")]
pub(crate) const fn louder(db: f32, kit: Kit) -> Kit {
    const fn piece(sound: DrumSound, db: f32) -> DrumSound {
        DrumSound { gain_db: sound.gain_db + db, ..sound }
    }
    Kit {
        kick: piece(kit.kick, db),
        snare: piece(kit.snare, db),
        side_stick: piece(kit.side_stick, db),
        clap: piece(kit.clap, db),
        closed_hat: piece(kit.closed_hat, db),
        open_hat: piece(kit.open_hat, db),
        tom: piece(kit.tom, db),
        crash: piece(kit.crash, db),
        ride: piece(kit.ride, db),
    }
}

/// The side stick of most kits.
pub(crate) const SIDE_STICK: DrumSound = drum(
    &[
        tone(1720.0, 0.1, 0.01, 0.5, 0.035),
        tone(480.0, 0.1, 0.02, 0.55, 0.05),
        noise(Pass::Band, 3000.0, 0.8, 0.45, 0.03),
    ],
    -0.1,
    -4.0,
);

const CLAP_BURST: DrumLayer = noise(Pass::Band, 1250.0, 0.9, 1.3, 0.026);

/// The clap of most kits.
pub(crate) const CLAP: DrumSound = drum(
    &[
        CLAP_BURST,
        DrumLayer { delay_s: 0.011, ..CLAP_BURST },
        DrumLayer { delay_s: 0.022, ..CLAP_BURST },
        DrumLayer { delay_s: 0.033, width: 0.7, ..noise(Pass::Band, 1350.0, 0.7, 1.1, 0.24) },
    ],
    0.1,
    -1.5,
);

static PEDAL_HAT: DrumSound =
    hat(&[metal(480.0, 5000.0, 0.2, 0.09), noise(Pass::Band, 5200.0, 0.7, 0.4, 0.07)], -1.0);

static RIDE_BELL: DrumSound = drum(
    &[
        tone(1180.0, 0.0, 1.0, 0.3, 1.0),
        tone(1893.0, 0.0, 1.0, 0.22, 0.8),
        tone(3320.0, 0.0, 1.0, 0.16, 0.6),
        metal(640.0, 5200.0, 0.2, 1.0),
        noise(Pass::Band, 6000.0, 0.8, 0.3, 0.03),
    ],
    0.35,
    -12.0,
);

static TAMBOURINE: DrumSound = drum(
    &[
        metal(900.0, 6000.0, 0.4, 0.16),
        DrumLayer { delay_s: 0.018, ..noise(Pass::Band, 9000.0, 0.6, 0.35, 0.12) },
        noise(Pass::Band, 8500.0, 0.6, 0.35, 0.05),
    ],
    0.3,
    -6.0,
);

static COWBELL: DrumSound = drum(
    &[tone(562.0, 0.0, 1.0, 0.5, 0.3), tone(845.0, 0.0, 1.0, 0.5, 0.26), tone(1690.0, 0.0, 1.0, 0.12, 0.12)],
    0.25,
    -11.0,
);

static SHAKER: DrumSound =
    drum(&[DrumLayer { attack_s: 0.018, ..noise(Pass::Band, 6800.0, 0.7, 0.9, 0.09) }], 0.4, -3.0);

static WOOD: DrumSound =
    drum(&[tone(1100.0, 0.05, 0.02, 0.8, 0.08), tone(2480.0, 0.0, 1.0, 0.2, 0.04)], -0.3, -9.0);

/// A hand drum at the pitch of a low conga.
static HAND_DRUM: DrumSound = drum(
    &[
        tone(185.0, 0.15, 0.05, 0.9, 0.26),
        tone(402.0, 0.1, 0.04, 0.18, 0.1),
        noise(Pass::Band, 1900.0, 0.7, 0.3, 0.03),
    ],
    -0.2,
    -9.0,
);

/// What a key plays.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instrument {
    /// Its sound.
    pub(crate) sound: &'static DrumSound,
    /// Its pitch, as a multiple of the sound's own.
    pub(crate) ratio: f32,
    /// Added to the sound's own pan.
    pub(crate) pan: f32,
    /// Whose settings it follows.
    pub(crate) piece: Piece,
}

const fn tuned(piece: Piece, sound: &'static DrumSound, ratio: f32, pan: f32) -> Instrument {
    Instrument { sound, ratio, pan, piece }
}

const fn plain(piece: Piece, sound: &'static DrumSound) -> Instrument {
    tuned(piece, sound, 1.0, 0.0)
}

/// What `key` of General MIDI plays in kit number `kit`; in the first one where there is no such. Some keys that no kit
/// has play their nearest kin; none where there is none.
pub(crate) fn instrument(kit: usize, key: u8) -> Option<Instrument> {
    let kit = bank::kit(kit);
    let instrument = match key {
        35 | 36 => tuned(Piece::Kick, &kit.kick, if key == 35 { 0.92 } else { 1.0 }, 0.0),
        37 => plain(Piece::SideStick, &kit.side_stick),
        38 => plain(Piece::Snare, &kit.snare),
        39 => plain(Piece::Clap, &kit.clap),
        40 => tuned(Piece::Snare, &kit.snare, 1.1, 0.0),
        41 => tuned(Piece::Toms, &kit.tom, 0.66, 0.35),
        43 => tuned(Piece::Toms, &kit.tom, 0.76, 0.25),
        45 => tuned(Piece::Toms, &kit.tom, 0.88, 0.1),
        47 => tuned(Piece::Toms, &kit.tom, 1.0, 0.0),
        48 => tuned(Piece::Toms, &kit.tom, 1.17, -0.15),
        50 => tuned(Piece::Toms, &kit.tom, 1.36, -0.3),
        42 => plain(Piece::ClosedHat, &kit.closed_hat),
        44 => plain(Piece::ClosedHat, &PEDAL_HAT),
        46 => plain(Piece::OpenHat, &kit.open_hat),
        49 => plain(Piece::Crash, &kit.crash),
        52 => tuned(Piece::Crash, &kit.crash, 0.8, 0.3),
        55 => tuned(Piece::Crash, &kit.crash, 1.35, 0.1),
        57 => tuned(Piece::Crash, &kit.crash, 1.12, 0.6),
        51 => plain(Piece::Ride, &kit.ride),
        59 => tuned(Piece::Ride, &kit.ride, 0.93, -0.1),
        53 => plain(Piece::Ride, &RIDE_BELL),
        54 => plain(Piece::Percussion, &TAMBOURINE),
        56 => plain(Piece::Percussion, &COWBELL),
        67 | 80 => tuned(Piece::Percussion, &COWBELL, 1.9, 0.0),
        68 | 81 => tuned(Piece::Percussion, &COWBELL, 1.5, 0.0),
        69 | 70 | 82 => plain(Piece::Percussion, &SHAKER),
        60..=66 => tuned(Piece::Percussion, &HAND_DRUM, hand_drum_ratio(key), 0.0),
        75..=77 => tuned(Piece::Percussion, &WOOD, [2.2, 1.0, 0.75][usize::from(key - 75)], 0.0),
        _ => return None,
    };
    Some(instrument)
}

/// Bongos (60, 61), congas (62 to 64) and timbales (65, 66).
fn hand_drum_ratio(key: u8) -> f32 {
    match key {
        60 => 2.2,
        61 => 1.65,
        62 | 63 => 1.3,
        65 => 1.9,
        66 => 1.45,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::drum_sound::{HATS, MAX_LAYERS};
    use super::*;

    #[test]
    fn every_key_of_the_usual_kit_plays_in_every_kit() {
        for kit in 0..=bank::choices(linnet_music::Part::Drums).count() {
            for key in (35..=57).chain([59]) {
                let instrument = instrument(kit, key).unwrap();
                assert!((1..=MAX_LAYERS).contains(&instrument.sound.layers.len()), "{kit} {key}");
            }
        }
    }

    #[test]
    fn only_hats_choke_each_other() {
        for key in 0..128 {
            let group = instrument(1, key).map_or(0, |instrument| instrument.sound.choke_group);
            assert_eq!(group == HATS, [42, 44, 46].contains(&key), "{key}");
        }
    }
}
