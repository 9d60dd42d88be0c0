//! The page of a service, its versions, and what is left when it has ended.

use super::{Administration, Failure, Here};
use crate::dates;
use crate::frame::{Crumb, Frame};
use crate::linked;
use crate::record::Record as Parts;
use crate::reply::Page;
use crate::route::Place;
use crate::text::say;
use crate::view::given;
use crate::view::service::{Moment, Service};
use kapia_language::Language;
use kapia_records::{Action, Key, Record, Status, Version};
use minijinja::{Value, context};
use serde::Serialize;
use time::{Duration, OffsetDateTime};

/// How long before its end a service says that it will end.
const AHEAD: Duration = Duration::days(90);

/// A notice above a description.
#[derive(Serialize)]
pub(crate) struct Notice {
    pub text: String,
    pub href: Option<String>,
    pub link: Option<String>,
}

/// A part of the page, for the list of contents.
#[derive(Serialize)]
pub(crate) struct Section {
    pub id: &'static str,
    pub title: String,
}

/// Which version is shown.
#[derive(Serialize)]
pub(crate) struct Shown {
    pub number: u64,
    pub date: Moment,
    pub history: Option<String>,
}

impl Here<'_> {
    pub(super) async fn service(&self, key: &Key) -> Result<Page, Failure> {
        let Some(record) = self.pages.records.published(key).await? else { return self.gone(key).await };
        let history = self.pages.records.history(key).await?;
        let published = published_versions(&history);
        let service = self.read(&record)?;
        let administration = self.named(&key.supplier).await?;
        let place = Place::Service(key.clone());
        let mut frame = self.frame_of(&service, &administration, &place);
        frame.data =
            Some(linked::service(&service, &record, &administration, frame.canonical.as_deref(), self.language));
        let history_address = (published.len() > 1).then(|| self.address(&Place::Versions(key.clone())));
        let shown = Shown {
            number: record.version,
            date: Moment::day(record.modified_at, self.language),
            history: history_address,
        };
        let notices = self.notices(&record, &history);
        let modified = record.modified_at;
        let body = body(self.language, service, &administration, shown, notices, false);
        Ok(self.html(200, "service.html", frame, body).await?.modified(Some(modified)))
    }

    /// An earlier version that was published.
    pub(super) async fn version(&self, key: &Key, version: u64) -> Result<Page, Failure> {
        let Some(current) = self.pages.records.published(key).await? else { return Err(Failure::Missing) };
        if current.version == version {
            return Ok(Page::elsewhere(302, self.address(&Place::Service(key.clone()))));
        }
        let history = self.pages.records.history(key).await?;
        if !published_versions(&history).iter().any(|known| known.version == version) {
            return Err(Failure::Missing);
        }
        let Some(record) = self.pages.records.get(key, Some(version)).await? else { return Err(Failure::Missing) };
        let service = self.read(&record)?;
        let administration = self.named(&key.supplier).await?;
        let frame = self.frame_of(&service, &administration, &Place::Version(key.clone(), version)).unlisted();
        let date = Moment::day(record.modified_at, self.language);
        let number = version.to_string();
        let notices = vec![Notice {
            text: say("old-version", self.language, &[("version", &number), ("date", &date.text)]),
            href: Some(self.address(&Place::Service(key.clone()))),
            link: Some(say("see-current", self.language, &[])),
        }];
        let history = Some(self.address(&Place::Versions(key.clone())));
        let shown = Shown { number: version, date, history };
        let body = body(self.language, service, &administration, shown, notices, true);
        self.html(200, "service.html", frame, body).await
    }

    pub(super) async fn versions(&self, key: &Key) -> Result<Page, Failure> {
        let Some(record) = self.pages.records.published(key).await? else { return Err(Failure::Missing) };
        let history = self.pages.records.history(key).await?;
        let service = self.read(&record)?;
        let administration = self.named(&key.supplier).await?;
        let items: Vec<Value> = published_versions(&history)
            .into_iter()
            .map(|version| {
                let current = version.version == record.version;
                let place =
                    if current { Place::Service(key.clone()) } else { Place::Version(key.clone(), version.version) };
                context! {
                    number => version.version,
                    href => self.address(&place),
                    current,
                    date => given(Moment {
                        text: dates::day_and_time(version.at, self.language),
                        iso: dates::rfc3339(version.at),
                    }),
                }
            })
            .collect();
        let title = say("history-title", self.language, &[]);
        let mut frame =
            Frame::of(self.site, self.ask, &Place::Versions(key.clone()), "", self.language, title).unlisted();
        let href = self.address(&Place::Service(key.clone()));
        frame.crumbs = self.below(&administration);
        frame.crumbs.push(Crumb {
            href: href.clone(),
            text: service.name.text.clone(),
            lang: service.name.lang.clone(),
        });
        let history = context! { items, name => service.name.text, lang => service.name.lang, href };
        self.html(200, "versions.html", frame, context! { history }).await
    }

    /// A service that was published and has ended: 410 with the reason (RFC 9110 §15.5.11).
    async fn gone(&self, key: &Key) -> Result<Page, Failure> {
        // What the public saw last; a draft that was in work when it ended stays hidden.
        let Some(record) = self.pages.records.last_published(key).await? else { return Err(Failure::Missing) };
        let history = self.pages.records.history(key).await?;
        let Some(End { at, reason }) = End::of(&history) else { return Err(Failure::Missing) };
        let service = self.read(&record)?;
        let administration = self.named(&key.supplier).await?;
        let title = say("gone-title", self.language, &[]);
        let mut frame =
            Frame::of(self.site, self.ask, &Place::Service(key.clone()), "", self.language, title).unlisted();
        frame.crumbs = self.below(&administration);
        let gone = context! {
            name => service.name.text,
            administration => administration.title,
            date => dates::day(at, self.language),
            reason,
            href => administration.href,
        };
        self.html(410, "gone.html", frame, context! { gone }).await
    }

    pub(super) fn read(&self, record: &Record) -> Result<Service, Failure> {
        let parts = Parts::read(record.octets.clone()).map_err(|error| {
            tracing::error!(key = %record.key, version = record.version, %error, "a record cannot be shown");
            Failure::Broken
        })?;
        let (number, eik) = (record.key.service.to_string(), record.key.supplier.to_string());
        Ok(Service::read(&parts, &number, &eik, self.ask.now, self.language))
    }

    fn frame_of(&self, service: &Service, administration: &Administration, place: &Place) -> Frame {
        let title = service.name.text.clone();
        let mut frame = Frame::of(self.site, self.ask, place, "", self.language, title);
        frame.description = crate::view::service::shortened(&service.lead, 160);
        frame.crumbs = self.below(administration);
        frame
    }

    fn notices(&self, record: &Record, history: &[Version]) -> Vec<Notice> {
        let now = self.ask.now;
        let notice = |key: &str, at| {
            let date = dates::day(at, self.language);
            Notice { text: say(key, self.language, &[("date", &date)]), href: None, link: None }
        };
        let mut notices = Vec::new();
        if record.facts.valid_from > now {
            notices.push(notice("not-yet", record.facts.valid_from));
        }
        // Drafts after it change nothing in it.
        let announced = history
            .iter()
            .find(|version| matches!(version.action, Action::Ending | Action::Deactivated | Action::Reactivated))
            .filter(|version| version.action == Action::Ending)
            .and_then(|version| version.effective_from);
        match [record.facts.valid_to, announced].into_iter().flatten().min() {
            Some(end) if end < now => notices.push(notice("no-longer", end)),
            Some(end) if end < now + AHEAD => notices.push(notice("ends-on", end)),
            _ => {}
        }
        notices
    }
}

