//! Texts of the state: shortcuts, tabs, announcements, progress, the inspector.

pub mod keys {
    pub const TIME: &str = "Time";
    pub const PLAY: &str = "Play or pause";
    pub const FORWARD: &str = "One event forward";
    pub const BACK: &str = "One event back";
    pub const NODE_FORWARD: &str = "Go to next event of the selected node";
    pub const NODE_BACK: &str = "Go to previous event of the selected node";
    pub const DELIVERY_FORWARD: &str = "Go to next delivery or other indication";
    pub const DELIVERY_BACK: &str = "Go to previous delivery or other indication";
    pub const VIOLATION_FORWARD: &str = "Go to next violation";
    pub const VIOLATION_BACK: &str = "Go to previous violation";
    pub const START: &str = "Go to start";
    pub const END: &str = "Go to end";
    pub const FASTER: &str = "Play faster";
    pub const SLOWER: &str = "Play slower";
    pub const FUTURE: &str = "Hide or show the future";
    pub const PRESENT: &str = "Show the run alone and large, or the whole page";
    pub const ORDER: &str = "Order of events";
    pub const CAUSALITY: &str = "Show or hide the causal past and future of the selection";
    pub const CLOCKS: &str = "Timestamps: Lamport, vector, none";
    pub const CUT: &str = "Show or hide a cut at the playhead";
    pub const CHANGES: &str = "Changes";
    pub const UNDO: &str = "Undo";
    pub const REDO: &str = "Redo";
    pub const CHANGED: &str = "Draw the run before the change over this one";
    pub const PAGE: &str = "Page";
    pub const SHEET: &str = "Show this list";
    pub const CLOSE: &str = "Close the menu or dialog, clear the selection";
    pub const EARLIER: &str = "Previous event on the same line";
    pub const LATER: &str = "Next event on the same line";
    pub const ABOVE: &str = "Previous line";
    pub const BELOW: &str = "Next line";
    pub const FOLLOW: &str = "Message of the event, then its other end";
    pub const ENTER: &str = "Message of the event, or open menu";
    pub const MENU: &str = "Open menu";
}

pub mod view {
    pub const VERDICTS: &str = "Verdicts";
    pub const CHANGES: &str = "Changes";
    pub const SETTINGS: &str = "Settings";
    pub const VIEW: &str = "View";
    pub const BREAK: &str = "Break it";
    pub const EVENTS: &str = "Events";
    pub const STATE: &str = "Details";
    pub const SOURCE: &str = "Source";
    pub const NUMBERS: &str = "Numbers";
    pub const TABLES: &str = "Tables";
    pub const NETWORK: &str = "Network";
    pub const TEXT: &str = "As text";
}

pub mod stride {
    pub const EVENT: &str = "event";
    pub const DELIVERY: &str = "delivery";
    pub const VIOLATION: &str = "violation";

    #[must_use]
    pub fn event_of(node: &str) -> String {
        format!("event of {node}")
    }

    #[must_use]
    pub fn none_later(what: &str) -> String {
        format!("No later {what}: this is the end.")
    }

    #[must_use]
    pub fn none_earlier(what: &str) -> String {
        format!("No earlier {what}: this is the beginning.")
    }
}

pub mod future {
    pub const HIDDEN: &str = "The future is hidden.";
    pub const SHOWN: &str = "The future is shown.";
    pub const STAYS_HIDDEN: &str = "The run was recomputed; the future stays hidden.";
}

pub mod recomputed {
    pub const UNCHANGED: &str = "The run was recomputed; all verdicts are unchanged.";

    /// The verdicts that a change has changed.
    #[must_use]
    pub fn changed(verdicts: &str) -> String {
        format!("The run was recomputed. {verdicts}.")
    }
}

pub mod opening {
    pub const OTHER_VERSION: &str = "This link was made with another version of Worldlines, in \
        which the run was different. The page shows the run of this version.";
}

pub mod words {
    /// The heading of a run that the reader has changed.
    #[must_use]
    pub fn own_run(protocol: &str) -> String {
        format!("Your run of {protocol}")
    }

    /// The heading of a run without a title.
    #[must_use]
    pub fn run(protocol: &str) -> String {
        format!("A run of {protocol}")
    }
}

pub mod lasso {
    use crate::kernel::Time;

    pub const NO_LINE: &str = "no line inside: drag across the lines to separate";
    pub const EVERY_LINE: &str = "every line inside: no node is left on the other side";

    #[must_use]
    pub fn partition(sides: &str, at: Time, until: Time) -> String {
        format!("{sides}, {at}–{until} ms")
    }
}

pub mod hands {
    #[must_use]
    pub fn no_partition(why: &str) -> String {
        format!("No partition: {why}")
    }
}

