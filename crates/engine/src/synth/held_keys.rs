//! The keys that are held of a part whose sound plays one note at a time.
//!
//! Runs on the audio thread.

use super::voice::Strike;

/// In the order in which they were pressed; where there are too many, the oldest is forgotten.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HeldKeys {
    strikes: [Option<Strike>; Self::MAX],
    count: usize,
    /// The key that sounded last.
    last: Option<u8>,
}

impl HeldKeys {
    const MAX: usize = 16;

    /// A key is pressed.
    pub(crate) fn press(&mut self, strike: Strike) {
        self.remove(strike.note);
        if self.count == Self::MAX {
            self.strikes.copy_within(1.., 0);
            self.count -= 1;
        }
        self.strikes[self.count] = Some(strike);
        self.count += 1;
    }

    /// The key of `note` is let go. Returns whether it was held.
    pub(crate) fn remove(&mut self, note: u32) -> bool {
        let held = self.strikes[..self.count].iter().flatten();
        let Some(place) = held.map(|strike| strike.note).position(|other| other == note) else {
            return false;
        };
        self.strikes.copy_within(place + 1.., place);
        self.count -= 1;
        true
    }

    /// The key that was pressed last and is still held.
    pub(crate) fn newest(&self) -> Option<Strike> {
        self.count.checked_sub(1).and_then(|place| self.strikes[place])
    }

    /// The key that sounded before `key`, which sounds from now on.
    pub(crate) fn follow(&mut self, key: u8) -> Option<u8> {
        self.last.replace(key)
    }

    /// None is held.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strike(note: u32) -> Strike {
        Strike { key: 40 + note as u8, velocity: 0.5, note, serial: note }
    }

    #[test]
    fn the_newest_key_that_is_held_sounds() {
        let mut keys = HeldKeys::default();
        (1..=3).for_each(|note| keys.press(strike(note)));
        assert!(keys.remove(2) && !keys.remove(2));
        assert_eq!(keys.newest().map(|strike| strike.note), Some(3));
        assert!(keys.remove(3));
        assert_eq!(keys.newest().map(|strike| strike.note), Some(1));
        assert!(keys.remove(1));
        assert!(keys.newest().is_none());
    }

    #[test]
    fn too_many_keys_push_out_the_oldest() {
        let mut keys = HeldKeys::default();
        (0..40).for_each(|note| keys.press(strike(note)));
        assert!(!keys.remove(23) && keys.remove(24) && keys.remove(39));
        assert_eq!(keys.newest().map(|strike| strike.note), Some(38));
    }
}
