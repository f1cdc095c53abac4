//! The worker: the same program as the page, with one part more, and without a screen.

use yew::platform::spawn_local;

use crate::{
    app::{failed, import_texts, missing_for_errand, run_errand, text},
    import, protocols,
    split::{NotFetched, part},
    web,
};

/// Function that runs an errand.
type Run = fn(&str, &mut dyn FnMut(String));

part! { search: Run = run_errand; }

/// Runs every errand that arrives, with the packs that it needs.
pub(super) fn serve() {
    web::serve_errands(|errand| {
        spawn_local(async move {
            match prepared(&errand).await {
                Ok(run) => run(&errand, &mut |said| web::say(&said)),
                Err(NotFetched) if import::is_errand(&errand) => web::say(import::NOT_FETCHED),
                Err(NotFetched) => {
                    failed(text::hunting::NOT_FETCHED).iter().for_each(|said| web::say(said))
                }
            }
        });
    });
}

/// Fetches all that an errand needs.
async fn prepared(errand: &str) -> Result<Run, NotFetched> {
    for id in missing_for_errand(errand) {
        protocols::fetch(id).await?;
    }
    if import::is_errand(errand) {
        import_texts::fetch().await?;
        return import_texts::here().map(|import| import.work).ok_or(NotFetched);
    }
    search::fetch().await?;
    search::here().copied().ok_or(NotFetched)
}
