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

#[test]
fn the_editor_shows_something_and_stands_still_while_nothing_happens() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (first, second) = (folder.join("editor.png"), folder.join("editor-later.png"));
    let server = Server::start().unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_screenshot"))
        .args([&first, &second])
        .env("DISPLAY", &server.display)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .status()
        .unwrap();
    assert!(status.success(), "the host of the editor ended with {status}");
    let picture = read(&first);
    assert!((picture.width, picture.height) >= (1000, 640), "{} × {}", picture.width, picture.height);
    assert!(picture.colours() > 100, "{} colours", picture.colours());
    assert!(picture.share_of_commonest() < 0.9, "{:.3} of it is one colour", picture.share_of_commonest());
    assert!(picture == read(&second), "two pictures of an idle editor differ");
    println!("the picture is {}", first.display());
}
