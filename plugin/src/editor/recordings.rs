//! Runs on the main thread. The page of recordings: those in the folder, and the one that is edited, as a waveform in which
//! a range can be selected, and listened to from any place.

mod buttons;
mod waveform;

use super::button::{self, Look};
use super::icons::Icon;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::view::Now;
use super::{Editor, Page, export, theme};
use crate::recordings::{Open, Recordings, Shown};
use buttons::buttons;
use egui::{Align2, Id, Key, Rect, Response, Sense, Stroke, pos2, vec2};
use linnet_library::audio_edit::Edit;
use linnet_library::take_file::Listed;
use std::ops::Range;
use std::path::PathBuf;
use waveform::waveform;

const MARGIN: f32 = 24.0;
const ROW: f32 = 34.0;
/// The width of the list.
const LIST: f32 = 176.0;

/// What the user does on the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    /// Whether the page is open.
    Page(bool),
    /// Edits this recording.
    Open(PathBuf),
    Edit(Edit),
    Undo,
    Redo,
    Export,
    /// Plays these frames.
    Listen(Range<usize>),
    /// Ends that.
    Silence,
}

/// What is selected, and what the user was asked.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// In shares of the recording, the first where the drag began.
    selected: Option<[f32; 2]>,
    /// Where it plays from while nothing is selected, as a share of it.
    place: f32,
    top: usize,
    /// Another recording, chosen while the edits of this one are not exported.
    asked: Option<PathBuf>,
    /// The length that the selection belongs to, in frames.
    frames: usize,
}

impl State {
    /// What is selected, in frames; empty where nothing is.
    fn range(&self, frames: usize) -> Range<usize> {
        let Some([one, other]) = self.selected else { return 0..0 };
        let at = |share: f32| (f64::from(share) * frames as f64).round() as usize;
        at(one.min(other))..at(one.max(other))
    }

    /// What Play plays, in frames: what is selected, else all from the place on.
    fn heard(&self, frames: usize) -> Range<usize> {
        let selected = self.range(frames);
        if !selected.is_empty() {
            return selected;
        }
        let place = (f64::from(self.place) * frames as f64).round() as usize;
        if place + 1 < frames { place..frames } else { 0..frames }
    }
}

/// Draws the page.
pub(crate) fn show(surface: &mut Surface<'_>, window: Rect, (shown, now): (&Shown, &Now), state: &mut State) {
    let theme = surface.theme;
    let size = vec2((window.width() - 64.0).min(760.0), (window.height() - 48.0).min(460.0));
    let area = paint::snapped(&surface.painter, Rect::from_center_size(window.center(), size));
    let veil = surface.ui.interact(window, Id::unique("recordings veil"), Sense::click());
    let page = surface.ui.interact(area, Id::unique("recordings page"), Sense::click_and_drag());
    surface.painter.rect_filled(window, 0.0, theme::fade(theme.win, 0.6));
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    let inner = area.shrink(MARGIN);
    text::paragraph(
        &surface.painter,
        inner.min - vec2(0.0, 8.0),
        "Recordings",
        (text::NAME, theme.t1),
        inner.width(),
    );
    let body = Rect::from_min_max(inner.min + vec2(0.0, 24.0), inner.max);
    list(surface, Rect::from_min_size(body.min, vec2(LIST, body.height())), shown, state);
    let right = Rect::from_min_max(pos2(body.left() + LIST + 12.0, body.top()), body.max);
    if let Some(open) = &shown.open {
        edited(surface, right, (open, shown, now), state);
    } else {
        let words = if shown.listed.is_empty() {
            "Nothing is recorded yet. Record, below the roll, writes what Linnet plays into the folder Linnet of your \
             music; it can be cut and faded here."
        } else {
            "Choose a recording on the left, to cut and fade it. Its file stays as it is."
        };
        text::paragraph(&surface.painter, right.min, words, (text::BODY, theme.t2), right.width());
        told(surface, right, shown, state);
    }
    let cross = Rect::from_center_size(pos2(area.right() - 24.0, area.top() + 26.0), vec2(26.0, 26.0));
    let (closed, response) =
        button::icon(surface, "recordings close", cross, (Icon::Close, 12.0), Look::Bare);
    surface.tip(&response, "Close", "Esc   Edits stay here until Linnet is closed");
    let escaped = surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped || (veil.clicked() && !page.hovered()) {
        surface.ask(Deed::Recordings(Record::Page(false)));
    }
}

