//! What the sound promises as a whole.

use super::Sound;
use crate::note_bus::{NoteBus, NoteEvent, NoteEventKind};
use crate::settings::{BandSettings, DelaySettings, PartSettings, ReverbSettings, ReverbType, SpaceType};
use crate::{Block, OutEvents, Settings, Transport};
use fearless_simd::Level;
use linnet_handover::audio_to_editor::{AudioView, spectrum_queue};
use linnet_handover::worker_to_audio::Start;
use linnet_music::{Controls, Part};

const RATE_HZ: usize = 48_000;
/// Longer than any tail of [`settings`].
const REST_FRAMES: usize = 4 * RATE_HZ;

fn settings() -> Settings {
    let part = PartSettings {
        on: true,
        level_db: -6.0,
        pan: 0.2,
        reverb_send_db: -6.0,
        delay_send_db: -9.0,
        width: 1.0,
        low_cut_hz: 20.0,
        octave: 0,
        sound: 0,
        midi_channel: 0,
        solo: false,
        mute: false,
    };
    let band = |freq_hz: f32| BandSettings { on: true, freq_hz, gain_db: 3.0, q: 0.8 };
    Settings {
        pieces: [crate::settings::PieceSettings::PLAIN; 10],
        parts: [part; 4],
        bands: [30.0, 100.0, 250.0, 600.0, 1500.0, 3000.0, 8000.0, 18_000.0].map(band),
        reverb: ReverbSettings {
            kind: ReverbType::Room,
            pre_delay_ms: 10.0,
            decay_s: 0.5,
            size: 0.5,
            damping_hz: 6000.0,
            low_cut_hz: 100.0,
            width: 1.0,
            mix: 0.5,
            space: SpaceType::Chapel,
        },
        delay: DelaySettings {
            time: 7,
            feedback: 0.4,
            ping_pong: true,
            low_cut_hz: 150.0,
            high_cut_hz: 6000.0,
            mix: 0.5,
        },
        output_db: 0.0,
        limiter: true,
        quantise: Start::Now,
        propose: false,
        auto_bars: 0,
        seed_locked: true,
        notes_only: false,
    }
}

fn prepared() -> Sound {
    let mut sound = Sound::new(spectrum_queue().0);
    sound.prepare(RATE_HZ as f64);
    sound
}

fn on(part: Part, key: u8, note: u32) -> NoteEvent {
    at(part, NoteEventKind::NoteOn { key, velocity: 0.8, note })
}

fn off(part: Part, key: u8, note: u32) -> NoteEvent {
    at(part, NoteEventKind::NoteOff { key, note })
}

fn at(part: Part, kind: NoteEventKind) -> NoteEvent {
    NoteEvent { frame: 3, part, channel: None, sounds: true, kind }
}

/// The next `frames`, which begin with `events`.
fn render(sound: &mut Sound, events: &[NoteEvent], settings: &Settings, frames: usize) -> [Vec<f32>; 2] {
    let mut notes = NoteBus::new();
    assert!(events.iter().all(|event| notes.push(*event)));
    let mut audio = [vec![0.0; frames], vec![0.0; frames]];
    let mut block = Block {
        audio: audio.each_mut().map(Vec::as_mut_slice),
        transport: Transport::default(),
        events: &[],
        out: &mut OutEvents::new(),
        settings,
        controls: &Controls::default(),
        offline: false,
    };
    sound.render(&notes, 120.0, &mut block, &AudioView::default());
    audio
}

#[test]
fn it_rests_after_a_note_and_never_while_one_is_held() {
    let settings = settings();
    // Of the lead, whose third preset is a flute that goes on as long as it is held.
    let held = Settings { parts: settings.parts.map(|part| PartSettings { sound: 3, ..part }), ..settings };
    let mut sound = prepared();
    for part in [Part::Lead, Part::Chords, Part::Bass, Part::Drums] {
        let settings = if part == Part::Lead { held } else { settings };
        render(&mut sound, &[on(part, 48, 1)], &settings, RATE_HZ / 10);
        assert!(!sound.is_at_rest(&settings, 120.0), "{part:?}");
        render(&mut sound, &[off(part, 48, 1)], &settings, REST_FRAMES);
        assert!(sound.is_at_rest(&settings, 120.0), "{part:?}");
    }
    render(&mut sound, &[on(Part::Lead, 60, 2)], &held, REST_FRAMES);
    assert!(!sound.is_at_rest(&held, 120.0));
}

