//! Searching what the public sees: words are prefixes, all must occur, the better ones come first.
//!
//! Candidates come out of the index in its order, at most [`CANDIDATES`] of those whose name has all the words and then as many
//! of the others; so a word that occurs everywhere costs no more than a rare one. They are ranked here, by where and how the words occur.

use std::cmp::Reverse;
use std::collections::HashSet;

use rusqlite::Connection;

use crate::error::RecordsError;
use crate::names::{Eik, Key};
use crate::reading::summary;
use crate::record::{Facts, Page, Summary};
use crate::records::Records;
use crate::store::sql;
use crate::words;

/// How many candidates of each kind are ranked.
const CANDIDATES: usize = 250;

/// What is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Words in Bulgarian or English, or numbers; nothing finds nothing.
    pub text: String,
    /// Of this supplier only.
    pub supplier: Option<Eik>,
    /// Which page.
    pub page: Page,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The page, best first.
    pub items: Vec<Summary>,
    /// How many were found and ranked.
    pub total: u64,
    /// Whether there are more that fit, which were not ranked: the question is too wide.
    pub capped: bool,
    /// Whether there are pages after this one.
    pub more: bool,
}

/// What the index holds of a record.
pub(crate) struct Indexed {
    pub(crate) supplier: String,
    pub(crate) name: String,
    pub(crate) other: String,
}

impl Records {
    /// Searches what the public sees.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn search(&self, query: Search) -> Result<Found, RecordsError> {
        let terms = words::terms(&query.text);
        let (supplier, page) = (query.supplier, query.page);
        if terms.is_empty() {
            return Ok(Found { items: Vec::new(), total: 0, capped: false, more: false });
        }
        self.read(move |connection| {
            let (mut found, capped) = candidates(connection, &terms, supplier.as_ref())?;
            found.sort_by_cached_key(|summary| (Reverse(score(summary, &terms)), summary.key.clone()));
            let total = found.len() as u64;
            let offset = usize::try_from(page.offset()).unwrap_or(usize::MAX);
            let items: Vec<Summary> = found.into_iter().skip(offset).take(page.limit() as usize).collect();
            let more = page.offset() + (items.len() as u64) < total;
            Ok(Found { items, total, capped, more })
        })
        .await
    }
}

impl Indexed {
    pub(crate) fn of(key: &Key, facts: &Facts) -> Self {
        let fold = |parts: &mut dyn Iterator<Item = &str>| {
            let mut out = String::new();
            parts.for_each(|part| words::folded(part, &mut out));
            out
        };
        let Facts { name_bg, name_en, short_name_bg, short_name_en, keywords, .. } = facts;
        let number = key.service.to_string();
        let names = [name_en, short_name_bg, short_name_en].into_iter().flatten().map(String::as_str);
        let rest = [&facts.description_en, &facts.section, &facts.subsection, &facts.oid, &facts.supplier_code];
        let rest = rest.into_iter().flatten().map(String::as_str);
        Self {
            supplier: key.supplier.to_string(),
            name: fold(&mut [name_bg.as_str(), number.as_str()].into_iter().chain(names)),
            other: fold(
                &mut [facts.description_bg.as_str()].into_iter().chain(rest).chain(keywords.iter().map(String::as_str)),
            ),
        }
    }
}

fn candidates(
    connection: &Connection,
    terms: &[String],
    supplier: Option<&Eik>,
) -> Result<(Vec<Summary>, bool), RecordsError> {
    let mut rows = matching(connection, &expression(terms, supplier, "name"))?;
    let mut capped = rows.len() > CANDIDATES;
    if !capped {
        let anywhere = matching(connection, &expression(terms, supplier, "name other"))?;
        capped = anywhere.len() > CANDIDATES;
        rows.extend(anywhere.into_iter().take(CANDIDATES));
    } else {
        rows.truncate(CANDIDATES);
    }
    let mut seen = HashSet::new();
    let mut statement = connection.prepare_cached(sql::CANDIDATE)?;
    let mut found = Vec::new();
    for id in rows.into_iter().filter(|id| seen.insert(*id)) {
        let mut rows = statement.query([id])?;
        if let Some(row) = rows.next()? {
            found.push(summary(row)?);
        }
    }
    Ok((found, capped))
}

fn matching(connection: &Connection, expression: &str) -> Result<Vec<i64>, RecordsError> {
    let mut statement = connection.prepare_cached(sql::MATCHING)?;
    let mut rows = statement.query((expression, (CANDIDATES + 1) as i64))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(row.get(0)?);
    }
    Ok(found)
}

/// A question in the language of the index; terms are letters and digits only, so none can be more than a word.
fn expression(terms: &[String], supplier: Option<&Eik>, columns: &str) -> String {
    // One letter begins too many words; by itself it is a word.
    let of_term = |term: &String| match term.chars().nth(1) {
        Some(_) => format!("\"{}\" *", words::stem(term)),
        None => format!("\"{term}\""),
    };
    let words: Vec<String> = terms.iter().map(of_term).collect();
    let asked = format!("{{{columns}}} : ({})", words.join(" AND "));
    match supplier {
        Some(supplier) => format!("supplier : \"{supplier}\" AND {asked}"),
        None => asked,
    }
}

/// Words of the name count by how much of them was asked; a short name that is hit is hit better than a long one.
fn score(summary: &Summary, terms: &[String]) -> (u32, Reverse<usize>) {
    let mut name = String::new();
    let names = [Some(&summary.name_bg), summary.name_en.as_ref(), summary.short_name_bg.as_ref()];
    names.into_iter().flatten().for_each(|part| words::folded(part, &mut name));
    let number = summary.key.service.to_string();
    let of_term = |term: &String| {
        if *term == number {
            return 16;
        }
        let stem = words::stem(term);
        let hits = name.split(' ').enumerate().filter(|(_, word)| word.starts_with(stem));
        let of_word = |(place, word): (usize, &str)| {
            let first = u32::from(place == 0);
            match word {
                word if word == term => 8 + first,
                word if words::stem(word) == stem => 6 + first,
                word if word.starts_with(term.as_str()) => 4 + first,
                _ => 2,
            }
        };
        hits.map(of_word).max().unwrap_or(0)
    };
    (terms.iter().map(of_term).sum(), Reverse(name.len()))
}

#[cfg(test)]
mod tests;
