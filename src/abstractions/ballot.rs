//! Ballots: numbered attempts to have a value chosen.

use serde::Serialize;

use crate::kernel::NodeId;

/// Number of a proposal. Ballots of different nodes differ, and each node can find one that is higher than any other.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display,
)]
#[display("{round}.{proposer}")]
pub struct Ballot {
    /// Number of the attempt; it decides which of two ballots is higher.
    pub round: u32,
    /// Node that proposes; it decides where the rounds are equal.
    pub proposer: NodeId,
}

impl Ballot {
    /// The lowest ballot of this proposer in a round above all that it has heard of.
    #[must_use]
    pub fn above(heard: Option<Self>, proposer: NodeId) -> Self {
        Self { round: heard.map_or(0, |ballot| ballot.round) + 1, proposer }
    }
}

/// A value that is proposed under a ballot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("{ballot} {value}")]
pub struct Proposal<V> {
    /// Its number.
    pub ballot: Ballot,
    /// The value.
    pub value: V,
}

impl<V> Proposal<V> {
    /// Returns the proposal of the higher ballot.
    #[must_use]
    pub fn higher(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let ballot = |proposal: &Option<Self>| proposal.as_ref().map(|it| it.ballot);
        if ballot(&other) > ballot(&one) { other } else { one }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ballot_above_is_higher_than_any_ballot_of_its_round() {
        let [low, high] = [0, 1].map(NodeId::new);
        let first = Ballot::above(None, low);
        assert_eq!(first, Ballot { round: 1, proposer: low });
        assert!(first < Ballot { round: 1, proposer: high });
        assert!(Ballot::above(Some(Ballot { round: 1, proposer: high }), low).round == 2);
    }

    #[test]
    fn higher_proposal_is_that_of_the_higher_ballot() {
        let of = |round| {
            Some(Proposal { ballot: Ballot { round, proposer: NodeId::new(0) }, value: round })
        };
        assert_eq!(Proposal::higher(of(1), of(2)), of(2));
        assert_eq!(Proposal::higher(of(2), of(1)), of(2));
        assert_eq!(Proposal::higher(None, of(1)), of(1));
        assert_eq!(Proposal::higher(of(1), None), of(1));
    }
}
