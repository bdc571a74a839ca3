//! Runs on the main thread. Where the ideas of the history stand: a tree, parents to the left of their children.
//!
//! The line of the current idea keeps to the first row that is free; its siblings stand below. An idea without a
//! parent begins to the right of everything before it, so that time runs from left to right.

use super::view::Card;
use linnet_music::IdeaId;
use std::collections::HashMap;

/// Where one idea stands, in cells from the top left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) column: usize,
    pub(crate) row: usize,
    /// The place in the list of its parent.
    pub(crate) parent: Option<usize>,
}

/// The place of every card. `current` names the line that keeps to the top.
pub(crate) fn places(cards: &[Card], current: Option<IdeaId>) -> Vec<Place> {
    let by_id: HashMap<IdeaId, usize> = cards.iter().enumerate().map(|(i, card)| (card.id, i)).collect();
    // A parent must be older: a damaged session cannot send this round in circles.
    let parent_of = |i: usize| cards[i].parent.and_then(|id| by_id.get(&id).copied()).filter(|p| *p < i);
    let mut places: Vec<Place> = Vec::with_capacity(cards.len());
    let mut last_column = None;
    for i in 0..cards.len() {
        let parent = parent_of(i);
        let column = match parent {
            Some(parent) => places[parent].column + 1,
            None => last_column.map_or(0, |column| column + 1),
        };
        last_column = last_column.max(Some(column));
        places.push(Place { column, row: 0, parent });
    }
    let on_line = line_of(current.and_then(|id| by_id.get(&id).copied()), &parent_of, cards.len());
    rows(&mut places, &on_line);
    places
}

/// Which cards lie between the root and `tip`.
fn line_of(tip: Option<usize>, parent_of: &dyn Fn(usize) -> Option<usize>, count: usize) -> Vec<bool> {
    let mut on_line = vec![false; count];
    let mut here = tip;
    while let Some(i) = here {
        on_line[i] = true;
        here = parent_of(i);
    }
    on_line
}

/// Gives every card the first row that is free in its column, not above its parent's.
fn rows(places: &mut [Place], on_line: &[bool]) {
    let columns = places.iter().map(|place| place.column).max().map_or(0, |last| last + 1);
    // The first row of each column that nothing stands in yet.
    let mut free = vec![0_usize; columns];
    let order = (0..places.len()).filter(|i| on_line[*i]).chain((0..places.len()).filter(|i| !on_line[*i]));
    for i in order.collect::<Vec<_>>() {
        let above = places[i].parent.map_or(0, |parent| places[parent].row);
        let row = free[places[i].column].max(above);
        places[i].row = row;
        free[places[i].column] = row + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::Mode;

    fn cards(parents: &[(u32, u32)]) -> Vec<Card> {
        let card = |(id, parent): &(u32, u32)| Card {
            id: IdeaId(*id),
            parent: (*parent > 0).then_some(IdeaId(*parent)),
            is_kept: false,
            mode: Mode::Continue,
            origin: String::new(),
            thumb: Default::default(),
        };
        parents.iter().map(card).collect()
    }

    #[track_caller]
    fn check(parents: &[(u32, u32)], current: u32, expect: &[(usize, usize)]) {
        let found: Vec<(usize, usize)> = places(&cards(parents), Some(IdeaId(current)))
            .iter()
            .map(|place| (place.column, place.row))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn the_line_of_the_current_idea_keeps_to_the_top() {
        let session = [(1, 0), (2, 1), (3, 2), (4, 3), (5, 3), (6, 5), (7, 5)];
        check(&session, 7, &[(0, 0), (1, 0), (2, 0), (3, 1), (3, 0), (4, 1), (4, 0)]);
        check(&session, 4, &[(0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (4, 1), (4, 2)]);
    }

    #[test]
    fn ideas_without_a_parent_follow_each_other_in_time() {
        check(&[(1, 0), (2, 0), (3, 0)], 3, &[(0, 0), (1, 0), (2, 0)]);
    }

    #[test]
    fn a_damaged_tree_is_drawn_all_the_same() {
        check(&[(1, 9), (2, 2), (3, 4), (4, 3)], 9, &[(0, 0), (1, 0), (2, 0), (3, 0)]);
        assert!(places(&[], None).is_empty());
    }
}
