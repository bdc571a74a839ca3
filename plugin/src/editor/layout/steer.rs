//! Runs on the main thread. Where the controls of the Steer column lie.

use super::{DEFAULT_SIZE, rect};
use egui::{Pos2, Rect, pos2, vec2};

/// Left edge and width of the column.
const LEFT: f32 = 16.0;
const WIDTH: f32 = 216.0;
/// Between the knobs of a row, and between rows.
const PITCH: (f32, f32) = (54.0, 70.0);

/// One knob of the Steer column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct KnobPlace {
    /// Centre of the ring.
    pub(crate) centre: Pos2,
    /// Outer radius of the ring.
    pub(crate) radius: f32,
    /// The whole control, label included.
    pub(crate) rect: Rect,
}

/// The Steer column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Steer {
    pub(crate) heard: Rect,
    pub(crate) key: Rect,
    pub(crate) scale: Rect,
    pub(crate) follow: Rect,
    pub(crate) propose: Rect,
    pub(crate) seed: Rect,
    /// The mode buttons; in the compact layout the first is a list of the whole width.
    pub(crate) modes: [Rect; 8],
    /// Bars, quantise, auto.
    pub(crate) lists: [Rect; 3],
    /// The pad of style and energy, where there is room.
    pub(crate) pad: Option<Rect>,
    /// The styles: in the pad's upper corners, or a row of their own.
    pub(crate) styles: [Rect; 2],
    /// The slider between the styles, where there is no pad.
    pub(crate) blend: Option<Rect>,
    /// Mood, Feel, Shape, Line, Vary.
    pub(crate) headings: [Rect; 5],
    /// Three rows of four.
    pub(crate) knobs: [KnobPlace; 12],
}

/// The upper edges of the rows, and some heights.
struct Rows {
    heard: (f32, f32),
    harmony: f32,
    propose: (f32, f32),
    modes: f32,
    lists: f32,
    styles: f32,
    knobs: f32,
}

const FULL: Rows = Rows {
    heard: (48.0, 36.0),
    harmony: 92.0,
    propose: (122.0, 44.0),
    modes: 178.0,
    lists: 262.0,
    styles: 298.0,
    knobs: 390.0,
};

const COMPACT: Rows = Rows {
    heard: (44.0, 28.0),
    harmony: 77.0,
    propose: (101.0, 44.0),
    modes: 150.0,
    lists: 178.0,
    styles: 206.0,
    knobs: 235.0,
};

/// The column in a window of this height.
pub(super) fn steer(height: f32, compact: bool) -> Steer {
    let rows = if compact { &COMPACT } else { &FULL };
    // A window that is a little lower than the default takes it from the pad.
    let spare = if compact { 0.0 } else { (height - DEFAULT_SIZE.y).min(0.0) };
    let pad = (!compact).then(|| rect(LEFT, rows.styles, WIDTH, 80.0 + spare));
    let knobs = rows.knobs + spare;
    Steer {
        heard: rect(LEFT, rows.heard.0, WIDTH, rows.heard.1),
        key: rect(16.0, rows.harmony, 52.0, 20.0),
        scale: rect(72.0, rows.harmony, 88.0, 20.0),
        follow: rect(166.0, rows.harmony, 66.0, 20.0),
        propose: rect(LEFT, rows.propose.0, 148.0, rows.propose.1),
        seed: rect(172.0, rows.propose.0, 60.0, rows.propose.1),
        modes: std::array::from_fn(|i| mode(i, rows.modes, compact)),
        lists: [
            rect(16.0, rows.lists, 62.0, 24.0),
            rect(82.0, rows.lists, 74.0, 24.0),
            rect(160.0, rows.lists, 72.0, 24.0),
        ],
        pad,
        styles: styles(rows.styles, compact),
        blend: compact.then(|| rect(104.0, rows.styles, 40.0, 24.0)),
        headings: [(0, 0, 2), (2, 0, 4), (0, 1, 4), (0, 2, 3), (3, 2, 4)]
            .map(|(from, row, to)| heading(knobs, row, from..to)),
        knobs: std::array::from_fn(|i| knob(knobs, i)),
    }
}

/// The `i`th mode of two rows of four; in the compact layout the first is a list.
fn mode(i: usize, top: f32, compact: bool) -> Rect {
    if compact {
        return if i == 0 { rect(LEFT, top, WIDTH, 24.0) } else { Rect::NOTHING };
    }
    let (column, row) = ((i % 4) as f32, (i / 4) as f32);
    rect(LEFT + column * 55.0, top + row * 40.0, 51.0, 36.0)
}

fn styles(top: f32, compact: bool) -> [Rect; 2] {
    if compact {
        [rect(LEFT, top, 84.0, 24.0), rect(148.0, top, 84.0, 24.0)]
    } else {
        [rect(LEFT + 4.0, top + 4.0, 94.0, 20.0), rect(134.0, top + 4.0, 94.0, 20.0)]
    }
}

/// The heading over some columns of a row of knobs.
fn heading(top: f32, row: usize, columns: std::ops::Range<usize>) -> Rect {
    let inset = if columns.start == 0 { 0.0 } else { 4.0 };
    let x = |column: usize| LEFT + column as f32 * PITCH.0;
    let right = if columns.end == 4 { x(4) } else { x(columns.end) - 4.0 };
    let y = top + row as f32 * PITCH.1;
    Rect::from_min_max(pos2(x(columns.start) + inset, y), pos2(right, y + 12.0))
}

fn knob(top: f32, i: usize) -> KnobPlace {
    let (column, row) = (i % 4, i / 4);
    let corner = pos2(LEFT + column as f32 * PITCH.0, top + row as f32 * PITCH.1);
    KnobPlace {
        centre: corner + vec2(27.0, 34.0),
        radius: 16.0,
        rect: Rect::from_min_max(corner + vec2(0.0, 14.0), corner + vec2(PITCH.0, 67.0)),
    }
}
