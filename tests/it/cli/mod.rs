//! The command line: its output, its exit codes, and the commands that the documentation shows.

mod cases;
mod commands;
mod docs;
mod grade;
mod pages;
mod pictures;
mod scorm;
mod search;
mod variants;
