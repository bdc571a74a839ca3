//! Runs on the main thread. Performs what the widgets asked for: orders to the worker, commands to the engine, the
//! session, files, and how the editor looks.

use super::actions::Exported;
use super::locks::Locks;
use super::recordings::Record;
use super::surface::Deed;
use super::undo::Step;
use super::{Editor, Page, ZOOMS, alternatives, export};
use crate::editor::control::Handle;
use crate::log;
use crate::settings::UserSettings;
use egui::Context;
use linnet_handover::EditorPorts;
use linnet_handover::editor_to_audio::Command;
use linnet_handover::to_worker::Order;
use linnet_music::{IdeaId, Pitch, Tempo, Velocity};
use nice_plug::context::gui::GuiContext;
use std::path::PathBuf;

/// How hard a drum is struck that is clicked.
const STRIKE: i32 = 100;

/// What deeds reach.
pub(super) struct Reach<'a> {
    pub(super) context: &'a Context,
    pub(super) host: &'a GuiContext,
    pub(super) ports: &'a mut EditorPorts,
}

impl Editor {
    /// Performs one deed.
    pub(super) fn perform(&mut self, deed: Deed, reach: &mut Reach<'_>) {
        match deed {
            Deed::Undo | Deed::Redo | Deed::Export if self.pages.over == Some(Page::Recordings) => {
                self.edit_recording(match deed {
                    Deed::Undo => Record::Undo,
                    Deed::Redo => Record::Redo,
                    _ => Record::Export,
                });
            }
            Deed::Recordings(deed) => self.edit_recording(deed),
            Deed::Kit(own) => self.own_kit(own, reach.host),
            Deed::Strike(key) => command(reach, Command::Strike(Pitch::new(key), Velocity::new(STRIKE))),
            Deed::Propose if self.view.composing().is_some() => order(reach, Order::Cancel),
            Deed::Propose => self.propose(reach),
            Deed::Stop => order(reach, Order::Cancel),
            Deed::DrawSeed => self.draw_seed(reach.host),
            Deed::Play(idea) => self.play(idea, reach),
            Deed::Walk(by) => self.walk(by, reach),
            Deed::Alternative(place) => self.play_alternative(place, reach),
            Deed::Keep => self.keep(reach),
            Deed::Lock(locks) => {
                let before = Locks::of(&self.params);
                self.lock(locks, reach);
                self.desk.undo.push(Step::Lock { before, after: locks });
            }
            Deed::MorphWith(idea) => {
                let before = self.params.saved.marks().morph_with();
                self.morph_with(idea, reach);
                self.desk.undo.push(Step::MorphWith { before, after: idea });
            }
            Deed::Export => self.export(),
            Deed::Record(on) => self.params.saved.recorder().switch(on),
            Deed::ForgetHeard => order(reach, Order::ForgetHeard),
            Deed::Audition(on) => command(reach, Command::Audition(on)),
            Deed::Panic => command(reach, Command::Panic),
            Deed::Own(target, own) => self.own(target, own, reach),
            Deed::Preset(part, own) => self.own_preset(part, own),
            Deed::Pick(pick) => self.choose_file(pick, reach),
            Deed::Undo => {
                let step = self.desk.undo.undo();
                self.take_step(step, reach);
            }
            Deed::Redo => {
                let step = self.desk.undo.redo();
                self.take_step(step, reach);
            }
            look => self.change_look(look, reach),
        }
    }

    fn change_look(&mut self, deed: Deed, reach: &mut Reach<'_>) {
        match deed {
            Deed::Zoom(zoom) => self.set_zoom(zoom, reach.context),
            Deed::ToggleTheme => {
                let mut preferences = self.params.saved.editor();
                preferences.light = !preferences.light;
            }
            Deed::ToggleMotion => {
                let mut preferences = self.params.saved.editor();
                preferences.reduce_motion = !preferences.reduce_motion;
            }
            Deed::Help(open) => {
                self.pages.over = open.then_some(Page::Help);
            }
            Deed::Settings(open) => self.open_engine_page(open),
            Deed::Why(open) => self.pages.over = open.then_some(Page::Why),
            Deed::SoundPage(open) => self.pages.sound = open,
            Deed::TallLane(lane) => self.pages.tall_lane = lane,
            Deed::ShowHeard(shown) => self.pages.shows_heard = shown,
            Deed::ShowMessage(shown) => self.pages.message = shown,
            Deed::CopyText(text) => {
                "Copied.".clone_into(&mut self.told);
                reach.context.copy_text(text);
            }
            Deed::Pieces(open) => {
                self.kits.turn_page();
                self.pages.over = open.then_some(Page::Pieces);
            }
            Deed::About(open) => {
                self.told.clear();
                self.pages.over = open.then_some(Page::About);
            }
            Deed::OpenLog => self.open_log(reach.context),
            Deed::Recover(answer) => {
                self.offer = None;
                self.params.saved.recovery().answer(answer);
            }
            Deed::PutBy(on) => {
                self.save(|settings| settings.recovery = on);
                self.params.saved.recovery().turn(on);
            }
            Deed::TryAgain => self.try_again(reach),
            Deed::UseRuntime(path) => self.use_runtime(&path, reach),
            Deed::UseModels(path) => self.use_models(&path, reach),
            _ => {}
        }
    }

