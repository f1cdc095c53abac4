//! Traces as geometry.

mod crowd;
mod geometry;
mod marks;
mod texts;
mod window;
