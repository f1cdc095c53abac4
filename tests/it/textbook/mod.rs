//! Published answers: exercises, figures and message counts of textbooks and papers, with their sources.

mod reliable;
mod transport;
