//! Verdicts, searches, comparisons, and the controls of time and order.

pub mod causes {
    pub const SEEKING: &str = "Searching for the cause…";
    pub const TEST_HELP: &str = "Repeats the run, each time without one fault or breach";
    pub const TEST: &str = "Test the cause";

    /// The note that a long run's cause is tested on request only.
    #[must_use]
    pub fn not_tested(most: usize) -> String {
        format!("The cause was not tested: the run has more than {most} events. ")
    }
}

pub mod changes {
    pub const CHANGE: &str = "the last change";
    pub const OPENING: &str = "the opening";
    pub const SINCE: &str = "Changes since";
    pub const SINCE_HELP: &str = "Earlier run that this run is compared with";
    pub const SHOW_HELP: &str = "Draws the run before the change over this one (C)";
    pub const NO_CHANGE: &str = "No change yet";
    pub const SHOW: &str = "Show changes";
    pub const AS_OPENED: &str = "The run is unchanged since it was opened.";
    pub const NOT_CHANGED: &str = "There is no change yet.";
    pub const COMPARING: &str = "The runs are being compared.";
    pub const GHOST: &str = "before";
    pub const HALO: &str = "new or changed";
    pub const MOVE: &str = "moved";

    /// The note that long runs are not compared.
    #[must_use]
    pub fn too_long(most: usize) -> String {
        format!("Runs of more than {most} events are not compared.")
    }
}

pub mod compare {
    pub const THIS_RUN: &str = "in this run";
    pub const BEFORE_CHANGE: &str = "in the run before the last change";
    pub const AS_OPENED: &str = "in the run as it was opened";
    pub const PROTOCOLS: &str = "Same scenario under";
    pub const EARLIER: &str = "Run before";
    pub const LINKED: &str = "Run of the link";
    pub const WITH: &str = "This run with";
    pub const OTHER_SEED: &str = "another seed";
    pub const SEED: &str = "Seed of the second run";
    pub const OWN: &str = "Own runs";
    pub const NOTHING: &str = "nothing";
    pub const HELP: &str = "Shows a second run on the same time axis";
    pub const LABEL: &str = "Compare with";
    pub const HIDDEN: &str = "The differences are hidden with the future.";
    pub const REGION: &str = "Two runs side by side";
    pub const FIRST: &str = "Go to first difference";
    pub const CLOSE: &str = "Close second run";
    pub const NOT_PROMISED: &str = " (not promised)";
    pub const DIFFERS: &str = "≠ differs";
    pub const VERDICTS: &str = "Verdicts of both runs";
    pub const AT_THE_END: &str = "at the end";
    pub const CHANGE: &str = "the last change";
    pub const OPENING: &str = "all changes";

    /// The name of a run in a comparison of protocols.
    #[must_use]
    pub fn under(protocol: &str) -> String {
        format!("under {protocol}")
    }

    /// The name of the run with another seed, or another value of a parameter.
    #[must_use]
    pub fn with(name: &str, value: &str) -> String {
        format!("with {name} = {value}")
    }

    /// The choice of the run with another value of a parameter.
    #[must_use]
    pub fn other_value(parameter: &str) -> String {
        format!("another {parameter}")
    }

    /// The label of the value of a parameter.
    #[must_use]
    pub fn value_of(parameter: &str) -> String {
        format!("{parameter} of the second run")
    }

    #[must_use]
    pub fn unreadable(name: &str) -> String {
        format!(
            "The run “{name}” cannot be read: it is damaged, or from another version of the page."
        )
    }

    /// The name of a run of a link, by its title.
    #[must_use]
    pub fn titled(title: &str) -> String {
        format!("in “{title}”")
    }

    /// The name of a run of a link without a title, by its place.
    #[must_use]
    pub fn numbered(number: usize) -> String {
        format!("in run {number} of the link")
    }

    /// The same in a list.
    #[must_use]
    pub fn number(number: usize) -> String {
        format!("run {number}")
    }
}

