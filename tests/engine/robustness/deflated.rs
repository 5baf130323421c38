//! The deflated Sharpe ratio: the numeric example of its paper, and its null rules.

use engine::robustness::{Deflation, variance_of_trials};

/// The strategist of the paper's example: annualised Sharpe ratio 2.5 on five years of 250 days, variance over trials ½ a year.
fn example(skew: f64, kurtosis: f64) -> Deflation {
    Deflation { sharpe: 2.5 / 250_f64.sqrt(), variance: 0.5 / 250.0, days: 1_250, skew, kurtosis }
}

fn check(deflation: Deflation, trials: u64, expected: f64) {
    let got = deflation.deflated_sharpe(trials).unwrap();
    assert!((got - expected).abs() < 5e-5, "{trials} trials: {got}, the paper has {expected}");
}

/// Bailey and López de Prado (2014), "A numerical example".
#[test]
fn the_example_of_the_paper() {
    let luck = example(-3.0, 10.0).expected_of_luck(100).unwrap();
    assert!((luck - 0.1132).abs() < 5e-5, "{luck}");
    check(example(-3.0, 10.0), 100, 0.9004);
    check(example(-3.0, 10.0), 46, 0.9505);
    check(example(0.0, 3.0), 88, 0.9505);
}

/// Quantiles of the standard normal from published tables, through one trial's share of the formula.
#[test]
fn luck_grows_with_the_trials() {
    let unit = Deflation { variance: 1.0, ..example(0.0, 3.0) };
    let gamma = 0.577_215_664_901_532_9;
    for (trials, first, second) in [
        (2, 0.0, 0.900_452_596_637_790_2),
        (10, 1.281_551_565_544_600_4, 1.789_241_764_581_627_8),
        (1_000, 3.090_232_306_167_813, 3.375_895_391_061_811_2),
        (1_000_000, 4.753_424_308_822_899, 4.951_679_027_072_667),
        (1_000_000_000, 5.997_807_015_007_686_5, 6.158_201_105_181_183),
    ] {
        let expected = (1.0 - gamma) * first + gamma * second;
        let got = unit.expected_of_luck(trials).unwrap();
        assert!((got - expected).abs() < 1e-12, "{trials}: {got}, expected {expected}");
    }
}

#[test]
fn undefined_where_nothing_can_be_said() {
    assert_eq!(example(0.0, 3.0).deflated_sharpe(1), None);
    assert_eq!(Deflation { days: 29, ..example(0.0, 3.0) }.deflated_sharpe(100), None);
    assert!(Deflation { days: 30, ..example(0.0, 3.0) }.deflated_sharpe(100).is_some());
    // 1 − 10 × 0.158 + 0 is below zero.
    assert_eq!(example(10.0, 1.0).deflated_sharpe(100), None);
    // Trials that do not differ: only the sign of the ratio is left to chance.
    let equal = Deflation { variance: 0.0, sharpe: 0.0, ..example(0.0, 3.0) };
    assert_eq!(equal.deflated_sharpe(100), Some(0.5));
    assert_eq!(variance_of_trials(&[1.0]), None);
    assert_eq!(variance_of_trials(&[1.0, 2.0, 4.0, 5.0]), Some(10.0 / 3.0));
}
