//! A host, a player and a user who keep to no range: every number that the callback takes, at its bounds and beyond.
//!
//! Everything follows from one seed, so that a failure can be run again.

use crate::harness::*;
use linnet_engine::settings::{ReverbType, SpaceType};
use linnet_engine::{LiveEvent, LiveKind, OutKind, Settings, Transport};
use linnet_handover::editor_to_audio::Command;
use linnet_handover::worker_to_audio::{Score, Start, ToAudio};
use linnet_music::{Beats, Note, Pitch, Tempo, TimeSignature, Velocity};

/// The limiter's ceiling.
const CEILING: f32 = linnet_engine::effect::Limiter::CEILING;
/// Sample rates that hosts and validators use, among them fractions.
const RATES_HZ: [f64; 12] = [
    1000.0, 1234.567, 8000.0, 11_025.5, 22_050.0, 44_100.0, 44_099.999, 48_000.0, 88_200.3, 96_000.0,
    192_000.0, 768_000.0,
];
const FRAMES: [u32; 12] = [0, 1, 2, 3, 16, 17, 64, 255, 500, 1024, 4096, 16_384];
/// What no parameter should be.
const NONSENSE: [f32; 8] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-42, -1e-42, f32::MAX, -0.0, 1e30];
/// Events in a block at most: more than any host sends, and more than every buffer holds.
const FLOOD: u32 = 9000;

/// A small generator: S. Vigna's `SplitMix64`.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// In [0, `end`), `end` > 0.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        (self.roll() % u64::from(end)) as u32
    }

    /// True once in `times`.
    fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u32) as usize]
    }

    /// A parameter: within its range, at a bound, or nonsense.
    fn parameter(&mut self, low: f32, high: f32) -> f32 {
        match self.below(10) {
            0..4 => self.between(f64::from(low), f64::from(high)) as f32,
            4..6 => low,
            6..8 => high,
            8 => self.of(&NONSENSE),
            _ => self.of(&[low - 1.0, high + 1.0, high * 1e6]),
        }
    }
}

/// Every parameter anew.
fn settings(dice: &mut Dice) -> Settings {
    let mut settings = crate::harness::settings();
    for part in &mut settings.parts {
        (part.on, part.mute, part.solo) = (!dice.once_in(6), dice.once_in(8), dice.once_in(8));
        part.level_db = dice.parameter(-60.0, 6.0);
        part.pan = dice.parameter(-1.0, 1.0);
        part.reverb_send_db = dice.parameter(-60.0, 6.0);
        part.delay_send_db = dice.parameter(-60.0, 6.0);
        part.width = dice.parameter(0.0, 2.0);
        part.low_cut_hz = dice.parameter(20.0, 1000.0);
        part.octave = dice.below(7) as i32 - 3;
        part.sound = dice.below(90) as usize;
        part.midi_channel = dice.below(17) as u8;
    }
    for piece in &mut settings.pieces {
        piece.tune_semitones = dice.parameter(-24.0, 24.0);
        piece.decay = dice.parameter(0.25, 4.0);
        piece.level_db = dice.parameter(-60.0, 12.0);
    }
    for band in &mut settings.bands {
        band.on = !dice.once_in(3);
        band.freq_hz = dice.parameter(20.0, 20_000.0);
        band.gain_db = dice.parameter(-24.0, 24.0);
        band.q = dice.parameter(0.1, 18.0);
    }
    let delay = &mut settings.delay;
    delay.time = dice.of(&[0, 3, 7, 12, 17]);
    delay.feedback = dice.parameter(0.0, 0.95);
    delay.ping_pong = dice.of(&[false, true]);
    delay.low_cut_hz = dice.parameter(20.0, 1000.0);
    delay.high_cut_hz = dice.parameter(500.0, 20_000.0);
    delay.mix = dice.parameter(0.0, 1.0);
    let reverb = &mut settings.reverb;
    reverb.kind = dice.of(&[ReverbType::Room, ReverbType::Hall, ReverbType::Plate, ReverbType::Space]);
    reverb.space = dice.of(&SpaceType::ALL);
    reverb.pre_delay_ms = dice.parameter(0.0, 250.0);
    reverb.decay_s = dice.parameter(0.1, 20.0);
    reverb.size = dice.parameter(0.0, 1.0);
    reverb.damping_hz = dice.parameter(500.0, 20_000.0);
    reverb.low_cut_hz = dice.parameter(20.0, 1000.0);
    reverb.width = dice.parameter(0.0, 1.0);
    reverb.mix = dice.parameter(0.0, 1.0);
    settings.output_db = dice.parameter(-60.0, 12.0);
    settings.limiter = !dice.once_in(4);
    settings.quantise = dice.of(&[Start::Now, Start::NextBeat, Start::NextBar, Start::NextFourBars]);
    settings.propose = dice.once_in(2);
    settings.auto_bars = dice.of(&[0, 1, 2, 16]);
    settings.seed_locked = dice.once_in(2);
    settings.notes_only = dice.once_in(20);
    settings
}

