//! Runs on the main thread. Which controls a mode uses, and why it leaves the others alone.

use linnet_music::Mode;

/// A control that some mode does not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    Style,
    Valence,
    Energy,
    Swing,
    Humanise,
    Density,
    Complexity,
    Repetition,
    Surprise,
    Register,
    Range,
    Leaps,
    Similarity,
    Morph,
    Bars,
}

/// Why `mode` does not use `control`; none where it does.
///
/// - Vary and Morph move through the latents of what is there: of the knobs the style counts, how new notes are touched,
///   and in Vary surprise.
/// - Fill keeps key and chords, and so their mood.
/// - Groove writes drums, and has the length of its idea, or `bars` where there is none.
/// - Accompany leaves the lead, to which register and range belong; leaps are a counter-line's, too.
pub(crate) fn unused(mode: Mode, control: Control) -> Option<&'static str> {
    use Control::{
        Bars, Complexity, Density, Leaps, Morph, Range, Register, Repetition, Similarity, Surprise, Valence,
    };
    match (mode, control) {
        (Mode::Vary, Similarity) | (Mode::Morph, Morph) => None,
        (_, Similarity) => Some("Only Vary uses it: how near it stays to its idea"),
        (_, Morph) => Some("Only Morph uses it: where between its two ideas"),
        (Mode::Vary | Mode::Morph | Mode::Fill, Bars) => Some("This mode keeps the length of its idea"),
        (Mode::Vary, Valence | Density | Complexity | Repetition | Register | Range | Leaps) => {
            Some("Vary takes this from its idea")
        }
        (Mode::Morph, Valence | Density | Complexity | Repetition | Register | Range | Leaps | Surprise) => {
            Some("Morph takes this from its two ideas")
        }
        (Mode::Fill, Valence) => Some("Fill keeps the key and the chords of its idea"),
        (Mode::Groove, Valence | Register | Range | Leaps) => Some("Groove writes drums alone"),
        (Mode::Accompany, Register | Range) => Some("Accompany writes no lead"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_says_why_it_leaves_a_control_alone() {
        for mode in Mode::ALL {
            assert_eq!(unused(mode, Control::Similarity).is_none(), mode == Mode::Vary);
            assert_eq!(unused(mode, Control::Morph).is_none(), mode == Mode::Morph);
            for control in [Control::Humanise, Control::Swing, Control::Energy, Control::Style] {
                assert_eq!(unused(mode, control), None, "how notes are played is every mode's");
            }
        }
        assert!(unused(Mode::Groove, Control::Leaps).is_some_and(|why| why.contains("drums")));
        assert_eq!(unused(Mode::Groove, Control::Repetition), None, "drums are as steady as it asks");
        assert!(unused(Mode::Fill, Control::Bars).is_some());
        assert_eq!(unused(Mode::Continue, Control::Bars), None);
        assert_eq!(unused(Mode::Sketch, Control::Register), None, "Sketch has a lead over its texture");
        assert_eq!(unused(Mode::Vary, Control::Surprise), None);
        assert!(unused(Mode::Morph, Control::Surprise).is_some());
    }
}
