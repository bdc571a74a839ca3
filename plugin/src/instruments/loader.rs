//! Runs on a thread of its own, one an instance: has the files of instruments and spaces read ([`job`]), hands them to the
//! audio thread in boxes, with the sounds of presets, and frees what comes back. It never waits for a file.

pub(super) mod job;

use super::outbox::Outbox;
use super::{ERROR_INSIDE, Instruments, Order, Shared, Standing, Target};
use crate::guard::{Place, guard};
use crate::log;
use crate::patience::{self, PATIENCE};
use crate::settings::UserSettings;
use crossbeam_channel::{Receiver, Sender};
use job::{Done, Job, Loaded, Outcome, Task};
use linnet_engine::effect::reverb::OwnSpace;
use linnet_engine::sampler::PartInstrument;
use linnet_engine::synth::PartSound;
use linnet_handover::delivery;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
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

/// The thread. Dropping it ends it, and waits for that: a file that is being read for [`PATIENCE`] at most.
pub struct Loader {
    ends: Option<Sender<()>>,
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
        let mut worker = Work::new(Arc::clone(&instruments.shared), settings, ways);
        let run = move || worker.run(&orders, &sounds, &ended);
        match Builder::new().name("linnet loader".into()).spawn(run) {
            Ok(thread) => Some(Self { ends: Some(ends), thread: Some(thread) }),
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
    /// By target: the file that is being read.
    jobs: [Option<Job>; Target::COUNT],
    /// Those that were told to end.
    leaving: Vec<Job>,
    /// What jobs came to.
    done: (Sender<Done>, Receiver<Done>),
}

impl Work {
    pub(super) fn new(shared: Arc<Shared>, settings: Option<PathBuf>, ways: Ways) -> Self {
        let (instruments, spaces) = (Outbox::new(ways.instruments), Outbox::new(ways.spaces));
        let sounds = Outbox::new(ways.sounds);
        Self {
            shared,
            settings,
            instruments,
            spaces,
            sounds,
            answered: [0; Target::COUNT],
            answered_sounds: 0,
            jobs: [const { None }; Target::COUNT],
            leaving: Vec::new(),
            done: crossbeam_channel::unbounded(),
        }
    }

    fn run(&mut self, orders: &Receiver<Order>, sounds: &Receiver<Box<PartSound>>, ended: &Receiver<()>) {
        let done = self.done.1.clone();
        loop {
            crossbeam_channel::select! {
                recv(ended) -> _ => break,
                recv(orders) -> order => match order {
                    Ok(order) => self.begin(&order, Task::read),
                    Err(_) => break,
                },
                recv(done) -> done => if let Ok(done) = done {
                    self.end(done);
                },
                recv(sounds) -> sound => match sound {
                    Ok(sound) => {
                        self.answered_sounds += 1;
                        self.sounds.put(sound.part.index(), sound, false);
                    }
                    Err(_) => break,
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
        self.leave(PATIENCE);
    }

    /// Ends what is being read, and waits for it as long as `patience` lasts. Returns how many threads are left.
    pub(super) fn leave(&mut self, patience: Duration) -> usize {
        let jobs: Vec<Job> =
            self.jobs.iter_mut().filter_map(Option::take).chain(self.leaving.drain(..)).collect();
        jobs.iter().for_each(Job::stop);
        patience::join(jobs.into_iter().map(Job::into_thread), patience)
    }

    /// What jobs come to.
    #[cfg(test)]
    pub(super) fn jobs_done(&self) -> &Receiver<Done> {
        &self.done.1
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

    /// Does what `order` says; a file is read by `read`, on a thread of its own. What was being read for the same target is
    /// of no interest any more.
    pub(super) fn begin(&mut self, order: &Order, read: impl FnOnce(&Task) -> Outcome + Send + 'static) {
        if let Some(job) = self.jobs[order.target].take() {
            job.stop();
            self.leaving.push(job);
            self.answered[order.target] += 1;
        }
        let file = self.shared.files()[order.target].clone();
        if file.serial != order.serial || file.wish.is_none() {
            self.finish(order, Some(Outcome::without(Standing::Absent)));
            return;
        }
        let (settings, rate_hz, stop) = (self.settings.clone(), self.rate_hz(), Arc::default());
        let task = Task { order: order.clone(), file, settings, rate_hz, stop };
        match Job::start(task, read, self.done.0.clone()) {
            Ok(job) => self.jobs[order.target] = Some(job),
            Err(error) => {
                log::note(&format!("There is no thread to read a file with: {error}"));
                self.finish(order, None);
            }
        }
    }

    /// Takes what a job came to.
    pub(super) fn end(&mut self, done: Done) {
        let Done { order, outcome } = done;
        let is_it = |job: &Job| (job.target, job.serial) == (order.target, order.serial);
        if let Some(job) = self.jobs[order.target].take_if(|job| is_it(job)) {
            // It has said its last word.
            let _ = job.into_thread().join();
            self.finish(&order, outcome);
        } else if let Some(place) = self.leaving.iter().position(is_it) {
            let _ = self.leaving.swap_remove(place).into_thread().join();
        }
    }

    /// Answers `order`, unless another wish has taken its place; none is a fault of the file, which then is not played.
    fn finish(&mut self, order: &Order, outcome: Option<Outcome>) {
        let outcome = outcome.unwrap_or_else(|| Outcome::without(Standing::Faulty(ERROR_INSIDE.to_owned())));
        if guard(Place::Instruments, || self.take(order, outcome)).is_none() {
            self.put(order.target, None);
        }
        self.answered[order.target] += 1;
        self.shared.worker.touch();
    }

    fn take(&mut self, order: &Order, outcome: Outcome) {
        let mut files = self.shared.files();
        let file = &mut files[order.target];
        if file.serial != order.serial {
            return;
        }
        if let Standing::Faulty(why) = &outcome.standing {
            log::note(&format!("An instrument was not loaded: {why}"));
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
}
