//! Linnet's render: the whole engine, as a host drives it, with everything behind the sampler at rest.

use crate::estimate::Stereo;
use crate::tune::{Note, RATE_HZ, frames};
use linnet_engine::sampler::{Instrument, PartInstrument};
use linnet_engine::synth::bank::OWN_INSTRUMENT;
use linnet_engine::{Block, Engine, LiveEvent, LiveKind, OutEvents, Settings, Transport};
use linnet_handover::delivery;
use linnet_music::{Controls, Part};

/// Frames that the engine renders in one go.
const BLOCK_FRAMES: usize = 512;

/// `length_ms` of `notes` on `instrument`: neither EQ nor delay, reverb or limiter, in stereo at [`RATE_HZ`].
///
/// # Errors
/// Where the engine takes no instrument.
pub fn render(instrument: Instrument, notes: &[Note], length_ms: u32) -> Result<Stereo, String> {
    let (audio, _worker, _editor) = linnet_handover::connect();
    let (mut sender, receiver) = delivery::queue(1);
    let mut engine = Engine::new(audio);
    engine.take_instruments_from(receiver);
    engine.prepare(f64::from(RATE_HZ), BLOCK_FRAMES);
    // Live notes sound on the lead.
    let delivered = Box::new(PartInstrument { part: Part::Lead, instrument: Some(instrument) });
    sender.send(delivered).map_err(|_| "Linnet's engine takes no instrument.".to_owned())?;
    let settings = Settings::dry([OWN_INSTRUMENT; 4]);
    let (events, mut out) = (events(notes), OutEvents::new());
    let late = engine.latency_frames() as usize;
    let length = frames(length_ms);
    let blocks = (length + late).div_ceil(BLOCK_FRAMES);
    let mut stereo = [vec![0.0; blocks * BLOCK_FRAMES], vec![0.0; blocks * BLOCK_FRAMES]];
    for start in (0..blocks).map(|block| block * BLOCK_FRAMES) {
        let place = start..start + BLOCK_FRAMES;
        let inside = events.iter().filter(|(frame, _)| place.contains(frame));
        let inside: Vec<LiveEvent> = inside
            .map(|(frame, kind)| LiveEvent { frame: (frame - start) as u32, channel: 0, kind: *kind })
            .collect();
        engine.process(&mut Block {
            audio: stereo.each_mut().map(|channel| &mut channel[place.clone()]),
            transport: Transport { present: true, ..Transport::default() },
            events: &inside,
            out: &mut out,
            settings: &settings,
            controls: &Controls::default(),
            offline: true,
        });
    }
    Ok(stereo.map(|channel| channel[late..late + length].to_vec()))
}

/// By their frames.
fn events(notes: &[Note]) -> Vec<(usize, LiveKind)> {
    let ends = |note: &Note| {
        let (pitch, velocity) = (note.key, f32::from(note.velocity) / 127.0);
        [
            (note.on(), LiveKind::NoteOn { pitch, velocity }),
            (note.off(), LiveKind::NoteOff { pitch, velocity: 0.5 }),
        ]
    };
    notes.iter().flat_map(ends).collect()
}
