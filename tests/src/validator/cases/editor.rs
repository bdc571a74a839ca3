//! Runs on the main thread. The editor, opened and closed while everything else goes on.

use super::state::set;
use super::{Subject, USUAL};
use crate::validator::events::Inputs;
use crate::validator::finding::{Finding, Verdict, expect};
use crate::validator::notes::{Manner, Notes};
use crate::validator::parameters::{Parameter, Parameters};
use crate::validator::plugin::Plugin;
use crate::validator::ports::Layout;
use crate::validator::random::Random;
use crate::validator::runner::{Runner, processing_while};
use crate::validator::stream::{Pieces, load, save};
use crate::validator::transports;
use crate::validator::window::Editor;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub(super) fn cold(subject: &Subject) -> Verdict {
    let (plugin, _) = subject.open()?;
    for _ in 0..2 {
        Editor::open(&plugin, 1.0)?.hold(200);
    }
    // Closed at once, before it has drawn anything.
    Editor::open(&plugin, 1.0).map(drop)
}

pub(super) fn warm(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    while_playing(&plugin, &layout, &[], || {
        thread::sleep(Duration::from_millis(50));
        Ok(())
    })?;
    let editor = Editor::open(&plugin, 1.0)?;
    editor.hold(100);
    // The host activates, plays and deactivates it below an open editor.
    for _ in 0..3 {
        while_playing(&plugin, &layout, &[], || {
            editor.hold(50);
            Ok(())
        })?;
        editor.hold(50);
    }
    Ok(())
}

pub(super) fn while_processing(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    while_playing(&plugin, &layout, &[], || open_and_close(&plugin))
}

pub(super) fn automation(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    let all = Parameters::of(&plugin)?.settable()?;
    while_playing(&plugin, &layout, &all, || open_and_close(&plugin))
}

pub(super) fn reopened(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    while_playing(&plugin, &layout, &[], || {
        for round in 0..40 {
            Editor::open(&plugin, 1.0)?.hold(round * 7 % 40);
        }
        Ok(())
    })
}

pub(super) fn resized_and_rescaled(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    while_playing(&plugin, &layout, &[], || {
        for scale in [1.0, 1.25, 2.0, 0.5] {
            let mut editor = Editor::open(&plugin, scale)?;
            editor.hold(200);
            for (width, height) in [(1400, 900), (300, 200), (1, 1), (1000, 641), (2000, 300), (801, 601)] {
                editor.resize(width, height)?;
            }
            for other in [2.0, 1.0, 1.5] {
                editor.rescale(other);
            }
        }
        Ok(())
    })
}

/// Hosts of other formats, behind a wrapper, load states on any thread, though CLAP has the main thread for that.
pub(super) fn state_from_background(subject: &Subject) -> Verdict {
    let states =
        (0..4).map(|seed| save(&set(subject, seed, false)?, Pieces::Whole)).collect::<Result<Vec<_>, _>>()?;
    let (plugin, layout) = subject.open()?;
    while_playing(&plugin, &layout, &[], || {
        for _ in 0..3 {
            let editor = Editor::open(&plugin, 1.0)?;
            editor.hold(60);
            let taken = plugin.on_background_thread(|| {
                let loads = (0..30).map(|turn| {
                    thread::sleep(Duration::from_millis(8));
                    load(&plugin, &states[turn % states.len()], Pieces::Whole)
                });
                loads.collect::<Result<Vec<bool>, Finding>>()
            })?;
            expect(taken.iter().all(|taken| *taken), || {
                "with an open editor, it does not load its state".into()
            })?;
            editor.hold(60);
        }
        Ok(())
    })
}

fn open_and_close(plugin: &Plugin) -> Verdict {
    for round in 0..8 {
        Editor::open(plugin, 1.0)?.hold(40 + round * 30);
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Has the audio thread play, and set `automated` at random in each block, while `script` runs on this one.
fn while_playing(
    plugin: &Plugin,
    layout: &Layout,
    automated: &[Parameter],
    mut script: impl FnMut() -> Verdict,
) -> Verdict {
    let (is_over, mut result) = (AtomicBool::new(false), None);
    processing_while(
        plugin,
        layout,
        USUAL,
        |runner| play_until(runner, automated, &is_over),
        || {
            if result.is_none() {
                result = Some(script());
                is_over.store(true, Ordering::Release);
            }
        },
    )?;
    result.unwrap_or(Ok(()))
}

fn play_until(runner: &mut Runner<'_, f32>, automated: &[Parameter], is_over: &AtomicBool) -> Verdict {
    let mut random = Random::new(41);
    let mut notes = Notes::new(Manner::Orderly, runner.layout, 41);
    let mut beat = 0.0;
    while !is_over.load(Ordering::Acquire) {
        let mut events = notes.events(512, 3);
        for parameter in automated {
            if random.chance(20) {
                events.push(parameter.event(random.below(512), parameter.random(&mut random)));
            }
        }
        runner.block(512, &Inputs::new(events), Some(&transports::at(beat, true)))?;
        beat += 512.0 / 24_000.0;
        // About as often as a sound card asks.
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
