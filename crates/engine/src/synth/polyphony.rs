//! Which voice a new note gets, and which one it takes it from.
//!
//! Runs on the audio thread.

/// What the choice needs to know of a voice.
pub(crate) trait Polyphonic {
    /// Whether it has nothing to sound.
    fn is_free(&self) -> bool;
    /// Whether it is on its way out, since it was choked or stolen.
    fn is_fading(&self) -> bool;
    /// How much of a running fade is left, in [0, 1].
    fn fade_level(&self) -> f32;
    /// Whether its key is up.
    fn is_released(&self) -> bool;
    /// How loud it is, about; linear.
    fn loudness(&self) -> f32;
    /// Counts from the first note since the reset.
    fn serial(&self) -> u32;
    /// Ends it as fast as it can without a click.
    fn choke(&mut self);
}

/// The place for a new note. Where `sounding_max` voices sound, the quietest released one is choked, else the oldest;
/// it fades in its own place, while the new note starts in another. There must be more voices than `sounding_max`; only
/// when all of the others are still fading, the one that has faded furthest is cut. None only where `voices` is empty.
pub(crate) fn place_for_note<V: Polyphonic>(voices: &mut [V], sounding_max: usize) -> Option<&mut V> {
    let sounding = voices.iter().filter(|voice| is_sounding(*voice)).count();
    if sounding >= sounding_max {
        choke_least_missed(voices);
    }
    let last_resort = |voice: &V| if voice.is_fading() { voice.fade_level() } else { 2.0 };
    let urgency = |voice: &V| if voice.is_free() { -1.0 } else { last_resort(voice) };
    voices.iter_mut().min_by(|one, other| urgency(one).total_cmp(&urgency(other)))
}

fn is_sounding<V: Polyphonic>(voice: &V) -> bool {
    !voice.is_free() && !voice.is_fading()
}

fn choke_least_missed<V: Polyphonic>(voices: &mut [V]) {
    let sounding = || voices.iter().enumerate().filter(|(_, voice)| is_sounding(*voice));
    let released = sounding()
        .filter(|(_, voice)| voice.is_released())
        .min_by(|(_, one), (_, other)| one.loudness().total_cmp(&other.loudness()));
    let oldest = || sounding().min_by_key(|(_, voice)| voice.serial());
    let victim = released.or_else(oldest).map(|(place, _)| place);
    if let Some(voice) = victim.and_then(|place| voices.get_mut(place)) {
        voice.choke();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Stand {
        Free,
        Held(u32),
        Released(u32, f32),
        Fading(f32),
    }
    use Stand::{Fading, Free, Held, Released};

    impl Polyphonic for Stand {
        fn is_free(&self) -> bool {
            *self == Free
        }
        fn is_fading(&self) -> bool {
            matches!(self, Fading(_))
        }
        fn fade_level(&self) -> f32 {
            if let Fading(level) = self { *level } else { 1.0 }
        }
        fn is_released(&self) -> bool {
            matches!(self, Released(..))
        }
        fn loudness(&self) -> f32 {
            if let Released(_, loudness) = self { *loudness } else { 1.0 }
        }
        fn serial(&self) -> u32 {
            if let Held(serial) | Released(serial, _) = self { *serial } else { 0 }
        }
        fn choke(&mut self) {
            *self = Fading(1.0);
        }
    }

    fn check(before: &[Stand], sounding_max: usize, after: &[Stand]) {
        let mut voices = before.to_vec();
        *place_for_note(&mut voices, sounding_max).unwrap() = Held(99);
        assert_eq!(voices, after);
    }

    #[test]
    fn a_free_voice_is_taken_first() {
        check(&[Held(1), Free, Fading(0.1)], 2, &[Held(1), Held(99), Fading(0.1)]);
    }

    #[test]
    fn the_quietest_released_voice_is_stolen_before_the_oldest_held_one() {
        check(
            &[Held(1), Released(2, 0.5), Released(3, 0.1), Free],
            3,
            &[Held(1), Released(2, 0.5), Fading(1.0), Held(99)],
        );
        check(&[Held(5), Held(4), Held(6), Free], 3, &[Held(5), Fading(1.0), Held(6), Held(99)]);
    }

    #[test]
    fn where_none_is_free_the_furthest_fade_is_cut() {
        check(&[Held(1), Fading(0.6), Fading(0.2)], 2, &[Held(1), Fading(0.6), Held(99)]);
    }
}
