//! The keyboard shortcuts: one table for the page's behaviour and its help.

use crate::diagram::Clocks;

use super::{Action, Ask, Hand, Move, State, Stride, Toward, faster, text};

/// A key and its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// The browser's name of the key: `ArrowLeft`, ` `; letters are lower case.
    pub key: &'static str,
    /// True if Control or Command is held.
    pub command: bool,
    /// True if Shift is held; none if Shift makes no difference.
    pub shift: Option<bool>,
}

impl Chord {
    const fn plain(key: &'static str) -> Self {
        Self { key, command: false, shift: Some(false) }
    }

    const fn any(key: &'static str) -> Self {
        Self { key, command: false, shift: None }
    }

    const fn shift(key: &'static str) -> Self {
        Self { key, command: false, shift: Some(true) }
    }

    const fn command(key: &'static str, shift: Option<bool>) -> Self {
        Self { key, command: true, shift }
    }

    /// True if it is a character without a modifier: speech input may produce it by accident.
    #[must_use]
    pub fn is_letter(&self) -> bool {
        !self.command && self.key.chars().count() == 1 && self.key != " "
    }

    fn matches(&self, key: &str, command: bool, shift: bool) -> bool {
        let same = self.key == key || self.key.len() == 1 && self.key.eq_ignore_ascii_case(key);
        same && self.command == command && self.shift.is_none_or(|wanted| wanted == shift)
    }

    /// Returns the keys to press, in order, as printed on a keyboard.
    #[must_use]
    pub fn caps(&self) -> Vec<String> {
        let held = [(self.command, "Ctrl"), (self.shift == Some(true), "Shift")];
        let mut caps: Vec<_> =
            held.into_iter().filter(|(held, _)| *held).map(|(_, cap)| cap.to_owned()).collect();
        caps.push(match self.key {
            " " => "Space".to_owned(),
            "ArrowLeft" => "←".to_owned(),
            "ArrowRight" => "→".to_owned(),
            "ArrowUp" => "↑".to_owned(),
            "ArrowDown" => "↓".to_owned(),
            "Escape" => "Esc".to_owned(),
            "ContextMenu" => "Menu".to_owned(),
            key if key.len() == 1 => key.to_ascii_uppercase(),
            key => key.to_owned(),
        });
        caps
    }
}

/// A shortcut of the page.
#[derive(Clone, Copy)]
pub struct Shortcut {
    /// The keys that trigger it.
    pub chords: &'static [Chord],
    /// Its effect, in a few words.
    pub does: &'static str,
    /// Returns its action in this state.
    act: fn(&State) -> Action,
}

/// Shortcuts that belong together.
#[derive(Clone, Copy)]
pub struct Group {
    /// Subject of the group.
    pub name: &'static str,
    /// Its shortcuts.
    pub shortcuts: &'static [Shortcut],
}

/// All shortcuts that work wherever the focus is, except in text fields.
pub const SHORTCUTS: &[Group] = &[
    Group {
        name: text::keys::TIME,
        shortcuts: &[
            Shortcut {
                chords: &[Chord::any(" "), Chord::plain("k")],
                does: text::keys::PLAY,
                act: |_| Action::Toggle,
            },
            Shortcut {
                chords: &[Chord::plain("ArrowRight"), Chord::plain("l")],
                does: text::keys::FORWARD,
                act: |_| Action::Step(1),
            },
            Shortcut {
                chords: &[Chord::plain("ArrowLeft"), Chord::plain("j")],
                does: text::keys::BACK,
                act: |_| Action::Step(-1),
            },
            Shortcut {
                chords: &[Chord::shift("ArrowRight")],
                does: text::keys::NODE_FORWARD,
                act: |state| Action::Stride(Stride::Node(state.subject()), true),
            },
            Shortcut {
                chords: &[Chord::shift("ArrowLeft")],
                does: text::keys::NODE_BACK,
                act: |state| Action::Stride(Stride::Node(state.subject()), false),
            },
            Shortcut {
                chords: &[Chord::plain("d")],
                does: text::keys::DELIVERY_FORWARD,
                act: |_| Action::Stride(Stride::Delivery, true),
            },
            Shortcut {
                chords: &[Chord::shift("d")],
                does: text::keys::DELIVERY_BACK,
                act: |_| Action::Stride(Stride::Delivery, false),
            },
            Shortcut {
                chords: &[Chord::plain("v")],
                does: text::keys::VIOLATION_FORWARD,
                act: |_| Action::Stride(Stride::Violation, true),
            },
            Shortcut {
                chords: &[Chord::shift("v")],
                does: text::keys::VIOLATION_BACK,
                act: |_| Action::Stride(Stride::Violation, false),
            },
            Shortcut {
                chords: &[Chord::any("Home")],
                does: text::keys::START,
                act: |_| Action::Jump(0),
            },
            Shortcut {
                chords: &[Chord::any("End")],
                does: text::keys::END,
                act: |_| Action::Jump(usize::MAX),
            },
            Shortcut {
                chords: &[Chord::any(">")],
                does: text::keys::FASTER,
                act: |state| Action::Speed(faster(state.speed, 1)),
            },
            Shortcut {
                chords: &[Chord::any("<")],
                does: text::keys::SLOWER,
                act: |state| Action::Speed(faster(state.speed, -1)),
            },
            Shortcut {
                chords: &[Chord::plain("f")],
                does: text::keys::FUTURE,
                act: |_| Action::Study(Ask::Future),
            },
        ],
    },
    Group {
        name: text::keys::ORDER,
        shortcuts: &[
            Shortcut {
                chords: &[Chord::plain("o")],
                does: text::keys::CAUSALITY,
                act: |_| Action::Study(Ask::Causality),
            },
            Shortcut {
                chords: &[Chord::plain("t")],
                does: text::keys::CLOCKS,
                act: |state| {
                    Action::Study(Ask::Clocks(match state.study.clocks {
                        None => Some(Clocks::Lamport),
                        Some(Clocks::Lamport) => Some(Clocks::Vector),
                        Some(Clocks::Vector) => None,
                    }))
                },
            },
            Shortcut {
                chords: &[Chord::plain("x")],
                does: text::keys::CUT,
                act: |_| Action::Study(Ask::Cut(Move::Toggle)),
            },
        ],
    },
    Group {
        name: text::keys::CHANGES,
        shortcuts: &[
            Shortcut {
                chords: &[Chord::command("z", Some(false))],
                does: text::keys::UNDO,
                act: |_| Action::Undo,
            },
            Shortcut {
                chords: &[Chord::command("z", Some(true)), Chord::command("y", None)],
                does: text::keys::REDO,
                act: |_| Action::Redo,
            },
            Shortcut {
                chords: &[Chord::plain("c")],
                does: text::keys::CHANGED,
                act: |state| Action::Differ(state.changes.toggled()),
            },
        ],
    },
    Group {
        name: text::keys::PAGE,
        shortcuts: &[
            Shortcut {
                chords: &[Chord::plain("p")],
                does: text::keys::PRESENT,
                act: |state| Action::Present(!state.presenting),
            },
            Shortcut {
                chords: &[Chord::any("?")],
                does: text::keys::SHEET,
                act: |_| Action::Study(Ask::Sheet(true)),
            },
            Shortcut {
                chords: &[Chord::any("Escape")],
                does: text::keys::CLOSE,
                act: |_| Action::Hand(Hand::Escape),
            },
        ],
    },
];

