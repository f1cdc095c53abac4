//! Traces as geometry.

mod geometry;
mod marks;
mod window;
