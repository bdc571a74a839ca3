//! The composer: everything that runs on the composer thread.
//!
//! [`spawn`] starts the thread of one instance; a [`Worker`] does its work one small step at a time. It listens
//! ([`listen`]), lays out chords ([`harmony`]), lets the networks write ([`lead`], [`drums`]), accompanies by rule
//! ([`accompany`]), compares with the training set ([`originality`]) and hands an idea over.
#![forbid(unsafe_code)]

pub mod accompany;
pub mod bench;
pub mod config;
pub mod constraint;
pub mod drums;
pub mod evaluation;
pub mod expression;
pub mod files;
pub mod harmony;
pub mod inference;
pub mod lead;
pub mod listen;
pub mod models;
pub mod originality;
pub mod rng;
pub mod sampling;
pub mod score;
pub mod steering;
pub mod thread;
pub mod tokens;
pub mod worker;

pub use config::Config;
pub use thread::{WorkerThread, spawn};
pub use worker::{NextStep, Worker};
