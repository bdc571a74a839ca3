//! Runs on the composer thread. Random numbers that depend on nothing but where they are drawn.
//!
//! The cipher `ChaCha` with eight rounds (D. J. Bernstein, "`ChaCha`, a variant of `Salsa20`", 2008) as a counter: each draw of each
//! candidate has a stream of its own, so neither the batch nor the order of computing changes a note.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

/// What a stream is drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// The position of an event.
    Position = 0,
    /// The pitch of a note.
    Pitch = 1,
    /// The duration of a note.
    Duration = 2,
    /// The hits of a drum step.
    Hits = 3,
    /// The root of a chord.
    Root = 5,
    /// The quality of a chord.
    Quality = 6,
    /// The length of a chord.
    Length = 7,
    /// A point of a latent space.
    Latent = 8,
    /// The noise of a texture.
    Texture = 12,
    /// What a part is like where nothing is asked.
    Character = 13,
}

/// A stream of random numbers.
pub struct Noise(ChaCha8Rng);

impl Noise {
    /// The stream of this place: `step` of `candidate` under the user's `seed`.
    pub fn new(seed: u16, candidate: usize, step: usize, head: Head) -> Self {
        let mut key = [0; 32];
        key[..6].copy_from_slice(b"linnet");
        key[8..10].copy_from_slice(&seed.to_le_bytes());
        let mut stream = ChaCha8Rng::from_seed(key);
        stream.set_stream((candidate as u64) << 40 | (step as u64) << 8 | head as u64);
        Self(stream)
    }

    /// The next number, evenly spread in (0, 1).
    pub fn uniform(&mut self) -> f32 {
        ((self.0.next_u32() >> 9) as f32 + 0.5) / (1 << 23) as f32
    }

    /// The next number with mean 0 and standard deviation 1, in (−3.5, 3.5): the sum of twelve even ones.
    pub fn bell(&mut self) -> f32 {
        let sum: f32 = (0..12).map(|_| self.uniform()).sum();
        (sum - 6.0).clamp(-3.49, 3.49)
    }
}

/// The number of the standard Gumbel distribution that lies where `uniform`, in (0, 1), does among even ones.
pub fn gumbel(uniform: f32) -> f32 {
    -(-uniform.ln()).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_own_stream_and_always_the_same() {
        let draw = |seed, candidate, step, head| Noise::new(seed, candidate, step, head).uniform();
        let first = draw(1, 2, 3, Head::Pitch);
        assert_eq!(first, draw(1, 2, 3, Head::Pitch));
        for other in [
            draw(2, 2, 3, Head::Pitch),
            draw(1, 3, 3, Head::Pitch),
            draw(1, 2, 4, Head::Pitch),
            draw(1, 2, 3, Head::Duration),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn numbers_are_spread_as_they_should_be() {
        let mut noise = Noise::new(7, 0, 0, Head::Hits);
        let (mut even, mut extreme, mut bell) = (0.0, 0.0, 0.0);
        for _ in 0..20_000 {
            even += noise.uniform() / 20_000.0;
            extreme += gumbel(noise.uniform()) / 20_000.0;
            bell += noise.bell() / 20_000.0;
        }
        assert!((even - 0.5).abs() < 0.02, "{even}");
        assert!((extreme - 0.5772).abs() < 0.04, "{extreme}");
        assert!(bell.abs() < 0.04, "{bell}");
    }
}
