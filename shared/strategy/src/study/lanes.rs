//! Comparing 64 pairs of numbers into two words of bits: portable, and with AVX-512 or AVX2 where the machine has it.

use super::bounds::WORD;

/// One value per bar of a word.
pub(super) type Lanes = [f64; WORD];

/// Bars where `left` is greater, and bars where it is less; neither where either is undefined.
#[inline]
pub(super) fn order(left: &Lanes, right: &Lanes) -> (u64, u64) {
    #[cfg(target_arch = "x86_64")]
    if let Some(order) = x86_64::by_eights(left, right).or_else(|| x86_64::by_fours(left, right)) {
        return order;
    }
    portable(left, right)
}

/// On any machine.
fn portable(left: &Lanes, right: &Lanes) -> (u64, u64) {
    (bits(left, right, |left, right| left > right), bits(left, right, |left, right| left < right))
}

/// One bit per bar that `holds`.
#[inline]
fn bits(left: &Lanes, right: &Lanes, holds: impl Fn(f64, f64) -> bool) -> u64 {
    // Bytes first: the compiler compares several bars at once into bytes, but not into bits.
    let mut flags = [0_u8; WORD];
    for ((flag, left), right) in flags.iter_mut().zip(left).zip(right) {
        *flag = u8::from(holds(*left, *right));
    }
    let (eights, _) = flags.as_chunks::<8>();
    eights.iter().rev().fold(0, |word, eight| word << 8 | packed(*eight))
}

/// Eight flags of 0 or 1 as eight bits, the first lowest: each flag's copy at its place meets in the top byte.
#[inline]
const fn packed(flags: [u8; 8]) -> u64 {
    u64::from_le_bytes(flags).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(target_arch = "x86_64")]
#[allow(
    unsafe_code,
    reason = "a sweep spends most of its comparing here, and the portable twin takes several times as long"
)]
mod x86_64 {
    use super::Lanes;
    use std::arch::x86_64::{
        _CMP_GT_OQ, _CMP_LT_OQ, _mm256_cmp_pd, _mm256_loadu_pd, _mm256_movemask_pd, _mm512_cmp_pd_mask, _mm512_loadu_pd,
    };

    /// The order where the machine has AVX-512.
    #[inline]
    pub(super) fn by_eights(left: &Lanes, right: &Lanes) -> Option<(u64, u64)> {
        // SAFETY: called only where the instructions exist.
        is_x86_feature_detected!("avx512f").then(|| unsafe { eights(left, right) })
    }

    /// The order where the machine has AVX2.
    #[inline]
    pub(super) fn by_fours(left: &Lanes, right: &Lanes) -> Option<(u64, u64)> {
        // SAFETY: called only where the instructions exist.
        is_x86_feature_detected!("avx2").then(|| unsafe { fours(left, right) })
    }

    // The last bars first, pushed up by those before them. Shifted to their places instead, the compiler gathers the masks in
    // vectors, which takes longer than the comparing.
    #[target_feature(enable = "avx512f")]
    fn eights(left: &Lanes, right: &Lanes) -> (u64, u64) {
        let (mut greater, mut less) = (0_u64, 0_u64);
        let pairs = left.as_chunks::<8>().0.iter().zip(right.as_chunks::<8>().0);
        for (left, right) in pairs.rev() {
            // SAFETY: each chunk holds the eight floats that are read.
            let (left, right) = unsafe { (_mm512_loadu_pd(left.as_ptr()), _mm512_loadu_pd(right.as_ptr())) };
            greater = greater.rotate_left(8) | u64::from(_mm512_cmp_pd_mask::<_CMP_GT_OQ>(left, right));
            less = less.rotate_left(8) | u64::from(_mm512_cmp_pd_mask::<_CMP_LT_OQ>(left, right));
        }
        (greater, less)
    }

    #[target_feature(enable = "avx2")]
    fn fours(left: &Lanes, right: &Lanes) -> (u64, u64) {
        let (mut greater, mut less) = (0_u64, 0_u64);
        let pairs = left.as_chunks::<4>().0.iter().zip(right.as_chunks::<4>().0);
        for (left, right) in pairs.rev() {
            // SAFETY: each chunk holds the four floats that are read.
            let (left, right) = unsafe { (_mm256_loadu_pd(left.as_ptr()), _mm256_loadu_pd(right.as_ptr())) };
            let above = _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_GT_OQ>(left, right));
            let below = _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_LT_OQ>(left, right));
            greater = greater.rotate_left(4) | u64::from(above as u8);
            less = less.rotate_left(4) | u64::from(below as u8);
        }
        (greater, less)
    }
}

#[cfg(test)]
mod tests {
    use super::{Lanes, order, portable};

    /// All ways this machine has give the same bits, undefined and equal values among them.
    #[test]
    fn the_portable_twin_agrees() {
        let kinds = [f64::NAN, -1.0, 0.0, -0.0, 1.0, f64::INFINITY, f64::NEG_INFINITY, 5000.25];
        for seed in 0..64 {
            let lanes =
                |factor: usize| -> Lanes { std::array::from_fn(|bar| kinds[(bar * factor + seed) % kinds.len()]) };
            let (left, right) = (lanes(3), lanes(5 + seed / 8));
            let expected = portable(&left, &right);
            assert_eq!(order(&left, &right), expected, "{left:?} {right:?}");
            #[cfg(target_arch = "x86_64")]
            for found in [super::x86_64::by_eights(&left, &right), super::x86_64::by_fours(&left, &right)] {
                assert_eq!(found.unwrap_or(expected), expected, "{left:?} {right:?}");
            }
        }
    }
}
