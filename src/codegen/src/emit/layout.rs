//! Rust text laid out as rustfmt does with its default settings: width 100, calls and arrays of up to 60 columns in one line.

const WIDTH: usize = 100;
const SHORT: usize = 60;

/// Text under way.
#[derive(Default)]
pub(crate) struct Text {
    pub(crate) out: String,
    indent: usize,
}

impl Text {
    pub(crate) fn blank(&mut self) {
        self.out.push('\n');
    }

    pub(crate) fn line(&mut self, text: &str) {
        if !text.is_empty() {
            self.out.extend(std::iter::repeat_n(' ', self.indent * 4));
            self.out.push_str(text);
        }
        self.out.push('\n');
    }

    /// A line, an indented body, and a last line.
    pub(crate) fn block(&mut self, head: &str, end: &str, body: impl FnOnce(&mut Text)) {
        self.line(head);
        self.indent += 1;
        body(self);
        self.indent -= 1;
        self.line(end);
    }

    fn fits(&self, text: &str) -> bool {
        self.indent * 4 + width(text) <= WIDTH
    }

    /// `before name(arguments)after`, in one line or with an argument in each.
    pub(crate) fn call(&mut self, before: &str, name: &str, arguments: &[String], after: &str) {
        let joined = arguments.join(", ");
        let one = format!("{before}{name}({joined}){after}");
        // A chain of calls with something before it must leave two columns free.
        let spare = if !before.is_empty() && name.starts_with("r.") { "  " } else { "" };
        if width(&joined) <= SHORT && self.fits(&format!("{one}{spare}")) {
            return self.line(&one);
        }
        if let [array] = arguments
            && let Some(items) = array.strip_prefix("&[").and_then(|rest| rest.strip_suffix(']'))
        {
            let items: Vec<&str> = items.split("), ").collect();
            let last = items.len() - 1;
            return self.block(&format!("{before}{name}(&["), &format!("]){after}"), |text| {
                for (at, item) in items.iter().enumerate() {
                    text.line(&format!("{item}{}", if at == last { "," } else { ")," }));
                }
            });
        }
        if let (true, Some((receiver, method))) = (width(&joined) <= SHORT, name.split_once('.')) {
            self.line(&format!("{before}{receiver}"));
            self.indent += 1;
            self.line(&format!(".{method}({joined}){after}"));
            self.indent -= 1;
            return;
        }
        self.block(&format!("{before}{name}("), &format!("){after}"), |text| {
            for argument in arguments {
                text.line(&format!("{argument},"));
            }
        });
    }

    /// An arm of a match: the call beside it, or below it in a block.
    pub(crate) fn arm(&mut self, pattern: &str, name: &str, arguments: &[String]) {
        let joined = arguments.join(", ");
        let one = format!("{pattern} => {name}({joined}),");
        if width(&joined) <= SHORT && self.fits(&one) {
            return self.line(&one);
        }
        if width(&joined) > SHORT {
            return self.call(&format!("{pattern} => "), name, arguments, ",");
        }
        self.block(&format!("{pattern} => {{"), "}", |text| text.line(&format!("{name}({joined})")));
    }

    /// `head[items];` in one line or with an item in each.
    pub(crate) fn array(&mut self, head: &str, items: &[String]) {
        let joined = items.join(", ");
        let one = format!("{head}[{joined}];");
        if width(&joined) <= SHORT && self.fits(&one) {
            return self.line(&one);
        }
        if width(&joined) <= SHORT
            && let Some((left, right)) = head.split_once("= ")
        {
            self.line(&format!("{left}="));
            self.indent += 1;
            self.line(&format!("{right}[{joined}];"));
            self.indent -= 1;
            return;
        }
        self.block(&format!("{head}["), "];", |text| {
            for item in items {
                text.line(&format!("{item},"));
            }
        });
    }

