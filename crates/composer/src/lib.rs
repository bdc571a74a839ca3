//! Runs on the composer thread.
