//! The page's worker: what takes long, beside the page, so that the page stays quick (src/app/errand.rs).

// Only a browser has workers; Cargo wants every program compiled for the host too.
fn main() {
    #[cfg(target_arch = "wasm32")]
    worldlines::web::serve_errands(worldlines::app::run_errand);
}
