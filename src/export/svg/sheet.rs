//! Style sheet of a picture: the page's own rules for the parts that occur, without variables, so that every program that
//! reads SVG understands them.

use super::theme::Theme;

/// Rules of the page for its diagram: tokens, then rules (`build.rs`).
const OF_THE_PAGE: &str = include_str!(concat!(env!("OUT_DIR"), "/picture.css"));
/// Rules for what an exported picture has beside the diagram.
const OWN: &str = include_str!("picture.css");

/// Properties that a picture keeps. The others are for pointers and pages.
const PROPERTIES: [&str; 16] = [
    "fill",
    "fill-opacity",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "letter-spacing",
    "opacity",
    "paint-order",
    "stroke",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
];
/// Elements that a picture has.
const ELEMENTS: [&str; 5] = ["circle", "path", "rect", "svg", "text"];
/// The token that a class gives its elements, in turn: bands and curves.
const TINT: &str = "--tint";

/// One rule with one selector.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule<'a> {
    selector: &'a str,
    declarations: Vec<(&'a str, &'a str)>,
}

/// Returns the rules of a style sheet, one for each selector. Rules in blocks such as `@media` are left out.
fn rules(sheet: &str) -> Vec<Rule<'_>> {
    let mut rules = Vec::new();
    let mut rest = sheet;
    while let Some((head, body)) = rest.split_once('{') {
        if head.trim_start().starts_with('@') {
            rest = after_block(body);
            continue;
        }
        let Some((body, after)) = body.split_once('}') else { break };
        let declarations: Vec<_> = body
            .split(';')
            .filter_map(|declaration| declaration.split_once(':'))
            .map(|(name, value)| (name.trim(), value.trim()))
            .collect();
        for selector in head.split(',') {
            rules.push(Rule { selector: selector.trim(), declarations: declarations.clone() });
        }
        rest = after;
    }
    rules
}

/// Returns the text after a block, given the text after its opening brace.
fn after_block(text: &str) -> &str {
    let mut depth = 1;
    for (place, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[place + 1..];
        }
    }
    ""
}

/// Colours and other tokens of a theme.
struct Tokens<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Tokens<'a> {
    fn of(rules: &[Rule<'a>], dark: bool) -> Self {
        let of = |selector: &'static str| {
            let its = rules.iter().filter(move |rule| rule.selector == selector);
            its.flat_map(|rule| rule.declarations.clone())
                .filter(|(name, _)| name.starts_with("--"))
                .collect::<Vec<_>>()
        };
        let mut tokens = if dark { of(":root[data-theme=\"dark\"]") } else { Vec::new() };
        // The first one found counts.
        tokens.extend(of(":root"));
        Self(tokens)
    }

    /// Returns a value with tokens in place of their names; none if there is no such token.
    fn resolve(&self, value: &str) -> Option<String> {
        let mut resolved = String::new();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once("var(") {
            let (name, after) = after.split_once(')')?;
            let (_, token) = self.0.iter().find(|(token, _)| *token == name)?;
            resolved = resolved + before + token;
            rest = after;
        }
        Some(resolved + rest)
    }
}

/// True if all that a selector names occurs in the picture.
fn applies(selector: &str, classes: &[&str]) -> bool {
    if selector.contains([':', '#', '[', '>', '+', '~', '*']) {
        return false;
    }
    let named = |part: &str| {
        let mut names = part.split('.');
        let element = names.next().unwrap_or_default();
        (element.is_empty() || ELEMENTS.contains(&element)) && names.all(|it| classes.contains(&it))
    };
    selector.split(' ').all(named)
}

/// Returns the declarations that a picture keeps, a font's shorthand as its size and family.
fn kept<'a>(rule: &Rule<'a>) -> Vec<(&'a str, &'a str)> {
    let font = |&(name, value): &(&'a str, &'a str)| match value.split_once(' ') {
        Some((size, family)) if name == "font" => {
            vec![("font-size", size), ("font-family", family)]
        }
        _ => vec![(name, value)],
    };
    let all = rule.declarations.iter().flat_map(font);
    all.filter(|(name, _)| PROPERTIES.contains(name)).collect()
}

/// Returns the style sheet of a picture that has these classes; `scope` is the class of the picture itself, to which its
/// rules are confined.
///
/// `together` has the class attributes of its elements: the classes of one element, separated by spaces.
pub(super) fn sheet(theme: Theme, scope: &str, together: &[&str]) -> String {
    let mut classes: Vec<_> = together.iter().flat_map(|names| names.split(' ')).collect();
    classes.sort_unstable();
    classes.dedup();
    let page = rules(OF_THE_PAGE);
    let own = rules(OWN);
    let all: Vec<_> = page.iter().chain(&own).collect();
    let write = |dark: bool, only_colours: bool| {
        let tokens = Tokens::of(&page, dark);
        let mut sheet = String::new();
        for rule in &all {
            if applies(rule.selector, &classes) {
                let tints = tints(&page, rule.selector, together);
                write_rule(&mut sheet, rule, (scope, &tints), &tokens, only_colours);
            }
        }
        sheet
    };
    match theme {
        Theme::Light => write(false, false),
        Theme::Dark => write(true, false),
        Theme::Auto => format!(
            "{}@media (prefers-color-scheme:dark){{\n{}}}\n",
            write(false, false),
            write(true, true)
        ),
    }
}

