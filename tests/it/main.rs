//! The tests of the library and of the command line, by layer, in one program that is linked once.
//!
//! Select a part of them by its path: `cargo test --test it golden`, `cargo test --test it kernel::faults`. Tests that
//! count memory, need a feature, or run in a browser are programs of their own, beside this folder.

mod common;

mod analysis;
mod app;
mod cli;
mod diagram;
mod export;
mod formats;
mod fuzz;
mod import;
mod judge;
mod kernel;
mod properties;
mod protocols;
mod runs;
mod search;
mod textbook;
mod tidy;
