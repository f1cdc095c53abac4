//! The textbook's modules: requests, indications and properties, without any solution.
//!
//! A module holds the requests and indications of one abstraction and its properties, each with the
//! monitor that judges it. Vocabulary and properties are those of Cachin, Guerraoui and Rodrigues,
//! *Introduction to Reliable and Secure Distributed Programming* (2nd edition, 2011), "CGR" from here on.

pub mod ballot;
pub mod broadcast;
pub mod byzantine;
pub mod checkpoint;
pub mod clock;
pub mod commit;
pub mod consensus;
pub mod detection;
pub mod election;
pub mod hearsay;
pub mod hold_back;
pub mod link;
pub mod membership;
pub mod mentions;
pub mod mutex;
pub mod naming;
pub mod needed;
pub mod order;
pub mod quorum;
pub mod register;
pub mod routing;
pub mod stability;
pub mod unacknowledged;
mod value;
mod watch;

pub use value::Value;
