//! A stand-in for the models, for tests: networks that find everything equally likely, so that only the rules speak.

use super::loader::{self, Loaded, Loader};
use crate::inference::{Dim, Graph, InferenceError, Network, Signature, Tensor};
use crate::latent::space::LatentSpace;
use crate::latent::{DRUM_LATENT, LINE_LATENT};
use crate::models::signatures as of;
use crate::models::{
    ChordModel, DrumModel, GanModel, GrooveModel, LatentModel, ModelInfo, Models, PhraseModel,
};
use crate::vocabulary::{MEMORY, ROLES};
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

struct StandIn(&'static Signature, Behaviour, usize);

impl Network for StandIn {
    fn run(
        &self,
        batch: usize,
        inputs: &[Tensor<'_>],
        outputs: &mut [Vec<f32>],
    ) -> Result<(), InferenceError> {
        assert!(self.1 != Behaviour::Panic, "the stand-in panics");
        if self.1 == Behaviour::Slow {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let value = if self.1 == Behaviour::Nan { f32::NAN } else { 0.0 };
        for (spec, output) in self.0.outputs.iter().zip(outputs.iter_mut()) {
            output.clear();
            output.resize(spec.shape(batch, self.2).product(), value);
        }
        if let ("gan generator", Behaviour::Even, [Tensor::F32(noise), ..]) = (self.0.graph, self.1, inputs) {
            strike(batch, noise, outputs);
        }
        if self.1 == Behaviour::Even && self.0.graph.contains("vae") {
            scatter(self.0, batch, inputs, &mut outputs[0]);
        }
        Ok(())
    }
}

/// One place in ten sounds, by the noise.
fn strike(batch: usize, noise: &[f32], outputs: &mut [Vec<f32>]) {
    for (output, salt) in outputs.iter_mut().zip(1u32..) {
        let (row, width) = (output.len() / batch, noise.len() / batch);
        for (place, value) in output.iter_mut().enumerate() {
            let seed = noise[place / row * width].to_bits() ^ (place % row) as u32 ^ salt << 20;
            let mixed = (seed ^ seed >> 15).wrapping_mul(0x9E37_79B1);
            *value = f32::from(u8::from((mixed ^ mixed >> 13).wrapping_mul(0x85EB_CA6B) >> 24 < 26));
        }
    }
}

/// Values in [−2, 2] that hang on all that is known of their row: two latents never decode to the same.
fn scatter(signature: &Signature, batch: usize, inputs: &[Tensor<'_>], output: &mut [f32]) {
    let rows = if signature.inputs[0].dims[0] == Dim::Batch { batch } else { 1 };
    let mix = |sum: u32, bits: u32| (sum ^ bits).wrapping_mul(0x0100_0193).rotate_left(9);
    let width = output.len() / rows;
    for (row, values) in output.chunks_exact_mut(width).enumerate() {
        let mut sum = 0x811c_9dc5;
        // States, which come last, have their rows elsewhere.
        for input in inputs.iter().take(3) {
            let part = |length: usize| row * length / rows..(row + 1) * length / rows;
            sum = match input {
                Tensor::F32(all) => all[part(all.len())].iter().fold(sum, |sum, x| mix(sum, x.to_bits())),
                Tensor::I64(all) => all[part(all.len())].iter().fold(sum, |sum, x| mix(sum, *x as u32)),
            };
        }
        for (place, value) in values.iter_mut().enumerate() {
            let bits = mix(mix(sum, place as u32), 77);
            *value = (bits >> 8) as f32 / (1 << 22) as f32 - 2.0;
        }
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
    let sized =
        |signature, hidden| Graph::new(Box::new(StandIn(signature, behaviour, hidden)), signature, hidden);
    let graph = |signature| sized(signature, HIDDEN);
    Arc::new(Models {
        phrase: Arc::new(PhraseModel {
            info: info("phrase"),
            canvas: sized(&of::PHRASE_CANVAS, MEMORY),
            step: graph(&of::PHRASE_STEP),
            pitch: graph(&of::PHRASE_PITCH),
            duration: graph(&of::PHRASE_DURATION),
            quantiles: crate::phrase::quantiles::even(),
        }),
        drums: Arc::new(DrumModel {
            info: info("drums"),
            step: graph(&of::DRUM_STEP),
            touch: graph(&of::DRUM_TOUCH),
        }),
        groove: Arc::new(GrooveModel { info: info("groove"), groove: sized(&of::GROOVE, 0) }),
        chords: Arc::new(ChordModel {
            info: info("chords"),
            step: graph(&of::CHORD_STEP),
            quality: graph(&of::CHORD_QUALITY),
            length: graph(&of::CHORD_LENGTH),
        }),
        gan: Arc::new(GanModel {
            info: info("gan"),
            generator: sized(&of::GAN_GENERATOR, 0),
            critic: sized(&of::GAN_CRITIC, 0),
        }),
        line_latent: Arc::new(LatentModel {
            info: info("line_vae"),
            encoder: sized(&of::LINE_ENCODER, LINE_LATENT),
            step: graph(&of::LINE_STEP),
            space: LatentSpace::standard(LINE_LATENT, ROLES),
        }),
        drum_latent: Arc::new(LatentModel {
            info: info("drum_vae"),
            encoder: sized(&of::DRUM_ENCODER, DRUM_LATENT),
            step: graph(&of::DRUM_LATENT_STEP),
            space: LatentSpace::standard(DRUM_LATENT, 1),
        }),
        engine: "stand-in 1".into(),
    })
}

/// A loader of such models.
pub(crate) fn loader(behaviour: Behaviour) -> Loader {
    loader::ready(Loaded { models: models(behaviour), engine_note: String::new() })
}
