//! Runs on the composer thread. What a melody shares with the training set, where some of it stays and some is new.
//!
//! Runs are looked for where the notes were written: swing and touch move onsets, and a run is one by its times. What
//! the user's own notes share by themselves is the user's.

use super::parts::{Hole, Parts};
use super::request::Request;
use crate::expression::Swing;
use crate::originality::Originality;
use crate::phrase::line::on_grid;
use crate::tokens::Grid;
use linnet_music::{Beats, Mode, Note, Part, Velocity};

/// The notes of a melody around the bars that are written.
pub(super) struct Surroundings {
    stays: Vec<Note>,
    begin: f64,
}

impl Surroundings {
    /// The notes of `part` that stay around `hole`: Fill's, as other modes write all of a part.
    pub(super) fn new(request: &Request, parts: &Parts, part: Part, hole: Hole) -> Self {
        let begin = request.begin(hole).0;
        let known = parts[part.index()].as_deref().filter(|_| request.controls.mode == Mode::Fill);
        let mut stays = straight(request, known.unwrap_or_default());
        stays.retain(|note| !request.is_in(&[hole], note.onset));
        Self { stays, begin }
    }

    /// Notes of the longest run that `notes`, from the hole's start, and what stays around them share with a piece.
    pub(super) fn shared_run(&self, originality: &Originality, notes: &[Note]) -> u32 {
        let moved = notes.iter().map(|note| Note { onset: Beats(note.onset.0 + self.begin), ..*note });
        shared_run(originality, &self.stays, &moved.collect::<Vec<_>>())
    }
}

/// Notes of the longest run that `stays` and `new` share with a piece, unless those that stay share one as long alone.
pub(super) fn shared_run(originality: &Originality, stays: &[Note], new: &[Note]) -> u32 {
    let run = |notes: &[Note]| originality.longest_shared_run(notes).notes;
    let alone = run(new);
    if stays.is_empty() || new.is_empty() {
        return alone;
    }
    let mut all = [stays, new].concat();
    all.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0).then(a.pitch.cmp(&b.pitch)));
    let whole = run(&all);
    if whole > run(stays) { whole.max(alone) } else { alone }
}

/// The highest line of `notes` where it was written, before it was swung and played.
pub(super) fn straight(request: &Request, notes: &[Note]) -> Vec<Note> {
    let grid = Grid::new(request.metre);
    let bars = request.bars() as usize * grid.splits as usize;
    let swung = request.source.as_ref().map_or(request.controls.swing, |source| source.controls.swing);
    let swing = Swing::of(request.metre, swung);
    let unswung = |note: &Note| Note { onset: Beats(swing.unwarp(note.onset.0).max(0.0)), ..*note };
    let unswung: Vec<Note> = notes.iter().map(unswung).collect();
    on_grid(&unswung, &grid, bars, false).iter().map(|note| note.to_note(Velocity::new(84))).collect()
}
