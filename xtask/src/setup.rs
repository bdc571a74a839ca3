//! System packages: which are missing, and how to get them.
//!
//! On Debian and its relatives they are installed by apt-get, where this process is root or has sudo without a
//! password. Elsewhere they are named.

use crate::command::{Failure, is_installed, program, run};
use std::path::Path;
use std::process::{Command, Stdio};

/// A need of ours, and the Debian package that fills it.
struct Need {
    /// What a user reads.
    name: &'static str,
    package: &'static str,
    fits: Fits,
}

/// How a need is recognised as filled.
enum Fits {
    /// A program on the path.
    Program(&'static str),
    /// A shared library that the linker's cache lists.
    Library(&'static str),
    /// A file or a folder.
    File(&'static str),
    /// A Python module that can be imported.
    PythonModule(&'static str),
}

const BUILD: &[Need] = &[
    Need { name: "a C++ compiler", package: "g++", fits: Fits::Program("c++") },
    Need { name: "pkg-config", package: "pkg-config", fits: Fits::Program("pkg-config") },
];

const PYTHON: &[Need] = &[
    Need { name: "Python 3", package: "python3", fits: Fits::Program("python3") },
    Need { name: "Python's venv", package: "python3-venv", fits: Fits::PythonModule("ensurepip") },
];

const SCREEN: &[Need] = &[
    Need { name: "the X server without a screen", package: "xvfb", fits: Fits::Program("Xvfb") },
    Need { name: "a window manager", package: "openbox", fits: Fits::Program("openbox") },
    Need { name: "a way to close windows", package: "wmctrl", fits: Fits::Program("wmctrl") },
    Need { name: "OpenGL", package: "libgl1", fits: Fits::Library("libGL.so.1") },
    Need {
        name: "OpenGL in software",
        package: "libgl1-mesa-dri",
        fits: Fits::File("/usr/lib/x86_64-linux-gnu/dri/swrast_dri.so"),
    },
    Need { name: "X11", package: "libx11-6", fits: Fits::Library("libX11.so.6") },
    Need { name: "X11's cursors", package: "libxcursor1", fits: Fits::Library("libXcursor.so.1") },
    Need { name: "X11's link to XCB", package: "libx11-xcb1", fits: Fits::Library("libX11-xcb.so.1") },
    Need { name: "the keyboard's layouts", package: "xkb-data", fits: Fits::File("/usr/share/X11/xkb") },
];

const TRACE: &[Need] =
    &[Need { name: "a tracer of system calls", package: "strace", fits: Fits::Program("strace") }];

const HOSTS: &[Need] =
    &[Need { name: "atomics for pedalboard", package: "libatomic1", fits: Fits::Library("libatomic.so.1") }];

/// What a command needs of the system.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Building the plug-in.
    Build,
    /// Building, and a screen for the editor.
    Screen,
    /// Building, the programs to compare with, from Python's registry, and a screen for the editor.
    Peers,
    /// Everything that the tests use.
    Tests,
    /// The programs that run without a host.
    Standalone,
}

const STANDALONE: &[Need] = &[
    Need { name: "ALSA", package: "libasound2-dev", fits: Fits::File("/usr/include/alsa/asoundlib.h") },
    Need { name: "JACK", package: "libjack-jackd2-dev", fits: Fits::File("/usr/include/jack/jack.h") },
];

/// Installs what is missing, saying so; where that is not possible, says what to install.
pub(crate) fn prepare(purpose: For) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let groups: &[&[Need]] = match purpose {
        For::Build => &[BUILD],
        For::Screen => &[BUILD, SCREEN],
        For::Peers => &[BUILD, PYTHON, SCREEN],
        For::Standalone => &[BUILD, STANDALONE],
        For::Tests => &[BUILD, PYTHON, SCREEN, HOSTS, TRACE],
    };
    let missing: Vec<&Need> =
        groups.iter().flat_map(|group| *group).filter(|need| !need.fits.found()).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

fn install(missing: &[&Need]) -> Result<(), Failure> {
    let names = missing.iter().map(|need| need.name).collect::<Vec<_>>().join(", ");
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let list = packages.join(" ");
    let Some(apt) = apt_get() else {
        return Err(format!("This needs {names}. Install what Debian calls: {list}."));
    };
    println!("This needs {names}: installing {list}.");
    run(apt().args(["update", "--quiet", "--quiet"]))?;
    run(apt().args(["install", "--yes", "--quiet", "--quiet", "--no-install-recommends"]).args(&packages))
}

/// How to call apt-get with the right to install; none where there is no way.
fn apt_get() -> Option<fn() -> Command> {
    if !is_installed("apt-get") {
        return None;
    }
    if succeeds("sh", &["-c", "test $(id -u) = 0"]) {
        return Some(|| {
            let mut command = program("apt-get", &[]);
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command
        });
    }
    let sudo = is_installed("sudo") && succeeds("sudo", &["--non-interactive", "true"]);
    sudo.then_some(|| program("sudo", &["DEBIAN_FRONTEND=noninteractive", "apt-get"]))
}

impl Fits {
    fn found(&self) -> bool {
        match *self {
            Self::Program(name) => is_installed(name),
            Self::File(path) => Path::new(path).exists(),
            Self::PythonModule(name) => succeeds("python3", &["-c", &format!("import {name}")]),
            Self::Library(name) => library_is_known(name),
        }
    }
}

fn library_is_known(name: &str) -> bool {
    let cache = ["ldconfig", "/sbin/ldconfig"]
        .into_iter()
        .find_map(|program| Command::new(program).arg("-p").output().ok());
    cache.is_some_and(|output| String::from_utf8_lossy(&output.stdout).contains(name))
}

fn succeeds(name: &str, arguments: &[&str]) -> bool {
    let status = program(name, arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
