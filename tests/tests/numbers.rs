//! The real bundle, with numbers that no host should send: whatever comes in, what goes out is finite, below the limiter's
//! ceiling, and ends in exact silence, and no note hangs.
//!
//! `LINNET_CLAP` names the file. `LINNET_CASES` makes a long run of it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use clack_host::events::event_types::{
    MidiEvent, NoteChokeEvent, NoteOffEvent, NoteOnEvent, ParamModEvent, ParamValueEvent, TransportEvent,
    TransportFlags,
};
use clack_host::events::{EventFlags, EventHeader, Match, Pckn};
use clack_host::prelude::EventBuffer;
use clack_host::utils::{BeatTime, ClapId, SecondsTime};
use linnet_engine::effect::Limiter;
use linnet_music::Tempo;
use linnet_tests::clap_host::{Bundle, Instance, Output, Rendered, Timed, bundle_path, parameter_id};
use linnet_tests::player::pair;
use linnet_tests::scene::{COMMON, INSTRUMENT, NOTE_EFFECT};
use linnet_tests::transport::Transport;

/// What hosts and validators use, among them fractions.
const RATES_HZ: [f64; 9] =
    [1000.0, 1234.567, 11_025.5, 22_050.0, 44_100.0, 47_999.999, 96_000.0, 192_000.0, 768_000.0];
/// Most of them are larger than the 64 frames that are announced.
const FRAMES: [usize; 10] = [0, 1, 2, 7, 63, 64, 65, 500, 1024, 16_384];
const ANNOUNCED_FRAMES: usize = 64;
const BLOCKS: u32 = 60;
const NONSENSE: [f64; 8] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-310, -1e-310, 1e300, -0.0, 1e30];
/// In debug builds the framework writes a line about an empty block, which the sanitizer rightly takes for a fault.
const EMPTY_BLOCKS: bool = !cfg!(feature = "rtsan");

/// S. Vigna's `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u32) -> u32 {
        (self.roll() % u64::from(end)) as u32
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u32) as usize]
    }

    /// Within a range, at its bounds, beyond, or no number at all.
    fn value(&mut self, low: f64, high: f64) -> f64 {
        match self.below(10) {
            0..5 => self.between(low, high),
            5 | 6 => low,
            7 | 8 => high,
            _ => self.of(&NONSENSE),
        }
    }
}

fn any<T>(dice: &mut Dice, value: T) -> Match<T> {
    if dice.below(5) == 0 { Match::All } else { Match::Specific(value) }
}

/// One of the notes that a host can name, with its id, or leaving open what it likes.
fn address(dice: &mut Dice, open: bool) -> Pckn {
    let (channel, key, id) = (dice.below(16) as u16, dice.below(128) as u16, dice.below(400));
    if open {
        let (channel, key, id) = (any(dice, channel), any(dice, key), any(dice, id));
        Pckn::new(0_u16, channel, key, id)
    } else {
        Pckn::new(0_u16, channel, key, id)
    }
}

fn push_note(dice: &mut Dice, time: u32, events: &mut EventBuffer) {
    let velocity = dice.value(0.0, 1.0);
    match dice.below(10) {
        0..4 => {
            // Also a note-on that names no key, which means nothing.
            let open = dice.below(20) == 0;
            events.push(&NoteOnEvent::new(time, address(dice, open), velocity));
        }
        4..7 => events.push(&NoteOffEvent::new(time, address(dice, true), velocity)),
        7 => events.push(&NoteChokeEvent::new(time, address(dice, true))),
        _ => {
            let status = dice.of(&[0x80, 0x90, 0xb0, 0xb0, 0xd0, 0xe0, 0xf0]) | dice.below(16) as u8;
            let first = dice.of(&[1, 64, 120, 121, 123, 127]);
            events.push(&MidiEvent::new(time, 0, [status, first, dice.below(128) as u8]));
        }
    }
}

