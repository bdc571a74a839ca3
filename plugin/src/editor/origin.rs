//! Runs on the main thread. Where an idea came from, in words: "continues idea 5", "between ideas 3 and 5".

use super::locks::Locks;
use linnet_music::{Idea, Mode, Part};

/// The words behind an idea's title.
pub(crate) fn of(idea: &Idea) -> String {
    let parent = idea.parent.map(|parent| parent.0);
    match (idea.controls.mode, parent) {
        (Mode::Invent, None) => "invented".to_owned(),
        (Mode::Invent, Some(parent)) => format!("invented beside idea {parent}"),
        (Mode::Sketch, None) => "a texture".to_owned(),
        (Mode::Sketch, Some(parent)) => format!("a texture beside idea {parent}"),
        (Mode::Groove, Some(parent)) => format!("groove for idea {parent}"),
        (Mode::Vary, Some(parent)) => format!("varied from idea {parent}"),
        (Mode::Morph, Some(parent)) => match idea.controls.morph_with {
            Some(other) => format!("between ideas {parent} and {}", other.0),
            None => format!("morphed from idea {parent}"),
        },
        (Mode::Fill, Some(parent)) => filled(idea, parent),
        (Mode::Accompany, _) if !idea.provenance.heard.is_empty() => "accompanies what was heard".to_owned(),
        (Mode::Accompany, Some(parent)) => format!("accompanies idea {parent}"),
        (_, Some(parent)) => format!("continues idea {parent}"),
        (_, None) if idea.provenance.heard.is_empty() => "from nothing heard".to_owned(),
        (_, None) => "from what was heard".to_owned(),
    }
}

/// "filled bars 3 to 4", or the parts where whole parts were open.
fn filled(idea: &Idea, parent: u32) -> String {
    let locks = Locks { parts: idea.controls.locked, bars: idea.controls.locked_bars };
    let count = idea.bars().max(1) as usize;
    let open: Vec<usize> = (0..count).filter(|bar| !locks.holds_bar(*bar)).map(|bar| bar + 1).collect();
    if open.is_empty() {
        return format!("filled from idea {parent}");
    }
    if open.len() < count {
        let unit = if open.len() == 1 { "bar" } else { "bars" };
        return format!("filled {unit} {}", numbers(&open));
    }
    let parts: Vec<String> = Part::ALL
        .into_iter()
        .filter(|part| (0..count).any(|bar| !locks.holds(part.index(), bar)))
        .map(|part| part.name().to_lowercase())
        .collect();
    if parts.len() == 4 { format!("filled from idea {parent}") } else { format!("filled {}", listed(&parts)) }
}

/// "3 to 4" for neighbours, else "1, 3 and 4".
fn numbers(sorted: &[usize]) -> String {
    let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
    if sorted.len() > 1 && last - first + 1 == sorted.len() {
        return format!("{first} to {last}");
    }
    listed(&sorted.iter().map(ToString::to_string).collect::<Vec<_>>())
}

/// "a, b and c".
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::{Beats, Controls, IdeaId, Key, Phrase, PitchClass, Provenance, Scale, TimeSignature};

    #[track_caller]
    fn check(parent: Option<u32>, controls: Controls, expect: &str) {
        let idea = Idea {
            id: IdeaId(9),
            parent: parent.map(IdeaId),
            kept: false,
            length: Beats(16.0),
            metre: TimeSignature::COMMON,
            key: Key { tonic: PitchClass::new(0), scale: Scale::Major },
            harmony: Vec::new(),
            phrases: std::array::from_fn(|_| Phrase::default()),
            controls,
            started_at: None,
            provenance: Provenance::default(),
            figures: Vec::new(),
            unread: serde_json::Map::new(),
        };
        assert_eq!(of(&idea), expect);
    }

    fn by(mode: Mode) -> Controls {
        Controls { mode, ..Controls::default() }
    }

    #[test]
    fn every_mode_says_where_its_idea_came_from() {
        check(Some(3), by(Mode::Vary), "varied from idea 3");
        let both = Controls { morph_with: Some(IdeaId(5)), ..by(Mode::Morph) };
        check(Some(3), both, "between ideas 3 and 5");
        check(None, by(Mode::Sketch), "a texture");
        check(Some(3), by(Mode::Accompany), "accompanies idea 3");
        check(Some(3), by(Mode::Groove), "groove for idea 3");
        check(Some(3), by(Mode::Continue), "continues idea 3");
        check(None, by(Mode::Continue), "from nothing heard");
    }

    #[test]
    fn what_was_filled_is_named_by_bars_or_by_parts() {
        let bars = |bars: u16| Controls { locked_bars: [bars; 4], ..by(Mode::Fill) };
        check(Some(3), bars(0b0011), "filled bars 3 to 4");
        check(Some(3), bars(0b0010), "filled bars 1, 3 and 4");
        check(Some(3), bars(0b1110), "filled bar 1");
        check(Some(3), bars(0), "filled from idea 3");
        let parts = Controls { locked: [true, true, false, false], ..by(Mode::Fill) };
        check(Some(3), parts, "filled bass and drums");
    }
}
