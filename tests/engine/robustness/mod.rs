//! Selection among many trials: the papers' worked example, their definitions taken literally, and independent code.

mod against_python;
mod deflated;
mod overfitting;
mod selection;

/// A seeded stream of numbers (SplitMix64).
pub struct Noise(pub u64);

impl Noise {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A return around zero, nearly normal: the sum of twelve uniform numbers less six, in percent.
    pub fn change(&mut self) -> f64 {
        let uniform = (0..12).map(|_| (self.next() >> 11) as f64 / (1_u64 << 53) as f64).sum::<f64>();
        (uniform - 6.0) / 100.0
    }
}

/// `trials` × `days` returns; trial `t` gains `skill × t` a day on average.
pub fn returns(seed: u64, trials: usize, days: usize, skill: f64) -> Vec<Vec<f64>> {
    let mut noise = Noise(seed);
    (0..trials).map(|trial| (0..days).map(|_| noise.change() + skill * trial as f64).collect()).collect()
}
