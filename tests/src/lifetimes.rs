//! Instances that come and go, the way sessions, scans and quitting hosts treat them; what they leave behind, and what
//! they take while they live.
//!
//! Figures are printed. What a machine's speed decides fails only where [`Limits::Strict`] asks for it.

mod quitting;
mod states;

pub use quitting::{quit_in_mid_composition, quits};
pub use states::{load_states, states};

use crate::clap_host::{Bundle, HostFailure, Input, Instance, bundle_path};
use crate::process::{cpu_s, is_mapped, open_files, resident_bytes, threads};
use crate::scene::{BLOCK_FRAMES, COMMON, INSTRUMENT, NOTE_EFFECT, RATE_HZ};
use crate::screen::Frame;
use crate::transport::Transport;
use linnet_music::Tempo;
use std::error::Error;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What went wrong, for whoever runs it.
pub type Outcome = Result<(), Box<dyn Error>>;

/// Whether what depends on the machine's speed may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// Times are printed only.
    Loose,
    /// Closing within [`CLOSING_MS_MAX`], idling within [`IDLE_SHARE_MAX`].
    Strict,
}

/// How long closing an instance takes at most, in milliseconds.
pub const CLOSING_MS_MAX: f64 = 100.0;
/// What [`CROWD`] idle instances take of one core at most.
pub const IDLE_SHARE_MAX: f64 = 0.02;
/// Instances that are open at once.
pub const CROWD: usize = 16;
/// What a further instance takes at most, in bytes.
pub const INSTANCE_BYTES_MAX: u64 = 12 << 20;
/// How far the memory may grow over all instances that came and went, in bytes: what allocators keep in pieces.
pub const GROWTH_BYTES_MAX: u64 = 8 << 20;
/// What threads are given to end, or to find that nothing happens.
const SETTLING: Duration = Duration::from_secs(4);
/// How far it may grow with each editor that was opened, in bytes: baseview 0.4.2 never lets go of a window's keymap, which
/// takes 71 KiB on X11. The rest is room for what the allocator does where few were opened.
pub const EDITOR_BYTES_MAX: u64 = 160 << 10;
/// How long idling is watched.
const IDLE: Duration = Duration::from_secs(10);
const MEBIBYTE: f64 = (1 << 20) as f64;

/// Opens `count` instances one after the other, asks each for an idea, and closes it at a moment of its composing that
/// moves on from one to the next; another stays open, so that the models stay loaded while memory is counted. With
/// `editors`, each also shows its editor on `DISPLAY`; memory is then comparable only where `MALLOC_ARENA_MAX` is 1, since
/// the allocator keeps a pool for each of the threads that came and went.
pub fn instances(count: u64, editors: bool, limits: Limits) -> Outcome {
    let bundle = Bundle::load(&bundle_path())?;
    // All models are loaded once, and what drivers open once is open, before anything is counted: those that close early
    // load only some.
    let mut first = composing(&bundle, INSTRUMENT)?;
    wait_for_idea(&mut first)?;
    let warm = (count / 4).clamp(1, 200);
    let (mut before, mut closed_ms) = (Held::now()?, Vec::new());
    for round in 0..count {
        let id = if round % 3 == 2 { NOTE_EFFECT } else { INSTRUMENT };
        let mut instance = composing(&bundle, id)?;
        let frame = if editors { Some(show(&mut instance)?) } else { None };
        sleep(Duration::from_micros(round * 1377 % 20_000));
        let closing = Instant::now();
        if editors {
            instance.close_editor();
        }
        drop(instance);
        closed_ms.push(closing.elapsed().as_secs_f64() * 1e3);
        drop(frame);
        if round + 1 == warm {
            sleep(SETTLING);
            before = Held::now()?;
        }
        if (round + 1) % (count / 10).max(1) == 0 {
            println!("{} of {count} instances: {:.1} MiB", round + 1, Held::now()?.bytes as f64 / MEBIBYTE);
        }
    }
    let after = Held::settled(&before)?;
    println!("{count} instances: {before:?} after the first {warm}, {after:?} at the end");
    let opened = if editors { count - warm } else { 0 };
    after.check(&before, GROWTH_BYTES_MAX + opened * EDITOR_BYTES_MAX)?;
    closing_time(closed_ms, limits)
}

fn show(instance: &mut Instance) -> Result<Frame, HostFailure> {
    let (width, height) = instance.open_editor()?;
    let frame = Frame::open(width as u16, height as u16)?;
    instance.embed_editor(frame.window())?;
    Ok(frame)
}

/// An instance that was just asked for sixteen bars.
pub(crate) fn composing(bundle: &Bundle, id: &str) -> Result<Instance, HostFailure> {
    let mut instance = bundle.open(id, RATE_HZ, BLOCK_FRAMES)?;
    let mut inputs = vec![instance.setting("bars", "16")?, instance.setting("propose", "on")?];
    inputs.push(Input::NoteOn { channel: 0, pitch: 62, velocity: 0.7 });
    let timed = |event| crate::clap_host::Timed { frame: 0, event };
    let inputs: Vec<_> = inputs.into_iter().map(timed).collect();
    instance.process(BLOCK_FRAMES, Some(Transport::running(Tempo::new(120.0), COMMON)), &inputs)?;
    Ok(instance)
}

