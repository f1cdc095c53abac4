//! Moves inline scripts of the page's HTML into files: hosts may forbid scripts in the page itself.

use std::fs;
use std::path::Path;

use crate::hash;

/// Moves every script that Trunk has written into `index.html` into a file beside it.
///
/// # Errors
/// If the page cannot be read or written.
pub(crate) fn move_scripts(folder: &Path) -> Result<(), String> {
    let index = folder.join("index.html");
    let wrong = |why: std::io::Error| format!("{}: {why}", index.display());
    let page = fs::read_to_string(&index).map_err(wrong)?;
    let (page, scripts) = without_scripts(&page);
    for (name, script) in scripts {
        let file = folder.join(name);
        fs::write(&file, script).map_err(|why| format!("{}: {why}", file.display()))?;
    }
    fs::write(&index, page).map_err(wrong)
}

/// Returns the page with each inline script as a file of its own, and those files. A file's name has a hash
/// of its content, so that a browser never uses an outdated file.
fn without_scripts(page: &str) -> (String, Vec<(String, String)>) {
    const START: &str = "<script";
    const END: &str = "</script>";
    // `trunk serve` fills in the address from which its own script hears of a new build when it serves the page.
    const SERVED: &str = "{{__TRUNK";
    let (mut rest, mut next, mut scripts) = (page, String::new(), Vec::new());
    while let Some(start) = rest.find(START) {
        let (before, script) = rest.split_at(start);
        let Some(open) = script.find('>') else { break };
        let Some(end) = script.find(END) else { break };
        let (tag, content) = (&script[..open], &script[open + 1..end]);
        next.push_str(before);
        if content.trim().is_empty() || content.contains(SERVED) {
            next.push_str(&script[..end]);
        } else {
            let name = format!("start-{:016x}.js", hash::of(content.as_bytes()));
            next.push_str(&format!("{tag} src=\"./{name}\">"));
            scripts.push((name, content.trim().to_owned()));
        }
        next.push_str(END);
        rest = &script[end + END.len()..];
    }
    next.push_str(rest);
    (next, scripts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_become_files_and_others_stay() {
        let page = "<head><script src=\"early.js\"></script><script type=module>\nimport a from './a.js';\n\
                    </script></head><body>text</body>";
        let (page, scripts) = without_scripts(page);
        let [(name, content)] = &scripts[..] else { panic!("{scripts:?}") };
        assert_eq!(content, "import a from './a.js';");
        let expected = format!(
            "<head><script src=\"early.js\"></script><script type=module src=\"./{name}\"></script></head>\
             <body>text</body>"
        );
        assert_eq!(page, expected);
        assert_eq!(without_scripts(&page), (expected, Vec::new()), "twice is as good as once");
    }

    #[test]
    fn script_that_trunk_fills_in_stays() {
        let page = "<body><script>\nconst address = '{{__TRUNK_ADDRESS__}}';\n</script></body>";
        assert_eq!(without_scripts(page), (page.to_owned(), Vec::new()));
    }
}
