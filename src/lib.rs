//! Worldlines: distributed protocols that run as simulated nodes and are drawn as space-time diagrams.
//!
//! The modules from the bottom up; each may name only those above it in this list
//! (`tests/it/tidy/` enforces it):

// Runs deterministic processes and records what happened; knows no protocol.
pub mod kernel;

// Parts of the program that the page fetches when they are first needed.
pub mod split;

// Works out what follows from a trace: the order of events, cuts, verdicts, broken assumptions and causes.
pub mod analysis;

// Abstractions: requests, indications and properties, without any solution.
pub mod abstractions;

// The algorithms: a folder per family, a file per protocol.
pub mod protocols;

// Looks for runs that break a promise; makes them small; explains them.
pub mod search;

// A scenario, run and judged, whole or in slices; costs of operations; exercises.
pub mod runs;

// Scenario and trace JSON, links, text: everything that leaves or enters.
pub mod formats;

// A foreign record of a run as a run of ours.
pub mod import;

// Trace to geometry; no Yew, no browser.
pub mod diagram;

// The playground without a screen: state, actions, playback.
pub mod app;

// A run in forms that other tools read, and as a picture.
pub mod export;

// The functions of the npm module, for other programs in JavaScript.
#[cfg(feature = "module")]
pub mod module;

// The only module that names the browser: address, storage, clipboard, clock.
#[cfg(feature = "web")]
pub mod web;

// The only module that names Yew: components that draw the state and send actions.
#[cfg(feature = "ui")]
pub mod ui;
