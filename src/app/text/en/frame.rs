//! The page around the diagram: its head, messages, links, and the frame of the workbench.

pub mod about {
    pub const LABEL: &str = "About the protocol";
    pub const ASSUMES: &str = "Assumptions";
    pub const BREAKS: &str = "It breaks when";
    pub const UNBREAKABLE: &str = "Cannot be broken";
    pub const COSTS: &str = "Cost without failures";
    pub const EXAMPLE: &str = "Open an example of it";

    /// The unit of a cost, after its formula.
    #[must_use]
    pub fn unit_of(expression: &str) -> &'static str {
        if expression == "1" { " message" } else { " messages" }
    }
}

pub mod banner {
    pub const GIVEN: &str = "Link as it was given";
    pub const AGAIN: &str = "Open again";
    pub const FILE: &str = "Text of the file";
    pub const SHOW_FILE: &str = "Show the file’s text";
    pub const OPEN_TEXT: &str = "Open this text";
    pub const FETCH_AGAIN: &str = "Fetch again";
    pub const FETCHING: &str = "Fetching…";
    pub const CLOSE: &str = "Close message";
    pub const NOT_ALLOWED: &str = "The page around does not allow this change.";
}

/// Changes by hand that are refused.
pub mod refusal {
    pub const CHANGE: &str = "This change";
    pub const REQUEST: &str = "This request";
    pub const CHANGES: &str = "Changes";
    pub const REQUESTS: &str = "Requests";
    pub const CAPTIONS: &str = "Captions";
    pub const UNTIL: &str = "End of the run";
    pub const SEED: &str = "Seed";

    /// A change or a request of the run, by its sentence.
    #[must_use]
    pub fn quoted(sentence: &str) -> String {
        format!("“{sentence}”")
    }

    /// A field of it.
    #[must_use]
    pub fn field(sentence: &str, field: &str) -> String {
        format!("“{sentence}”, {field}")
    }

    #[must_use]
    pub fn parameter(name: &str) -> String {
        format!("Parameter {name}")
    }

    #[must_use]
    pub fn network(name: &str) -> String {
        format!("Network, {name}")
    }

    #[must_use]
    pub fn found(place: &str, found: &str, expected: &str) -> String {
        format!("{place}: found {found}, expected {expected}")
    }

    #[must_use]
    pub fn expected(place: &str, expected: &str) -> String {
        format!("{place} is not possible; expected {expected}")
    }

    #[must_use]
    pub fn suggested(sentence: &str, name: &str) -> String {
        format!("{sentence}; did you mean {name}?")
    }
}

pub mod author {
    use crate::kernel::Time;

    pub const WRITE: &str = "Write title, captions and exercise";
    pub const LABEL: &str = "Title, captions and exercise";
    pub const TITLE: &str = "Title";
    pub const NEW: &str = "New caption";
    pub const NODE: &str = "Node";
    pub const DONE: &str = "Done";
    pub const HINT: &str = "Everyone who opens the link reads this. Undo takes back each change.";
    pub const EXERCISE: &str = "Exercise";
    pub const EXERCISE_HELP: &str = "What a student is to reach, beginning with this run";
    pub const NO_GOAL: &str = "no exercise";
    pub const VIOLATE: &str = "violate a property";
    pub const KEEP: &str = "keep a property under these faults";
    pub const TELL: &str = "make a node indicate";
    pub const PROPERTY: &str = "Property";
    pub const SAYS: &str = "Indication";
    pub const SAYS_HELP: &str = "What the node is to tell its application";
    pub const WITHIN: &str = "With at most: ";
    /// An indication that is offered where the run has none.
    pub const SAID: &str = "deliver m1";

    /// The label of the field for one more caption.
    #[must_use]
    pub fn new(now: Time) -> String {
        format!("New caption at {now} ms")
    }

    #[must_use]
    pub fn caption(number: usize) -> String {
        format!("Caption {number}")
    }

    #[must_use]
    pub fn time(number: usize) -> String {
        format!("Time of caption {number}, in ms")
    }

    #[must_use]
    pub fn remove(number: usize) -> String {
        format!("Remove caption {number}")
    }
}

pub mod caption {
    pub const CHANGED: &str = "You changed this run. ";
    pub const FOLLOWS: &str = "The diagram and the verdicts show the changed run.";
    pub const RESET_HELP: &str = "Restores the run as it was opened";
    pub const RESET: &str = "Start over";
    pub const OLD_WORDS_HELP: &str =
        "Your title and captions are kept. If they are no longer true, correct them with ✎.";
    pub const OLD_WORDS: &str = "written before the last change";
}

pub mod drafts {
    use crate::kernel::count_of;

