//! Runs on a thread of its own, one an instance: reads the files of instruments, hands them to the audio thread in
//! boxes, and frees those that come back.

use super::{Instruments, Order, PartFile, Shared, Standing, Wish};
use crate::guard::{Place, guard};
use crate::log;
use crate::settings::UserSettings;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use linnet_engine::sampler::PartInstrument;
use linnet_handover::delivery;
use linnet_library::sound_font::Preset;
use linnet_library::{Fault, Loaded, instrument_file};
use linnet_music::Part;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// Boxes that exist at most: of each part the one that plays, one that fades, and those on their way.
pub const CAPACITY: usize = 16;
/// Between two looks at what has come back.
const PERIOD: Duration = Duration::from_millis(500);
/// The same while the audio thread takes nothing.
const PERIOD_UNSENT: Duration = Duration::from_millis(20);
/// The bank of drums.
const DRUM_BANK: u16 = 128;

/// The thread. Dropping it ends it, and waits for that.
pub struct Loader {
    ends: Option<Sender<()>>,
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
        let mut worker =
            Work { shared: Arc::clone(&instruments.shared), settings, sender, unsent: [const { None }; 4] };
        let run = move || worker.run(&orders, &ended);
        let thread = Builder::new().name("linnet loader".into()).spawn(run).ok()?;
        Some(Self { ends: Some(ends), thread: Some(thread) })
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.ends = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the thread was caught and is in the log.
            let _ = thread.join();
        }
    }
}

/// What the thread does.
struct Work {
    shared: Arc<Shared>,
    /// The file that remembers what the user has chosen.
    settings: Option<PathBuf>,
    sender: delivery::Sender<PartInstrument>,
    /// By part: what the audio thread had no room for.
    unsent: [Option<Box<PartInstrument>>; 4],
}

/// How loading a part ended.
struct Outcome {
    standing: Standing,
    presets: Vec<Preset>,
    loaded: Option<(Loaded, Wish)>,
}

impl Outcome {
    fn without(standing: Standing) -> Self {
        Self { standing, presets: Vec::new(), loaded: None }
    }
}

impl Work {
    fn run(&mut self, orders: &Receiver<Order>, ended: &Receiver<()>) {
        loop {
            let period = if self.unsent.iter().any(Option::is_some) { PERIOD_UNSENT } else { PERIOD };
            let order = orders.recv_timeout(period.min(Duration::from_millis(50)));
            if matches!(ended.try_recv(), Err(crossbeam_channel::TryRecvError::Disconnected)) {
                return;
            }
            match order {
                Ok(order) => {
                    guard(Place::Instruments, || self.obey(&order));
                    self.shared.pending.fetch_sub(1, Ordering::AcqRel);
                    self.shared.worker.touch();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            guard(Place::Instruments, || self.send());
        }
    }

    /// Frees what has come back, and sends what has found no room.
    fn send(&mut self) {
        self.sender.free_returned();
        for place in &mut self.unsent {
            if let Some(instrument) = place.take() {
                *place = self.sender.send(instrument).err();
            }
        }
    }

    fn obey(&mut self, order: &Order) {
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
        match read(wish, order, file) {
            Ok(outcome) => outcome,
            Err(fault) => Outcome::without(Standing::Faulty(fault.to_string())),
        }
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
        let noted = UserSettings::read(file).and_then(|mut settings| {
            let is_new = settings.allow_instrument(path);
            if is_new { settings.write(file) } else { Ok(()) }
        });
        if let Err(why) = noted {
            log::note(&format!("An instrument's file could not be noted as allowed: {why}"));
        }
        true
    }
}

fn read(wish: &Wish, order: &Order, file: &PartFile) -> Result<Outcome, Fault> {
    let path = Path::new(&wish.path);
    let sha256 = instrument_file::digest(path)?;
    if !order.takes_any && !wish.sha256.is_empty() && wish.sha256 != sha256 {
        return Ok(Outcome::without(Standing::Changed));
    }
    let is_known = !file.presets.is_empty() && wish.sha256 == sha256;
    let presets = if is_known { file.presets.clone() } else { instrument_file::presets(path)? };
    let (bank, program) = order.preset.unwrap_or_else(|| first(&presets, order.part));
    let loaded = instrument_file::load(path, bank, program)?;
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
