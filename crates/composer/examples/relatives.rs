//! Prints an idea, variations of it, and what lies between it and another, with how long each took.
//!
//! `cargo run --release -p linnet-composer --example relatives`

use linnet_composer::{Config, NextStep, Worker, likeness};
use linnet_handover::audio_to_worker::Moment;
use linnet_handover::connect;
use linnet_handover::to_worker::Order;
use linnet_handover::worker_to_audio::{Start, ToAudio};
use linnet_music::{Beats, Controls, Idea, Mode, Part, PitchClass, Scale};

fn print(what: &str, idea: &Idea, from: &Idea, ms: f32) {
    println!("\n{what}: {:.3} away, {ms:.0} ms, {}", likeness::of_ideas(from, idea), idea.key);
    for part in Part::ALL {
        let notes = idea.phrase(part).notes().iter().take_while(|note| note.onset.0 < 7.95).take(36);
        let row: Vec<String> = notes.map(|n| format!("{:.2}:{}", n.onset.0, n.pitch.midi())).collect();
        println!("  {:<6} {}", part.name(), row.join(" "));
    }
}

fn main() {
    let (mut audio, ports, editor) = connect();
    let mut worker = Worker::new(ports, Config::default());
    let mut ask = |controls: Controls, current: Option<&Idea>| {
        if let Some(idea) = current {
            editor.worker.session().set_current(Some(idea.id));
        }
        let at = Moment { position: Beats(0.0), playing: true, ..Moment::default() };
        let _ = editor.orders.send(Order::Ask { controls, start: Start::NextBar, at });
        while worker.step() == NextStep::Continue {}
        while let Some(order) = audio.scores.receive() {
            if let ToAudio::Play(score) = order {
                audio.scores.give_back(score);
            }
        }
        (editor.worker.session().ideas().last().cloned(), editor.worker.snapshot().proposal_ms)
    };
    let invent =
        |seed| Controls { mode: Mode::Invent, seed, scale: Some(Scale::Major), ..Controls::default() };
    let (Some(one), ms) = ask(Controls { key: Some(PitchClass::new(0)), ..invent(3) }, None) else { return };
    print("the idea", &one, &one, ms);
    let (Some(other), ms) = ask(Controls { key: Some(PitchClass::new(7)), ..invent(8) }, None) else {
        return;
    };
    print("the other", &other, &one, ms);
    for similarity in [0.9, 0.7, 0.4, 0.0] {
        let controls = Controls { mode: Mode::Vary, similarity, ..Controls::default() };
        if let (Some(idea), ms) = ask(controls, Some(&one)) {
            print(&format!("similarity {similarity}"), &idea, &one, ms);
        }
    }
    for morph in [0.25, 0.5, 0.75] {
        let controls =
            Controls { mode: Mode::Morph, morph, morph_with: Some(other.id), ..Controls::default() };
        if let (Some(idea), ms) = ask(controls, Some(&one)) {
            print(&format!("morph {morph}"), &idea, &one, ms);
        }
    }
}
