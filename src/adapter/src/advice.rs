//! Advice on a name that is not there.

use crate::message::{Bilingual, Message};

/// Advice that depends on which names there are: near names if any, else all of them.
#[derive(Clone, Debug)]
pub(crate) struct Advice {
    near: Vec<String>,
    all: Vec<String>,
}

impl Advice {
    pub(crate) fn about<'c>(wanted: &str, there: impl IntoIterator<Item = &'c str>) -> Advice {
        let there: Vec<&str> = there.into_iter().collect();
        let near = kapia_language::near_names(wanted, there.iter().copied());
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Advice { near: owned(near), all: owned(there) }
    }

    fn list(names: &[String], more: impl Fn(usize) -> String) -> String {
        const SHOWN: usize = 12;
        let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        if names.len() > SHOWN { format!("{shown} {}", more(names.len() - SHOWN)) } else { shown }
    }

    fn english(&self) -> String {
        match (self.near.as_slice(), self.all.as_slice()) {
            ([], []) => "there is nothing here".to_owned(),
            ([], all) => format!("there are: {}", Advice::list(all, |rest| format!("and {rest} more"))),
            (near, _) => format!("did you mean {}", near.join(", ")),
        }
    }

    fn bulgarian(&self) -> String {
        match (self.near.as_slice(), self.all.as_slice()) {
            ([], []) => "тук няма нищо".to_owned(),
            ([], all) => format!("тук има: {}", Advice::list(all, |rest| format!("и още {rest}"))),
            (near, _) => format!("може би имахте предвид {}", near.join(", ")),
        }
    }
}

impl Bilingual for Advice {
    fn message(&self) -> Message {
        Message::new(self.english(), self.bulgarian())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_come_first_and_otherwise_what_there_is() {
        let near = Advice::about("Personn.xsd", ["Person.xsd", "Company.xsd"]).message();
        assert_eq!(&*near.en, "did you mean Person.xsd");
        assert_eq!(&*near.bg, "може би имахте предвид Person.xsd");
        assert_eq!(
            &*Advice::about("Vehicle.xsd", ["Person.xsd", "Company.xsd"]).message().en,
            "there are: Person.xsd, Company.xsd"
        );
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let names: Vec<String> = (0..20).map(|n| format!("file-number-{n}.xml")).collect();
        let advice = Advice::about("x", names.iter().map(String::as_str)).message();
        assert!(advice.en.ends_with("file-number-11.xml and 8 more"), "{}", advice.en);
        assert!(advice.bg.ends_with("file-number-11.xml и още 8"), "{}", advice.bg);
    }
}
