//! The same work for many contexts, on all processors, in the order of the contexts; says on the error stream how far it is.

use super::EvaluationError;
use super::band::Band;
use linnet_composer::worker::loader::Loaded;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often progress is said.
const EVERY: Duration = Duration::from_secs(10);

/// The models, and how many threads use them.
#[derive(Clone, Debug)]
pub struct Players {
    /// The models.
    pub loaded: Loaded,
    /// Threads, ≥ 1.
    pub threads: usize,
}

impl Players {
    /// `work` for each of `items`, with a plug-in of its own a thread.
    ///
    /// # Errors
    /// The first that `work` has.
    pub fn each<T: Sync, R: Send>(
        &self,
        name: &str,
        items: &[T],
        work: impl Fn(&mut Band, usize, &T) -> Result<R, EvaluationError> + Sync,
    ) -> Result<Vec<R>, EvaluationError> {
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let told = Mutex::new(Instant::now());
        let work_on = |band: &mut Band| -> Option<()> {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let item = items.get(index)?;
            band.reset();
            let result = work(band, index, item);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((index, result));
            tell(&told, name, done.len(), items.len());
            Some(())
        };
        let play = || {
            let mut band = Band::new(&self.loaded);
            while work_on(&mut band).is_some() {}
        };
        std::thread::scope(|scope| {
            for _ in 0..self.threads.clamp(1, items.len().max(1)) {
                scope.spawn(play);
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

fn tell(told: &Mutex<Instant>, name: &str, done: usize, all: usize) {
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    if done == all || told.elapsed() > EVERY {
        *told = Instant::now();
        eprintln!("{name}: {done} of {all}");
    }
}
