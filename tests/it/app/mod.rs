//! The playground without a screen: what a reader does, and what the page shows then.

mod compare;
mod cut;
mod draft;
mod hands;
mod hunt;
mod inspector;
mod pending;
mod playground;
mod possible;
mod searching;
mod sentences;
mod time;
mod truth;
mod views;
mod words;
