//! The diagram and what lies over it, and the view of the network.

pub mod cut {
    use crate::kernel::count_of;

    pub const WHOLE: &str = "Whole cut";

    /// The label of the cut's handle on a node's line.
    #[must_use]
    pub fn post(node: &str) -> String {
        format!("Cut at {node}")
    }

    /// The place of a cut before every event of a node.
    #[must_use]
    pub fn before_all(node: &str) -> String {
        format!("before the first event of {node}")
    }

    /// The place of a cut after an event.
    #[must_use]
    pub fn after(event: &str) -> String {
        format!("after: {event}")
    }

    /// The verdict on a cut.
    #[must_use]
    pub fn sentence(orphans: usize, in_transit: usize) -> String {
        let in_transit = count_of(in_transit, "message");
        if orphans == 0 {
            return format!(
                "Consistent: it could have been a global state. {in_transit} in transit."
            );
        }
        let orphans = count_of(orphans, "message");
        format!(
            "Inconsistent: {orphans} received before the cut and sent after it. {in_transit} in \
             transit."
        )
    }
}

pub mod hints {
    pub const DROP: &str = "drop";
    pub const DELAY: &str = "delay";
    pub const DUPLICATE: &str = "duplicate";
    pub const CORRUPT: &str = "damage";
    pub const FORGE: &str = "forge";
    pub const CRASH: &str = "crash the node";
    pub const REQUEST: &str = "make a request";
    pub const OTHER: &str = "add another fault";
    pub const PARTITION: &str = "Drag across lines to partition the network.";
    pub const MOVE: &str = "Drag marks and walls along the time axis.";
    pub const FIRST_CRASH: &str = "Click a line to crash its node.";

    /// Several ways: `drop, delay or forge`.
    #[must_use]
    pub fn either(ways: &[&str]) -> String {
        match ways {
            [most @ .., before, last] => {
                let most: String = most.iter().map(|way| format!("{way}, ")).collect();
                format!("{most}{before} or {last}")
            }
            _ => ways.concat(),
        }
    }

    /// The ways to change a message; its arrow can be dragged if a delay is allowed.
    #[must_use]
    pub fn message(ways: &str, drags: bool) -> String {
        let drag = if drags { ", or drag its head to delay it" } else { "" };
        format!("Click a message to {ways} it{drag}.")
    }

    /// The ways to change a node or to ask something of it.
    #[must_use]
    pub fn line(ways: &str) -> String {
        format!("Click a node’s line to {ways} at that moment.")
    }
}

pub mod keyboard {
    pub const ALONG: &str = " next or previous event, ";
    pub const ACROSS: &str = " next line, ";
    pub const MESSAGE: &str = " message of the event, ";
    pub const MENU: &str = " actions, ";
    pub const BACK: &str = " back";
}

pub mod legend {
    pub const LABEL: &str = "Legend";
    pub const LEAD: &str = "Break it. ";
    pub const STABLE: &str = "stable: delivered to all members";
    pub const HELD_BACK: &str = "held back";
    pub const SECTION: &str = "in the critical section";
    pub const CLASH: &str = "two nodes in the critical section";
    pub const CUT: &str = "cut of a snapshot, through the recorded states";
    pub const RECOVERY_LINE: &str = "recovery line";
    pub const UNDONE: &str = "undone work";
    pub const LOST: &str = "lost message";
    pub const FORGED: &str = "forged message";
    pub const CORRUPT: &str = "corrupt message";
    pub const DUPLICATE: &str = "duplicate";
    pub const LATE: &str = "late message";
    pub const WALL: &str = "messages are blocked";
    pub const DOWN: &str = "node is down";
    pub const ROUTER: &str = "router";
    pub const TRAITOR: &str = "line of a traitor";
    pub const DEADLOCK: &str = "waits for ever (deadlock)";
    pub const SHEAF: &str = "many messages from one node to another, with their number";

    /// The meaning of the band behind a line, which shows a metric.
    #[must_use]
    pub fn band(metric: &str) -> String {
        format!("band behind the line: {metric}")
    }
}

pub mod marks {
    use crate::kernel::Time;

    pub const STABLE: &str = ". Every member delivers it: the message is stable";
    pub const MOVABLE: &str =
        ". Drag it along the time axis, or set its time under Requests and faults.";
    pub const REQUEST: &str = "request by the application";
    pub const RECEIPT: &str = "message received";
    pub const DELIVERY: &str = "delivered to the application";
    pub const ANSWER: &str = "answer to the application";
    pub const REFUSAL: &str = "request refused";
    pub const VIEW: &str = "view installed";
    pub const ENTER: &str = "critical section entered";
    pub const EXIT: &str = "critical section left";
    pub const LEADER: &str = "leader known";
    pub const SUSPICION: &str = "suspected of a crash";
    pub const RESTORATION: &str = "suspicion withdrawn";
    pub const READING: &str = "timestamp of an event";
    pub const RECORD: &str = "state recorded for a snapshot";
    pub const SNAPSHOT: &str = "part of a snapshot complete";
    pub const FLAG: &str = "other indication";
    pub const TIMER: &str = "timer expires";
    pub const PAUSE: &str = "pause begins or ends";
    pub const STORAGE: &str = "written to stable storage";
    pub const DECISION: &str = "decision";
    pub const COMMIT: &str = "commit";
    pub const ABORT: &str = "abort";
    pub const CHECKPOINT: &str = "checkpoint";
    pub const ROLLBACK: &str = "rollback";
    pub const CRASH: &str = "crash";
    pub const RECOVERY: &str = "recovery";
    pub const TRAITOR: &str = "traitor";
    pub const NOTE: &str = "note";

