//! Runs on the audio thread; never allocates. Events to the host in the order of their frames.
//!
//! Where the editor changes a parameter, the framework sends the change at the first frame of a slice, behind the notes
//! of that slice. CLAP wants events sorted: one that comes too late for its frame is moved to that of the event before.
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]

use clap_sys::events::{clap_event_header, clap_output_events};
use std::cell::Cell;

/// Bytes of the largest event that is moved; the framework's are smaller.
const LARGEST: usize = 128;

/// A host's list for a block, kept in order.
pub(super) struct Sorted<'a> {
    events: &'a clap_output_events,
    last: Cell<u32>,
}

impl<'a> Sorted<'a> {
    /// The list of one block.
    pub(super) fn new(events: &'a clap_output_events) -> Self {
        Self { events, last: Cell::new(0) }
    }

    /// As CLAP wants it. It points into `self`.
    pub(super) fn events(&self) -> clap_output_events {
        clap_output_events { ctx: std::ptr::from_ref(self).cast_mut().cast(), try_push: Some(try_push) }
    }

    /// # Safety
    /// `event` points to a whole event.
    unsafe fn push(&self, event: *const clap_event_header) -> bool {
        let Some(push) = self.events.try_push else { return false };
        // SAFETY: the caller says so.
        let header = unsafe { *event };
        if header.time >= self.last.get() {
            self.last.set(header.time);
            // SAFETY: the host's list is alive during the block, and the event whole.
            return unsafe { push(self.events, event) };
        }
        let size = header.size as usize;
        if !(size_of::<clap_event_header>()..=LARGEST).contains(&size) {
            return false;
        }
        let mut copy = [0_u64; LARGEST / 8];
        let moved = copy.as_mut_ptr().cast::<clap_event_header>();
        // SAFETY: the event has so many bytes, they fit, and the copy is aligned as events are.
        unsafe {
            std::ptr::copy_nonoverlapping(event.cast::<u8>(), moved.cast(), size);
            (*moved).time = self.last.get();
            push(self.events, moved)
        }
    }
}

unsafe extern "C" fn try_push(list: *const clap_output_events, event: *const clap_event_header) -> bool {
    // SAFETY: the list is that of `Sorted::events`, alive during the call.
    let sorted = unsafe { &*(*list).ctx.cast::<Sorted>() };
    // SAFETY: the framework hands over whole events.
    !event.is_null() && unsafe { sorted.push(event) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::ptr;

    unsafe extern "C" fn keep(list: *const clap_output_events, event: *const clap_event_header) -> bool {
        // SAFETY: the list of the test lives as long as it.
        let kept = unsafe { &*(*list).ctx.cast::<RefCell<Vec<(u16, u32)>>>() };
        // SAFETY: the event is alive during the call.
        let header = unsafe { &*event };
        kept.borrow_mut().push((header.type_, header.time));
        true
    }

    #[test]
    fn an_event_behind_a_later_one_is_moved_to_its_frame() {
        let kept = RefCell::new(Vec::<(u16, u32)>::new());
        let host = clap_output_events { ctx: ptr::from_ref(&kept).cast_mut().cast(), try_push: Some(keep) };
        let sorted = Sorted::new(&host);
        let list = sorted.events();
        for (type_, time) in [(0, 3), (0, 53), (7, 0), (5, 0), (8, 0), (1, 60)] {
            let size = size_of::<clap_event_header>() as u32;
            let event = clap_event_header { size, time, space_id: 0, type_, flags: 0 };
            // SAFETY: list and event are alive.
            assert!(unsafe { try_push(&raw const list, &raw const event) });
        }
        assert_eq!(*kept.borrow(), [(0, 3), (0, 53), (7, 53), (5, 53), (8, 53), (1, 60)]);
    }
}
