//! Runs on the composer thread. The networks that draw textures, and judge them.

use super::files::Files;
use super::{ModelError, ModelInfo, signatures};
use crate::inference::{Engine, Graph};

/// The files of the model.
pub(super) const FILES: [&str; 2] = ["generator.onnx", "critic.onnx"];

/// The networks that draw textures, and judge them. Shapes are in [`signatures`].
#[derive(Debug)]
pub struct GanModel {
    /// What it says of itself; its hash is the generator's.
    pub info: ModelInfo,
    /// [`signatures::GAN_GENERATOR`].
    pub generator: Graph,
    /// [`signatures::GAN_CRITIC`].
    pub critic: Graph,
}

impl Files {
    pub(super) fn gan_model(&self, engine: &dyn Engine) -> Result<GanModel, ModelError> {
        Ok(GanModel {
            info: self.manifest.info(FILES[0]),
            generator: self.graph(engine, &signatures::GAN_GENERATOR)?,
            critic: self.graph(engine, &signatures::GAN_CRITIC)?,
        })
    }
}
