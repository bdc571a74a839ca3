//! The figures, as a table and as JSON.

use crate::measure::{Entry, median};
use crate::subject::{FAINT, SAMPLE_RATE_HZ, Task};
use serde::Serialize;

/// Whether this build has nothing beyond what every processor of 64 bits can do.
pub const IS_SSE2: bool = cfg!(all(disable_dispatch_avx512, disable_dispatch_avx2, disable_dispatch_sse4_2));

/// Whose ours is.
pub const OURS: &str = if IS_SSE2 { "linnet, SSE2 only" } else { "linnet" };

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Frames of a block.
    pub block_frames: usize,
    /// What was done.
    pub task: String,
    /// By whom.
    pub by: String,
    /// The middle of all blocks, in ns per stereo frame.
    pub median_ns: f64,
    /// One block in a thousand takes longer; none for what is computed from others.
    pub p99_9_ns: Option<f64>,
    /// The dearest block by the best of all rounds; none for what is computed from others.
    pub dearest_ns: Option<f64>,
    /// The median as a share of real time at 48 kHz, in percent.
    pub real_time_percent: f64,
    /// Ours as a multiple of this one's, in the middle of all rounds; none for ours.
    pub linnet_ratio: Option<f64>,
    /// The middle of each round.
    #[serde(skip)]
    pub rounds: Vec<f64>,
}

/// A figure that has a target.
#[derive(Clone, Debug, Serialize)]
pub struct Goal {
    /// What.
    pub what: String,
    /// As measured.
    pub value: f64,
    /// At most.
    pub target: f64,
}

/// The rows of one block size.
pub fn rows(entries: &[Entry], block_frames: usize) -> Vec<Row> {
    let row = |task: String, by: &str, rounds: Vec<f64>, p99_9_ns, dearest_ns| {
        let median_ns = median(rounds.clone());
        let real_time_percent = median_ns * SAMPLE_RATE_HZ / 1e7;
        let by = by.into();
        Row {
            block_frames,
            task,
            by,
            median_ns,
            p99_9_ns,
            dearest_ns,
            real_time_percent,
            linnet_ratio: None,
            rounds,
        }
    };
    let mut rows: Vec<Row> = entries
        .iter()
        .map(|entry| {
            let (tail, dearest) = (Some(entry.at_share(0.999)), Some(entry.dearest()));
            row(entry.task.name(), entry.name, entry.rounds(), tail, dearest)
        })
        .collect();
    // From full groups of voices to full groups, so that no lane is for free.
    let further: Vec<Row> = [OURS, "oxisynth", "rustysynth", "fundsp"]
        .into_iter()
        .filter_map(|by| {
            let of = |task: Task| rows.iter().find(|row| row.task == task.name() && row.by == by);
            let (most, least) = (of(Task::Voices(32))?, of(Task::Voices(8))?);
            let each = most.rounds.iter().zip(&least.rounds).map(|(most, least)| (most - least) / 24.0);
            Some(row(FURTHER.into(), by, each.collect(), None, None))
        })
        .collect();
    rows.extend(further);
    let parts = [Task::Voices(16), Task::Equalizer, Task::Reverb].map(|task| cheapest(&rows, &task.name()));
    if let [Some(voices), Some(equalizer), Some(reverb)] = parts {
        let sums = voices.rounds.iter().zip(&equalizer.rounds).zip(&reverb.rounds);
        let sums = sums.map(|((voices, equalizer), reverb)| voices + equalizer + reverb).collect();
        rows.push(row(Task::Rig.name(), STACK, sums, None, None));
    }
    let ours: Vec<Row> = rows.iter().filter(|row| row.by == OURS).cloned().collect();
    for row in rows.iter_mut().filter(|row| row.by != OURS) {
        row.linnet_ratio = ours.iter().find(|ours| ours.task == row.task).map(|ours| ratio(ours, row));
    }
    // By task, in the order of their first appearance.
    let order: Vec<String> = rows.iter().map(|row| row.task.clone()).collect();
    rows.sort_by_key(|row| order.iter().position(|task| *task == row.task));
    rows
}

const FURTHER: &str = "each further voice";
const STACK: &str = "cheapest peers, summed";

