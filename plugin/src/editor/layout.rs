//! Runs on the main thread. Where every region lies, as a pure function of the window's size.
//!
//! Units are pixels at 100 %. Extra width goes to the roll, extra height to the lanes.

mod steer;

pub(crate) use steer::{KnobPlace, Steer};

use egui::{Rect, Vec2, pos2, vec2};

/// The window's size when it first opens.
pub(crate) const DEFAULT_SIZE: Vec2 = vec2(1000.0, 640.0);
/// The smallest window.
pub(crate) const MIN_SIZE: Vec2 = vec2(760.0, 480.0);
/// Below this width or [`COMPACT_HEIGHT`] the Sound column becomes a page.
const COMPACT_WIDTH: f32 = 900.0;
const COMPACT_HEIGHT: f32 = 608.0;
const WELL_LEFT: f32 = 248.0;
const SOUND_WIDTH: f32 = 216.0;
const GUTTER: f32 = 72.0;
/// Heights of the lanes at the default size, and in the compact layout.
const LANES: [f32; 4] = [96.0, 72.0, 64.0, 64.0];
const LANES_COMPACT: [f32; 4] = [76.0, 52.0, 44.0, 44.0];
/// Height of a lane while another one takes the space.
const GHOST: f32 = 20.0;

/// What the layout depends on besides the size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Wish {
    /// Linnet Notes: no Sound column.
    pub(crate) notes_only: bool,
    /// The lane that takes all the height, by part index.
    pub(crate) tall_lane: Option<usize>,
}

/// The well with the roll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Roll {
    pub(crate) well: Rect,
    pub(crate) tools: Rect,
    pub(crate) chord_row: Rect,
    pub(crate) ruler: Rect,
    /// By part: the gutter with the name, then the notes.
    pub(crate) gutters: [Rect; 4],
    pub(crate) lanes: [Rect; 4],
    pub(crate) history: Rect,
    pub(crate) keep: Rect,
    pub(crate) export: Rect,
    /// Where the exported file is named.
    pub(crate) exported: Rect,
}

/// The Sound column, or page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sound {
    pub(crate) meter: Rect,
    pub(crate) labels: Rect,
    pub(crate) strips: [Rect; 4],
    pub(crate) eq: Rect,
    pub(crate) reverb: Rect,
}

/// Every region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) size: Vec2,
    /// Modes are a list, history is one row, Sound is a page.
    pub(crate) compact: bool,
    pub(crate) header: Rect,
    pub(crate) steer: Steer,
    pub(crate) roll: Roll,
    /// None in Linnet Notes, and in the compact layout, where it is a page over the well.
    pub(crate) sound: Option<Sound>,
    pub(crate) status: Rect,
}

fn rect(x: f32, y: f32, w: f32, h: f32) -> Rect {
    Rect::from_min_size(pos2(x, y), vec2(w, h))
}

/// The layout of a window of `size`.
pub(crate) fn layout(size: Vec2, wish: Wish) -> Layout {
    let finite = |v: f32, least: f32| if v.is_finite() { v.clamp(least, 16_384.0).floor() } else { least };
    let size = vec2(finite(size.x, MIN_SIZE.x), finite(size.y, MIN_SIZE.y));
    let compact = size.x < COMPACT_WIDTH || size.y < COMPACT_HEIGHT;
    let has_column = !compact && !wish.notes_only;
    let right_edge = if has_column { size.x - SOUND_WIDTH - 32.0 } else { size.x - 8.0 };
    let roll = roll(size, right_edge, compact, wish.tall_lane);
    Layout {
        size,
        compact,
        header: rect(0.0, 0.0, size.x, 40.0),
        steer: steer::steer(size.y, compact),
        roll,
        sound: has_column.then(|| sound_column(size.x - SOUND_WIDTH - 16.0, &roll.lanes)),
        status: rect(0.0, size.y - 32.0, size.x, 32.0),
    }
}

/// The heights of the lanes in `space`.
fn lane_heights(space: f32, base: [f32; 4], tall: Option<usize>) -> [f32; 4] {
    let total: f32 = base.iter().sum();
    let mut heights = match tall {
        Some(tall) => [0, 1, 2, 3].map(|i| if i == tall { space - 3.0 * GHOST } else { GHOST }),
        None => base.map(|h| (h * space / total).floor()),
    };
    heights[0] += space - heights.iter().sum::<f32>();
    heights
}

