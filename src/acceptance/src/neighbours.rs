//! Checks 2 and 3: names are given once among packages that are checked together.

use std::collections::HashMap;

use crate::check;
use crate::examine::Examined;
use crate::report::Level;
use crate::text::finding;

pub(crate) fn compare(examined: &mut [Examined]) {
    let mut packages: HashMap<String, String> = HashMap::new();
    let mut operations: HashMap<String, String> = HashMap::new();
    for examined in examined {
        let Examined { report, record, listed } = examined;
        if let Some((name, line)) = &listed.name {
            record.look(check::NAME_ONCE);
            if let Some(other) = packages.insert(name.to_lowercase(), report.folder.clone()) {
                let told = finding(check::NAME_ONCE, "package-name-twice", &[("other", &other)]);
                record.find(told.at("adapter.toml", *line));
            }
        }
        for entry in &listed.operations {
            record.look(check::OPERATION_ONCE);
            match operations.get(&entry.name) {
                Some(other) if *other != report.folder => {
                    let values = [("other", other.as_str()), ("name", entry.name.as_str())];
                    // A later folder takes the place of an earlier one on purpose, too.
                    let told = finding(check::OPERATION_ONCE, "operation-twice", &values).level(Level::Warning);
                    record.find(told.at("adapter.toml", entry.line).of_operation(&entry.name));
                }
                Some(_) => {}
                None => {
                    operations.insert(entry.name.clone(), report.folder.clone());
                }
            }
        }
    }
}
