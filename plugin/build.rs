//! How the plug-in's library is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The inference engine keeps threads that never end. Were the library unmapped under them, the host would crash.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-cdylib=-Wl,-z,nodelete");
    }
}
