//! A hash of contents, by which files and tools are named.

/// Returns the FNV-1a hash.
pub(crate) fn of(bytes: &[u8]) -> u64 {
    extended(0xcbf2_9ce4_8422_2325, bytes)
}

/// Returns the hash of what was hashed before, followed by these bytes.
pub(crate) fn extended(before: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(before, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
