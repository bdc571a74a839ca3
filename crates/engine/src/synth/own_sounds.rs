//! The user's own presets: by part, a sound that is no sound of the bank.
//!
//! Runs on the audio thread. A voice keeps the sound with which it started, so that another one comes without a click.

use super::sound::Sound;
use super::tonal_voices::TONAL_PARTS;
use linnet_handover::delivery::Receiver;
use linnet_music::Part;

/// A sound for a part, on its way to it.
#[derive(Clone, Debug, PartialEq)]
pub struct PartSound {
    /// Which part; the drums have kits, and take none.
    pub part: Part,
    /// The sound; none takes away the one that the part has.
    pub sound: Option<Sound>,
}

/// The sounds that have come.
#[derive(Debug, Default)]
pub(super) struct OwnSounds {
    sounds: [Option<Sound>; TONAL_PARTS],
    receiver: Option<Receiver<PartSound>>,
}

impl OwnSounds {
    /// Sounds come from `receiver`. Called before the audio thread begins.
    pub(super) fn take_from(&mut self, receiver: Receiver<PartSound>) {
        self.receiver = Some(receiver);
    }

    /// Takes the sounds that have come. They are copied, and their boxes go back at once.
    pub(super) fn receive(&mut self) {
        let Some(receiver) = &mut self.receiver else { return };
        while let Some(next) = receiver.receive() {
            if let Some(sound) = self.sounds.get_mut(next.part.index()) {
                *sound = next.sound;
            }
            receiver.give_back(next);
        }
    }

    /// That of `part`.
    pub(super) fn of(&self, part: Part) -> Option<Sound> {
        self.sounds.get(part.index()).copied().flatten()
    }
}
