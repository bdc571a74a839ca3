//! The composer thread of one instance: started with the first activation, so that scanning costs nothing, and ended
//! with the instance.
//!
//! Runs on the host's main thread.

use crate::settings::UserSettings;
use crate::state::SavedState;
use linnet_composer::{Config, WorkerThread};
use linnet_handover::WorkerPorts;
use linnet_handover::to_worker::{Order, Sender};
use linnet_handover::worker_to_audio::{Score, Start, ToAudio};
use linnet_handover::worker_view::{Activity, Failure};

/// The composer thread, or what it needs to begin.
pub(crate) enum Composer {
    /// Not begun: the ends of the queues that the thread will hold.
    Asleep(Box<WorkerPorts>),
    /// Begun.
    Awake {
        /// Dropping it ends the thread.
        _thread: WorkerThread,
    },
    /// The system gave no thread.
    Absent,
}

impl Composer {
    /// A composer that is not begun.
    pub(crate) fn new(ports: WorkerPorts) -> Self {
        Self::Asleep(Box::new(ports))
    }

    /// Begins, if that has not happened: hands the current idea of a loaded project to the audio thread, so that it
    /// plays from the first block on, and starts the thread, which then loads the models.
    pub(crate) fn wake(&mut self, saved: &SavedState, orders: &Sender) {
        if !matches!(self, Self::Asleep(_)) {
            return;
        }
        let Self::Asleep(mut ports) = std::mem::replace(self, Self::Absent) else { return };
        saved.worker_runs();
        if !replay(&mut ports) {
            // The channel closes only when the thread ends, with this instance.
            let _ = orders.send(Order::SessionReplaced);
        }
        let view = std::sync::Arc::clone(&ports.view);
        let settings = UserSettings::load().unwrap_or_else(|error| {
            view.snapshot().note = error;
            UserSettings::default()
        });
        let settings = settings.with_surroundings();
        let config = Config { models_folder: settings.models, runtime: settings.onnxruntime };
        match linnet_composer::spawn(*ports, config) {
            Ok(thread) => {
                *self = Self::Awake { _thread: thread };
                let _ = orders.send(Order::Prepare);
            }
            Err(error) => {
                view.snapshot().activity = Activity::Failed(Failure {
                    title: "Cannot compose: there is no thread for it.".to_owned(),
                    detail: format!("The system refused one ({error})."),
                    remedy: "Close other programs, then load Linnet again.".to_owned(),
                });
                view.touch();
            }
        }
    }
}

/// Sends the current idea, to play as if it had started where it once did. False where it never did.
fn replay(ports: &mut WorkerPorts) -> bool {
    let session = ports.view.session();
    let Some(idea) = session.current() else { return true };
    let Some(start) = idea.started_at else { return false };
    let score = Score::new(idea, Start::At(start));
    // The queue is new and empty, so there is room.
    ports.scores.send(ToAudio::Play(Box::new(score))).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::Session;

    const SESSION: &str = r#"{"version":1,"current":3,"ideas":[{"id":3,"parent":null,"length":16.0,
        "metre":{"numerator":4,"denominator":4},"key":{"tonic":0,"scale":"major"},"harmony":[],
        "phrases":[[{"onset":1.5,"length":0.5,"pitch":64,"velocity":90}],[],[],[]],"controls":{},
        "started_at":STARTED}]}"#;

    fn replayed(started_at: &str) -> (bool, Option<ToAudio>) {
        let (mut audio, mut worker, _) = linnet_handover::connect();
        *worker.view.session() = Session::from_json(&SESSION.replace("STARTED", started_at)).unwrap();
        assert!(worker.view.session().current().is_some());
        (replay(&mut worker), audio.scores.receive())
    }

    #[test]
    fn a_loaded_idea_waits_for_the_first_block_at_its_old_place() {
        let (sent, order) = replayed("9.25");
        let Some(ToAudio::Play(score)) = order else { panic!("nothing was sent") };
        assert!(sent);
        assert_eq!(score.start, Start::At(linnet_music::Beats(9.25)));
        assert_eq!(score.parts[0].len(), 1);
    }

    #[test]
    fn an_idea_that_never_sounded_is_left_to_the_composer_thread() {
        let (sent, order) = replayed("null");
        assert!(!sent && order.is_none());
    }
}
