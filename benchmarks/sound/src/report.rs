//! The figures, as a table and as JSON.

use crate::measure::Entry;
use crate::subject::{SAMPLE_RATE_HZ, Task};
use serde::Serialize;

/// Whose ours is.
pub const OURS: &str = "linnet";

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
    /// Ours as a multiple of this one's; none for ours.
    pub linnet_ratio: Option<f64>,
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
    let row = |task: String, by: &str, median_ns: f64, p99_9_ns, dearest_ns| Row {
        block_frames,
        task,
        by: by.into(),
        median_ns,
        p99_9_ns,
        dearest_ns,
        real_time_percent: median_ns * SAMPLE_RATE_HZ / 1e7,
        linnet_ratio: None,
    };
    let mut rows: Vec<Row> = entries
        .iter()
        .map(|entry| {
            row(
                entry.task.name(),
                entry.name,
                entry.at_share(0.5),
                Some(entry.at_share(0.999)),
                Some(entry.dearest()),
            )
        })
        .collect();
    let median = |task: Task, by: &str| {
        rows.iter().find(|row| row.task == task.name() && row.by == by).map(|row| row.median_ns)
    };
    // From full groups of voices to full groups, so that no lane is for free.
    let further: Vec<Row> = [OURS, "oxisynth", "rustysynth", "fundsp"]
        .into_iter()
        .filter_map(|by| {
            let (most, least) = (median(Task::Voices(32), by)?, median(Task::Voices(8), by)?);
            Some(row(FURTHER.into(), by, (most - least) / 24.0, None, None))
        })
        .collect();
    rows.extend(further);
    let stack: f64 = [Task::Voices(16), Task::Equalizer, Task::Reverb]
        .map(|task| cheapest(&rows, &task.name()))
        .iter()
        .sum();
    rows.push(row(Task::Rig.name(), STACK, stack, None, None));
    let ours: Vec<(String, f64)> =
        rows.iter().filter(|row| row.by == OURS).map(|row| (row.task.clone(), row.median_ns)).collect();
    for row in rows.iter_mut().filter(|row| row.by != OURS) {
        row.linnet_ratio = ours.iter().find(|(task, _)| *task == row.task).map(|(_, ns)| ns / row.median_ns);
    }
    // By task, in the order of their first appearance.
    let order: Vec<String> = rows.iter().map(|row| row.task.clone()).collect();
    rows.sort_by_key(|row| order.iter().position(|task| *task == row.task));
    rows
}

const FURTHER: &str = "each further voice";
const STACK: &str = "cheapest peers, summed";

/// The cheapest peer's median.
fn cheapest(rows: &[Row], task: &str) -> f64 {
    let peers = rows.iter().filter(|row| row.by != OURS && row.task == task);
    peers.map(|row| row.median_ns).fold(f64::INFINITY, f64::min)
}

/// What is aimed at, over all block sizes.
pub fn goals(rows: &[Row]) -> Vec<Goal> {
    let mut goals = Vec::new();
    let of = |frames: usize| -> Vec<Row> {
        rows.iter().filter(|row| row.block_frames == frames).cloned().collect()
    };
    let ours = |rows: &[Row], task: &str| {
        rows.iter().find(|row| row.by == OURS && row.task == task).map_or(f64::NAN, |row| row.median_ns)
    };
    let mut goal = |what: String, value: f64, target: f64| goals.push(Goal { what, value, target });
    for frames in crate::BLOCK_FRAMES {
        let rows = of(frames);
        for (task, target) in [
            (FURTHER.to_owned(), 0.55),
            (Task::Equalizer.name(), 0.45),
            (Task::Reverb.name(), 0.65),
            (Task::Convolution.name(), 0.4),
            (Task::Rig.name(), 0.6),
        ] {
            let ratio = ours(&rows, &task) / cheapest(&rows, &task);
            goal(format!("{task}, against the cheapest peer, blocks of {frames}"), ratio, target);
        }
        let space = rows.iter().find(|row| row.by == OURS && row.task == Task::Convolution.name());
        let spread = space.and_then(|row| Some(row.dearest_ns? / row.median_ns)).unwrap_or(f64::NAN);
        goal(format!("convolution, dearest block against the median, blocks of {frames}"), spread, 3.0);
        let idle = ours(&rows, &Task::Idle.name()) / ours(&rows, &Task::OneVoice.name());
        goal(format!("idle, against one voice, blocks of {frames}"), idle, 0.01);
    }
    let (short, long) = (of(64), of(512));
    let rig = Task::Rig.name();
    goal(format!("{rig}, blocks of 64 against 512"), ours(&short, &rig) / ours(&long, &rig), 1.15);
    goals.retain(|goal| goal.value.is_finite());
    goals
}

/// Prints the table.
pub fn print(rows: &[Row], goals: &[Goal]) {
    println!(
        "{:>5} {:<24} {:<32} {:>10} {:>10} {:>10} {:>9} {:>8}",
        "block", "", "", "median ns", "99.9 % ns", "dearest ns", "real time", "linnet ×"
    );
    for row in rows {
        let [tail, dearest] =
            [row.p99_9_ns, row.dearest_ns].map(|ns| ns.map_or_else(String::new, |ns| format!("{ns:.1}")));
        let ratio = row.linnet_ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        println!(
            "{:>5} {:<24} {:<32} {:>10.2} {:>10} {:>10} {:>7.3} % {:>8}",
            row.block_frames, row.task, row.by, row.median_ns, tail, dearest, row.real_time_percent, ratio
        );
    }
    println!();
    for Goal { what, value, target } in goals {
        let kept = if value <= target { "kept" } else { "NOT kept" };
        println!("{what:<70} {value:>7.3} (at most {target}): {kept}");
    }
}
