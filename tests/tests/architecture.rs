//! The architecture's rules, over cargo's own package graph and over the sources: dependencies point one way, one file
//! names each inference runtime, one crate names the plug-in framework, and files stay small.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines of a file at most, without its tests.
const LINES_MAX: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The names of the packages that `package` depends on, in any way but for its tests.
fn dependencies(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|found| found["name"] == package).unwrap();
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    dependencies
        .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
        .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
        .collect()
}

fn own_dependencies(package: &str) -> Vec<String> {
    dependencies(package).into_iter().filter(|name| name.starts_with("linnet")).collect()
}

/// Every file under `folder` whose name ends in `.rs`.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "there is no source in {folder}");
    files.sort();
    files
}

fn all_sources() -> Vec<PathBuf> {
    ["crates", "plugin", "xtask", "tests"].into_iter().flat_map(sources).collect()
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

/// The lines of code: without comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The files whose code names the crate `name` in a path.
fn files_naming(name: &str, among: &[PathBuf]) -> Vec<String> {
    let path = format!("{name}::");
    let names = |code: &str| {
        code.match_indices(&path).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':')
        })
    };
    among.iter().filter(|file| names(&code(file))).map(|file| relative(file)).collect()
}

#[test]
fn dependencies_between_our_crates_point_one_way() {
    let check = |package: &str, expect: &[&str]| assert_eq!(own_dependencies(package), expect, "{package}");
    check("linnet-music", &[]);
    check("linnet-handover", &["linnet-music"]);
    check("linnet-engine", &["linnet-handover", "linnet-music"]);
    check("linnet-composer", &["linnet-handover", "linnet-music"]);
    check("linnet-library", &["linnet-engine"]);
    check(
        "linnet",
        &["linnet-composer", "linnet-engine", "linnet-handover", "linnet-library", "linnet-music"],
    );
    check("xtask", &[]);
}

#[test]
fn only_the_plug_in_names_hosts_and_pixels() {
    for package in
        ["linnet-music", "linnet-handover", "linnet-engine", "linnet-library", "linnet-composer", "xtask"]
    {
        for name in dependencies(package) {
            let foreign = ["nice-plug", "egui", "clap-wrapper", "clack", "baseview"];
            assert!(!foreign.iter().any(|start| name.starts_with(start)), "{package} depends on {name}");
        }
    }
}

#[test]
fn one_file_names_each_inference_runtime() {
    let all = all_sources();
    let others = |name: &str, home: &str| -> Vec<String> {
        let inside = |file: &String| file.starts_with(home);
        files_naming(name, &all).into_iter().filter(|file| !inside(file)).collect()
    };
    assert_eq!(others("rten", "crates/composer/src/inference/rten"), Vec::<String>::new());
    assert_eq!(others("rten_tensor", "crates/composer/src/inference/rten"), Vec::<String>::new());
    assert_eq!(others("ort", "crates/composer/src/inference/onnxruntime"), Vec::<String>::new());
}

#[test]
fn the_editor_names_only_the_handover_the_music_and_the_library() {
    let editor = sources("plugin/src/editor");
    for name in own_dependencies("linnet") {
        let name = name.replace('-', "_");
        let is_read = ["linnet_handover", "linnet_music", "linnet_library"].contains(&name.as_str());
        assert_eq!(files_naming(&name, &editor).is_empty(), !is_read, "{name}");
    }
}

#[test]
fn one_file_puts_the_systems_failures_into_words() {
    let among = ["crates/library/src", "plugin/src"].into_iter().flat_map(sources);
    let words = |path: &PathBuf| code(path).contains("ErrorKind::PermissionDenied");
    let found: Vec<String> = among.filter(words).map(|path| relative(&path)).collect();
    assert_eq!(found, ["crates/library/src/file_error.rs"]);
}

#[test]
fn one_file_asks_the_system_for_the_users_folders() {
    let asks = |path: &PathBuf| code(path).contains("UserDirs");
    let found: Vec<String> =
        sources("plugin/src").iter().filter(|path| asks(path)).map(|path| relative(path)).collect();
    assert_eq!(found, ["plugin/src/folder.rs"]);
}

#[test]
fn files_stay_small() {
    let lines = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        let tests = text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(text.len());
        text[..tests].lines().count()
    };
    // Files that hold nothing but tests are data.
    let is_test = |file: &PathBuf| relative(file).contains("/tests/") || file.ends_with("tests.rs");
    let large: Vec<String> = all_sources()
        .iter()
        .filter(|file| !is_test(file) && lines(file) > LINES_MAX)
        .map(|file| format!("{}: {} lines", relative(file), lines(file)))
        .collect();
    assert_eq!(large, Vec::<String>::new(), "more than {LINES_MAX} lines without tests");
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<String> = all_sources()
        .iter()
        .filter(|file| !fs::read_to_string(file).unwrap().trim_start().starts_with("//!"))
        .filter(|file| !file.ends_with("tests.rs"))
        .map(|file| relative(file))
        .collect();
    assert_eq!(silent, Vec::<String>::new(), "no module documentation");
}