    pub const LABEL: &str = "Your last work";
    pub const LEAD: &str = "Your last work: ";
    pub const OPEN: &str = "Open draft";
    pub const DELETE_HELP: &str = "Delete permanently";
    pub const DELETE: &str = "Delete draft";
    pub const LATER: &str = "Keep for later";

    /// The number of changes that a draft holds, after its title.
    #[must_use]
    pub fn changes(count: usize) -> String {
        format!(", {}", count_of(count, "change"))
    }
}

pub mod exercise {
    pub const LABEL: &str = "Exercise";
    pub const LEAD: &str = "Exercise: ";
    pub const REACHED: &str = "Goal reached. Give this code to your instructor:";
    pub const CODE: &str = "Result code";
    pub const COPIED: &str = "Code copied";
    pub const COPY: &str = "Copy code";
}

pub mod fetching {
    /// Name of a part of the program that is no protocol.
    pub const PART: &str = "This part of the page";
    pub const AGAIN: &str = "Try again";

    /// The message while a protocol is fetched.
    #[must_use]
    pub fn fetching(name: &str) -> String {
        format!("{name} is being fetched…")
    }

    /// The message if a protocol could not be fetched.
    #[must_use]
    pub fn failed(name: &str) -> String {
        format!("{name} could not be fetched. Check the connection and try again.")
    }
}

pub mod gallery {
    use crate::kernel::count_of;

    pub const TITLE: &str = "Protocols and examples";
    pub const SEARCH: &str = "Search: crash, agreement, exercise…";
    pub const FETCHING: &str = "The examples are being fetched…";
    pub const FAILED: &str =
        "The examples could not be fetched. Check the connection and try again.";
    pub const EXERCISE: &str = "Exercise";
    pub const KEEP: &str = "Keep my run";
    pub const KEEP_HELP: &str = "Runs your requests and faults under this protocol";

    /// The number of examples that were found.
    #[must_use]
    pub fn found(count: usize) -> String {
        match count {
            0 => "No example has all these words.".to_owned(),
            _ => format!("{}.", count_of(count, "example")),
        }
    }
}

pub mod guard {
    /// The first line of the report after a panic.
    #[must_use]
    pub fn report(version: &str, panic: &str) -> String {
        format!("Worldlines {version}: {panic}")
    }
}

pub mod header {
    pub const RESTART: &str = "Restart Worldlines";
    pub const NAME: &str = "Worldlines";
    pub const PICK: &str = "All protocols and examples";
    pub const RECORDED: &str = "Recorded run";
    pub const DARK: &str = "Use dark theme";
    pub const LIGHT: &str = "Use light theme";
    pub const MORE: &str = "More";
    pub const PRESENT: &str = "Present";
    pub const PRESENT_HELP: &str = "Shows the run alone and large (P)";
    pub const LEAVE: &str = "Leave presentation (P)";
}

pub mod importing {
    pub const LABEL: &str = "Recorded run";
    pub const READ_ONLY: &str = "This run was recorded elsewhere. It can be looked at, but not changed, searched or shared by a link: it cannot be run again.";
    pub const LEAVE: &str = "Leave recorded run";
    pub const LEAVE_HELP: &str = "Shows the run from before, as you left it";
    pub const KEPT: &str = "The run from before is kept.";
    pub const FORMAT: &str = "Format";
    pub const JUDGED_AS: &str = "Judge as";
    pub const JUDGED_AS_HELP: &str = "The abstraction whose properties are judged";
    pub const NOTHING: &str = "nothing";
    pub const BROADCAST: &str = "a broadcast";
    pub const CONSENSUS: &str = "consensus";
    pub const MUTUAL_EXCLUSION: &str = "a lock";
    pub const REGISTER: &str = "registers or a queue";
    pub const NO_MAPPING: &str =
        "No property is judged: the events are not requests and indications of an abstraction.";
    pub const OPEN: &str = "Open a file or a log";
    pub const FILE: &str = "File";
    pub const FORMATS: &str = "A log with vector clocks (ShiViz, GoVector), a trace of states (ITF, TLC), a history of operations (Jepsen, Maelstrom, Porcupine), or a trace, a scenario or a link of Worldlines. You can also drop a file anywhere on this page, or paste a text.";
    pub const TEXT: &str = "Text";
    pub const READ: &str = "Open text";
    pub const READING: &str = "Reading… the previous run is still shown.";
    pub const DROP: &str = "Drop the file to open it";
    pub const NOT_FETCHED: &str = "The part of this page that reads files could not be fetched. Check the connection and try again.";
    pub const FAILED: &str = "The text could not be read: the worker that reads long texts has stopped. Open the text again.";
    pub const NOT_READ: &str = "The browser could not read this file. If it is a folder, choose a file in it. If it was moved, choose it again.";
    pub const EXPRESSION: &str = "Regular expression of an entry";
    pub const EXPRESSION_HELP: &str = "If the text is a log with vector clocks, give a regular expression with the groups host, clock and event. The clock is JSON: {\"host\": 1}.";
    pub const BY_EXPRESSION: &str = "Read with this expression";
    pub const GIVEN: &str = "Text as it was given";
    pub const NO_SEARCH: &str = "This run was recorded elsewhere, so no search can run it again.";
    pub const NO_SOURCE: &str = "This run was recorded elsewhere. Its program is not known here.";
    pub const NO_SCENARIO: &str =
        "This run was recorded elsewhere. It has no scenario that could be changed.";
    pub const NO_LINK: &str =
        "This run was recorded elsewhere. No link can hold it: share the file itself.";
    pub const NO_STATES: &str = "The record has no states of the nodes.";
    pub const NO_EDIT: &str = "This run was recorded elsewhere and cannot be changed.";

