//! Whatever a host, a player and a composer do, in whatever order: every note-on gets its note-off.

use crate::harness::*;
use linnet_engine::{LiveEvent, LiveKind};
use linnet_handover::editor_to_audio::Command;
use linnet_handover::worker_to_audio::{Score, Start};
use linnet_music::{Beats, IdeaId, Note, Pitch, TimeSignature, Velocity};
use proptest::collection::vec;
use proptest::prelude::*;

/// Something that happens before a block.
#[derive(Clone, Debug)]
enum Change {
    None,
    Seek(f64),
    Loop(Option<(f64, f64)>),
    Tempo(f64),
    Metre(TimeSignature),
    Running(bool),
    Present(bool),
    Idea(f64, Start, Vec<(usize, f64, f64, u8)>),
    Silence,
    Audition(bool),
    Panic,
    Reset,
    Rate(f64),
    Mute(usize, bool),
    Solo(usize, bool),
    On(usize, bool),
    Channel(usize, u8),
    Octave(usize, i32),
    EditorNote(u8, bool),
}

#[derive(Clone, Debug)]
struct Step {
    change: Change,
    frames: u32,
    /// Frame as a share of the block, channel, kind.
    events: Vec<(f64, u8, LiveKind)>,
}

fn start() -> impl Strategy<Value = Start> {
    prop_oneof![
        Just(Start::Now),
        Just(Start::NextBeat),
        Just(Start::NextBar),
        Just(Start::NextFourBars),
        (-20.0..60.0).prop_map(|beat| Start::At(Beats(beat))),
    ]
}

fn idea() -> impl Strategy<Value = Change> {
    let length = prop_oneof![Just(0.25), Just(1.0), Just(3.0), Just(4.0), Just(16.0), 0.1..20.0];
    let onset = prop_oneof![Just(0.0), 0.0..1.0, (0_u8..16).prop_map(|n| f64::from(n) / 16.0)];
    let note = (0_usize..4, onset, prop_oneof![0.001..0.1, 0.1..2.0, Just(1.0)], 0_u8..128);
    (length, start(), vec(note, 0..24)).prop_map(|(length, start, notes)| Change::Idea(length, start, notes))
}

fn change() -> impl Strategy<Value = Change> {
    let line = prop_oneof![(-2_i32..12).prop_map(|bar| f64::from(bar) * 4.0), -10.0..60.0];
    prop_oneof![
        8 => Just(Change::None),
        4 => line.prop_map(Change::Seek),
        2 => proptest::option::of((0.0..20.0, 0.01..8.0))
            .prop_map(|loops| Change::Loop(loops.map(|(start, length): (f64, f64)| (start, start + length)))),
        2 => prop_oneof![1.0..999.0, Just(120.0), 60.0..180.0].prop_map(Change::Tempo),
        1 => prop_oneof![Just((3, 4)), Just((7, 8)), Just((6, 8)), Just((4, 4)), Just((1, 32))]
            .prop_map(|(numerator, denominator)| {
                Change::Metre(TimeSignature::new(numerator, denominator).unwrap_or_default())
            }),
        2 => any::<bool>().prop_map(Change::Running),
        1 => any::<bool>().prop_map(Change::Present),
        6 => idea(),
        1 => Just(Change::Silence),
        2 => any::<bool>().prop_map(Change::Audition),
        1 => Just(Change::Panic),
        1 => Just(Change::Reset),
        1 => prop_oneof![Just(44_100.0), Just(1000.0), Just(192_000.0), Just(48_000.0)].prop_map(Change::Rate),
        1 => (0_usize..4, any::<bool>()).prop_map(|(part, on)| Change::Mute(part, on)),
        1 => (0_usize..4, any::<bool>()).prop_map(|(part, on)| Change::Solo(part, on)),
        1 => (0_usize..4, any::<bool>()).prop_map(|(part, on)| Change::On(part, on)),
        1 => (0_usize..4, 0_u8..17).prop_map(|(part, channel)| Change::Channel(part, channel)),
        1 => (0_usize..4, -3..4).prop_map(|(part, octave)| Change::Octave(part, octave)),
        1 => (0_u8..128, any::<bool>()).prop_map(|(pitch, on)| Change::EditorNote(pitch, on)),
    ]
}

fn live() -> impl Strategy<Value = (f64, u8, LiveKind)> {
    // Few keys and channels, so that notes meet.
    let pitch = 58_u8..63;
    let kind = prop_oneof![
        4 => pitch.clone().prop_map(|pitch| LiveKind::NoteOn { pitch, velocity: 0.7 }),
        4 => pitch.clone().prop_map(|pitch| LiveKind::NoteOff { pitch, velocity: 0.0 }),
        1 => pitch.prop_map(|pitch| LiveKind::Choke { pitch }),
        1 => prop_oneof![Just(0.0_f32), Just(1.0)].prop_map(|value| LiveKind::Controller { number: 64, value }),
        1 => prop_oneof![Just(1_u8), Just(123), Just(120)]
            .prop_map(|number| LiveKind::Controller { number, value: 0.5 }),
        1 => (-1.0_f32..1.0).prop_map(|value| LiveKind::PitchBend { value }),
    ];
    (0.0..1.0, 0_u8..3, kind)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let frames = prop_oneof![2 => Just(0_u32), 2 => 1_u32..64, 8 => 64_u32..2048, 2 => 2048_u32..60_000];
    let step = (change(), frames, vec(live(), 0..6)).prop_map(|(change, frames, events)| Step {
        change,
        frames,
        events,
    });
    vec(step, 10..60)
}

