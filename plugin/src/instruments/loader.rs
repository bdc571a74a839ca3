//! Runs on a thread of its own, one an instance: reads the files of instruments and spaces, hands them to the audio thread
//! in boxes, with the sounds of presets, and frees what comes back.

use super::outbox::Outbox;
use super::{ERROR_INSIDE, Instruments, Order, PartFile, Shared, Standing, Target, Wish};
use crate::guard::{Place, guard};
use crate::log;
use crate::settings::UserSettings;
use crossbeam_channel::{Receiver, Sender};
use linnet_engine::effect::reverb::OwnSpace;
use linnet_engine::sampler::{Instrument, PartInstrument};
use linnet_engine::synth::PartSound;
use linnet_handover::delivery;
use linnet_library::sound_font::Preset;
use linnet_library::{Fault, impulse_response, instrument_file};
use linnet_music::Part;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// Boxes that exist at most: of each part the one that plays, one that fades, and those on their way.
const CAPACITY: usize = 16;
/// The same of spaces: one that plays, one that waits, and those on their way.
const SPACES_MAX: usize = 4;
/// Between two looks at what has come back, while something is to come.
const PERIOD: Duration = Duration::from_millis(500);
/// The same while the audio thread takes nothing.
const PERIOD_UNSENT: Duration = Duration::from_millis(20);
/// The same while nothing is to come.
const PERIOD_IDLE: Duration = Duration::from_hours(1);
/// The bank of drums.
const DRUM_BANK: u16 = 128;

/// The ways to the audio thread.
pub struct Ways {
    instruments: delivery::Sender<PartInstrument>,
    spaces: delivery::Sender<OwnSpace>,
    sounds: delivery::Sender<PartSound>,
}

/// Their ends on the audio thread.
pub struct Ends {
    /// The parts' own instruments.
    pub instruments: delivery::Receiver<PartInstrument>,
    /// The reverb's own spaces.
    pub spaces: delivery::Receiver<OwnSpace>,
    /// The parts' own presets.
    pub sounds: delivery::Receiver<PartSound>,
}

/// The ways, and their ends.
pub fn ways() -> (Ways, Ends) {
    ways_for(CAPACITY)
}

/// The same for so many instruments.
pub(super) fn ways_for(capacity: usize) -> (Ways, Ends) {
    let (instruments, received) = delivery::queue(capacity);
    let (spaces, received_spaces) = delivery::queue(SPACES_MAX);
    let (sounds, received_sounds) = delivery::queue(CAPACITY);
    let ends = Ends { instruments: received, spaces: received_spaces, sounds: received_sounds };
    (Ways { instruments, spaces, sounds }, ends)
}

/// The thread. Dropping it ends it, and waits for that.
pub struct Loader {
    ends: Option<Sender<()>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Loader {
    /// Begins to load what `instruments` are told to, through `ways`. None where it has begun before, or the system
    /// gives no thread.
    pub(crate) fn start(instruments: &Instruments, ways: Ways) -> Option<Self> {
        Self::start_with(instruments, ways, UserSettings::file())
    }

    /// The same with the settings in this file.
    pub(super) fn start_with(
        instruments: &Instruments,
        ways: Ways,
        settings: Option<PathBuf>,
    ) -> Option<Self> {
        let (orders, sounds) = instruments.taken.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let (ends, ended) = crossbeam_channel::bounded::<()>(0);
        let stop = Arc::<AtomicBool>::default();
        let mut worker = Work::new(Arc::clone(&instruments.shared), settings, ways, Arc::clone(&stop));
        let run = move || worker.run(&orders, &sounds, &ended);
        match Builder::new().name("linnet loader".into()).spawn(run) {
            Ok(thread) => Some(Self { ends: Some(ends), stop, thread: Some(thread) }),
            Err(error) => {
                log::note(&format!("There is no thread to load instruments with: {error}"));
                instruments.give_up();
                None
            }
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.ends = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the thread was caught and is in the log.
            let _ = thread.join();
        }
    }
}

/// What the thread does.
pub(super) struct Work {
    shared: Arc<Shared>,
    /// The file that remembers what the user has chosen.
    settings: Option<PathBuf>,
    instruments: Outbox<PartInstrument, 4>,
    spaces: Outbox<OwnSpace, 1>,
    sounds: Outbox<PartSound, 4>,
    /// By target: orders that are answered where nothing is unsent.
    answered: [usize; Target::COUNT],
    /// The same of sounds.
    answered_sounds: usize,
    /// Set where the thread must end soon.
    stop: Arc<AtomicBool>,
}

/// What was made of a file.
enum Loaded {
    Instrument(Instrument),
    Space(Box<OwnSpace>),
}

/// How loading a file ended.
struct Outcome {
    standing: Standing,
    presets: Arc<[Preset]>,
    loaded: Option<(Loaded, Wish)>,
}

impl Outcome {
    fn without(standing: Standing) -> Self {
        Self { standing, presets: Arc::default(), loaded: None }
    }
}

impl Work {
    pub(super) fn new(
        shared: Arc<Shared>,
        settings: Option<PathBuf>,
        ways: Ways,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let (instruments, spaces) = (Outbox::new(ways.instruments), Outbox::new(ways.spaces));
        let sounds = Outbox::new(ways.sounds);
        let answered = [0; Target::COUNT];
        Self { shared, settings, instruments, spaces, sounds, answered, answered_sounds: 0, stop }
    }

