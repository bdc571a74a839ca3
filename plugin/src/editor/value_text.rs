//! Runs on the main thread. A parameter's text, shortened for where there is little room.

/// A number without needless zeros, and its unit: "+0.50 oct" is ("+0.5", "oct").
pub(crate) fn split(full: &str) -> (String, String) {
    match full.split_once(' ') {
        Some((number, unit)) if number.contains(|c: char| c.is_ascii_digit() || c == '∞') => {
            (trim_zeros(number), unit.to_owned())
        }
        _ => (full.to_owned(), String::new()),
    }
}

/// The same text without needless zeros.
pub(crate) fn tidy(full: &str) -> String {
    let (number, unit) = split(full);
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

/// The shortest text: "L 12" is "12L", "−14.0 dB" is "−14", "−∞ dB" is "off".
pub(crate) fn short(full: &str) -> String {
    if let Some(side) = ["L", "R"].into_iter().find(|side| full.starts_with(&format!("{side} "))) {
        return format!("{}{side}", &full[2..]);
    }
    let (number, _) = split(full);
    if number == "−∞" { "off".to_owned() } else { number }
}

fn trim_zeros(number: &str) -> String {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lose_what_they_do_not_need() {
        for (full, expect) in [
            ("L 12", "12L"),
            ("C", "C"),
            ("−14.0 dB", "−14"),
            ("−∞ dB", "off"),
            ("55 %", "55"),
            ("+0.50 oct", "+0.5"),
        ] {
            assert_eq!(short(full), expect);
        }
        assert_eq!(tidy("6.00 kHz"), "6 kHz");
        assert_eq!(tidy("0.00 oct"), "0 oct");
        assert_eq!(tidy("harmonic minor"), "harmonic minor");
        assert_eq!(tidy("100 %"), "100 %");
    }
}
