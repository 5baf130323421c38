//! Comparing 64 pairs of numbers into words of bits: rounded ones portably and with AVX2 where the machine has it, and the
//! numbers themselves for the words whose rounded ones do not tell.

/// Bars of one word.
pub(super) const WORD: usize = 64;

/// One value per bar of a word.
pub(super) type Lanes = [f64; WORD];

/// One rounded value per bar of a word.
pub(super) type RoundedLanes = [f32; WORD];

/// Sets each word of `greater` to the bars where `left` is greater, and adds to `untold` the words in which two rounded values
/// are equal: there the values themselves may differ.
#[inline]
pub(super) fn greater(left: &[RoundedLanes], right: &[RoundedLanes], greater: &mut Vec<u64>, untold: &mut Vec<usize>) {
    greater.clear();
    greater.resize(left.len().min(right.len()), 0);
    untold.clear();
    #[cfg(target_arch = "x86_64")]
    if x86_64::greater(left, right, greater, untold) {
        return;
    }
    portable(left, right, greater, untold);
}

/// On any machine.
fn portable(left: &[RoundedLanes], right: &[RoundedLanes], greater: &mut [u64], untold: &mut Vec<usize>) {
    for (word, ((left, right), greater)) in left.iter().zip(right).zip(greater).enumerate() {
        *greater = bits(left, right, |left, right| left > right);
        if left.iter().zip(right).filter(|(left, right)| left == right).count() > 0 {
            untold.push(word);
        }
    }
}

/// Bars where `left` is greater, and bars where it is less; neither where either is undefined.
pub(super) fn order(left: &Lanes, right: &Lanes) -> (u64, u64) {
    (bits(left, right, |left, right| left > right), bits(left, right, |left, right| left < right))
}

/// One bit per bar that `holds`.
#[inline]
fn bits<T: Copy>(left: &[T; WORD], right: &[T; WORD], holds: impl Fn(T, T) -> bool) -> u64 {
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
    reason = "a sweep spends most of its comparing here, and the portable twin takes half as long again"
)]
mod x86_64 {
    use super::RoundedLanes;
    use std::arch::x86_64::{
        __m256, _CMP_EQ_OQ, _CMP_GT_OQ, _mm256_castps_si256, _mm256_cmp_ps, _mm256_loadu_ps, _mm256_movemask_epi8,
        _mm256_movemask_ps, _mm256_or_ps, _mm256_packs_epi16, _mm256_packs_epi32, _mm256_permutevar8x32_epi32,
        _mm256_setr_epi32, _mm256_setzero_ps,
    };

    /// The same as the portable twin; false, and nothing done, where the machine lacks the instructions.
    #[inline]
    pub(super) fn greater(
        left: &[RoundedLanes],
        right: &[RoundedLanes],
        greater: &mut [u64],
        untold: &mut Vec<usize>,
    ) -> bool {
        let is_there = is_x86_feature_detected!("avx2");
        if is_there {
            // SAFETY: called only where the instructions exist.
            unsafe { by_eights(left, right, greater, untold) };
        }
        is_there
    }

    #[target_feature(enable = "avx2")]
    fn by_eights(left: &[RoundedLanes], right: &[RoundedLanes], greater: &mut [u64], untold: &mut Vec<usize>) {
        for (word, ((left, right), greater)) in left.iter().zip(right).zip(greater).enumerate() {
            let (mut above, mut equal) = (0_u64, _mm256_setzero_ps());
            let halves = left.as_chunks::<32>().0.iter().zip(right.as_chunks::<32>().0);
            for (left, right) in halves.rev() {
                let eights = left.as_chunks::<8>().0.iter().zip(right.as_chunks::<8>().0);
                let mut compared = [_mm256_setzero_ps(); 4];
                for (above, (left, right)) in compared.iter_mut().zip(eights) {
                    // SAFETY: each chunk holds the eight floats that are read.
                    let (left, right) = unsafe { (_mm256_loadu_ps(left.as_ptr()), _mm256_loadu_ps(right.as_ptr())) };
                    *above = _mm256_cmp_ps::<_CMP_GT_OQ>(left, right);
                    equal = _mm256_or_ps(equal, _mm256_cmp_ps::<_CMP_EQ_OQ>(left, right));
                }
                above = above << 32 | u64::from(bits(compared));
            }
            *greater = above;
            if _mm256_movemask_ps(equal) != 0 {
                untold.push(word);
            }
        }
    }

    /// One bit per lane that is set, the first lowest.
    #[target_feature(enable = "avx2")]
    fn bits(compared: [__m256; 4]) -> u32 {
        let [first, second, third, fourth] = compared.map(|lanes| _mm256_castps_si256(lanes));
        let (low, high) = (_mm256_packs_epi32(first, second), _mm256_packs_epi32(third, fourth));
        // Packing takes turns between its operands every four lanes; this puts the fours into order.
        let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
        let bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
        _mm256_movemask_epi8(bytes) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::{RoundedLanes, greater, portable};

    /// What this machine does is what any machine does, undefined and equal values among them.
    #[test]
    fn the_portable_twin_agrees() {
        let kinds = [f32::NAN, -1.0, 0.0, -0.0, 1.0, f32::INFINITY, f32::NEG_INFINITY, 5000.25];
        for seed in 0..64 {
            // One word in which pairs are equal, one in which none are, one undefined.
            let drawn = |factor: usize| -> RoundedLanes { std::array::from_fn(|bar| kinds[(bar * factor + seed) % 8]) };
            let rising = |step: f32| -> RoundedLanes { std::array::from_fn(|bar| (bar * seed % 7) as f32 - step) };
            let left = [drawn(3), rising(3.25), [f32::NAN; 64]];
            let right = [drawn(5 + seed / 8), rising(0.5 * seed as f32).map(|value| value * 0.5), [1.0; 64]];
            let (mut found, mut expected) = ((Vec::new(), Vec::new()), (vec![0; 3], Vec::new()));
            greater(&left, &right, &mut found.0, &mut found.1);
            portable(&left, &right, &mut expected.0, &mut expected.1);
            assert_eq!(found, expected, "{left:?} {right:?}");
        }
    }
}
