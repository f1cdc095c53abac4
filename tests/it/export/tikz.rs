//! The LaTeX document, read by LaTeX itself where it is installed.

use std::{env, fs, path::PathBuf, process::Command};

use worldlines::{
    export::{MOST_DRAWN, tikz},
    formats::scenario,
    kernel::{EventKind, Fate},
    runs::Outcome,
};

use super::{hostile, runs};

/// The variable by which `cargo xtask test latex` says that LaTeX has to be there, and to compile every run.
const REQUIRED: &str = "WORLDLINES_LATEX";

/// A document of runs, a page for each.
fn pages(documents: &[String]) -> String {
    let begin = "\\begin{lrbox}{\\run}%\n";
    let end = "\\end{document}";
    let (head, _) = documents[0].split_once(begin).expect("it has a picture");
    let mut all = head.to_owned();
    for document in documents {
        let (_, picture) = document.split_once(begin).expect("it has a picture");
        let (picture, _) = picture.split_once(end).expect("it ends");
        all += begin;
        all += picture;
    }
    all + end
}

/// True if LaTeX and the package are installed.
fn is_installed() -> bool {
    let answers = |program: &str, argument: &str| {
        Command::new(program).arg(argument).output().is_ok_and(|it| it.status.success())
    };
    answers("pdflatex", "--version") && answers("kpsewhich", "messagepassing.sty")
}

/// Compiles a document in a folder of its own; returns LaTeX's log.
fn compiled(name: &str, document: &str) -> Option<String> {
    if !is_installed() {
        assert!(env::var_os(REQUIRED).is_none(), "LaTeX or its package messagepassing is missing");
        eprintln!("skipped: pdflatex or its package messagepassing is not installed");
        return None;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::write(folder.join("run.tex"), document).expect("it can be written");
    let done = Command::new("pdflatex")
        .args(["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "run.tex"])
        .current_dir(&folder)
        .output()
        .expect("LaTeX starts");
    let log = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{log}");
    assert!(!log.contains("Missing character"), "{log}");
    Some(log)
}

#[test]
fn document_of_bundled_runs_is_compiled_by_a_real_latex() {
    let step = if env::var_os(REQUIRED).is_some() { 1 } else { 10 };
    let drawn = runs().step_by(step).filter_map(|(_, run)| tikz(&run).ok());
    let drawn: Vec<String> = drawn.collect();
    assert!(drawn.len() > 90 / step, "{} runs are drawn", drawn.len());
    if let Some(log) = compiled("tikz-all", &pages(&drawn)) {
        assert!(log.contains(&format!("({} pages", drawn.len())), "{log}");
    }
}

#[test]
fn document_stands_alone_and_shows_hostile_texts_as_they_are() {
    let text = r##"{ "version": 1, "protocol": "best-effort-broadcast",
        "title": "\\end{document} %", "nodes": ["\\input{/etc/passwd}", "50% & $x_1^2$ {}", "Çaré 中 v₂¹", "a--b `'\"<|~"],
        "requests": [{ "at": 0, "node": "Çaré 中 v₂¹", "do": "broadcast", "with": "\\\\ #1 ?` ∑ ⊥ \u202e\n\\end{lrbox}" },
                     { "at": 40, "node": "a--b `'\"<|~", "do": "broadcast", "with": "" }] }"##;
    let text = text.replace("\\\\ #1", "\\\\\\\\ #1");
    let run = Outcome::of(scenario::read(&text).expect("it is a scenario")).expect("it runs");
    for (name, run) in [("tikz-hostile", run), ("tikz-hostile-2", hostile())] {
        let document = tikz(&run).expect("it is short");
        assert!(!document.contains("\\input{") && !document.contains('\u{202e}'), "{document}");
        assert_eq!(document.matches("\n\\end{document}").count(), 1);
        compiled(name, &document);
    }
}

#[test]
fn document_has_an_arrow_for_each_copy_and_a_mark_for_each_crash() {
    for (path, run) in runs() {
        let trace = &run.trace;
        if trace.events.len() > MOST_DRAWN {
            assert_eq!(tikz(&run), Err(trace.events.len()), "{path}");
            continue;
        }
        let document = tikz(&run).expect("it is short");
        let (_, picture) = document.split_once("\\begin{messagepassing}").expect("a picture");
        let count = |command: &str| picture.matches(command).count();
        let fates = || trace.messages.iter().flat_map(|message| message.fates());
        let of = |is: fn(&Fate) -> bool| fates().filter(is).count();
        // After a line break, a text may begin with this word as well.
        let arrows = count("\\send{") + count("\\sendwithname{");
        assert_eq!(arrows, of(|it| matches!(it, Fate::Received(_))), "{path}");
        assert_eq!(count("\\lose{"), of(|it| matches!(it, Fate::Lost(..))), "{path}");
        assert_eq!(count("\\intransit{"), of(|it| matches!(it, Fate::InTransit { .. })), "{path}");
        let crashes = trace.events.iter().filter(|it| it.kind == EventKind::Crash).count();
        assert_eq!(count("\\crash{"), crashes, "{path}");
        let kinds = trace.events.iter().map(|event| &event.kind);
        let told = kinds.filter(|kind| {
            matches!(
                kind,
                EventKind::Request { .. }
                    | EventKind::Indicate { .. }
                    | EventKind::Detect(_)
                    | EventKind::Traitor(_)
                    | EventKind::Pause
                    | EventKind::Resume
            )
        });
        let breaks = picture.lines().filter(|line| line.contains("\\shortstack{"));
        let lines = breaks.map(|line| line.matches("\\\\").count()).sum::<usize>();
        assert_eq!(count("\\annotatexplicit{") + lines, told.count(), "{path}");
        let open = document.replace("\\{", "").replace("\\}", "");
        assert_eq!(open.matches('{').count(), open.matches('}').count(), "{path}");
    }
}

#[test]
fn document_says_when_messages_are_sent_and_received() {
    let text = r#"{ "version": 1, "protocol": "best-effort-broadcast", "nodes": ["Alice", "Bob"],
        "network": { "delay": [21, 21] },
        "requests": [{ "at": 10, "node": "Alice", "do": "broadcast", "with": "m_1" }] }"#;
    let run = Outcome::of(scenario::read(text).expect("it is a scenario")).expect("it runs");
    let document = tikz(&run).expect("it is short");
    for line in [
        "% One unit of the axis is 5 ms.",
        "\\sendwithname{p1}{2}{p2}{6.2}{m\\_1}",
        "\\annotatexplicit{p2}{6.2}{delivers m\\_1}{label1}",
        "\\timemark{2}{10}",
    ] {
        assert!(document.lines().any(|it| it == line), "{line} in\n{document}");
    }
}
