//! The editor: one window, left to right as the music flows.
//!
//! Runs on the host's main thread. It reads the handover and the parameters, and nothing else; what it changes goes
//! through the host or as an order. Frames are drawn on input and on change only.

mod about;
mod actions;
mod alternatives;
mod button;
mod chord_row;
mod control;
mod deeds;
mod delay;
mod effects;
mod embedding;
mod engine_page;
mod eq;
mod export;
mod focus;
mod gesture;
mod harmony;
mod header;
mod heard;
mod help;
mod history;
mod icons;
mod keys;
mod knob;
mod lane;
mod layout;
mod lists;
mod locks;
mod menu;
mod message;
mod meter;
mod modes;
mod news;
mod origin;
mod own_instrument;
mod own_preset;
mod paint;
mod picker;
mod pieces;
mod playhead;
mod propose;
mod quitting;
mod recordings;
mod replacing;
mod reverb;
mod roll;
mod roll_axis;
mod ruler;
mod save_preset;
mod seed;
mod slider;
mod sounds;
mod spectrum;
mod status;
mod steer;
mod strip;
mod style_pad;
mod surface;
mod text;
mod theme;
mod toolbar;
mod tooltip;
mod tree;
mod typing;
mod undo;
mod uses;
mod value_text;
mod view;
mod watcher;
mod why;
mod window;

pub use embedding::PluginEditor;
pub use window::create;

use crate::PluginKind;
use crate::params::LinnetParams;
use deeds::Reach;
use egui::{Id, Rect, Sense, Ui};
use layout::{Layout, Sound, Wish};
use linnet_handover::EditorPorts;
use linnet_music::{IdeaId, Part};
use nice_plug::context::gui::GuiContext;
use std::sync::Arc;
use std::time::Duration;
use surface::{Desk, Surface};
use theme::Theme;
use view::View;

/// The steps of zoom.
const ZOOMS: [f32; 6] = [0.75, 1.0, 1.25, 1.5, 1.75, 2.0];
/// Between two frames of what moves by itself.
const FRAME: Duration = Duration::from_millis(33);
/// Seconds that the MIDI light stays on.
const LIGHT_S: f64 = 0.15;

/// A page over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Help,
    Engine,
    About,
    /// The panel that says why an idea came first.
    Why,
    /// The recordings, and the one that is edited.
    Recordings,
    /// The pieces of the drums' kit.
    Pieces,
    /// The list of files.
    Files(picker::Purpose),
    /// The name and tags under which a part's sound is saved.
    SavePreset(Part),
}

/// Which pages are open, and what the roll shows.
#[derive(Clone, Copy, Debug)]
struct Pages {
    /// The page over the window.
    over: Option<Page>,
    /// Whether Sound is shown in the place of the well.
    sound: bool,
    /// Whether what went wrong is told over the roll.
    message: bool,
    tall_lane: Option<usize>,
    shows_heard: bool,
}

/// The ideas that the alternatives of one proposal became.
#[derive(Clone, Copy, Debug, Default)]
struct Alternatives {
    latest: Option<IdeaId>,
    made: [Option<IdeaId>; alternatives::COUNT_MAX],
}

/// The contents of the window, without the window.
pub struct Editor {
    params: Arc<LinnetParams>,
    view: View,
    desk: Desk,
    pages: Pages,
    levels: meter::Levels,
    spectrum: spectrum::Spectrum,
    eq: eq::State,
    pad: style_pad::State,
    scroll: history::Scroll,
    alternatives: Alternatives,
    exported: actions::Exported,
    engine_fields: engine_page::Fields,
    own_instrument: own_instrument::State,
    own_preset: own_preset::State,
    /// A preset that a part shall play.
    loaded: Option<(Part, crate::presets::Own)>,
    kits: pieces::own::State,
    picker: picker::State,
    recordings: recordings::State,
    /// The current idea as last seen.
    known_current: Option<IdeaId>,
    /// Whether a session was seen at all.
    is_known: bool,
    /// The idea that was asked for and has not become current yet.
    expected: Option<IdeaId>,
    /// The seed of the last proposal, or the one that the editor opened with.
    last_seed: Option<u16>,
    /// The newest idea of the session, how many there are, and how many are kept, as the host knows it.
    saved_ideas: Option<(Option<IdeaId>, usize, usize)>,
    notes_in: u64,
    lit_until: f64,
    failure: Option<linnet_handover::worker_view::Failure>,
    /// What there is to restore of sessions that ended unexpectedly.
    offer: Option<crate::recovery::Offer>,
    /// What the last button of the page About has done.
    told: String,
}

