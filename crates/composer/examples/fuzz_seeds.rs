//! Writes the seeds of the fuzz targets into `fuzz/corpus`: small files of our own, good ones and odd ones.

#![allow(clippy::unwrap_used, reason = "a seed that cannot be written ends the program")]

#[allow(dead_code, unreachable_pub, reason = "the tests of the inspection use all of it")]
#[path = "../src/inference/inspect/tests/writer.rs"]
mod writer;

use linnet_music::{
    Beats, Controls, Idea, IdeaId, Key, Note, Phrase, Pitch, PitchClass, Provenance, Scale, Session, Tempo,
    TimeSignature, Velocity, midi_file,
};
use std::fs;
use std::path::Path;
use writer::{File, Message, end, floats, graph, integer, integers, node, raw, tensor};

fn main() {
    midi_files();
    let session = session();
    write("session", "two_ideas", &session);
    write("session", "empty", Session::default().to_json());
    write("session", "newer", r#"{"version":9,"current":null,"ideas":[{"id":1},7],"x":[[[]]]}"#);
    states(&session);
    settings();
    tokens();
    models();
}

fn write(target: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

fn idea(id: u32) -> Idea {
    let note = |onset: f64, pitch| Note {
        onset: Beats(onset),
        length: Beats(0.5),
        pitch: Pitch::new(pitch),
        velocity: Velocity::new(90),
    };
    Idea {
        id: IdeaId(id),
        parent: (id > 1).then(|| IdeaId(id - 1)),
        kept: id == 1,
        length: Beats(4.0),
        metre: TimeSignature::COMMON,
        key: Key { tonic: PitchClass::new(2), scale: Scale::Minor },
        harmony: Vec::new(),
        phrases: [
            Phrase::new(vec![note(0.0, 62), note(1.5, 65)]),
            Phrase::default(),
            Phrase::default(),
            Phrase::new(vec![note(0.0, 36)]),
        ],
        controls: Controls::default(),
        started_at: Some(Beats(4.0)),
        provenance: Provenance::default(),
        figures: Vec::new(),
        unread: serde_json::Map::new(),
    }
}

fn session() -> String {
    let mut session = Session::default();
    session.push(idea(1));
    session.push(idea(2));
    session.to_json()
}

fn midi_files() {
    write("midi_file", "idea", midi_file::write(&idea(1), Tempo::new(96.0)));
    let file = |format: u8, tracks: u8, division: [u8; 2], events: &[u8]| {
        let head = [b"MThd".as_slice(), &[0, 0, 0, 6, 0, format, 0, tracks], &division].concat();
        [&head, b"MTrk".as_slice(), &(events.len() as u32).to_be_bytes(), events].concat()
    };
    let running = [0, 0x90, 60, 100, 96, 62, 90, 96, 62, 0, 0, 60, 0, 0, 0xff, 0x2f, 0];
    write("midi_file", "running_status", file(0, 1, [0, 96], &running));
    write("midi_file", "film_frames", file(1, 1, [0xe7, 40], &running));
    write("midi_file", "no_division", file(0, 1, [0, 0], &running));
    let tempo = [
        0, 0xff, 0x51, 3, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0x90, 60, 100, 0xff, 0xff, 0xff, 0x7f, 0x80, 60, 0,
    ];
    write("midi_file", "no_tempo_and_long_waits", file(0, 1, [0, 1], &tempo));
    let metre = [
        0, 0xff, 0x58, 4, 7, 3, 24, 8, 0, 0xff, 0x59, 2, 0xfb, 1, 0, 0xf0, 2, 1, 0xf7, 0, 0x99, 36, 1, 9,
        0x99, 36, 0,
    ];
    write("midi_file", "metre_key_and_drums", file(1, 1, [1, 224], &metre));
}

fn states(session: &str) {
    let state = |fields: serde_json::Value| {
        serde_json::json!({"version": "0.1.0", "params": {"volume": {"f32": 0.5}, "bars": {"i32": 4}}, "fields": fields}).to_string()
    };
    let editor = r#"{"version":1,"width":900.0,"zoom":1.5,"new":[1]}"#;
    write("state", "whole", state(serde_json::json!({"session": session, "editor": editor})));
    write("state", "damaged", state(serde_json::json!({"session": "{", "editor": "7", "other": "x"})));
    write(
        "state",
        "put_aside",
        state(serde_json::json!({"session_unread": "{", "editor_unread": "7", "params_unread": "{}"})),
    );
}

fn settings() {
    write("settings", "both", "models = \"/home/me/models\"\nonnxruntime = \"/usr/lib/libonnxruntime.so\"\n");
    write("settings", "newer", "models = \"\"\n[log]\nlevel = 3 # words\nsince = 2026-01-01T00:00:00Z\n");
    write("settings", "odd", "onnxruntime = '''\n../..'''\na.b.c = [ {x = inf}, nan, 0x7f, \"\\u00e9\" ]\n");
}

fn tokens() {
    write("tokens", "two_bars", [4, 2, 2, 0, 0, 36, 12, 24, 38, 12, 96, 64, 24, 5, 40, 3, 96, 64, 24]);
    write("tokens", "long_metre", [32, 0, 1, 11, 95, 63, 23, 96, 64, 24]);
    write("tokens", "nonsense", [3, 3, 9, 200, 255, 255, 255, 97, 64, 24, 1, 1, 1]);
}

fn models() {
    let touch = File::touch(2);
    write("model", "touch", touch.bytes());
    write("model", "duration", duration().bytes());
    write("model", "quantised", quantised().bytes());
    write("model", "chord_length", chord_length().bytes());
    write("model", "groove", groove().bytes());
    let body = Message::default().bytes(1, node("Identity", &["hits"], &["again"], &[]).0);
    let looping = node("Loop", &["hits"], &["more"], &[graph("body", &body)]);
    write("model", "loop", touch.clone().with_node(looping).bytes());
    let location = Message::default().bytes(1, "location").bytes(2, "../weights");
    let weight = raw("more", 1, &[1], &[0; 4]).bytes(13, location.0);
    write("model", "other_file", touch.clone().with(5, weight).bytes());
    write("model", "large", touch.clone().with(5, raw("more", 1, &[1 << 40], &[])).bytes());
    write("model", "functions", touch.with_model_field(25, Message::default().bytes(1, "f")).bytes());
}

/// A small network of the durations.
fn duration() -> File {
    let table = |name: &str, rows: u64| floats(name, &[rows, 1], &vec![0.25; rows as usize]);
    let nodes = [
        node("Gather", &["positions", "position"], &["at"], &[]),
        node("Gather", &["pitches", "pitch"], &["of"], &[integer("axis", 0)]),
        node("Concat", &["context", "at", "of"], &["joined"], &[integer("axis", -1)]),
        node("Gemm", &["joined", "weights", "bias"], &["wide"], &[integer("transB", 1)]),
        node("Relu", &["wide"], &["duration_logits"], &[]),
    ];
    let file = nodes.into_iter().fold(File { operators: 17, ..File::default() }, File::with_node);
    file.with(5, table("positions", 98))
        .with(5, table("pitches", 65))
        .with(5, floats("weights", &[24, 3], &[0.5; 72]))
        .with(5, floats("bias", &[24], &[0.0; 24]))
        .with(11, end("context", 1, &[None, Some(1)]))
        .with(11, end("position", 7, &[None]))
        .with(11, end("pitch", 7, &[None]))
        .with(12, end("duration_logits", 1, &[None, Some(24)]))
}

/// A small network of the lengths of chords.
fn chord_length() -> File {
    let table = |name: &str, rows: u64| floats(name, &[rows, 1], &vec![0.25; rows as usize]);
    let nodes = [
        node("Gather", &["roots", "root"], &["of_root"], &[integer("axis", 0)]),
        node("Gather", &["qualities", "quality"], &["of_quality"], &[integer("axis", 0)]),
        node("Concat", &["context", "of_root", "of_quality"], &["joined"], &[integer("axis", -1)]),
        node("Gemm", &["joined", "weights", "bias"], &["length_logits"], &[integer("transB", 1)]),
    ];
    let file = nodes.into_iter().fold(File { operators: 17, ..File::default() }, File::with_node);
    file.with(5, table("roots", 12))
        .with(5, table("qualities", 12))
        .with(5, floats("weights", &[8, 3], &[0.5; 24]))
        .with(5, floats("bias", &[8], &[0.0; 8]))
        .with(11, end("context", 1, &[None, Some(1)]))
        .with(11, end("root", 7, &[None]))
        .with(11, end("quality", 7, &[None]))
        .with(12, end("length_logits", 1, &[None, Some(8)]))
}

/// A small network of the groove, whose batch is its steps.
fn groove() -> File {
    let nodes = [
        node("Concat", &["hits", "features"], &["joined"], &[integer("axis", 2)]),
        node("MatMul", &["joined", "weights"], &["loud"], &[]),
        node("Sigmoid", &["loud"], &["velocity"], &[]),
        node("Tanh", &["loud"], &["shift"], &[]),
    ];
    let file = nodes.into_iter().fold(File { operators: 17, ..File::default() }, File::with_node);
    file.with(5, floats("weights", &[62, 9], &[0.125; 558]))
        .with(11, end("hits", 1, &[Some(1), None, Some(9)]))
        .with(11, end("features", 1, &[Some(1), None, Some(53)]))
        .with(12, end("velocity", 1, &[Some(1), None, Some(9)]))
        .with(12, end("shift", 1, &[Some(1), None, Some(9)]))
}

/// A small network of the drums' touch with every other operator.
fn quantised() -> File {
    let nodes = [
        node("Constant", &[], &["axes"], &[tensor("value", &integers("", &[0]))]),
        node("Concat", &["context", "hits"], &["joined"], &[integer("axis", 1)]),
        node("DynamicQuantizeLinear", &["joined"], &["small", "scale", "zero"], &[]),
        node("MatMulInteger", &["small", "weights", "zero"], &["whole"], &[]),
        node("Cast", &["whole"], &["number"], &[integer("to", 1)]),
        node("Mul", &["number", "scale"], &["scaled"], &[]),
        node("Split", &["scaled", "sizes"], &["first", "second"], &[integer("axis", 1)]),
        node("Unsqueeze", &["first", "axes"], &["framed"], &[]),
        node("Gather", &["framed", "none"], &["again"], &[]),
        node("Sigmoid", &["again"], &["velocity"], &[]),
        node("Sub", &["second", "bias"], &["shift"], &[]),
    ];
    let file = nodes.into_iter().fold(File { operators: 17, ..File::default() }, File::with_node);
    file.with(5, raw("weights", 3, &[11, 18], &[3; 198]))
        .with(5, raw("none", 7, &[], &[0; 8]))
        .with(5, integers("sizes", &[9, 9]))
        .with(5, floats("bias", &[9], &[0.1; 9]))
        .with(11, end("context", 1, &[None, Some(2)]))
        .with(11, end("hits", 1, &[None, Some(9)]))
        .with(12, end("velocity", 1, &[None, Some(9)]))
        .with(12, end("shift", 1, &[None, Some(9)]))
}
