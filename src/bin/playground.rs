//! The page.

fn main() {
    worldlines::ui::start();
}
