use crate::Face;
use crate::names::of_uri;
use kapia_adapter::Catalogue;
use kapia_regix::Address;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The typed contracts of all packages that serve operations.
#[derive(Debug, Default)]
pub struct Faces(BTreeMap<String, Arc<Face>>);

/// What a path below `/adapters/` means: a package and the address for one version of SOAP.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaceRoute {
    /// The name of the package as it was written.
    pub package: String,
    /// [`Address::Basic`] for SOAP 1.1, [`Address::WsHttp`] for SOAP 1.2.
    pub address: Address,
}

impl Faces {
    /// The contracts of a catalogue: each package with the operations that it serves itself.
    pub fn of(catalogue: &Catalogue) -> Faces {
        let mut faces = BTreeMap::new();
        for package in catalogue.packages() {
            let serves = |name: &str| catalogue.find(name).is_ok_and(|served| Arc::ptr_eq(&served.package, package));
            let operations: Vec<_> =
                package.operations.iter().filter(|operation| serves(operation.name.as_str())).cloned().collect();
            if operations.is_empty() {
                continue;
            }
            let register = package.register.as_deref().unwrap_or_default();
            faces.insert(folded(&package.name), Arc::new(Face::new(&package.name, register, operations)));
        }
        Faces(faces)
    }

    /// The contract of a package, by its name without regard to case.
    pub fn find(&self, package: &str) -> Option<&Arc<Face>> {
        self.0.get(&folded(package))
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Face>> {
        self.0.values()
    }
}

impl FaceRoute {
    /// Whether a path is that of the list of all contracts.
    pub fn is_list(path: &str) -> bool {
        let below = strip(path, "/RegiX").unwrap_or(path);
        matches!(strip(below, "/adapters"), Some("" | "/"))
    }

    /// Whether a path is that of the list, or lies below it.
    pub fn is_below(path: &str) -> bool {
        let below = strip(path, "/RegiX").unwrap_or(path);
        strip(below, "/adapters").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The meaning of a path: `/adapters/NAME` or `/adapters/NAME/soap12`, without regard to case, with or without the
    /// folder `/RegiX`.
    pub fn of(path: &str) -> Option<FaceRoute> {
        let below = strip(path, "/RegiX").unwrap_or(path);
        let below = strip(below, "/adapters/")?;
        let below = below.strip_suffix('/').unwrap_or(below);
        let (name, address) = match below.rsplit_once('/') {
            None => (below, Address::Basic),
            Some((name, version)) if version.eq_ignore_ascii_case("soap12") => (name, Address::WsHttp),
            Some(_) => return None,
        };
        let package = of_uri(name).filter(|name| !name.is_empty() && !name.contains('/'))?;
        Some(FaceRoute { package, address })
    }
}

fn strip<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let (head, rest) = path.split_at_checked(folder.len())?;
    head.eq_ignore_ascii_case(folder).then_some(rest)
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_the_list_is_told_from_what_only_begins_like_it() {
        for below in ["/adapters", "/Adapters/", "/RegiX/adapters/a/b/c"] {
            assert!(FaceRoute::is_below(below), "{below}");
        }
        for elsewhere in ["/adapter", "/adaptersX", "/RegiX", "/"] {
            assert!(!FaceRoute::is_below(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_path_names_a_package_and_a_version_of_soap() {
        for (path, expected) in [
            ("/adapters/RegiX.MVRBDSAdapter", Some(("RegiX.MVRBDSAdapter", Address::Basic))),
            ("/RegiX/Adapters/x/", Some(("x", Address::Basic))),
            ("/adapters/x/SOAP12", Some(("x", Address::WsHttp))),
            ("/adapters/%D0%A0", Some(("Р", Address::Basic))),
            ("/adapters/", None),
            ("/adapters/x/soap13", None),
            ("/adapters/a/b/soap12", None),
            ("/adapters/a%2Fb", None),
            ("/adapters/%FF", None),
            ("/adapter/x", None),
            ("/RegiXEntryPoint.svc", None),
        ] {
            let expected = expected.map(|(package, address)| FaceRoute { package: package.into(), address });
            assert_eq!(FaceRoute::of(path), expected, "{path}");
        }
    }
}
