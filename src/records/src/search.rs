//! Searching what the public sees: words are prefixes, all must occur, the better ones come first.
//!
//! Candidates come out of the index in its order, at most [`CANDIDATES`] of those whose name has all the words and then as many
//! of the others; so a word that occurs everywhere costs no more than a rare one. They are ranked here, by where and how the words
//! occur; only those of the page are then read.
//!
//! The index joins everything that begins with some letters before it gives the first of it, unless it keeps an index of beginnings
//! of just that length. So longer beginnings are spelled out: as the words that were ever written with them ([`spelled`]).

use std::cmp::Reverse;
use std::collections::HashSet;

use rusqlite::{Connection, Row};

use crate::error::RecordsError;
use crate::names::{Eik, Key};
use crate::reading::summary;
use crate::record::{Facts, Page, Summary};
use crate::records::Records;
use crate::store::sql;
use crate::words;

/// How many candidates of each kind are ranked.
const CANDIDATES: usize = 250;
/// Of how many letters there is an index of beginnings at most; see the tables.
const INDEXED_BEGINNING: usize = 4;
/// In how many ways a beginning is spelled out; the index joins what has more.
const SPELLINGS: usize = 40;

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
        let asked: Vec<Asked> = words::terms(&query.text).into_iter().map(Asked::new).collect();
        let (supplier, page) = (query.supplier, query.page);
        if asked.is_empty() {
            return Ok(Found { items: Vec::new(), total: 0, capped: false, more: false });
        }
        self.read(move |connection| {
            let (mut found, capped) = candidates(connection, &asked, supplier.as_ref())?;
            found.sort_unstable_by(Candidate::before);
            let total = found.len() as u64;
            let offset = usize::try_from(page.offset()).unwrap_or(usize::MAX);
            let mut statement = connection.prepare_cached(sql::CANDIDATE)?;
            let mut items = Vec::new();
            for candidate in found.iter().skip(offset).take(page.limit() as usize) {
                let mut rows = statement.query([candidate.id])?;
                if let Some(row) = rows.next()? {
                    items.push(summary(row)?);
                }
            }
            let more = page.offset() + (items.len() as u64) < total;
            Ok(Found { items, total, capped, more })
        })
        .await
    }
}

impl Indexed {
    /// Its words, each once, as a JSON array; they are letters and digits only.
    pub(crate) fn spellings(&self) -> String {
        let words: HashSet<&str> = self.name.split_whitespace().chain(self.other.split_whitespace()).collect();
        let words: Vec<&str> = words.into_iter().collect();
        if words.is_empty() { "[]".to_owned() } else { format!("[\"{}\"]", words.join("\",\"")) }
    }

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

/// A word of a question.
struct Asked {
    word: String,
    /// How many octets of it all its forms have in common.
    stem: usize,
}

/// A record that fits, and how well.
struct Candidate {
    id: i64,
    supplier: String,
    service: i64,
    score: Score,
}

/// How much of the question is in the name; of two names with as much of it the shorter one is better.
type Score = (u32, Reverse<usize>);

impl Asked {
    fn new(word: String) -> Self {
        let stem = words::stem(&word).len();
        Self { word, stem }
    }

    fn stem(&self) -> &str {
        self.word.get(..self.stem).unwrap_or(&self.word)
    }
}

impl Candidate {
    /// The better one first; equally good ones in the order of their keys.
    fn before(&self, other: &Self) -> std::cmp::Ordering {
        let by_key = || (&self.supplier, self.service).cmp(&(&other.supplier, other.service));
        other.score.cmp(&self.score).then_with(by_key)
    }
}

fn candidates(
    connection: &Connection,
    asked: &[Asked],
    supplier: Option<&Eik>,
) -> Result<(Vec<Candidate>, bool), RecordsError> {
    let mut words = Vec::with_capacity(asked.len());
    for asked in asked {
        match in_index(connection, asked)? {
            Some(word) => words.push(word),
            None => return Ok((Vec::new(), false)),
        }
    }
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut take = |statement: &str, columns: &str| -> Result<bool, RecordsError> {
        let mut statement = connection.prepare_cached(statement)?;
        let mut rows = statement.query((expression(&words, supplier, columns), (CANDIDATES + 1) as i64))?;
        let mut taken = 0;
        while let Some(row) = rows.next()? {
            if taken == CANDIDATES {
                return Ok(true);
            }
            taken += 1;
            let id = row.get(0)?;
            if seen.insert(id) {
                found.push(candidate(row, id, asked)?);
            }
        }
        Ok(false)
    };
    let capped = take(sql::IN_NAMES, "name")? || take(sql::ANYWHERE, "name other")?;
    Ok((found, capped))
}

fn candidate(row: &Row<'_>, id: i64, asked: &[Asked]) -> Result<Candidate, RecordsError> {
    let (supplier, service) = (row.get(1)?, row.get(2)?);
    let mut name = String::with_capacity(256);
    for column in 3..=5 {
        if let Some(part) = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            words::folded(part, &mut name);
        }
    }
    Ok(Candidate { id, supplier, service, score: score(&name, service, asked) })
}

/// How the index is asked for a word; none if nothing in it can fit.
fn in_index(connection: &Connection, asked: &Asked) -> Result<Option<String>, RecordsError> {
    // One letter begins too many words; by itself it is a word.
    if asked.word.chars().nth(1).is_none() {
        return Ok(Some(format!("\"{}\"", asked.word)));
    }
    let stem = asked.stem();
    let beginning = || Some(format!("\"{stem}\" *"));
    if stem.chars().nth(INDEXED_BEGINNING).is_none() {
        return Ok(beginning());
    }
    let spellings = spelled(connection, stem)?;
    Ok(match spellings.len() {
        0 => None,
        1..=SPELLINGS => Some(format!("(\"{}\")", spellings.join("\" OR \""))),
        _ => beginning(),
    })
}

/// The words that were ever written with this beginning, one more than are asked for at most.
fn spelled(connection: &Connection, beginning: &str) -> Result<Vec<String>, RecordsError> {
    let mut statement = connection.prepare_cached(sql::SPELLED)?;
    let mut rows = statement.query((beginning, format!("{beginning}{}", char::MAX), (SPELLINGS + 1) as i64))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(row.get(0)?);
    }
    Ok(found)
}

/// A question in the language of the index; words are letters and digits only, so none can be more than a word.
fn expression(words: &[String], supplier: Option<&Eik>, columns: &str) -> String {
    let asked = format!("{{{columns}}} : ({})", words.join(" AND "));
    match supplier {
        Some(supplier) => format!("supplier : \"{supplier}\" AND {asked}"),
        None => asked,
    }
}

/// Words of the name count by how much of them was asked; a short name that is hit is hit better than a long one.
fn score(name: &str, service: i64, asked: &[Asked]) -> Score {
    let number = service.to_string();
    let of_word = |asked: &Asked| {
        if asked.word == number {
            return 16;
        }
        let stem = asked.stem();
        let hits = name.split(' ').enumerate().filter(|(_, word)| word.starts_with(stem));
        let of_hit = |(place, word): (usize, &str)| {
            let first = u32::from(place == 0);
            match word {
                word if word == asked.word => 8 + first,
                word if words::stem(word) == stem => 6 + first,
                word if word.starts_with(asked.word.as_str()) => 4 + first,
                _ => 2,
            }
        };
        hits.map(of_hit).max().unwrap_or(0)
    };
    (asked.iter().map(of_word).sum(), Reverse(name.len()))
}

#[cfg(test)]
mod tests;
