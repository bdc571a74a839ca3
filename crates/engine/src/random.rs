//! Noise that repeats: the same seed gives the same numbers.
//!
//! Runs on the audio thread. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003.

/// A generator of white noise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Random {
    state: u32,
}

impl Random {
    /// A generator whose numbers depend on `seed` only. Neighbouring seeds give unrelated numbers.
    pub(crate) fn new(seed: u32) -> Self {
        // Odd multiplier and xor-shift, a bijection: only one seed meets the state 0, at which the generator would stand.
        let mixed = (seed ^ 0x5bd1_e995).wrapping_mul(0x9e37_79b1);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x85eb_ca77);
        Self { state: (mixed ^ (mixed >> 13)).max(1) }
    }

    /// Uniform over all 32-bit numbers but 0.
    #[inline]
    pub(crate) fn next_u32(&mut self) -> u32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        self.state
    }

    /// Uniform in [−1, 1].
    #[inline]
    pub(crate) fn next_bipolar(&mut self) -> f32 {
        (self.next_u32() as i32) as f32 * (1.0 / 2_147_483_648.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_white_enough() {
        for seed in [0, 1, 2, 0x5bd1_e995] {
            let mut random = Random::new(seed);
            let noise: Vec<f32> = (0..20_000).map(|_| random.next_bipolar()).collect();
            let mean = noise.iter().sum::<f32>() / 20_000.0;
            let power = noise.iter().map(|x| x * x).sum::<f32>() / 20_000.0;
            let neighbours = noise.windows(2).map(|pair| pair[0] * pair[1]).sum::<f32>() / 20_000.0;
            assert!(
                mean.abs() < 0.02 && (power - 1.0 / 3.0).abs() < 0.01 && neighbours.abs() < 0.01,
                "{seed}"
            );
        }
    }
}
