//! Signatures that cannot be forged.

use serde::Serialize;

use super::{NodeId, NodeSet};

/// A value with a signature: every process can read the signer, and no other process could have signed it.
///
/// It is made by [`Context::sign`](super::Context::sign), or, by a traitor, with its [`Keys`], and in no
/// other way. This replaces cryptography here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Signed<T> {
    signer: NodeId,
    value: T,
}

impl<T> Signed<T> {
    pub(super) const fn new(signer: NodeId, value: T) -> Self {
        Self { signer, value }
    }

    /// Returns the signer.
    #[must_use]
    pub const fn signer(&self) -> NodeId {
        self.signer
    }

    /// Returns the signed value.
    #[must_use]
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// Returns the value without its signature.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }
}

/// The keys that a traitor can sign with: its own, and those of the other traitors, who share theirs.
///
/// Loyal nodes keep theirs secret (Lamport, Shostak and Pease 1982, assumption A4: a *loyal* general's
/// signature cannot be forged).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    owner: NodeId,
    known: NodeSet,
}

impl Keys {
    /// Returns the keys of a traitor among traitors.
    #[must_use]
    pub(crate) fn new(owner: NodeId, traitors: NodeSet) -> Self {
        Self { owner, known: traitors.or(owner.into()) }
    }

    /// Signs in its own name.
    #[must_use]
    pub fn sign<T>(self, value: T) -> Signed<T> {
        Signed::new(self.owner, value)
    }

    /// Signs in the name of a node; none if that node is loyal.
    #[must_use]
    pub fn sign_as<T>(self, signer: NodeId, value: T) -> Option<Signed<T>> {
        self.known.contains(signer).then(|| Signed::new(signer, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traitors_sign_only_for_each_other() {
        let [one, other, loyal] = [0, 1, 2].map(NodeId::new);
        let keys = Keys::new(one, [one, other].into_iter().collect());
        assert_eq!(keys.sign(7).signer(), one);
        assert_eq!(keys.sign_as(other, 7).map(|signed| signed.signer()), Some(other));
        assert_eq!(keys.sign_as(loyal, 7), None);
        assert_eq!(keys.sign(7).into_value(), 7);
    }
}