    /// Asks with every control. An open seed that nobody changed since the last proposal is drawn anew.
    fn propose(&mut self, reach: &mut Reach<'_>) {
        let mut controls = self.params.controls();
        let is_old = self.last_seed.is_none_or(|last| last == controls.seed);
        if is_old && !self.params.propose.seed_lock.value() {
            controls.seed = other_than(controls.seed);
            let param = Handle::of(&self.params.propose.seed);
            param.put(reach.host, param.normalized(f32::from(controls.seed)));
        }
        self.last_seed = Some(controls.seed);
        let at = self.view.now.moment();
        order(reach, Order::Ask { controls, start: self.params.start(), at });
    }

    /// Draws another seed by hand: the next proposal uses it.
    fn draw_seed(&mut self, host: &GuiContext) {
        let param = Handle::of(&self.params.propose.seed);
        let before = param.value();
        let after = param.normalized(f32::from(other_than(self.params.propose.seed.value() as u16)));
        param.put(host, after);
        self.desk.undo.push(Step::Value { param, before, after });
    }

    fn play(&mut self, idea: IdeaId, reach: &mut Reach<'_>) {
        let before = self.view.current_id();
        if before == Some(idea) {
            order(reach, Order::Play { idea, start: self.params.start() });
            return;
        }
        self.desk.undo.push(Step::Choose { before, after: Some(idea) });
        self.expected = Some(idea);
        order(reach, Order::Play { idea, start: self.params.start() });
    }

    fn walk(&mut self, by: i32, reach: &mut Reach<'_>) {
        let current = self.view.current_id();
        let here = self.view.cards.iter().position(|card| Some(card.id) == current);
        let next = here.and_then(|i| i.checked_add_signed(by as isize)).and_then(|i| self.view.cards.get(i));
        if let Some(id) = next.map(|card| card.id) {
            self.play(id, reach);
        }
    }

    /// Plays an alternative; the first time it joins the session as an idea of its own.
    fn play_alternative(&mut self, place: usize, reach: &mut Reach<'_>) {
        if place >= alternatives::COUNT_MAX {
            return;
        }
        if let Some(idea) = self.alternatives.made[place] {
            self.play(idea, reach);
            return;
        }
        let Some(alternative) = place.checked_sub(1).and_then(|i| self.view.worker.alternatives.get(i))
        else {
            return;
        };
        let mut idea = alternative.as_ref().clone();
        let mut session = reach.ports.worker.session();
        idea.id = session.next_id();
        idea.kept = false;
        let id = idea.id;
        session.add(idea);
        drop(session);
        reach.ports.worker.touch();
        self.alternatives.made[place] = Some(id);
        self.play(id, reach);
    }

    fn keep(&mut self, reach: &mut Reach<'_>) {
        let Some(idea) = self.view.current.as_ref().map(|idea| (idea.id, !idea.kept)) else { return };
        set_kept(reach, idea.0, idea.1);
        self.desk.undo.push(Step::Keep { idea: idea.0, kept: idea.1 });
    }

    /// Locks these parts, through the host, and these bars.
    fn lock(&self, locks: Locks, reach: &Reach<'_>) {
        for (part, locked) in self.params.parts.iter().zip(locks.parts) {
            if part.lock.value() != locked {
                Handle::of(&part.lock).put(reach.host, f32::from(u8::from(locked)));
            }
        }
        if self.params.saved.marks().locked_bars() != locks.bars {
            self.params.saved.marks().lock_bars(locks.bars);
            self.mark_modified(reach.host);
        }
    }

    fn morph_with(&self, idea: Option<IdeaId>, reach: &Reach<'_>) {
        self.params.saved.marks().set_morph_with(idea);
        self.mark_modified(reach.host);
    }

    fn export(&mut self) {
        let Some(idea) = &self.view.current else { return };
        let bpm = self.view.now.tempo_bpm;
        let tempo = if bpm >= 1.0 { Tempo::new(bpm) } else { Tempo::default() };
        let told = export::export(idea, tempo).map(|path| format!("Written: {}", export::shown(&path)));
        self.exported = Exported::new(told, self.params.saved.recorder().standing());
    }

