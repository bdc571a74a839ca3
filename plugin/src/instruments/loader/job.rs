//! Runs on a thread of its own, one a file that is being read, so that none waits for another one: a large one, or one in
//! a network folder that does not answer.

use super::super::{Order, PartFile, Standing, Target, Wish};
use crate::guard::{Place, guard};
use crate::log;
use crate::settings::UserSettings;
use crossbeam_channel::Sender;
use linnet_engine::effect::reverb::OwnSpace;
use linnet_engine::sampler::Instrument;
use linnet_library::sound_font::Preset;
use linnet_library::{Fault, impulse_response, instrument_file};
use linnet_music::Part;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};

/// The bank of drums.
const DRUM_BANK: u16 = 128;

/// What was made of a file.
pub(super) enum Loaded {
    /// For a part.
    Instrument(Instrument),
    /// For the reverb.
    Space(Box<OwnSpace>),
}

/// How loading a file ended.
pub(in super::super) struct Outcome {
    pub(super) standing: Standing,
    pub(super) presets: Arc<[Preset]>,
    pub(super) loaded: Option<(Loaded, Wish)>,
}

impl Outcome {
    /// Nothing to play.
    pub(in super::super) fn without(standing: Standing) -> Self {
        Self { standing, presets: Arc::default(), loaded: None }
    }
}

/// What a job came to; none where it panicked.
pub(in super::super) struct Done {
    pub(super) order: Order,
    pub(super) outcome: Option<Outcome>,
}

/// What a job is given.
pub(in super::super) struct Task {
    pub(super) order: Order,
    pub(super) file: PartFile,
    /// The file that remembers what the user has chosen.
    pub(super) settings: Option<PathBuf>,
    /// What the engine runs at.
    pub(super) rate_hz: f64,
    /// Set where it must end soon.
    pub(super) stop: Arc<AtomicBool>,
}

/// A file that is being read.
pub(super) struct Job {
    pub(super) target: usize,
    pub(super) serial: u64,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Job {
    /// Begins `task` by `read`, and says to `done` what came of it.
    pub(super) fn start(
        task: Task,
        read: impl FnOnce(&Task) -> Outcome + Send + 'static,
        done: Sender<Done>,
    ) -> io::Result<Self> {
        let (target, serial, stop) = (task.order.target, task.order.serial, Arc::clone(&task.stop));
        let run = move || {
            let outcome = guard(Place::Instruments, || read(&task));
            // Nobody listens where the instance has gone.
            let _ = done.send(Done { order: task.order, outcome });
        };
        let thread = Builder::new().name("linnet file".into()).spawn(run)?;
        Ok(Self { target, serial, stop, thread })
    }

    /// Tells it to end soon; what it comes to is of no interest any more.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Its thread, to be waited for.
    pub(super) fn into_thread(self) -> JoinHandle<()> {
        self.thread
    }
}

impl Task {
    /// Reads the file that is wished for.
    pub(in super::super) fn read(&self) -> Outcome {
        let Self { order, file, stop, .. } = self;
        let Some(wish) = &file.wish else { return Outcome::without(Standing::Absent) };
        let permitted =
            if order.is_permitted { Ok(self.permit(&wish.path)) } else { self.is_permitted(&wish.path) };
        match permitted {
            Ok(true) => {}
            Ok(false) => return Outcome::without(Standing::Asks),
            Err(why) => return Outcome::without(Standing::Faulty(why)),
        }
        let faulty = |fault: Fault| Outcome::without(Standing::Faulty(fault.to_string()));
        if Target::ALL.get(order.target) == Some(&Target::Space) {
            return read_space(wish, order, self.rate_hz, stop).unwrap_or_else(faulty);
        }
        read(wish, order, file, stop).unwrap_or_else(faulty)
    }

    /// Whether the user has chosen this very file on this machine before.
    fn is_permitted(&self, path: &str) -> Result<bool, String> {
        let settings =
            self.settings.as_deref().map_or_else(|| Ok(UserSettings::default()), UserSettings::read)?;
        Ok(settings.instruments.iter().any(|known| known == path))
    }

    /// Notes that the user has chosen it. True, whether the settings can be written or not: the user is here.
    fn permit(&self, path: &str) -> bool {
        let Some(file) = self.settings.as_deref() else { return true };
        let noted = UserSettings::change_in(file, |settings| settings.allow_instrument(path));
        if let Err(why) = noted {
            log::note(&format!("An instrument's file could not be noted as allowed: {why}"));
        }
        true
    }
}

fn read(wish: &Wish, order: &Order, file: &PartFile, stop: &AtomicBool) -> Result<Outcome, Fault> {
    let path = Path::new(&wish.path);
    let sha256 = instrument_file::digest(path, stop)?;
    if !order.takes_any && !wish.sha256.is_empty() && wish.sha256 != sha256 {
        return Ok(Outcome::without(Standing::Changed));
    }
    let is_known = !file.presets.is_empty() && wish.sha256 == sha256;
    let presets = if is_known { Arc::clone(&file.presets) } else { instrument_file::presets(path)?.into() };
    let (bank, program) = order.preset.unwrap_or_else(|| first(&presets, order.target));
    let loaded = match instrument_file::load(path, bank, program, stop) {
        Ok(loaded) => loaded,
        // The user may choose another preset.
        Err(fault) => {
            return Ok(Outcome { presets, ..Outcome::without(Standing::Faulty(fault.to_string())) });
        }
    };
    let wish = Wish { bank, program, sha256, ..wish.clone() };
    let standing = Standing::Plays { name: loaded.name.clone(), remarks: loaded.remarks.clone() };
    Ok(Outcome { standing, presets, loaded: Some((Loaded::Instrument(loaded.instrument), wish)) })
}

fn read_space(wish: &Wish, order: &Order, rate_hz: f64, stop: &AtomicBool) -> Result<Outcome, Fault> {
    let path = Path::new(&wish.path);
    let sha256 = instrument_file::digest(path, stop)?;
    if !order.takes_any && !wish.sha256.is_empty() && wish.sha256 != sha256 {
        return Ok(Outcome::without(Standing::Changed));
    }
    let space = match impulse_response::read(path, rate_hz) {
        Ok(space) => space,
        Err(why) => {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            return Ok(Outcome::without(Standing::Faulty(format!("{file}: {why}"))));
        }
    };
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let standing = Standing::Plays { name, remarks: Vec::new() };
    let wish = Wish { sha256, ..wish.clone() };
    Ok(Outcome { standing, presets: Arc::default(), loaded: Some((Loaded::Space(space), wish)) })
}

/// The preset that a part begins with: the first one, for drums the first kit.
fn first(presets: &[Preset], part: usize) -> (u16, u16) {
    let is_kit = |preset: &&Preset| part == Part::Drums.index() && preset.bank >= DRUM_BANK;
    let preset = presets.iter().find(is_kit).or(presets.first());
    preset.map_or((0, 0), |preset| (preset.bank, preset.program))
}