#[test]
fn it_rests_again_after_any_setting_has_moved_in_silence() {
    let moves: [fn(&mut Settings); 26] = [
        |settings| settings.parts[0].level_db = -60.0,
        |settings| settings.parts[1].pan = -0.7,
        |settings| settings.parts[0].width = 0.4,
        |settings| settings.parts[2].low_cut_hz = 90.0,
        |settings| settings.parts[2].reverb_send_db = -60.0,
        |settings| settings.parts[3].sound = 1,
        |settings| settings.bands[0].on = false,
        |settings| settings.bands[2].freq_hz = 300.0,
        |settings| settings.bands[3].gain_db = -12.0,
        |settings| settings.bands[4].q = 5.0,
        |settings| settings.reverb.kind = ReverbType::Hall,
        |settings| settings.reverb.pre_delay_ms = 120.0,
        |settings| settings.reverb.decay_s = 3.0,
        |settings| settings.reverb.size = 0.9,
        |settings| settings.reverb.damping_hz = 2000.0,
        |settings| settings.reverb.low_cut_hz = 300.0,
        |settings| settings.reverb.width = 0.2,
        |settings| settings.reverb.mix = 0.0,
        |settings| settings.parts[3].delay_send_db = -20.0,
        |settings| settings.delay.time = 3,
        |settings| settings.delay.ping_pong = false,
        |settings| settings.delay.high_cut_hz = 2000.0,
        |settings| settings.reverb.kind = ReverbType::Space,
        |settings| settings.reverb.space = SpaceType::WoodenRoom,
        |settings| settings.output_db = -12.0,
        |settings| settings.limiter = false,
    ];
    let (mut sound, mut settings) = (prepared(), settings());
    render(&mut sound, &[on(Part::Bass, 40, 1)], &settings, RATE_HZ / 10);
    render(&mut sound, &[off(Part::Bass, 40, 1)], &settings, REST_FRAMES);
    for (number, change) in moves.into_iter().enumerate() {
        assert!(sound.is_at_rest(&settings, 120.0), "before move {number}");
        change(&mut settings);
        render(&mut sound, &[], &settings, RATE_HZ);
    }
    assert!(sound.is_at_rest(&settings, 120.0), "after the last move");
}

/// Everything that is compiled and less than what this processor can do.
fn lesser_levels() -> Vec<Level> {
    let mut levels = vec![Level::baseline()];
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        let best = Level::new();
        levels.extend(best.as_sse4_2().map(Level::Sse4_2));
        levels.extend(best.as_avx2().map(Level::Avx2));
    }
    levels
}

/// Notes of all parts and every setting of theirs that moves, at `level`, as bits.
fn scene(level: Level) -> Vec<u32> {
    let (mut sound, mut settings) = (prepared(), settings());
    sound.voices.limit_to(level);
    sound.equalizer.limit_to(level);
    sound.reverb.limit_to(level);
    sound.delay.limit_to(level);
    let mut audio = Vec::new();
    for number in 0..26 {
        for (index, part) in settings.parts.iter_mut().enumerate() {
            (part.sound, part.pan) = (3 * number + index % 3, 0.4 - 0.03 * number as f32);
            part.width = [1.0, 0.5, 1.0, 1.7][(number + index) % 4];
            part.low_cut_hz = [20.0, 20.0, 120.0][(number + index) % 3];
        }
        settings.parts[3].sound = number % 9;
        settings.reverb.kind =
            [ReverbType::Room, ReverbType::Hall, ReverbType::Space, ReverbType::Plate][number % 4];
        settings.bands[3].freq_hz = 500.0 + 70.0 * number as f32;
        let parts = [Part::Lead, Part::Chords, Part::Bass, Part::Drums];
        let keys = parts.map(|part| (part, 38 + 7 * part.index() as u8 + number as u8 % 12));
        let begins = keys.map(|(part, key)| on(part, key, number as u32));
        let wheel = at(Part::Lead, NoteEventKind::Controller { number: 1, value: 0.7 });
        let bend = at(Part::Lead, NoteEventKind::PitchBend { value: 0.3 });
        let ends = keys.map(|(part, key)| off(part, key, number as u32));
        for events in [&begins[..], &[wheel, bend], &ends] {
            audio.extend(render(&mut sound, events, &settings, 1201));
        }
    }
    audio.into_iter().flatten().map(f32::to_bits).collect()
}

#[test]
fn every_kind_of_processor_gives_the_same_sound_to_the_bit() {
    let expect = scene(Level::new());
    assert!(expect.iter().any(|bits| f32::from_bits(*bits).abs() > 0.1));
    for level in lesser_levels() {
        let place = scene(level).iter().zip(&expect).position(|(one, other)| one != other);
        assert_eq!(place, None, "{level:?} and {:?}", Level::new());
    }
}
