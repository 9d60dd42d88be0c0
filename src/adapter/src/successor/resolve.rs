//! From an old name to what serves it, over as many steps as are allowed.

use std::collections::HashMap;
use std::sync::Arc;

use crate::adapter::Adapter;
use crate::advice::Advice;
use crate::catalogue::Served;
use crate::names::FullName;
use crate::problem::Problem;
use crate::successor::Successor;
use crate::successor::mapping::Mapping;
use crate::trouble::Trouble;

/// Most steps from an old name to the operation that a register answers.
pub(crate) const LONGEST_CHAIN: usize = 4;

/// What came of each old name.
pub(crate) type Resolved = HashMap<FullName, Result<Arc<Successor>, Vec<Problem>>>;

/// Finds what serves each old name among these operations.
pub(crate) fn resolve(served: &HashMap<FullName, Served>) -> Resolved {
    let mut resolved = Resolved::new();
    let mut names: Vec<&FullName> = served.keys().collect();
    names.sort();
    for name in names {
        resolve_one(name, served, &mut resolved, &mut Vec::new());
    }
    resolved
}

/// `above`: the old names that led here.
fn resolve_one(
    name: &FullName,
    served: &HashMap<FullName, Served>,
    resolved: &mut Resolved,
    above: &mut Vec<FullName>,
) {
    let Some(from) = served.get(name) else { return };
    let Some(succession) = &from.operation.successor else { return };
    if resolved.contains_key(name) {
        return;
    }
    above.push(name.clone());
    let next = &succession.successor;
    let found = if let Some(start) = above.iter().position(|earlier| earlier == next) {
        let names: Vec<&str> = above[start..].iter().chain([next]).map(FullName::as_str).collect();
        Err(Trouble::SuccessorCycle { names: names.join(" → ") })
    } else {
        resolve_one(next, served, resolved, above);
        target(next, served, resolved)
    };
    above.pop();
    let problem = |trouble: Trouble| vec![Problem::from(trouble).at("adapter.toml", succession.line)];
    let result = found.map_err(problem).and_then(|(to, adapter, chain)| {
        let mapping = Mapping::of(&from.operation, succession, Arc::clone(&to.operation), adapter)?;
        Ok(Arc::new(Successor { chain, adapter: Arc::new(mapping) }))
    });
    resolved.insert(name.clone(), result);
}

type Target<'s> = (&'s Served, Arc<dyn Adapter>, Vec<FullName>);

/// The operation of this name, what answers it, and the way from here.
fn target<'s>(
    name: &FullName,
    served: &'s HashMap<FullName, Served>,
    resolved: &Resolved,
) -> Result<Target<'s>, Trouble> {
    let Some(to) = served.get(name) else {
        let advice = Advice::about(name.as_str(), served.keys().map(FullName::as_str));
        return Err(Trouble::SuccessorMissing { name: name.to_string(), advice });
    };
    if to.operation.successor.is_none() {
        return Ok((to, Arc::clone(&to.package.adapter), vec![name.clone()]));
    }
    match resolved.get(name) {
        Some(Ok(further)) if further.chain.len() >= LONGEST_CHAIN => {
            Err(Trouble::SuccessorDeep { limit: LONGEST_CHAIN })
        }
        Some(Ok(further)) => {
            let chain = [name.clone()].into_iter().chain(further.chain.iter().cloned()).collect();
            Ok((to, Arc::clone(&further.adapter), chain))
        }
        // A name without a result yet is one that led here: its cycle is told where it closes.
        Some(Err(_)) | None => Err(Trouble::SuccessorRefused { name: name.to_string() }),
    }
}
