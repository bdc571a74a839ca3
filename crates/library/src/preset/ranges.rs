//! The ranges of a preset's numbers, as the engine states them. Runs on any thread but the audio thread.

use super::PresetError;
use linnet_engine::synth::sound::{EnvelopeShape, FilterShape, Layer, MAX_OSCILLATORS, Sound};

/// `value` of `field` must lie in [`min`, `max`].
pub(super) fn check(field: &str, value: f32, min: f32, max: f32) -> Result<(), PresetError> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(PresetError::OutOfRange { field: field.to_owned(), value, min, max })
}

/// The same for times that may have no end.
fn check_endless(field: &str, value: f32, min: f32, max: f32) -> Result<(), PresetError> {
    if value == f32::INFINITY { Ok(()) } else { check(field, value, min, max) }
}

/// There must be `min` to `max` of `what`.
pub(super) fn count(what: &'static str, found: usize, min: usize, max: usize) -> Result<(), PresetError> {
    if (min..=max).contains(&found) { Ok(()) } else { Err(PresetError::Count { what, found, min, max }) }
}

/// Every number of `sound`.
pub(super) fn check_sound(sound: &Sound) -> Result<(), PresetError> {
    check("gain_db", sound.gain_db, -40.0, 12.0)?;
    check("velocity_power", sound.velocity_power, 0.0, 4.0)?;
    check("glide_s", sound.glide_s, 0.0, 5.0)?;
    check_endless("decay_key_octaves", sound.decay_key_octaves, 0.5, 12.0)?;
    check("noise.gain", sound.noise.gain, 0.0, 2.0)?;
    check_endless("noise.decay_s", sound.noise.decay_s, 0.001, 60.0)?;
    check("noise.width", sound.noise.width, 0.0, 1.0)?;
    check("noise.velocity_power", sound.noise.velocity_power, 0.0, 4.0)?;
    check("vibrato.rate_hz", sound.vibrato.rate_hz, 0.05, 20.0)?;
    check("vibrato.depth_cents", sound.vibrato.depth_cents, 0.0, 100.0)?;
    check("vibrato.delay_s", sound.vibrato.delay_s, 0.01, 10.0)?;
    check_envelope("amplitude", &sound.amplitude)?;
    check_filter(&sound.filter)?;
    for (place, layer) in sound.layers.as_slice().iter().enumerate() {
        check_layer(&format!("layers[{place}]"), layer)?;
    }
    let oscillators = sound.layers.as_slice().iter().map(|layer| layer.unison).sum();
    count("oscillators of all layers", oscillators, 1, MAX_OSCILLATORS)?;
    for (place, lfo) in sound.lfos.iter().enumerate() {
        check(&format!("lfos[{place}].rate_hz"), lfo.rate_hz, 0.02, 30.0)?;
        check(&format!("lfos[{place}].delay_s"), lfo.delay_s, 0.0, 10.0)?;
        check(&format!("lfos[{place}].fade_s"), lfo.fade_s, 0.0, 10.0)?;
    }
    for (place, slot) in sound.slots.iter().enumerate() {
        check(&format!("modulations[{place}].amount"), slot.amount, -48.0, 48.0)?;
    }
    Ok(())
}

fn check_envelope(of: &str, envelope: &EnvelopeShape) -> Result<(), PresetError> {
    check(&format!("{of}.attack_s"), envelope.attack_s, 0.0005, 20.0)?;
    check(&format!("{of}.decay_s"), envelope.decay_s, 0.005, 60.0)?;
    check(&format!("{of}.sustain"), envelope.sustain, 0.0, 1.0)?;
    check(&format!("{of}.release_s"), envelope.release_s, 0.005, 30.0)
}

fn check_filter(filter: &FilterShape) -> Result<(), PresetError> {
    check("filter.drive_db", filter.drive_db, 0.0, 36.0)?;
    check("filter.cutoff_hz", filter.cutoff_hz, 20.0, 20_000.0)?;
    check("filter.key_follow", filter.key_follow, -1.0, 2.0)?;
    check("filter.envelope_octaves", filter.envelope_octaves, -8.0, 8.0)?;
    check("filter.velocity_octaves", filter.velocity_octaves, 0.0, 6.0)?;
    check("filter.q", filter.q, 0.5, 12.0)?;
    check_envelope("filter.envelope", &filter.envelope)
}

fn check_layer(of: &str, layer: &Layer) -> Result<(), PresetError> {
    check(&format!("{of}.morph"), layer.morph, 0.0, 1.0)?;
    check(&format!("{of}.ratio"), layer.ratio, 0.125, 16.0)?;
    check(&format!("{of}.gain"), layer.gain, 0.0, 2.0)?;
    check(&format!("{of}.unison"), layer.unison as f32, 1.0, MAX_OSCILLATORS as f32)?;
    check(&format!("{of}.detune_cents"), layer.detune_cents, 0.0, 100.0)?;
    check(&format!("{of}.width"), layer.width, 0.0, 1.0)?;
    check(&format!("{of}.scatter"), layer.scatter, 0.0, 1.0)?;
    check_endless(&format!("{of}.decay_s"), layer.decay_s, 0.01, 60.0)?;
    check(&format!("{of}.velocity_power"), layer.velocity_power, 0.0, 4.0)
}
