//! All input and output: scenarios, traces, digests, links and texts.

mod check;
mod comparisons;
mod digest;
mod digests;
mod escaping;
mod frozen_links;
mod golden;
mod links;
mod refusals;
mod scenario;
mod trace;
