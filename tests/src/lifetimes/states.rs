//! One instance into which a large state is loaded again and again: what it held before must be gone.
//!
//! Counted are the bytes that are allocated, since what is resident also holds what was freed.

use super::{Outcome, SETTLING};
use crate::clap_host::{Bundle, Instance, bundle_path};
use crate::process::{NO_THREAD_CACHE, live_bytes, resident_bytes};
use crate::saved::{State, corpus};
use crate::scene::{BLOCK_FRAMES, INSTRUMENT, RATE_HZ};
use crate::soak::{FOLDER, OwnSounds};
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;

/// Ideas of the history, as many as it holds, and of them those that are kept.
const IDEAS: usize = 200;
const KEPT: usize = 20;
/// Loads before anything is counted.
const WARM: u64 = 6;
/// Blocks after each load: in these the old instruments fade and go back.
const BLOCKS: usize = 20;
/// How far what is allocated may grow over all loads, in bytes. A state has two millions of them, a part's instrument 45,000.
const GROWTH_BYTES_MAX: u64 = 40_000;

/// What is loaded.
#[derive(Clone, Copy, Debug)]
enum Content {
    /// Ideas, of which some are kept.
    History,
    /// An instrument of the user's for each part, another one each time.
    Sounds,
    Both,
}

/// Runs `program`, which calls [`load_states`], with a folder of its own and an allocator that counts exactly.
pub fn states(program: &Path, count: u64) -> Outcome {
    let folder = std::env::temp_dir().join(format!("linnet-states-{}", std::process::id()));
    let mut again = Command::new(program);
    again.args(["load-states", &count.to_string()]).env(FOLDER, &folder);
    again.env(NO_THREAD_CACHE.0, NO_THREAD_CACHE.1).env("MALLOC_ARENA_MAX", "1");
    let status = again.status();
    fs::remove_dir_all(&folder).ok();
    let status = status?;
    if status.success() { Ok(()) } else { Err(format!("Loading states ended with {status}.").into()) }
}

/// Loads `count` states of each [`Content`], and fails where more is allocated after them than before.
pub fn load_states(count: u64) -> Outcome {
    let bundle = Bundle::load(&bundle_path())?;
    let mut sounds = OwnSounds::write()?;
    let history = history()?;
    for content in [Content::History, Content::Sounds, Content::Both] {
        let mut instance = bundle.open(INSTRUMENT, RATE_HZ, BLOCK_FRAMES)?;
        if let Content::Both = content {
            instance.load_state(&history)?;
        }
        let (mut before, mut resident) = (0, 0);
        for round in 0..WARM + count {
            match content {
                Content::History => instance.load_state(&history)?,
                Content::Sounds | Content::Both => sounds.change(&mut instance)?,
            }
            rest(&mut instance)?;
            if round + 1 == WARM {
                sleep(SETTLING);
                (before, resident) = (live_bytes()?, resident_bytes()?);
            }
        }
        sleep(SETTLING);
        let after = live_bytes()?;
        println!(
            "{content:?}, {count} loads of {} bytes: {before} → {after} bytes allocated, {resident} → {} resident",
            instance.save_state()?.len(),
            resident_bytes()?
        );
        if after > before + GROWTH_BYTES_MAX {
            return Err(format!("{count} loads of the state leave {} bytes behind.", after - before).into());
        }
    }
    Ok(())
}

fn rest(instance: &mut Instance) -> Outcome {
    for _ in 0..BLOCKS {
        instance.process(BLOCK_FRAMES, None, &[])?;
    }
    Ok(())
}

/// A state whose history is full.
fn history() -> Result<Vec<u8>, Box<dyn Error>> {
    let few = fs::read(corpus().join("0.1.0").join("many-ideas-two-kept.state"))?;
    let mut state = State::read(&few)?;
    let session = state.fields.get_mut("session").ok_or("The state holds no session.")?;
    let mut all: Value = serde_json::from_str(session)?;
    let ideas = all["ideas"].as_array().filter(|ideas| !ideas.is_empty()).ok_or("It holds no idea.")?;
    let idea = |(number, idea): (usize, &Value)| {
        let mut idea = idea.clone();
        idea["id"] = json!(number + 1);
        idea["parent"] = Value::Null;
        idea["kept"] = json!(number < KEPT);
        idea
    };
    all["ideas"] = ideas.iter().cycle().take(IDEAS + KEPT).enumerate().map(idea).collect();
    all["current"] = json!(IDEAS);
    *session = all.to_string();
    Ok(state.to_bytes()?)
}