/// The block's events, sorted; `parameters` are (id, lowest, highest).
fn events(dice: &mut Dice, frames: usize, parameters: &[(ClapId, f64, f64)]) -> EventBuffer {
    let mut events = EventBuffer::with_capacity(4096);
    for (id, low, high) in parameters {
        let value = dice.value(*low, *high);
        events.push(&ParamValueEvent::new(0, *id, Pckn::match_all(), value));
        if dice.below(10) == 0 {
            events.push(&ParamModEvent::new(0, *id, Pckn::match_all(), dice.value(low - high, high - low)));
        }
    }
    let count = dice.of(&[0, 0, 3, 20, 2000]);
    let last = frames.saturating_sub(1) as u32;
    let mut times: Vec<u32> = (0..count).map(|_| dice.below(last + 1)).collect();
    times.sort_unstable();
    for time in times {
        push_note(dice, time, &mut events);
    }
    // A parameter in the middle of the block splits it.
    if let (true, Some((id, low, high))) = (last > 0, parameters.first()) {
        events.push(&ParamValueEvent::new(last, *id, Pckn::match_all(), dice.value(*low, *high)));
    }
    events
}

/// None, or one that jumps, runs backwards, ramps, or makes no sense.
fn transport(dice: &mut Dice, before: f64) -> Option<TransportEvent> {
    let position = match dice.below(6) {
        0 => dice.between(-1000.0, 100_000.0),
        1 => before - dice.between(0.0, 16.0),
        _ => before + dice.between(0.0, 1.0),
    };
    let tempo = if dice.below(6) == 0 { dice.of(&NONSENSE) } else { dice.value(1.0, 999.0) };
    let beats = |beats: f64| BeatTime::from_float(beats);
    let odd = dice.below(12) == 0;
    let metre = (1 + dice.below(32) as u16, 1_u16 << dice.below(6));
    let looped = (dice.between(-8.0, 64.0), dice.of(&[0.0, 1e-6, 0.01, 0.5, 8.0, -4.0]));
    (dice.below(6) != 0).then(|| TransportEvent {
        header: EventHeader::new_core(0, EventFlags::empty()),
        flags: TransportFlags::from_bits_truncate(dice.roll() as u32),
        song_pos_beats: beats(position),
        song_pos_seconds: SecondsTime::from_float(position),
        tempo,
        tempo_inc: dice.value(-1.0, 1.0),
        loop_start_beats: beats(looped.0),
        loop_end_beats: beats(looped.0 + looped.1),
        loop_start_seconds: SecondsTime::from_float(looped.0),
        loop_end_seconds: SecondsTime::from_float(looped.0 + looped.1),
        bar_start: if odd { BeatTime::from_bits(dice.roll() as i64) } else { beats(position.floor()) },
        bar_number: dice.roll() as i32,
        time_signature_numerator: if odd { dice.roll() as u16 } else { metre.0 },
        time_signature_denominator: if odd { dice.roll() as u16 } else { metre.1 },
    })
}

/// Fails where a sample is not finite, or above `ceiling`.
fn check_sound(rendered: &Rendered, ceiling: f32, place: &str) {
    let worst = rendered.audio.iter().flatten().find(|sample| !sample.is_finite() || sample.abs() > ceiling);
    assert_eq!(worst, None, "{place}");
}

/// Every value back to where it was at first, a short tail, no key down, transport still.
fn let_go(instance: &mut Instance) -> Rendered {
    let mut all = EventBuffer::with_capacity(4096);
    for parameter in instance.parameters() {
        let id = parameter.id;
        let is_decay = id == parameter_id("reverb_decay_s");
        let value = if is_decay { parameter.min } else { parameter.default };
        all.push(&ParamModEvent::new(0, id, Pckn::match_all(), 0.0));
        all.push(&ParamValueEvent::new(0, id, Pckn::match_all(), value));
    }
    for channel in 0..16_u8 {
        all.push(&MidiEvent::new(0, 0, [0xb0 | channel, 64, 0]));
    }
    // Without id, channel or key: every note that is held.
    all.push(&NoteOffEvent::new(0, Pckn::match_all(), 0.0));
    instance.process_events(ANNOUNCED_FRAMES, Some(&standing()), &all).unwrap()
}

/// A transport that stands still; without one, ideas would go on by the plug-in's own clock.
fn standing() -> TransportEvent {
    Transport { playing: false, ..Transport::running(Tempo::new(120.0), COMMON) }.to_event()
}

