//! Runs on the composer thread.
#![forbid(unsafe_code)]

pub mod accompany;
pub mod bench;
pub mod constraint;
pub mod drums;
pub mod evaluation;
pub mod expression;
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
pub mod tokens;
