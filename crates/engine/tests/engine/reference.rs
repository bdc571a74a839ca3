//! What should sound and be sent, said a second time: exact, in whole ticks, and as plain as it can be.
//!
//! A frame takes the notes nearest to it, each once. An idea starts where its rule says and loops; its notes end with their
//! length, with their pass, or with whatever stops it. Live notes last from key to key.

mod live;
mod own_clock;

use crate::exact_host::{BEAT, ExactHost, half};
use linnet_engine::settings::PartSettings;
use live::Live;
pub(crate) use live::Played;
use own_clock::OwnClock;
use std::collections::BTreeMap;
use std::rc::Rc;

/// When an idea takes over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    Now,
    Beat,
    Bar,
    FourBars,
    /// As if it had started at this tick.
    At(i64),
}

/// A note of an idea, in ticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdeaNote {
    pub(crate) part: usize,
    pub(crate) onset: i64,
    pub(crate) length: i64,
    pub(crate) key: i32,
}

/// An idea: its length in ticks, its rule and its notes.
#[derive(Clone, Debug)]
pub(crate) struct TickIdea {
    pub(crate) length: i64,
    pub(crate) rule: Rule,
    pub(crate) notes: Vec<IdeaNote>,
}

/// Whose time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Whose {
    Host,
    Own,
}

/// A stretch of steady time.
struct Stretch {
    frames: (u32, u32),
    position: i64,
    frame: i64,
    /// The ticks that fall into it.
    takes: (i64, i64),
    whose: Whose,
    plays: bool,
    jumped: bool,
    bar: i64,
    beat: i64,
    /// The bar line that bars are counted from.
    origin: i64,
}

impl Stretch {
    fn frame_of(&self, tick: i64) -> u32 {
        let offset = (tick - self.position + half(self.frame)).div_euclid(self.frame);
        let last = i64::from(self.frames.1 - 1);
        (i64::from(self.frames.0) + offset).clamp(i64::from(self.frames.0), last) as u32
    }

    fn line(&self, step: i64, from: i64) -> i64 {
        let steps = (from - self.origin).div_euclid(step);
        let line = self.origin + steps * step;
        if line < from { line + step } else { line }
    }

    fn start(&self, rule: Rule, from: i64) -> i64 {
        match rule {
            Rule::Now | Rule::At(_) => self.position.max(from),
            Rule::Beat => self.line(self.beat, from),
            Rule::Bar => self.line(self.bar, from),
            Rule::FourBars => self.line(4 * self.bar, from),
        }
    }
}

struct Playing {
    idea: Rc<TickIdea>,
    starts: [Option<i64>; 2],
}

struct Active {
    part: usize,
    key: u8,
    channel: Option<u8>,
    end: i64,
}

/// What leaves in a block.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// Note-ons: frame, channel and key.
    pub(crate) ons: Vec<(u32, u8, u8)>,
    /// Frame, channel and key, and by how much the number of notes that hold the key changes.
    pub(crate) holds: Vec<(u32, u8, u8, i32)>,
}

impl Expected {
    fn begin(&mut self, frame: u32, channel: Option<u8>, key: u8) {
        if let Some(channel) = channel {
            self.ons.push((frame, channel, key));
            self.holds.push((frame, channel, key, 1));
        }
    }

    fn end(&mut self, frame: u32, channel: Option<u8>, key: u8) {
        self.holds.extend(channel.map(|channel| (frame, channel, key, -1)));
    }
}

/// How each part leaves: whether it plays, its channel, and semitones added.
type Strips = [(bool, Option<u8>, i32); 4];

/// The reference.
pub(crate) struct Reference {
    own: OwnClock,
    /// Where the ticks that were taken end.
    taken: Option<(Whose, i64)>,
    current: Option<Playing>,
    waiting: Option<Rc<TickIdea>>,
    active: Vec<Active>,
    live: Live,
    strips: Strips,
    /// How many notes hold each channel's key.
    held: BTreeMap<(u8, u8), i32>,
    release_due: bool,
}

impl Reference {
    pub(crate) fn new() -> Self {
        Self {
            own: OwnClock::new(),
            taken: None,
            current: None,
            waiting: None,
            active: Vec::new(),
            live: Live::default(),
            strips: [(false, None, 0); 4],
            held: BTreeMap::new(),
            release_due: false,
        }
    }

    /// A reset, or a preparation for any rate: everything ends with the next block, and the ideas stay.
    pub(crate) fn reset(&mut self) {
        self.own = OwnClock::new();
        self.taken = None;
        self.active.clear();
        self.live.forget();
        if let Some(playing) = &mut self.current {
            playing.starts[Whose::Own as usize] = None;
        }
        self.release_due = true;
    }

