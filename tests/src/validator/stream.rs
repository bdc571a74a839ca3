//! Runs on the main thread. The state of a plug-in, through streams that give and take a few bytes at a time.

use super::finding::{Finding, expect, failed, function, skipped};
use super::plugin::Plugin;
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::stream::{clap_istream, clap_ostream};
use std::ffi::c_void;
use std::ptr;

/// How many bytes a call moves at most, in turn.
#[derive(Clone, Copy)]
pub(crate) enum Pieces {
    /// As many as are asked for.
    Whole,
    /// Small primes, in turn.
    Primes,
}

/// The primes.
const PRIMES: [usize; 6] = [2, 3, 5, 7, 11, 23];

/// Bytes of a state at most; more is a fault of its own.
const MAX_BYTES: usize = 256 << 20;

impl Pieces {
    fn piece(self, asked: usize, turn: &mut usize) -> usize {
        *turn += 1;
        match self {
            Self::Whole => asked,
            Self::Primes => asked.min(PRIMES[*turn % PRIMES.len()]),
        }
    }
}

fn table<'a>(plugin: &'a Plugin) -> Result<&'a clap_plugin_state, Finding> {
    // SAFETY: the id and the layout belong together.
    unsafe { plugin.extension(CLAP_EXT_STATE) }.ok_or_else(|| skipped("it saves no state"))
}

struct Written {
    bytes: Vec<u8>,
    pieces: Pieces,
    turn: usize,
}

unsafe extern "C" fn write(stream: *const clap_ostream, from: *const c_void, size: u64) -> i64 {
    // SAFETY: the stream is that of `save`, which is alive during the call.
    let written = unsafe { &mut *(*stream).ctx.cast::<Written>() };
    let count = written.pieces.piece(size as usize, &mut written.turn);
    if from.is_null() || written.bytes.len() + count > MAX_BYTES {
        return -1;
    }
    // SAFETY: the plug-in says that so many bytes are there.
    written.bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(from.cast(), count) });
    count as i64
}

/// The state; fails where the plug-in would not save it.
pub(crate) fn save(plugin: &Plugin, pieces: Pieces) -> Result<Vec<u8>, Finding> {
    let table = table(plugin)?;
    let mut written = Written { bytes: Vec::new(), pieces, turn: 0 };
    let stream = clap_ostream { ctx: ptr::from_mut(&mut written).cast(), write: Some(write) };
    // SAFETY: the plug-in is initialised, this is the main thread, and the stream alive.
    let is_saved = unsafe { function!(table, save)?(plugin.raw(), &raw const stream) };
    expect(is_saved, || "it could not save its state".into())?;
    if written.bytes.is_empty() { Err(failed("its state is empty")) } else { Ok(written.bytes) }
}

struct Read<'a> {
    left: &'a [u8],
    pieces: Pieces,
    turn: usize,
}

unsafe extern "C" fn read(stream: *const clap_istream, to: *mut c_void, size: u64) -> i64 {
    // SAFETY: the stream is that of `load`, which is alive during the call.
    let source = unsafe { &mut *(*stream).ctx.cast::<Read>() };
    if to.is_null() {
        return -1;
    }
    let asked = source.left.len().min(size as usize);
    let count = source.pieces.piece(asked, &mut source.turn);
    let (now, later) = source.left.split_at(count);
    // SAFETY: the plug-in says that so many bytes fit there.
    unsafe { ptr::copy_nonoverlapping(now.as_ptr(), to.cast(), count) };
    source.left = later;
    count as i64
}

/// Loads a state; whether the plug-in took it.
pub(crate) fn load(plugin: &Plugin, bytes: &[u8], pieces: Pieces) -> Result<bool, Finding> {
    let table = table(plugin)?;
    let mut source = Read { left: bytes, pieces, turn: 0 };
    let stream = clap_istream { ctx: ptr::from_mut(&mut source).cast(), read: Some(read) };
    // SAFETY: the plug-in is initialised, this is the main thread, and the stream alive.
    let is_loaded = unsafe { function!(table, load)?(plugin.raw(), &raw const stream) };
    plugin.answer();
    Ok(is_loaded)
}
