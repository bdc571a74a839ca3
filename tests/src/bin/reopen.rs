//! Opens and closes the editor of the CLAP bundle again and again (the number is the first argument, 200 without one),
//! in a window of its own each time, while the plug-in plays. It fails where a closed editor leaves a thread or an open
//! file behind.
//!
//! `DISPLAY` says where; `tests/editor.rs` runs it under an X server without a screen.

use linnet_music::{Beats, Tempo};
use linnet_tests::player::Player;
use linnet_tests::process::{open_files, threads};
use linnet_tests::scene::{COMMON, INSTRUMENT, TUNE, open, play_in, propose};
use linnet_tests::screen::Frame;
use linnet_tests::transport::Transport;
use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

/// How long the editor stays open at most; each round a part of it.
const OPEN_MS: u64 = 40;
/// Rounds after which the graphics driver has opened what it keeps.
const WARM_ROUNDS: u64 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let rounds: u64 = std::env::args().nth(1).map_or(Ok(200), |number| number.parse())?;
    let mut instance = open(INSTRUMENT)?;
    let mut player = Player::new(&mut instance, Transport::running(Tempo::new(120.0), COMMON));
    play_in(&mut player, TUNE, Beats(0.0));
    player.run_to(Beats(15.5))?;
    propose(&mut player)?;
    player.run_to(Beats(17.0))?;
    let mut before = Held::now()?;
    for round in 0..rounds {
        let (width, height) = instance.open_editor()?;
        let frame = Frame::open(width as u16, height as u16)?;
        instance.embed_editor(frame.window())?;
        sleep(Duration::from_millis(round * 7 % OPEN_MS));
        instance.answer_requests();
        instance.process(256, None, &[])?;
        instance.close_editor();
        if round == WARM_ROUNDS {
            // The driver's files, which it opens once, are no leak.
            before.files = Held::now()?.files;
        }
    }
    let after = Held::now()?;
    println!("{rounds} times; {after:?}");
    if after.threads != before.threads || after.files > before.files {
        return Err(format!("Closed, the editor leaves something behind: {before:?} before.").into());
    }
    Ok(())
}

/// What a process holds.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    /// The threads' names, sorted.
    threads: Vec<String>,
    /// How many files are open.
    files: usize,
}

impl Held {
    fn now() -> std::io::Result<Self> {
        Ok(Self { threads: threads()?, files: open_files()? })
    }
}