pub mod file {
    pub const SCENARIO: &str = "the JSON of a scenario";
    pub const NO_PAGE: &str =
        "the JSON of a scenario: the address may lead to a page about the file, or to a sign-in";
    pub const CHECKSUM: &str = "sha256- and a SHA-256 in base64, as in the attribute of HTML";

    /// A page in the place of a file, by its beginning.
    #[must_use]
    pub fn page(beginning: &str) -> String {
        format!("an HTML page: {beginning}")
    }

    /// A key of the address that is no checksum.
    #[must_use]
    pub fn integrity(given: &str) -> String {
        format!("integrity={given}")
    }

    /// The checksum of another file.
    #[must_use]
    pub fn differs(checksum: &str) -> String {
        format!("another file: its checksum is {checksum}")
    }

    /// The checksum that the address asks for.
    #[must_use]
    pub fn same(checksum: &str) -> String {
        format!("the file with {checksum}, as the address has it")
    }
}

pub mod edit {
    /// The field's customary names of nodes, in their order.
    pub const NAMES: [&str; 12] = [
        "Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Niaj",
        "Olivia",
    ];

    /// The number of nodes that an exercise needs, with the node that its goal is about.
    #[must_use]
    pub fn keeps_goal(least: usize, node: &str) -> String {
        format!("at least {least}, as the exercise is about {node}")
    }
}

pub mod errand {
    use crate::kernel::count_of;

    pub const LIVENESS: &str = "a liveness property";
    pub const TASK: &str =
        "\"search\", \"break\", \"shrink\", \"explain\", \"adversary\" or \"measure\"";

    /// The reason why a run cannot be minimised: the property is violated only because the run ends.
    #[must_use]
    pub fn holds_later(property: &str) -> String {
        format!("In a longer run {property} holds.")
    }

    #[must_use]
    pub fn not_violated(property: &str) -> String {
        format!("This run does not violate {property}.")
    }

    /// A sentence after the explanation of a violation.
    #[must_use]
    pub fn livelock(stem: usize, cycle: usize) -> String {
        format!(
            " This is a livelock: after {} the run repeats a cycle of {} for ever, although every \
             message in transit arrives and every timer expires.",
            count_of(stem, "step"),
            count_of(cycle, "step")
        )
    }
}

pub mod filter {
    pub const HEALS: &str = "the network heals";

    /// The end of a fault that leaves no event.
    #[must_use]
    pub fn over(fault: &str) -> String {
        format!("no longer: {fault}")
    }
}

pub mod possible {
    pub const CHECKSUM: &str =
        "The checksum of the link detects the damage, so the message will be lost.";
    pub const NO_BITS: &str = "Name at least one bit; the first bit is 0.";
    pub const NO_LIE: &str = "no message of this node can be forged that way";
    pub const NO_CLOCK: &str = "its code never reads its clock in this run";

    /// The reason why a fault of a lost message would have no effect.
    #[must_use]
    pub fn lost(why: &str) -> String {
        format!("it is already lost ({why})")
    }

    #[must_use]
    pub fn arrives_as(text: &str) -> String {
        format!("It arrives as {text}.")
    }

    #[must_use]
    pub fn bit_twice(bit: u32) -> String {
        format!("Bit {bit} is named twice.")
    }

    #[must_use]
    pub fn no_bit(word: &str, most: u32) -> String {
        format!("{word} is not a bit: a bit is a number from 0 to {most}.")
    }

    #[must_use]
    pub fn too_many_bits(most: usize) -> String {
        format!("At most {most} bits.")
    }

    /// The content that a forged message can have.
    #[must_use]
    pub fn takes(expected: &str) -> String {
        format!("It takes {expected}")
    }
}

pub mod asking {
    /// The value that a request takes.
    #[must_use]
    pub fn takes(expected: &str) -> String {
        format!("It takes {expected}.")
    }
}

pub mod lacks {
    use crate::kernel::Time;

    pub const NO_REQUEST: &str =
        "This run has no request, so nothing happens that a property could judge.";
    pub const BY_ONE: &str = " at one node";
    pub const BY_OTHERS: &str = " at different nodes";

    /// The requests without which no run violates the properties.
    #[must_use]
    pub fn needs(properties: &str, requests: &str) -> String {
        format!("A violation of {properties} needs {requests}, which this run lacks.")
    }

    /// The button that adds a request.
    #[must_use]
    pub fn add(request: &str, at: Time) -> String {
        format!("Add {request} (at {at} ms)")
    }
}

pub mod hunt {
    use crate::kernel::count_of;

    pub const CANCELLED_AT_ONCE: &str = "Cancelled before the first run.";
    pub const CANCELLED_AFTER_ONE: &str = "Cancelled after 1 run or state.";
    pub const RUNS: &str = "Runs with faults";
    pub const ORDERS: &str = "Orders of events";
    pub const WALKS: &str = "Random orders of events";
    pub const SWARM: &str = "Random runs with faults";