    pub(crate) fn audition(&mut self, on: bool) {
        self.own.audition(on);
    }

    /// Plays a block. The host runs on.
    pub(crate) fn block(
        &mut self,
        host: &mut ExactHost,
        frames: u32,
        parts: &[PartSettings; 4],
        orders: &[Option<Rc<TickIdea>>],
        played: &[(u32, Played)],
    ) -> Expected {
        let mut out = Expected::default();
        if std::mem::take(&mut self.release_due) {
            let all = self.held.iter().map(|((channel, key), holders)| (0, *channel, *key, -holders));
            out.holds.extend(all);
        }
        let soloing = parts.iter().any(|part| part.solo);
        let audible = |part: &PartSettings| !part.mute && (part.solo || !soloing);
        let channel = |part: &PartSettings| (part.midi_channel > 0).then(|| part.midi_channel - 1);
        self.live.follow(audible(&parts[0]), channel(&parts[0]), &mut out);
        // What the editor does comes first in the block, what a player does where it says.
        for (_, played) in played.iter().filter(|(_, played)| played.is_editors()) {
            if matches!(played, Played::Panic) {
                self.end_active(0, &mut out);
            }
            self.live.play(0, *played, &mut out);
        }
        for order in orders {
            self.obey(order.as_ref(), &mut out);
        }
        let strips = [0, 1, 2, 3].map(|index| {
            let part = &parts[index];
            let semitones = if index == 3 { 0 } else { 12 * part.octave };
            (audible(part) && part.on, channel(part), semitones)
        });
        self.follow(strips, &mut out);
        for stretch in self.stretches(host, frames) {
            self.play(&stretch, &mut out);
        }
        for (frame, played) in played.iter().filter(|(_, played)| !played.is_editors()) {
            self.live.play((*frame).min(frames.saturating_sub(1)), *played, &mut out);
        }
        for (_, channel, key, change) in &out.holds {
            *self.held.entry((*channel, *key)).or_default() += change;
        }
        self.held.retain(|_, holders| *holders != 0);
        out
    }

    fn obey(&mut self, order: Option<&Rc<TickIdea>>, out: &mut Expected) {
        self.waiting = order.cloned();
        if order.is_none() {
            self.end_active(0, out);
            self.current = None;
        }
    }

    fn follow(&mut self, strips: Strips, out: &mut Expected) {
        let before = std::mem::replace(&mut self.strips, strips);
        self.end_where(out, |note| {
            let (now, before) = (strips[note.part], before[note.part]);
            (!now.0 || now != before).then_some(0)
        });
    }

    fn stretches(&mut self, host: &mut ExactHost, frames: u32) -> Vec<Stretch> {
        if frames == 0 {
            return Vec::new();
        }
        let all = if host.runs() { self.of_host(host, frames) } else { vec![self.of_own(host, frames)] };
        self.taken = all.last().map(|last| (last.whose, last.takes.1));
        all
    }

    fn of_host(&mut self, host: &mut ExactHost, frames: u32) -> Vec<Stretch> {
        self.own.audition(false);
        let (frame, bar, beat) = (host.frame(), host.bar(), BEAT * 4 / host.metre.1);
        let mut goes_on = self.taken.filter(|(whose, _)| *whose == Whose::Host && !host.jumped);
        let mut wrapped = false;
        let passes = host.run(frames);
        let (loop_start, loop_end) = host.looped.unwrap_or_default();
        let stretch = |pass: &crate::exact_host::Pass| {
            let goes_on = goes_on.take();
            let from = match goes_on {
                Some((_, to)) => to,
                None if std::mem::replace(&mut wrapped, true) => loop_start - half(frame),
                // A jump takes what lies up to a frame before where it lands, and exactly a frame before.
                None => pass.position - frame - frame / 10_000,
            };
            wrapped = true;
            let length = i64::from(pass.frames.1 - pass.frames.0);
            let to = if pass.wraps { loop_end } else { pass.position + length * frame } - half(frame);
            Stretch {
                frames: pass.frames,
                position: pass.position,
                frame,
                takes: (from, to.max(from)),
                whose: Whose::Host,
                plays: true,
                jumped: goes_on.is_none(),
                bar,
                beat,
                origin: 0,
            }
        };
        passes.iter().map(stretch).collect()
    }