/// Any transport: none, still, running, jumping, backwards, in loops, with positions that are none.
fn transport(dice: &mut Dice, before: Transport) -> Transport {
    if dice.once_in(8) {
        return Transport::default();
    }
    let position = match dice.below(8) {
        0 => Beats(dice.between(-100.0, 1000.0)),
        1 => Beats(dice.of(&[f64::NAN, f64::INFINITY, -1e300, 1e9, -1e9, 1e-310, 9.9e8])),
        2 => Beats(before.position.unwrap_or_default().0 - dice.between(0.0, 8.0)),
        _ => Beats(before.position.unwrap_or_default().0 + dice.between(0.0, 0.5)),
    };
    let tempo = match dice.below(4) {
        0 => dice.of(&[1.0, 999.0, f64::NAN, f64::INFINITY, 0.0, -5.0, 1e-310]),
        1 => dice.between(1.0, 999.0),
        // A ramp.
        _ => before.tempo.unwrap_or_default().bpm() * dice.between(0.8, 1.25),
    };
    let metre = TimeSignature::new(1 + dice.below(32) as i32, 1 << dice.below(6));
    let bar_start = match dice.below(4) {
        0 => None,
        1 => Some(Beats(dice.of(&[f64::NAN, -1e300, 1e9, 0.0]))),
        _ => Some(Beats(position.0.floor())),
    };
    let loop_start = dice.between(-4.0, 40.0);
    let loop_length = dice.of(&[0.0, 1e-9, 0.01, 0.3, 4.0, -3.0, f64::NAN, f64::INFINITY]);
    Transport {
        playing: !dice.once_in(5),
        present: true,
        position: (!dice.once_in(6)).then_some(position),
        bar_start,
        tempo: (!dice.once_in(6)).then(|| Tempo::new(tempo)),
        metre: metre.filter(|_| !dice.once_in(4)),
        looped: dice.once_in(3).then_some((Beats(loop_start), Beats(loop_start + loop_length))),
    }
}

fn live(dice: &mut Dice, frame: u32) -> LiveEvent {
    let value = dice.parameter(0.0, 1.0);
    let pitch = dice.below(140) as u8;
    let kind = match dice.below(10) {
        0..4 => LiveKind::NoteOn { pitch, velocity: value },
        4..7 => LiveKind::NoteOff { pitch, velocity: value },
        7 => LiveKind::Choke { pitch },
        8 => LiveKind::Controller { number: dice.of(&[1, 7, 64, 64, 120, 121, 123, 200]), value },
        _ => LiveKind::PitchBend { value: 2.0 * value - 1.0 },
    };
    LiveEvent { frame, channel: dice.below(20) as u8, kind }
}

/// The live events of a block, sorted by frame; some lie behind its end.
fn events(dice: &mut Dice, frames: u32) -> Vec<LiveEvent> {
    let count = match dice.below(8) {
        0 => FLOOD,
        1 => 2000,
        2..5 => 0,
        _ => dice.below(40),
    };
    let mut all: Vec<u32> = (0..count).map(|_| dice.below(frames + 2)).collect();
    all.sort_unstable();
    all.into_iter().map(|frame| live(dice, frame)).collect()
}

fn idea(dice: &mut Dice, number: u32) -> Score {
    let length = dice.of(&[0.25, 1.0, 3.0, 4.0, 16.0, 1e-9, f64::NAN]);
    let start = dice.of(&[
        Start::Now,
        Start::NextBeat,
        Start::NextBar,
        Start::At(Beats(-3.0)),
        Start::At(Beats(f64::NAN)),
    ]);
    let mut score = band(number, start);
    score.length = Beats(length);
    for part in &mut score.parts {
        let mut notes: Vec<Note> = (0..dice.below(40))
            .map(|_| Note {
                onset: Beats(dice.between(0.0, 1.0) * if length.is_finite() { length } else { 1.0 }),
                length: Beats(dice.of(&[0.0, 1e-9, 0.1, 2.0, 1e9])),
                pitch: Pitch::new(dice.below(128) as i32),
                velocity: Velocity::new(dice.below(128) as i32),
            })
            .collect();
        notes.sort_by(|one, other| one.onset.0.total_cmp(&other.onset.0));
        *part = notes.into();
    }
    score
}

