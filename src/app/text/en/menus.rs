//! Actions of a reader on a run: menus, the list of requests and faults, settings.

pub mod deeds {
    pub const LABEL: &str = "Requests and faults of this run";
    pub const TITLE: &str = "Requests and faults";
    pub const UNDO_HELP: &str = "Undo (Ctrl+Z)";
    pub const UNDO: &str = "↶ Undo";
    pub const REDO_HELP: &str = "Redo (Ctrl+Y)";
    pub const REDO: &str = "↷ Redo";
    pub const AT: &str = "at";
    pub const BY: &str = "by";
    pub const AFTER: &str = "after";
    pub const FROM: &str = "from";
    pub const UNTIL: &str = "until";
    pub const NO_FAULT: &str = "No fault yet. ";
    pub const ADD: &str = "+ Add…";
    pub const ADD_HELP: &str = "Opens the menu of this node at this moment: requests and faults";
    pub const NODE: &str = "Node of the new request or fault";
    pub const TIME: &str = "Time of the new request or fault, in ms";
    pub const IDLE: &str = " (no effect in this run)";
    pub const REMOVE: &str = "Remove";

    /// The label of a time that can be changed.
    #[must_use]
    pub fn time(sentence: &str, word: &str) -> String {
        format!("{sentence}: {word} in ms")
    }

    /// The number of entries that are not listed.
    #[must_use]
    pub fn more(count: usize) -> String {
        format!("…and {count} more. The tab “As text” shows all of them.")
    }

    /// The label of the button that removes an entry.
    #[must_use]
    pub fn remove(sentence: &str) -> String {
        format!("Remove: {sentence}")
    }
}

pub mod forging {
    pub const HELP: &str = "The message as JSON, as in the trace. Enter applies it.";
    pub const CONTENT: &str = "Content of the message, as JSON";
    pub const REPLACE: &str = "Replace content";
    pub const FORGE: &str = "Forge message";
    pub const REMOVE: &str = "Remove forgery";

    /// The reason why a message cannot be forged: its sender is correct.
    #[must_use]
    pub fn no_traitor(sender: &str) -> String {
        format!("{sender} is not a traitor, and only traitors forge messages")
    }

    /// The button that makes a traitor lie.
    #[must_use]
    pub fn lie(lie: &str, truth: &str) -> String {
        format!("Say “{lie}” instead of “{truth}”")
    }

    /// The button that makes the sender a traitor.
    #[must_use]
    pub fn make_traitor(sender: &str) -> String {
        format!("Make {sender} a traitor")
    }
}

pub mod menu {
    use crate::kernel::Time;

    pub const CLOSE: &str = "Close";
    pub const CLOSE_HELP: &str = "Close (Esc)";
    pub const NUMBER: &str = "Enter a number.";
    pub const NOTHING_ALLOWED: &str = "The author of this page lets you change nothing here.";
    #[must_use]
    pub fn only(node: &str) -> String {
        format!("Show only messages of {node}")
    }

    pub const DELAY: &str = "Delay message";
    pub const DELAY_MS: &str = "Delay in ms";
    pub const DELAY_BY: &str = "Delay message by";
    pub const FLIP: &str = "Flip bits";
    pub const BITS: &str = "Bits to flip, counted from 0";
    pub const BITS_HELP: &str = "Numbers of the bits, counted from 0";
    pub const DROP: &str = "Drop message";
    pub const UNDROP: &str = "Remove drop";
    pub const DUPLICATE: &str = "Duplicate message";
    pub const SINGLE: &str = "Remove duplicate";
    pub const ON_TIME: &str = "Remove delay";
    pub const SOUND: &str = "Remove bit flips";
    pub const DETAILS: &str = "Details";
    pub const DETAILS_HELP: &str =
        "Show its content, its times and the nodes' states in the workbench";
    pub const WITHOUT_EFFECT: &str = "Without effect here…";

    /// The title of an event's menu.
    #[must_use]
    pub fn event(time: Time, sentence: &str) -> String {
        format!("{time} ms: {sentence}")
    }

    /// The title of a moment's menu.
    #[must_use]
    pub fn moment(node: &str, at: Time) -> String {
        format!("{node} at {at} ms")
    }

