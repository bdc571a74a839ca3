//! The instruments: every part's sounds, played by voices.
//!
//! Runs on the audio thread.

/// The names of each part's sounds, by [`linnet_music::Part`] and then by [`crate::settings::PartSettings::sound`].
pub const SOUND_NAMES: [[&str; 3]; 4] = [
    ["Tine piano", "Soft saw", "Glass flute"],
    ["Felt upright", "Warm pad", "Clean strings"],
    ["Round bass", "Sub", "Plucked bass"],
    ["Brush kit", "Room kit", "Electric kit"],
];
