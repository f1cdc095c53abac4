//! In which order: what may be promised beyond that a message is delivered at all.
