//! Runs on any thread but the audio thread. Points in time as people write them, in UTC.
//!
//! The calendar is Howard Hinnant's `civil_from_days` ("chrono-Compatible Low-Level Date Algorithms").

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const SECONDS_A_DAY: u64 = 86_400;

/// Seconds since 1970, UTC; 0 where the clock stands before that.
pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A moment of the Gregorian calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    year: u64,
    /// In [1, 12].
    month: u64,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
}

impl Moment {
    /// The moment `seconds` after 1970 began.
    fn of(seconds: u64) -> Self {
        let (days, rest) = (seconds / SECONDS_A_DAY, seconds % SECONDS_A_DAY);
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Self {
            year: year_of_era + era * 400 + u64::from(month <= 2),
            month,
            day: day_of_year - (153 * from_march + 2) / 5 + 1,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
        }
    }
}

/// "26 November 2026, 09:12 UTC".
pub(crate) fn in_words(seconds: u64) -> String {
    let Moment { year, month, day, hour, minute, .. } = Moment::of(seconds);
    let name = MONTHS[(month as usize).clamp(1, 12) - 1];
    format!("{day} {name} {year}, {hour:02}:{minute:02} UTC")
}

/// "2026-11-26 09:12:05Z", as the log has it.
pub(crate) struct Stamp(pub(crate) u64);

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Moment { year, month, day, hour, minute, second } = Moment::of(self.0);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_calendar_has_them() {
        let cases = [
            (0, "1970-01-01 00:00:00Z", "1 January 1970, 00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59Z", "28 February 2000, 23:59 UTC"),
            (951_825_600, "2000-02-29 12:00:00Z", "29 February 2000, 12:00 UTC"),
            (1_795_684_325, "2026-11-26 09:12:05Z", "26 November 2026, 09:12 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00Z", "1 March 2100, 00:00 UTC"),
        ];
        for (seconds, stamp, words) in cases {
            assert_eq!((Stamp(seconds).to_string(), in_words(seconds)), (stamp.to_owned(), words.to_owned()));
        }
    }
}
