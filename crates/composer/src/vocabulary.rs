//! Runs on the composer thread. What the models of four parts share beyond [`crate::tokens`]: the roles that the phrase
//! model plays, and the attributes of a phrase (`models/vocabulary.json`).

use linnet_music::{ChordsRole, Part};

/// The constants that training and this build share, beside those of `tokens.json`.
pub const VOCABULARY_JSON: &[u8] = include_bytes!("../../../models/vocabulary.json");
/// Ticks of a column of the canvas: a quarter of a quarter.
pub const COLUMN_TICKS: u32 = 6;
/// Values of a column.
pub const CANVAS_FEATURES: usize = 105;
/// Values that describe a step of the phrase model.
pub const PHRASE_FEATURES: usize = 155;
/// The width of the canvas's memory.
pub const MEMORY: usize = 128;
/// How many roles there are.
pub const ROLES: usize = 4;

/// What the phrase model plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The melody: one note at a time.
    Lead,
    /// A second melody: one note at a time.
    Counter,
    /// Chords: several notes at a time.
    Chords,
    /// The bass: one note at a time.
    Bass,
}

impl Role {
    /// All roles, in the order of the vocabulary.
    pub const ALL: [Self; ROLES] = [Self::Lead, Self::Counter, Self::Chords, Self::Bass];

    /// The place in [`Role::ALL`], in [0, 3].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The name in the vocabulary.
    pub fn name(self) -> &'static str {
        ["lead", "counter", "chords", "bass"][self.index()]
    }

    /// Whether several notes may begin together.
    pub fn is_stacked(self) -> bool {
        self == Self::Chords
    }

    /// The role that plays `part`; none for the drums.
    pub fn of(part: Part, chords: ChordsRole) -> Option<Self> {
        match (part, chords) {
            (Part::Lead, _) => Some(Self::Lead),
            (Part::Chords, ChordsRole::Comping) => Some(Self::Chords),
            (Part::Chords, ChordsRole::CounterLine) => Some(Self::Counter),
            (Part::Bass, _) => Some(Self::Bass),
            (Part::Drums, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::Attribute;
    use linnet_music::Style;

    #[test]
    fn the_constants_are_those_of_the_shared_file() {
        let json: serde_json::Value = serde_json::from_slice(VOCABULARY_JSON).unwrap();
        let list = |name: &str| -> Vec<String> {
            let texts = json[name].as_array().unwrap().iter();
            texts.map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(list("roles"), Role::ALL.map(Role::name));
        assert_eq!(list("styles"), Style::ALL.map(|style| style.name().to_lowercase()));
        let by_grammar = Style::ALL.into_iter().filter(|style| style.is_by_grammar());
        assert_eq!(
            list("grammar_styles"),
            by_grammar.map(|style| style.name().to_lowercase()).collect::<Vec<_>>()
        );
        assert_eq!(list("attributes"), Attribute::ALL.map(Attribute::id));
        assert_eq!(json["column_ticks"], COLUMN_TICKS);
        assert_eq!(json["canvas_features"], CANVAS_FEATURES);
        assert_eq!(json["phrase_features"], PHRASE_FEATURES);
    }
}
