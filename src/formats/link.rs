//! Links: a scenario that fits an address (docs/link.md).
//!
//! `#s=deflate.DATA&v=KEY&d=DIGEST&c=deflate.DATA&e=DIGESTS`, where DATA is base64url of the raw DEFLATE of the scenario, or
//! of the differences of others from it. Decoders are never removed.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use miniz_oxide::{
    deflate::compress_to_vec,
    inflate::{TINFLStatus, decompress_to_vec_with_limit},
};
use sha2::{Digest, Sha256};

use super::{
    MAX_TEXT, Problem, comparison,
    digest::{Digesting, SHORT_DIGEST},
    problem::{alternatives, quoted},
    scenario,
};
use crate::{
    kernel::{Protocol, Scenario, Trace},
    split::part,
};

/// Maximum length of a link, in bytes.
pub const MAX_LINK: usize = 64 * 1024;
/// Number of characters from which some programs cut a link.
pub const LONG_LINK: usize = 2000;

/// Encodings that can be read: each is a prefix of the data, before a point.
const ENCODINGS: [&str; 2] = ["deflate", "json"];
/// The highest level of compression: scenarios are small, and links should be short.
const LEVEL: u8 = 10;

/// Without padding, and read with any spare bits in the last character: other writers of base64 leave them
/// undefined.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Content of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The scenario.
    pub scenario: Scenario,
    /// The first eight hexadecimal digits of the digest of its trace, if the link has them. If a run gives
    /// another digest, this version runs the scenario differently from the one that made the link.
    pub digest: Option<String>,
    /// The runs that the link puts beside the first one.
    pub compared: Vec<Compared>,
}

/// A run that a link puts beside its first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The scenario.
    pub scenario: Scenario,
    /// The first digits of the digest of its trace, if the link has them for all runs.
    pub digest: Option<String>,
}

/// Contents of a link before its scenarios are read.
#[derive(Debug, Default)]
struct LinkParts {
    /// Text of the scenario.
    text: String,
    digest: Option<String>,
    /// Key of a student, which picks a variant of an exercise.
    key: Option<String>,
    /// Differences of the other scenarios from this one.
    differences: Option<String>,
    /// Digests of their runs.
    digests: Vec<String>,
}

/// The functions that make and read links, and the digest of a run.
#[derive(Debug)]
pub struct Links {
    encode: fn(&Scenario) -> String,
    pack: fn(&str, u8) -> String,
    unpack: fn(&str, usize) -> Option<String>,
    parts: fn(&str) -> Result<LinkParts, Problem>,
    texts: fn(&str) -> Result<Vec<String>, Problem>,
    compare: fn(&str, &Scenario, &[Compared]) -> Option<String>,
    holds: fn(&str, &Scenario) -> bool,
    is_comparison: fn(&str) -> bool,
    advance: fn(&mut Digesting, &Protocol, &Scenario, &Trace, usize) -> bool,
    finish: fn(Digesting) -> String,
    checksum: fn(&str) -> String,
}

part! {
    /// Links and digests, which weigh too much for the page to begin with.
    pub links: Links = Links {
        encode: encode_now,
        pack: pack_now,
        unpack: unpack_now,
        parts,
        texts: texts_now,
        compare: compare_now,
        holds: holds_now,
        is_comparison: is_comparison_now,
        advance: Digesting::advance,
        finish: Digesting::finish,
        checksum: checksum_now,
    };
}

/// Returns a scenario as a link's `s=deflate.DATA`; empty if the part [`links`] is not here.
#[must_use]
pub fn encode(scenario: &Scenario) -> String {
    links::here().map(|links| (links.encode)(scenario)).unwrap_or_default()
}

fn encode_now(scenario: &Scenario) -> String {
    format!("s=deflate.{}", pack(&scenario::write(scenario), LEVEL))
}

/// Compresses a text: raw DEFLATE in base64url. Level 10 is the most thorough, 1 the fastest. Empty if the part [`links`]
/// is not here.
#[must_use]
pub fn pack(text: &str, level: u8) -> String {
    links::here().map(|links| (links.pack)(text, level)).unwrap_or_default()
}

fn pack_now(text: &str, level: u8) -> String {
    BASE64.encode(compress_to_vec(text.as_bytes(), level))
}

/// Returns the text that [`pack`] compressed, if it has at most this number of bytes, and the part [`links`] is here.
#[must_use]
pub fn unpack(packed: &str, most: usize) -> Option<String> {
    (links::here()?.unpack)(packed, most)
}