    /// The problem with the text of a field at this line.
    #[must_use]
    pub fn at_line(line: usize, problem: &str) -> String {
        format!("line {line}: {problem}")
    }

    /// The refusal of a file that is too large.
    #[must_use]
    pub fn too_large(name: &str, bytes: f64, most: usize) -> String {
        format!("{name}: found {bytes} bytes, expected at most {most}.")
    }
}

pub mod more {
    /// The button for the other language, in that language.
    pub const LANGUAGE: &str = "Deutsch";
    pub const OWN: &str = "My runs and new run";
    pub const SAVE: &str = "Save scenario as a file";
    pub const ABOUT: &str = "About, documentation, source and licence";
    pub const GLOSSARY: &str = "Glossary";
    pub const EXAMPLES: &str = "All examples as pages";
    pub const PRIVACY: &str = "Privacy";
    pub const ACCESSIBILITY: &str = "Accessibility";
    pub const BROWSERS: &str = "Supported browsers";
}

pub mod saved {
    pub const TITLE: &str = "My runs";
    pub const NAME: &str = "Name of the run";
    pub const SAVE: &str = "Save this run";
    pub const NEW: &str = "New run";
    pub const NEW_HELP: &str =
        "Begins without requests and faults, with the protocol and the nodes of this run";
    pub const NONE: &str = "Saved runs stay in this browser.";
    pub const NO_ROOM: &str =
        "The browser has no room for it. Delete a saved run, or save the scenario as a file.";
    pub const TOO_LONG: &str = "The run is too long for a link. Save the scenario as a file.";
    pub const DRAFT: &str = " (draft of another tab)";
    pub const RESTORE: &str = "Undo";

    #[must_use]
    pub fn saved(name: &str) -> String {
        format!("Saved: {name}.")
    }

    #[must_use]
    pub fn deleted(name: &str) -> String {
        format!("Deleted: {name}.")
    }

    #[must_use]
    pub fn delete(name: &str) -> String {
        format!("Delete {name}")
    }
}

pub mod page {
    pub const RUN: &str = "Run";
    pub const WHAT: &str = "Real protocol code, running as simulated nodes.";

    /// The title of the browser's tab.
    #[must_use]
    pub fn tab(run: &str) -> String {
        format!("{run} · Worldlines")
    }
}

pub mod parts {
    pub const FETCHING: &str = "Fetching this part of the page…";
    pub const FAILED: &str = "This part of the page could not be fetched.";
}

pub mod sheet {
    pub const TITLE: &str = "Keyboard shortcuts";
    pub const CLOSE: &str = "Close";
    pub const CLOSE_HELP: &str = "Close (Esc)";
    pub const IN_DIAGRAM: &str = "In the diagram, when it has the focus (Tab)";
    pub const LETTERS: &str = "Use single letters and signs as shortcuts";
    pub const OR: &str = " or ";
}

pub mod ways {
    pub const VARIANTS: &str = "Same scenario under";
    pub const VARIANTS_JUDGED: &str = "Same scenario under, with the verdicts at the end";
    pub const NEXT: &str = "Next";
    pub const MORE: &str = "All examples";

    /// The place of a stop in the tour.
    #[must_use]
    pub fn stop(number: usize, all: usize) -> String {
        format!("Tour {number} of {all}.")
    }
}

pub mod work {
    pub const COMPUTING: &str = "Computing… the previous run is still shown.";
    pub const CANCEL_HELP: &str = "Keeps the previous run";
    pub const CANCEL: &str = "Cancel";
}

pub mod workbench {
    pub const LABEL: &str = "Workbench";
    pub const TABS: &str = "Views of the run";
    pub const CLOSE: &str = "Close workbench";
    pub const HELP: &str = "Verdicts, changes, settings and other views of this run";
}
