//! What the built library asks of the system's network functions. `LINNET_CLAP` names it, as for the scenes.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet_tests::clap_host::bundle_path;
use std::collections::BTreeSet;
use std::process::Command;

/// Functions of the C library that open, wait on, or speak through sockets, or look up names.
const NETWORK: [&str; 21] = [
    "accept",
    "accept4",
    "bind",
    "connect",
    "getaddrinfo",
    "gethostbyname",
    "getnameinfo",
    "getpeername",
    "getsockname",
    "listen",
    "recv",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "res_query",
    "send",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "socket",
    "socketpair",
];

#[test]
fn the_library_can_reach_an_x_server_and_nothing_else() {
    let output =
        Command::new("nm").args(["--dynamic", "--undefined-only"]).arg(bundle_path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let imported: BTreeSet<&str> =
        text.lines().filter_map(|line| line.split_whitespace().last()?.split('@').next()).collect();
    assert!(imported.contains("malloc") || imported.contains("memcpy"), "the list is not that of a library");
    let found: Vec<&str> = NETWORK.into_iter().filter(|name| imported.contains(name)).collect();
    // All of these are the X connection's of the editor: a local socket, or TCP where DISPLAY names another computer.
    // Nothing can wait for a connection (bind, listen, accept) or send a datagram (sendto).
    assert_eq!(
        found,
        ["connect", "getaddrinfo", "getpeername", "recv", "recvmsg", "sendmsg", "socket", "socketpair"]
    );
}