    fn run(&mut self, orders: &Receiver<Order>, sounds: &Receiver<Box<PartSound>>, ended: &Receiver<()>) {
        loop {
            crossbeam_channel::select! {
                recv(ended) -> _ => return,
                recv(orders) -> order => match order {
                    Ok(order) => self.answer(&order, Self::obey),
                    Err(_) => return,
                },
                recv(sounds) -> sound => match sound {
                    Ok(sound) => {
                        self.answered_sounds += 1;
                        self.sounds.put(sound.part.index(), sound, false);
                    }
                    Err(_) => return,
                },
                default(self.period()) => {}
            }
            if guard(Place::Instruments, || self.send()).is_none() {
                self.instruments.clear();
                self.spaces.clear();
                self.sounds.clear();
            }
            self.count_answered();
        }
    }

    /// How long nothing needs to be done.
    fn period(&self) -> Duration {
        if self.instruments.is_full() || self.spaces.is_full() || self.sounds.is_full() {
            PERIOD_UNSENT
        } else if self.instruments.expects() || self.spaces.expects() || self.sounds.expects() {
            PERIOD
        } else {
            PERIOD_IDLE
        }
    }

    /// Does what `order` says by `obey`; a panic in there is a fault of the file, which then is not played.
    pub(super) fn answer(&mut self, order: &Order, obey: impl FnOnce(&mut Self, &Order)) {
        if guard(Place::Instruments, || obey(self, order)).is_none() {
            let mut files = self.shared.files();
            let file = &mut files[order.target];
            let is_present = file.serial == order.serial;
            if is_present {
                file.standing = Standing::Faulty(ERROR_INSIDE.to_owned());
            }
            drop(files);
            if is_present {
                self.put(order.target, None);
            }
        }
        self.answered[order.target] += 1;
        self.shared.worker.touch();
    }

    /// Frees what has come back, and sends what has found no room.
    pub(super) fn send(&mut self) {
        self.instruments.send();
        self.spaces.send();
        self.sounds.send();
    }

    /// Lays what was loaded ready for the audio thread; none takes away what it has.
    fn put(&mut self, target: usize, loaded: Option<Loaded>) {
        match (loaded, Target::ALL.get(target).copied()) {
            (Some(Loaded::Space(space)), _) => self.spaces.put(0, space, true),
            // A tap of silence in the place of the space before.
            (_, Some(Target::Space)) if self.spaces.rests(0) || self.spaces.has(0) => {
                let silence = Box::new(OwnSpace::new(&[0.0], &[0.0], self.rate_hz()));
                self.spaces.put(0, silence, true);
            }
            (Some(Loaded::Instrument(instrument)), Some(Target::Part(part))) => {
                let instrument = Some(instrument);
                self.instruments.put(target, Box::new(PartInstrument { part, instrument }), true);
            }
            (None, Some(Target::Part(part))) => {
                self.instruments.put(target, Box::new(PartInstrument { part, instrument: None }), false);
            }
            _ => {}
        }
    }

    /// What the engine runs at.
    fn rate_hz(&self) -> f64 {
        f64::from(f32::from_bits(self.shared.rate_hz.load(Ordering::Acquire))).max(1.0)
    }

    /// An order is answered where its box is on its way to the audio thread.
    pub(super) fn count_answered(&mut self) {
        let mut done = 0;
        for (target, answered) in Target::ALL.into_iter().zip(&mut self.answered) {
            let is_here = match target {
                Target::Part(part) => self.instruments.has(part.index()),
                Target::Space => self.spaces.has(0),
            };
            if !is_here {
                done += std::mem::take(answered);
            }
        }
        if !self.sounds.is_full() {
            done += std::mem::take(&mut self.answered_sounds);
        }
        self.shared.pending.fetch_sub(done, Ordering::AcqRel);
    }

    pub(super) fn obey(&mut self, order: &Order) {
        let file = self.shared.files()[order.target].clone();
        if file.serial != order.serial {
            return;
        }
        let outcome = match &file.wish {
            Some(wish) => self.load(wish, order, &file),
            None => Outcome::without(Standing::Absent),
        };
        if let Standing::Faulty(why) = &outcome.standing {
            log::note(&format!("An instrument was not loaded: {why}"));
        }
        let mut files = self.shared.files();
        let file = &mut files[order.target];
        if file.serial != order.serial {
            return;
        }
        file.standing = outcome.standing;
        if !outcome.presets.is_empty() {
            file.presets = outcome.presets;
        }
        let loaded = outcome.loaded.map(|(loaded, wish)| {
            file.wish = Some(wish);
            loaded
        });
        drop(files);
        // One that the audio thread has not taken yet is out of date.
        self.put(order.target, loaded);
    }

    fn load(&self, wish: &Wish, order: &Order, file: &PartFile) -> Outcome {
        let permitted =
            if order.is_permitted { Ok(self.permit(&wish.path)) } else { self.is_permitted(&wish.path) };
        match permitted {
            Ok(true) => {}
            Ok(false) => return Outcome::without(Standing::Asks),
            Err(why) => return Outcome::without(Standing::Faulty(why)),
        }
        let faulty = |fault: Fault| Outcome::without(Standing::Faulty(fault.to_string()));
        if Target::ALL.get(order.target) == Some(&Target::Space) {
            return read_space(wish, order, self.rate_hz(), &self.stop).unwrap_or_else(faulty);
        }
        read(wish, order, file, &self.stop).unwrap_or_else(faulty)
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