/// Returns the colour of this name in a theme, such as `ink`; black if there is none.
pub(in crate::export) fn colour(theme: Theme, name: &str) -> &'static str {
    let tokens = Tokens::of(&rules(OF_THE_PAGE), theme == Theme::Dark).0;
    let is_named = |token: &str| token.strip_prefix("--") == Some(name);
    tokens.iter().find(|(token, _)| is_named(token)).map_or("black", |(_, value)| value)
}

/// Returns the page's tokens for a page of HTML around a picture.
pub(in crate::export) fn tokens(theme: Theme) -> String {
    let page = rules(OF_THE_PAGE);
    let said = |dark: bool| {
        let tokens = Tokens::of(&page, dark).0;
        let first = |at: usize, name: &str| !tokens[..at].iter().any(|(other, _)| *other == name);
        let own = tokens.iter().enumerate().filter(|(at, (name, _))| first(*at, name));
        let own: String = own.map(|(_, (name, value))| format!("{name}:{value};")).collect();
        format!(":root{{color-scheme:{};{own}}}\n", if dark { "dark" } else { "light" })
    };
    match theme {
        Theme::Light => said(false),
        Theme::Dark => said(true),
        Theme::Auto => {
            format!("{}@media (prefers-color-scheme:dark){{\n{}}}\n", said(false), said(true))
        }
    }
}

/// Classes that occur on an element of a rule's first class and give it a tint, each with the tint.
fn tints<'a>(rules: &[Rule<'a>], selector: &str, together: &[&str]) -> Vec<(&'a str, &'a str)> {
    let first = selector.split([' ', '.']).find(|name| !name.is_empty()).unwrap_or_default();
    let occurs = |class: &str| {
        let has = |names: &str, name: &str| names.split(' ').any(|it| it == name);
        together.iter().any(|names| has(names, first) && has(names, class))
    };
    let tint = |rule: &Rule<'a>| {
        let class = rule.selector.strip_prefix('.').filter(|class| occurs(class))?;
        let (_, tint) = rule.declarations.iter().find(|(name, _)| *name == TINT)?;
        Some((class, *tint))
    };
    rules.iter().filter_map(tint).collect()
}

fn write_rule(
    sheet: &mut String,
    rule: &Rule<'_>,
    (scope, tints): (&str, &[(&str, &str)]),
    tokens: &Tokens<'_>,
    only_colours: bool,
) {
    let selector = rule.selector.strip_prefix("svg ").unwrap_or(rule.selector);
    let kept = kept(rule);
    let tinted = |value: &str| value.contains(&format!("var({TINT})"));
    let mut add = |selector: &str, declarations: Vec<String>| {
        if !declarations.is_empty() {
            sheet.push_str(&format!(".{scope} {selector}{{{}}}\n", declarations.join(";")));
        }
    };
    let plain = kept.iter().filter(|(_, value)| !tinted(value));
    let plain = plain.filter(|(_, value)| !only_colours || value.contains("var("));
    let said =
        |(name, value): &(&str, &str)| tokens.resolve(value).map(|value| format!("{name}:{value}"));
    add(selector, plain.filter_map(said).collect());
    for (class, tint) in tints {
        let (first, rest) = selector.split_once(' ').unwrap_or((selector, ""));
        let own = format!("{first}.{class} {rest}");
        let with_tint = kept
            .iter()
            .filter(|(_, value)| tinted(value))
            .filter_map(|(name, _)| tokens.resolve(tint).map(|tint| format!("{name}:{tint}")));
        add(own.trim_end(), with_tint.collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_of_the_page_resolves_in_both_themes() {
        let (page, own) = (rules(OF_THE_PAGE), rules(OWN));
        for tokens in [Tokens::of(&page, false), Tokens::of(&page, true)] {
            for rule in page.iter().chain(&own) {
                for (name, value) in kept(rule) {
                    let is_tint = value.contains("var(--tint)");
                    assert!(is_tint || tokens.resolve(value).is_some(), "{rule:?}: {name}");
                }
            }
        }
    }

    #[test]
    fn sheet_has_only_rules_of_classes_that_occur_and_no_variable() {
        let sheet = sheet(Theme::Light, "x", &["mark delivery", "label", "band tint-1"]);
        assert!(sheet.contains(".x .mark.delivery path{fill:#00629b;"), "{sheet}");
        assert!(sheet.contains(".x .band.tint-1 rect{fill:#e69f00}"), "{sheet}");
        assert!(sheet.contains(".x text{font-size:12px;font-family:system-ui"), "{sheet}");
        for absent in ["var(", "hover", "crash", "cursor", "--", "tint-0"] {
            assert!(!sheet.contains(absent), "{absent}: {sheet}");
        }
    }

    #[test]
    fn sheet_that_follows_the_reader_repeats_only_colours() {
        let sheet = sheet(Theme::Auto, "x", &["mark delivery", "label"]);
        let (light, dark) = sheet.split_once("@media").expect("there is a dark part");
        assert!(light.contains("fill:#00629b") && dark.contains("fill:#6fc0f2"), "{sheet}");
        assert!(light.contains("stroke-width") && !dark.contains("stroke-width"), "{sheet}");
    }
}
