//! Memory that the text and the JSON of a run take while they are written: none that grows with the run. Alone in its
//! file: the allocator counts what a whole program has.
#![cfg(not(target_arch = "wasm32"))]

#[path = "it/common/mod.rs"]
mod common;

use std::io::{self, Write};

use common::{broadcast, scenario};
use peak_alloc::PeakAlloc;
use worldlines::runs::Outcome;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Takes whatever is written and keeps its length.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A run of about ten times as many events as there are broadcasts.
fn outcome(broadcasts: u64) -> Outcome {
    let mut scenario = scenario("best-effort-broadcast", 5, 10);
    scenario.requests =
        (0..broadcasts).map(|it| broadcast(it / 4, it as usize % 5, &format!("m{it}"))).collect();
    scenario.until = broadcasts + 1000;
    Outcome::of(scenario).expect("its requests are valid")
}

/// The greatest memory taken meanwhile, and the number of bytes written.
fn peak(write: impl FnOnce(&mut Length) -> io::Result<()>) -> (usize, usize) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let mut length = Length(0);
    write(&mut length).expect("a count takes everything");
    (MEMORY.peak_usage().saturating_sub(before), length.0)
}

#[test]
fn text_and_json_of_a_run_are_never_held() {
    let outcome = outcome(8_000);
    let events = outcome.trace.events.len();
    assert!(events > 80_000, "{events} events");
    for (form, (taken, written)) in [
        ("text", peak(|out| outcome.write_text(out))),
        ("JSON", peak(|out| outcome.write_json(out))),
    ] {
        println!("{form} of {events} events: {written} bytes written, {taken} held at most");
        assert!(written > 2_000_000, "{form}: {written} bytes");
        assert!(taken < 100_000, "{form}: {taken} bytes are held");
    }
}