    /// A crash after the message was sent, before anything that follows.
    #[must_use]
    pub fn crash_after(sender: &str) -> String {
        format!("Crash {sender} right after the send")
    }

    /// A crash in place of the send.
    #[must_use]
    pub fn crash_before(sender: &str) -> String {
        format!("Crash {sender} right before the send")
    }

    /// A crash of the receiver before the receipt.
    #[must_use]
    pub fn crash_receiver(receiver: &str) -> String {
        format!("Crash {receiver} before the message arrives")
    }
}

pub mod moment {
    use crate::kernel::{Time, count_of};

    pub const NO_REQUESTS: &str = "None: this protocol takes no requests.";
    pub const FAULTS: &str = "Faults at this moment";
    pub const IS_UP: &str = "it is up";
    pub const IS_DOWN: &str = "it is down";
    pub const MORE: &str = "More faults…";
    pub const PARTITION_HERE: &str = "Partition network here";
    pub const ONE_SIDE: &str = "Nodes of one side";
    pub const EMPTY_SIDE: &str = "Each side needs a node.";
    pub const DURATION: &str = "Duration in ms";
    pub const HEAL: &str = "Heal partition here";
    pub const PARTITION_FOR: &str = "Partition for";

    /// The heading above the requests to a node.
    #[must_use]
    pub fn requests(node: &str, up: bool) -> String {
        if up { format!("Requests to {node}") } else { format!("Requests to {node}: it is down") }
    }

    #[must_use]
    pub fn pause(node: &str) -> String {
        format!("Pause {node}")
    }

    #[must_use]
    pub fn pause_for(node: &str, duration: Time) -> String {
        format!("Pause {node} for {duration} ms")
    }

    #[must_use]
    pub fn recover(node: &str) -> String {
        format!("Recover {node}")
    }

    #[must_use]
    pub fn recover_at(node: &str, at: Time) -> String {
        format!("Recover {node} at {at} ms")
    }

    #[must_use]
    pub fn crash(node: &str) -> String {
        format!("Crash {node}")
    }

    #[must_use]
    pub fn crash_here(node: &str) -> String {
        format!("Crash {node} here")
    }

    #[must_use]
    pub fn uncrash(node: &str) -> String {
        format!("Remove crash of {node}")
    }

    /// The label before the numbers of sends after which the node can crash.
    #[must_use]
    pub fn crash_in_sends(sends: u32) -> String {
        format!("Crash after some of its {}; number sent:", count_of(sends as usize, "send"))
    }

    /// The label before the numbers of writes after which the node can crash.
    #[must_use]
    pub fn crash_in_writes(writes: u32) -> String {
        format!("Crash after some of its {}; number written:", count_of(writes as usize, "write"))
    }
}

pub mod network {
    pub const DELAY_LABEL: &str = "Delay";
    pub const DELAY_HELP: &str = "Delay of a message: uniformly distributed between the two bounds";
    pub const DELAY_MIN: &str = "Minimum delay in ms";
    pub const DELAY_MAX: &str = "Maximum delay in ms";
    pub const TIMING_HELP: &str = "Assumption of the protocol on delays";
    pub const BOUND_HELP: &str = "Delay bound that the protocol relies on; a message may exceed it";
    pub const ORDER_HELP: &str = "Order in which the messages of a link arrive";
    pub const FIFO: &str = "first in, first out";
    pub const LOSS_HELP: &str = "Probability that a message is lost";
    pub const DUPLICATES_HELP: &str = "Probability that a message is duplicated";
    pub const DETECTOR: &str = "crashes are";
    pub const DETECTOR_HELP: &str = "Failure detector that reports every crash to every node";
    pub const PERFECT: &str = "detected (fail-stop)";
    pub const NO_DETECTOR: &str = "undetectable";
    pub const LINKS_HELP: &str = "Topology: messages between nodes without a link are lost";
    pub const MEDIUM_HELP: &str = "A shared medium carries one transmission to all neighbours";
    pub const LINKS_OF_TWO: &str = "point-to-point links";
    pub const SHARED: &str = "shared medium";
    pub const UNTIL: &str = "horizon";
    pub const UNTIL_HELP: &str = "Time at which the run ends";
    pub const RESEED_HELP: &str = "Draws other delays and losses, from a new seed";
    pub const RESEED: &str = "Change seed";
    pub const FULL: &str = "complete";
    pub const RING: &str = "ring";
    pub const LINE: &str = "line";
    pub const TREE: &str = "binary tree";
    pub const CUSTOM: &str = "custom";
    pub const DELAY: &str = "delay";
    pub const TO: &str = "to";
    pub const TIMING: &str = "timing";
    pub const ASYNCHRONOUS: &str = "asynchronous";
    pub const SYNCHRONOUS: &str = "synchronous";
    pub const BOUND: &str = "bound";
    pub const ORDER: &str = "order";
    pub const ANY: &str = "any";
    pub const LOSS: &str = "loss";
    pub const DUPLICATES: &str = "duplicates";
    pub const LINKS: &str = "links";
    pub const MEDIUM: &str = "medium";
}

