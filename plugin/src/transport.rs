//! From the host's transport to the engine's.
//!
//! Runs on the audio thread; never allocates.
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]

use linnet_engine::Transport;
use linnet_music::{Beats, Tempo, TimeSignature};
use nice_plug::prelude::Transport as HostTransport;

/// Positions further out than this are no positions.
const FAR_BEATS: f64 = 1e9;
/// Two positions closer than this are one.
const NEAR_BEATS: f64 = 1e-6;

/// Where the previous slice of a block stood.
#[derive(Clone, Copy, Debug)]
struct Previous {
    bar_start: f64,
    end: f64,
    metre: TimeSignature,
}

/// Reads the transport, slice by slice.
///
/// Where the framework splits a host's block, it reckons the bar line of the later slices from the project's start in
/// the current metre, which is wrong behind a change of metre. Such a bar line is replaced by the one that follows
/// from the slice before.
#[derive(Debug, Default)]
pub(crate) struct TransportReader {
    previous: Option<Previous>,
}

impl TransportReader {
    /// Forgets where the transport was.
    pub(crate) fn reset(&mut self) {
        self.previous = None;
    }

    /// The transport at the first of `frames` frames.
    pub(crate) fn read(&mut self, host: &HostTransport, frames: usize) -> Transport {
        let tempo = host.tempo.filter(|bpm| bpm.is_finite() && *bpm > 0.0).map(Tempo::new);
        let position = host.pos_beats().and_then(finite);
        let metre = host
            .time_sig_numerator
            .zip(host.time_sig_denominator)
            .and_then(|(numerator, denominator)| TimeSignature::new(numerator, denominator));
        let bar_start = position.and_then(|position| {
            let reported = host.bar_start_pos_beats.and_then(finite)?;
            Some(self.bar_start(reported, position, metre))
        });
        let transport = Transport {
            playing: host.playing,
            present: host.playing || position.is_some() || tempo.is_some() || metre.is_some(),
            position: position.map(Beats),
            bar_start: bar_start.map(Beats),
            tempo,
            metre,
            looped: loop_of(host),
        };
        self.remember(&transport, frames, f64::from(host.sample_rate));
        transport
    }

    fn bar_start(&self, reported: f64, position: f64, metre: Option<TimeSignature>) -> f64 {
        let (Some(previous), Some(metre)) = (self.previous, metre) else { return reported };
        let bar = metre.bar().0;
        let reckoned = (position / bar).floor() * bar;
        let goes_on = (position - previous.end).abs() < NEAR_BEATS && metre == previous.metre;
        if goes_on && (reported - reckoned).abs() < NEAR_BEATS {
            let bars = ((position - previous.bar_start) / bar + NEAR_BEATS).floor();
            previous.bar_start + bars * bar
        } else {
            reported
        }
    }

    fn remember(&mut self, transport: &Transport, frames: usize, sample_rate_hz: f64) {
        let Transport { position: Some(position), bar_start: Some(bar_start), metre: Some(metre), .. } =
            *transport
        else {
            self.previous = None;
            return;
        };
        let tempo = transport.tempo.unwrap_or_default();
        let played = if transport.playing { frames as f64 } else { 0.0 };
        let end = position + Beats::from_samples(played, tempo, sample_rate_hz);
        self.previous = Some(Previous { bar_start: bar_start.0, end: end.0, metre });
    }
}

fn finite(beats: f64) -> Option<f64> {
    (beats.is_finite() && beats.abs() < FAR_BEATS).then_some(beats)
}

fn loop_of(host: &HostTransport) -> Option<(Beats, Beats)> {
    let (start, end) = host.loop_range_beats()?;
    let (start, end) = (finite(start)?, finite(end)?);
    (start < end).then_some((Beats(start), Beats(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(position: f64, bar_start: f64, (numerator, denominator): (i32, i32)) -> HostTransport {
        let mut host = HostTransport::new(48_000.0);
        host.playing = true;
        host.tempo = Some(120.0);
        host.pos_beats = Some(position);
        host.bar_start_pos_beats = Some(bar_start);
        host.time_sig_numerator = Some(numerator);
        host.time_sig_denominator = Some(denominator);
        host
    }

    #[test]
    fn without_a_transport_nothing_is_present() {
        let read = TransportReader::default().read(&HostTransport::new(48_000.0), 64);
        assert_eq!(read, Transport::default());
    }

    #[test]
    fn a_split_block_behind_a_change_of_metre_keeps_its_bar_line() {
        let mut reader = TransportReader::default();
        // One bar of 3/4 went before: the bar line stands at 3, and 4/4 reckoned from the start would say 0 or 4.
        let first = reader.read(&host(3.5, 3.0, (4, 4)), 24_000);
        assert_eq!(first.bar_start, Some(Beats(3.0)));
        let second = reader.read(&host(4.5, 4.0, (4, 4)), 24_000 * 3);
        assert_eq!(second.bar_start, Some(Beats(3.0)));
        let third = reader.read(&host(7.5, 4.0, (4, 4)), 64);
        assert_eq!(third.bar_start, Some(Beats(7.0)));
    }

    #[test]
    fn a_seek_takes_the_bar_line_that_the_host_gives() {
        let mut reader = TransportReader::default();
        reader.read(&host(3.5, 3.0, (4, 4)), 64);
        assert_eq!(reader.read(&host(17.0, 16.0, (4, 4)), 64).bar_start, Some(Beats(16.0)));
    }

    #[test]
    fn nonsense_is_left_out() {
        let mut nonsense = host(f64::NAN, f64::INFINITY, (0, 7));
        nonsense.tempo = Some(f64::NAN);
        nonsense.loop_range_beats = Some((8.0, 4.0));
        let read = TransportReader::default().read(&nonsense, 64);
        let expect = Transport { playing: true, present: true, ..Transport::default() };
        assert_eq!(read, expect);
    }
}
