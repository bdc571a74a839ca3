//! Hosts that quit while Linnet composes: by returning from `main`, by `exit`, and with the editor open.

use super::{Outcome, composing, show};
use crate::clap_host::{Bundle, bundle_path};
use crate::scene::INSTRUMENT;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// Ends this process `after` a moment of composing, without closing anything, as a host does that is told to quit. With
/// `editor`, the editor is open on `DISPLAY`.
pub fn quit_in_mid_composition(after: Duration, editor: bool, by_exit: bool) -> Outcome {
    let bundle = Bundle::load(&bundle_path())?;
    let mut instance = composing(&bundle, INSTRUMENT)?;
    let frame = if editor { Some(show(&mut instance)?) } else { None };
    sleep(after);
    if by_exit {
        std::process::exit(0);
    }
    // `main` returns with everything still open.
    std::mem::forget((instance, frame, bundle));
    Ok(())
}

/// Has `program`, called with `quit`, end in mid-composition `count` times, each a little later, and sees that it ends well.
pub fn quits(program: &std::path::Path, count: u64, editor: bool) -> Outcome {
    for round in 0..count {
        let after_ms = round * 17 % 170;
        let mut command = Command::new(program);
        command.arg("quit").arg(after_ms.to_string()).arg(if editor { "editor" } else { "alone" });
        let status = command.arg(if round % 2 == 0 { "return" } else { "exit" }).status()?;
        if !status.success() {
            return Err(format!("A host that quit {after_ms} ms into composing ended with {status}.").into());
        }
    }
    println!(
        "{count} hosts quit while composing{}, all well",
        if editor { " with the editor open" } else { "" }
    );
    Ok(())
}
