//! The site of one administration: its host name, its templates, its files, and nothing of others.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "support/html.rs"]
#[allow(dead_code)]
mod html;
#[allow(dead_code)]
mod support;

use kapia_language::Language;
use kapia_pages::{Ask, FacadeConfig, Page, Pages, PagesConfig, PagesError, SiteConfig};
use std::path::Path;
use support::{AGENCY, MUNICIPALITY, ask, text};

const HOST: &str = "uslugi.gorna-porta.example.bg";

fn site(host: &str, supplier: &str, templates: Option<&Path>) -> SiteConfig {
    let folder = templates.map(|folder| format!("templates = {folder:?}\n")).unwrap_or_default();
    toml::from_str(&format!("host = {host:?}\nsupplier = {supplier:?}\n{folder}")).unwrap()
}

async fn with_site(templates: &Path) -> (tempfile::TempDir, Pages) {
    let folder = tempfile::tempdir().unwrap();
    let sites = [site(HOST, MUNICIPALITY, Some(templates))];
    let pages =
        support::filled_pages(folder.path(), FacadeConfig { open: true, ..FacadeConfig::default() }, &sites).await;
    (folder, pages)
}

async fn at(pages: &Pages, host: &str, path: &str) -> Option<Page> {
    pages.answer(Ask { host: Some(host), ..ask(path) }).await
}

async fn there(pages: &Pages, path: &str) -> Page {
    at(pages, HOST, path).await.unwrap()
}