#[test]
fn there_is_no_file_called_mod() {
    let found: Vec<String> =
        all_sources().iter().filter(|file| file.ends_with("mod.rs")).map(|file| relative(file)).collect();
    assert_eq!(found, Vec::<String>::new());
}

/// The code of `file` that ships: without comments and without the tests at its end; empty for files of tests.
fn shipped_code(file: &Path) -> String {
    let name = relative(file);
    let is_aside = ["/tests/", "/examples/", "/benches/", "tests.rs"].iter().any(|part| name.contains(part));
    if is_aside {
        return String::new();
    }
    let code = code(file);
    let tests = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
    code[..tests].to_owned()
}

/// Everything that ships in the plug-in.
fn shipped_sources() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = ["crates", "plugin/src"].into_iter().flat_map(sources).collect();
    all.push(root().join("plugin/src/lib.rs"));
    all.sort();
    all.dedup();
    all
}

/// The shipped files whose code holds one of `words`.
fn shipped_files_with(words: &[&str]) -> Vec<String> {
    let has = |file: &PathBuf| {
        let code = shipped_code(file);
        words.iter().any(|word| code.contains(word))
    };
    shipped_sources().iter().filter(|file| has(file)).map(|file| relative(file)).collect()
}

#[test]
fn files_are_opened_in_a_few_places_only_and_never_by_what_a_project_saves() {
    let opening = [
        "std::fs",
        "fs::",
        "OpenOptions",
        "canonicalize",
        "init_from",
        "libloading",
        "dlopen",
        "memmap",
        "Command::new",
    ];
    // The bounded reader, the library that the settings name, the user's export, the locks
    // of the log and of recovery, the log, the recovery files, the system's name, the settings, the instruments and
    // responses that the user has chosen on this machine, presets and recordings of the user's folder, and the list of
    // files that the user looks into. A place that is added here needs a path that the user gave, or one that no
    // project can choose.
    let places = [
        "crates/composer/src/files.rs",
        "crates/composer/src/inference/onnxruntime.rs",
        "crates/library/src/instrument_file.rs",
        "crates/library/src/preset_files.rs",
        "crates/library/src/recording.rs",
        "crates/library/src/take_file.rs",
        "plugin/src/editor/export.rs",
        "plugin/src/file_list.rs",
        "plugin/src/lock_file.rs",
        "plugin/src/log/file.rs",
        "plugin/src/recovery/orphan.rs",
        "plugin/src/recovery/record.rs",
        "plugin/src/report.rs",
        "plugin/src/settings.rs",
    ];
    assert_eq!(shipped_files_with(&opening), places);
}

#[test]
fn what_reads_a_project_deals_with_no_paths() {
    let with_paths = shipped_files_with(&["Path", "OsStr"]);
    let saved =
        ["crates/music/", "plugin/src/state", "plugin/src/params", "plugin/src/shell", "crates/engine/"];
    let found: Vec<&String> =
        with_paths.iter().filter(|file| saved.iter().any(|start| file.starts_with(start))).collect();
    assert_eq!(
        found,
        Vec::<&String>::new(),
        "what a project saves is read here, and must lead to no file: `instruments` alone asks the user for theirs"
    );
}

#[test]
fn our_own_code_has_no_network_and_starts_no_program_but_the_file_manager() {
    let words =
        ["std::net", "TcpStream", "UdpSocket", "UnixStream", "ToSocketAddrs", "hyperlink", "open_url"];
    assert_eq!(shipped_files_with(&words), Vec::<String>::new());
    // The log's folder, in the system's file manager, when the user presses for it.
    assert_eq!(shipped_files_with(&["open::"]), ["plugin/src/editor/deeds.rs"]);
    assert_eq!(shipped_files_with(&["process::Command", "Command::new"]), Vec::<String>::new());
}

