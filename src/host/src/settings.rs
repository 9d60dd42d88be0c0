//! `[backend]` and `[operation.host]` of a package with the backend `host`.

use std::path::Path;
use std::time::Duration;

use kapia_adapter::{Keys, Located, Message, PackageFiles, PackagePath, Problem, Section};
use kapia_regix::host::Binding;
use kapia_soap::Version;
use reqwest::Url;

/// `[backend]`, with its files read.
pub(crate) struct Settings {
    pub addresses: Vec<Url>,
    pub binding: Binding,
    /// Certificate, chain and key, PEM.
    pub identity: Option<Vec<u8>>,
    /// PEM.
    pub authorities: Option<Vec<u8>>,
    pub connect: Duration,
    pub answer: Duration,
    pub answer_bytes: usize,
    pub poll: Duration,
}

/// `[operation.host]`.
#[derive(Default)]
pub(crate) struct OperationSettings {
    pub operation: Option<String>,
    pub properties: Vec<String>,
}

const LARGEST_ANSWER: u64 = 1 << 30;

impl Settings {
    /// Reads the table; `None` if something in it is wrong.
    pub(crate) fn read(section: &Section, files: &dyn PackageFiles, problems: &mut Vec<Problem>) -> Option<Settings> {
        let before = problems.len();
        let mut keys = section.keys(problems);
        keys.text("kind");
        let addresses = keys.required_text("address");
        let is_wcf = keys.one_of("protocol", &[("http", false), ("wcf", true)]).is_some_and(|wcf| wcf.value);
        let soap = keys.one_of("soap", &[("1.1", Version::V11), ("1.2", Version::V12)]);
        if let (Some(soap), false) = (&soap, is_wcf) {
            keys.problem(soap.line, useless_soap());
        }
        let binding = if is_wcf { Binding::Wcf(soap.map_or(Version::V11, |soap| soap.value)) } else { Binding::Http };
        let certificate = keys.text("certificate");
        let key = keys.text("key");
        let authorities = keys.text("authorities");
        let seconds = |keys: &mut Keys<'_, '_>, key, usual| {
            Duration::from_secs(keys.number(key, 1..=3600).map_or(usual, |seconds| seconds.value))
        };
        let connect = seconds(&mut keys, "connect_seconds", 10);
        let answer = seconds(&mut keys, "answer_seconds", 60);
        let answer_bytes = keys.number("answer_bytes", 1024..=LARGEST_ANSWER).map_or(26_214_400, |bytes| bytes.value);
        let poll = Duration::from_millis(keys.number("poll_ms", 10..=60_000).map_or(1000, |poll| poll.value));
        let addresses = addresses.map(|written| read_addresses(&mut keys, &written, binding)).unwrap_or_default();
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => {
                let parts = [read_file(&mut keys, files, &key), read_file(&mut keys, files, &certificate)];
                parts.into_iter().collect::<Option<Vec<_>>>().map(|parts| parts.join(&b'\n'))
            }
            (Some(one), None) | (None, Some(one)) => {
                keys.problem(one.line, lonely_identity());
                None
            }
            (None, None) => None,
        };
        let authorities = authorities.and_then(|file| read_file(&mut keys, files, &file));
        keys.finish();
        (problems.len() == before).then(|| Settings {
            addresses,
            binding,
            identity,
            authorities,
            connect,
            answer,
            answer_bytes: usize::try_from(answer_bytes).unwrap_or(usize::MAX),
            poll,
        })
    }
}

impl OperationSettings {
    pub(crate) fn read(section: &Section, problems: &mut Vec<Problem>) -> OperationSettings {
        let mut keys = section.keys(problems);
        let operation = keys.text("operation").map(|operation| operation.value);
        let properties = keys.text("properties").map(|written| {
            let paths: Vec<String> = written.value.split_whitespace().map(str::to_owned).collect();
            if paths.iter().any(|path| path.split('.').any(str::is_empty)) {
                keys.problem(written.line, bad_property());
            }
            paths
        });
        keys.finish();
        OperationSettings { operation, properties: properties.unwrap_or_default() }
    }
}