/// The cheapest peer.
fn cheapest<'a>(rows: &'a [Row], task: &str) -> Option<&'a Row> {
    let peers = rows.iter().filter(|row| row.by != OURS && row.task == task);
    peers.min_by(|one, other| one.median_ns.total_cmp(&other.median_ns))
}

/// How many times as much `one` takes as `other`: the middle of all rounds, so that what the machine did meanwhile counts for
/// neither.
fn ratio(one: &Row, other: &Row) -> f64 {
    median(one.rounds.iter().zip(&other.rounds).map(|(one, other)| one / other).collect())
}

/// What is aimed at, over all block sizes.
pub fn goals(rows: &[Row]) -> Vec<Goal> {
    let mut goals = Vec::new();
    let ours = |frames: usize, task: Task| {
        rows.iter().find(|row| row.block_frames == frames && row.by == OURS && row.task == task.name())
    };
    let mut goal = |what: String, value: Option<f64>, target: f64| {
        goals.extend(value.map(|value| Goal { what, value, target }));
    };
    for frames in crate::BLOCK_FRAMES {
        let rows: Vec<Row> = rows.iter().filter(|row| row.block_frames == frames).cloned().collect();
        for (task, target) in [
            (FURTHER.to_owned(), 0.55),
            (Task::Equalizer.name(), 0.45),
            (Task::Reverb.name(), 0.65),
            (Task::Convolution.name(), 0.4),
            (Task::Rig.name(), 0.6),
        ] {
            let peer = cheapest(&rows, &task).and_then(|peer| peer.linnet_ratio);
            goal(format!("{task}, against the cheapest peer, blocks of {frames}"), peer, target);
        }
        let space = ours(frames, Task::Convolution);
        let spread = space.and_then(|row| Some(row.dearest_ns? / row.median_ns));
        goal(format!("convolution, dearest block against the median, blocks of {frames}"), spread, 3.0);
        let idle = ours(frames, Task::Idle).zip(ours(frames, Task::OneVoice));
        let idle = idle.map(|(idle, playing)| ratio(idle, playing));
        goal(format!("idle, against one voice, blocks of {frames}"), idle, 0.01);
        for (faint, usual) in FAINT {
            let both = ours(frames, faint).zip(ours(frames, usual));
            let what = format!("{}, against {}, blocks of {frames}", faint.name(), usual.name());
            goal(what, both.map(|(faint, usual)| ratio(faint, usual)), 1.5);
            let dearest = both.and_then(|(faint, usual)| Some(faint.dearest_ns? / usual.dearest_ns?));
            goal(format!("the same, dearest blocks of {frames}"), dearest, 1.5);
        }
    }
    for task in [Task::Voices(16), Task::Equalizer, Task::Reverb, Task::Convolution, Task::Rig] {
        // Block sizes are measured one after another, and not in turn.
        let both = ours(64, task).zip(ours(512, task));
        let both = both.and_then(|(short, long)| Some((least(short)?, least(long)?)));
        let what = format!("{}, blocks of 64 against 512", task.name());
        goal(what, both.map(|(short, long)| short / long), 1.15);
    }
    goals
}

/// The cheapest round.
fn least(row: &Row) -> Option<f64> {
    row.rounds.iter().copied().min_by(f64::total_cmp)
}

/// Prints the table.
pub fn print(rows: &[Row], goals: &[Goal]) {
    println!(
        "{:>5} {:<28} {:<32} {:>10} {:>10} {:>10} {:>9} {:>8}",
        "block", "", "", "median ns", "99.9 % ns", "dearest ns", "real time", "linnet ×"
    );
    for row in rows {
        let [tail, dearest] =
            [row.p99_9_ns, row.dearest_ns].map(|ns| ns.map_or_else(String::new, |ns| format!("{ns:.1}")));
        let ratio = row.linnet_ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        println!(
            "{:>5} {:<28} {:<32} {:>10.2} {:>10} {:>10} {:>7.3} % {:>8}",
            row.block_frames, row.task, row.by, row.median_ns, tail, dearest, row.real_time_percent, ratio
        );
    }
    println!();
    for Goal { what, value, target } in goals {
        let kept = if value <= target { "kept" } else { "NOT kept" };
        println!("{what:<70} {value:>7.3} (at most {target}): {kept}");
    }
}