fn roll(size: Vec2, right: f32, compact: bool, tall: Option<usize>) -> Roll {
    let bottom = size.y - 36.0;
    let (left, inner) = (WELL_LEFT, right - 8.0);
    let lanes_top = 124.0;
    let (below, base) = if compact { (104.0, LANES_COMPACT) } else { (184.0, LANES) };
    let heights = lane_heights((bottom - below - lanes_top).max(1.0), base, tall);
    let mut y = lanes_top;
    let rows = heights.map(|h| {
        y += h;
        (y - h, y)
    });
    let span = |x0: f32, x1: f32, (y0, y1): (f32, f32)| Rect::from_min_max(pos2(x0, y0), pos2(x1, y1));
    let lanes_bottom = y;
    let actions_y = bottom - 44.0;
    let history_bottom = if compact { actions_y - 12.0 } else { actions_y - 20.0 };
    Roll {
        well: span(left, right, (40.0, bottom)),
        tools: span(left + 8.0, inner, (48.0, 72.0)),
        chord_row: span(left + GUTTER, inner, (80.0, 102.0)),
        ruler: span(left + GUTTER, inner, (104.0, 124.0)),
        gutters: rows.map(|row| span(left, left + GUTTER, row)),
        lanes: rows.map(|row| span(left + GUTTER, inner, row)),
        history: span(left + GUTTER, inner, (lanes_bottom + 10.0, history_bottom)),
        keep: rect(left + 8.0, actions_y, 92.0, 32.0),
        export: rect(left + 108.0, actions_y, 126.0, 32.0),
        exported: span(left + 246.0, inner, (actions_y, actions_y + 32.0)),
    }
}

fn sound_column(x: f32, lanes: &[Rect; 4]) -> Sound {
    let bottom = lanes[3].bottom();
    let ghosts = lanes.iter().any(|lane| lane.height() < 40.0);
    let strip = |i: usize| {
        let lane = if ghosts { even_strip(lanes, i) } else { lanes[i] };
        Rect::from_min_max(pos2(x, lane.top()), pos2(x + SOUND_WIDTH, lane.bottom()))
    };
    Sound {
        meter: rect(x, 44.0, SOUND_WIDTH, 56.0),
        labels: rect(x, 105.0, SOUND_WIDTH, 16.0),
        strips: [0, 1, 2, 3].map(strip),
        eq: rect(x, bottom + 12.0, SOUND_WIDTH, 88.0),
        reverb: rect(x, bottom + 109.0, SOUND_WIDTH, 70.0),
    }
}

/// Strips keep an even height while one lane takes all of it.
fn even_strip(lanes: &[Rect; 4], i: usize) -> Rect {
    let (top, bottom) = (lanes[0].top(), lanes[3].bottom());
    let height = ((bottom - top) / 4.0).floor();
    rect(0.0, top + i as f32 * height, 1.0, height)
}

