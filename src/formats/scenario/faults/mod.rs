//! Faults as JSON: reader, writer and rules.

mod check;
mod reader;
mod writer;

pub(super) use check::check_fault;
pub(super) use reader::read;
pub(super) use writer::FaultObject;