pub mod settings {
    pub const LABEL: &str = "Settings";
    pub const PROTOCOL: &str = "Protocol";
    pub const NODES: &str = "Nodes";
    pub const NETWORK: &str = "Network";
    pub const COUNT: &str = "number";
    pub const COUNT_HELP: &str = "Removes the last nodes, or adds new ones";
    pub const NAMES: &str = "Names";

    /// The label of the field for a node's name.
    #[must_use]
    pub fn name_of(number: usize) -> String {
        format!("Name of node {number}")
    }
}

pub mod topology {
    use crate::kernel::count_of;

    pub const LEAD: &str = "Topology: ";
    pub const TO: &str = " to ";

    /// The size of the network.
    #[must_use]
    pub fn kinds(hosts: usize, routers: usize, links: usize) -> String {
        let links = count_of(links, "link");
        if routers == 0 {
            return format!("{}, {links}", count_of(hosts, "node"));
        }
        let (hosts, routers) = (count_of(hosts, "host"), count_of(routers, "router"));
        format!("{hosts} (round), {routers} (square), {links}")
    }

    /// The number of links that are not listed.
    #[must_use]
    pub fn more(count: usize) -> String {
        format!(" and {count} more")
    }

    /// The list of links.
    #[must_use]
    pub fn links(listed: &str, more: &str) -> String {
        format!("Links: {listed}{more}")
    }
}

pub mod wrongs {
    pub const STRATEGY: &str = "Strategy of the traitor";
    pub const RATE_HELP: &str = "Rate of the clock: 0.5 to 2";
    pub const OFFSET_HELP: &str = "Clock value at the start of the run";
    pub const SET_CLOCK: &str = "Set clock";
    pub const SIDE: &str = "Kind of omission";
    pub const CUT_LINK: &str = "Cut link";
    pub const ONE_NODE: &str = "there is only one node";
    pub const CHANGE_STRATEGY: &str = "Change strategy";
    pub const RATE: &str = "rate";
    pub const OFFSET: &str = "offset";
    pub const RESET_CLOCK: &str = "Reset clock";
    pub const FROM: &str = "from";
    pub const UNTIL: &str = "until";
    pub const SENDS: &str = "sends";
    pub const RECEIPTS: &str = "receipts";

    #[must_use]
    pub fn make_traitor(node: &str) -> String {
        format!("Make {node} a traitor")
    }

    #[must_use]
    pub fn make_loyal(node: &str) -> String {
        format!("Make {node} loyal")
    }

    /// The heading above a traitor's strategy.
    #[must_use]
    pub fn traitor(node: &str) -> String {
        format!("{node} as a traitor, in the whole run")
    }

    #[must_use]
    pub fn set_clock_of(node: &str) -> String {
        format!("Set clock of {node}")
    }

    /// The heading above a node's clock.
    #[must_use]
    pub fn clock(node: &str) -> String {
        format!("Clock of {node}, in the whole run")
    }

    /// The button before the kind of omission and its times.
    #[must_use]
    pub fn omit(node: &str) -> String {
        format!("Make {node} omit")
    }

    /// One direction of a link.
    #[must_use]
    pub fn link(from: &str, to: &str) -> String {
        format!("from {from} to {to}")
    }

    /// The label of the choice among the directions of a node's links.
    #[must_use]
    pub fn direction(node: &str) -> String {
        format!("Direction of a link of {node}")
    }
}