    /// A sentence with its time before it.
    #[must_use]
    pub fn at(time: Time, sentence: &str) -> String {
        format!("{time} ms: {sentence}")
    }
}

pub mod network_view {
    use crate::kernel::{Time, count_of};

    pub const LABEL: &str = "Network";
    pub const COMPUTING: &str = "Computing the messages in transit…";

    /// The moment, and the messages in transit then.
    #[must_use]
    pub fn summary(time: Time, under_way: usize, rest: &str) -> String {
        format!("{time} ms · {} in transit{rest}", count_of(under_way, "message"))
    }

    /// The number of messages that are drawn, where it is not all.
    #[must_use]
    pub fn drawn(count: usize) -> String {
        format!(", {count} of them drawn")
    }

    /// The sides of a partition.
    #[must_use]
    pub fn partition(sides: &str) -> String {
        format!(" · partitioned: {sides}")
    }

    /// A node that has crashed.
    #[must_use]
    pub fn down(node: &str) -> String {
        format!("{node} is down")
    }

    /// A node that is paused.
    #[must_use]
    pub fn paused(node: &str) -> String {
        format!("{node} is paused")
    }

    /// The last event of a node.
    #[must_use]
    pub fn last(event: &str) -> String {
        format!("last event: {event}")
    }

    /// A message in transit.
    #[must_use]
    pub fn flight(lost: bool, message: &str, from: &str, to: &str) -> String {
        let lost = if lost { "lost: " } else { "" };
        format!("{lost}{message} from {from} to {to}")
    }
}

pub mod overlay {
    pub const HELP: &str = "Partition the network: drag across the lines to separate, over the time span. With a mouse, drag over an empty part of the diagram.";
    pub const ARMED: &str = "Drag across lines… (Esc)";
    pub const ARM: &str = "⬚ Draw partition";
}

pub mod overview {
    use crate::kernel::Time;

    pub const STRIP: &str = "Visible part of the run";
    pub const DOWN: &str = "Show time from top to bottom";
    pub const ACROSS: &str = "Show time from left to right";
    pub const LABEL: &str = "Diagram view";
    pub const SMALLER: &str = "Zoom out";
    pub const SMALLER_HELP: &str = "Zoom out (Ctrl and wheel)";
    pub const SMALLEST: &str = "Zoom out: the whole run is already visible";
    pub const LARGER: &str = "Zoom in";
    pub const LARGEST: &str = "Zoom in: there is no finer detail";
    pub const LARGER_HELP: &str = "Zoom in (Ctrl and wheel)";
    pub const WHOLE_HELP: &str = "Shows the whole run at once";
    pub const WHOLE: &str = "Show whole run";
    pub const SUITED_HELP: &str = "Returns to the default size";
    pub const SUITED: &str = "Reset size";

    /// The part of the run that is visible.
    #[must_use]
    pub fn part((from, to): (Time, Time), end: Time) -> String {
        format!("{from} to {to} ms of {end} ms")
    }

    /// The same, with what a pointer can do.
    #[must_use]
    pub fn drag(part: &str) -> String {
        format!("{part}: drag to move")
    }
}

pub mod picture {
    use crate::kernel::count_of;

    pub const RULER: &str = "Time in virtual milliseconds: drag to go to a moment";
    pub const HELD_BACK: &str = "held back until the messages before it were delivered";
    pub const STILL_HELD_BACK: &str = "still held back when the run ends";

    /// The title of a wall: the fault, and what a pointer can do.
    #[must_use]
    pub fn wall(fault: &str) -> String {
        format!(
            "{fault}. Drag it or one of its ends along the time axis, or set its times under Requests \
             and faults."
        )
    }

    /// The title of a band of messages: their sender and receiver, their number, and the numbers of lost and forged ones.
    #[must_use]
    pub fn sheaf((from, to): (&str, &str), count: usize, lost: u32, forged: u32) -> String {
        let lost = match lost {
            0 => String::new(),
            count => format!(", {count} of them lost"),
        };
        let forged = match forged {
            0 => String::new(),
            count => format!(", {count} of them forged"),
        };
        let messages = count_of(count, "message");
        format!(
            "{messages} from {from} to {to}{lost}{forged}: enlarge the diagram to see each of them"
        )
    }

    /// The title of a node's line.
    #[must_use]
    pub fn lane(node: &str) -> String {
        format!("{node}: click a moment to make a request or add a fault")
    }
}

pub mod present {
    pub const HIDDEN: &str = "The future is hidden";
}

pub mod second {
    pub const DIFFERENCE: &str = "first difference";

    /// The label of the second run's diagram.
    #[must_use]
    pub fn label(name: &str) -> String {
        format!("Second run: {name}")
    }
}

pub mod spans {
    use std::fmt::Display;

    /// The title of a band behind a line.
    #[must_use]
    pub fn band(node: &str, metric: &str, value: i64) -> String {
        format!("{node}: {metric} {value}")
    }

    /// The title of the barrier of a view.
    #[must_use]
    pub fn view(id: impl Display, members: &str) -> String {
        format!("View {id} is installed: {members}")
    }
}

pub mod stage {
    use crate::kernel::Time;

    pub const LABEL: &str = "Space-time diagram";

    /// The title of a node's name, which opens its menu.
    #[must_use]
    pub fn name_help(node: &str, at: Time) -> String {
        format!("Requests and faults of {node} at {at} ms")
    }
}
