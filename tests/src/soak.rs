//! A long session, offline as fast as it goes: playing, asking, automating every parameter of the sound, changing
//! instruments and saving, with an exact count of where the playhead should be.

mod automation;
mod keeping;
mod own_sounds;
mod session;

pub(crate) use keeping::FOLDER;
pub(crate) use own_sounds::OwnSounds;

use crate::clap_host::{Bundle, bundle_path};
use crate::scene::INSTRUMENT;
use session::Session;
use std::error::Error;

/// Frames a second where nothing is said. What a long session shows does not depend on it, and a quarter of what is
/// usual is four times as fast. Any rate does at which no beat is a whole number of frames.
pub const RATE_HZ: u64 = 11_025;
/// Tempos in tenths of a beat a minute, an hour each.
const TEMPOS: [u64; 4] = [1197, 1333, 899, 1741];
/// Until then the history fills: an idea comes every second minute, and it holds 200.
const WARM_MINUTES: u64 = 8 * 60;
/// How far what is allocated may grow once the history is full, in bytes, beside what is named next.
const GROWTH_BYTES_MAX: u64 = 2 << 20;
/// How much a byte of saved state may take where it is held: its ideas, and the text that was saved last. It takes 1.5.
const BYTES_PER_STATE_BYTE: u64 = 2;
/// How much an editor that was opened may leave: the keymap of baseview's window, see [`crate::lifetimes::EDITOR_BYTES_MAX`].
const EDITOR_BYTES_MAX: u64 = 80 << 10;
/// How far a note may be from where exact arithmetic puts it, in frames: the nearest frame, and rounding.
const DEVIATION_FRAMES_MAX: f64 = 0.51;

/// Runs for `minutes` simulated minutes at `rate_hz` frames a second. Ideas are kept in the editor, which needs `DISPLAY`.
///
/// # Errors
/// Where the memory grows, the playhead drifts, a note hangs or is lost, a kept idea is lost, or the sound does not end.
pub fn soak(minutes: u64, rate_hz: u64) -> Result<(), Box<dyn Error>> {
    let bundle = Bundle::load(&bundle_path())?;
    let mut session = Session::new(bundle.open(INSTRUMENT, rate_hz as f64, 512)?)?;
    // When the history is full, or the first quarter of a shorter run.
    let warm = if minutes > WARM_MINUTES { WARM_MINUTES } else { minutes.div_ceil(4) };
    let mut first = session.held()?;
    for minute in 0..minutes {
        if minute % 60 == 0 {
            session.start(TEMPOS[(minute / 60) as usize % TEMPOS.len()])?;
        }
        session.minute(minute)?;
        if (minute + 1) % 60 == 0 || minute + 1 == minutes {
            session.end()?;
            println!("{}", session.report(minute + 1)?);
        }
        if minute + 1 == warm {
            first = session.held()?;
        }
    }
    let growth = session.held()?.beyond(&first);
    println!("{minutes} minutes: after minute {warm}, what is held grew by {growth:?}");
    if session.deviation_frames() > DEVIATION_FRAMES_MAX {
        return Err(format!("The playhead is off by {:.3} frames.", session.deviation_frames()).into());
    }
    let explained = BYTES_PER_STATE_BYTE * growth.state_bytes + EDITOR_BYTES_MAX * growth.editors;
    if growth.bytes > GROWTH_BYTES_MAX + explained {
        return Err(format!("What is allocated grew by {} bytes.", growth.bytes).into());
    }
    if minutes >= 2 && session.checked() < minutes * 20 {
        return Err(format!("Only {} notes of ideas were checked.", session.checked()).into());
    }
    session.close()
}
