//! The pages with invented records, over plain HTTP on the loopback address: to look at them, and for the tests in a browser.
//!
//! `portal [PORT] [HOST EIK FOLDER]`: the last three make the site of one administration with templates from the folder. The same
//! pages stand under `/portal` too, as if a proxy served them there.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "../tests/support/mod.rs"]
#[allow(dead_code)]
mod support;

use kapia_pages::{Ask, FacadeConfig, Pages, PagesConfig, SiteConfig};
use kapia_records::{Environment, Records};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let port = arguments.first().map_or("8080", String::as_str);
    let sites: Vec<SiteConfig> = arguments
        .get(1..)
        .unwrap_or_default()
        .chunks_exact(3)
        .map(|site| {
            let text = format!("host = {:?}\nsupplier = {:?}\ntemplates = {:?}\n", site[0], site[1], site[2]);
            toml::from_str(&text).unwrap()
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    support::fill(&records).await;
    support::apply(
        &records,
        time::macros::datetime!(2026-08-01 08:00 UTC),
        vec![support::put(support::MINISTRY, 666, hostile())],
    )
    .await;
    let config = PagesConfig { contact: Some("help@example.bg".to_owned()), ..PagesConfig::default() };
    let facade = FacadeConfig { open: true, ..FacadeConfig::default() };
    let under = Pages::new(records.clone(), config.clone().below(UNDER), facade.clone(), &[]).unwrap();
    let pages = Arc::new((Pages::new(records, config, facade, &sites).unwrap(), under));
    for problem in pages.0.problems() {
        eprintln!("{problem}");
    }
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    for stream in listener.incoming() {
        let pages = Arc::clone(&pages);
        let runtime = tokio::runtime::Handle::current();
        std::thread::spawn(move || runtime.block_on(serve(stream.unwrap(), &pages)));
    }
}

/// Where the pages stand a second time.
const UNDER: &str = "/portal";

/// A record that wants to break out of its page.
fn hostile() -> kapia_records::Content {
    let attack = "\"><script>window.harmed = 1</script><img src=x onerror=\"window.harmed = 2\">";
    let markup = "<p onclick=\"window.harmed = 3\">Текст<script>window.harmed = 4</script><svg onload=\"window.harmed = 5\"></svg>\
        <a href=\"javascript:window.harmed = 6\">връзка</a></p><iframe src=\"https://evil.example\"></iframe><style>body{display:none}</style>";
    let draft = support::Draft {
        number: 666,
        supplier: support::MINISTRY,
        name_bg: format!("Опасна услуга{attack}"),
        name_en: Some(format!("A dangerous service{attack}")),
        description: markup.to_owned(),
        online: true,
        fee: Some("1"),
        days: 1,
        more: String::new(),
    };
    draft.content()
}

async fn serve(mut stream: TcpStream, (pages, under): &(Pages, Pages)) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    if reader.by_ref().take(8192).read_line(&mut first).is_err() {
        return;
    }
    let mut words = first.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or("/").to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        match reader.by_ref().take(8192).read_line(&mut line) {
            Ok(read) if read > 2 => headers.push(line),
            _ => break,
        }
    }
    let header = |name: &str| {
        headers
            .iter()
            .find_map(|line| line.split_once(':').filter(|(known, _)| known.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value.trim())
    };
    let (path, query) = target.split_once('?').map_or((target.as_str(), None), |(path, query)| (path, Some(query)));
    let (pages, path) = match path.strip_prefix(UNDER) {
        Some("") => (under, "/"),
        Some(below) if below.starts_with('/') => (under, below),
        _ => (pages, path),
    };
    let ask = Ask {
        method: &method,
        host: header("host"),
        path,
        query,
        accept_language: header("accept-language"),
        if_none_match: header("if-none-match"),
        authorization: header("authorization"),
        now: support::NOW,
    };
    let (status, content_type, headers, body) = match pages.answer(ask).await {
        Some(page) => (page.status, page.content_type, page.headers, page.body),
        None => (404, "text/plain", Vec::new(), Default::default()),
    };
    let mut head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}