pub mod hunting {
    pub const NOT_FETCHED: &str =
        "The search program could not be fetched. Check the connection and try again.";
    pub const NO_WORKER: &str =
        "Background workers are not available here (for example, in a sandboxed frame).";
    pub const HIDDEN: &str =
        "Violations are shown at the end of the run, because the future is hidden.";
    pub const SEARCH: &str = "Search for a violation";
    pub const PROPERTY: &str = "Property";
    pub const PROPERTY_HELP: &str = "Property that the run has to violate";
    pub const ANY: &str = "any promised property";
    pub const FAULTS: &str = "Allowed faults: ";
    pub const IN_ALL: &str = "total, at most";
    pub const INSIDE: &str = "Stay inside the model";
    pub const INSIDE_HELP: &str =
        "Searches longer inside the protocol's model, and then breaks no assumption";
    pub const INSIDE_PART: &str = "Inside its model";
    pub const BEYOND_PART: &str = "If you break an assumption";
    pub const BREAKS: &str = "This run breaks: ";
    pub const WITH_FAULTS: &str = "Start with this run's faults";
    pub const WITH_FAULTS_HELP: &str = "Otherwise the search starts without faults";
    pub const BEGINNING: &str = "Starting…";
    pub const MINIMISING: &str = "Minimising the run…";
    pub const DELAYING: &str = "Delaying the decision…";
    pub const EXPLAINING: &str = "Searching for the nearest passing run…";
    pub const SEARCHING: &str = "Searching";
    pub const CANCEL_HELP: &str = "Keeps what was found";
    pub const CANCEL: &str = "Cancel search";
    pub const BREAK: &str = "Break it";
    pub const UNDECIDED_HELP: &str =
        "Delays messages, without other faults, so that no process decides before the run ends";
    pub const UNDECIDED: &str = "Prevent decision";
    pub const WHY_HELP: &str =
        "Explains the violation: the events, the broken assumption, the decisive message";
    pub const WHY: &str = "Why?";
    pub const MINIMISE_HELP: &str =
        "Removes faults, requests and nodes that the violation does not need";
    pub const MINIMISE: &str = "Minimise run";
    pub const VIOLATIONS: &str = "Violations of this run";
    pub const VIOLATES: &str = "This run violates";
    pub const RESULTS: &str = "Search results";
    pub const NOTHING: &str = "nothing found";
    pub const MINIMISED: &str = "Minimised run";
    pub const SHOW_HELP: &str = "Undo restores the current run";
    pub const SHOW: &str = "Show this run";
    pub const HINT: &str = "Tries sets of faults, smallest first, and every order of events if they \
        are few: first inside the protocol's model, then with broken assumptions. Shows the smallest \
        run that violates a property.";
    pub const KEPT_UNDECIDED: &str = "No decision";

    /// A property that the protocol does not promise.
    #[must_use]
    pub fn not_promised(property: &str) -> String {
        format!("{property} (not promised)")
    }

    /// The speed of a search.
    #[must_use]
    pub fn rate(count: &str) -> String {
        format!(", {count} per second")
    }

    /// The heading of an explanation.
    #[must_use]
    pub fn why(property: &str) -> String {
        format!("Why {property} is violated")
    }

    /// The heading of a finding.
    #[must_use]
    pub fn violated(property: &str) -> String {
        format!("{property} violated")
    }
}

pub mod seeds {
    use crate::kernel::count_of;

    pub const HEADING: &str = "Other seeds";
    pub const ANOTHER: &str = "Run with another seed";
    pub const ANOTHER_HELP: &str = "Draws other delays, losses and choices. Undo restores this run";
    pub const TRY_HELP: &str = "Counts the seeds with which a property is violated";
    pub const CANCEL: &str = "Cancel";

    /// The purpose of the section, with the seed of the run.
    #[must_use]
    pub fn hint(seed: u64) -> String {
        format!(
            "The seed decides everything random in a run: delays, losses, and the choices of processes. \
             This run has seed {seed}."
        )
    }

    /// The button that repeats the run.
    #[must_use]
    pub fn tried(seeds: u64) -> String {
        format!("Count violations in {seeds} seeds")
    }

    #[must_use]
    pub fn done(seeds: usize) -> String {
        format!("{} done", count_of(seeds, "seed"))
    }

    /// The number of seeds with which a property is violated.
    #[must_use]
    pub fn violated(seeds: usize, of: usize) -> String {
        format!("violated in {seeds} of {}", count_of(of, "seed"))
    }

    /// The button that shows a run.
    #[must_use]
    pub fn show(seed: u64) -> String {
        format!("Show run with seed {seed}")
    }

    /// The note on a run without random events.
    #[must_use]
    pub fn same_run(seeds: usize) -> String {
        format!("The run is the same with all {seeds} seeds: nothing in it is random.")
    }
}

pub mod strip {
    pub const LABEL: &str = "Verdict";
    pub const NOTHING: &str = "Nothing to judge yet.";
    pub const NOT_JUDGED: &str = "No property is judged.";
    pub const SO_FAR: &str = "No property is violated so far.";
    pub const UNDECIDED: &str = "No property is violated, but not all are decided.";
    pub const HOLDS: &str = "All properties hold.";
    pub const NOT_PROMISED: &str = " (not promised)";
    pub const WHY: &str = "Why?";
    pub const WHY_HELP: &str = "Shows the proof in the diagram, and the cause";
    pub const HIDE: &str = "Hide reasons";
    pub const UNDO: &str = "Undo";
    pub const ALL: &str = "All verdicts";
    pub const ALL_HELP: &str = "Shows every property with its verdict";
    pub const BREAK: &str = "Break it";

