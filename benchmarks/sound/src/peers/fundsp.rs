//! fundsp: graphs of processors. A voice is one wavetable oscillator through a low-pass.

use crate::subject::{SAMPLE_RATE_HZ, Subject, keys};
use fundsp::prelude::*;

/// Voices, each a graph of its own; there are no envelopes in them.
pub struct Voices {
    voices: Vec<BigBlockAdapter>,
    buffer: [Vec<f32>; 2],
}

impl Voices {
    /// With `count` voices.
    pub fn new(count: u8) -> Self {
        let voice = |key: u8| {
            let freq_hz = 440.0 * ((f32::from(key) - 69.0) / 12.0).exp2();
            prepared(Box::new(saw_hz(freq_hz) >> lowpass_hz::<f32>(3000.0, 0.8) >> pan(0.0)))
        };
        Self { voices: keys(count).map(voice).collect(), buffer: [vec![0.0; 512], vec![0.0; 512]] }
    }
}

fn prepared(mut unit: Box<dyn AudioUnit>) -> BigBlockAdapter {
    unit.set_sample_rate(SAMPLE_RATE_HZ);
    unit.allocate();
    BigBlockAdapter::new(unit)
}

impl Subject for Voices {
    fn restart(&mut self) {
        self.voices.iter_mut().for_each(AudioUnit::reset);
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        left.fill(0.0);
        right.fill(0.0);
        let frames = left.len();
        let [own_left, own_right] = self.buffer.each_mut().map(|buffer| &mut buffer[..frames]);
        for voice in &mut self.voices {
            voice.process_big(frames, &[], &mut [&mut *own_left, &mut *own_right]);
            for (sum, own) in left.iter_mut().zip(&*own_left).chain(right.iter_mut().zip(&*own_right)) {
                *sum += own;
            }
        }
    }
}

/// An effect, in place.
pub struct Effect {
    unit: BigBlockAdapter,
    input: [Vec<f32>; 2],
}

impl Effect {
    /// Eight bands a side, of its own state-variable filters.
    pub fn equalizer() -> Self {
        let side = || {
            highpass_hz::<f32>(40.0, 0.8)
                >> lowshelf_hz::<f32>(120.0, 0.8, 1.26)
                >> bell_hz::<f32>(300.0, 0.8, 0.71)
                >> bell_hz::<f32>(800.0, 0.8, 1.19)
                >> bell_hz::<f32>(2000.0, 0.8, 0.79)
                >> bell_hz::<f32>(5000.0, 0.8, 1.41)
                >> highshelf_hz::<f32>(9000.0, 0.8, 1.26)
                >> lowpass_hz::<f32>(16_000.0, 0.8)
        };
        Self::of(Box::new(side() | side()))
    }

    /// A feedback delay network of 32 lines.
    pub fn reverb() -> Self {
        Self::of(Box::new(reverb_stereo(20.0, 2.0, 0.5)))
    }

    fn of(unit: Box<dyn AudioUnit>) -> Self {
        Self { unit: prepared(unit), input: [vec![0.0; 512], vec![0.0; 512]] }
    }
}

impl Subject for Effect {
    fn restart(&mut self) {
        self.unit.reset();
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let [in_left, in_right] = self.input.each_mut().map(|buffer| &mut buffer[..left.len()]);
        in_left.copy_from_slice(left);
        in_right.copy_from_slice(right);
        self.unit.process_big(left.len(), &[in_left, in_right], &mut [left, right]);
    }
}