    /// Performs a step of undo or redo.
    fn take_step(&mut self, step: Option<Step>, reach: &mut Reach<'_>) {
        match step {
            Some(Step::Value { param, after, .. }) => param.put(reach.host, after),
            Some(Step::Point { params, after, .. }) => {
                params.iter().zip(after).for_each(|(param, value)| param.put(reach.host, value));
            }
            Some(Step::Values(values)) => {
                for (param, _, after) in values {
                    param.put(reach.host, after);
                }
            }
            Some(Step::Lock { after, .. }) => self.lock(after, reach),
            Some(Step::MorphWith { after, .. }) => self.morph_with(after, reach),
            Some(Step::Keep { idea, kept }) => set_kept(reach, idea, kept),
            Some(Step::File(step)) => self.take_file_step(&step, reach),
            Some(Step::Preset(step)) => self.take_preset_step(&step, reach),
            // It has left the history since.
            Some(Step::Choose { after: Some(idea), .. })
                if reach.ports.worker.session().idea(idea).is_none() => {}
            Some(Step::Choose { after: Some(idea), .. }) => {
                self.expected = Some(idea);
                order(reach, Order::Play { idea, start: self.params.start() });
            }
            Some(Step::Choose { after: None, .. }) => {
                reach.ports.worker.session().set_current(None);
                reach.ports.worker.touch();
                self.known_current = None;
                order(reach, Order::SessionReplaced);
                order(reach, Order::Silence);
            }
            None => {}
        }
    }

    fn set_zoom(&mut self, zoom: f32, context: &Context) {
        let zoom = zoom.clamp(ZOOMS[0], ZOOMS[ZOOMS.len() - 1]);
        self.params.saved.editor().zoom = zoom;
        context.set_zoom_factor(zoom);
    }

    fn open_engine_page(&mut self, open: bool) {
        if open {
            self.engine_fields = super::engine_page::Fields::load();
        }
        self.pages.over = open.then_some(Page::Engine);
    }

    /// Opens the log's folder with the system's file manager, or copies its path; where that needs words, the page About
    /// has them.
    fn open_log(&mut self, context: &Context) {
        log::flush();
        self.told = match log::folder() {
            None => "There is no home folder, so there is no log.".to_owned(),
            Some(folder) => match open::that_detached(&folder) {
                Ok(()) => String::new(),
                Err(error) => {
                    context.copy_text(folder.display().to_string());
                    format!("The folder could not be opened ({error}). Its path is copied.")
                }
            },
        };
        if !self.told.is_empty() {
            self.pages.over = Some(Page::About);
        }
    }

    fn try_again(&mut self, reach: &Reach<'_>) {
        let models = UserSettings::load().ok().and_then(|settings| settings.with_surroundings().models);
        self.pages.message = true;
        order(reach, Order::UseModels(models));
    }

    fn use_runtime(&mut self, path: &str, reach: &Reach<'_>) {
        let path = (!path.is_empty()).then(|| PathBuf::from(path));
        self.save(|settings| settings.onnxruntime.clone_from(&path));
        order(reach, Order::UseRuntime(path));
    }

    fn use_models(&mut self, path: &str, reach: &Reach<'_>) {
        let path = (!path.is_empty()).then(|| PathBuf::from(path));
        self.save(|settings| settings.models.clone_from(&path));
        order(reach, Order::UseModels(path));
    }

    fn save(&mut self, change: impl FnOnce(&mut UserSettings)) {
        let saved = UserSettings::change(change);
        self.engine_fields.fault = saved.err().unwrap_or_default();
    }
}

/// Sends an order. A worker that has ended takes none, which its status shows.
fn order(reach: &Reach<'_>, order: Order) {
    let _ = reach.ports.orders.send(order);
}

/// Sends a command. A full queue means that the host does not process, and then there is nothing to hear.
fn command(reach: &mut Reach<'_>, command: Command) {
    let _ = reach.ports.commands.send(command);
}

fn set_kept(reach: &Reach<'_>, idea: IdeaId, kept: bool) {
    if let Some(idea) = reach.ports.worker.session().idea_mut(idea) {
        idea.kept = kept;
    }
    reach.ports.worker.touch();
}

/// Any seed but `seed`: the hasher of the standard library is keyed at random.
fn other_than(seed: u16) -> u16 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let draw = || RandomState::new().build_hasher().finish() as u16;
    std::iter::repeat_with(draw).find(|drawn| *drawn != seed).unwrap_or_default()
}