/// Runs wild blocks, with the limiter left on where the sound is to be `limited`, lets go, and waits for silence. Returns how
/// many notes came out, and the loudest sample.
fn run(plugin: &str, rate_hz: f64, seed: u64, limited: bool) -> (usize, f32) {
    let mut dice = Dice(seed);
    let mut instance = Bundle::load(&bundle_path()).unwrap().open(plugin, rate_hz, ANNOUNCED_FRAMES).unwrap();
    let parameters: Vec<(ClapId, f64, f64)> = instance
        .parameters()
        .into_iter()
        .filter(|parameter| !limited || parameter.id != parameter_id("limiter"))
        .map(|parameter| (parameter.id, parameter.min, parameter.max))
        .collect();
    let ceiling = if limited { Limiter::CEILING } else { f32::MAX };
    let (mut position, mut out, mut now) = (0.0, Vec::<Timed<Output>>::new(), 0_u64);
    let mut loudest = 0.0;
    let mut keep = |rendered: &Rendered, frames: usize| {
        out.extend(rendered.events.iter().map(|event| Timed { frame: event.frame + now, ..*event }));
        now += frames as u64;
    };
    for block in 0..BLOCKS {
        let frames = dice.of(&FRAMES).max(usize::from(!EMPTY_BLOCKS));
        let changed = if dice.below(3) == 0 { &parameters[..] } else { &[] };
        let changed = if frames == 0 { &[] } else { changed };
        let events = if frames == 0 { EventBuffer::new() } else { events(&mut dice, frames, changed) };
        let transport = transport(&mut dice, position);
        position = transport.map_or(position, |transport| transport.song_pos_beats.to_float());
        let rendered = instance.process_events(frames, transport.as_ref(), &events).unwrap();
        check_sound(&rendered, ceiling, &format!("block {block} of seed {seed} at {rate_hz} Hz"));
        loudest = rendered.audio.iter().flatten().fold(loudest, |peak: f32, sample| peak.max(sample.abs()));
        keep(&rendered, frames);
        if dice.below(20) == 0 {
            instance.reset();
        }
    }
    keep(&let_go(&mut instance), ANNOUNCED_FRAMES);
    let mut last = Rendered::default();
    for _ in 0..(9.0 * rate_hz / 4096.0).ceil() as u32 {
        last = instance.process_events(4096, Some(&standing()), &EventBuffer::new()).unwrap();
        keep(&last, 4096);
    }
    let remains = last.audio.iter().flatten().find(|sample| **sample != 0.0);
    assert_eq!(remains, None, "it is not silent, seed {seed}, {rate_hz} Hz");
    let (notes, stray) = pair(&out);
    let hanging = notes.iter().filter(|note| note.to.is_none()).count();
    assert_eq!((hanging, stray), (0, 0), "hanging notes and stray note-offs, seed {seed}");
    (notes.len(), loudest)
}

/// The seeds of a run: a few, or as many as `LINNET_CASES` says.
fn seeds(usual: u64) -> std::ops::Range<u64> {
    let asked = std::env::var("LINNET_CASES").ok().and_then(|cases| cases.parse().ok());
    0..asked.unwrap_or(usual)
}

/// Runs every seed, and returns the sums of what came out.
fn run_all(plugin: &str, seeds: std::ops::Range<u64>, limited: bool) -> (usize, f32) {
    let all = seeds.map(|seed| run(plugin, RATES_HZ[seed as usize % RATES_HZ.len()], seed, limited));
    all.fold((0, 0.0), |(notes, loudest), (more, peak)| (notes + more, peak.max(loudest)))
}

#[test]
fn wild_hosts_get_finite_sound_below_the_ceiling_then_exact_silence_and_no_hanging_note() {
    let (notes, loudest) = run_all(INSTRUMENT, seeds(18), true);
    // The limiter brings what is too loud to −1 dB.
    assert!(
        notes > 1000 && loudest > 0.88,
        "{notes} notes, a peak of {loudest}: too little to prove anything"
    );
}

#[test]
fn without_the_limiter_the_sound_is_finite_all_the_same() {
    let (notes, loudest) = run_all(INSTRUMENT, seeds(9), false);
    assert!(notes > 500 && loudest > 1.0, "{notes} notes, a peak of {loudest}: too little to prove anything");
}

#[test]
fn the_note_effect_bears_wild_hosts_and_stays_silent() {
    let (notes, loudest) = run_all(NOTE_EFFECT, seeds(9), true);
    assert!(notes > 500, "{notes} notes: too little to prove anything");
    assert_eq!(loudest, 0.0);
}
