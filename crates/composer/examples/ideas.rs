//! Prints ideas of the worker for a little tune, with how long each took.
//!
//! `cargo run --release -p linnet-composer --example ideas [count]`

use linnet_composer::{Config, NextStep, Worker};
use linnet_handover::audio_to_worker::{FromAudio, Moment};
use linnet_handover::connect;
use linnet_handover::to_worker::Order;
use linnet_handover::worker_to_audio::Start;
use linnet_music::{Beats, Controls, Idea, Mode, Part, Pitch, Velocity};

fn moment(position: f64) -> Moment {
    let bar_start = Beats((position / 4.0).floor() * 4.0);
    Moment { position: Beats(position), bar_start, playing: true, ..Moment::default() }
}

fn print(idea: &Idea) {
    let chords: Vec<String> = idea.harmony.iter().map(|s| format!("{} ({})", s.chord, s.length.0)).collect();
    println!("\nidea {} · {} · {}", idea.id.0, idea.key, chords.join("  "));
    for part in Part::ALL {
        let notes = idea.phrase(part).notes().iter().take(40);
        let row: Vec<String> = notes.map(|n| format!("{:.2}:{}", n.onset.0, n.pitch.midi())).collect();
        println!("  {:<6} {}", part.name(), row.join(" "));
    }
    println!("  shares {:?}\n  by {}", idea.provenance.longest_shared_run, idea.provenance.harmony_method);
}

fn main() {
    let count: u16 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(4);
    let (mut audio, ports, editor) = connect();
    let mut worker = Worker::new(ports, Config::default());
    let mut rest = || while worker.step() == NextStep::Continue {};
    for (number, key) in
        [60, 64, 67, 64, 57, 60, 64, 60, 53, 57, 60, 57, 55, 59, 62, 59].into_iter().enumerate()
    {
        let (pitch, onset) = (Pitch::new(key), number as f64);
        audio.to_worker.send(FromAudio::NoteOn {
            pitch,
            velocity: Velocity::new(90),
            channel: 0,
            at: moment(onset),
        });
        audio.to_worker.send(FromAudio::NoteOff { pitch, channel: 0, at: moment(onset + 0.9) });
    }
    let _ = editor.orders.send(Order::Prepare);
    let begun = std::time::Instant::now();
    rest();
    println!(
        "ms to load the models and index the training set: {:.0}",
        begun.elapsed().as_secs_f32() * 1000.0
    );
    let mut times = Vec::new();
    for seed in 1..=count {
        let mode = if seed.is_multiple_of(4) { Mode::Invent } else { Mode::Continue };
        let controls = Controls { seed, mode, follow_chords: mode == Mode::Continue, ..Controls::default() };
        let _ = editor.orders.send(Order::Ask { controls, start: Start::NextBar, at: moment(16.0) });
        rest();
        times.push(editor.worker.snapshot().proposal_ms);
        if let Some(idea) = editor.worker.session().current().filter(|_| seed <= 4) {
            print(idea);
        }
        while let Some(order) = audio.scores.receive() {
            if let linnet_handover::worker_to_audio::ToAudio::Play(score) = order {
                audio.scores.give_back(score);
            }
        }
    }
    times.sort_by(f32::total_cmp);
    println!(
        "\nms from asking to handing over: median {:.1}, most {:.1}",
        times[times.len() / 2],
        times[times.len() - 1]
    );
}
