//! Names of operations as people write them: the whole name, or its last part.

use crate::failure::Failure;
use crate::text;
use kapia_adapter::{Catalogue, Served, Unserved, near_names};
use kapia_registry::{OperationName, Registry};
use kapia_soap::Bilingual;

/// The operation that is meant.
pub(crate) fn find<'c>(catalogue: &'c Catalogue, asked: &str) -> Result<&'c Served, Failure> {
    match catalogue.find(asked) {
        Ok(served) => return Ok(served),
        Err(unserved @ Unserved::Refused(_)) => {
            let hint = unserved.hint();
            return Err(Failure::refused(text::operation_refused(asked), Bilingual::new(hint.en, hint.bg)));
        }
        Err(_) => {}
    }
    let names: Vec<&str> = catalogue.operations().map(|served| served.operation.name.as_str()).collect();
    let name = abbreviated(asked, &names)?;
    catalogue.find(name).map_err(|_| Failure::usage(text::operation_unknown(asked), text::operation_unknown_hint()))
}

/// The operation that is meant, of those that the registry knows.
pub(crate) fn find_known(registry: &Registry, asked: &str) -> Result<OperationName, Failure> {
    let known = registry.operations()?;
    let names: Vec<&str> = known.iter().map(|operation| operation.name.as_str()).collect();
    match names.contains(&asked.trim()) {
        true => Ok(OperationName::parse(asked)?),
        false => Ok(OperationName::parse(abbreviated(asked, &names)?)?),
    }
}

/// The one name that ends with what was written, without regard to case.
fn abbreviated<'n>(asked: &str, names: &[&'n str]) -> Result<&'n str, Failure> {
    let asked = asked.trim();
    let ends = |name: &&&str| {
        name.len() > asked.len()
            && name.get(name.len() - asked.len()..).is_some_and(|end| end.eq_ignore_ascii_case(asked))
            && name.as_bytes().get(name.len() - asked.len() - 1) == Some(&b'.')
    };
    let found: Vec<&str> = names.iter().filter(ends).copied().collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => {
            let hint = match near(asked, names).as_slice() {
                [] => text::operation_unknown_hint(),
                near => text::did_you_mean(near.join(", ")),
            };
            Err(Failure::usage(text::operation_unknown(asked), hint))
        }
        several => Err(Failure::usage(text::operation_ambiguous(asked), text::one_of(several.join(", ")))),
    }
}

fn near<'n>(asked: &str, names: &[&'n str]) -> Vec<&'n str> {
    let last = |name: &'n str| name.rsplit('.').next().unwrap_or(name);
    let whole = near_names(asked, names.iter().copied());
    if !whole.is_empty() && asked.contains('.') {
        return whole;
    }
    near_names(last_part(asked), names.iter().map(|name| last(name)))
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    const NAMES: [&str; 3] = ["A.IOneAPI.GetThing", "A.ITwoAPI.GetThing", "A.IOneAPI.ValidPersonSearch"];

    #[test]
    fn the_last_part_is_enough_when_it_is_the_only_one() {
        assert_eq!(abbreviated("validpersonsearch", &NAMES).unwrap(), NAMES[2]);
        assert_eq!(abbreviated("ITwoAPI.GetThing", &NAMES).unwrap(), NAMES[1]);
        let told = |asked| abbreviated(asked, &NAMES).unwrap_err().told(Language::En, false);
        assert!(told("GetThing").contains("A.IOneAPI.GetThing, A.ITwoAPI.GetThing"), "{}", told("GetThing"));
        assert!(told("ValidPersonSerch").contains("did you mean ValidPersonSearch"), "{}", told("ValidPersonSerch"));
        assert!(told("hing").contains("hing"));
    }
}