/// The Sound page, in the place of the well.
pub(crate) fn sound_page(well: Rect) -> Sound {
    let (left, right) = (well.left() + 16.0, well.left() + 16.0 + SOUND_WIDTH + 32.0);
    let top = well.top() + 8.0;
    let strip_height = ((well.bottom() - top - 80.0 - 8.0) / 4.0).floor();
    let right_width = well.right() - 16.0 - right;
    Sound {
        meter: rect(left, top, SOUND_WIDTH, 56.0),
        labels: rect(left, top + 61.0, SOUND_WIDTH, 16.0),
        strips: [0, 1, 2, 3]
            .map(|i| rect(left, top + 80.0 + i as f32 * strip_height, SOUND_WIDTH, strip_height)),
        eq: rect(right, top + 8.0, right_width, well.height() - 40.0 - 86.0),
        reverb: rect(right, well.bottom() - 86.0, right_width, 70.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(w: f32, h: f32) -> Layout {
        layout(vec2(w, h), Wish::default())
    }

    #[track_caller]
    fn check(found: Rect, x: f32, y: f32, w: f32, h: f32) {
        assert_eq!(found, rect(x, y, w, h));
    }

    #[test]
    fn the_default_window_is_the_designed_one() {
        let all = at(1000.0, 640.0);
        check(all.header, 0.0, 0.0, 1000.0, 40.0);
        check(all.roll.well, 248.0, 40.0, 504.0, 564.0);
        check(all.roll.chord_row, 320.0, 80.0, 424.0, 22.0);
        check(all.roll.ruler, 320.0, 104.0, 424.0, 20.0);
        for (i, (y, h)) in
            [(124.0, 96.0), (220.0, 72.0), (292.0, 64.0), (356.0, 64.0)].into_iter().enumerate()
        {
            check(all.roll.lanes[i], 320.0, y, 424.0, h);
            check(all.sound.unwrap().strips[i], 768.0, y, 216.0, h);
        }
        check(all.roll.history, 320.0, 430.0, 424.0, 110.0);
        check(all.roll.keep, 256.0, 560.0, 92.0, 32.0);
        check(all.roll.export, 356.0, 560.0, 126.0, 32.0);
        let sound = all.sound.unwrap();
        check(sound.meter, 768.0, 44.0, 216.0, 56.0);
        check(sound.eq, 768.0, 432.0, 216.0, 88.0);
        check(sound.reverb, 768.0, 529.0, 216.0, 70.0);
        check(all.status, 0.0, 608.0, 1000.0, 32.0);
        let steer = all.steer;
        check(steer.propose, 16.0, 122.0, 148.0, 44.0);
        check(steer.seed, 172.0, 122.0, 60.0, 44.0);
        check(steer.modes[0], 16.0, 178.0, 51.0, 36.0);
        check(steer.modes[7], 181.0, 218.0, 51.0, 36.0);
        check(steer.pad.unwrap(), 16.0, 298.0, 216.0, 80.0);
        assert_eq!(steer.knobs[5].centre, pos2(97.0, 494.0));
    }

    #[test]
    fn extra_width_goes_to_the_roll_and_extra_height_to_the_lanes() {
        let (small, large) = (at(1000.0, 640.0), at(1300.0, 840.0));
        assert_eq!(small.steer, large.steer);
        assert_eq!(large.roll.lanes[0].width(), small.roll.lanes[0].width() + 300.0);
        let lanes = |all: &Layout| all.roll.lanes.iter().map(Rect::height).sum::<f32>();
        assert_eq!(lanes(&large), lanes(&small) + 200.0);
        assert_eq!(large.roll.history.height(), small.roll.history.height());
    }

    #[test]
    fn a_narrow_window_turns_sound_into_a_page() {
        let narrow = at(760.0, 480.0);
        assert!(narrow.compact && narrow.sound.is_none());
        assert_eq!(narrow.roll.lanes.map(|lane| lane.height()), LANES_COMPACT);
        check(narrow.roll.well, 248.0, 40.0, 504.0, 404.0);
        assert!(narrow.steer.pad.is_none() && narrow.steer.blend.is_some());
    }

    #[test]
    fn linnet_notes_gives_the_sound_column_to_the_roll() {
        let notes = layout(vec2(1000.0, 640.0), Wish { notes_only: true, ..Wish::default() });
        assert!(notes.sound.is_none() && !notes.compact);
        assert_eq!(notes.roll.well.right(), 992.0);
    }

    #[test]
    fn a_tall_lane_leaves_the_others_as_ghosts() {
        let tall = layout(DEFAULT_SIZE, Wish { tall_lane: Some(2), ..Wish::default() });
        assert_eq!(tall.roll.lanes.map(|lane| lane.height()), [20.0, 20.0, 236.0, 20.0]);
        assert_eq!(tall.roll.lanes[3].bottom(), 420.0);
    }

    fn regions(all: &Layout) -> Vec<Rect> {
        let s = &all.steer;
        let mut found =
            vec![all.header, all.status, all.roll.well, s.heard, s.propose, s.seed, s.key, s.scale];
        found.extend(s.lists);
        found.extend(s.modes.iter().filter(|r| r.is_positive()));
        match s.pad {
            Some(pad) => found.push(pad),
            None => found.extend(s.styles.iter().chain(&s.blend)),
        }
        found.push(s.follow);
        found.extend(s.knobs.iter().map(|k| k.rect));
        if let Some(sound) = &all.sound {
            found.extend([sound.meter, sound.labels, sound.eq, sound.reverb]);
            found.extend(sound.strips);
        }
        found
    }

    fn check_apart(all: &Layout) {
        let window = Rect::from_min_size(egui::Pos2::ZERO, all.size);
        let found = regions(all);
        for (i, a) in found.iter().enumerate() {
            assert!(window.contains_rect(*a), "{a:?} leaves {window:?}");
            let over = found[..i].iter().find(|b| a.shrink(0.1).intersects(b.shrink(0.1)));
            assert_eq!(over, None, "{a:?} at {window:?}");
        }
    }

    #[test]
    fn no_two_regions_touch_each_other_at_any_size() {
        for w in (700..1700).step_by(70) {
            (400..1100).step_by(37).for_each(|h| check_apart(&at(w as f32, h as f32)));
        }
    }

    #[test]
    fn what_lies_in_the_well_stays_in_it() {
        for (w, h) in [(760.0, 480.0), (1000.0, 640.0), (1920.0, 1200.0), (f32::NAN, -3.0)] {
            let roll = at(w, h).roll;
            let inside =
                [roll.tools, roll.chord_row, roll.ruler, roll.history, roll.keep, roll.export, roll.exported];
            for r in inside.into_iter().chain(roll.lanes).chain(roll.gutters) {
                assert!(roll.well.contains_rect(r), "{r:?}");
                assert!(r.is_positive());
            }
            assert!(roll.history.bottom() <= roll.keep.top());
        }
    }
}