/// The names of all packages that are linked into the plug-in or the standalone program, on any system.
fn linked() -> BTreeSet<String> {
    let tree =
        ["tree", "--package", "linnet", "--features", "standalone", "--target", "all", "--edges", "normal"];
    let output = Command::new(env!("CARGO"))
        .args(tree)
        .args(["--prefix", "none", "--format", "{p}", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn no_network_code_is_among_what_is_linked() {
    let linked = linked();
    assert!(
        linked.contains("linnet-composer") && linked.contains("x11rb"),
        "the list is not that of the plug-in"
    );
    // Clients and servers, their protocols, resolvers, encryption for them, event loops that bring sockets, telemetry.
    let forbidden = [
        "actix",
        "async-io",
        "async-net",
        "async-std",
        "attohttpc",
        "aws-",
        "curl",
        "dns-",
        "ftp",
        "grpc",
        "h2",
        "h3",
        "hickory",
        "http",
        "hyper",
        "isahc",
        "libp2p",
        "mio",
        "minreq",
        "native-tls",
        "opentelemetry",
        "openssl",
        "posthog",
        "quinn",
        "quiche",
        "reqwest",
        "rosc",
        "rustls",
        "schannel",
        "security-framework",
        "sentry",
        "smol",
        "socket2",
        "ssh",
        "surf",
        "tokio",
        "tonic",
        "tower",
        "trust-dns",
        "tungstenite",
        "ureq",
        "url",
        "webpki",
        "websocket",
        "zmq",
    ];
    let found: Vec<&String> =
        linked.iter().filter(|name| forbidden.iter().any(|start| name.starts_with(start))).collect();
    assert_eq!(found, Vec::<&String>::new());
    // Those that can reach a socket, and why they are here; x11rb speaks to the X server, by TCP where DISPLAY names
    // another computer. A new one is a decision.
    let with_sockets = ["gethostname", "nix", "polling", "rustix", "x11rb"];
    let known = |name: &&str| linked.contains(*name);
    assert_eq!(
        with_sockets.iter().filter(|name| known(name)).count(),
        with_sockets.len(),
        "a reason is out of date"
    );
}

/// What runs on the audio thread outside of the engine.
const AUDIO_MODULES: [&str; 7] = [
    "process",
    "live_events",
    "note_output",
    "transport",
    "params/values",
    "clap_entry/sorted",
    "clap_entry/moved",
];

#[test]
fn what_runs_on_the_audio_thread_denies_what_blocks_or_allocates() {
    let squeezed = |path: &str| -> String {
        fs::read_to_string(root().join(path)).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let deny = "deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types)";
    let guarded = AUDIO_MODULES.map(|module| format!("plugin/src/{module}.rs"));
    for file in guarded.iter().map(String::as_str).chain(["crates/engine/src/lib.rs"]) {
        assert!(squeezed(file).contains(deny), "{file} does not say {deny}");
    }
    assert_eq!(squeezed("plugin/clippy.toml"), squeezed("crates/engine/clippy.toml"), "the lists differ");
}

#[test]
fn the_callback_is_marked_for_the_sanitizer() {
    let mark = "#[cfg_attr(feature = \"rtsan\", rtsan_standalone::nonblocking)]\n";
    for (file, functions) in [
        ("crates/engine/src/engine.rs", ["    pub fn process(", "    pub fn reset("]),
        ("plugin/src/shell.rs", ["    fn process(", "    fn reset("]),
    ] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        for function in functions {
            assert!(text.contains(&format!("{mark}{function}")), "{function} in {file} has no mark");
        }
    }
}

/// A line of code for what the callback may not do and a sanitizer may miss, and what clippy must say of it.
const FORBIDDEN: [(&str, &str); 14] = [
    ("let _ = *std::sync::Mutex::new(1).lock().unwrap();", "std::sync::Mutex"),
    ("let _: Option<std::sync::RwLock<u8>> = None;", "std::sync::RwLock"),
    ("let _: Option<std::sync::Condvar> = None;", "std::sync::Condvar"),
    ("let _: Option<std::sync::mpsc::Receiver<u8>> = None;", "std::sync::mpsc::Receiver"),
    ("let _: Option<std::collections::HashMap<u8, u8>> = None;", "std::collections::HashMap"),
    ("let _: Option<std::rc::Rc<u8>> = None;", "std::rc::Rc"),
    ("let _: Option<String> = None;", "std::string::String"),
    ("let _ = std::time::Instant::now();", "std::time::Instant::now"),
    ("std::thread::sleep(std::time::Duration::ZERO);", "std::thread::sleep"),
    ("std::thread::yield_now();", "std::thread::yield_now"),
    ("let _ = Box::new(1);", "std::boxed::Box::new"),
    ("let _ = std::sync::Arc::new(1);", "std::sync::Arc::new"),
    ("Vec::<u8>::with_capacity(1).resize(9, 0);", "std::vec::Vec::resize"),
    ("println!();", "std::println"),
];

#[test]
fn clippy_finds_what_a_sanitizer_misses() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let lines = FORBIDDEN.map(|(line, _)| format!("    {line}\n")).concat();
    let snippet = folder.join("forbidden.rs");
    fs::write(&snippet, format!("pub fn callback() {{\n{lines}}}\n")).unwrap();
    let levels = ["macros", "methods", "types"].map(|what| format!("--deny=clippy::disallowed_{what}"));
    let output = Command::new("clippy-driver")
        .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--out-dir"])
        .arg(folder)
        .args(levels)
        .arg(&snippet)
        .env("CLIPPY_CONF_DIR", root().join("crates/engine"))
        .output()
        .expect("clippy-driver could not be started: install Rust's component clippy");
    let said = String::from_utf8_lossy(&output.stderr);
    for (line, name) in FORBIDDEN {
        assert!(said.contains(&format!("`{name}`")), "{line} is not found: {said}");
    }
}
