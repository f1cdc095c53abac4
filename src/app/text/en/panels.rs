//! The tabs of the workbench.

pub mod deliveries {
    use crate::kernel::{Time, count_of};

    pub const NOTHING_YET: &str = "No indication yet.";
    pub const NOTHING: &str = "No indication in this run.";
    pub const NUMBER: &str = "no.";
    pub const EVERYTHING: &str = "all";
    pub const KIND: &str = "kind";
    pub const FIRST_NODES: &str = "first nodes";
    pub const TABLE: &str = "Indications of each node, in its own order";
    pub const AGREE_SO_FAR: &str = "The nodes agree so far.";
    pub const AGREE: &str = "The nodes agree on all common entries.";

    #[must_use]
    pub fn traitor(node: &str) -> String {
        format!("{node} (traitor)")
    }

    /// The number of entries in which the nodes differ.
    #[must_use]
    pub fn differ(count: usize) -> String {
        match count {
            1 => "1 entry differs between nodes: ⇅ another order, ≠ another value.".to_owned(),
            _ => format!(
                "{} differ between nodes: ⇅ another order, ≠ another value.",
                count_of(count, "entry")
            ),
        }
    }

    #[must_use]
    pub fn other_order(than: &str) -> String {
        format!(", in another order than {than}")
    }

    #[must_use]
    pub fn other_value(than: &str) -> String {
        format!(", different from {than}")
    }

    /// The title of an entry.
    #[must_use]
    pub fn cell(text: &str, at: Time, difference: &str) -> String {
        format!("{text} at {at} ms{difference}")
    }
}

pub mod tables {
    use crate::kernel::{Time, count_of};

    pub const SWITCH: &str = "Table";
    pub const DELIVERIES: &str = "Deliveries";
    pub const ROUNDS: &str = "Received by round";
    pub const QUEUES: &str = "In transit and waiting";

    pub const RECEIVER: &str = "Received by";
    pub const COLUMNS: &str = "Columns from";
    pub const STATED: &str =
        "A row for each node that told the values, a column for each node that they are about.";
    pub const WHOLE: &str = "A row for each message chain of this length, a column for each node that the messages come from.";
    pub const TOLD_BY: &str = "Told by";
    pub const NO_VALUE: &str = "-";
    pub const NOTHING_RECEIVED: &str = "received nothing in this run.";
    pub const NOTHING_RECEIVED_YET: &str = "has received nothing yet.";
    pub const LAST: &str = "Last indication:";

    pub const TO: &str = "To";
    pub const FROM: &str = "From";
    pub const MESSAGE: &str = "Message";
    pub const STATUS: &str = "Status";
    pub const QUEUES_LABEL: &str = "Messages in transit and waiting at the playhead";
    pub const NOTHING_QUEUED: &str = "No message is in transit or waiting at this moment.";

    /// The label of the table of what a node received.
    #[must_use]
    pub fn received(node: &str) -> String {
        format!("What {node} received, by round")
    }

    /// The heading of the rows of a round in which each node tells its own value.
    #[must_use]
    pub fn own(round: u32) -> String {
        format!("{round}: each node")
    }

    /// The heading of a row: the node that told the values, and the nodes that it heard them from.
    #[must_use]
    pub fn told_by(round: u32, tellers: &[String]) -> String {
        let path = |others: &[String]| -> String {
            others.iter().map(|teller| format!(", heard from {teller}")).collect()
        };
        tellers
            .split_first()
            .map_or_else(String::new, |(first, others)| format!("{round}: {first}{}", path(others)))
    }

    /// Continues the title of a value.
    #[must_use]
    pub fn against(node: &str, value: &str) -> String {
        format!(", but {node} says {value}")
    }

    /// The number of values that contradict others.
    #[must_use]
    pub fn contradictions(count: usize) -> String {
        match count {
            1 => "1 value contradicts other statements: ≠".to_owned(),
            _ => format!("{} contradict other statements: ≠", count_of(count, "value")),
        }
    }

    #[must_use]
    pub fn held(since: Time) -> String {
        format!("held back since {since} ms")
    }

    #[must_use]
    pub fn in_transit(since: Time) -> String {
        format!("in transit since {since} ms")
    }

    #[must_use]
    pub fn arrives(since: Time, at: Time) -> String {
        format!("in transit since {since} ms, arrives at {at} ms")
    }

    #[must_use]
    pub fn is_lost(since: Time, at: Time) -> String {
        format!("in transit since {since} ms, is lost at {at} ms")
    }

    /// The numbers of messages at the moment that is shown.
    #[must_use]
    pub fn queued(at: Time, held: usize, in_transit: usize, listed: usize) -> String {
        let all = held + in_transit;
        let part = if listed < all { format!(" ({listed} of them listed)") } else { String::new() };
        format!("At {at} ms: {held} held back, {in_transit} in transit{part}.")
    }
}

