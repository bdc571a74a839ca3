//! An engine that plays an instrument, or in a space, that came from a file: any that can be loaded sounds, and never as
//! what is no number.

use linnet_engine::effect::reverb::OwnSpace;
use linnet_engine::sampler::{Instrument, PartInstrument};
use linnet_engine::settings::{ReverbType, SpaceType};
use linnet_engine::synth::bank::OWN_INSTRUMENT;
use linnet_engine::{Block, Engine, LiveEvent, LiveKind, OutEvents, Settings, Transport};
use linnet_handover::delivery::{self, Sender};
use linnet_handover::{EditorPorts, WorkerPorts};
use linnet_music::{Controls, Part};

/// What every engine here runs at.
pub const RATE_HZ: f64 = 48_000.0;
const FRAMES: usize = 256;
/// Blocks that are played of what a file brought.
const BLOCKS: usize = 6;

/// The engine, and the other ends of its queues.
pub struct Player {
    engine: Engine,
    instruments: Sender<PartInstrument>,
    spaces: Sender<OwnSpace>,
    settings: Settings,
    out: OutEvents,
    _ports: (WorkerPorts, EditorPorts),
}

impl Default for Player {
    fn default() -> Self {
        let (ports, worker, editor) = linnet_handover::connect();
        let mut engine = Engine::new(ports);
        let (instruments, receiver) = delivery::queue(4);
        engine.take_instruments_from(receiver);
        let (spaces, receiver) = delivery::queue(4);
        engine.listen_to(receiver);
        engine.prepare(RATE_HZ, FRAMES);
        let mut settings = Settings::dry([OWN_INSTRUMENT, 4, 7, 1]);
        settings.reverb.kind = ReverbType::Space;
        settings.reverb.space = SpaceType::Own;
        Self { engine, instruments, spaces, settings, out: OutEvents::new(), _ports: (worker, editor) }
    }
}

impl Player {
    /// Plays `keys` of `instrument`.
    pub fn play(&mut self, instrument: Instrument, keys: &[u8]) {
        let sent = PartInstrument { part: Part::Lead, instrument: Some(instrument) };
        assert!(self.instruments.send(Box::new(sent)).is_ok(), "the engine keeps what it was sent");
        let presses: Vec<LiveKind> = keys
            .iter()
            .flat_map(|key| [0.2, 1.0].map(|velocity| LiveKind::NoteOn { pitch: *key & 127, velocity }))
            .collect();
        self.blocks(&presses, keys);
        self.engine.reset();
    }

    /// Plays in `space`.
    pub fn play_in(&mut self, space: Box<OwnSpace>) {
        assert!(self.spaces.send(space).is_ok(), "the engine keeps what it was sent");
        self.settings.parts[0].sound = 1;
        (self.settings.parts[0].reverb_send_db, self.settings.reverb.mix) = (0.0, 1.0);
        self.blocks(&[LiveKind::NoteOn { pitch: 60, velocity: 1.0 }], &[60]);
        self.engine.reset();
    }

    /// Some blocks: keys go down in the first one, and up in the third.
    fn blocks(&mut self, presses: &[LiveKind], keys: &[u8]) {
        for block in 0..BLOCKS {
            let kinds: Vec<LiveKind> = match block {
                0 => presses.to_vec(),
                2 => keys.iter().map(|key| LiveKind::NoteOff { pitch: *key & 127, velocity: 0.5 }).collect(),
                _ => Vec::new(),
            };
            let event = |kind: LiveKind| LiveEvent { frame: 7, channel: 0, kind };
            self.block(&kinds.into_iter().map(event).collect::<Vec<_>>());
        }
    }

    fn block(&mut self, events: &[LiveEvent]) {
        let mut audio = [[f32::NAN; FRAMES]; 2];
        let [left, right] = &mut audio;
        self.engine.process(&mut Block {
            audio: [left, right],
            transport: Transport { present: true, ..Transport::default() },
            events,
            out: &mut self.out,
            settings: &self.settings,
            controls: &Controls::default(),
            offline: false,
        });
        self.instruments.free_returned();
        self.spaces.free_returned();
        assert!(audio.iter().flatten().all(|value| value.is_finite()), "the sound is not finite");
    }
}
