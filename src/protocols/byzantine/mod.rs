//! Byzantine agreement: the loyal agree, whatever traitors say.

pub mod interactive_consistency;

super::family!("byzantine", "Byzantine agreement", [interactive_consistency]);
