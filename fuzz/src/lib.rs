//! What every fuzz target shares: a bound on memory, so that a small file that asks for a large block is a finding; and an
//! engine that plays what came from a file.

pub mod player;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that a target may hold at once, the fuzzer's own included.
const BYTES_MAX: usize = 1 << 30;
/// Bytes of one block at most.
const BLOCK_MAX: usize = 256 << 20;

/// The system's allocator, with the bounds above.
struct Bounded;

static HELD: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static BOUNDED: Bounded = Bounded;

// SAFETY: every call goes to the system's allocator as it came, or ends the process.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps to the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps to the same contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps to the same contract.
        unsafe { System.dealloc(block, layout) };
    }
}

/// Counts a block of `bytes`, and ends the process where that is more than any file of the user's may cost.
fn count(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
    if bytes > BLOCK_MAX || held > BYTES_MAX {
        eprintln!("A block of {bytes} bytes was asked for while {held} were held.");
        std::process::abort();
    }
}