/// Returns the action for a key: the browser's name of it, and whether Control (or Command) and Shift are held.
#[must_use]
pub fn shortcut(state: &State, key: &str, command: bool, shift: bool) -> Option<Action> {
    let all = SHORTCUTS.iter().flat_map(|group| group.shortcuts);
    let hits = |chord: &&Chord| chord.matches(key, command, shift);
    for shortcut in all {
        if let Some(chord) = shortcut.chords.iter().find(hits) {
            let asleep = chord.is_letter() && !state.study.letters;
            return (!asleep).then(|| (shortcut.act)(state));
        }
    }
    None
}

/// A shortcut that works while the diagram has the focus.
#[derive(Clone, Copy)]
pub struct InDiagram {
    /// The keys that trigger it, where time runs to the right.
    pub chords: &'static [Chord],
    /// Its effect, in a few words.
    pub does: &'static str,
    act: fn() -> Hand,
}

/// All shortcuts that work while the diagram has the focus. The page's own shortcuts handle the other keys.
pub const IN_DIAGRAM: &[InDiagram] = &[
    InDiagram {
        chords: &[Chord::any("ArrowLeft")],
        does: text::keys::EARLIER,
        act: || Hand::Walk(Toward::Earlier),
    },
    InDiagram {
        chords: &[Chord::any("ArrowRight")],
        does: text::keys::LATER,
        act: || Hand::Walk(Toward::Later),
    },
    InDiagram {
        chords: &[Chord::any("ArrowUp")],
        does: text::keys::ABOVE,
        act: || Hand::Walk(Toward::Above),
    },
    InDiagram {
        chords: &[Chord::any("ArrowDown")],
        does: text::keys::BELOW,
        act: || Hand::Walk(Toward::Below),
    },
    InDiagram { chords: &[Chord::any("m")], does: text::keys::FOLLOW, act: || Hand::Follow },
    InDiagram { chords: &[Chord::any("Enter")], does: text::keys::ENTER, act: || Hand::Enter },
    InDiagram {
        chords: &[Chord::any("ContextMenu"), Chord::shift("F10")],
        does: text::keys::MENU,
        act: || Hand::Menu(true),
    },
];

/// Returns the action for a key while the diagram has the focus. Where time runs down, the arrows are turned too.
#[must_use]
pub fn in_diagram(key: &str, shift: bool, across: bool) -> Option<Hand> {
    let key = match key {
        _ if across => key,
        "ArrowUp" => "ArrowLeft",
        "ArrowDown" => "ArrowRight",
        "ArrowLeft" => "ArrowUp",
        "ArrowRight" => "ArrowDown",
        key => key,
    };
    let hits = |it: &&InDiagram| it.chords.iter().any(|chord| chord.matches(key, false, shift));
    IN_DIAGRAM.iter().find(hits).map(|it| (it.act)())
}
