//! Shows the editor of the CLAP bundle in a window, plays a tune into it, lets it propose, and writes a picture to the
//! file named. A second name makes a second picture one second after the first, with the transport stopped.
//!
//! `DISPLAY` says where; `tests/editor.rs` runs it under an X server without a screen.

use linnet_music::{Beats, Tempo};
use linnet_tests::clap_host::Instance;
use linnet_tests::drawn_editor;
use linnet_tests::player::Player;
use linnet_tests::scene::{COMMON, INSTRUMENT, RATE_HZ, TUNE, open, play_in, propose};
use linnet_tests::transport::Transport;
use std::error::Error;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What the editor is given to follow a change.
const SETTLING: Duration = Duration::from_millis(1500);
/// What the meters take to fall, at 20 dB a second.
const FALL: Duration = Duration::from_secs(5);

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let first = paths.first().ok_or("Name the file to write.")?;
    let mut instance = open(INSTRUMENT)?;
    let (frame, _) = drawn_editor::open(&mut instance)?;
    idle(&mut instance, SETTLING);
    play(&mut instance)?;
    idle(&mut instance, FALL);
    std::fs::write(first, frame.picture()?.to_png().ok_or("The window has no size.")?)?;
    if let Some(second) = paths.get(1) {
        idle(&mut instance, Duration::from_secs(1));
        std::fs::write(second, frame.picture()?.to_png().ok_or("The window has no size.")?)?;
    }
    instance.close_editor();
    Ok(())
}

/// Waits, answering what the plug-in asks the host for.
fn idle(instance: &mut Instance, time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        instance.answer_requests();
        sleep(Duration::from_millis(10));
    }
}

/// Four bars of a tune, an answer, and two bars of it; then a stop.
fn play(instance: &mut Instance) -> Result<(), Box<dyn Error>> {
    let mut player = Player::new(instance, Transport::running(Tempo::new(120.0), COMMON));
    play_in(&mut player, TUNE, Beats(0.0));
    player.run_to(Beats(15.5))?;
    propose(&mut player)?;
    player.run_to(Beats(24.0))?;
    player.transport.playing = false;
    // The meters fall while the host idles.
    for _ in 0..50 {
        player.run_to_frame(player.now() + (RATE_HZ / 50.0) as u64)?;
        sleep(Duration::from_millis(20));
    }
    Ok(())
}
