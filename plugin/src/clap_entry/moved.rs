//! Runs on the audio thread; allocates only in `default`. Transport events within a block, moved so that the framework's
//! sum comes out right.
//!
//! Where a host sends a transport event at frame 100, the framework splits the block there, and takes for the position
//! what the event says plus the time from the block's start to frame 100. So the event is shown to it with that time
//! taken off. Without a tempo the framework adds nothing.
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT, CLAP_TRANSPORT_HAS_TEMPO, clap_event_header,
    clap_event_transport, clap_input_events,
};
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};
use std::cell::{Cell, UnsafeCell};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

/// Events that can be looked at after each other before the first is overwritten. The framework looks at three.
const PLACES: usize = 16;

/// Room for moved events.
pub(super) struct Moved {
    rate_hz: AtomicU64,
    places: [UnsafeCell<Option<clap_event_transport>>; PLACES],
    next: Cell<usize>,
}

impl Default for Moved {
    fn default() -> Self {
        Self {
            rate_hz: AtomicU64::new(48_000.0_f64.to_bits()),
            places: std::array::from_fn(|_| UnsafeCell::new(None)),
            next: Cell::new(0),
        }
    }
}

/// A host's events, with transport events moved.
pub(super) struct Reader<'a> {
    events: &'a clap_input_events,
    moved: &'a Moved,
}

impl Moved {
    /// Says how many frames a second has.
    pub(super) fn prepare(&self, rate_hz: f64) {
        // The framework reckons in 32 bits.
        let reckoned = f64::from(rate_hz as f32);
        self.rate_hz.store(reckoned.to_bits(), Ordering::Relaxed);
    }

    /// The events of one block.
    pub(super) fn reader<'a>(&'a self, events: &'a clap_input_events) -> Reader<'a> {
        Reader { events, moved: self }
    }

    fn moved(&self, event: &clap_event_transport) -> *const clap_event_header {
        let rate_hz = f64::from_bits(self.rate_hz.load(Ordering::Relaxed));
        let place = &self.places[self.next.get()];
        self.next.set((self.next.get() + 1) % PLACES);
        // SAFETY: only the audio thread comes here, and the event that was here is not looked at any more.
        let place = unsafe { &mut *place.get() };
        ptr::from_ref(place.insert(taken_back(event, rate_hz))).cast()
    }
}

impl Reader<'_> {
    /// As CLAP wants it. It points into `self`.
    pub(super) fn events(&self) -> clap_input_events {
        clap_input_events { ctx: ptr::from_ref(self).cast_mut().cast(), size: Some(size), get: Some(get) }
    }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the list is that of `Reader::events`, alive during the call.
    let reader = unsafe { &*(*list).ctx.cast::<Reader>() };
    // SAFETY: the host's list is alive during the block.
    reader.events.size.map_or(0, |size| unsafe { size(reader.events) })
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: the list is that of `Reader::events`, alive during the call.
    let reader = unsafe { &*(*list).ctx.cast::<Reader>() };
    // SAFETY: the host's list is alive during the block.
    let event = reader.events.get.map_or(ptr::null(), |get| unsafe { get(reader.events, index) });
    // SAFETY: an event of the host is null or alive during the block.
    let Some(header) = (unsafe { event.as_ref() }) else { return event };
    let is_transport = header.space_id == CLAP_CORE_EVENT_SPACE_ID && header.type_ == CLAP_EVENT_TRANSPORT;
    if !is_transport || header.time == 0 || (header.size as usize) < size_of::<clap_event_transport>() {
        return event;
    }
    // SAFETY: type and size say that it is a transport.
    let transport: &clap_event_transport = unsafe { &*event.cast() };
    reader.moved.moved(transport)
}

/// The transport as it would have been at the block's start.
fn taken_back(event: &clap_event_transport, rate_hz: f64) -> clap_event_transport {
    let mut earlier = *event;
    if event.flags & CLAP_TRANSPORT_HAS_TEMPO != 0 {
        let seconds = f64::from(event.header.time) / rate_hz;
        let beats = seconds / 60.0 * event.tempo;
        let fixed = |value: f64, factor: i64| (value * factor as f64).round() as i64;
        earlier.song_pos_beats = event.song_pos_beats.saturating_sub(fixed(beats, CLAP_BEATTIME_FACTOR));
        earlier.song_pos_seconds = event.song_pos_seconds.saturating_sub(fixed(seconds, CLAP_SECTIME_FACTOR));
    }
    earlier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transport_within_a_block_loses_the_time_since_its_start() {
        let beats = |beats: f64| (beats * CLAP_BEATTIME_FACTOR as f64) as i64;
        let header = clap_event_header {
            size: size_of::<clap_event_transport>() as u32,
            time: 6000,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_: CLAP_EVENT_TRANSPORT,
            flags: 0,
        };
        // SAFETY: numbers may be zero.
        let mut event: clap_event_transport = unsafe { std::mem::zeroed() };
        (event.header, event.tempo, event.song_pos_beats) = (header, 120.0, beats(16.0));
        assert_eq!(taken_back(&event, 48_000.0).song_pos_beats, beats(16.0), "without a tempo");
        event.flags = CLAP_TRANSPORT_HAS_TEMPO;
        // 6,000 frames are an eighth of a second, a quarter of a beat.
        assert_eq!(taken_back(&event, 48_000.0).song_pos_beats, beats(15.75));
    }
}
