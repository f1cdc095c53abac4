//! A run as a LaTeX document that draws it with TikZ, by the package `messagepassing` (Martin Vassor, on CTAN).
//!
//! The package draws processes, messages, crashes and restarts. The document defines what it lacks: names beside the
//! lines, lost messages, an axis with the virtual time.

mod escape;
mod labels;
mod scale;

use escape::{comment, escaped};
use labels::{Label, labels, shortened};
use scale::Scale;

use super::{MOST_DRAWN, origin::origin};
use crate::{
    kernel::{EventKind, Fate, Fault, Loss, Message, MessageId, NodeId, Time, spell},
    runs::Outcome,
};

/// Everything before the picture: the package, and what it lacks.
const PREAMBLE: &str = r"\documentclass{article}
\usepackage{messagepassing}
% A process: its coordinate, its name.
\newcommand{\namedprocess}[2]{%
  \addtocounter{processnb}{1}%
  \coordinate (#1) at (0, -\value{processnb});
  \draw (#1) node[anchor=east] {#2};
}
% A lost message: sender, date, receiver, date, text, the part of the way that is drawn.
\newcommand{\lose}[6]{%
  \draw[dashed] ($(#1) + (#2, 0)$) -- ($ ($(#1) + (#2, 0)$)!#6!($(#3) + (#4, 0)$) $)
    node[anchor=west, pos=0.3] {#5} node[pos=1] {$\times$};
}
% A message in transit when the run ends, likewise.
\newcommand{\intransit}[6]{%
  \draw[densely dotted] ($(#1) + (#2, 0)$) -- ($ ($(#1) + (#2, 0)$)!#6!($(#3) + (#4, 0)$) $)
    node[anchor=west, pos=0.3] {#5};
}
% A mark of the time axis: date, text.
\newcommand{\timemark}[2]{%
  \draw ($(timeaxis) + (#1, 0.05)$) -- ($(timeaxis) + (#1, -0.05)$) node[anchor=north] {#2};
}
% A character that pdfLaTeX does not know: itself in XeLaTeX and LuaLaTeX, else its code.
\newcommand{\othercharacter}[2]{\ifdefined\Umathchar #2\else\texttt{U+#1}\fi}
\newsavebox{\run}
\begin{document}
\begin{lrbox}{\run}%
";

/// Everything after the picture: a page that fits it.
const END: &str = r"\end{lrbox}
% The page is as large as the picture.
\ifdefined\pagewidth\else\let\pagewidth\pdfpagewidth\let\pageheight\pdfpageheight\fi
\pagewidth=\dimexpr\wd\run+8mm\relax
\pageheight=\dimexpr\ht\run+\dp\run+8mm\relax
\hoffset=-1in
\voffset=-1in
\shipout\vbox{\kern4mm\hbox{\kern4mm\usebox{\run}}}
\end{document}
";

/// Returns a run as a LaTeX document that stands alone; the `messagepassing` environment in it can be copied into another
/// one, with the commands above it. Timers, notes and writes to stable storage are left out, as in the diagram of Mermaid.
///
/// # Errors
/// The number of events, if there are more than [`MOST_DRAWN`].
pub fn tikz(run: &Outcome) -> Result<String, usize> {
    if run.trace.events.len() > MOST_DRAWN {
        return Err(run.trace.events.len());
    }
    let labels = labels(run);
    let texts: Vec<String> = (0..run.trace.messages.len()).map(|id| text(run, id)).collect();
    let drawing = Drawing { run, scale: Scale::of(run, &labels, &texts) };
    let mut lines = vec![head(run)];
    lines[0] += &drawing.begin(&labels);
    for node in (0..run.scenario.nodes.len()).map(NodeId::new) {
        lines.push(format!("\\namedprocess{{{}}}{{{}}}", place(node), escaped(&name(run, node))));
    }
    lines.extend(drawing.partitions());
    for node in (0..run.scenario.nodes.len()).map(NodeId::new) {
        lines.extend(drawing.line(node));
    }
    let messages = run.trace.messages.iter().zip(&texts);
    lines.extend(messages.flat_map(|(message, text)| drawing.message(message, text)));
    lines.extend(labels.iter().enumerate().map(|(id, label)| drawing.label(id, label)));
    lines.extend(drawing.axis());
    lines.push("\\end{messagepassing}%".to_owned());
    Ok(lines.join("\n") + "\n" + END)
}

/// Text of a message in the picture; empty for further messages of a multicast.
fn text(run: &Outcome, id: MessageId) -> String {
    let text = |id: MessageId| run.trace.messages[id].packet.to_string();
    let sent = |id: MessageId| &run.trace.events[run.trace.messages[id].sent];
    let is_further = id.checked_sub(1).is_some_and(|before| {
        let (one, other) = (sent(before), sent(id));
        (one.node, one.time) == (other.node, other.time) && text(before) == text(id)
    });
    if is_further { String::new() } else { shortened(&spell(&text(id), &run.scenario.nodes)) }
}

/// Title, origin and licence, as comments, and the preamble.
fn head(run: &Outcome) -> String {
    let mut lines = Vec::new();
    if !run.scenario.title.is_empty() {
        lines.push(comment(&run.scenario.title));
    }
    lines.extend(origin(run).iter().map(|line| comment(line)));
    lines.join("\n") + "\n" + PREAMBLE
}

/// A run and the scale of its picture.
struct Drawing<'a> {
    run: &'a Outcome,
    scale: Scale,
}

impl Drawing<'_> {
    fn begin(&self, labels: &[Label]) -> String {
        let most = labels.iter().map(|label| label.lines.len()).max().unwrap_or_default();
        // Room between two lines for the labels of the lower one.
        let gap = (12 + 4 * most).clamp(20, 120);
        format!(
            "% One unit of the axis is {} ms.\n\\begin{{messagepassing}}[font=\\footnotesize, x={}mm, y={}.{}cm]",
            self.scale.unit,
            self.scale.millimetres,
            gap / 10,
            gap % 10
        )
    }

    fn at(&self, time: Time) -> String {
        self.scale.date(time)
    }

    /// The line of a node: up to its first crash, and from each recovery on.
    fn line(&self, node: NodeId) -> Vec<String> {
        let events = self.run.trace.events.iter().filter(|event| event.node == node);
        let mut lines = Vec::new();
        let mut up = Some(0);
        let place = place(node);
        let draw = |from: Time, to: Time| match from {
            0 => format!("\\processlength{{{place}}}{{{}}}", self.at(to)),
            _ => format!(
                "\\restart{{{place}}}{{{}}}{{{}}}",
                self.at(from),
                self.at(to.saturating_sub(from))
            ),
        };
        for event in events {
            match event.kind {
                EventKind::Crash => {
                    lines.extend(up.take().map(|from| draw(from, event.time)));
                    let at = self.at(event.time);
                    lines.push(format!("\\crash{{{place}}}{{{at}}}{{crash{}}}", lines.len()));
                }
                EventKind::Recover => up = Some(event.time),
                _ => {}
            }
        }
        lines.extend(up.map(|from| draw(from, self.scale.end)));
        lines
    }

    /// An arrow for each copy of a message.
    fn message(&self, message: &Message, text: &str) -> Vec<String> {
        let (from, to) = (place(message.name.from), place(message.name.to));
        let sent = self.run.trace.events[message.sent].time;
        let text = if text.is_empty() { String::new() } else { escaped(text) };
        let start = self.at(sent);
        let arrow = |(copy, fate): (usize, Fate)| {
            let text = if copy == 0 { text.as_str() } else { "" };
            match fate {
                Fate::Received(event) => {
                    let end = self.at(self.run.trace.events[event].time);
                    let send = if text.is_empty() { "send" } else { "sendwithname" };
                    let name = if text.is_empty() { String::new() } else { format!("{{{text}}}") };
                    let send = format!("\\{send}{{{from}}}{{{start}}}{{{to}}}{{{end}}}{name}");
                    match copy {
                        0 => send,
                        // A duplicate.
                        _ => format!("\\begin{{scope}}[dashed]{send}\\end{{scope}}"),
                    }
                }
                Fate::Lost(event, loss) => {
                    let end = self.at(self.run.trace.events[event].time);
                    let is_at_once = self.run.trace.events[event].time == sent;
                    let part = match loss {
                        Loss::Crashed => "1",
                        _ if is_at_once => "0.3",
                        _ => "0.7",
                    };
                    format!("\\lose{{{from}}}{{{start}}}{{{to}}}{{{end}}}{{{text}}}{{{part}}}")
                }
                Fate::InTransit { due } => {
                    let part = self.scale.part(sent, due);
                    let end = self.at(due.min(self.scale.farthest()));
                    format!("\\intransit{{{from}}}{{{start}}}{{{to}}}{{{end}}}{{{text}}}{{{part}}}")
                }
            }
        };
        message.fates().enumerate().map(arrow).collect()
    }

    fn label(&self, id: usize, label: &Label) -> String {
        let lines: Vec<String> = label.lines.iter().map(|line| escaped(line)).collect();
        let text = match lines.as_slice() {
            [one] => one.clone(),
            several => format!("\\shortstack{{{}}}", several.join("\\\\")),
        };
        let (place, at) = (place(label.node), self.at(label.time));
        format!("\\annotatexplicit{{{place}}}{{{at}}}{{{text}}}{{label{id}}}")
    }

    /// Partitions of the network, as boxes behind the lines.
    fn partitions(&self) -> Vec<String> {
        let last = place(NodeId::new(self.run.scenario.nodes.len() - 1));
        let faults = self.run.scenario.faults.iter().enumerate();
        let partitions = faults.filter_map(|(place, fault)| match fault {
            Fault::Partition { at, until, .. } if *at < self.scale.end => {
                let is_used = !self.run.trace.unused_faults.contains(&place);
                is_used.then_some((*at, (*until).min(self.scale.end)))
            }
            _ => None,
        });
        let boxes = partitions.map(|(at, until)| {
            let [at, until] = [at, until].map(|time| self.at(time));
            format!("\\colouredboxcolor{{gray}}\\colouredbox{{p1}}{{{last}}}{{{at}}}{{{until}}}{{partition}}")
        });
        boxes.collect()
    }

    /// The axis of the virtual time.
    fn axis(&self) -> Vec<String> {
        let end = self.at(self.scale.end);
        let nodes = self.run.scenario.nodes.len();
        let mut lines = vec![
            format!("\\coordinate (timeaxis) at (0, -{nodes}.8);"),
            format!("\\draw[->] (timeaxis) -- +({end}, 0) node[anchor=west] {{ms}};"),
        ];
        let marks = (0..).map(|mark| mark * self.scale.unit);
        let marks = marks.take_while(|time| *time <= self.scale.end);
        lines.extend(marks.map(|time| format!("\\timemark{{{}}}{{{time}}}", self.at(time))));
        lines
    }
}

/// Coordinate of a node's line.
fn place(node: NodeId) -> String {
    format!("p{}", node.index() + 1)
}

fn name(run: &Outcome, node: NodeId) -> String {
    run.scenario.name(node)
}
