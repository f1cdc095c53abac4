//! Parts of the program that the page fetches when they are first needed.
//!
//! A part is a table of functions. In the page (feature `split`) the program is split where a function returns the
//! table: `cargo xtask` makes a file of everything that only the table leads to. In all other programs each part is here
//! from the start.

use std::fmt;

/// A part could not be fetched: the network failed, or the files of this version are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFetched;

impl fmt::Display for NotFetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of the program could not be fetched")
    }
}

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for NotFetched {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// Declares a part: a module of this name with `here`, which returns the table if the part is here, and `fetch`.
macro_rules! part {
    ($(#[$doc:meta])* $vis:vis $name:ident: $table:ty = $value:expr;) => {
        $(#[$doc])*
        #[allow(dead_code, unreachable_pub, reason = "some parts are of one layer, and tests leave out some")]
        $vis mod $name {
            use super::*;
            use $crate::split::NotFetched;

            #[cfg_attr(feature = "split", wasm_split_helpers::wasm_split($name, fallible))]
            fn table() -> Result<&'static $table, NotFetched> {
                const TABLE: $table = $value;
                Ok(&TABLE)
            }

            #[cfg(feature = "split")]
            thread_local! {
                static HERE: std::cell::Cell<Option<&'static $table>> =
                    const { std::cell::Cell::new(None) };
            }

            #[cfg(not(feature = "split"))]
            thread_local! {
                static LEFT_OUT: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
            }

            /// Removes the part from this thread, for tests of a page that has not fetched it. `fetch` brings it back.
            #[cfg(not(feature = "split"))]
            pub fn leave_out() {
                LEFT_OUT.set(true);
            }

            /// Returns the table, if the part is here.
            #[must_use]
            pub fn here() -> Option<&'static $table> {
                #[cfg(feature = "split")]
                return HERE.get();
                #[cfg(not(feature = "split"))]
                return table().ok().filter(|_| !LEFT_OUT.get());
            }

            /// Fetches the part, unless it is here.
            ///
            /// # Errors
            /// If it could not be fetched. The next call tries again.
            pub async fn fetch() -> Result<(), NotFetched> {
                #[cfg(feature = "split")]
                HERE.set(Some(table().await?));
                #[cfg(not(feature = "split"))]
                LEFT_OUT.set(false);
                Ok(())
            }
        }
    };
}
pub(crate) use part;
