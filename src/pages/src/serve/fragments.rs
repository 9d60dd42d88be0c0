//! Pieces of HTML for pages of others: no styles, no scripts, absolute links.

use super::{Failure, Here};
use crate::frame::Frame;
use crate::reply::{HTML, Page};
use crate::route::Place;
use crate::serve::surroundings;
use crate::text::say;
use kapia_records::{Eik, Key};
use minijinja::{Value, context};

/// How many services a fragment lists.
const MOST: u32 = 200;

impl Here<'_> {
    pub(super) async fn service_fragment(&self, key: &Key) -> Result<Page, Failure> {
        let Some(record) = self.pages.records.published(key).await? else { return Err(Failure::Missing) };
        let service = self.read(&record)?;
        let facts: Vec<Value> =
            [("fact-fee", &service.fee), ("fact-term", &service.term), ("fact-how", &service.level)]
                .into_iter()
                .filter_map(|(name, text)| {
                    Some(context! { name => say(name, self.language, &[]), text => text.clone()? })
                })
                .collect();
        let fragment = context! {
            title => service.name.text,
            lang => service.name.lang,
            lead => service.lead,
            lead_lang => service.description_lang,
            facts,
            items => Vec::<Value>::new(),
            base => self.absolute(),
            href => format!("{}{}", self.absolute(), self.address(&Place::Service(key.clone()))),
            link => say("fragment-service", self.language, &[]),
        };
        self.fragment(fragment, Place::ServiceFragment(key.clone()))
    }

    pub(super) async fn administration_fragment(&self, eik: &Eik) -> Result<Page, Failure> {
        let page = kapia_records::Page { number: self.page_number()?, size: MOST };
        let listed = self.pages.records.list_published(Some(eik.clone()), page).await?;
        if listed.items.is_empty() {
            return Err(Failure::Missing);
        }
        let administration = self.named(eik).await?;
        let items: Vec<Value> = listed
            .items
            .iter()
            .map(|summary| {
                let (name, lang) =
                    super::rows::in_language(self.language, Some(&summary.name_bg), summary.name_en.as_deref());
                context! { name, lang, href => self.address(&Place::Service(summary.key.clone())) }
            })
            .collect();
        let fragment = context! {
            title => say("services-of", self.language, &[("name", &administration.title)]),
            lang => Value::from(()),
            lead => "",
            lead_lang => Value::from(()),
            facts => Vec::<Value>::new(),
            items,
            base => self.absolute(),
            href => format!("{}{}", self.absolute(), administration.href),
            link => say("fragment-all", self.language, &[]),
        };
        self.fragment(fragment, Place::AdministrationFragment(eik.clone()))
    }

    fn absolute(&self) -> String {
        self.site.base(self.ask).unwrap_or_default()
    }

    fn fragment(&self, fragment: Value, place: Place) -> Result<Page, Failure> {
        let site = self.site.around(self.language, None);
        let frame = Frame::of(self.site, self.ask, &place, "", self.language, String::new()).unlisted();
        let context = surroundings(self.language, &site, &frame, context! { fragment });
        let html = self.site.render("fragment.html", &context).ok_or(Failure::Broken)?;
        // Whoever wants may show it in a frame.
        let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors *";
        let page = Page::new(200, HTML, html).with("Content-Security-Policy", policy).with("X-Robots-Tag", "noindex");
        Ok(page.kept(300).shared())
    }
}