fn score_of(idea: u32, length: f64, start: Start, notes: &[(usize, f64, f64, u8)]) -> Score {
    let parts = [0, 1, 2, 3].map(|part| {
        let of_part = notes.iter().filter(|(of, ..)| *of == part);
        let mut notes: Vec<Note> = of_part
            .map(|(_, onset, note_length, pitch)| Note {
                onset: Beats(onset * length),
                length: Beats(*note_length),
                pitch: Pitch::new(i32::from(*pitch)),
                velocity: Velocity::new(90),
            })
            .filter(|note| note.onset.0 < length)
            .collect();
        notes.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0));
        notes.into()
    });
    Score { idea: IdeaId(idea), length: Beats(length), parts, start }
}

fn apply(rig: &mut Rig, host: &mut Host, change: &Change, idea: u32) {
    let parts = &mut rig.settings.parts;
    match change {
        Change::None => {}
        Change::Seek(position) => host.position = *position,
        Change::Loop(looped) => host.looped = *looped,
        Change::Tempo(bpm) => host.bpm = *bpm,
        Change::Metre(metre) => host.metre = *metre,
        Change::Running(playing) => host.playing = *playing,
        Change::Present(present) => host.present = *present,
        Change::Idea(length, start, notes) => rig.send(score_of(idea, *length, *start, notes)),
        Change::Silence => rig.silence(),
        Change::Audition(on) => rig.command(Command::Audition(*on)),
        Change::Panic => rig.command(Command::Panic),
        Change::Reset => rig.engine.reset(),
        Change::Rate(rate_hz) => rig.engine.prepare(*rate_hz, 512),
        Change::Mute(part, on) => parts[*part].mute = *on,
        Change::Solo(part, on) => parts[*part].solo = *on,
        Change::On(part, on) => parts[*part].on = *on,
        Change::Channel(part, channel) => parts[*part].midi_channel = *channel,
        Change::Octave(part, octave) => parts[*part].octave = *octave,
        Change::EditorNote(pitch, true) => {
            rig.command(Command::NoteOn(Pitch::new(i32::from(*pitch)), Velocity::new(80)));
        }
        Change::EditorNote(pitch, false) => rig.command(Command::NoteOff(Pitch::new(i32::from(*pitch)))),
    }
}

fn run(rig: &mut Rig, steps: &[Step]) -> Host {
    let mut host = Host::playing();
    for (number, step) in steps.iter().enumerate() {
        apply(rig, &mut host, &step.change, number as u32 + 1);
        let mut events: Vec<LiveEvent> = step
            .events
            .iter()
            .map(|(share, channel, kind)| LiveEvent {
                frame: (share * f64::from(step.frames)) as u32,
                channel: *channel,
                kind: *kind,
            })
            .collect();
        events.sort_by_key(|event| event.frame);
        rig.step(&mut host, step.frames, &events);
        for channel in rig.audio.iter().map(|channel| &channel[..step.frames as usize]) {
            assert!(channel.iter().all(|sample| sample.is_finite()));
        }
        rig.told();
    }
    host
}

/// Lets go of everything that a player or a user holds, and stops the transport.
fn let_go(rig: &mut Rig, host: &mut Host) {
    let events: Vec<LiveEvent> = (0..3)
        .flat_map(|channel| {
            let pedal = LiveKind::Controller { number: 64, value: 0.0 };
            let off = |pitch| LiveKind::NoteOff { pitch, velocity: 0.0 };
            std::iter::once(pedal).chain((58..63).map(off)).map(move |kind| LiveEvent {
                frame: 0,
                channel,
                kind,
            })
        })
        .collect();
    for pitch in 0..128 {
        rig.command(Command::NoteOff(Pitch::new(pitch)));
    }
    rig.command(Command::Audition(false));
    (host.playing, host.present) = (false, true);
    rig.step(host, 256, &events);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_note_on_has_its_note_off_and_no_key_goes_down_twice(steps in steps()) {
        let mut rig = Rig::new();
        let mut host = run(&mut rig, &steps);
        rig.held();
        let_go(&mut rig, &mut host);
        prop_assert_eq!(rig.held(), []);
    }
}

/// At the slowest tempos an echo comes every two seconds and has a third of the one before: after this long there is none.
const ECHOES_END_S: u32 = 30;

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_voice_hangs_and_the_sound_stays_finite(steps in steps()) {
        let mut rig = Rig::sounding();
        let mut host = run(&mut rig, &steps);
        let_go(&mut rig, &mut host);
        rig.run(&mut host, ECHOES_END_S * 48_000, 4096);
        let loudest = rig.audio.iter().flat_map(|channel| &channel[..512]).fold(0.0_f32, |a, b| a.max(b.abs()));
        prop_assert!(loudest < 1e-4, "{} long after everything was let go", loudest);
        for part in &mut rig.settings.parts {
            (part.on, part.mute, part.solo) = (true, false, false);
        }
        rig.send(band(1000, Start::Now));
        host = Host::at(0.0);
        rig.run(&mut host, 9600, 512);
        prop_assert!(rig.audio[0][..384].iter().any(|sample| sample.abs() > 1e-3), "it sounds again");
    }
}