impl Editor {
    /// The editor of the instance with these parameters.
    pub fn new(params: Arc<LinnetParams>) -> Self {
        params.saved.presets().list();
        params.saved.kits().list();
        Self {
            params,
            view: View::default(),
            desk: Desk::default(),
            pages: Pages { over: None, sound: false, message: true, tall_lane: None, shows_heard: true },
            levels: meter::Levels::default(),
            spectrum: spectrum::Spectrum::default(),
            eq: eq::State::default(),
            pad: style_pad::State::default(),
            scroll: history::Scroll::default(),
            alternatives: Alternatives::default(),
            exported: actions::Exported::default(),
            engine_fields: engine_page::Fields::default(),
            own_instrument: own_instrument::State::default(),
            own_preset: own_preset::State::default(),
            loaded: None,
            kits: pieces::own::State::default(),
            picker: picker::State::default(),
            recordings: recordings::State::default(),
            known_current: None,
            is_known: false,
            expected: None,
            last_seed: None,
            saved_ideas: None,
            notes_in: 0,
            lit_until: 0.0,
            failure: None,
            offer: None,
            told: String::new(),
        }
    }

    /// Gives the fonts to a new window.
    pub fn prepare(context: &egui::Context) {
        text::install(context);
        context.options_mut(|options| options.zoom_with_keyboard = false);
    }

    /// Ends what the user's hand held when the window closed.
    pub fn close(&mut self, host: &GuiContext) {
        if let Some(gesture) = self.desk.gesture.take() {
            gesture.abandon(host);
        }
        self.eq.abandon(&self.params, host);
        self.pad.abandon(&self.params, host);
        self.desk.menu = None;
        self.desk.typing = None;
        self.params.saved.recordings().silence();
    }

    /// Draws one frame and performs what the user asked for in it.
    pub fn frame(&mut self, ui: &mut Ui, host: &GuiContext, ports: &mut EditorPorts) {
        let now = ui.input(|input| input.time);
        self.take_news(ports, host, now);
        let (light, still) = {
            let preferences = self.params.saved.editor();
            (preferences.light, preferences.reduce_motion)
        };
        self.desk.still = still;
        self.draw(ui, host, Theme::of(light), now);
        self.take_keys(ui);
        let context = ui.ctx().clone();
        let deeds = std::mem::take(&mut self.desk.deeds);
        if !deeds.is_empty() {
            context.request_repaint();
        }
        let mut reach = Reach { context: &context, host, ports };
        for deed in deeds {
            self.perform(deed, &mut reach);
        }
        self.hush();
        if self.levels.is_moving() || self.spectrum.is_moving() || self.lit_until > now {
            context.request_repaint_after(FRAME);
        }
    }

    fn draw(&mut self, ui: &mut Ui, host: &GuiContext, theme: &'static Theme, now: f64) {
        let window = ui.max_rect();
        let painter = ui.painter().clone();
        painter.rect_filled(window, 0.0, theme.win);
        let follows_tab = self.desk.typing.is_none() && self.desk.menu.is_none();
        self.desk.focus.begin(ui, follows_tab);
        let ground = ui.interact(window, Id::unique("ground"), Sense::click());
        if ground.clicked() {
            self.desk.focus.clear();
        }
        let wish =
            Wish { notes_only: self.params.kind == PluginKind::Notes, tall_lane: self.pages.tall_lane };
        let all = layout::layout(window.size(), wish);
        let mut desk = std::mem::take(&mut self.desk);
        let mut surface = Surface { ui, painter, theme, host, desk: &mut desk };
        steer::show(&mut surface, &all.steer, &self.view, &self.params, &mut self.pad);
        self.header(&mut surface, &all, now);
        if all.compact && self.pages.sound && self.params.kind == PluginKind::Instrument {
            self.sound_page(&mut surface, &all);
        } else {
            roll::show(
                &mut surface,
                &all,
                &self.view,
                &self.params,
                (&self.pages, &mut self.scroll),
                &self.exported,
            );
        }
        if let Some(sound) = &all.sound {
            self.sound(&mut surface, sound);
        }
        status::show(&mut surface, all.status, &self.view, &self.params, all.compact);
        self.overlays(&mut surface, &all);
        self.desk = desk;
    }

