//! Requests and faults of a run as a list: each with its sentence, the times that a reader can change, and its removal.

use super::{Allowed, Edit, text};
use crate::{
    diagram::{fault_sentence, request_sentence},
    kernel::{Fault, RequestSpec, Time},
    runs::Outcome,
};

/// Largest number of requests, and of faults, that are listed: thousands would slow the page down.
const LISTED: usize = 50;

/// A request or a fault of a run.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Its sentence.
    pub sentence: String,
    /// True if it has no effect in the run.
    pub is_idle: bool,
    /// Its kind, by its name in [`Allowed`].
    pub kind: &'static str,
    /// The times that a reader can change.
    pub times: Vec<DeedTime>,
    /// Its removal.
    pub remove: Edit,
}

/// A time of a request or a fault.
#[derive(Clone, Debug)]
pub struct DeedTime {
    /// Preposition before the time.
    pub word: &'static str,
    /// The time, in virtual ms.
    pub value: Time,
    /// Its least value.
    pub min: Time,
    /// Its greatest value; 0 if there is none.
    pub max: Time,
    change: Edit,
    set: fn(&mut Edit, Time),
}

impl DeedTime {
    /// Returns the edit that sets the time.
    #[must_use]
    pub fn edit(&self, value: Time) -> Edit {
        let mut edit = self.change.clone();
        (self.set)(&mut edit, value);
        edit
    }
}

/// Returns the first requests and faults of a run, and the number of those that are not listed.
#[must_use]
pub fn deeds(run: &Outcome) -> (Vec<Deed>, usize) {
    let (requests, faults) = (&run.scenario.requests, &run.scenario.faults);
    let request = |(place, request): (usize, &RequestSpec)| Deed {
        sentence: request_sentence(&run.scenario, request),
        is_idle: run.trace.unused_requests.contains(&place),
        kind: Allowed::REQUEST,
        times: vec![DeedTime {
            word: text::deeds::AT,
            value: request.at,
            min: 0,
            max: 0,
            change: Edit::ChangeRequest(place, request.clone()),
            set: set_start,
        }],
        remove: Edit::RemoveRequest(place),
    };
    let fault = |(place, fault): (usize, &Fault)| Deed {
        sentence: fault_sentence(&run.scenario, fault),
        is_idle: run.trace.unused_faults.contains(&place),
        kind: fault.kind(),
        times: times(place, fault),
        remove: Edit::RemoveFault(place),
    };
    let listed = requests.iter().enumerate().take(LISTED).map(request);
    let listed = listed.chain(faults.iter().enumerate().take(LISTED).map(fault)).collect();
    let more = requests.len().saturating_sub(LISTED) + faults.len().saturating_sub(LISTED);
    (listed, more)
}

fn set_start(edit: &mut Edit, value: Time) {
    match edit {
        Edit::ChangeRequest(_, RequestSpec { at, .. }) => *at = value,
        Edit::ChangeFault(_, fault) => {
            if let [Some(at), _] = fault.times_mut() {
                *at = value;
            }
        }
        _ => {}
    }
}

fn set_end(edit: &mut Edit, value: Time) {
    if let Edit::ChangeFault(_, fault) = edit
        && let [_, Some(until)] = fault.times_mut()
    {
        *until = value;
    }
}

fn set_span(edit: &mut Edit, value: Time) {
    if let Edit::ChangeFault(_, Fault::Delay { by, .. } | Fault::Duplicate { after: by, .. }) = edit
    {
        *by = value;
    }
}

/// Returns the times of a fault that a reader can change. A span has to last: neither end passes the other.
fn times(place: usize, fault: &Fault) -> Vec<DeedTime> {
    let time = |word, value, set| DeedTime {
        word,
        value,
        min: 0,
        max: 0,
        change: Edit::ChangeFault(place, fault.clone()),
        set,
    };
    match (fault, fault.times()) {
        (_, [Some(at), Some(until)]) => {
            let start = time(text::deeds::FROM, at, set_start);
            let end = time(text::deeds::UNTIL, until, set_end);
            vec![
                DeedTime { max: until.saturating_sub(1), ..start },
                DeedTime { min: at + 1, ..end },
            ]
        }
        (_, [Some(at), None]) => vec![time(text::deeds::AT, at, set_start)],
        (Fault::Delay { by, .. }, _) => vec![time(text::deeds::BY, *by, set_span)],
        (Fault::Duplicate { after, .. }, _) => vec![time(text::deeds::AFTER, *after, set_span)],
        _ => Vec::new(),
    }
}
