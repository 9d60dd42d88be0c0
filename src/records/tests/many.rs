//! A store of many records: so many as a plain run has time for. `hundred_thousand.rs` holds the same claims against 100 000.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "many/claims.rs"]
mod claims;
#[path = "many/invented.rs"]
mod invented;

// Alone in its program: it watches the memory of the whole process.
#[tokio::test]
async fn a_store_of_thousands_of_records_finds_lists_counts_and_remembers_in_bounded_memory() {
    claims::hold(5_000).await;
}
