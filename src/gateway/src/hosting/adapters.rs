//! The operations of a catalogue as adapters of the standard: one for each contract, found by the name of its class.

use super::HostedAdapter;
use kapia_adapter::{Adapter, Catalogue, Parameters, Served};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// All adapters of a catalogue.
pub(super) struct Adapters {
    adapters: Vec<Hosted>,
    /// By every name that leads to them, in lower case: ASP.NET and IIS match paths so.
    named: HashMap<String, usize>,
}

/// An adapter as the standard sees it.
pub(super) struct Hosted {
    /// The contract of its API, such as `Company.RegiX.ThingAdapter.APIService.IThingAPI`.
    pub contract: String,
    /// The name of its class, such as `ThingAdapter`.
    pub class: String,
    /// By the last part of their names.
    pub operations: BTreeMap<String, Served>,
}

impl Adapters {
    pub(super) fn of(catalogue: &Catalogue) -> Adapters {
        let mut contracts: BTreeMap<String, BTreeMap<String, Served>> = BTreeMap::new();
        for served in catalogue.operations() {
            let name = &served.operation.name;
            let operations = contracts.entry(name.contract().to_owned()).or_default();
            operations.insert(name.operation().to_owned(), served.clone());
        }
        let adapters: Vec<Hosted> = contracts
            .into_iter()
            .map(|(contract, operations)| Hosted { class: class_of(&contract), contract, operations })
            .collect();
        let mut named = HashMap::new();
        for (at, adapter) in adapters.iter().enumerate() {
            // Of two contracts whose adapters are called alike the first keeps the short name; both keep the long one.
            named.entry(adapter.class.to_lowercase()).or_insert(at);
            named.insert(adapter.contract.to_lowercase(), at);
        }
        Adapters { adapters, named }
    }

    /// The adapter whose class, or whose whole contract, is named so.
    pub(super) fn find(&self, name: &str) -> Option<&Hosted> {
        self.named.get(&name.to_lowercase()).and_then(|at| self.adapters.get(*at))
    }

    pub(super) fn list(&self) -> Vec<HostedAdapter> {
        let hosted = |adapter: &Hosted| {
            let short = self.find(&adapter.class).is_some_and(|found| found.contract == adapter.contract);
            HostedAdapter {
                name: if short { adapter.class.clone() } else { adapter.contract.clone() },
                contract: adapter.contract.clone(),
                operations: adapter.operations.len(),
            }
        };
        let mut list: Vec<HostedAdapter> = self.adapters.iter().map(hosted).collect();
        list.sort_by(|a, b| a.name.cmp(&b.name));
        list
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Hosted> {
        self.adapters.iter()
    }
}

impl Hosted {
    /// The full name of the adapter's interface (adapter-standard §2.2).
    pub(super) fn interface(&self) -> String {
        format!("{}.I{}", self.namespace(), self.class)
    }

    /// The full name of its class.
    pub(super) fn class_name(&self) -> String {
        format!("{}.{}", self.namespace(), self.class)
    }

    /// Everything that answers its operations, each once.
    pub(super) fn backends(&self) -> Vec<&dyn Adapter> {
        self.registers().into_iter().map(Served::adapter).collect()
    }

    /// One operation of each package that answers its operations.
    pub(super) fn registers(&self) -> Vec<&Served> {
        let mut seen: Vec<&Served> = Vec::new();
        for served in self.operations.values() {
            if !seen.iter().any(|known| Arc::ptr_eq(&known.package, &served.package)) {
                seen.push(served);
            }
        }
        seen
    }

    /// What of its packages can be set while they serve.
    pub(super) fn parameters(&self) -> Vec<&Arc<Parameters>> {
        let mut seen: Vec<&Arc<Parameters>> = Vec::new();
        for parameters in self.operations.values().filter_map(|served| served.package.parameters.as_ref()) {
            if !seen.iter().any(|known| Arc::ptr_eq(known, parameters)) {
                seen.push(parameters);
            }
        }
        seen
    }

    /// The namespace of the adapter's half, beside that of the API.
    fn namespace(&self) -> String {
        let namespace = self.contract.rsplit_once('.').map_or("", |(namespace, _)| namespace);
        match namespace.strip_suffix("APIService") {
            Some(above) => format!("{above}AdapterService"),
            None => namespace.to_owned(),
        }
    }
}

/// `IThingAPI` is answered by `ThingAdapter` (adapter-standard §2.2, §2.3).
fn class_of(contract: &str) -> String {
    let interface = contract.rsplit_once('.').map_or(contract, |(_, interface)| interface);
    let name = interface.strip_prefix('I').unwrap_or(interface);
    format!("{}Adapter", name.strip_suffix("API").unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_is_answered_by_the_adapter_of_its_name() {
        for (contract, class, name) in [
            (
                "TechnoLogica.RegiX.AVTRAdapter.APIService.ITRAPI",
                "TRAdapter",
                "TechnoLogica.RegiX.AVTRAdapter.AdapterService.TRAdapter",
            ),
            ("Company.Things", "ThingsAdapter", "Company.ThingsAdapter"),
        ] {
            let hosted =
                Hosted { contract: contract.into(), class: class_of(contract), operations: BTreeMap::default() };
            assert_eq!((hosted.class.as_str(), hosted.class_name().as_str()), (class, name));
        }
    }
}