    fn header(&self, surface: &mut Surface<'_>, all: &Layout, now: f64) {
        let zoom = self.params.saved.editor().zoom;
        let facts = header::Facts {
            kind: self.params.kind,
            compact: all.compact,
            zoom,
            midi_in: now < self.lit_until,
            pages: self.pages,
        };
        header::show(surface, all.header, &self.view, facts);
    }

    fn sound(&mut self, surface: &mut Surface<'_>, sound: &Sound) {
        let params = Arc::clone(&self.params);
        meter::show(surface, sound.meter, &self.levels, &params);
        strip::labels(surface, sound.labels);
        for part in Part::ALL {
            let own = params.saved.instruments().file(part);
            strip::show(surface, sound.strips[part.index()], part, &params, &own);
        }
        let rate = self.view.now.sample_rate_hz;
        eq::show(surface, sound.eq, &params, &self.spectrum, (&mut self.eq, rate));
        effects::show(surface, sound.reverb, &params);
    }

    fn sound_page(&mut self, surface: &mut Surface<'_>, all: &Layout) {
        let page = layout::sound_page(all.roll.well);
        let fill = surface.theme.win;
        paint::panel(&surface.painter, all.roll.well, 8.0, fill, egui::Stroke::new(1.0, surface.theme.line));
        self.sound(surface, &page);
    }

    /// What lies over the window, the lowest first.
    fn overlays(&mut self, surface: &mut Surface<'_>, all: &Layout) {
        let window = Rect::from_min_size(egui::Pos2::ZERO, all.size);
        if self.pages.message
            && let Some(message) = self.message(surface.host)
        {
            message::show(surface, &all.roll, message);
        }
        match self.pages.over {
            Some(Page::Why) => why::show(surface, all, &self.view),
            Some(Page::Help) => help::show(surface, window),
            Some(Page::Engine) => {
                let is_putting_by = self.params.saved.recovery().is_on();
                engine_page::show(surface, window, (&self.view, is_putting_by), &mut self.engine_fields);
            }
            Some(Page::Files(purpose)) => {
                let (listing, standing) = (self.params.saved.files().listing(), self.picked(purpose));
                picker::show(surface, window, (purpose, &listing, &standing), &mut self.picker);
            }
            Some(Page::Recordings) => {
                let shown = self.params.saved.recordings().shown();
                recordings::show(surface, window, (&shown, &self.view.now), &mut self.recordings);
            }
            Some(Page::Pieces) => pieces::show(surface, window, &self.params, &mut self.kits),
            Some(Page::SavePreset(part)) => {
                save_preset::show(surface, window, part, &mut self.own_preset.save);
            }
            Some(Page::About) => about::show(surface, window, &self.report(surface.host), &self.told),
            None => {}
        }
        menu::show(surface);
        typing::show(surface);
        tooltip::show(surface);
    }

    /// The keys that work anywhere, and Esc, which takes the focus from a control.
    fn take_keys(&mut self, ui: &Ui) {
        if self.is_typing(ui) || self.desk.menu.is_some() {
            return;
        }
        let zoom = self.params.saved.editor().zoom;
        let mut deeds = ui.input(|input| keys::deeds(input, zoom));
        self.desk.deeds.append(&mut deeds);
        if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.desk.focus.clear();
        }
        // egui's own focus stays here, so that the window gets the keys that it asks for.
        let root = Id::unique("keyboard");
        let _ = ui.interact(Rect::NOTHING, root, Sense::focusable_noninteractive());
        let filter =
            egui::EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.ctx().memory_mut(|memory| {
            if memory.focused() != Some(root) {
                memory.request_focus(root);
            }
            memory.set_focus_lock_filter(root, filter);
        });
    }

    /// Whether keys go into a text field.
    fn is_typing(&self, ui: &Ui) -> bool {
        let fields =
            ["typing", "runtime path", "models path", "file path", "preset name", pieces::own::FIELD]
                .map(Id::unique);
        let focused = ui.ctx().memory(egui::Memory::focused);
        let is_searching = self.desk.menu.as_ref().is_some_and(menu::OpenMenu::takes_words);
        is_searching || self.desk.typing.is_some() || focused.is_some_and(|id| fields.contains(&id))
    }
}
