//! biquad: eight second-order filters a side. freeverb: Jezar's reverb. fft-convolver: convolution in two stages.

use crate::subject::{SAMPLE_RATE_HZ, Subject, response};
use biquad::{Biquad, Coefficients, DirectForm2Transposed, Hertz, Type};
use fft_convolver::TwoStageFFTConvolver;
use freeverb::Freeverb;

/// Eight bands, left and right.
pub struct Biquads {
    sides: [[DirectForm2Transposed<f32>; 8]; 2],
}

impl Biquads {
    /// At rest.
    pub fn new() -> Self {
        let rate = Hertz::<f32>::from_hz(SAMPLE_RATE_HZ as f32).expect("it is positive");
        let band = |kind, freq_hz| {
            let freq = Hertz::<f32>::from_hz(freq_hz).expect("it is positive");
            let coefficients = Coefficients::<f32>::from_params(kind, rate, freq, 0.8);
            DirectForm2Transposed::<f32>::new(coefficients.expect("it is below half the rate"))
        };
        let side = || {
            [
                band(Type::HighPass, 40.0),
                band(Type::LowShelf(2.0), 120.0),
                band(Type::PeakingEQ(-3.0), 300.0),
                band(Type::PeakingEQ(1.5), 800.0),
                band(Type::PeakingEQ(-2.0), 2000.0),
                band(Type::PeakingEQ(3.0), 5000.0),
                band(Type::HighShelf(2.0), 9000.0),
                band(Type::LowPass, 16_000.0),
            ]
        };
        Self { sides: [side(), side()] }
    }

    /// Filters a block in place.
    pub fn process(&mut self, audio: [&mut [f32]; 2]) {
        for (side, audio) in self.sides.iter_mut().zip(audio) {
            for sample in audio {
                *sample = side.iter_mut().fold(*sample, |sample, band| band.run(sample));
            }
        }
    }
}

impl Subject for Biquads {
    fn restart(&mut self) {
        *self = Self::new();
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.process([left, right]);
    }
}

/// The reverb.
pub struct Reverb(Freeverb<f32>);

impl Reverb {
    /// Silent.
    pub fn new() -> Self {
        Self(Freeverb::new(SAMPLE_RATE_HZ as usize))
    }

    /// Reverberates a block in place.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            (*left, *right) = self.0.tick((*left, *right));
        }
    }
}

impl Subject for Reverb {
    fn restart(&mut self) {
        *self = Self::new();
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.process(left, right);
    }
}

/// The convolution, a convolver a side.
pub struct Convolver {
    sides: [TwoStageFFTConvolver<f32>; 2],
    output: Vec<f32>,
}

impl Convolver {
    /// Silent.
    pub fn new() -> Self {
        let side = |taps: Vec<f32>| {
            let mut convolver = TwoStageFFTConvolver::default();
            convolver.init_default(64, &taps).expect("it is not empty");
            convolver
        };
        Self { sides: response().map(side), output: vec![0.0; 8192] }
    }
}

impl Subject for Convolver {
    fn restart(&mut self) {
        self.sides.iter_mut().for_each(TwoStageFFTConvolver::reset);
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (convolver, side) in self.sides.iter_mut().zip([left, right]) {
            let output = &mut self.output[..side.len()];
            convolver.process(side, output).expect("it was initialised");
            side.copy_from_slice(output);
        }
    }
}
