//! The composer: everything that runs on the composer thread.
//!
//! [`spawn`] starts the thread of one instance; a [`Worker`] does its work one small step at a time. It listens
//! ([`listen`]), lets the networks write ([`harmony`], [`phrase`], [`drums`]) and play ([`groove`]), compares with the
//! training set ([`originality`]) and hands an idea over.
#![forbid(unsafe_code)]

pub mod attributes;
pub mod bench;
pub mod compose_error;
pub mod config;
pub mod drums;
pub mod evaluation;
pub mod expression;
pub mod files;
pub mod groove;
mod guidance;
pub mod harmony;
pub mod inference;
pub mod latent;
pub mod likeness;
pub mod listen;
pub mod models;
pub mod originality;
pub mod phrase;
pub mod rng;
pub mod sampling;
pub mod texture;
pub mod thread;
pub mod tokens;
pub mod vocabulary;
pub mod worker;

pub use config::Config;
pub use thread::{WorkerThread, spawn};
pub use worker::{NextStep, Worker};
