//! The text of a query: placeholders found, and rewritten for a database.

use std::sync::Arc;

use crate::bound::Kind;
use crate::fault::Fault;
use crate::settings::Dialect;

/// A query as a database gets it.
#[derive(Debug)]
pub(crate) struct Statement {
    /// The name of the query, for errors.
    pub query: Arc<str>,
    /// With placeholders of the database.
    pub text: String,
    /// Which parameter stands at which place.
    pub places: Vec<usize>,
    /// The types of the parameters.
    pub kinds: Vec<Kind>,
}

/// A text whose placeholders have been found.
pub(crate) struct Scanned {
    parts: Vec<Part>,
    /// The names of its placeholders, each once, in the order of the text.
    pub names: Vec<String>,
}

enum Part {
    Text(String),
    Place(usize),
}

impl Scanned {
    /// Looks through a text; what is wrong with it needs no database to be found.
    pub fn read(query: &str, text: &str, dialect: Dialect) -> Result<Scanned, Fault> {
        let mut scanner = Scanner { text, at: 0, dialect, query, parts: Vec::new(), names: Vec::new(), done: 0 };
        scanner.run()?;
        Ok(Scanned { parts: scanner.parts, names: scanner.names })
    }

    /// The statement, once the types of [`Scanned::names`] are known.
    pub fn statement(&self, query: &Arc<str>, kinds: Vec<Kind>, dialect: Dialect) -> Statement {
        let mut statement = Statement { query: Arc::clone(query), text: String::new(), places: Vec::new(), kinds };
        for part in &self.parts {
            match part {
                Part::Text(text) => statement.text.push_str(text),
                Part::Place(name) => match dialect {
                    Dialect::PostgreSql => statement.text.push_str(&format!("${}", name + 1)),
                    Dialect::Sqlite => statement.text.push_str(&format!("?{}", name + 1)),
                    Dialect::MySql | Dialect::Odbc => {
                        statement.text.push('?');
                        statement.places.push(*name);
                    }
                },
            }
        }
        if statement.places.is_empty() {
            statement.places = (0..self.names.len()).collect();
        }
        statement
    }
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    dialect: Dialect,
    query: &'t str,
    parts: Vec<Part>,
    names: Vec<String>,
    done: usize,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), Fault> {
        let mut first_word = true;
        while let Some(next) = self.rest().chars().next() {
            match next {
                '\'' => self.quoted('\'', self.dialect == Dialect::MySql || self.is_escape_string())?,
                '"' => self.quoted('"', self.dialect == Dialect::MySql)?,
                '`' if matches!(self.dialect, Dialect::MySql | Dialect::Sqlite) => self.quoted('`', false)?,
                '[' if matches!(self.dialect, Dialect::Odbc | Dialect::Sqlite) => self.until("[", "]", "[…]")?,
                '#' if self.dialect == Dialect::MySql => self.line(),
                '-' if self.rest().starts_with("--") => self.line(),
                '/' if self.rest().starts_with("/*") => self.comment()?,
                '$' if self.dialect == Dialect::PostgreSql => self.dollar()?,
                '?' if self.dialect != Dialect::PostgreSql => return Err(self.positional("?")),
                ';' => self.end()?,
                ':' => self.colon(),
                '@' if self.dialect == Dialect::Sqlite => return Err(self.positional("@")),
                '$' if self.dialect == Dialect::Sqlite => return Err(self.positional("$")),
                c if is_word(c) => {
                    let word = self.word();
                    if std::mem::take(&mut first_word) && !reads(&word) {
                        return Err(self.fault("sql-statement-kind"));
                    }
                }
                other => self.at += other.len_utf8(),
            }
        }
        if first_word {
            return Err(self.fault("sql-statement-empty"));
        }
        self.take_text();
        Ok(())
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn word(&mut self) -> String {
        let word: String = self.rest().chars().take_while(|c| is_word(*c)).collect();
        self.at += word.len();
        word
    }

    /// PostgreSQL's `E'…'`, in which a backslash escapes.
    fn is_escape_string(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        let mut before = before.chars().rev();
        self.dialect == Dialect::PostgreSql
            && before.next().is_some_and(|c| c.eq_ignore_ascii_case(&'e'))
            && !before.next().is_some_and(is_word)
    }

    fn quoted(&mut self, quote: char, backslash: bool) -> Result<(), Fault> {
        let mut escaped = false;
        let inside = self.text.get(self.at + 1..).unwrap_or_default();
        for (offset, c) in inside.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if backslash => escaped = true,
                // A doubled quote ends one literal and begins the next, which comes to the same here.
                c if c == quote => {
                    self.at += 1 + offset + 1;
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(self.open(&format!("{quote}…{quote}")))
    }

    fn until(&mut self, begin: &str, end: &str, what: &str) -> Result<(), Fault> {
        let after = self.rest().get(begin.len()..).unwrap_or_default();
        match after.find(end) {
            Some(length) => self.at += begin.len() + length + end.len(),
            None => return Err(self.open(what)),
        }
        Ok(())
    }

    fn line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// Comments nest in PostgreSQL alone.
    fn comment(&mut self) -> Result<(), Fault> {
        if self.dialect != Dialect::PostgreSql {
            return self.until("/*", "*/", "/*…*/");
        }
        let mut depth = 0_usize;
        loop {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Ok(());
                }
            } else {
                match self.rest().chars().next() {
                    Some(c) => self.at += c.len_utf8(),
                    None => return Err(self.open("/*…*/")),
                }
            }
        }
    }

    /// `$tag$…$tag$`, or a numbered placeholder, which is refused.
    fn dollar(&mut self) -> Result<(), Fault> {
        let after = self.rest().get(1..).unwrap_or_default();
        let tag: String = after.chars().take_while(|c| is_word(*c)).collect();
        if tag.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(self.positional(&format!("${tag}")));
        }
        if after.get(tag.len()..).is_some_and(|rest| rest.starts_with('$')) {
            let quote = format!("${tag}$");
            return self.until(&quote, &quote, &quote);
        }
        self.at += 1;
        Ok(())
    }

    fn colon(&mut self) {
        let after = self.rest().get(1..).unwrap_or_default();
        if after.starts_with([':', '=']) {
            self.at += 2;
            return;
        }
        let name: String = after.chars().take_while(|c| is_word(*c)).collect();
        // `a[1:2]` and times in comments are no placeholders, and neither is `a:b`.
        let before = self.text.get(..self.at).unwrap_or_default().chars().next_back();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || before.is_some_and(is_word) {
            self.at += 1;
            return;
        }
        self.take_text();
        self.at += 1 + name.len();
        self.done = self.at;
        let index = self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        self.parts.push(Part::Place(index));
    }

    /// A semicolon may stand at the end, and nowhere else.
    fn end(&mut self) -> Result<(), Fault> {
        if !self.rest().trim_start_matches([';', ' ', '\t', '\r', '\n']).is_empty() {
            return Err(self.fault("sql-statement-several"));
        }
        self.take_text();
        self.at = self.text.len();
        self.done = self.at;
        Ok(())
    }

    fn take_text(&mut self) {
        if let Some(text) = self.text.get(self.done..self.at).filter(|text| !text.is_empty()) {
            self.parts.push(Part::Text(text.to_owned()));
        }
        self.done = self.at;
    }

    fn fault(&self, code: &'static str) -> Fault {
        Fault::new(code).with("query", self.query)
    }

    fn open(&self, what: &str) -> Fault {
        self.fault("sql-statement-open").with("what", what)
    }

    fn positional(&self, sign: &str) -> Fault {
        self.fault("sql-statement-positional").with("sign", sign)
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn reads(word: &str) -> bool {
    ["select", "with", "values", "table"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(dialect: Dialect, source: &str) -> (String, Vec<String>, Vec<usize>) {
        let scanned = Scanned::read("q", source, dialect).unwrap();
        let statement = scanned.statement(&"q".into(), vec![Kind::Text; scanned.names.len()], dialect);
        (statement.text, scanned.names, statement.places)
    }

    #[test]
    fn placeholders_become_those_of_the_database() {
        let source = "SELECT :a::int, ':b', \"x:c\" FROM t -- :d\nWHERE x = :e AND y = :a /* :f */;\n";
        let (postgres, names, _) = text(Dialect::PostgreSql, source);
        assert_eq!(postgres, "SELECT $1::int, ':b', \"x:c\" FROM t -- :d\nWHERE x = $2 AND y = $1 /* :f */");
        assert_eq!(names, ["a", "e"]);
        let (mysql, _, places) = text(Dialect::MySql, "SELECT `a:b` FROM t WHERE x = :e AND y = :a AND z = :e # :x");
        assert_eq!(mysql, "SELECT `a:b` FROM t WHERE x = ? AND y = ? AND z = ? # :x");
        assert_eq!(places, [0, 1, 0]);
        assert_eq!(text(Dialect::Sqlite, "SELECT :a, :b, :a").0, "SELECT ?1, ?2, ?1");
        assert_eq!(text(Dialect::Odbc, "SELECT [a:b] FROM t WHERE x = :a").0, "SELECT [a:b] FROM t WHERE x = ?");
    }

    #[test]
    fn quotes_of_each_database_are_those_of_the_database() {
        assert_eq!(text(Dialect::PostgreSql, r"SELECT $q$:a ' $q$, E'\':b', ':c\', :d").1, ["d"]);
        assert_eq!(text(Dialect::PostgreSql, "SELECT /* /* :a */ :b */ :c, x->'y' ? 'z', a[1:2]").1, ["c"]);
        assert_eq!(text(Dialect::MySql, r"SELECT ':a\':b', 'it''s :c', :d").1, ["d"]);
    }

    #[test]
    fn what_is_no_single_query_is_refused_by_name() {
        let code = |dialect, source| Scanned::read("q", source, dialect).err().unwrap().code;
        for source in ["DELETE FROM t", "  /* x */ update t set a = 1", "INSERT INTO t VALUES (1)", "call f()"] {
            assert_eq!(code(Dialect::PostgreSql, source), "sql-statement-kind", "{source}");
        }
        assert_eq!(code(Dialect::MySql, "SELECT 1; DROP TABLE t"), "sql-statement-several");
        assert_eq!(code(Dialect::MySql, "SELECT ?"), "sql-statement-positional");
        assert_eq!(code(Dialect::PostgreSql, "SELECT $1"), "sql-statement-positional");
        assert_eq!(code(Dialect::Sqlite, "SELECT @a"), "sql-statement-positional");
        assert_eq!(code(Dialect::Sqlite, "SELECT 'a"), "sql-statement-open");
        assert_eq!(code(Dialect::PostgreSql, "SELECT $a$ b"), "sql-statement-open");
        assert_eq!(code(Dialect::Sqlite, " -- nothing"), "sql-statement-empty");
    }
}
