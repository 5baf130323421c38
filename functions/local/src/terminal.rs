//! Writing to the person at the terminal: results on standard output, the rest on standard error.
#![allow(clippy::print_stdout, reason = "a command line prints; this is the one place")]

use std::process::ExitCode;

/// A result.
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Something beside the result.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// An error that ends the command.
pub(crate) fn fail(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::FAILURE
}

/// Digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