/// The recordings of the folder.
fn list(surface: &mut Surface<'_>, area: Rect, shown: &Shown, state: &mut State) {
    let theme = surface.theme;
    paint::panel(&surface.painter, area, 6.0, theme.well, Stroke::new(1.0, theme.line));
    let count = (((area.height() - 8.0) / ROW).floor() as usize).max(1);
    let ground = surface.ui.interact(area, Id::unique("recordings list"), Sense::hover());
    let wheel = (surface.wheel(&ground) * -2.0).round() as isize;
    let most = shown.listed.len().saturating_sub(count);
    state.top = state.top.saturating_add_signed(wheel).min(most);
    for (line, (place, listed)) in shown.listed.iter().enumerate().skip(state.top).take(count).enumerate() {
        let min = area.min + vec2(4.0, 4.0 + ROW * line as f32);
        let row = Rect::from_min_size(min, vec2(area.width() - 8.0, ROW));
        let id = Id::unique(("recording", place));
        let response = surface.control(id, row, Sense::click());
        let is_open = shown.open.as_ref().is_some_and(|open| open.path == listed.path);
        draw_row(surface, row, listed, (is_open, &response));
        surface.ring(id, row, 4.0);
        surface.hand(&response);
        surface.tip(&response, &export::shown(&listed.path), "Click to edit; the file stays as it is");
        // What lies beyond the rows comes with the arrow keys.
        if surface.pressed(id, Key::ArrowDown) {
            state.top = (state.top + 1).min(most);
        } else if surface.pressed(id, Key::ArrowUp) {
            state.top = state.top.saturating_sub(1);
        }
        if surface.activated(id, &response) && !is_open && shown.busy.is_none() {
            choose(surface, listed, shown, state);
        }
    }
}

/// Opens a recording; where edits would be lost, only when it is chosen twice.
fn choose(surface: &mut Surface<'_>, listed: &Listed, shown: &Shown, state: &mut State) {
    let is_changed = shown.open.as_ref().is_some_and(|open| open.is_changed);
    if is_changed && state.asked.as_ref() != Some(&listed.path) {
        state.asked = Some(listed.path.clone());
    } else {
        state.asked = None;
        surface.ask(Deed::Recordings(Record::Open(listed.path.clone())));
    }
}

fn draw_row(surface: &Surface<'_>, row: Rect, listed: &Listed, (is_open, response): (bool, &Response)) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let fill = if is_open { theme.hover } else { theme::fade(theme.hover, surface.hover(response)) };
    painter.rect_filled(row, 4.0, fill);
    let name = listed.path.file_stem().unwrap_or_default().to_string_lossy();
    let style = if is_open { text::STRONG } else { text::BODY };
    let (left, room) = (row.left() + 8.0, row.width() - 16.0);
    let at = pos2(left, row.top() + 11.0);
    text::draw_within(painter, at, Align2::LEFT_CENTER, &name, (style, theme.t1), room);
    let length = listed.seconds.map_or_else(|| "cannot be read".to_owned(), clock);
    let at = pos2(left, row.top() + 24.0);
    text::draw(painter, at, Align2::LEFT_CENTER, &length, text::SCALE, theme.t2);
}

/// The recording that is edited.
fn edited(
    surface: &mut Surface<'_>,
    area: Rect,
    (open, shown, now): (&Open, &Shown, &Now),
    state: &mut State,
) {
    if state.frames != open.frames {
        (state.selected, state.place, state.frames) = (None, 0.0, open.frames);
    }
    let theme = surface.theme;
    let name = export::shown(&open.path);
    let is_cut = text::draw_within(
        &surface.painter,
        pos2(area.left(), area.top() + 7.0),
        Align2::LEFT_CENTER,
        &name,
        (text::LABEL, theme.t2),
        area.width(),
    );
    if is_cut {
        let line = Rect::from_min_size(area.min, vec2(area.width(), 16.0));
        let response = surface.ui.interact(line, Id::unique("recording file"), Sense::hover());
        surface.tip(&response, &name, "");
    }
    let wave = Rect::from_min_max(area.min + vec2(0.0, 20.0), pos2(area.right(), area.bottom() - 132.0));
    waveform(surface, wave, (open, shown, now), state);
    let line = line(open, (shown, now), state);
    let at = pos2(area.left(), wave.bottom() + 14.0);
    text::draw_within(
        &surface.painter,
        at,
        Align2::LEFT_CENTER,
        &line,
        (text::LABEL, theme.t1),
        area.width(),
    );
    buttons(surface, pos2(area.left(), wave.bottom() + 28.0), area.width(), (open, shown), state);
    told(surface, area, shown, state);
}