pub mod narration {
    pub const TITLE: &str = "The run in words";
    pub const READ: &str = "Read aloud";
    pub const READ_HELP: &str = "The browser reads the run, and the playhead follows";
    pub const STOP: &str = "Stop reading";
    pub const NO_VOICE: &str = "The browser did not read: it has no voice, or it stopped. Voices are in the settings of the system.";
    pub const HIDDEN: &str = "The future is hidden: you see what has happened so far. Show the future to have the run read aloud.";
    pub const NONE_YET: &str = "Nothing has happened so far.";
}

pub mod events {
    use crate::kernel::Time;

    pub const NONE_YET: &str = "No event so far matches these filters.";
    pub const NONE: &str = "No event matches these filters.";
    pub const FILTERING: &str = "Reading the events…";
    pub const CAUSE: &str = "← Cause";
    pub const NO_CAUSE: &str = "No event of the run caused it";
    pub const NO_EFFECT: &str = "It directly caused no event";
    pub const ALL: &str = "all";
    pub const UNFILTERED: &str = "No filter is set";
    pub const CLEAR: &str = "Clear filters";
    pub const ANY_WORDS: &str = "any words";

    pub const HEADS: [&str; 3] = ["ms", "node", "event"];
    pub const LABEL: &str = "Events";
    pub const FILTERS: &str = "Event filters";
    pub const NODE: &str = "node";
    pub const KIND: &str = "kind";
    pub const MESSAGE: &str = "message";
    pub const TEXT: &str = "text";
    pub const EFFECT: &str = "Effect →";

    /// The number of events that are listed, of all where their number is not hidden.
    #[must_use]
    pub fn count(count: usize, all: Option<usize>) -> String {
        all.map_or_else(|| format!("{count} so far"), |all| format!("{count} of {all}"))
    }

    /// An event with its time.
    #[must_use]
    pub fn at(time: Time, sentence: &str) -> String {
        format!("{time} ms: {sentence}")
    }

    #[must_use]
    pub fn first_effect(of: usize) -> String {
        format!("Effect (1 of {of}) →")
    }
}

pub mod inspector {
    use std::fmt::Display;

    use crate::kernel::Time;

    pub const PICKED: &str = "At the event or message that is selected in the diagram.";
    pub const AT_PLAYHEAD: &str = "At the playhead. Select an event to see another moment.";
    pub const ITS_NODE: &str = "node of the event";
    pub const LOOK_AT: &str = "Node";
    pub const MESSAGE: &str = "Message";
    pub const LOST_STATE: &str = "State (lost in the crash)";
    pub const STATE: &str = "State";
    pub const UNTOUCHED: &str = "The step did not change it.";
    pub const NO_STATE: &str = "no state";
    pub const HELD_BACK: &str = "Held back";
    pub const NONE_HELD: &str = "none";
    pub const TIMERS: &str = "Timers";
    pub const NO_TIMERS: &str = "none";
    pub const STORAGE: &str = "Stable storage";
    pub const NOT_STORED: &str = "empty";
    pub const UP: &str = "up";
    pub const CRASHED: &str = "crashed";

    #[must_use]
    pub fn paused(until: Time) -> String {
        format!("paused until {until} ms")
    }

    /// The progress of the replay that leads to the moment shown.
    #[must_use]
    pub fn progress(percent: impl Display) -> String {
        format!("Replaying the run up to this moment: {percent} %")
    }
}

pub mod facts {
    use crate::kernel::Time;

    pub const LABEL: &str = "Facts";
    pub const SENT: &str = "Sent";
    pub const RECEIVED: &str = "Received";
    pub const LOST: &str = "Lost";
    pub const IN_TRANSIT: &str = "In transit";
    pub const LAMPORT: &str = "Lamport time";
    pub const VECTOR: &str = "Vector time";
    pub const GO_THERE: &str = "Go to this event";

    #[must_use]
    pub fn at(node: &str, time: Time) -> String {
        format!("by {node} at {time} ms")
    }

    #[must_use]
    pub fn after(node: &str, time: Time, took: Time) -> String {
        format!("by {node} at {time} ms, after {took} ms")
    }

    #[must_use]
    pub fn lost(time: Time, why: &str) -> String {
        format!("at {time} ms ({why})")
    }

    /// A message that has not arrived.
    #[must_use]
    pub fn not_yet(is_over: bool) -> String {
        if is_over { "when the run ends".to_owned() } else { "so far".to_owned() }
    }
}

pub mod numbers {
    use std::fmt::Display;

    use crate::kernel::Time;

    pub const HIDDEN: &str =
        "The numbers cover the whole run. They are shown at its end, because the future is hidden.";
    pub const MESSAGES: &str = "messages";
    pub const MESSAGES_HELP: &str = "Messages handed to the network";
    pub const BYTES_HELP: &str = "Size of the payloads, as encoded in the trace";
    pub const AGAIN: &str = "retransmitted";
    pub const AGAIN_HELP: &str =
        "Messages identical to an earlier one from the same sender to the same receiver";
    pub const LOST_HELP: &str = "Messages of which no copy arrived";
    pub const NO_RECEIPT: &str = "No message was received.";
    pub const LATENCY: &str = "Latency in ms";
    pub const OF_MESSAGE: &str = "message, from send to receipt";
    pub const OF_DELIVERY: &str = "request to last delivery";
    pub const BY_NODE: &str = "By node";
    pub const ALL: &str = "all";
    pub const BYTES: &str = "bytes";
    pub const LOST: &str = "lost";

