//! The protocols: their conformance, their promised properties, and the ways to break them.

mod breaks;
mod cases;
mod conformance;
mod cost;
mod elections;
mod groups;
mod note_004;
mod oral_messages;
mod page;
mod random;
mod rates;
mod recoveries;
mod refutation;
mod scenarios;
mod unstated;
