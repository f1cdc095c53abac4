//! Functions of a file, their arms and their calls.

use syn::{
    Arm, Block, Expr, ExprCall, ExprLet, ExprMethodCall, File, ImplItem, Item, Local, Pat, Path,
    spanned::Spanned,
    visit::{self, Visit},
};

use crate::Function;

/// Names of functions in an implementation of `Lock`, with the handlers at which they run.
const LOCK: [(&str, &str); 2] = [("request", "on_request"), ("release", "Leave")];

/// Functions with a body in `start..end`, in the order of the file.
pub(crate) fn functions(file: &File, start: usize, end: usize) -> Vec<Function> {
    let mut functions = Vec::new();
    let mut add = |name: String, of: Option<&Path>, whole: [usize; 2], block: &Block| {
        if whole[0] >= start && whole[1] <= end {
            functions.push(function(name, of, whole, block, start));
        }
    };
    for item in &file.items {
        match item {
            Item::Fn(it) => add(it.sig.ident.to_string(), None, lines(it), &it.block),
            Item::Impl(implementation) => {
                let of = implementation.trait_.as_ref().map(|(path, _)| path);
                for item in &implementation.items {
                    if let ImplItem::Fn(it) = item {
                        add(it.sig.ident.to_string(), of, lines(it), &it.block);
                    }
                }
            }
            _ => {}
        }
    }
    functions
}

fn function(
    name: String,
    of: Option<&Path>,
    whole: [usize; 2],
    block: &Block,
    start: usize,
) -> Function {
    let of = of.and_then(|path| path.segments.last()).map(|it| it.ident.to_string());
    let handler = handler(of.as_deref(), &name);
    let mut body = Body::default();
    body.visit_block(block);
    let shift = |[from, to]: [usize; 2]| [from - start, to - start];
    Function {
        name,
        handler,
        lines: shift(whole),
        arms: body.arms.into_iter().map(|(variant, lines)| (variant, shift(lines))).collect(),
        calls: body.calls.into_iter().map(|(name, line)| (name, line - start)).collect(),
    }
}

/// The handler that a function of a trait's implementation is.
fn handler(of: Option<&str>, name: &str) -> Option<&'static str> {
    const HANDLERS: [&str; 6] =
        ["on_init", "on_request", "on_message", "on_timer", "on_detection", "on_recovery"];
    let lock =
        LOCK.iter().find(|(it, _)| of == Some("Lock") && *it == name).map(|(_, handler)| *handler);
    let own = HANDLERS.into_iter().find(|it| matches!(of, Some("Process" | "Lock")) && *it == name);
    lock.or(own)
}

/// Lines of an item with its comments, from 0, the end excluded.
fn lines(of: &impl Spanned) -> [usize; 2] {
    let span = of.span();
    [span.start().line - 1, span.end().line]
}

#[derive(Default)]
struct Body {
    arms: Vec<(String, [usize; 2])>,
    calls: Vec<(String, usize)>,
}

impl Body {
    fn meet(&mut self, pattern: &Pat, lines: [usize; 2]) {
        let mut variants = Variants::default();
        variants.visit_pat(pattern);
        for variant in variants.0 {
            if self.arms.iter().all(|(known, _)| *known != variant) {
                self.arms.push((variant, lines));
            }
        }
    }

    fn call(&mut self, name: String, line: usize) {
        if self.calls.iter().all(|(known, _)| *known != name) {
            self.calls.push((name, line));
        }
    }
}

impl<'ast> Visit<'ast> for Body {
    fn visit_arm(&mut self, arm: &'ast Arm) {
        self.meet(&arm.pat, lines(arm));
        visit::visit_arm(self, arm);
    }

    fn visit_local(&mut self, local: &'ast Local) {
        self.meet(&local.pat, lines(local));
        visit::visit_local(self, local);
    }

    fn visit_expr_let(&mut self, condition: &'ast ExprLet) {
        self.meet(&condition.pat, lines(condition));
        visit::visit_expr_let(self, condition);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self")) {
            self.call(call.method.to_string(), lines(&call.method)[0]);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(path) = &*call.func
            && let Some(name) = path.path.segments.last()
        {
            self.call(name.ident.to_string(), lines(&name.ident)[0]);
        }
        visit::visit_expr_call(self, call);
    }
}

/// Names of the variants that a pattern matches: last segments of `Type::Variant`.
#[derive(Default)]
struct Variants(Vec<String>);

impl<'ast> Visit<'ast> for Variants {
    fn visit_path(&mut self, path: &'ast Path) {
        if path.segments.len() > 1
            && let Some(last) = path.segments.last()
        {
            self.0.push(last.ident.to_string());
        }
        visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
use a::b;

impl Process for Thing {
    /// A message.
    fn on_message(&mut self, message: Message) {
        match message {
            Message::Ask => ctx.send(Message::Answer { yes: true }),
            Message::Answer { yes } if yes => {
                self.count();
            }
            Message::AnswerAll
            | Message::Never => twice(self),
        }
    }
}

impl Lock for Thing {
    fn release(&mut self) {
        let Some(Message::Late) = self.get() else { return };
    }
}

fn twice() {}
";

    #[test]
    fn functions_have_their_lines_arms_and_calls() {
        let functions =
            functions(&syn::parse_file(FILE).expect("it is Rust"), 2, FILE.lines().count());
        let names: Vec<_> = functions.iter().map(|it| (it.name.as_str(), it.handler)).collect();
        let expected =
            [("on_message", Some("on_message")), ("release", Some("Leave")), ("twice", None)];
        assert_eq!(names, expected);
        assert_eq!(functions[0].lines, [1, 12]);
        let arms =
            [("Ask", [4, 5]), ("Answer", [5, 8]), ("AnswerAll", [8, 10]), ("Never", [8, 10])];
        assert_eq!(functions[0].arms, arms.map(|(name, lines)| (name.to_owned(), lines)));
        let calls = [("count", 6), ("twice", 9)].map(|(name, line)| (name.to_owned(), line));
        assert_eq!(functions[0].calls, calls);
        assert_eq!(functions[1].arms, [("Late".to_owned(), [16, 17])]);
    }
}
