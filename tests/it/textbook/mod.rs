//! Published answers: exercises, figures and message counts of textbooks and papers, with their sources.

mod link;
mod reliable;
mod transport;