fn unpack_now(packed: &str, most: usize) -> Option<String> {
    let bytes = decompress_to_vec_with_limit(&BASE64.decode(packed).ok()?, most).ok()?;
    String::from_utf8(bytes).ok()
}

/// Hashes a part of a run, as [`Digesting::advance`] does. True, too, if the part [`links`] is not here.
pub fn advance(
    digest: &mut Digesting,
    (protocol, scenario, trace): (&Protocol, &Scenario, &Trace),
    most: usize,
) -> bool {
    links::here().is_none_or(|links| (links.advance)(digest, protocol, scenario, trace, most))
}

/// Returns the digest, once everything has been hashed; empty if the part [`links`] is not here.
#[must_use]
pub fn finish(digest: Digesting) -> String {
    links::here().map(|links| (links.finish)(digest)).unwrap_or_default()
}

/// Returns the SHA-256 of a file's text as addresses and the attribute `integrity` of HTML have it: `sha256-` and base64url,
/// without padding. Empty if the part [`links`] is not here.
#[must_use]
pub fn checksum(text: &str) -> String {
    links::here().map(|links| (links.checksum)(text)).unwrap_or_default()
}

fn checksum_now(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(text.as_bytes())))
}

/// Returns the digest of a run; empty if the part [`links`] is not here.
#[must_use]
pub fn digest(run: (&Protocol, &Scenario, &Trace)) -> String {
    let mut work = Digesting::default();
    while !advance(&mut work, run, usize::MAX) {}
    finish(work)
}

/// Returns a link from its `#` on, with the digest of its trace if it is known, as [`with_digest`] adds it. Empty if the
/// part [`links`] is not here.
#[must_use]
pub fn fragment(scenario: &Scenario, digest: Option<&str>) -> String {
    if links::here().is_none() {
        return String::new();
    }
    let fragment = format!("#{}", encode(scenario));
    match digest {
        Some(digest) => with_digest(&fragment, scenario, digest),
        None => fragment,
    }
}

/// Adds the digest of this scenario's run to a link that was made without it; only its first eight digits are taken. Of an
/// exercise with variants there is none: a key that is added to the link picks a variant, which has a run of its own.
#[must_use]
pub fn with_digest(fragment: &str, scenario: &Scenario, digest: &str) -> String {
    if scenario::has_variants(scenario) {
        return fragment.to_owned();
    }
    format!("{fragment}&d={}", digest.chars().take(SHORT_DIGEST).collect::<String>())
}

/// Adds a comparison to the link of `first`: the other runs, and their digests if all are known and `first` has no
/// variants, since the others follow the variant that a key picks. None if the link would be too long, there are more than
/// [`MOST_COMPARED`](super::MOST_COMPARED), or the part [`links`] is not here.
#[must_use]
pub fn with_comparison(fragment: &str, first: &Scenario, others: &[Compared]) -> Option<String> {
    (links::here()?.compare)(fragment, first, others)
}

fn compare_now(fragment: &str, first: &Scenario, others: &[Compared]) -> Option<String> {
    let scenarios: Vec<&Scenario> = others.iter().map(|it| &it.scenario).collect();
    let packed = pack_now(&comparison::write(first, &scenarios)?, LEVEL);
    let short = |it: &Compared| Some(it.digest.as_ref()?.get(..SHORT_DIGEST)?.to_owned());
    let digests: Option<Vec<String>> = others.iter().map(short).collect();
    let digests = digests.filter(|_| !scenario::has_variants(first));
    let digests = digests.map(|it| format!("&e={}", it.join("."))).unwrap_or_default();
    let link = format!("{fragment}&c=deflate.{packed}{digests}");
    (link.len() <= MAX_LINK).then_some(link)
}

/// True if a link has more than one run, if the part [`links`] is here. The differences of the others are not read.
#[must_use]
pub fn holds_comparison(link: &str) -> bool {
    links::here().is_some_and(|links| (links.is_comparison)(link))
}

fn is_comparison_now(link: &str) -> bool {
    comparisons(fragment_of(&unmangled(link))).next().is_some()
}

/// Adds the key of a student, which picks a variant of an exercise, to a link that was made without a digest.
#[must_use]
pub fn with_key(fragment: &str, id: &str) -> String {
    format!("{fragment}&v={}", scenario::key_of(id))
}

