//! Runs on the composer thread. Where another part sounds, a semitone beside it.

use crate::phrase::canvas::Known;
use crate::phrase::line::on_grid;
use crate::phrase::window::Window;
use crate::tokens::TICKS_PER_QUARTER;
use crate::vocabulary::{COLUMN_TICKS, Role};

/// The pitch classes that clash with what other parts sound.
#[derive(Clone, Debug, Default)]
pub(super) struct Clashes {
    /// For each column of the window, as a mask of degrees above the tonic.
    columns: Vec<u16>,
}

impl Clashes {
    /// What clashes with the pitched parts of `known` from each column of `window` on, for a quarter.
    pub(super) fn new(window: &Window, known: &[Known]) -> Self {
        let mut sounding = vec![0; window.columns()];
        for part in known {
            if let Some(role) = part.role {
                sound(window, part, role, &mut sounding);
            }
        }
        let ahead = (TICKS_PER_QUARTER / COLUMN_TICKS) as usize;
        let within_a_quarter =
            |column: usize| sounding.iter().skip(column).take(ahead).fold(0, |all, degrees| all | degrees);
        Self { columns: (0..sounding.len()).map(|column| beside(within_a_quarter(column))).collect() }
    }

    /// Whether a note of `degree` that begins at `tick` from the window's start stands a semitone beside another part.
    pub(super) fn contain(&self, tick: u32, degree: usize) -> bool {
        self.columns.get((tick / COLUMN_TICKS) as usize).is_some_and(|degrees| degrees >> degree & 1 == 1)
    }
}

/// Adds the degrees that `part`, which plays `role`, sounds in each column.
fn sound(window: &Window, part: &Known, role: Role, sounding: &mut [u16]) {
    let tonic = i32::from(window.tonic.semitones());
    for note in on_grid(&part.notes, &window.grid, window.all_bars(), role.is_stacked()) {
        let first = (note.onset / COLUMN_TICKS) as usize;
        let end = ((note.onset + note.length).div_ceil(COLUMN_TICKS) as usize).min(sounding.len());
        let degree = 1 << (note.midi - tonic).rem_euclid(12);
        sounding.iter_mut().take(end).skip(first).for_each(|degrees| *degrees |= degree);
    }
}

/// The degrees a semitone above or below `degrees`.
fn beside(degrees: u16) -> u16 {
    (degrees << 1 | degrees >> 11 | degrees >> 1 | degrees << 11) & 0xFFF
}