fn all_problems(pages: &Pages) -> String {
    pages.problems().iter().map(|problem| format!("{problem}\n")).collect()
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

#[tokio::test]
async fn a_site_shows_its_administration_and_no_other() {
    let templates = tempfile::tempdir().unwrap();
    let (_folder, pages) = with_site(templates.path()).await;
    assert_eq!(pages.problems(), []);
    let home = there(&pages, "/bg").await;
    let root = html::read(text(&home)).unwrap();
    assert_eq!(root.one("h1").text(), "Община Горна порта");
    assert!(!text(&home).contains("/administrations\""));
    for (path, status) in [
        ("/bg/services/000696327/2000", 200),
        ("/bg/services/000695388/2835", 404),
        ("/bg/administrations", 404),
        ("/bg/administrations/000695388", 404),
        ("/administrations/000695388/services.json", 404),
        ("/bg/administrations/000695388/changes.atom", 404),
        ("/bg/services/2835", 404),
        ("/bg/services/2001", 302),
    ] {
        assert_eq!(there(&pages, path).await.status, status, "{path}");
    }
    // пазител
    for path in
        ["/bg/services?q=%D0%BF%D0%B0%D0%B7%D0%B8%D1%82%D0%B5%D0%BB", "/bg/services?supplier=000695388", "/sitemap.xml"]
    {
        assert!(!text(&there(&pages, path).await).contains(AGENCY), "{path}");
    }
    assert!(at(&pages, HOST, "/epdeau/provider/suppliers").await.is_none());
}

#[tokio::test]
async fn the_host_name_decides_whatever_its_case_and_port() {
    let templates = tempfile::tempdir().unwrap();
    let (_folder, pages) = with_site(templates.path()).await;
    for host in ["USLUGI.gorna-porta.example.BG:8443", "uslugi.gorna-porta.example.bg."] {
        assert!(text(&at(&pages, host, "/bg").await.unwrap()).contains("<h1>Община Горна порта"), "{host}");
    }
    for host in ["services.example.bg", "uslugi.gorna-porta.example.bg.evil.example", ""] {
        assert!(text(&at(&pages, host, "/bg").await.unwrap()).contains("<h1>Намерете услуга"), "{host}");
    }
    let canonical = there(&pages, "/bg/services/000696327/2000").await;
    assert!(
        text(&canonical)
            .contains(&format!("<link rel=\"canonical\" href=\"https://{HOST}/bg/services/000696327/2000\">"))
    );
}

#[tokio::test]
async fn templates_and_files_of_a_site_stand_before_ours() {
    let templates = tempfile::tempdir().unwrap();
    let folder = templates.path();
    write(
        folder,
        "layout.html",
        "{% extends \"kapia/layout.html\" %}{% block foot %}<p>Кмет: А. Портарски</p>{% endblock %}",
    );
    write(folder, "static/site.css", ":root { --band: #402060; }");
    write(folder, "static/logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    write(folder, "static/pictures/gate.png", b"\x89PNG");
    let (_folder, pages) = with_site(folder).await;
    assert_eq!(pages.problems(), []);
    for path in ["/bg", "/en/services", "/bg/services/000696327/2000", "/bg/nowhere"] {
        let page = there(&pages, path).await;
        assert!(text(&page).contains("Кмет: А. Портарски"), "{path}");
        html::read(text(&page)).unwrap();
    }
    assert!(!text(&at(&pages, "services.example.bg", "/bg").await.unwrap()).contains("Портарски"));
    let home = html::read(text(&there(&pages, "/bg").await)).unwrap();
    for (element, attribute, part) in [("link", "href", "/site/site.css?v="), ("img", "src", "/site/logo.svg?v=")] {
        let address = home
            .find(element)
            .into_iter()
            .filter_map(|found| found.get(attribute))
            .find(|address| address.contains(part));
        let file = there(&pages, address.unwrap_or_else(|| panic!("{part}"))).await;
        assert_eq!(file.status, 200);
        assert!(file.header("cache-control").unwrap().contains("immutable"));
    }
    assert_eq!(there(&pages, "/site/pictures/gate.png").await.content_type, "image/png");
    assert_eq!(at(&pages, "services.example.bg", "/site/site.css").await.unwrap().status, 404);
}

#[tokio::test]
async fn a_broken_template_is_named_with_its_line_and_ours_serves() {
    let templates = tempfile::tempdir().unwrap();
    let folder = templates.path();
    write(
        folder,
        "service.html",
        "{% extends \"kapia/service.html\" %}\n{% block law %}\n{{ service.lawful }}\n{% endblock %}",
    );
    let (_folder, pages) = with_site(folder).await;
    let problems = pages.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let [english, bulgarian] =
        Language::ALL.map(|language| (problems[0].message(language), problems[0].hint(language)));
    let told =
        (format!("site {HOST}: service.html:3: the template fails: undefined value"), "the template of the program");
    assert!(english.0.starts_with(&told.0) && english.1.starts_with(told.1), "{english:?}");
    let told = format!("сайт {HOST}: service.html:3: шаблонът не работи: неопределена стойност");
    assert!(bulgarian.0.starts_with(&told) && bulgarian.1.contains("шаблонът на програмата"), "{bulgarian:?}");
    assert_eq!((problems[0].code(), problems[0].host()), ("site-template-fails", HOST));
    let page = there(&pages, "/bg/services/000696327/2000").await;
    assert_eq!(page.status, 200);
    assert!(text(&page).contains("Правно основание"));

    write(folder, "service.html", "{% extends \"kapia/service.html\" %}{% block law %}Наш закон{% endblock %}");
    assert_eq!(pages.reload(), []);
    assert!(text(&there(&pages, "/bg/services/000696327/2000").await).contains("Наш закон"));

    write(folder, "service.html", "{% if %}");
    assert_eq!(pages.reload().len(), 1);
    assert!(text(&there(&pages, "/bg/services/000696327/2000").await).contains("Правно основание"));
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_outside_the_folder_can_be_reached() {
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.txt", "secret");
    write(outside.path(), "secret.html", "secret");
    let templates = tempfile::tempdir().unwrap();
    let folder = templates.path();
    write(folder, "static/site.css", "");
    write(folder, "home.html", "{% include \"../secret.html\" %}");
    std::os::unix::fs::symlink(outside.path().join("secret.txt"), folder.join("static/link.txt")).unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.join("static/folder")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.html"), folder.join("missing.html")).unwrap();
    let (_folder, pages) = with_site(folder).await;
    let problems = all_problems(&pages);
    for named in ["static/link.txt", "static/folder", "missing.html", "home.html:1"] {
        assert!(problems.contains(named), "{named}: {problems}");
    }
    for path in [
        "/site/link.txt",
        "/site/folder/secret.txt",
        "/site/../home.html",
        "/site/%2e%2e/home.html",
        "/site/..%2fhome.html",
        "/site//etc/passwd",
        "/site/",
        "/site",
        "/bg/nowhere",
        "/bg",
    ] {
        if let Some(page) = at(&pages, HOST, path).await {
            assert!(!text(&page).contains("secret") && (page.status == 404 || path == "/bg"), "{path}");
        }
    }
}

#[tokio::test]
async fn files_that_are_no_files_of_a_site_are_left_out_and_named() {
    let templates = tempfile::tempdir().unwrap();
    let folder = templates.path();
    write(folder, "static/run.js", "alert(1)");
    write(folder, "static/page.html", "<p>");
    write(folder, "static/.hidden.css", "");
    write(folder, "static/big.png", vec![0; (4 << 20) + 1]);
    write(folder, "static/site.css", ":root { --link: #cccccc; }");
    write(folder, "servise.html", "");
    let (_folder, pages) = with_site(folder).await;
    let problems = all_problems(&pages);
    for named in ["run.js", "page.html", ".hidden.css", "big.png", "--link on --paper", "did you mean service.html"] {
        assert!(problems.contains(named), "{named}: {problems}");
    }
    assert_eq!(there(&pages, "/site/run.js").await.status, 404);
    assert_eq!(there(&pages, "/site/site.css").await.status, 200);
}

#[tokio::test]
async fn configuration_that_cannot_be_meant_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let records =
        kapia_records::Records::open(folder.path().join("r.db"), kapia_records::Environment::Production).unwrap();
    let refused = |sites: &[SiteConfig]| {
        Pages::new(records.clone(), Default::default(), FacadeConfig::default(), sites).err().unwrap()
    };
    assert_eq!(refused(&[site("a b", AGENCY, None)]), PagesError::Host("a b".to_owned()));
    assert_eq!(refused(&[site("a.bg:443", AGENCY, None)]), PagesError::Host("a.bg:443".to_owned()));
    assert_eq!(refused(&[site("a.bg", "12", None)]), PagesError::Supplier("a.bg".to_owned()));
    for wrong in ["portal", "/a//b", "/a/../b", "/a b", "/а", "//evil.example"] {
        let config = PagesConfig { prefix: wrong.to_owned(), ..PagesConfig::default() };
        let error = Pages::new(records.clone(), config, FacadeConfig::default(), &[]).err().unwrap();
        assert_eq!(error, PagesError::Prefix(wrong.to_owned()));
        assert!(error.message(Language::Bulgarian).contains("не е път") && !error.hint(Language::Bulgarian).is_empty());
    }
    let twice = [site("a.bg", AGENCY, None), site("A.bg", MUNICIPALITY, None)];
    assert_eq!(refused(&twice), PagesError::HostTwice("A.bg".to_owned()));
    // A folder that is not there is a problem, and the site serves.
    let pages = Pages::new(
        records.clone(),
        Default::default(),
        FacadeConfig::default(),
        &[site(HOST, AGENCY, Some(Path::new("/nowhere")))],
    )
    .unwrap();
    let problem = pages.problems().remove(0);
    assert_eq!(
        problem.to_string().split("; hint").next().unwrap(),
        format!("site {HOST}: the folder cannot be read: it is not there")
    );
    assert_eq!(problem.message(Language::Bulgarian), format!("сайт {HOST}: папката не може да се прочете: липсва"));
    assert_eq!(there(&pages, "/bg").await.status, 200);
}