    /// The verdict on the only property that is shown.
    #[must_use]
    pub fn single(name: &str, status: &str, over: bool) -> String {
        format!("{name}: {status}{}", if over { "" } else { super::verdicts::SO_FAR_SIGN })
    }
}

pub mod study {
    use crate::kernel::count_of;

    pub const LABEL: &str = "View options";
    pub const FUTURE: &str = "Hide future";
    pub const CAUSALITY: &str = "Show causality";
    pub const CUT: &str = "Show cut";
    pub const CUT_HELP: &str =
        "Shows a draggable cut across all lines, and whether it is consistent (X)";
    pub const KEYS_HELP: &str = "Keyboard shortcuts (?)";
    pub const KEYS: &str = "Show keys";
    pub const TIMESTAMPS_HELP: &str =
        "Logical timestamps beside the events, computed for any protocol (T)";
    pub const TIMESTAMPS: &str = "Timestamps";
    pub const MESSAGES: &str = "Messages";
    pub const ONLY_HELP: &str = "Draws all other messages faintly. Nothing moves.";
    pub const NODE: &str = "Messages of node";
    pub const KIND: &str = "Messages of kind";
    pub const OF_ALL: &str = "of all nodes";
    pub const ALL_KINDS: &str = "all kinds";
    pub const SHOW_ALL: &str = "Show all";

    #[must_use]
    pub fn of(node: &str) -> String {
        format!("of {node}")
    }

    /// Says which messages are not drawn faintly.
    #[must_use]
    pub fn only(node: Option<&str>, kind: Option<&str>) -> String {
        match (node, kind) {
            (Some(node), Some(kind)) => format!("Only messages of {node}, of kind {kind}"),
            (Some(node), None) => format!("Only messages of {node}"),
            (None, Some(kind)) => format!("Only messages of kind {kind}"),
            (None, None) => String::new(),
        }
    }

    pub const TO_PLAYHEAD: &str = "Move cut to playhead";
    pub const CONSISTENT: &str = "The cut is consistent";
    pub const MEND_HELP: &str = "Moves the cut before every effect without its cause";
    pub const MEND: &str = "Make cut consistent";
    pub const ORPHANS: &str = "Orphans: ";
    pub const IN_TRANSIT: &str = "In transit: ";
    pub const FUTURE_HELP: &str =
        "Hides later events in the diagram, in the verdicts and in the lists (F)";
    pub const CAUSALITY_HELP: &str =
        "Highlights the causal past and future of the event or message that you select (O)";
    pub const CUT_REPORT: &str = "Cut";
    pub const NO_CLOCK: &str = "none";
    pub const LAMPORT: &str = "Lamport";
    pub const VECTOR: &str = "vector";
    pub const BEFORE: &str = "happened before";
    pub const AFTER: &str = "happened after";
    pub const CONCURRENT: &str = "concurrent";
    pub const PAST: &str = "causal past";
    pub const FUTURE_OF: &str = "causal future";
    pub const NEITHER: &str = "neither";
    pub const IN_ORDER_HELP: &str = "The sends of a multicast count once. Crashes, pauses and losses have no place in the order.";

    /// The number of events in one relation to the selection.
    #[must_use]
    pub fn events(relation: &str, count: usize) -> String {
        format!("{relation}: {}", count_of(count, "event"))
    }

    /// The number of events that have a place in the order, and that of all.
    #[must_use]
    pub fn in_order(counted: usize, all: usize) -> String {
        format!("in the order: {counted} of {}", count_of(all, "event"))
    }

    /// A relation whose events are hidden.
    #[must_use]
    pub fn hidden(relation: &str) -> String {
        format!("{relation}: hidden")
    }

    /// The number of messages that are not listed.
    #[must_use]
    pub fn more(count: usize) -> String {
        format!("and {count} more")
    }

    /// A message that crosses the cut.
    #[must_use]
    pub fn message(text: &str, from: &str, to: &str) -> String {
        format!("{text} from {from} to {to}")
    }
}

pub mod transport {
    use crate::kernel::{Time, count_of};

    pub const PAUSE: &str = "Pause";
    pub const AGAIN: &str = "Play again";
    pub const PLAY: &str = "Play";
    pub const LABEL: &str = "Time";
    pub const START: &str = "Go to start";
    pub const START_HELP: &str = "Go to start (Home)";
    pub const MOMENT: &str = "Moment";
    pub const STEP: &str = "Step by";
    pub const SPEED: &str = "Speed";
    pub const EVENT_BACK: &str = "One event back";
    pub const EVENT_FORWARD: &str = "One event forward";
    pub const DELIVERY_BACK: &str = " (Shift D)";
    pub const DELIVERY_FORWARD: &str = " (D)";
    pub const VIOLATION_BACK: &str = " (Shift V)";
    pub const VIOLATION_FORWARD: &str = " (V)";