/// True if a link, or its part behind the `#`, holds this scenario.
#[must_use]
pub fn holds(link: &str, scenario: &Scenario) -> bool {
    links::here().is_some_and(|links| (links.holds)(link, scenario))
}

fn holds_now(link: &str, scenario: &Scenario) -> bool {
    decode(link).is_ok_and(|decoded| scenario::without_variants(decoded.scenario) == *scenario)
}

/// True if a text looks like a link rather than like JSON, the name of a file or a log: it holds a scenario in an encoding of
/// ours.
#[must_use]
pub fn is_link(text: &str) -> bool {
    let text = text.trim_start();
    let begin = &text[..text.floor_char_boundary(MAX_LINK)];
    let is_ours = |rest: &str| ENCODINGS.into_iter().any(|name| rest.starts_with(name));
    let holds =
        |sign: &str| begin.match_indices(sign).any(|(at, _)| is_ours(&begin[at + sign.len()..]));
    text.starts_with("s=")
        || (!text.starts_with('{') && ["#s=", "#s%3D", "#s%3d", "&s="].into_iter().any(holds))
}

/// Reads a link: a whole address, or its part from `#s=` or `s=` on.
///
/// Chat and mail programs wrap links, escape them and put them into sentences. Their additions are removed
/// where they cannot be part of a link: white space, `%3D`, `%26` and `&amp;` for `=` and `&`, closing
/// punctuation.
///
/// # Errors
/// The first error in the link, or in its scenario.
pub fn decode(text: &str) -> Result<Decoded, Problem> {
    let LinkParts { text, digest, key, differences, digests } = read_parts(text)?;
    let mut scenario = scenario::read(&text).map_err(|problem| problem.of("link"))?;
    // An empty key picks one too: a link that was made with it opens for ever.
    if let Some(key) = key
        && let Some((_, variant)) = scenario::variant_by_key(&scenario, &key)?
    {
        scenario = variant;
    }
    let others = match differences {
        Some(differences) => comparison::read(&differences, &scenario)?,
        None => Vec::new(),
    };
    let is_known = digests.len() == others.len();
    let compared = |(place, scenario)| {
        let digest = digests.get(place).filter(|_| is_known).cloned();
        Compared { scenario, digest }
    };
    let compared = others.into_iter().enumerate().map(compared).collect();
    Ok(Decoded { scenario, digest, compared })
}

/// Reads a link, or the JSON of a scenario. Of an exercise with variants it returns the one that a student's id picks;
/// without an id, the exercise without its variants.
///
/// # Errors
/// The first error in the text, or in the variant; an empty id where there are variants.
pub fn open(text: &str, key: Option<&str>) -> Result<Decoded, Problem> {
    let Decoded { scenario, digest, compared } = match text.trim_start().starts_with('{') {
        true => Decoded { scenario: scenario::read(text)?, digest: None, compared: Vec::new() },
        false => decode(text)?,
    };
    let variant = match key {
        Some(key) => scenario::variant_for(&scenario, key)?.map(|(_, variant)| variant),
        None => None,
    };
    let scenario = variant.unwrap_or_else(|| scenario::without_variants(scenario));
    Ok(Decoded { scenario, digest, compared })
}

/// Reads the texts of the scenarios in a link, as [`decode`] does, without reading the scenarios.
///
/// # Errors
/// The first error in the link.
pub fn texts(link: &str) -> Result<Vec<String>, Problem> {
    (links::here().ok_or_else(unread)?.texts)(link)
}

fn texts_now(link: &str) -> Result<Vec<String>, Problem> {
    let LinkParts { text, differences, .. } = parts(link)?;
    let others = differences.map(|it| comparison::texts(&it, &text)).unwrap_or_default();
    Ok([vec![text], others].concat())
}

/// Returns the digest in a link; none in any other text.
#[must_use]
pub fn digest_in(link: &str) -> Option<String> {
    read_parts(link).ok()?.digest
}

/// Returns what a link holds, if the part [`links`] is here.
fn read_parts(text: &str) -> Result<LinkParts, Problem> {
    (links::here().ok_or_else(unread)?.parts)(text)
}

fn unread() -> Problem {
    damaged("a link", "the part of the program that reads links")
}

