//! What of a database can be set while its package serves, though the package declares no parameter for it.

use kapia_adapter::{Declaration, Implied, Message, ParameterKind, Section};

/// Host, port, database, user and password of a server; of a data source its password.
pub(crate) fn implied(settings: &Section) -> Vec<Implied> {
    let text = |name, key, en, bg| of(name, key, ParameterKind::Text, Message::new(en, bg));
    let mut password = text("Password", "password", "password for the database", "парола за базата данни");
    password.declaration.secret = true;
    password.instead_of = &["password_file", "password_env"];
    match settings.peek("engine") {
        Some("postgresql" | "mysql") => {
            let port = ParameterKind::Integer { least: Some(1), most: Some(65_535) };
            vec![
                text("Host", "host", "server of the database", "сървър на базата данни"),
                of("Port", "port", port, Message::new("port of the server", "порт на сървъра")),
                text("Database", "database", "database", "база данни"),
                text("User", "user", "user of the database", "потребител на базата данни"),
                password,
            ]
        }
        Some("odbc") => vec![password],
        _ => Vec::new(),
    }
}

fn of(name: &str, key: &'static str, kind: ParameterKind, about: Message) -> Implied {
    let declaration = Declaration { name: name.to_owned(), kind, secret: false, default: None, about, line: 0 };
    Implied { declaration, key, instead_of: &[] }
}
