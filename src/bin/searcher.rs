//! The page's worker: it does long work beside the page, so that the page stays responsive
//! (src/app/errand.rs).

// Only a browser has workers, but Cargo compiles every program for the host too.
fn main() {
    #[cfg(target_arch = "wasm32")]
    worldlines::web::serve_errands(worldlines::app::run_errand);
}
