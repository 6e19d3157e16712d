//! The replica's conformance suite against IndexedDB, in a real browser. Only in development builds, at `/conformance`,
//! where a browser test reads what came of it.

use alongside_replica::conformance;
use alongside_replica::ports::StoreError;
use leptos::prelude::{document, window};

use super::indexeddb::IndexedDb;

const NAME: &str = "alongside-conformance";

/// Whether this page is the suite's.
pub(crate) fn is_asked_for() -> bool {
    window()
        .location()
        .pathname()
        .is_ok_and(|path| path == "/conformance")
}

/// Runs the suite and writes on the page what came of it.
pub(crate) async fn show() {
    let words = match run().await {
        Ok(()) => "conforms".to_owned(),
        Err(words) => words,
    };
    let (Some(body), Ok(line)) = (document().body(), document().create_element("p")) else {
        return;
    };
    line.set_id("conformance");
    line.set_text_content(Some(&words));
    let _ = body.append_child(&line);
}

async fn run() -> Result<(), String> {
    if let Ok(Some(factory)) = window().indexed_db() {
        let _ = factory.delete_database(NAME);
    }
    let store = IndexedDb::open(NAME).await.map_err(|error| error.to_string())?;
    let reopen = async |store: IndexedDb| -> Result<IndexedDb, StoreError> {
        drop(store);
        IndexedDb::open(NAME).await
    };
    conformance::check(store, reopen)
        .await
        .map_err(|breach| format!("{breach:?}"))
}
