//! The editor in a host's window, on an X server without a screen.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet_tests::screen::{Picture, Server};
use std::path::Path;
use std::process::Command;
use tiny_skia::Pixmap;

fn read(path: &Path) -> Picture {
    let pixmap = Pixmap::load_png(path).unwrap();
    let pixels = pixmap.pixels().iter().map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    Picture { width: pixmap.width(), height: pixmap.height(), pixels }
}

/// A program that shows the editor on `server`.
fn host(program: &str, server: &Server) -> Command {
    let mut command = Command::new(program);
    command.env("DISPLAY", &server.display).env("LIBGL_ALWAYS_SOFTWARE", "1");
    command
}

#[test]
fn the_editor_shows_something_and_stands_still_while_nothing_happens() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (first, second) = (folder.join("editor.png"), folder.join("editor-later.png"));
    let server = Server::start().unwrap();
    let status = host(env!("CARGO_BIN_EXE_screenshot"), &server).args([&first, &second]).status().unwrap();
    assert!(status.success(), "the host of the editor ended with {status}");
    let picture = read(&first);
    assert!((picture.width, picture.height) >= (1000, 640), "{} × {}", picture.width, picture.height);
    assert!(picture.colours() > 100, "{} colours", picture.colours());
    assert!(picture.share_of_commonest() < 0.9, "{:.3} of it is one colour", picture.share_of_commonest());
    assert!(picture == read(&second), "two pictures of an idle editor differ");
    println!("the picture is {}", first.display());
}

#[test]
fn an_editor_opened_and_closed_two_hundred_times_leaves_nothing_behind() {
    let server = Server::start().unwrap();
    let output = host(env!("CARGO_BIN_EXE_reopen"), &server).arg("200").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {}", output.status, said.lines().last().unwrap_or_default());
}
