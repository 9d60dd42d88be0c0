use crate::EntryPoint;
use kapia_soap::Version;

/// Which of the two addresses of an entry point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Address {
    /// The entry point itself: SOAP 1.2 with WS-Addressing. SOAP 1.1 is answered here too, for a client that sends it
    /// to this address (wild-clients §1.1 row 20, rule 2).
    WsHttp,
    /// `…/basic`: SOAP 1.1 without addressing.
    Basic,
}

impl Address {
    /// Whether messages of this SOAP version are taken at the address.
    pub fn takes(self, version: Version) -> bool {
        self == Address::WsHttp || version == Version::V11
    }
}

/// What a path of the public listener means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Route {
    /// Calls are posted here; the WSDL is read here with `?wsdl` or `?singleWsdl`.
    Service(EntryPoint, Address),
    /// The same for calls that the service bus brings, in SOAP 1.1; only on its own listener (regix-contract §1.1).
    ServiceBus(EntryPoint),
    /// The WSDL as a file.
    Wsdl(EntryPoint),
}

impl Route {
    /// The meaning of a path, compared without regard to case, with or without the folder `/RegiX`
    /// (wild-clients rules 1 and 16).
    pub fn of(path: &str) -> Option<Route> {
        let path = path.to_ascii_lowercase();
        let path = path.strip_prefix("/regix/").or_else(|| path.strip_prefix('/'))?;
        let path = path.strip_suffix('/').unwrap_or(path);
        Some(match path {
            // One address, one binding: the oldest entry point speaks SOAP 1.1 only.
            "regixservice.svc" => Route::Service(EntryPoint::V0, Address::Basic),
            "regixentrypoint.svc" => Route::Service(EntryPoint::V1, Address::WsHttp),
            "regixentrypoint.svc/basic" => Route::Service(EntryPoint::V1, Address::Basic),
            "regixentrypointv2.svc" => Route::Service(EntryPoint::V2, Address::WsHttp),
            "regixentrypointv2.svc/basic" => Route::Service(EntryPoint::V2, Address::Basic),
            "regixentrypointv2.svc/servicebus" => Route::ServiceBus(EntryPoint::V2),
            "regixservice.svc.singlewsdl.xml" => Route::Wsdl(EntryPoint::V0),
            "regixentrypoint.svc.singlewsdl.xml" => Route::Wsdl(EntryPoint::V1),
            "regixentrypointv2.svc.singlewsdl.xml" => Route::Wsdl(EntryPoint::V2),
            _ => return None,
        })
    }

    /// Whether a query string without a body asks for the WSDL.
    pub fn query_asks_for_wsdl(query: &str) -> bool {
        let first = query.split('&').next().unwrap_or_default();
        let name = first.split('=').next().unwrap_or_default();
        name.eq_ignore_ascii_case("wsdl") || name.eq_ignore_ascii_case("singlewsdl")
    }
}

impl EntryPoint {
    /// The WSDL of the entry point, with [`kapia_soap::wsdl::BASE`] in place of the public address.
    pub fn wsdl(self) -> &'static str {
        match self {
            EntryPoint::V0 => include_str!("../../../wsdl/RegiXService.wsdl"),
            EntryPoint::V1 => include_str!("../../../wsdl/RegiXEntryPoint.wsdl"),
            EntryPoint::V2 => include_str!("../../../wsdl/RegiXEntryPointV2.wsdl"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_that_clients_use_is_served_in_any_case() {
        for (path, route) in [
            ("/RegiXEntryPoint.svc", Route::Service(EntryPoint::V1, Address::WsHttp)),
            ("/RegiX/RegiXEntryPoint.svc", Route::Service(EntryPoint::V1, Address::WsHttp)),
            ("/regix/RegiXEntryPoint.svc", Route::Service(EntryPoint::V1, Address::WsHttp)),
            ("/RegiX/RegiXEntryPoint.svc/basic", Route::Service(EntryPoint::V1, Address::Basic)),
            ("/REGIXENTRYPOINT.SVC/BASIC", Route::Service(EntryPoint::V1, Address::Basic)),
            ("/RegiXEntryPointV2.svc", Route::Service(EntryPoint::V2, Address::WsHttp)),
            ("/RegiX/RegiXEntryPointV2.svc/basic", Route::Service(EntryPoint::V2, Address::Basic)),
            ("/RegiX/RegiXEntryPointV2.svc/serviceBus", Route::ServiceBus(EntryPoint::V2)),
            ("/RegiX/RegiXService.svc", Route::Service(EntryPoint::V0, Address::Basic)),
            ("/RegiXEntryPointV2.svc.singlewsdl.xml", Route::Wsdl(EntryPoint::V2)),
            ("/regix/RegiXEntryPoint.svc.singleWsdl.xml", Route::Wsdl(EntryPoint::V1)),
        ] {
            assert_eq!(Route::of(path), Some(route), "{path}");
        }
        for path in ["/", "", "/RegiX", "/RegiX/RegiX/RegiXEntryPoint.svc", "/RegiXEntryPointV3.svc"] {
            assert_eq!(Route::of(path), None, "{path}");
        }
    }

    #[test]
    fn the_query_of_a_wsdl_request_is_known_in_any_case() {
        for (query, expected) in
            [("wsdl", true), ("WSDL", true), ("singleWsdl", true), ("wsdl=1", true), ("", false), ("xsd=xsd0", false)]
        {
            assert_eq!(Route::query_asks_for_wsdl(query), expected, "{query}");
        }
    }
}
