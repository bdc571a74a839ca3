//! Runs on the main thread. What every widget draws on and speaks through.
//!
//! Widgets change parameters through the host, and ask for everything else by a [`Deed`], which the editor performs
//! after the frame.

use super::focus::Focus;
use super::gesture::{Gesture, Notches};
use super::locks::Locks;
use super::menu::OpenMenu;
use super::own_instrument::Own;
use super::own_preset::OwnPreset;
use super::paint;
use super::picker::Pick;
use super::pieces::own::OwnKit;
use super::recordings::Record as Recording;
use super::theme::{self, Theme};
use super::tooltip::Tooltip;
use super::typing::Typing;
use super::undo::Undo;
use crate::instruments::Target;
use crate::recovery::Answer;
use egui::{Color32, CursorIcon, Event, Id, Key, Modifiers, Painter, Rect, Response, Sense, Stroke, Ui};
use linnet_music::{IdeaId, Part};
use nice_plug::context::gui::GuiContext;

/// What the user asks for that is no parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    Propose,
    Stop,
    DrawSeed,
    Play(IdeaId),
    /// Plays the idea before (−1) or after (1) the current one.
    Walk(i32),
    /// Plays an alternative of the last proposal, by place: 0 is the one that was chosen.
    Alternative(usize),
    Keep,
    /// Locks these bars and parts, and no others.
    Lock(Locks),
    /// Makes an idea the other one of Morph, or none.
    MorphWith(Option<IdeaId>),
    /// Whether the panel that says why an idea came first is open.
    Why(bool),
    Export,
    /// Begins to record what is heard, or ends.
    Record(bool),
    ForgetHeard,
    Audition(bool),
    Panic,
    Undo,
    Redo,
    Zoom(f32),
    ToggleTheme,
    ToggleMotion,
    Help(bool),
    Settings(bool),
    SoundPage(bool),
    TallLane(Option<usize>),
    ShowHeard(bool),
    TryAgain,
    UseRuntime(String),
    UseModels(String),
    CopyText(String),
    ShowMessage(bool),
    About(bool),
    OpenLog,
    /// Answers the offer to restore kept ideas.
    Recover(Answer),
    /// Whether kept ideas are put by for recovery.
    PutBy(bool),
    /// Something of the file of a part, or of the reverb.
    Own(Target, Own),
    /// Something of the user's own presets.
    Preset(Part, OwnPreset),
    /// Something of the recordings.
    Recordings(Recording),
    /// Whether the page of the kit's pieces is open.
    Pieces(bool),
    /// Something of the user's own kits.
    Kit(OwnKit),
    /// Strikes the drum of this MIDI key.
    Strike(i32),
    /// Something of the page that chooses a file.
    Pick(Pick),
}

/// An effect that parts are sent to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Effect {
    #[default]
    Reverb,
    Delay,
}

impl Effect {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reverb => "Reverb",
            Self::Delay => "Delay",
        }
    }
}

/// What outlives a frame.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) focus: Focus,
    pub(crate) gesture: Option<Gesture>,
    pub(crate) notches: Notches,
    pub(crate) typing: Option<Typing>,
    pub(crate) menu: Option<OpenMenu>,
    pub(crate) tooltip: Tooltip,
    pub(crate) undo: Undo,
    pub(crate) deeds: Vec<Deed>,
    /// The effect that the Sound column shows.
    pub(crate) effect: Effect,
    /// Whether hover animations are left out.
    pub(crate) still: bool,
}

/// One frame's drawing.
pub(crate) struct Surface<'a> {
    pub(crate) ui: &'a mut Ui,
    pub(crate) painter: Painter,
    pub(crate) theme: &'static Theme,
    pub(crate) host: &'a GuiContext,
    pub(crate) desk: &'a mut Desk,
}

