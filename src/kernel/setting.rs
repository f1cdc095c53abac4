//! The setting in which a property is judged: number of nodes, failure model, time to serve.

use super::Time;

/// The failure model that a protocol is made for: the node failures that its paper considers.
///
/// Fail-stop is crash-stop with a perfect detector. Losses of the network belong to the assumptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, derive_more::Display)]
pub enum Failures {
    /// A node may crash for ever. Correct is a node that never crashes.
    #[display("crash-stop")]
    CrashStop,
    /// A node may crash and recover with its stable storage. Correct is a node that is up for good from some
    /// moment on (Cachin, Guerraoui and Rodrigues, section 2.2).
    #[display("crash-recovery")]
    CrashRecovery,
    /// A node may fail to send or to receive. Correct is a node that neither omits anything nor crashes. No
    /// protocol has this model yet, and monitors see no omissions.
    #[display("omission")]
    Omission,
    /// A node may do anything. Correct, or loyal, is a node that is no traitor and does not crash.
    #[display("Byzantine")]
    Byzantine,
}

/// A monitor's knowledge about a run before its first event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Setting {
    /// Number of nodes.
    pub nodes: usize,
    /// The failure model, which says which nodes are correct.
    pub failures: Failures,
    /// The time to serve, in virtual ms, of a protocol that never rests: an obligation that is younger when
    /// the run ends is undecided.
    pub time_to_serve: Option<Time>,
}
