//! Legend of the diagram, in words.

use super::text;
use crate::{
    diagram::{MarkShape, Oddity, Sign},
    runs::Outcome,
};

/// Meaning of a sign, in words.
#[must_use]
pub fn meaning(run: &Outcome, sign: Sign) -> String {
    let words = match sign {
        Sign::Mark(shape) => of_mark(shape),
        Sign::Stable => text::legend::STABLE,
        Sign::HeldBack => text::legend::HELD_BACK,
        Sign::Section => text::legend::SECTION,
        Sign::Clash => text::legend::CLASH,
        Sign::Band(metric) => {
            return text::legend::band(run.protocol.metrics[metric].name);
        }
        Sign::Curve(node) => return run.scenario.name(node),
        Sign::Cut => text::legend::CUT,
        Sign::RecoveryLine => text::legend::RECOVERY_LINE,
        Sign::Undone => text::legend::UNDONE,
        Sign::Lost => text::legend::LOST,
        Sign::Odd(Oddity::Forged) => text::legend::FORGED,
        Sign::Odd(Oddity::Corrupt) => text::legend::CORRUPT,
        Sign::Odd(Oddity::Duplicate) => text::legend::DUPLICATE,
        Sign::Odd(Oddity::Late) => text::legend::LATE,
        Sign::Wall => text::legend::WALL,
        Sign::Down => text::legend::DOWN,
        Sign::Router => text::legend::ROUTER,
        Sign::Traitor => text::legend::TRAITOR,
        Sign::Deadlock => text::legend::DEADLOCK,
        Sign::Sheaf => text::legend::SHEAF,
    };
    words.to_owned()
}

/// Meaning of a shape, in words.
const fn of_mark(shape: MarkShape) -> &'static str {
    match shape {
        MarkShape::Request => text::marks::REQUEST,
        MarkShape::Receipt => text::marks::RECEIPT,
        MarkShape::Delivery => text::marks::DELIVERY,
        MarkShape::Answer => text::marks::ANSWER,
        MarkShape::Refusal => text::marks::REFUSAL,
        MarkShape::View => text::marks::VIEW,
        MarkShape::Enter => text::marks::ENTER,
        MarkShape::Exit => text::marks::EXIT,
        MarkShape::Decision => text::marks::DECISION,
        MarkShape::Leader => text::marks::LEADER,
        MarkShape::Commit => text::marks::COMMIT,
        MarkShape::Abort => text::marks::ABORT,
        MarkShape::Suspicion => text::marks::SUSPICION,
        MarkShape::Restoration => text::marks::RESTORATION,
        MarkShape::Reading => text::marks::READING,
        MarkShape::Record => text::marks::RECORD,
        MarkShape::Snapshot => text::marks::SNAPSHOT,
        MarkShape::Checkpoint => text::marks::CHECKPOINT,
        MarkShape::Rollback => text::marks::ROLLBACK,
        MarkShape::Flag => text::marks::FLAG,
        MarkShape::Timer => text::marks::TIMER,
        MarkShape::Crash => text::marks::CRASH,
        MarkShape::Recovery => text::marks::RECOVERY,
        MarkShape::Pause => text::marks::PAUSE,
        MarkShape::Traitor => text::marks::TRAITOR,
        MarkShape::Storage => text::marks::STORAGE,
        MarkShape::Note => text::marks::NOTE,
    }
}