    /// `left = right;`, the right side on a line of its own if it is too long.
    pub(crate) fn assign(&mut self, left: &str, right: &str) {
        let one = format!("{left} = {right};");
        // Where a line of its own is too short as well, rustfmt breaks nothing.
        if self.fits(&one) || (self.indent + 1) * 4 + width(right) + 1 > WIDTH {
            return self.line(&one);
        }
        self.line(&format!("{left} ="));
        self.indent += 1;
        self.line(&format!("{right};"));
        self.indent -= 1;
    }

    /// `left = name(arguments);`, broken where rustfmt breaks it.
    pub(crate) fn assign_call(&mut self, left: &str, name: &str, arguments: &[String]) {
        let joined = arguments.join(", ");
        if width(&joined) > SHORT {
            return self.call(&format!("{left} = "), name, arguments, ";");
        }
        self.assign(left, &format!("{name}({joined})"));
    }

    /// `Self { … }` with fields that have their values under their own names.
    pub(crate) fn literal(&mut self, before: &str, fields: &[String], after: &str) {
        let joined = fields.join(", ");
        // rustfmt gives a struct literal 18 columns.
        let one = match fields {
            [] => format!("{before}Self {{}}{after}"),
            _ => format!("{before}Self {{ {joined} }}{after}"),
        };
        if width(&joined) <= 18 && self.fits(&one) {
            return self.line(&one);
        }
        self.block(&format!("{before}Self {{"), &format!("}}{after}"), |text| {
            for field in fields {
                text.line(&format!("{field},"));
            }
        });
    }

    /// A function that gives a `Result` of these two.
    pub(crate) fn function(
        &mut self,
        head: &str,
        arguments: &[String],
        result: &[String; 2],
        body: impl FnOnce(&mut Text),
    ) {
        let last = format!(") -> Result<{}>", result.join(", "));
        let one = format!("{head}({}{last} {{", arguments.join(", "));
        if self.fits(&one) {
            return self.block(&one, "}", body);
        }
        self.below(&format!("{head}("), arguments);
        // What rustfmt leaves free behind a result gets less room the deeper it stands.
        let indent = self.indent * 4;
        if 2 * indent + width(&last) + 2 <= WIDTH {
            return self.block(&format!("{last} {{"), "}", body);
        }
        if indent + width(&last) <= WIDTH + 2 {
            self.line(&last);
            return self.block("{", "}", body);
        }
        self.below(") -> Result<", result);
        self.block("> {", "}", body);
    }

    /// A function without a body that promises a `Result` of these two.
    pub(crate) fn promise(&mut self, head: &str, arguments: &[String], result: &[String; 2]) {
        let output = format!("Output = Result<{}>", result.join(", "));
        let future = format!("-> impl Future<{output}>");
        let one = format!("{head}({})", arguments.join(", "));
        // The semicolon is counted too late: with it the line may be one too long.
        match self.indent * 4 + width(&format!("{one} {future} + Send;")) {
            ..WIDTH => return self.line(&format!("{one} {future} + Send;")),
            WIDTH => {
                self.line(&one);
                return self.line(&format!("{future} + Send;"));
            }
            _ => {}
        }
        self.below(&format!("{head}("), arguments);
        if self.fits(&format!(") {future}")) {
            return self.line(&format!(") {future} + Send;"));
        }
        self.block(") -> impl Future<", "> + Send;", |text| match text.fits(&format!("{output},")) {
            true => text.line(&format!("{output},")),
            false => {
                text.below("Output = Result<", result);
                text.line(">,");
            }
        });
    }

    /// A line, and below it an item in each.
    fn below(&mut self, head: &str, items: &[String]) {
        self.line(head);
        self.indent += 1;
        items.iter().for_each(|item| self.line(&format!("{item},")));
        self.indent -= 1;
    }

