//! Runs on any thread. Random numbers that are the same in every run (splitmix64, Steele and others 2014).

/// The generator.
pub(crate) struct Random(u64);

impl Random {
    /// The sequence of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in [0, `end`); 0 where `end` is 0.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        if end == 0 { 0 } else { (self.bits() % u64::from(end)) as u32 }
    }

    /// A number in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// A number in [`min`, `max`).
    pub(crate) fn between(&mut self, min: f64, max: f64) -> f64 {
        min + self.unit() * (max - min)
    }
}