fn read_addresses(keys: &mut Keys<'_, '_>, written: &Located<String>, binding: Binding) -> Vec<Url> {
    let addresses: Vec<Option<Url>> = written.value.split_whitespace().map(|text| address(text, binding)).collect();
    if addresses.iter().any(Option::is_none) {
        keys.problem(written.line, bad_address());
    }
    addresses.into_iter().flatten().collect()
}

/// An address with scheme and host and nothing that would end up in logs; one for the HTTP protocol ends with a slash,
/// since names of functions are appended to it (adapter-standard §3.4).
fn address(text: &str, binding: Binding) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if binding == Binding::Http && !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    plain.then_some(url)
}

/// A file by its absolute path, or one of the package.
fn read_file(keys: &mut Keys<'_, '_>, files: &dyn PackageFiles, named: &Located<String>) -> Option<Vec<u8>> {
    let path = Path::new(&named.value);
    if path.is_absolute() {
        return match files.outside(path) {
            Ok(octets) => Some(octets),
            Err(error) => {
                keys.problem(named.line, unreadable_file(&error));
                None
            }
        };
    }
    match PackagePath::parse(&named.value).and_then(|path| files.read(&path)) {
        Ok(file) => Some(file.bytes.to_vec()),
        Err(problem) => {
            keys.problem(named.line, problem);
            None
        }
    }
}

fn problem(code: &'static str, cause: Message, hint: Message) -> Problem {
    Problem { code, file: None, line: None, cause, hint }
}

fn bad_address() -> Problem {
    problem(
        "host-address",
        Message::new("`address` is not the address of an adapter", "`address` не е адрес на адаптер"),
        Message::new(
            "write http://host/NameAdapter/ or https://…, without a user, a query or a fragment; several with blanks between",
            "напишете http://host/NameAdapter/ или https://…, без потребител, заявка и фрагмент; няколко с интервал между тях",
        ),
    )
}

fn bad_property() -> Problem {
    problem(
        "host-property",
        Message::new("`properties` holds a path that is none", "в `properties` има път, който не е път"),
        Message::new(
            "write names of properties with dots between, such as Item.Name; several with blanks between",
            "напишете имена на свойства с точки между тях, например Item.Name; няколко пътя с интервал между тях",
        ),
    )
}

fn useless_soap() -> Problem {
    problem(
        "host-soap",
        Message::new(
            "`soap` means nothing without `protocol = \"wcf\"`",
            "`soap` не означава нищо без `protocol = \"wcf\"`",
        ),
        Message::new("add `protocol = \"wcf\"` or remove `soap`", "добавете `protocol = \"wcf\"` или махнете `soap`"),
    )
}

fn lonely_identity() -> Problem {
    problem(
        "host-identity",
        Message::new("of `certificate` and `key` only one is there", "от `certificate` и `key` има само едно"),
        Message::new("give both, or neither", "дайте и двете или нито едно"),
    )
}

fn unreadable_file(error: &std::io::Error) -> Problem {
    let kind = error.kind();
    problem(
        "host-file",
        Message::new(format!("the file cannot be read: {kind}"), format!("файлът не може да се прочете: {kind}")),
        Message::new("check the path and who may read the file", "проверете пътя и кой може да чете файла"),
    )
}

/// What is wrong with certificate, key or authorities as a whole.
pub(crate) fn unusable_identity() -> Problem {
    problem(
        "host-identity",
        Message::new(
            "`certificate`, `key` or `authorities` cannot be used",
            "`certificate`, `key` или `authorities` не може да се използва",
        ),
        Message::new(
            "give PEM files: certificate with its chain, its private key (PKCS #8, PKCS #1 or SEC 1), authorities",
            "дайте PEM файлове: удостоверение с веригата му, личния му ключ (PKCS #8, PKCS #1 или SEC 1), издатели",
        ),
    )
}
