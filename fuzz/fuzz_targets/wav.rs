//! Any bytes are a response and a sample or are refused in words; a response can be played in, and a sample be edited as a
//! recording is. The first bytes say what is done to it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet_fuzz::player::{Player, RATE_HZ};
use linnet_library::audio_edit::{Peak, Take};
use linnet_library::{impulse_response, sfz};
use std::cell::RefCell;
use std::sync::atomic::AtomicBool;

/// Responses are long work: larger files are left to the test of the reader.
const FRAMES_MAX: usize = 20_000;

thread_local! {
    static PLAYER: RefCell<Player> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    match impulse_response::read_from(bytes, RATE_HZ) {
        Ok(space) if space.taps() < FRAMES_MAX => PLAYER.with_borrow_mut(|player| player.play_in(space)),
        Ok(space) => assert!(space.taps() as f64 <= impulse_response::SECONDS_MAX * RATE_HZ + 1.0),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let mut files = |_: &str| Some(bytes.to_vec());
    let read = sfz::from_text("<region> sample=a", "a.sfz", &mut files, &AtomicBool::new(false));
    let Ok(loaded) = read else { return };
    let Some(sample) = loaded.instrument.samples().first() else { return };
    let channels = [Some(&sample.left), sample.right.as_ref()].into_iter().flatten();
    edit(&Take::new(channels.map(|side| side.to_vec()).collect(), sample.sample_rate_hz as u32), bytes);
});

/// Does to `take` what `bytes` say.
fn edit(take: &Take, bytes: &[u8]) {
    let number =
        |place: usize| usize::from(bytes.get(bytes.len() - 1 - place % bytes.len()).copied().unwrap_or(0));
    let frames = take.frames();
    let (start, end, fade) = (number(0) * frames / 200, number(1) * frames / 200, number(2));
    let kept = take.kept(start..end);
    assert!(kept.frames() <= frames);
    let cut = take.cut(start..end, fade);
    assert!(cut.frames() <= frames);
    let joined = kept.splice(&cut, fade).fade_in(fade).fade_out(fade);
    assert!(joined.frames() <= kept.frames() + cut.frames());
    for peak in [Peak::Sample, Peak::True] {
        let level = joined.normalised(peak, -1.0);
        let found = level.peak(peak);
        assert!(found <= 0.9 && level.channels().iter().flatten().all(|value| value.is_finite()), "{found}");
    }
}
