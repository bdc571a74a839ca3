//! Which voice a new note gets, and which one it takes it from.
//!
//! Runs on the audio thread.

/// How a voice stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Standing {
    /// It has nothing to sound.
    Free,
    /// Its key is down; by its number among the notes since the reset.
    Held(u32),
    /// Its key is up; by how loud it is, about, linear.
    Released(f32),
    /// It sounds for somebody else, and is not to be had.
    Elsewhere,
    /// It is on its way out, since it was choked or stolen; by how much of its fade is left, in [0, 1].
    Fading(f32),
}

/// What a new note does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The voice that it gets.
    pub(crate) place: usize,
    /// The voice that is choked for it.
    pub(crate) choked: Option<usize>,
}

/// The place for a new note. Where `sounding_max` voices sound, the quietest released one is choked, else the oldest;
/// it fades in its own place, while the new note starts in another. There must be more voices than `sounding_max`; only
/// when all of the others are still fading, the one that has faded furthest is cut. None only where no voice is to be had.
pub(crate) fn choose(voices: &[Standing], sounding_max: usize) -> Option<Choice> {
    let sounding = voices.iter().filter(|voice| is_sounding(**voice)).count();
    let choked = if sounding >= sounding_max { least_missed(voices) } else { None };
    let urgency = |place: usize| match voices[place] {
        Standing::Free => -1.0,
        Standing::Fading(level) => level,
        // A fade that has just begun.
        _ if choked == Some(place) => 1.0,
        Standing::Held(_) | Standing::Released(_) => 2.0,
        Standing::Elsewhere => 3.0,
    };
    let place = (0..voices.len()).min_by(|one, other| urgency(*one).total_cmp(&urgency(*other)))?;
    (voices[place] != Standing::Elsewhere).then_some(Choice { place, choked })
}

fn is_sounding(voice: Standing) -> bool {
    matches!(voice, Standing::Held(_) | Standing::Released(_))
}

fn least_missed(voices: &[Standing]) -> Option<usize> {
    let places = || voices.iter().enumerate();
    let released = places().filter_map(|(place, voice)| match voice {
        Standing::Released(loudness) => Some((place, *loudness)),
        _ => None,
    });
    let held = || {
        places().filter_map(|(place, voice)| match voice {
            Standing::Held(serial) => Some((place, *serial)),
            _ => None,
        })
    };
    let quietest = released.min_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(place, _)| place);
    quietest.or_else(|| held().min_by_key(|(_, serial)| *serial).map(|(place, _)| place))
}

#[cfg(test)]
mod tests {
    use super::Standing::{Elsewhere, Fading, Free, Held, Released};
    use super::*;

    fn check(voices: &[Standing], sounding_max: usize, place: usize, choked: Option<usize>) {
        assert_eq!(choose(voices, sounding_max), Some(Choice { place, choked }));
    }

    #[test]
    fn a_free_voice_is_taken_first() {
        check(&[Held(1), Free, Fading(0.1)], 2, 1, None);
    }

    #[test]
    fn the_quietest_released_voice_is_stolen_before_the_oldest_held_one() {
        check(&[Held(1), Released(0.5), Released(0.1), Free], 3, 3, Some(2));
        check(&[Held(5), Held(4), Held(6), Free], 3, 3, Some(1));
    }

    #[test]
    fn where_none_is_free_the_furthest_fade_is_cut() {
        check(&[Held(1), Fading(0.6), Fading(0.2)], 2, 2, None);
        check(&[Held(1), Held(2)], 2, 0, Some(0));
    }

    #[test]
    fn what_sounds_elsewhere_is_neither_counted_nor_taken() {
        check(&[Elsewhere, Held(1), Elsewhere, Free], 2, 3, None);
        check(&[Elsewhere, Released(0.5), Held(1), Fading(0.9)], 2, 3, Some(1));
        assert_eq!(choose(&[Elsewhere; 3], 1), None);
    }

    #[test]
    fn without_voices_there_is_no_place() {
        assert_eq!(choose(&[], 0), None);
    }
}
