//! Tables in Markdown.

use std::fmt::Write;

/// A table with what is to be said of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The heading.
    pub title: String,
    /// Sentences above the table.
    pub text: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The cells, row by row.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(title: &str, text: &str, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// The table as Markdown, its heading of the third order.
    pub fn markdown(&self) -> String {
        let mut text = format!("### {}\n", self.title);
        if !self.text.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", self.text);
        }
        if !self.rows.is_empty() {
            let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
            text.push('\n');
            text.push_str(&line(&self.columns));
            let _ = writeln!(text, "|{}", "---|".repeat(self.columns.len()));
            for row in &self.rows {
                text.push_str(&line(row));
            }
        }
        text
    }
}

/// A number with `places` decimals, or a dash where it is none.
pub fn number(value: f64, places: usize) -> String {
    if value.is_finite() { format!("{value:.places$}") } else { "–".into() }
}

/// "met" or "short"; a dash where it cannot be told.
pub fn verdict(met: Option<bool>) -> &'static str {
    met.map_or("–", |met| if met { "met" } else { "short" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new("Pets", "Counted today.", &["kind", "legs"]);
        table.rows.push(vec!["cat".into(), number(4.0, 1)]);
        table.rows.push(vec!["snake".into(), number(f64::NAN, 1)]);
        let wanted = "### Pets\nCounted today.\n\n| kind | legs |\n|---|---|\n| cat | 4.0 |\n| snake | – |\n";
        assert_eq!(table.markdown(), wanted);
        assert_eq!((verdict(Some(true)), verdict(None)), ("met", "–"));
    }
}
