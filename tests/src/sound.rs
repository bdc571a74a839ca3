//! WAV files.

use std::path::Path;

/// Writes both channels as 24-bit samples; what passes full scale is clipped.
pub fn write(path: &Path, audio: &[Vec<f32>; 2], sample_rate_hz: f64) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: sample_rate_hz as u32,
        bits_per_sample: 24,
        sample_format: hound::SampleFormat::Int,
    };
    let full_scale = f64::from((1 << 23) - 1);
    let mut writer = hound::WavWriter::create(path, spec)?;
    for (left, right) in audio[0].iter().zip(&audio[1]) {
        for sample in [left, right] {
            writer.write_sample((f64::from(sample.clamp(-1.0, 1.0)) * full_scale).round() as i32)?;
        }
    }
    writer.finalize()
}
