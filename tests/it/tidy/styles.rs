//! The page's style sheets: five sizes of type, and colours with one meaning each.

/// Style sheets of the page.
const SHEETS: [&str; 4] = [
    include_str!("../../../www/styles/worldlines.css"),
    include_str!("../../../www/styles/embed.css"),
    include_str!("../../../www/styles/print.css"),
    include_str!("../../../www/styles/noscript.css"),
];
/// Tokens of what readers must tell apart: violated, crashed, lost, partition, difference.
const MEANINGS: [&str; 5] = ["--bad", "--crash", "--lost", "--partition", "--differs"];
/// Rules of the five meanings: the end of their selector, and their token.
const RULES: [(&str, &str); 15] = [
    (".outcome.violated b", "--bad"),
    (".clash rect", "--bad"),
    (".merged .violations", "--bad"),
    (".mark.crash path", "--crash"),
    (".merged .crashes", "--crash"),
    (".overview .faults", "--crash"),
    (".arrow.lost .stroke", "--lost"),
    (".arrow.lost .label", "--lost"),
    (".lean.lost", "--lost"),
    (".merged .losses", "--lost"),
    (".overview .losses", "--lost"),
    (".wall rect", "--partition"),
    (".wall .label", "--partition"),
    (".parting path", "--differs"),
    (".changes .moves path", "--differs"),
];
/// Smallest distance of two of these colours in CIE L*a*b*. One of 2 is just visible side by side.
const APART: f64 = 30.0;
/// Smallest contrast of a text with the paper (WCAG AA).
const CONTRAST: f64 = 4.5;

/// Returns the value of a token in a theme.
fn token(dark: bool, name: &str) -> &'static str {
    let sheet = SHEETS[0];
    let theme = if dark { ":root[data-theme=\"dark\"] {" } else { ":root {" };
    let (_, rest) = sheet.split_once(theme).expect("the theme is there");
    let (rule, _) = rest.split_once('}').expect("a rule ends");
    let (_, value) = rule.split_once(&format!("{name}: ")).expect("the token is there");
    value.split(';').next().expect("there is a value")
}

/// Shares of red, green and blue of a colour, linear in light.
fn light(colour: &str) -> [f64; 3] {
    [1, 3, 5].map(|at| {
        let share = u8::from_str_radix(&colour[at..at + 2], 16).expect("it is #rrggbb");
        let share = f64::from(share) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    })
}

fn luminance([red, green, blue]: [f64; 3]) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Colour in CIE L*a*b*.
fn lab([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let root = |it: f64| if it > 0.008_856 { it.cbrt() } else { 7.787 * it + 16.0 / 116.0 };
    let x = root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
    let y = root(luminance([red, green, blue]));
    let z = root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn colours_of_violated_crashed_lost_partition_and_difference_are_distinct_in_both_themes() {
    for dark in [false, true] {
        let paper = luminance(light(token(dark, "--paper")));
        for (place, name) in MEANINGS.iter().enumerate() {
            let one = light(token(dark, name));
            let (low, high) = (paper.min(luminance(one)), paper.max(luminance(one)));
            let contrast = (high + 0.05) / (low + 0.05);
            assert!(contrast >= CONTRAST, "{name}, dark: {dark}: contrast {contrast:.1}");
            for other in &MEANINGS[..place] {
                let of_both = lab(one).into_iter().zip(lab(light(token(dark, other))));
                let apart = of_both.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                assert!(apart >= APART, "{name} and {other}, dark: {dark}: {apart:.0}");
            }
        }
    }
}

#[test]
fn element_with_one_of_the_five_meanings_has_the_colour_of_it() {
    let sheet = SHEETS[0];
    for (selector, token) in RULES {
        let of_it = sheet.split('}').filter_map(|rule| {
            let (selectors, declarations) = rule.rsplit_once('{')?;
            let is_named = selectors.split(',').any(|it| it.trim().ends_with(selector));
            let colours = declarations.split(';').filter(|it| {
                let name = it.split(':').next().unwrap_or_default().trim();
                matches!(name, "fill" | "stroke" | "color") && it.contains("var(")
            });
            is_named.then(|| colours.collect::<Vec<_>>())
        });
        // The last rule counts.
        let last = of_it.flatten().last();
        assert!(
            last.is_some_and(|it| it.contains(&format!("var({token})"))),
            "{selector}: {last:?}"
        );
    }
}

#[test]
fn page_has_five_sizes_of_type() {
    for size in 1..=5 {
        assert!(token_of_size(size).ends_with("rem"), "--text-{size}");
    }
    assert!(!SHEETS[0].contains("--text-6"));
    for sheet in SHEETS {
        for declaration in sheet.split([';', '{', '}']) {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            let is_size = matches!(name.trim(), "font-size" | "font");
            // The diagram has the smallest size, in pixels; the rest of a shorthand is the font's name.
            let first = value.trim().split([' ', '/']).next().unwrap_or_default();
            let known =
                first.starts_with("var(--text-") || ["inherit", "100%", "12px"].contains(&first);
            assert!(!is_size || known, "{declaration}");
        }
    }
}

/// Returns a size of the system.
fn token_of_size(size: u8) -> &'static str {
    let (_, value) = SHEETS[0].split_once(&format!("--text-{size}: ")).expect("it is there");
    value.split(';').next().expect("there is a value")
}
