//! Runs on the composer thread. Where a request's bars lie in the window that the network is shown.

use super::PhraseRequest;
use super::canvas::Known;
use super::window::Span;
use crate::tokens::Grid;
use linnet_music::{Beats, ChordSpan, Note};

/// Bars of the grid that the network is shown of the part's own past, as in training.
const CONTEXT_BARS_MAX: usize = 8;
/// The same of its future.
const FUTURE_BARS_MAX: usize = 4;

/// How a request's bars lie on the grid, whose bars may be shorter than those of the metre.
pub(super) struct Layout {
    pub(super) grid: Grid,
    pub(super) span: Span,
    /// Bars of the metre that are left out before the window.
    skipped: usize,
    bar_beats: f64,
}

impl Layout {
    pub(super) fn new(request: &PhraseRequest) -> Self {
        let grid = Grid::new(request.metre);
        let splits = grid.splits as usize;
        let most = |bars: usize, max: usize| bars.min((max / splits).max(1));
        let context = most(usize::from(request.context_bars), CONTEXT_BARS_MAX);
        let future = most(usize::from(request.future_bars), FUTURE_BARS_MAX);
        Self {
            grid,
            span: Span {
                context: context * splits,
                target: usize::from(request.bars) * splits,
                future: future * splits,
            },
            skipped: usize::from(request.context_bars) - context,
            bar_beats: request.metre.bar().0,
        }
    }

    pub(super) fn moved(&self, notes: &[Note]) -> Vec<Note> {
        let by = self.skipped as f64 * self.bar_beats;
        let moved = notes.iter().map(|note| Note { onset: Beats(note.onset.0 - by), ..*note });
        moved.filter(|note| note.onset.0 >= 0.0).collect()
    }

    pub(super) fn own(&self, request: &PhraseRequest) -> Vec<Note> {
        self.moved(&request.own)
    }

    pub(super) fn chords(&self, request: &PhraseRequest) -> Vec<ChordSpan> {
        let by = self.skipped as f64 * self.bar_beats;
        request.chords.iter().map(|span| ChordSpan { onset: Beats(span.onset.0 - by), ..*span }).collect()
    }

    pub(super) fn known(&self, request: &PhraseRequest) -> Vec<Known> {
        let splits = self.grid.splits as usize;
        let place = |bar: usize| bar.saturating_sub(self.skipped) * splits;
        let known = request.known.iter();
        known
            .map(|part| Known {
                role: part.role,
                notes: self.moved(&part.notes),
                bars: place(part.bars.start)..place(part.bars.end),
            })
            .collect()
    }
}
