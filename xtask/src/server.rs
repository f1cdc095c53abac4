//! A server of one folder for this machine only, with the standard library: it answers GET with a file, and tells
//! open pages when the files have changed. It sends the strict policy of docs/hosting.md, so that a page that breaks
//! it is noticed before it is published.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The policy of docs/hosting.md.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'";
/// Address at which a page waits for the next build.
const CHANGES: &str = "/changes";
/// Address of the script that waits.
const RELOAD: &str = "/reload.js";
/// Reloads the page after a build, and when the server is there again.
const SCRIPT: &str = "\
let lost = false;
const changes = new EventSource(\"/changes\");
changes.onmessage = () => location.reload();
changes.onopen = () => lost && location.reload();
changes.onerror = () => { lost = true; };
addEventListener(\"pagehide\", () => changes.close());
";

/// Number of builds that were published; pages wait for the next one.
#[derive(Debug, Default)]
pub(crate) struct Builds {
    count: Mutex<u64>,
    changed: Condvar,
}

impl Builds {
    /// Tells open pages to load again.
    pub(crate) fn next(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_all();
    }

    fn count(&self) -> u64 {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a later build than `seen`, but not longer than some seconds.
    fn after(&self, seen: u64) -> u64 {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let wait =
            self.changed.wait_timeout_while(count, Duration::from_secs(15), |it| *it == seen);
        *wait.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Serves the folder until the process ends.
pub(crate) fn serve(listener: TcpListener, folder: &Path, builds: &Arc<Builds>) {
    for stream in listener.incoming().flatten() {
        let (folder, builds) = (folder.to_owned(), Arc::clone(builds));
        thread::spawn(move || {
            // A reader who leaves is no error.
            let _ = answer(stream, &folder, &builds);
        });
    }
}

/// Answers the requests of one connection.
fn answer(mut stream: TcpStream, folder: &Path, builds: &Builds) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        // A header is a few hundred bytes.
        let mut lines = (&mut reader).take(64_000);
        let mut request = String::new();
        if lines.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut line = String::new();
        while lines.read_line(&mut line)? > 0 && !line.trim().is_empty() {
            line.clear();
        }
        let mut words = request.split(' ');
        let (method, address) = (words.next().unwrap_or_default(), words.next().unwrap_or("/"));
        if method != "GET" && method != "HEAD" {
            return respond(&mut stream, "405 Method Not Allowed", "text/plain", b"only GET", true);
        }
        let body = method == "GET";
        let path = address.split(['?', '#']).next().unwrap_or(address);
        match path {
            CHANGES => return tell(&mut stream, builds),
            RELOAD => respond(&mut stream, "200 OK", type_of(path), SCRIPT.as_bytes(), body)?,
            _ => match file_of(folder, path).and_then(|file| Some((fs::read(&file).ok()?, file))) {
                Some((content, file)) => {
                    let kind = type_of(&file.to_string_lossy());
                    let content =
                        if kind.starts_with("text/html") { reloading(content) } else { content };
                    respond(&mut stream, "200 OK", kind, &content, body)?;
                }
                None => respond(&mut stream, "404 Not Found", "text/plain", b"not found", body)?,
            },
        }
    }
}

fn respond(
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    content: &[u8],
    body: bool,
) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Access-Control-Allow-Origin: *\r\nContent-Security-Policy: {POLICY}\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes())?;
    if body { stream.write_all(content) } else { Ok(()) }
}

/// Sends an event after each build; a comment now and then shows whether the page is still there.
fn tell(stream: &mut TcpStream, builds: &Builds) -> std::io::Result<()> {
    stream.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\n:\n\n",
    )?;
    let mut seen = builds.count();
    loop {
        let now = builds.after(seen);
        stream.write_all(if now == seen { b":\n\n" } else { b"data: built\n\n" })?;
        seen = now;
    }
}

/// Returns the file that an address names; none outside the folder.
fn file_of(folder: &Path, address: &str) -> Option<PathBuf> {
    let mut bytes = Vec::new();
    let mut rest = address.trim_start_matches('/').bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let below = PathBuf::from(String::from_utf8(bytes).ok()?);
    if !below.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let file = folder.join(below);
    Some(if file.is_dir() { file.join("index.html") } else { file })
}

/// Returns the page with the script that waits for the next build.
fn reloading(page: Vec<u8>) -> Vec<u8> {
    let page = String::from_utf8_lossy(&page);
    let script = format!("<script type=\"module\" src=\"{RELOAD}\"></script></head>");
    page.replacen("</head>", &script, 1).into_bytes()
}

/// Returns the type of a file by its ending.
fn type_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_files_inside_the_folder_only() {
        let folder = Path::new("/page");
        let file = |address| file_of(folder, address);
        assert_eq!(file("/0f/a%20b.js"), Some(PathBuf::from("/page/0f/a b.js")));
        assert_eq!(file("/../secret"), None);
        assert_eq!(file("/%2e%2e/secret"), None);
        assert_eq!(file("/%2"), None);
    }

    #[test]
    fn a_page_is_served_with_the_script_and_other_addresses_are_errors() {
        let folder = std::env::temp_dir().join(format!("worldlines-server-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("index.html"), "<head></head>").expect("a file");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("it has one");
        let served = folder.clone();
        thread::spawn(move || serve(listener, &served, &Arc::default()));
        let ask = |path: &str| {
            let mut stream = TcpStream::connect(address).expect("it listens");
            write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").expect("it reads");
            stream.shutdown(std::net::Shutdown::Write).expect("it answers");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("it is text");
            answer
        };
        let page = ask("/?src=x");
        assert!(page.starts_with("HTTP/1.1 200 OK") && page.contains("reload.js"), "{page}");
        assert!(page.contains("Content-Type: text/html") && page.contains(POLICY), "{page}");
        assert!(ask("/reload.js").contains("EventSource"));
        assert!(ask("/nothing").starts_with("HTTP/1.1 404"));
        fs::remove_dir_all(&folder).expect("it is removed");
    }
}
