//! Services in lists: what a row shows, and where it comes from.

use super::{Administration, Failure, Here};
use crate::highlight::Words;
use crate::route::Place;
use crate::view::service::{Moment, shortened};
use crate::xhtml::escape;
use kapia_language::Language;
use kapia_records::{Descriptions, Eik, Key, Record, Summary};
use minijinja::Value;
use serde::Serialize;
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// A service in a list.
#[derive(Serialize, Clone)]
pub(crate) struct Row {
    pub href: String,
    pub name: Value,
    pub lang: Option<&'static str>,
    pub text: Value,
    pub text_lang: Option<&'static str>,
    pub number: String,
    pub administration: String,
    pub administration_lang: Option<String>,
    pub date: Option<Moment>,
}

/// How many characters of a description a row shows.
const LEAD: usize = 200;

/// What a row is made of.
struct Source<'a> {
    key: &'a Key,
    name_bg: &'a str,
    name_en: Option<&'a str>,
    /// The description or its beginning.
    text_bg: Option<&'a str>,
    text_en: Option<&'a str>,
}

impl Here<'_> {
    /// Rows of what a list or a search found; what it looked for is marked.
    pub(super) async fn rows(&self, found: &[Summary], words: Option<&Words>) -> Result<Vec<Row>, Failure> {
        let whole = match words {
            Some(words) => self.whole_descriptions(found, words).await?,
            None => BTreeMap::new(),
        };
        let sources = found.iter().map(|summary| match whole.get(&summary.key) {
            Some(Descriptions { bg, en }) => {
                Source { text_bg: Some(bg), text_en: en.as_deref(), ..Source::of_summary(summary) }
            }
            None => Source::of_summary(summary),
        });
        self.rows_of(sources.collect(), words).await
    }

    /// Rows of records that are read already.
    pub(super) async fn rows_of_records(&self, records: &[Record]) -> Result<Vec<Row>, Failure> {
        self.rows_of(records.iter().map(Source::of_record).collect(), None).await
    }

    /// The records of a list, in its order, asked for at the same time; without those that have gone since it was made.
    pub(super) async fn published_of(&self, keys: impl Iterator<Item = Key>) -> Result<Vec<Record>, Failure> {
        let mut asked = JoinSet::new();
        for (place, key) in keys.enumerate() {
            let records = self.pages.records.clone();
            asked.spawn(async move { (place, records.published(&key).await) });
        }
        let mut found = BTreeMap::new();
        while let Some(told) = asked.join_next().await {
            let (place, record) = told.map_err(|_| Failure::Broken)?;
            found.insert(place, record?);
        }
        Ok(found.into_values().flatten().collect())
    }

    /// The descriptions in which what was looked for may stand behind what the list knows of them.
    async fn whole_descriptions(
        &self,
        found: &[Summary],
        words: &Words,
    ) -> Result<BTreeMap<Key, Descriptions>, Failure> {
        let is_cut = |summary: &&Summary| {
            let (text, _) = Source::of_summary(summary).text(self.language);
            text.chars().count() >= Summary::EXCERPT && !words.are_near_the_beginning(text)
        };
        let keys: Vec<Key> = found.iter().filter(is_cut).map(|summary| summary.key.clone()).collect();
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        let whole = self.pages.records.published_descriptions(&keys).await?;
        Ok(keys.into_iter().zip(whole).filter_map(|(key, whole)| Some((key, whole?))).collect())
    }

    async fn rows_of(&self, sources: Vec<Source<'_>>, words: Option<&Words>) -> Result<Vec<Row>, Failure> {
        let mut administrations: BTreeMap<&Eik, Administration> = BTreeMap::new();
        let mut rows = Vec::with_capacity(sources.len());
        for source in sources {
            let supplier = &source.key.supplier;
            let administration = match administrations.get(supplier) {
                Some(administration) => administration,
                None => {
                    let administration = self.named(supplier).await?;
                    administrations.entry(supplier).or_insert(administration)
                }
            };
            rows.push(self.row(&source, words, administration));
        }
        Ok(rows)
    }

    fn row(&self, source: &Source<'_>, words: Option<&Words>, administration: &Administration) -> Row {
        let (name, lang) = source.name(self.language);
        let (text, text_lang) = source.text(self.language);
        let (name, text) = match words {
            Some(words) => (words.marked(name), words.marked(&words.window(text))),
            None => {
                let (mut safe_name, mut safe_text) = (String::new(), String::new());
                escape(name, &mut safe_name);
                escape(&shortened(text, LEAD), &mut safe_text);
                (safe_name, safe_text)
            }
        };
        Row {
            href: self.address(&Place::Service(source.key.clone())),
            name: Value::from_safe_string(name),
            lang,
            text: if text.is_empty() { Value::from("") } else { Value::from_safe_string(text) },
            text_lang,
            number: source.key.service.to_string(),
            administration: administration.title.clone(),
            administration_lang: administration.lang.clone(),
            date: None,
        }
    }
}

impl<'a> Source<'a> {
    fn of_summary(summary: &'a Summary) -> Self {
        Source {
            key: &summary.key,
            name_bg: &summary.name_bg,
            name_en: summary.name_en.as_deref(),
            text_bg: summary.excerpt_bg.as_deref(),
            text_en: summary.excerpt_en.as_deref(),
        }
    }

    fn of_record(record: &'a Record) -> Self {
        Source {
            key: &record.key,
            name_bg: &record.facts.name_bg,
            name_en: record.facts.name_en.as_deref(),
            text_bg: Some(&record.facts.description_bg),
            text_en: record.facts.description_en.as_deref(),
        }
    }

    fn name(&self, language: Language) -> (&'a str, Option<&'static str>) {
        in_language(language, Some(self.name_bg), self.name_en)
    }

    fn text(&self, language: Language) -> (&'a str, Option<&'static str>) {
        in_language(language, self.text_bg, self.text_en)
    }
}

/// The text for a reader, and its language if it is not the reader's.
pub(super) fn in_language<'a>(
    language: Language,
    bg: Option<&'a str>,
    en: Option<&'a str>,
) -> (&'a str, Option<&'static str>) {
    match (language, bg, en.filter(|text| !text.trim().is_empty())) {
        (Language::English, _, Some(en)) => (en, None),
        (Language::English, Some(bg), None) => (bg, (!bg.is_empty()).then_some("bg")),
        (_, Some(bg), _) => (bg, None),
        (_, None, _) => ("", None),
    }
}
