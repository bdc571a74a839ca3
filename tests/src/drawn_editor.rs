//! A plug-in's editor in a window of ours, once it has drawn itself.

use crate::clap_host::Instance;
use crate::screen::Frame;
use std::error::Error;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// What the editor is given to draw itself. Where the window system is slow, baseview 0.4.2 may ask for its first frame
/// before it listens for the answer, and then draws none, ever: such an editor is closed and opened again.
const DRAWING: Duration = Duration::from_secs(20);
/// Editors that drew nothing, in a row, at most.
const BLANK_MAX: usize = 10;

/// Opens the editor of `instance`; the number is that of the editors before it that drew nothing.
///
/// # Errors
/// Where it cannot be opened, or never draws anything.
pub fn open(instance: &mut Instance) -> Result<(Frame, usize), Box<dyn Error>> {
    for blank in 0..BLANK_MAX {
        let (width, height) = instance.open_editor()?;
        let frame = Frame::open(width as u16, height as u16)?;
        instance.embed_editor(frame.window())?;
        if is_drawn(instance, &frame)? {
            return Ok((frame, blank));
        }
        instance.close_editor();
    }
    Err("The editor draws nothing.".into())
}

/// Whether the editor draws itself in time.
fn is_drawn(instance: &mut Instance, frame: &Frame) -> Result<bool, Box<dyn Error>> {
    let since = Instant::now();
    while since.elapsed() < DRAWING {
        sleep(LOOK);
        instance.answer_requests();
        if frame.picture()?.colours() > 1 {
            return Ok(true);
        }
    }
    Ok(false)
}