/// What a process holds.
#[derive(Clone, Debug)]
struct Held {
    bytes: u64,
    files: usize,
    threads: Vec<String>,
}

impl Held {
    fn now() -> std::io::Result<Self> {
        Ok(Self { bytes: resident_bytes()?, files: open_files()?, threads: threads()? })
    }

    /// What is held once no more threads run than `before`: the inference engine's end a moment after they were told to.
    fn settled(before: &Self) -> std::io::Result<Self> {
        let told = Instant::now();
        while threads()?.len() > before.threads.len() && told.elapsed() < SETTLING {
            sleep(Duration::from_millis(1));
        }
        Self::now()
    }

    fn check(&self, before: &Self, growth_bytes_max: u64) -> Outcome {
        if self.threads != before.threads || self.files > before.files {
            return Err("Closed, the instances leave threads or files behind.".into());
        }
        let growth = self.bytes.saturating_sub(before.bytes);
        if growth > growth_bytes_max {
            return Err(
                format!("Closed, the instances leave {:.1} MiB behind.", growth as f64 / MEBIBYTE).into()
            );
        }
        Ok(())
    }
}

fn within(what: &str, value: f64, max: f64, unit: &str, limits: Limits) -> Outcome {
    if limits == Limits::Strict && value > max {
        return Err(format!("{what} {value:.2} {unit}, more than {max} {unit}.").into());
    }
    Ok(())
}

/// Opens [`CROWD`] instances at once, each with an idea, and measures what each further one takes, and what they use while
/// nothing happens.
pub fn crowd(limits: Limits) -> Outcome {
    let bundle = Bundle::load(&bundle_path())?;
    let mut first = composing(&bundle, INSTRUMENT)?;
    wait_for_idea(&mut first)?;
    let before = resident_bytes()?;
    let mut all = vec![first];
    for _ in 1..CROWD {
        let mut instance = composing(&bundle, INSTRUMENT)?;
        wait_for_idea(&mut instance)?;
        all.push(instance);
    }
    let each = resident_bytes()?.saturating_sub(before) / (CROWD as u64 - 1);
    sleep(SETTLING);
    let (from, idle) = (cpu_s()?, Instant::now());
    sleep(IDLE);
    let share = (cpu_s()? - from) / idle.elapsed().as_secs_f64();
    println!(
        "{CROWD} instances: {:.2} MiB for each further one; idle, all take {:.2} % of a core",
        each as f64 / MEBIBYTE,
        share * 100.0
    );
    let closed_ms = all.drain(..).map(closing_ms).collect();
    if each > INSTANCE_BYTES_MAX {
        return Err(format!("A further instance takes {each} bytes, more than {INSTANCE_BYTES_MAX}.").into());
    }
    within("sixteen idle instances took", share, IDLE_SHARE_MAX, "of a core", limits)?;
    closing_time(closed_ms, limits)
}

/// Says how long closing took. A machine that is busy with other things may delay one in a hundred.
fn closing_time(mut closed_ms: Vec<f64>, limits: Limits) -> Outcome {
    closed_ms.sort_by(f64::total_cmp);
    let share = |share: f64| closed_ms.get((closed_ms.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    let (median, most, slowest) = (share(0.5), share(0.99), closed_ms.last().copied().unwrap_or(0.0));
    println!("closing took {median:.1} ms in the middle, {most:.1} ms in 99 of 100, {slowest:.1} ms at most");
    within("closing an instance took", most, CLOSING_MS_MAX, "ms in 99 of 100", limits)
}

fn closing_ms(instance: Instance) -> f64 {
    let closing = Instant::now();
    drop(instance);
    closing.elapsed().as_secs_f64() * 1e3
}

fn wait_for_idea(instance: &mut Instance) -> Result<(), HostFailure> {
    let transport = Transport::running(Tempo::new(120.0), COMMON);
    crate::player::Player::new(instance, transport).wait_for_idea(0).map(|_| ())
}

/// Loads and unloads the library `count` times with an instance that composes, and sees that it works each time, and that its
/// threads and its memory do not add up.
///
/// The library itself stays mapped, by its own wish (`plugin/build.rs`): the inference engine keeps threads for ever.
pub fn reload(count: u64) -> Outcome {
    let mut after_first = None;
    for round in 0..count {
        let bundle = Bundle::load_to_unload(&bundle_path())?;
        let mut instance = composing(&bundle, INSTRUMENT)?;
        if round == 0 {
            wait_for_idea(&mut instance)?;
        }
        sleep(Duration::from_millis(round * 13 % 90));
        drop(instance);
        drop(bundle);
        if !is_mapped(&bundle_path())? {
            return Err(
                "The library was unmapped, though the inference engine's threads run its code.".into()
            );
        }
        if round == count / 4 {
            sleep(SETTLING);
        }
        let held = Held::settled(after_first.as_ref().unwrap_or(&Held::now()?))?;
        if held.threads.iter().any(|name| name.contains("linnet") || name.contains("bg-worker")) {
            return Err(format!("Threads are left when the library is unloaded: {:?}.", held.threads).into());
        }
        // What the allocator keeps has settled by then.
        if round >= count / 4 {
            held.check(after_first.get_or_insert(held.clone()), GROWTH_BYTES_MAX)?;
        }
    }
    println!("loaded and unloaded {count} times; {:?} are left", threads()?);
    Ok(())
}
