//! `cargo xtask serve`: the playground, served to this machine only.

use std::net::TcpListener;

use crate::arguments::Arguments;
use crate::dist;
use crate::progress::Progress;
use crate::tools::{self, Toolbox};
use crate::workspace::Workspace;

/// Builds the page and serves it until it is interrupted; rebuilds it when a file changes.
///
/// # Errors
/// If the arguments are wrong, a tool cannot be installed, the port is taken, or Trunk fails.
pub(crate) fn serve(workspace: &Workspace, mut arguments: Arguments) -> Result<(), String> {
    let port = arguments.port("--port", 8080)?;
    let dev = arguments.flag("--dev");
    let no_open = arguments.flag("--no-open") || std::env::var_os("CI").is_some();
    arguments.finish()?;
    require_free(port)?;

    let mut progress = Progress::of(tools::STEPS + 1);
    let tools = Toolbox::fill(workspace, &mut progress)?;
    progress.step("The playground (the first build takes a minute or two)", || {
        println!("serving http://127.0.0.1:{port}/ as soon as it is built; Ctrl-C ends it");
        let trunk = dist::trunk(workspace, &tools, "serve", !dev)
            .words("--address 127.0.0.1 --port")
            .arg(port.to_string())
            // Not `dist/`: a served page reloads itself, a published one must not.
            .words("--dist target/serve");
        if no_open { trunk } else { trunk.arg("--open") }.run()
    })
}

/// Fails before minutes of building if the port is taken.
fn require_free(port: u16) -> Result<(), String> {
    TcpListener::bind(("127.0.0.1", port))
        .map(drop)
        .map_err(|why| format!("port {port} cannot be used ({why}); choose another with --port"))
}