/// Where it plays, what is selected, or what can be done.
fn line(open: &Open, (shown, now): (&Shown, &Now), state: &State) -> String {
    let seconds = |frames: usize| clock(frames as f64 / f64::from(open.sample_rate_hz.max(1)));
    let (length, range) = (seconds(open.frames), state.range(open.frames));
    if let Some(place) = playhead(shown, now) {
        return format!("Playing {} of {length}. It is not recorded.", seconds(place));
    }
    if range.is_empty() {
        return format!("{length} long. Click where it shall play from, drag to select.");
    }
    let [start, end] = [range.start, range.end].map(seconds);
    format!("Selected {start} to {end}, {} of {length}", seconds(range.len()))
}

/// The frame that is heard now; none where none is.
fn playhead(shown: &Shown, now: &Now) -> Option<usize> {
    let listened = shown.listened.as_ref()?;
    let (run, heard) = now.listened;
    Some(listened.place(if run == listened.run { heard } else { 0 }))
}

/// What is being done, or what came of it.
fn told(surface: &mut Surface<'_>, area: Rect, shown: &Shown, state: &State) {
    let theme = surface.theme;
    let place = Rect::from_min_max(pos2(area.left(), area.bottom() - 30.0), area.max);
    let is_changed = shown.open.as_ref().is_some_and(|open| open.is_changed);
    let words = match (&shown.busy, state.asked.as_ref().filter(|_| is_changed)) {
        (Some((doing, share)), _) => {
            let bar = Rect::from_min_size(pos2(place.left(), place.bottom() - 4.0), vec2(place.width(), 3.0));
            surface.painter.rect_filled(bar, 1.5, theme.line);
            let done = Rect::from_min_size(bar.min, vec2(bar.width() * share.clamp(0.02, 1.0), 3.0));
            surface.painter.rect_filled(done, 1.5, theme.t1);
            format!("{doing}…")
        }
        (None, Some(_)) => "What you edited is not exported. Click once more to let it go.".to_owned(),
        (None, None) => shown.told.clone(),
    };
    let at = pos2(place.left(), place.top() + 12.0);
    let is_cut = text::draw_within(
        &surface.painter,
        at,
        Align2::LEFT_CENTER,
        &words,
        (text::LABEL, theme.t1),
        place.width(),
    );
    if is_cut {
        let response = surface.ui.interact(place, Id::unique("recording told"), Sense::hover());
        surface.tip(&response, &words, "");
    }
}

/// Minutes, seconds and hundredths.
fn clock(seconds: f64) -> String {
    let hundredths = (seconds.max(0.0) * 100.0).round() as u64;
    format!("{}:{:02}.{:02}", hundredths / 6000, hundredths / 100 % 60, hundredths % 100)
}

impl Editor {
    /// Ends what is listened to where its page is not open.
    pub(super) fn hush(&self) {
        if self.pages.over != Some(Page::Recordings) {
            self.params.saved.recordings().silence();
        }
    }

    /// Does what the user asked of recordings.
    pub(super) fn edit_recording(&mut self, deed: Record) {
        let recordings: &Recordings = self.params.saved.recordings();
        // What was asked is asked again after anything else was done.
        self.recordings.asked = None;
        match deed {
            Record::Page(true) => {
                recordings.list();
                self.pages.over = Some(Page::Recordings);
            }
            Record::Page(false) => {
                recordings.close();
                self.pages.over = None;
            }
            Record::Open(path) => {
                (self.recordings.selected, self.recordings.place) = (None, 0.0);
                recordings.open(path);
            }
            Record::Edit(edit) => {
                self.recordings.selected = None;
                recordings.edit(edit);
            }
            Record::Undo => recordings.undo(),
            Record::Redo => recordings.redo(),
            Record::Export => recordings.export(),
            Record::Listen(range) => recordings.listen(range),
            Record::Silence => recordings.silence(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_selected_backwards_is_the_same_range() {
        let state = |selected| State { selected, ..State::default() };
        assert_eq!(state(Some([0.25, 0.5])).range(1000), 250..500);
        assert_eq!(state(Some([0.5, 0.25])).range(1000), 250..500);
        assert_eq!(state(None).range(1000), 0..0);
    }

    #[test]
    fn it_plays_what_is_selected_or_from_the_place_on() {
        let state = |selected, place| State { selected, place, ..State::default() };
        assert_eq!(state(Some([0.5, 0.25]), 0.9).heard(1000), 250..500);
        assert_eq!(state(None, 0.9).heard(1000), 900..1000);
        assert_eq!(state(Some([0.5, 0.5]), 1.0).heard(1000), 0..1000, "at the end it begins anew");
    }

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(clock(0.0), "0:00.00");
        assert_eq!(clock(75.259), "1:15.26");
        assert_eq!(clock(-1.0), "0:00.00");
    }
}
