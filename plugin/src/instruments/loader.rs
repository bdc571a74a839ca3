//! Runs on a thread of its own, one an instance: reads the files of instruments, hands them to the audio thread in
//! boxes, and frees those that come back.

use super::{ERROR_INSIDE, Instruments, Order, PartFile, Shared, Standing, Wish};
use crate::guard::{Place, guard};
use crate::log;
use crate::settings::UserSettings;
use crossbeam_channel::{Receiver, Sender};
use linnet_engine::sampler::PartInstrument;
use linnet_handover::delivery;
use linnet_library::sound_font::Preset;
use linnet_library::{Fault, Loaded, instrument_file};
use linnet_music::Part;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// Boxes that exist at most: of each part the one that plays, one that fades, and those on their way.
pub const CAPACITY: usize = 16;
/// Between two looks at what has come back, while something is to come.
const PERIOD: Duration = Duration::from_millis(500);
/// The same while the audio thread takes nothing.
const PERIOD_UNSENT: Duration = Duration::from_millis(20);
/// The same while nothing is to come.
const PERIOD_IDLE: Duration = Duration::from_hours(1);
/// The bank of drums.
const DRUM_BANK: u16 = 128;

/// The thread. Dropping it ends it, and waits for that.
pub struct Loader {
    ends: Option<Sender<()>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Loader {
    /// Begins to load what `instruments` are told to, through `sender`. None where it has begun before, or the system
    /// gives no thread.
    pub(crate) fn start(instruments: &Instruments, sender: delivery::Sender<PartInstrument>) -> Option<Self> {
        Self::start_with(instruments, sender, UserSettings::file())
    }

    /// The same with the settings in this file.
    pub(super) fn start_with(
        instruments: &Instruments,
        sender: delivery::Sender<PartInstrument>,
        settings: Option<PathBuf>,
    ) -> Option<Self> {
        let orders = instruments.taken.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let (ends, ended) = crossbeam_channel::bounded::<()>(0);
        let stop = Arc::<AtomicBool>::default();
        let mut worker = Work::new(Arc::clone(&instruments.shared), settings, sender, Arc::clone(&stop));
        let run = move || worker.run(&orders, &ended);
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
    sender: delivery::Sender<PartInstrument>,
    /// By part: what the audio thread had no room for.
    unsent: [Option<Box<PartInstrument>>; 4],
    /// By part: orders that are answered where nothing is unsent.
    answered: [usize; 4],
    /// By part: whether the audio thread was sent an instrument last.
    has_instrument: [bool; 4],
    /// Set where the thread must end soon.
    stop: Arc<AtomicBool>,
}

/// How loading a part ended.
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
        sender: delivery::Sender<PartInstrument>,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let unsent = [const { None }; 4];
        Self { shared, settings, sender, unsent, answered: [0; 4], has_instrument: [false; 4], stop }
    }

    fn run(&mut self, orders: &Receiver<Order>, ended: &Receiver<()>) {
        loop {
            crossbeam_channel::select! {
                recv(ended) -> _ => return,
                recv(orders) -> order => match order {
                    Ok(order) => self.answer(&order, Self::obey),
                    Err(_) => return,
                },
                default(self.period()) => {}
            }
            if guard(Place::Instruments, || self.send()).is_none() {
                self.unsent = [const { None }; 4];
            }
            self.count_answered();
        }
    }

    /// How long nothing needs to be done.
    fn period(&self) -> Duration {
        let at_rest = self.has_instrument.iter().filter(|has| **has).count();
        if self.unsent.iter().any(Option::is_some) {
            PERIOD_UNSENT
        } else if self.sender.abroad() > at_rest {
            PERIOD
        } else {
            PERIOD_IDLE
        }
    }

    /// Does what `order` says by `obey`; a panic in there is a fault of the part, which then plays no instrument.
    pub(super) fn answer(&mut self, order: &Order, obey: impl FnOnce(&mut Self, &Order)) {
        if guard(Place::Instruments, || obey(self, order)).is_none() {
            let mut parts = self.shared.parts();
            let file = &mut parts[order.part];
            if file.serial == order.serial {
                file.standing = Standing::Faulty(ERROR_INSIDE.to_owned());
                self.unsent[order.part] =
                    Some(Box::new(PartInstrument { part: Part::ALL[order.part], instrument: None }));
            }
        }
        self.answered[order.part] += 1;
        self.shared.worker.touch();
    }

    /// Frees what has come back, and sends what has found no room.
    pub(super) fn send(&mut self) {
        self.sender.free_returned();
        for (place, has_instrument) in self.unsent.iter_mut().zip(&mut self.has_instrument) {
            if let Some(instrument) = place.take() {
                let has = instrument.instrument.is_some();
                *place = self.sender.send(instrument).err();
                if place.is_none() {
                    *has_instrument = has;
                }
            }
        }
    }

    /// An order is answered where its box is on its way to the audio thread.
    pub(super) fn count_answered(&mut self) {
        for (place, answered) in self.unsent.iter().zip(&mut self.answered) {
            if place.is_none() {
                self.shared.pending.fetch_sub(std::mem::take(answered), Ordering::AcqRel);
            }
        }
    }

    pub(super) fn obey(&mut self, order: &Order) {
        let file = self.shared.parts()[order.part].clone();
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
        let Some(part) = Part::ALL.get(order.part).copied() else { return };
        let mut parts = self.shared.parts();
        let file = &mut parts[order.part];
        if file.serial != order.serial {
            return;
        }
        file.standing = outcome.standing;
        if !outcome.presets.is_empty() {
            file.presets = outcome.presets;
        }
        let instrument = outcome.loaded.map(|(loaded, wish)| {
            file.wish = Some(wish);
            loaded.instrument
        });
        drop(parts);
        // One that the audio thread has not taken yet is out of date.
        self.unsent[order.part] = Some(Box::new(PartInstrument { part, instrument }));
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
    let (bank, program) = order.preset.unwrap_or_else(|| first(&presets, order.part));
    let loaded = match instrument_file::load(path, bank, program, stop) {
        Ok(loaded) => loaded,
        // The user may choose another preset.
        Err(fault) => {
            return Ok(Outcome { presets, ..Outcome::without(Standing::Faulty(fault.to_string())) });
        }
    };
    let wish = Wish { bank, program, sha256, ..wish.clone() };
    let standing = Standing::Plays { name: loaded.name.clone(), remarks: loaded.remarks.clone() };
    Ok(Outcome { standing, presets, loaded: Some((loaded, wish)) })
}

/// The preset that a part begins with: the first one, for drums the first kit.
fn first(presets: &[Preset], part: usize) -> (u16, u16) {
    let is_kit = |preset: &&Preset| part == Part::Drums.index() && preset.bank >= DRUM_BANK;
    let preset = presets.iter().find(is_kit).or(presets.first());
    preset.map_or((0, 0), |preset| (preset.bank, preset.program))
}
