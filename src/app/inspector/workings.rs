//! What has been worked out of the run that is shown, for the workbench: each part when it is first asked for,
//! kept until there is another run.

use super::Past;
use crate::app::Run;

/// What has been worked out.
#[derive(Debug, Default)]
pub struct Workings {
    past: Option<Past>,
}

impl Workings {
    /// The past of this run.
    pub fn past(&mut self, run: &Run) -> &mut Past {
        self.past.take_if(|past| !past.is_of(run));
        self.past.get_or_insert_with(|| Past::of(run))
    }
}
