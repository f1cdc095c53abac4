//! Shared parts of the benchmarks: the real clock, and the output of numbers.

use std::hint::black_box;

/// The real clock, in milliseconds since some moment.
#[cfg(not(target_arch = "wasm32"))]
mod clock {
    use std::{sync::LazyLock, time::Instant};

    #[expect(clippy::disallowed_methods, reason = "nothing that a run depends on reads it")]
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);

    pub(super) fn milliseconds() -> f64 {
        START.elapsed().as_secs_f64() * 1e3
    }
}

/// The real clock, in milliseconds since some moment.
#[cfg(target_arch = "wasm32")]
mod clock {
    pub(super) fn milliseconds() -> f64 {
        let performance = web_sys::window().and_then(|window| window.performance());
        performance.expect("a browser's page has a clock").now()
    }
}

/// One line for each number, as `cargo xtask bench` reads it.
pub(crate) fn tell(name: &str, value: f64, unit: &str) {
    tell_text(name, &format!("{value:.3}"), unit);
}

/// The same, of what is no fraction, or is missing here.
pub(crate) fn tell_text(name: &str, value: &str, unit: &str) {
    let line = format!("measured | {name} | {value} | {unit}");
    #[cfg(not(target_arch = "wasm32"))]
    println!("{line}");
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_test::console_log!("{line}");
}

/// Duration of something, in milliseconds.
fn time<T>(work: impl FnOnce() -> T) -> f64 {
    let start = clock::milliseconds();
    black_box(work());
    clock::milliseconds() - start
}

/// The best of several tries, in milliseconds: what the machine can do when it is left alone.
pub(crate) fn best_of<T>(tries: usize, mut work: impl FnMut() -> T) -> f64 {
    (0..tries).map(|_| time(&mut work)).fold(f64::INFINITY, f64::min)
}
