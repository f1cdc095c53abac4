//! The playground without a screen: what a reader does, and what the page shows then.

mod compare;
mod cut;
mod deeds;
mod draft;
mod fetching;
mod hands;
mod hunt;
mod importing;
mod inspector;
mod lacks;
mod locked;
mod measuring;
mod menu;
mod pending;
mod playground;
mod searching;
mod sentences;
mod time;
mod truth;
mod views;
mod words;
