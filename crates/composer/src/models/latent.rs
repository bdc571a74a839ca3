//! Runs on the composer thread. The models of two bars as points of a latent space.

use super::files::Files;
use super::{ModelError, ModelInfo, signatures};
use crate::inference::{Engine, Graph, InferenceError, Signature};
use crate::latent::space::LatentSpace;
use crate::latent::{DRUM_LATENT, LINE_LATENT};
use crate::vocabulary::ROLES;

/// The file of where latents lie.
const SPACE: &str = "latent.json";
/// The files of a model of two bars.
pub(super) const FILES: [&str; 3] = ["encoder.onnx", "step.onnx", SPACE];

/// The networks that turn two bars into a point of a latent space, and points into bars. Shapes are in [`signatures`].
#[derive(Debug)]
pub struct LatentModel {
    /// What it says of itself.
    pub info: ModelInfo,
    /// [`signatures::LINE_ENCODER`] or [`signatures::DRUM_ENCODER`].
    pub encoder: Graph,
    /// [`signatures::LINE_STEP`] or [`signatures::DRUM_LATENT_STEP`].
    pub step: Graph,
    /// Where latents lie.
    pub space: LatentSpace,
}

impl Files {
    pub(super) fn line_latent(&self, engine: &dyn Engine) -> Result<LatentModel, ModelError> {
        self.latent_model(engine, [&signatures::LINE_ENCODER, &signatures::LINE_STEP], LINE_LATENT, ROLES)
    }

    pub(super) fn drum_latent(&self, engine: &dyn Engine) -> Result<LatentModel, ModelError> {
        self.latent_model(engine, [&signatures::DRUM_ENCODER, &signatures::DRUM_LATENT_STEP], DRUM_LATENT, 1)
    }

    /// A model whose latents have `size` dimensions and lie in a place of their own for each of `roles`.
    fn latent_model(
        &self,
        engine: &dyn Engine,
        [encoder, step]: [&'static Signature; 2],
        size: usize,
        roles: usize,
    ) -> Result<LatentModel, ModelError> {
        let (encoder, step) = (self.graph(engine, encoder)?, self.graph(engine, step)?);
        if encoder.hidden() != size {
            let reason = format!("a latent {} wide in place of {size}", encoder.hidden());
            let error = InferenceError::Signature { graph: encoder.name(), reason };
            return Err(ModelError::Network { file: self.place.clone(), error });
        }
        let file = format!("{}/{SPACE}", self.place);
        let space = LatentSpace::parse(self.bytes(SPACE), size, roles)
            .map_err(|reason| ModelError::Manifest { file, reason })?;
        Ok(LatentModel { info: self.manifest.info("step.onnx"), encoder, step, space })
    }
}
