//! Instruments made of samples: a part plays one in the place of its synthesised sound.
//!
//! Runs on the audio thread, but for [`Instrument`], which is made elsewhere and crosses in a box, and for `new` and
//! `prepare`. An instrument that is replaced stays until its last voice has faded, and is sent back then.

mod envelope;
mod instrument;
mod kernels;
mod modulation;
mod player;
mod voice;
mod window;

#[cfg(test)]
mod tests;

pub use instrument::{
    EnvelopeTimes, Filter, Instrument, Looping, LowFrequency, ModulationEnvelope, PartInstrument, Sample,
    Zone,
};
pub(crate) use kernels::Kernels;
pub(crate) use player::{Players, Surroundings};