    /// `left = receiver.call.await;`, in one line or with a step in each.
    pub(crate) fn awaited(&mut self, left: &str, receiver: &str, call: &str) {
        let chain = format!("{receiver}.{call}.await");
        let one = format!("{left} = {chain};");
        if width(&chain) <= SHORT && self.fits(&one) {
            return self.line(&one);
        }
        self.line(&format!("{left} = {receiver}"));
        self.indent += 1;
        self.line(&format!(".{call}"));
        self.line(".await;");
        self.indent -= 1;
    }

    /// Documentation: one paragraph for each line of the text, wrapped, nothing in it read as markup.
    pub(crate) fn doc(&mut self, text: &str) {
        let room = WIDTH - 4 - self.indent * 4;
        let paragraphs = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let mut first = true;
        for words in paragraphs.filter(|words| !words.is_empty()) {
            if !std::mem::take(&mut first) {
                self.line("///");
            }
            let mut line = String::new();
            for word in words {
                let word = quoted(word);
                if !line.is_empty() && width(&line) + 1 + width(&word) > room {
                    self.line(&format!("/// {line}"));
                    line.clear();
                }
                let word = if line.is_empty() { at_line_start(&word) } else { word };
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&word);
            }
            self.line(&format!("/// {line}"));
        }
    }
}

/// A word that Markdown would take for markup, quoted; what stands between backticks stays.
fn quoted(word: &str) -> String {
    let is_url = word.contains("://");
    if is_url && !word.starts_with('`') {
        let bare = word.trim_matches(['<', '>', '(', ')', '"', '„', '“']);
        let url = bare.trim_end_matches(['.', ',', ';']);
        return format!("<{url}>{}", &bare[url.len()..]);
    }
    let mut out = String::new();
    let mut in_code = false;
    for c in word.chars() {
        if c == '`' {
            in_code = !in_code;
        } else if !in_code && "[]<>*_#|\\~".contains(c) {
            out.push('\\');
        }
        if !c.is_control() && !"\u{200B}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}\u{FEFF}".contains(c) {
            out.push(c);
        }
    }
    if in_code { out.replace('`', "\\`") } else { out }
}

/// What at the start of a line would be a list, a quotation or a heading.
fn at_line_start(word: &str) -> String {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let numbered = digits > 0 && word[digits..].starts_with(['.', ')']);
    if numbered {
        return format!("{}\\{}", &word[..digits], &word[digits..]);
    }
    if word.starts_with(['-', '+', '=', '>']) { format!("\\{word}") } else { word.to_owned() }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// A Rust literal for a text; raw where there are backslashes.
pub(crate) fn literal(text: &str) -> String {
    let plain = |c: char| {
        !c.is_control() && !"\u{A0}\u{AD}\u{200B}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}\u{FEFF}".contains(c)
    };
    if text.contains(['\\', '"']) && text.chars().all(plain) {
        let mut hashes = String::new();
        if text.contains('"') {
            hashes.push('#');
            while text.contains(&format!("\"{hashes}")) {
                hashes.push('#');
            }
        }
        return format!("r{hashes}\"{text}\"{hashes}");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if plain(c) => out.push(c),
            c => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{Text, literal};

    #[test]
    fn literals_are_what_they_say() {
        assert_eq!(literal(r"\d+"), "r\"\\d+\"");
        assert_eq!(literal("„а“ "), "\"„а“ \"");
        assert_eq!(literal("a\"b"), "r#\"a\"b\"#");
        assert_eq!(literal("a\u{a0}\n\"\\"), r#""a\u{a0}\n\"\\""#);
    }

    #[test]
    fn documentation_is_never_markup() {
        let mut text = Text::default();
        text.doc("Виж [1] и <b>, a_b\n1. Първо `x_y`\n\n - второ http://example.bg/a_b");
        assert_eq!(
            text.out,
            "/// Виж \\[1\\] и \\<b\\>, a\\_b\n///\n/// 1\\. Първо `x_y`\n///\n/// \\- второ <http://example.bg/a_b>\n"
        );
    }
}
