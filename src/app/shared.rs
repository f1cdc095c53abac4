//! Values that are shared, never copied, and compared by address.

use std::{ops::Deref, rc::Rc};

/// An immutable value. Two are equal if they are the same object: the test whether a picture has to be drawn again
/// costs nothing, however long the run.
#[derive(Debug)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Self {
        Self(Rc::new(value))
    }

    /// Returns the value if it is not shared any more.
    pub(super) fn into_inner(self) -> Result<T, Self> {
        Rc::try_unwrap(self.0).map_err(Self)
    }
}

impl<T> From<Rc<T>> for Shared<T> {
    fn from(value: Rc<T>) -> Self {
        Self(value)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
