//! Old names: what serves them may lie in another of the packages that are checked together.

use kapia_adapter::{Catalogue, FullName, Package, Unserved};

use crate::answers;
use crate::check;
use crate::examine::{Examined, Setting, check_of};
use crate::record::Record;
use crate::report::{Finding, Level};

pub(crate) async fn look(examined: &mut [Examined], packages: Vec<(usize, Package)>, setting: &Setting<'_>) {
    let old_names: Vec<(usize, FullName)> = packages
        .iter()
        .flat_map(|(at, package)| {
            let old = package.operations.iter().filter(|operation| operation.successor.is_some());
            old.map(|operation| (*at, operation.name.clone())).collect::<Vec<_>>()
        })
        .collect();
    if old_names.is_empty() {
        return;
    }
    let catalogue = Catalogue::build(packages.into_iter().map(|(_, package)| package).collect());
    for (at, name) in old_names {
        let Some(Examined { record, .. }) = examined.get_mut(at) else { continue };
        record.look(check::TEMPLATES);
        match catalogue.find(name.as_str()) {
            Ok(served) if !setting.offline => {
                answers::ask_with_sample(served.adapter(), &served.operation, setting, record).await;
            }
            Ok(_) => {}
            Err(Unserved::Refused(refused)) => {
                refused.problems.iter().for_each(|problem| tell(problem, &name, record));
            }
            Err(_) => {}
        }
    }
}

fn tell(problem: &kapia_adapter::Problem, name: &FullName, record: &mut Record) {
    // A successor that lies in a package that is not checked here is no mistake of this one.
    let elsewhere = problem.code == "successor-missing";
    let check = if elsewhere { check::SERVED } else { check_of(problem, check::SERVED) };
    let found = Finding::of(check, problem.clone()).of_operation(name.as_str());
    record.find(if elsewhere { found.level(Level::Warning) } else { found });
}
