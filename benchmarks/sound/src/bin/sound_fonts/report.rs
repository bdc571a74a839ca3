//! The comparison as tables in Markdown.

use crate::compare::{Difference, Least};

/// The greatest difference in pitch that is aimed at, in cents.
const CENTS_MAX: f64 = 2.0;
/// The least correlation of the levels that is aimed at.
const LEVEL_MIN: f64 = 0.9;

/// A patch, and how far the renders lie apart.
pub struct Row {
    /// The patch, as a reader knows it.
    pub name: String,
    /// How far.
    pub difference: Difference,
}

impl Row {
    /// What is not kept; empty where all is.
    fn missed(&self) -> Vec<&'static str> {
        let Difference { pitch, told, level, .. } = &self.difference;
        // A pitch that should be there and cannot be told is not right.
        let is_off = told[0] < told[1] || pitch.is_some_and(|pitch| pitch.cents.abs() > CENTS_MAX);
        let mut missed = Vec::new();
        if is_off {
            missed.push("pitch");
        }
        if *level < LEVEL_MIN {
            missed.push("level");
        }
        missed
    }

    fn line(&self) -> String {
        let Difference { pitch, told, level, least_level, own_least_level, .. } = &self.difference;
        let pitch = pitch.map_or_else(
            || "–".to_owned(),
            |pitch| format!("{:+.2} at {}, {}", pitch.cents, pitch.key, pitch.velocity),
        );
        let told = if told[1] == 0 { "–".to_owned() } else { format!("{} of {}", told[0], told[1]) };
        let missed = self.missed();
        let verdict =
            if missed.is_empty() { "kept".to_owned() } else { format!("**{}**", missed.join(", ")) };
        let least = |Least { level, key }: Least| format!("{level:.4} at {key}");
        let (ours, own) = (least(*least_level), own_least_level.map_or_else(|| "–".to_owned(), least));
        format!("| {} | {pitch} | {told} | {level:.4} | {ours} | {own} | {verdict} |", self.name)
    }
}

/// A table, and beneath it the worst of each.
pub fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| patch | worst pitch in cents, at key, velocity | told | level | its least note, at key | FluidSynth's own least \
         | verdict |\n|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        text += &(row.line() + "\n");
    }
    text + "\n" + &worst(rows)
}

/// How loud the renders are, and how they were laid over each other.
pub fn circumstances(rows: &[Row]) -> String {
    let peak = |which: usize| rows.iter().map(|row| row.difference.peaks[which]).fold(0.0, f32::max);
    let lags = || rows.iter().map(|row| row.difference.lag_ms);
    let [least, greatest] = [lags().min(), lags().max()].map(Option::unwrap_or_default);
    format!(
        "Greatest samples: Linnet's {:.3}, FluidSynth's {:.3}. FluidSynth's notes are {least} to {greatest} ms late.",
        peak(0),
        peak(1)
    )
}

fn worst(rows: &[Row]) -> String {
    let cents = |row: &&Row| row.difference.pitch.map(|pitch| pitch.cents.abs());
    let pitch = rows
        .iter()
        .filter_map(|row| Some((cents(&row)?, &row.name)))
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let level = rows.iter().map(|row| (row.difference.level, &row.name));
    let level = level.min_by(|one, other| one.0.total_cmp(&other.0));
    let kept = rows.iter().filter(|row| row.missed().is_empty()).count();
    let mut text = format!("{kept} of {} kept", rows.len());
    if let Some((cents, name)) = pitch {
        text += &format!("; worst pitch {cents:.2} cents of {CENTS_MAX}: {name}");
    }
    if let Some((level, name)) = level {
        text += &format!("; worst level {level:.4} of {LEVEL_MIN}: {name}");
    }
    text + ".\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Pitch;

    fn row(name: &str, cents: Option<f64>, level: f64) -> Row {
        let difference = Difference {
            pitch: cents.map(|cents| Pitch { cents, key: 60, velocity: 50 }),
            told: [if cents.is_some() { 8 } else { 0 }, 8],
            level,
            least_level: Least { level, key: 60 },
            own_least_level: None,
            lag_ms: 0,
            peaks: [0.1, 0.1],
        };
        Row { name: name.to_owned(), difference }
    }

    #[test]
    fn each_aim_is_told_apart() {
        for (cents, level, expect) in [
            (Some(1.99), 0.901, ""),
            (Some(-2.01), 0.901, "pitch"),
            (Some(0.1), 0.899, "level"),
            (None, 0.5, "pitch,level"),
        ] {
            assert_eq!(row("A", cents, level).missed().join(","), expect);
        }
        let mut partly = row("A", Some(0.1), 0.95);
        partly.difference.told = [7, 8];
        assert_eq!(partly.missed(), ["pitch"]);
        let mut drums = row("Drums", None, 0.95);
        drums.difference.told = [0, 0];
        assert!(drums.missed().is_empty());
    }

    #[test]
    fn the_worst_of_each_is_named() {
        let text = table(&[row("A", Some(0.5), 0.7), row("B", Some(-2.5), 0.95), row("C", Some(0.1), 0.99)]);
        assert!(text.contains("| B | -2.50 at 60, 50 | 8 of 8 | 0.9500 |"), "{text}");
        assert!(
            text.ends_with("1 of 3 kept; worst pitch 2.50 cents of 2: B; worst level 0.7000 of 0.9: A.\n")
        );
    }
}