impl Surface<'_> {
    /// Makes `area` answer to the pointer and take its place in the order of Tab.
    pub(crate) fn control(&mut self, id: Id, area: Rect, sense: Sense) -> Response {
        let response = self.ui.interact(area, id, sense);
        self.desk.focus.register(id);
        if response.clicked() || response.drag_started() {
            self.desk.focus.click(id);
        }
        response
    }

    /// Whether `key` was pressed, without modifiers but Shift, while `id` has the focus.
    pub(crate) fn pressed(&self, id: Id, key: Key) -> bool {
        self.owns_keys(id) && self.ui.input(|input| count(&input.events, key) > 0)
    }

    /// Whether `id` gets the key presses of this frame.
    pub(crate) fn owns_keys(&self, id: Id) -> bool {
        self.desk.focus.is(id) && self.desk.typing.is_none() && self.desk.menu.is_none()
    }

    /// Whether a button was clicked, or Enter pressed on it.
    pub(crate) fn activated(&self, id: Id, response: &Response) -> bool {
        response.clicked() || self.pressed(id, Key::Enter)
    }

    /// How far the hover of `response` has faded in, in [0, 1].
    pub(crate) fn hover(&self, response: &Response) -> f32 {
        let over = response.hovered() || response.is_pointer_button_down_on();
        if self.desk.still {
            return f32::from(u8::from(over));
        }
        self.ui.ctx().animate_bool_with_time(response.id.with("hover"), over, 0.08)
    }

    /// A button's ground: `rest`, and the hover colour under the pointer.
    pub(crate) fn ground(&self, response: &Response, rest: Color32) -> Color32 {
        theme::mix(rest, self.theme.hover, self.hover(response))
    }

    /// The focus ring around `area`, where `id` has the keyboard's focus.
    pub(crate) fn ring(&self, id: Id, area: Rect, radius: f32) {
        if self.desk.focus.has_ring(id) {
            let ring = area.expand(3.0);
            paint::panel(
                &self.painter,
                ring,
                radius + 3.0,
                Color32::TRANSPARENT,
                Stroke::new(2.0, self.theme.t1),
            );
        }
    }

    /// Shows the hand of a button.
    pub(crate) fn hand(&self, response: &Response) {
        if response.hovered() {
            self.ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
        }
    }

    /// Asks the editor for something.
    pub(crate) fn ask(&mut self, deed: Deed) {
        self.desk.deeds.push(deed);
    }

    /// A tooltip after half a second over `response`.
    pub(crate) fn tip(&mut self, response: &Response, title: &str, hint: &str) {
        if response.hovered() && self.desk.menu.is_none() && self.desk.typing.is_none() {
            let now = self.ui.input(|input| input.time);
            self.desk.tooltip.offer(response.id, response.rect, title, hint, now);
        }
    }

    /// The notches by which the wheel was turned over `response`, up is positive.
    pub(crate) fn wheel(&self, response: &Response) -> f32 {
        if !response.hovered() {
            return 0.0;
        }
        self.ui.input(|input| input.events.iter().map(notches).sum())
    }

    /// The modifiers that are held.
    pub(crate) fn modifiers(&self) -> Modifiers {
        self.ui.input(|input| input.modifiers)
    }
}

/// How often `key` was pressed without Ctrl and Alt.
pub(crate) fn count(events: &[Event], key: Key) -> usize {
    let is_press = |event: &&Event| {
        matches!(event, Event::Key { key: found, pressed: true, modifiers, .. }
            if *found == key && !modifiers.command && !modifiers.ctrl && !modifiers.alt)
    };
    events.iter().filter(is_press).count()
}

/// The notches of one wheel event; shift may have turned the axis.
fn notches(event: &Event) -> f32 {
    match event {
        Event::MouseWheel { unit, delta, .. } => {
            let amount = if delta.y == 0.0 { delta.x } else { delta.y };
            match unit {
                egui::MouseWheelUnit::Line => amount,
                egui::MouseWheelUnit::Page => amount * 10.0,
                egui::MouseWheelUnit::Point => amount / 40.0,
            }
        }
        _ => 0.0,
    }
}