/// When and why a service ended.
#[derive(Debug, PartialEq, Eq)]
struct End {
    at: OffsetDateTime,
    reason: Option<String>,
}

impl End {
    /// The last end in a history, newest first. One that was announced has the day and the reason of its announcement; the calendar,
    /// which carries it out, knows none.
    fn of(history: &[Version]) -> Option<End> {
        let place = history.iter().position(|version| version.action == Action::Deactivated)?;
        let ended = history.get(place)?;
        let announced = history
            .get(place + 1..)?
            .iter()
            .take_while(|version| !matches!(version.action, Action::Deactivated | Action::Reactivated))
            .find(|version| version.action == Action::Ending)
            .filter(|announced| announced.effective_from.is_some_and(|from| from <= ended.at));
        let at = ended.effective_from.or(announced.and_then(|announced| announced.effective_from)).unwrap_or(ended.at);
        let reason = ended.why.clone().or_else(|| announced?.why.clone());
        Some(End { at, reason })
    }
}

/// The versions that the public saw, newest first, without those that changed nothing that it could see.
pub(super) fn published_versions(history: &[Version]) -> Vec<&Version> {
    let mut published: Vec<&Version> = Vec::new();
    for version in history.iter().rev().filter(|version| version.status == Status::Published) {
        if published.last().is_none_or(|last| last.digest != version.digest) {
            published.push(version);
        }
    }
    published.reverse();
    published
}

/// What the template of a service sees besides the frame.
pub(crate) fn body(
    language: Language,
    service: Service,
    administration: &Administration,
    version: Shown,
    notices: Vec<Notice>,
    old: bool,
) -> Value {
    let about = service.description.is_true() || service.limitations.is_true();
    let how = !service.methods.is_empty() || service.url.is_some() || !service.identification.is_empty();
    let documents = !(service.evidence.is_empty() && service.forms.is_empty() && service.regulatory.is_empty());
    let fees = service.has_fees || service.payment.is_some() || service.grant_term.is_true();
    let result = !service.outputs.is_empty() || service.validity_term.is_true();
    let bodies = [&service.provision_body, &service.control_body, &service.appeal_body];
    let appeal =
        bodies.into_iter().any(Option::is_some) || service.appeal_terms.is_true() || service.suggestions.is_some();
    let rate = service
        .channels
        .iter()
        .flat_map(|channel| &channel.lines)
        .any(|line| line.fees.iter().chain(&line.later).any(|fee| fee.lev.is_some()));
    let foreign_note = service.description_lang.is_some() || service.name.lang.is_some();
    let parts = [
        ("about", "section-about", about),
        ("how", "section-how", how),
        ("documents", "section-documents", documents),
        ("fees", "section-fees", fees),
        ("steps", "section-steps", !service.stages.is_empty()),
        ("result", "section-result", result),
        ("contact", "section-contact", !service.units.is_empty()),
        ("law", "section-law", !service.law.is_empty()),
        ("appeal", "section-appeal", appeal),
        ("more", "section-more", true),
    ];
    let sections: Vec<Section> = parts
        .into_iter()
        .filter(|(.., there)| *there)
        .map(|(id, key, _)| Section { id, title: say(key, language, &[]) })
        .collect();
    context! {
        service => given(&service),
        administration => given(administration),
        version => given(&version),
        notices => given(&notices),
        sections => given(&sections),
        has => context! { about, how, documents, fees, result, appeal, rate, foreign_note },
        old,
    }
}
