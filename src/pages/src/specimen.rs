//! Invented pages that say everything a page can say: templates of sites are tried with them before they serve.

use crate::assets::SPECIMEN;
use crate::config::PagesConfig;
use crate::frame::{Crumb, Feed, Frame};
use crate::record::Record;
use crate::reply::Ask;
use crate::route::Place;
use crate::serve::lists::pager;
use crate::serve::rows::Row;
use crate::serve::service::{Notice, Shown, body};
use crate::serve::{Administration, surroundings};
use crate::site::Site;
use crate::view::given;
use crate::view::service::{Moment, Service};
use kapia_language::Language;
use kapia_records::{Eik, Environment, Key, ServiceNumber};
use minijinja::{Value, context};
use time::macros::datetime;

/// Every template with what it may be given: in both languages, with everything and with as little as there can be.
pub(crate) fn contexts() -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    for language in Language::ALL {
        for full in [true, false] {
            // The specimen itself is read in a test, so this never is empty.
            all.extend(of(language, full).unwrap_or_default());
        }
    }
    all
}

fn of(language: Language, full: bool) -> Option<Vec<(&'static str, Value)>> {
    let now = datetime!(2026-11-22 10:00 UTC);
    let ask = Ask {
        method: "GET",
        host: Some("services.example.bg"),
        path: "/",
        query: None,
        accept_language: None,
        if_none_match: None,
        authorization: None,
        now,
    };
    let site = Site::main(
        &PagesConfig { contact: full.then(|| "help@example.bg".to_owned()), ..PagesConfig::default() },
        Environment::Production,
    )
    .ok()?;
    let key = Key { supplier: Eik::parse("000695388").ok()?, service: ServiceNumber::parse("2835").ok()? };
    let place = Place::Service(key);
    let mut frame = Frame::of(&site, &ask, &place, "", language, "Заглавие".to_owned());
    if full {
        frame.description = "Описание".to_owned();
        frame.crumbs =
            vec![Crumb { href: "/bg".to_owned(), text: "Начало".to_owned(), lang: Some("bg".to_owned()) }];
        frame.feeds =
            vec![Feed { title: "Atom".to_owned(), href: "/".to_owned(), content_type: "application/atom+xml" }];
        frame.data = Some(Value::from_safe_string("{}".to_owned()));
    }
    let text = |text: &str| full.then(|| text.to_owned());
    let administration = Administration {
        eik: "000695388".to_owned(),
        title: "Агенция по портите".to_owned(),
        lang: text("bg"),
        href: "/bg/administrations/000695388".to_owned(),
        contacts: text("гр. София"),
        url: text("https://www.example.bg/"),
        url_host: text("www.example.bg"),
        oid: text("2.16.100.1.1.1"),
        services: 2,
    };
    let row = Row {
        href: "/bg/services/000695388/2835".to_owned(),
        name: Value::from("Удостоверение"),
        lang: full.then_some("bg"),
        text: Value::from(if full { "Описание" } else { "" }),
        text_lang: full.then_some("bg"),
        number: "2835".to_owned(),
        administration: administration.title.clone(),
        administration_lang: administration.lang.clone(),
        date: full.then(|| Moment::day(now, language)),
    };
    let rows = if full { vec![row.clone(), row] } else { Vec::new() };
    let total = rows.len() as u64;
    let pages = pager("/bg/services", &[], 2, if full { 200 } else { 0 }, 20);
    let administrations = if full { vec![administration.clone()] } else { Vec::new() };
    let moment = Moment::day(now, language);

    let octets = if full { SPECIMEN } else { "<ServiceRecord xmlns=\"urn:egov-gateway:portal:service-record:1\"/>" };
    let service = Service::read(&Record::read(octets.as_bytes().into()).ok()?, "2835", "000695388", now, language);
    let shown = Shown { number: 3, date: moment.clone(), history: text("/bg/services/000695388/2835/versions") };
    let notices = if full {
        vec![Notice { text: "Бележка".to_owned(), href: text("/bg"), link: text("Вижте") }]
    } else {
        Vec::new()
    };

    let list = context! {
        query => if full { "порта" } else { "" },
        items => given(&rows),
        total,
        capped => full,
        pages => given(&pages),
        supplier => full.then_some("000695388"),
        supplier_title => full.then_some("Агенция"),
        supplier_lang => full.then_some("bg"),
        supplier_href => full.then_some("/bg/administrations/000695388"),
        with_administration => full,
        everywhere => "/bg/services",
    };
    let listed = context! { items => given(&administrations), total, pages => given(&pages) };
    let of_one = context! { items => given(&rows), total, pages => given(&pages) };
    let providers = context! { items => given(&rows) };
    let home = context! {
        services => total,
        administrations => total,
        list => given(&administrations),
        recent => given(&rows),
    };
    let item = context! { number => 1, href => "/bg", current => full, date => given(&moment) };
    let history = context! { items => vec![item], name => "Услуга", lang => text("bg"), href => "/bg" };
    let gone = context! { name => "Услуга", administration => "Агенция", date => moment.text, reason => text("Отменена"), href => "/bg" };
    let fragment = context! {
        title => "Услуги", lang => text("bg"), lead => if full { "Описание" } else { "" }, lead_lang => text("bg"),
        facts => if full { vec![context! { name => "Такса", text => "1 €" }] } else { Vec::new() },
        items => given(&rows), base => "https://services.example.bg", href => "https://services.example.bg/bg", link => "Всички",
    };
    let around = site.around(language, None);
    let with = |body: Value| surroundings(language, &around, &frame, body);
    let shown_administration = given(&administration);
    Some(vec![
        ("home.html", with(context! { home })),
        ("services.html", with(context! { list })),
        ("service.html", with(body(language, service, &administration, shown, notices, !full))),
        ("providers.html", with(context! { list => providers })),
        ("versions.html", with(context! { history })),
        ("administrations.html", with(context! { list => listed })),
        ("administration.html", with(context! { list => of_one, administration => shown_administration })),
        ("gone.html", with(context! { gone })),
        ("missing.html", with(context! { missing => context! { text => "Няма" } })),
        ("fragment.html", with(context! { fragment })),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use std::collections::BTreeMap;

    #[test]
    fn every_template_of_ours_works_with_much_and_with_little() {
        let contexts = contexts();
        assert_eq!(contexts.len(), 4 * 10);
        let (_, refused) = Engine::of_site(BTreeMap::new(), &contexts);
        assert_eq!(refused, []);
        // All but those that others are put together from.
        for (name, _) in crate::assets::TEMPLATES {
            let part = ["layout.html", "parts.html"].contains(name);
            assert!(part || contexts.iter().any(|(tried, _)| tried == name), "{name} is not tried");
        }
    }

    fn refused(name: &str, source: &str) -> (Option<usize>, String) {
        let (_, refused) = Engine::of_site(BTreeMap::from([(name.to_owned(), source.to_owned())]), &contexts());
        let broken = refused.into_iter().next().unwrap_or_else(|| panic!("{name} is not refused"));
        assert_eq!(broken.name, name);
        let told = |language| format!("{}; {}", broken.trouble.message(language), broken.trouble.hint(language));
        (broken.line, told(Language::English))
    }

    #[test]
    fn a_broken_template_is_refused_with_the_line() {
        assert_eq!(refused("home.html", "one\n{% if %}").0, Some(2));
        let (line, reason) = refused(
            "service.html",
            "{% extends \"kapia/service.html\" %}\n\n{% block title %}{{ servic.name }}{% endblock %}",
        );
        assert_eq!((line, reason.contains("undefined")), (Some(3), true), "{reason}");
        assert!(refused("layout.html", "{{ t(\"home-titel\") }}").1.contains("home-title"));
        assert!(refused("home.html", "{% for x in range(100000000) %}{% endfor %}").1.len() > 5);
        assert!(refused("service.html", "{% include \"/etc/passwd\" %}").1.contains("no such template"));
        assert!(refused("servise.html", "x").1.contains("service.html"));
    }

    #[test]
    fn one_broken_template_does_not_take_the_others_along() {
        let overrides = BTreeMap::from([
            ("home.html".to_owned(), "{% broken %}".to_owned()),
            (
                "missing.html".to_owned(),
                "{% extends \"kapia/missing.html\" %}{% block foot %}наш{% endblock %}".to_owned(),
            ),
        ]);
        let contexts = contexts();
        let (engine, refused) = Engine::of_site(overrides, &contexts);
        assert_eq!(refused.iter().map(|broken| broken.name.as_str()).collect::<Vec<_>>(), ["home.html"]);
        let page = |name: &str| {
            let (_, context) = contexts.iter().find(|(known, _)| *known == name).unwrap();
            engine.render(name, context.clone()).unwrap()
        };
        assert!(page("missing.html").contains("наш"));
        assert!(page("home.html").contains("<h1>"));
    }
}
