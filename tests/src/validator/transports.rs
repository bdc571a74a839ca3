//! Runs on the audio thread. Transports that run as in a song, and such as no song has.

use super::events::header;
use super::random::Random;
use clap_sys::events::{
    CLAP_EVENT_TRANSPORT, CLAP_TRANSPORT_HAS_BEATS_TIMELINE, CLAP_TRANSPORT_HAS_SECONDS_TIMELINE,
    CLAP_TRANSPORT_HAS_TEMPO, CLAP_TRANSPORT_HAS_TIME_SIGNATURE, CLAP_TRANSPORT_IS_PLAYING,
    clap_event_transport,
};
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};

/// A transport at beat `beat` of a song of 120 beats per minute in 4/4.
pub(crate) fn at(beat: f64, is_playing: bool) -> clap_event_transport {
    let playing = if is_playing { CLAP_TRANSPORT_IS_PLAYING } else { 0 };
    let bar = (beat / 4.0).floor();
    clap_event_transport {
        header: header::<clap_event_transport>(0, CLAP_EVENT_TRANSPORT),
        flags: CLAP_TRANSPORT_HAS_TEMPO
            | CLAP_TRANSPORT_HAS_BEATS_TIMELINE
            | CLAP_TRANSPORT_HAS_SECONDS_TIMELINE
            | CLAP_TRANSPORT_HAS_TIME_SIGNATURE
            | playing,
        song_pos_beats: beats(beat),
        song_pos_seconds: seconds(beat / 2.0),
        tempo: 120.0,
        tempo_inc: 0.0,
        loop_start_beats: 0,
        loop_end_beats: 0,
        loop_start_seconds: 0,
        loop_end_seconds: 0,
        bar_start: beats(bar * 4.0),
        bar_number: bar as i32,
        tsig_num: 4,
        tsig_denom: 4,
    }
}

/// A transport in which everything is random, within what CLAP can say.
pub(crate) fn random(random: &mut Random) -> clap_event_transport {
    let mut transport = at(random.between(-100.0, 10_000.0), random.chance(70));
    for flag in 0..4 {
        if random.chance(15) {
            transport.flags &= !(1 << flag);
        }
    }
    transport.flags |= random.below(8) << 5;
    transport.tempo = random.between(1.0, 999.0);
    transport.tempo_inc = if random.chance(30) { random.between(-0.01, 0.01) } else { 0.0 };
    transport.song_pos_seconds = seconds(random.between(-100.0, 10_000.0));
    let start = random.between(-8.0, 100.0);
    // Now and then a loop that is empty or ends before it starts.
    let end = start + random.between(-2.0, 16.0);
    (transport.loop_start_beats, transport.loop_end_beats) = (beats(start), beats(end));
    (transport.loop_start_seconds, transport.loop_end_seconds) = (seconds(start), seconds(end));
    transport.bar_start = beats(random.between(-100.0, 10_000.0));
    transport.bar_number = random.below(2000) as i32 - 100;
    transport.tsig_num = 1 + random.below(32) as u16;
    transport.tsig_denom = 1 << random.below(6);
    transport
}

fn beats(beats: f64) -> i64 {
    (beats * CLAP_BEATTIME_FACTOR as f64).round() as i64
}

fn seconds(seconds: f64) -> i64 {
    (seconds * CLAP_SECTIME_FACTOR as f64).round() as i64
}