    /// The moment and the number of events until then, of all events where their number is not hidden.
    #[must_use]
    pub fn progress(time: Time, events: usize, all: Option<usize>) -> String {
        match all {
            None => format!("{time} ms, {}", count_of(events, "event")),
            Some(all) => format!("{time} ms, {events} of {}", count_of(all, "event")),
        }
    }

    #[must_use]
    pub fn previous(what: &str) -> String {
        format!("Go to previous {what}")
    }

    #[must_use]
    pub fn next(what: &str) -> String {
        format!("Go to next {what}")
    }

    /// The title of the button that plays the run.
    #[must_use]
    pub fn with_space(play: &str) -> String {
        format!("{play} (space)")
    }

    /// The title of the choice of speed.
    #[must_use]
    pub fn speed(pace: Time) -> String {
        format!("Speed of virtual time: ×1 is {pace} ms per second")
    }
}

pub mod verdicts {
    use crate::kernel::Time;

    pub const LABEL: &str = "Verdicts";
    pub const TITLE: &str = "Properties";
    pub const BREAK_HELP: &str = "Searches for a run that violates one of them";
    pub const NOTHING: &str = "nothing to judge yet";
    pub const BEYOND_HELP: &str = "Judged for comparison: other protocols promise these";
    pub const BEYOND: &str = "Not promised by this protocol";
    pub const EXHAUSTED: &str = "The run was stopped at a million events. It was not quiescent.";
    pub const SO_FAR: &str = "These verdicts cover the events so far. ";
    pub const HIDDEN: &str = "The future is hidden.";
    pub const TO_END: &str = "Go to end";
    pub const SO_FAR_SIGN: &str = " so far";
    pub const HIDE_PROOF: &str = "Hide the proof of the violation";
    pub const AT_END: &str = "At the end: ";
    pub const SHOW_HELP: &str = "Shows the proof in the diagram";
    pub const HIDE: &str = " Hide";
    pub const SHOW: &str = " Show proof";
    pub const TO_BREAK_HELP: &str = "Moves the playhead to the violation and selects the event";
    pub const TO_BREAK: &str = "Go to violation";
    pub const TO_MISSING: &str = "Go to end of run";
    pub const EXPLAIN_HELP: &str = "Explains the violation and minimises the run";
    pub const EXPLAIN: &str = "Explain and minimise";
    pub const ASSUMED: &str = "Assumed: ";
    pub const BROKEN: &str = ". Broken: ";
    pub const TO_BREACH_HELP: &str =
        "Moves the playhead to the event that broke the assumption and selects it";
    pub const TO_BREACH: &str = "Go to breach";
    pub const NO_BREACH: &str = "No assumption of the protocol was broken.";
    pub const MASKING: &str =
        "Masking: safety and liveness hold. The application does not notice the faults.";
    pub const FAIL_SAFE: &str = "Fail-safe: safety holds, but liveness is violated.";
    pub const NON_MASKING: &str = "Non-masking: safety is violated, but liveness holds at the end.";
    pub const INTOLERANT: &str = "Intolerant: safety and liveness are violated.";
    pub const CLASSES: &str = "Fault tolerance of this run";
    pub const NOT_LIVE: &str = "not live";
    pub const LIVE: &str = "live";
    pub const NOT_SAFE: &str = "not safe";
    pub const SAFE: &str = "safe";
    pub const MEANINGS: &str = "Meaning of the terms";
    pub const KINDS: &str =
        "Safe: every promised safety property holds. Live: every promised liveness property holds.";
    pub const SAFETY: &str = "safety";
    pub const LIVENESS: &str = "liveness";

    /// The note on the verdicts of a protocol that is never quiescent.
    #[must_use]
    pub fn never_rests(end: Time, grace: Time) -> String {
        format!(
            "This protocol is never quiescent. It is judged at the horizon, {end} ms. An obligation \
             younger than {grace} ms is then undecided."
        )
    }

    /// The note on the verdicts of a run that is not quiescent.
    #[must_use]
    pub fn not_at_rest(end: Time) -> String {
        format!(
            "The run ends at {end} ms with messages in transit or timers running. Open obligations \
             are undecided, unless an assumption is broken."
        )
    }

    /// The note on an undecided property.
    #[must_use]
    pub fn may_come(end: Time) -> String {
        format!(
            "It may still happen: the run ends at {end} ms with messages in transit or timers running. "
        )
    }

    /// The button that moves the horizon.
    #[must_use]
    pub fn extend(until: Time) -> String {
        format!("Extend run to {until} ms")
    }

    /// The moment of a violation, before its sentence.
    #[must_use]
    pub fn at(time: Time) -> String {
        format!("At {time} ms: ")
    }
}