/// Orders of the composer thread and of the editor. Orders that find no room are gone.
fn orders(rig: &mut Rig, dice: &mut Dice, number: u32) {
    match dice.below(8) {
        0 => drop(rig.worker.scores.send(ToAudio::Silence)),
        1..4 => {
            let score = Box::new(idea(dice, number));
            drop(rig.worker.scores.send(ToAudio::Play(score)));
        }
        _ => {}
    }
    let pitch = Pitch::new(dice.below(128) as i32);
    let command = match dice.below(8) {
        0 => Command::Audition(dice.once_in(2)),
        1 => Command::NoteOn(pitch, Velocity::new(1 + dice.below(127) as i32)),
        2 => Command::NoteOff(pitch),
        3 => Command::Panic,
        4 => Command::Strike(pitch, Velocity::new(1 + dice.below(127) as i32)),
        _ => return,
    };
    rig.command(command);
}

/// What went wrong in the last block, `frames` long.
pub(crate) fn fault(rig: &Rig, frames: u32) -> Option<String> {
    let channels = rig.audio.iter().map(|channel| &channel[..frames as usize]);
    for sample in channels.flatten() {
        if !sample.is_finite() || rig.settings.limiter && sample.abs() > CEILING {
            return Some(format!("a sample of {sample}"));
        }
    }
    let unit = |value: f32| (0.0..=1.0).contains(&value);
    rig.out.as_slice().iter().find_map(|event| {
        let fits = match event.kind {
            OutKind::NoteOn { pitch, velocity } => pitch < 128 && velocity > 0.0 && unit(velocity),
            OutKind::NoteOff { pitch } => pitch < 128,
            OutKind::Controller { number, value } => number < 128 && unit(value),
            OutKind::PitchBend { value } => (-1.0..=1.0).contains(&value),
        };
        let is_within = event.frame < frames.max(1) && event.channel < 16;
        (!fits || !is_within).then(|| format!("{event:?} in a block of {frames}"))
    })
}

/// Runs `blocks` wild blocks, of `frames_most` frames at most; ends with what went wrong in a block, if anything did.
pub(crate) fn run(rig: &mut Rig, seed: u64, blocks: u32, frames_most: u32) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let mut now = Transport::default();
    rig.engine.prepare(dice.of(&RATES_HZ), 64);
    for number in 1..=blocks {
        match dice.below(12) {
            0 => rig.engine.prepare(dice.of(&RATES_HZ), 64),
            1 => {
                let engine = &mut rig.engine;
                (rig.call)(&mut || engine.reset());
            }
            _ => {}
        }
        orders(rig, &mut dice, number);
        if !dice.once_in(4) {
            rig.settings = settings(&mut dice);
        }
        rig.offline = dice.once_in(4);
        now = transport(&mut dice, now);
        let frames = dice.of(&FRAMES).min(frames_most);
        let events = events(&mut dice, frames);
        rig.block(now, frames, &events);
        if let Some(fault) = fault(rig, frames) {
            return Err(format!("block {number} of seed {seed}: {fault}"));
        }
        // Now and then the composer thread does not read for a while.
        if dice.once_in(3) {
            rig.told();
            rig.worker.scores.free_returned();
        }
    }
    Ok(())
}

/// Lets go of every key and pedal, ends the ideas, and stops the transport.
pub(crate) fn let_go(rig: &mut Rig) {
    rig.settings = crate::harness::settings();
    for channel in 0..16_u8 {
        let pedal = LiveEvent { frame: 0, channel, kind: LiveKind::Controller { number: 64, value: 0.0 } };
        let off = |pitch| LiveEvent { frame: 0, channel, kind: LiveKind::NoteOff { pitch, velocity: 0.0 } };
        let all: Vec<LiveEvent> = std::iter::once(pedal).chain((0..128).map(off)).collect();
        rig.block(stopped(), 16, &all);
    }
    for pitch in 0..128 {
        rig.command(Command::NoteOff(Pitch::new(pitch)));
    }
    rig.command(Command::Audition(false));
    rig.block(stopped(), 16, &[]);
}

/// A transport that stands still.
pub(crate) fn stopped() -> Transport {
    Transport { present: true, ..Transport::default() }
}
