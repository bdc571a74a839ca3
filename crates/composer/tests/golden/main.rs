//! What training wrote down of features, attributes and networks, against what the plug-in makes of the same input.
#![expect(clippy::unwrap_used, reason = "a golden file that cannot be read fails its test")]

mod band;
mod file;
mod latent;
mod networks;
mod phrase;