    pub const SPREAD: [&str; 5] = ["count", "min", "median", "mean", "max"];
    pub const OF_NODE: [&str; 6] = ["node", "sent", "bytes", "received", "lost to it", "delivered"];
    pub const OF_CHART: [&str; 4] = ["node", "now", "min", "max"];

    /// The number of requests without a delivery.
    #[must_use]
    pub fn undelivered(count: usize) -> String {
        match count {
            1 => "1 more request was never delivered.".to_owned(),
            _ => format!("{count} more requests were never delivered."),
        }
    }

    /// The label of a chart.
    #[must_use]
    pub fn chart(
        name: &str,
        (low, high): (impl Display, impl Display),
        unit: impl Display,
    ) -> String {
        format!("{name}: curves between {low} and {high} {unit}; their values are in the table.")
    }

    #[must_use]
    pub fn ms(time: Time) -> String {
        format!("{time} ms")
    }

    /// The number of curves that are not listed.
    #[must_use]
    pub fn more(count: usize) -> String {
        format!(", and {count} more")
    }

    /// The values at the playhead.
    #[must_use]
    pub fn now(time: Time, values: &str, more: &str) -> String {
        format!("At {time} ms: {values}{more}")
    }
}

pub mod series {
    pub const HEADING: &str = "Over many runs";
    pub const HINT: &str = "Runs this scenario once for each seed, or ten times for each value of a parameter. The table shows means.";
    pub const VARY: &str = "Vary";
    pub const VARY_HELP: &str = "The seed, or a parameter of the protocol";
    pub const VALUES: &str = "Values";
    pub const VALUES_HELP: &str =
        "Values with commas between them; 1..20 for all whole numbers from 1 to 20";
    pub const START: &str = "Measure runs";
    pub const CANCEL: &str = "Cancel";
    pub const CANCELLED: &str = "Cancelled. The rows so far are complete.";
    pub const RUNNING: &str = "Measuring…";
    pub const HEADS: [&str; 3] = ["messages", "ms to last indication", "runs with a violation"];

    /// The largest number of values, as an expected input.
    #[must_use]
    pub fn at_most(count: usize) -> String {
        format!("at most {count} values")
    }

    /// The number of runs that violate a promised property.
    #[must_use]
    pub fn of(violating: u64, runs: u64) -> String {
        format!("{violating} of {runs}")
    }
}

pub mod scenario_text {
    pub const LABEL: &str = "Scenario as JSON";
    pub const READ_LATER: &str = "The text is read when you stop typing.";
    pub const HELP: &str = "The whole scenario. Edit it: the run is updated when you stop typing. Undo reverts the edit.";
    pub const BEHIND: &str = " The run has changed since: your text will replace it.";
    pub const DISCARD_HELP: &str = "Restores the text of the scenario that is shown";
    pub const DISCARD: &str = "Discard edits";

    /// An error and its line.
    #[must_use]
    pub fn wrong(line: usize, why: &str) -> String {
        format!("Line {line}: {why}")
    }

    #[must_use]
    pub fn go_to(line: usize) -> String {
        format!("Go to line {line}")
    }
}

pub mod source {
    use crate::kernel::{Time, count_of};

    pub const FETCHING: &str = "Fetching the code…";
    pub const NO_CODE: &str = "This event runs no code of the node.";
    pub const TO_ITSELF: &str = " A message to itself is handled right after, by ";
    pub const DESCRIPTION: &str = "Description";
    pub const CODE: &str = "Code";
    pub const USES: &str = "Layers used";
    pub const PROMISES: &str = "Promised properties";
    pub const PAPER: &str = "Paper";
    pub const CALLS: &str = "Calls: ";
    pub const BEFORE: &str = "Before the first event";
    pub const NOT_HERE: &str = " is not in this code: the protocol does nothing then.";
    pub const RAN: &str = " ran.";

    /// The message that the code did not arrive.
    #[must_use]
    pub fn not_fetched(file: &str) -> String {
        format!(
            "The code could not be fetched from {file}, beside the page. Check the connection. \
             A page that was opened as a local file cannot fetch it."
        )
    }

    /// The event whose code is shown.
    #[must_use]
    pub fn at(time: Time, sentence: &str) -> String {
        format!("{time} ms: {sentence}")
    }

    /// The number of lines of tests, which are left out.
    #[must_use]
    pub fn tests(lines: usize) -> String {
        format!("{} of tests not shown.", count_of(lines, "line"))
    }
}

pub mod trees {
    use std::fmt::Display;

    pub const NEW: &str = "new";
    pub const GONE: &str = "removed";

    /// The number of unchanged values that are not listed.
    #[must_use]
    pub fn more(count: usize) -> String {
        format!("… and {count} more, unchanged")
    }

    /// The value before the step.
    #[must_use]
    pub fn was(value: impl Display) -> String {
        format!("was {value}")
    }
}
