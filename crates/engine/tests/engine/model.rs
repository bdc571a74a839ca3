//! The engine against a reference of what should sound and be sent, through whatever a host, a player and a composer do.
//!
//! `LINNET_NOTES_STEPS` says how many steps, `LINNET_NOTES_SEED` which. A failure prints the shortest script found that
//! still fails, in words that [`replay`] takes.

mod script;
mod shrink;

use crate::exact_host::{DEFAULT_TENTHS, ExactHost, beats, frame_ticks};
use crate::harness::{Rig, settings};
use crate::reference::{Expected, Played, Reference, Rule, TickIdea};
use linnet_engine::{LiveEvent, LiveKind, OutEvent, OutKind};
use linnet_handover::editor_to_audio::Command;
use linnet_handover::worker_to_audio::{Score, Start, ToAudio};
use linnet_music::{Beats, IdeaId, Note, Pitch, Velocity};
use script::{Change, Dice, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Steps between a fresh engine and the next.
const EPISODE: usize = 400;
/// Steps where nothing else is said.
const STEPS: usize = 20_000;

/// Notes in a block at most: far more than music has, and few enough that none is dropped.
const NOTES: i64 = 1000;

/// Both sides, and what the receiver was told.
struct Both {
    rig: Rig,
    host: ExactHost,
    reference: Reference,
    /// How many notes hold each channel's key, by the reference.
    holders: BTreeMap<(u8, u8), i32>,
    /// The keys that are down at the receiver.
    down: BTreeSet<(u8, u8)>,
    /// The channels whose pedal is down at the receiver.
    pedals: BTreeSet<u8>,
    auditions: Vec<bool>,
    ideas: u32,
    /// Of the densest idea so far.
    ticks_per_note: i64,
    ons: usize,
}

impl Both {
    fn new() -> Self {
        Self {
            rig: Rig::new(),
            host: ExactHost::new(),
            reference: Reference::new(),
            holders: BTreeMap::new(),
            down: BTreeSet::new(),
            pedals: BTreeSet::new(),
            auditions: Vec::new(),
            ideas: 0,
            ticks_per_note: i64::MAX,
            ons: 0,
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        let mut orders = Vec::new();
        for change in &step.changes {
            self.change(change, &mut orders);
        }
        if step.frames > 0 {
            self.host.settle();
        }
        let frames = self.frames(step.frames);
        let frames = if step.cut_at_loop { self.host.cut(frames) } else { frames };
        let events: Vec<LiveEvent> =
            step.played.iter().filter_map(|(frame, played)| live(*frame, *played)).collect();
        for (_, played) in &step.played {
            self.rig_command(*played);
        }
        for on in self.auditions.drain(..) {
            self.reference.audition(on);
        }
        let (transport, host) = (self.host.transport(), self.host.clone());
        self.rig.log.clear();
        self.rig.block(transport, frames, &events);
        self.rig.told();
        self.rig.worker.scores.free_returned();
        let parts = &self.rig.settings.parts;
        let expected = self.reference.block(&mut self.host, frames, parts, &orders, &step.played);
        let out: Vec<OutEvent> = self.rig.out.as_slice().to_vec();
        self.compare(&out, expected)
            .map_err(|why| format!("{why}\n  in a block of {frames} frames, {host:?}"))
    }

    /// A block is cut where it would hold more passes of the loop, or more notes, than the engine has room for.
    fn frames(&self, frames: u32) -> u32 {
        let frame = self.host.frame().max(frame_ticks(DEFAULT_TENTHS, self.host.rate_hz));
        let room = self.ticks_per_note.saturating_mul(NOTES);
        let looped = self.host.looped.map_or(room, |(start, end)| room.min(20 * (end - start)));
        frames.min(u32::try_from(looped / frame).unwrap_or(u32::MAX))
    }

    fn change(&mut self, change: &Change, orders: &mut Vec<Option<Rc<TickIdea>>>) {
        let (rig, host) = (&mut self.rig, &mut self.host);
        let parts = &mut rig.settings.parts;
        match change {
            Change::Seek(position) => host.seek(*position),
            Change::Loop(looped) => host.looped = *looped,
            Change::Tempo(tenths) => host.tenths_of_bpm = *tenths,
            Change::Metre(metre) => host.metre = *metre,
            Change::Playing(playing) => host.playing = *playing,
            Change::Present(present) => host.present = *present,
            Change::SaysBarStart(says) => host.says_bar_start = *says,
            Change::Idea(idea) => {
                self.ideas += 1;
                let ticks_per_note = idea.length / idea.notes.len().max(1) as i64;
                self.ticks_per_note = self.ticks_per_note.min(ticks_per_note);
                let sent = rig.worker.scores.send(ToAudio::Play(Box::new(score(self.ideas, idea))));
                assert!(sent.is_ok(), "the queue has room for two scores a block");
                orders.push(Some(Rc::new(idea.clone())));
            }
            Change::Silence => {
                rig.silence();
                orders.push(None);
            }
            Change::Audition(on) => {
                // It arrives with the block, after any reset.
                rig.command(Command::Audition(*on));
                self.auditions.push(*on);
            }
            Change::Reset => {
                rig.engine.reset();
                self.reference.reset();
            }
            Change::Prepare(rate_hz) => {
                host.rate_hz = *rate_hz;
                rig.engine.prepare(*rate_hz as f64, 512);
                self.reference.reset();
            }
            Change::Bypass(frames) => host.skip(*frames),
            Change::On(part, on) => parts[*part].on = *on,
            Change::Mute(part, on) => parts[*part].mute = *on,
            Change::Solo(part, on) => parts[*part].solo = *on,
            Change::Channel(part, channel) => parts[*part].midi_channel = *channel,
            Change::Octave(part, octave) => parts[*part].octave = *octave,
        }
    }

    fn rig_command(&mut self, played: Played) {
        let pitch = |key: u8| Pitch::new(i32::from(key));
        match played {
            Played::EditorOn(key) => self.rig.command(Command::NoteOn(pitch(key), Velocity::new(80))),
            Played::EditorOff(key) => self.rig.command(Command::NoteOff(pitch(key))),
            Played::Panic => self.rig.command(Command::Panic),
            _ => {}
        }
    }

    /// Whether what left is what should have left.
    fn compare(&mut self, out: &[OutEvent], mut expected: Expected) -> Result<(), String> {
        let mut ons: Vec<(u32, u8, u8)> = out.iter().filter_map(note_on).collect();
        self.ons += ons.len();
        ons.sort_unstable();
        expected.ons.sort_unstable();
        if ons != expected.ons {
            return Err(format!("note-ons (frame, channel, key) {ons:?}, not {:?}", expected.ons));
        }
        let frames = out.iter().map(|event| event.frame).chain(expected.holds.iter().map(|hold| hold.0));
        let frames: BTreeSet<u32> = frames.collect();
        for frame in frames {
            for event in out.iter().filter(|event| event.frame == frame) {
                self.receive(event)?;
            }
            for (_, channel, key, change) in expected.holds.iter().filter(|hold| hold.0 == frame) {
                *self.holders.entry((*channel, *key)).or_default() += change;
            }
            self.holders.retain(|_, holders| *holders > 0);
            let sounding: BTreeSet<(u8, u8)> = self.holders.keys().copied().collect();
            if self.down != sounding {
                return Err(format!("at frame {frame} {:?} sound, not {sounding:?}", self.down));
            }
        }
        Ok(())
    }

    fn receive(&mut self, event: &OutEvent) -> Result<(), String> {
        let is_right = match event.kind {
            OutKind::NoteOn { pitch, .. } => self.down.insert((event.channel, pitch)),
            OutKind::NoteOff { pitch } => self.down.remove(&(event.channel, pitch)),
            OutKind::Controller { number: 64, value } if value > 0.0 => {
                self.pedals.insert(event.channel);
                true
            }
            OutKind::Controller { number: 64, .. } => {
                self.pedals.remove(&event.channel);
                true
            }
            _ => true,
        };
        if is_right { Ok(()) } else { Err(format!("{event:?} tells the receiver what it knows")) }
    }

    /// Stops the host and lets go of everything: nothing may sound.
    fn let_go(&mut self) -> Result<(), String> {
        let lift = |channel: u8| [(0, Played::Pedal(channel, false)), (0, Played::AllOff(channel))];
        let mut played: Vec<(u32, Played)> = (0..3).flat_map(lift).collect();
        played.extend(script::KEYS.map(|key| (0, Played::EditorOff(key))));
        let changes = vec![Change::Playing(false), Change::Present(true), Change::Audition(false)];
        self.step(&Step { changes, frames: 64, cut_at_loop: false, played })?;
        if self.down.is_empty() && self.pedals.is_empty() {
            return Ok(());
        }
        Err(format!(
            "after everything was let go of, {:?} sound, and pedals {:?} are down",
            self.down, self.pedals
        ))
    }
}

fn note_on(event: &OutEvent) -> Option<(u32, u8, u8)> {
    match event.kind {
        OutKind::NoteOn { pitch, .. } => Some((event.frame, event.channel, pitch)),
        _ => None,
    }
}

fn live(frame: u32, played: Played) -> Option<LiveEvent> {
    let (channel, kind) = match played {
        Played::On(channel, pitch) => (channel, LiveKind::NoteOn { pitch, velocity: 0.7 }),
        Played::Off(channel, pitch) => (channel, LiveKind::NoteOff { pitch, velocity: 0.0 }),
        Played::Choke(channel, pitch) => (channel, LiveKind::Choke { pitch }),
        Played::Pedal(channel, down) => {
            (channel, LiveKind::Controller { number: 64, value: f32::from(u8::from(down)) })
        }
        Played::AllOff(channel) => (channel, LiveKind::Controller { number: 123, value: 0.0 }),
        Played::EditorOn(_) | Played::EditorOff(_) | Played::Panic => return None,
    };
    Some(LiveEvent { frame, channel, kind })
}

fn score(number: u32, idea: &TickIdea) -> Score {
    let part = |part: usize| -> Box<[Note]> {
        let mut notes: Vec<&crate::reference::IdeaNote> =
            idea.notes.iter().filter(|note| note.part == part).collect();
        notes.sort_by_key(|note| note.onset);
        let note = |note: &&crate::reference::IdeaNote| Note {
            onset: Beats(beats(note.onset)),
            length: Beats(beats(note.length)),
            pitch: Pitch::new(note.key),
            velocity: Velocity::new(90),
        };
        notes.iter().map(note).collect()
    };
    let start = match idea.rule {
        Rule::Now => Start::Now,
        Rule::Beat => Start::NextBeat,
        Rule::Bar => Start::NextBar,
        Rule::FourBars => Start::NextFourBars,
        Rule::At(tick) => Start::At(Beats(beats(tick))),
    };
    Score { idea: IdeaId(number), length: Beats(beats(idea.length)), parts: [0, 1, 2, 3].map(part), start }
}

/// Runs a script on a fresh engine; fails at the step and for the reason given.
fn replay(steps: &[Step]) -> Result<usize, (usize, String)> {
    let mut both = Both::new();
    both.rig.settings = linnet_engine::Settings { notes_only: true, ..settings() };
    for (number, step) in steps.iter().enumerate() {
        both.step(step).map_err(|why| (number, why))?;
    }
    both.let_go().map_err(|why| (steps.len(), why))?;
    Ok(both.ons)
}

/// The number in an environment variable.
fn told(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn what_sounds_and_is_sent_is_what_the_reference_says() {
    let steps = told("LINNET_NOTES_STEPS").map_or(STEPS, |steps| steps as usize);
    let seed = told("LINNET_NOTES_SEED").unwrap_or(1);
    let episodes = steps.div_ceil(EPISODE);
    let mut ons = 0;
    for episode in 0..episodes {
        let script = Dice::new(seed, episode as u64).script(EPISODE.min(steps - episode * EPISODE));
        match replay(&script) {
            Ok(more) => ons += more,
            Err((at, why)) => {
                let shortest = shrink::shortest(&script, |steps| replay(steps).is_err());
                let why_shortest = replay(&shortest).err().map(|(_, why)| why);
                panic!(
                    "Seed {seed}, episode {episode}, step {at}: {why}\nThe shortest script that fails, {}:\n{shortest:#?}",
                    why_shortest.unwrap_or_default()
                );
            }
        }
        if steps > STEPS && (episode + 1) % (episodes / 20).max(1) == 0 {
            eprintln!("{} of {steps} steps, {ons} notes", (episode + 1) * EPISODE);
        }
    }
    assert!(
        ons > steps / 4,
        "only {ons} notes in {steps} steps: the scripts are too quiet to prove anything"
    );
}
