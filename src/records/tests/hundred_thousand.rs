//! A store of 100 000 records. Takes minutes: run by name.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "many/claims.rs"]
mod claims;
#[path = "many/invented.rs"]
mod invented;

#[tokio::test]
async fn a_store_of_a_hundred_thousand_records_finds_lists_counts_and_remembers_in_bounded_memory() {
    claims::hold(100_000).await;
}