    /// The numbers of nodes, requests and faults.
    #[must_use]
    pub fn sizes([nodes, requests, faults]: &[String; 3]) -> String {
        format!("{nodes}, {requests} and {faults}")
    }

    #[must_use]
    pub fn instead(now: &str, before: usize) -> String {
        format!("{now} instead of {before}")
    }

    #[must_use]
    pub fn minimal(sizes: &str) -> String {
        format!("Nothing can be removed from this run: {sizes}.")
    }

    #[must_use]
    pub fn simpler(sizes: &str) -> String {
        format!("Nothing could be removed, but the rest is simpler now: {sizes}.")
    }

    #[must_use]
    pub fn cancelled_after(count: &str) -> String {
        format!("Cancelled after {count} runs and states.")
    }

    /// The property that a search is for, after its method.
    #[must_use]
    pub fn target(property: &str) -> String {
        format!(" for {property}")
    }

    #[must_use]
    pub fn at_a_time(faults: u64) -> String {
        format!("{faults} at a time")
    }

    #[must_use]
    pub fn deep(steps: usize) -> String {
        format!("{} deep", count_of(steps, "step"))
    }

    #[must_use]
    pub fn up_to_steps(steps: usize) -> String {
        format!("up to {}", count_of(steps, "step"))
    }

    #[must_use]
    pub fn up_to_faults(faults: u64) -> String {
        format!("up to {faults} at a time")
    }

    /// The progress of a search.
    #[must_use]
    pub fn progress(method: &str, explored: &str, queue: &str, depth: &str) -> String {
        format!("{method}: {explored} explored, {queue} waiting, {depth}")
    }
}

pub mod tour {
    /// The stops: the title of each, which the one before shows while its protocol is not here, and an act to try there.
    pub const STOPS: [(&str, &str); 6] = [
        ("The sender crashes half-way", "Click the cross on Alice's line and remove the crash."),
        ("Three orders on one set of sends", "Choose another protocol: the sends stay the same."),
        (
            "Each holds the vote that the other needs",
            "Click Why? to see the cycle of the deadlock.",
        ),
        (
            "A marker overtakes a transfer, and money vanishes",
            "Drag the head of an arrow: the message arrives later.",
        ),
        (
            "Three generals cannot identify the traitor",
            "Click the line of another node and make it a traitor.",
        ),
        (
            "Two proposers interrupt each other for ever",
            "Click Break it, or Share to hand your run on.",
        ),
    ];

    #[must_use]
    pub fn more(count: usize) -> String {
        format!("; and {count} more")
    }

    /// The requests and parameters that the chosen protocol does not have.
    #[must_use]
    pub fn left_out(protocol: &str, named: &str, more: &str) -> String {
        format!("{protocol} does not support this, so it was left out: {named}{more}")
    }

    #[must_use]
    pub fn undo(left_out: &str) -> String {
        format!("{left_out} Undo restores it.")
    }
}

pub mod breaking {
    /// The announcement of a violation at the end of the run.
    #[must_use]
    pub fn at_end(property: &str) -> String {
        format!("End of the run: {property} is violated.")
    }
}

pub mod past {
    use crate::kernel::Time;

    pub const BEFORE: &str = "Before the first event";
    pub const NEVER_DELIVERED: &str = ", never delivered in this run";
    pub const TRUTH: &str = "Content that the correct code would have sent";
    pub const DAMAGED: &str = "Content that arrived, corrupted in transit";

    /// The moment after the last event, at a node.
    #[must_use]
    pub fn after(node: &str, time: Time) -> String {
        format!("{node} after the events at {time} ms")
    }

    #[must_use]
    pub fn delivered(at: Time) -> String {
        format!(", delivered at {at} ms")
    }

    /// A message that is held back.
    #[must_use]
    pub fn held_back(message: &str, since: Time, fate: &str) -> String {
        format!("{message}: here since {since} ms{fate}")
    }

    #[must_use]
    pub fn more(count: usize) -> String {
        format!("… and {count} more")
    }

    #[must_use]
    pub fn expires(at: Time) -> String {
        format!("expires at {at} ms")
    }

    /// The same with the time on the node's clock, which differs.
    #[must_use]
    pub fn by_its_clock(expires: &str, clock: Time) -> String {
        format!("{expires}, {clock} by its clock")
    }

    /// A message whose fate is still hidden.
    #[must_use]
    pub fn in_transit(text: &str, from: &str, to: &str, sent: Time) -> String {
        format!("{text} from {from} to {to}, sent at {sent} ms, still in transit")
    }
}

pub mod tree {
    use crate::kernel::count_of;

    #[must_use]
    pub fn more(count: usize) -> String {
        format!("and {count} more")
    }

    #[must_use]
    pub fn items(count: usize) -> String {
        count_of(count, "item")
    }
}

pub mod chart {
    pub const MESSAGES: &str = "messages so far";
    pub const MESSAGES_HELP: &str = "Number of messages handed to the network so far.";
}
