//! What follows the voices: equaliser, reverb and limiter.
//!
//! Runs on the audio thread. Each processor counts its control ticks ([`crate::tick`]) since its last reset, so that any
//! split into blocks gives the same sound.

pub mod convolution;
pub mod delay;
mod delay_lines;
pub mod equalizer;
pub mod limiter;
pub mod reverb;

pub use convolution::{Convolver, Response};
pub use delay::Delay;
pub use equalizer::Equalizer;
pub use limiter::Limiter;
pub use reverb::Reverb;