    fn of_own(&mut self, host: &ExactHost, frames: u32) -> Stretch {
        let moment = self.own.run(host, frames);
        if moment.begins
            && let Some(playing) = &mut self.current
        {
            playing.starts[Whose::Own as usize] = None;
        }
        let goes_on = self.taken.filter(|(whose, _)| *whose == Whose::Own && !moment.begins);
        Stretch {
            frames: (0, frames),
            position: moment.position,
            frame: moment.frame,
            takes: (
                goes_on.map_or(moment.position - half(moment.frame), |(_, to)| to),
                moment.position + i64::from(frames) * moment.frame - half(moment.frame),
            ),
            whose: Whose::Own,
            plays: moment.plays,
            jumped: goes_on.is_none(),
            bar: moment.bar,
            beat: moment.beat,
            origin: moment.origin,
        }
    }

    fn play(&mut self, stretch: &Stretch, out: &mut Expected) {
        if stretch.jumped || !stretch.plays {
            self.end_active(stretch.frames.0, out);
        }
        if !stretch.plays {
            return;
        }
        let (mut from, to) = stretch.takes;
        while let Some((line, start, replaces)) = self.takeover(stretch, from).filter(|(line, ..)| *line < to)
        {
            self.sound(stretch, (from, line - half(stretch.frame)), out);
            self.end_active(stretch.frame_of(line), out);
            if replaces && let Some(idea) = self.waiting.take() {
                self.current = Some(Playing { idea, starts: [None; 2] });
            }
            if let Some(playing) = &mut self.current {
                playing.starts[stretch.whose as usize] = Some(start);
            }
            // An idea begins with its first beat; one that goes on as if it had started before takes its whole frame.
            from = if start == line { line } else { from.max(line - half(stretch.frame)) };
        }
        self.sound(stretch, (from, to), out);
    }

    /// Where something takes over next at or behind `from`, where it counts from, and whether it is the idea that waits.
    fn takeover(&self, stretch: &Stretch, from: i64) -> Option<(i64, i64, bool)> {
        let waiting = self.waiting.as_ref().map(|idea| {
            let line = stretch.start(idea.rule, from);
            match idea.rule {
                Rule::At(start) if stretch.whose == Whose::Host => (line, start, true),
                _ => (line, line, true),
            }
        });
        let idle = self.current.as_ref().filter(|it| it.starts[stretch.whose as usize].is_none());
        let line = stretch.start(Rule::Bar, from);
        let returning = idle.map(|_| (line, line, false));
        match (waiting, returning) {
            (Some(waiting), Some(returning)) if returning.0 < waiting.0 => Some(returning),
            (waiting, returning) => waiting.or(returning),
        }
    }

    /// Sounds what the idea has in the ticks [`from`, `to`).
    fn sound(&mut self, stretch: &Stretch, (from, to): (i64, i64), out: &mut Expected) {
        let current = self.current.as_ref();
        let playing = current.and_then(|it| Some((Rc::clone(&it.idea), it.starts[stretch.whose as usize]?)));
        if let Some((idea, start)) = playing.filter(|_| from < to) {
            for note in &idea.notes {
                self.sound_note(stretch, &idea, start, *note, (from, to), out);
            }
        }
        self.end_where(out, |note| (note.end < to).then(|| stretch.frame_of(note.end)));
    }

    fn sound_note(
        &mut self,
        stretch: &Stretch,
        idea: &TickIdea,
        start: i64,
        note: IdeaNote,
        (from, to): (i64, i64),
        out: &mut Expected,
    ) {
        let (plays, channel, semitones) = self.strips[note.part];
        let key = (note.key + semitones) as u8;
        // The first pass whose onset is at or behind `from`.
        let mut pass = start + (from - start - note.onset).div_euclid(idea.length) * idea.length;
        while plays && pass + note.onset < to {
            let onset = pass + note.onset;
            if onset >= from {
                out.begin(stretch.frame_of(onset), channel, key);
                let end = pass + (note.onset + note.length).min(idea.length);
                self.active.push(Active {
                    part: note.part,
                    key,
                    channel,
                    end: end.max(onset + stretch.frame),
                });
            }
            pass += idea.length;
        }
    }

    fn end_active(&mut self, frame: u32, out: &mut Expected) {
        self.end_where(out, |_| Some(frame));
    }

    fn end_where(&mut self, out: &mut Expected, frame: impl Fn(&Active) -> Option<u32>) {
        self.active.retain(|note| match frame(note) {
            Some(frame) => {
                out.end(frame, note.channel, note.key);
                false
            }
            None => true,
        });
    }
}
