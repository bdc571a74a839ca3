//! A stand-in for the models, for tests: networks that find everything equally likely, so that only the rules speak.

use super::loader::{Loaded, Loader};
use crate::inference::{Graph, InferenceError, Network, Signature, Tensor};
use crate::models::signatures::{DRUM_STEP, DRUM_TOUCH, LEAD_DURATION, LEAD_PITCH, LEAD_STEP};
use crate::models::{DrumModel, LeadModel, ModelInfo, Models};
use std::sync::Arc;

/// The width of the stand-ins' state.
const HIDDEN: usize = 4;

/// What a stand-in does.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Behaviour {
    /// Answers with zeros.
    Even,
    /// Answers with values that are not numbers.
    Nan,
    /// Answers with zeros, but takes its time.
    Slow,
    /// Panics.
    Panic,
}

struct StandIn(&'static Signature, Behaviour);

impl Network for StandIn {
    fn run(&self, batch: usize, _: &[Tensor<'_>], outputs: &mut [Vec<f32>]) -> Result<(), InferenceError> {
        assert!(self.1 != Behaviour::Panic, "the stand-in panics");
        if self.1 == Behaviour::Slow {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let value = if self.1 == Behaviour::Nan { f32::NAN } else { 0.0 };
        for (spec, output) in self.0.outputs.iter().zip(outputs) {
            output.clear();
            output.resize(spec.shape(batch, HIDDEN).product(), value);
        }
        Ok(())
    }
}

fn info(name: &str) -> ModelInfo {
    ModelInfo {
        name: name.into(),
        version: "9".into(),
        sha256: format!("hash-of-{name}"),
        training_sets: vec![format!("set of {name} (CC0)")],
    }
}

/// Models of stand-ins.
pub(crate) fn models(behaviour: Behaviour) -> Arc<Models> {
    let graph = |signature| Graph::new(Box::new(StandIn(signature, behaviour)), signature, HIDDEN);
    Arc::new(Models {
        lead: Arc::new(LeadModel {
            info: info("lead"),
            step: graph(&LEAD_STEP),
            pitch: graph(&LEAD_PITCH),
            duration: graph(&LEAD_DURATION),
        }),
        drums: Arc::new(DrumModel {
            info: info("drums"),
            step: graph(&DRUM_STEP),
            touch: graph(&DRUM_TOUCH),
        }),
        engine: "stand-in 1".into(),
    })
}

/// A loader of such models.
pub(crate) fn loader(behaviour: Behaviour) -> Loader {
    Box::new(move |_| Ok(Loaded { models: models(behaviour), engine_note: String::new() }))
}
