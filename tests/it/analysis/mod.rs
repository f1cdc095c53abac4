//! Analysis of a trace: assumptions, causes and the order of events.

mod assumptions;
mod blame;
mod order;
