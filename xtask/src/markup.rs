//! The HTML of the page, as `www/index.html` has it: its elements for Trunk say which files the page is made of.

/// The page without elements for Trunk, and the files that they name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Markup {
    /// The HTML; [`PROGRAM`] stands where the program is to be loaded.
    pub(crate) html: String,
    /// Paths of files beside the page, relative to the folder of `index.html`.
    pub(crate) files: Vec<String>,
}

/// Mark for the elements that load the program.
pub(crate) const PROGRAM: &str = "<!-- program -->";

/// The attribute by which the program finds its files: their folder, relative to the page.
const FOLDER: &str = "data-files=\"./\"";

/// Begin of the sentence on the permanent pages, at the end of a paragraph.
const PERMANENT: &str = " <a href=\"p/\">";

/// Begin of the element with links to them.
const FOOTER: &str = "<footer class=\"site\">";

/// Begins of the elements by which a reader installs the page.
const INSTALLATION: [&str; 2] = ["<link rel=\"manifest\"", "<link rel=\"apple-touch-icon\""];

/// Reads the page.
///
/// # Errors
/// If an element for Trunk is of an unknown kind.
pub(crate) fn read(source: &str) -> Result<Markup, String> {
    const START: &str = "<link";
    let (mut html, mut files, mut rest) = (String::new(), Vec::new(), source);
    while let Some(start) = rest.find(START) {
        let (before, element) = rest.split_at(start);
        let end = element.find('>').ok_or("index.html ends within an element")? + 1;
        let (element, after) = element.split_at(end);
        rest = after;
        html.push_str(before);
        if !element.split_whitespace().any(|word| word == "data-trunk") {
            html.push_str(element);
            continue;
        }
        let attribute = |name: &str| attribute(element, name).unwrap_or_default();
        let file = attribute("href");
        match attribute("rel") {
            "copy-file" => files.push(file.to_owned()),
            "css" => {
                let sheet = name(file);
                html.push_str(&format!("<link rel=\"stylesheet\" href=\"{sheet}\" />"));
                files.push(file.to_owned());
            }
            "rust" => html.push_str(PROGRAM),
            other => return Err(format!("index.html has an element of the kind `{other}`")),
        }
    }
    html.push_str(rest);
    Ok(Markup { html: without_blank_lines(&html), files })
}

/// Returns the page with its files in a folder of this name beside it.
pub(crate) fn with_folder(html: &str, folder: &str, files: &[String]) -> String {
    let mut html = html.replace(FOLDER, &format!("data-files=\"./{folder}/\""));
    for file in files {
        for attribute in ["href", "src"] {
            for begin in ["", "./"] {
                let old = format!(" {attribute}=\"{begin}{file}\"");
                html = html.replace(&old, &format!(" {attribute}=\"./{folder}/{file}\""));
            }
        }
    }
    html
}

/// Returns the page without its sentences on the permanent pages and its links to them: a build that has none would lead nowhere.
pub(crate) fn without_permanent_pages(html: &str) -> String {
    let (mut next, mut rest) = (String::new(), html);
    while let Some(start) = rest.find(PERMANENT) {
        let (before, sentence) = rest.split_at(start);
        next.push_str(before);
        rest = &sentence[sentence.find("</p>").unwrap_or(sentence.len())..];
    }
    next.push_str(rest);
    let is_kept = |line: &&str| !line.trim_start().starts_with(FOOTER);
    next.lines().filter(is_kept).flat_map(|line| [line, "\n"]).collect()
}

/// Returns the page without the elements by which a reader installs it, for a page in a package.
pub(crate) fn without_installation(html: &str) -> String {
    let is_kept =
        |line: &&str| !INSTALLATION.iter().any(|kind| line.trim_start().starts_with(kind));
    html.lines().filter(is_kept).flat_map(|line| [line, "\n"]).collect()
}

/// Returns the page with the attribute by which it is kept for use without a network (`www/offline.js`).
pub(crate) fn kept_offline(html: &str) -> String {
    html.replacen(FOLDER, &format!("data-offline {FOLDER}"), 1)
}

/// Returns the last part of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let begin = format!(" {name}=\"");
    let element_start = element.replace('\n', " ").find(&begin)?;
    element[element_start + begin.len()..].split('"').next()
}

fn without_blank_lines(html: &str) -> String {
    let lines = html.lines().filter(|line| !line.trim().is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "<html data-files=\"./\">\n<script src=\"early.js\"></script>\n\
        <link data-trunk rel=\"copy-file\" href=\"early.js\" />\n\
        <link rel=\"icon\" href=\"icon.svg\" />\n<link data-trunk rel=\"css\" href=\"styles/a.css\" />\n\
        <link\n  data-trunk\n  rel=\"rust\"\n  href=\"../Cargo.toml\"\n/>\n</html>\n";

    #[test]
    fn elements_for_trunk_become_files_and_marks() {
        let page = read(SOURCE).expect("it is well formed");
        assert_eq!(page.files, ["early.js", "styles/a.css"]);
        assert!(page.html.contains("<link rel=\"stylesheet\" href=\"a.css\" />"), "{}", page.html);
        assert_eq!(page.html.matches(PROGRAM).count(), 1);
        assert!(!page.html.contains("trunk"), "{}", page.html);
        assert!(read("<link data-trunk rel=\"sass\" href=\"a\" />").is_err());
    }

    #[test]
    fn files_are_found_in_their_folder_and_others_stay() {
        let files = ["early.js".to_owned(), "a.css".to_owned()];
        let page = read(SOURCE).expect("it is well formed");
        let html = with_folder(&page.html, "0f", &files);
        assert!(html.contains("src=\"./0f/early.js\""), "{html}");
        assert!(html.contains("href=\"./0f/a.css\""), "{html}");
        assert!(html.contains("href=\"icon.svg\""), "{html}");
        assert!(html.contains("data-files=\"./0f/\""), "{html}");
    }

    #[test]
    fn the_page_itself_can_be_read() {
        let workspace = crate::workspace::Workspace::of_this_checkout();
        let source = std::fs::read_to_string(workspace.root().join("www/index.html"));
        let page = read(&source.expect("it is there")).expect("it is well formed");
        assert!(page.html.contains(PROGRAM) && page.html.contains(FOLDER), "{}", page.html);
        let bare = without_installation(&without_permanent_pages(&page.html));
        assert_eq!(page.html.matches(PERMANENT).count(), 2, "{}", page.html);
        assert!(!bare.contains("p/\"") && !bare.contains("need n"), "{bare}");
        assert_eq!(page.html.lines().count() - bare.lines().count(), INSTALLATION.len() + 1);
        assert!(
            kept_offline(&bare).contains("<html lang=\"en\" data-offline data-files="),
            "{bare}"
        );
    }
}