/// Returns what a link holds.
fn parts(text: &str) -> Result<LinkParts, Problem> {
    if text.len() > MAX_LINK {
        return Err(damaged(format!("{} bytes", text.len()), format!("at most {MAX_LINK}")));
    }
    let link = unmangled(text);
    let fragment = fragment_of(&link);
    let mut values = fragment.split('&').filter_map(|field| field.strip_prefix("s="));
    let expected = "a link with #s=deflate.… in it";
    let Some(value) = values.next() else { return Err(damaged(quoted(text.trim()), expected)) };
    if values.next().is_some() {
        return Err(damaged("two scenarios", "a link with one"));
    }
    let field = |name: &str| fragment.split('&').find_map(|field| field.strip_prefix(name));
    let digests = field("e=").into_iter().flat_map(|it| it.split('.')).map_while(read_digest);
    Ok(LinkParts {
        text: decode_value(value)?,
        digest: field("d=").and_then(read_digest),
        key: field("v=").map(unescaped),
        differences: differences(fragment)?,
        digests: digests.collect(),
    })
}

fn fragment_of(link: &str) -> &str {
    link.split_once('#').map_or(link, |(_, fragment)| fragment)
}

/// Returns the data of the fields with other runs. A field of this name that has none of the encodings was added by another
/// program.
fn comparisons(fragment: &str) -> impl Iterator<Item = &str> {
    let is_ours = |value: &&str| ENCODINGS.contains(&value.split('.').next().unwrap_or_default());
    fragment.split('&').filter_map(|field| field.strip_prefix("c=")).filter(is_ours)
}

/// Returns the differences of the runs beside the first one.
fn differences(fragment: &str) -> Result<Option<String>, Problem> {
    let mut values = comparisons(fragment);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::new("c", "two comparisons", "a link with one"));
    }
    decode_value(value).map(Some).map_err(|problem| Problem { path: "c".to_owned(), ..problem })
}

/// Decodes `%40`: a course site may put any id into a link.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code =
            code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn damaged(found: impl Into<String>, expected: impl Into<String>) -> Problem {
    Problem::new("link", found, expected)
}

/// Removes the additions of chat and mail programs.
fn unmangled(text: &str) -> String {
    let invisible = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
    };
    let mut link: String = text.chars().filter(|c| !invisible(*c)).collect();
    for (escaped, plain) in [("%23", "#"), ("%3D", "="), ("%3d", "="), ("%26", "&"), ("&amp;", "&")]
    {
        link = link.replace(escaped, plain);
    }
    // Data ends in none of these: only the prefix has a point, and it is in front.
    let closing = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '=');
    link.truncate(link.trim_end_matches(closing).len());
    link
}

/// Eight digits or more; a digest that was cut off is no reason to refuse the scenario.
fn read_digest(text: &str) -> Option<String> {
    let digest = text.get(..SHORT_DIGEST)?.to_ascii_lowercase();
    text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digest)
}

/// Returns the scenario's text.
fn decode_value(value: &str) -> Result<String, Problem> {
    let known = || alternatives(ENCODINGS);
    let Some((encoding, data)) = value.split_once('.') else {
        // A point at the end is removed as closing punctuation.
        if ENCODINGS.contains(&value) {
            let found = format!("no data behind {}", quoted(value));
            return Err(damaged(found, "the whole link: its end is missing"));
        }
        return Err(damaged(quoted(value), format!("{} and a point before the data", known())));
    };
    if !ENCODINGS.contains(&encoding) {
        let problem = damaged(format!("the unknown encoding {}", quoted(encoding)), known());
        return Err(problem.with_closest(encoding, ENCODINGS));
    }
    // Padding carries no information, but some writers always add it.
    let bytes = BASE64.decode(data.trim_end_matches('=')).map_err(|error| {
        let expected = "base64url data: letters, digits, - and _";
        damaged(format!("damaged data ({})", lower_first(&error.to_string())), expected)
    })?;
    let bytes = if encoding == "deflate" { inflate(&bytes)? } else { bytes };
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        damaged(format!("no UTF-8 from byte {place} on"), "the text of a scenario")
    })
}

/// Never makes more than the maximum length of a scenario: a small link can hold a very long run of zeros.
fn inflate(bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    decompress_to_vec_with_limit(bytes, MAX_TEXT).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => damaged(
            format!("more than {MAX_TEXT} bytes of scenario"),
            format!("at most {MAX_TEXT}"),
        ),
        TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
            damaged("data that ends too soon", "the whole link: its end is missing")
        }
        _ => damaged("damaged data", "raw DEFLATE data: a character of the link is wrong"),
    })
}

fn lower_first(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    text
}
