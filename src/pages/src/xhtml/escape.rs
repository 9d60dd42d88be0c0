//! Text in HTML, and what may stand in addresses and names of languages.

/// Text as HTML, in content and in attributes between double quotes.
pub(crate) fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Direction overrides could make a link look like another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\0' => {}
            other => out.push(other),
        }
    }
}

/// An address that a page may link to: web, mail or telephone, and nothing that a browser would run.
pub(crate) fn link(address: &str) -> Option<String> {
    let address = address.trim();
    if address.len() > 2048 || address.chars().any(|c| c.is_control() || c.is_whitespace() || "<>\"\\^`{|}".contains(c))
    {
        return None;
    }
    let (scheme, rest) = address.split_once(':')?;
    let known = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')),
        "mailto" => rest.contains('@'),
        "tel" => !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || "+-().".contains(c)),
        _ => false,
    };
    known.then(|| address.to_owned())
}

/// A name of a language that an attribute may hold (BCP 47, the part that occurs).
pub(crate) fn language_tag(tag: &str) -> Option<&str> {
    let plain = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    (tag.len() <= 35 && tag.split('-').all(plain)).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_browser_would_run_is_a_link() {
        for address in [
            "https://a.bg/?x=1&y=2",
            "http://a.bg",
            "mailto:a@b.bg",
            "tel:+359 2".trim_end_matches(" 2"),
            "HTTPS://A.BG",
        ] {
            assert_eq!(link(address).as_deref(), Some(address));
        }
        for address in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//a.bg",
            "/a",
            "https:/a.bg",
            "https:///a",
            "tel:1;x",
            "mailto:a",
            "https://a b",
            "",
            "https://a\u{7}.bg",
        ] {
            assert_eq!(link(address), None, "{address}");
        }
    }

    #[test]
    fn text_stays_text_and_turns_in_no_other_direction() {
        let mut out = String::new();
        escape("<a href='x'>\"&\u{202e}", &mut out);
        assert_eq!(out, "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
    }

    #[test]
    fn a_language_has_a_name_of_letters_and_digits() {
        for (tag, known) in [("bg", true), ("en-GB", true), ("", false), ("bg\"", false), ("b g", false)] {
            assert_eq!(language_tag(tag).is_some(), known, "{tag}");
        }
    }
}
