//! What the public listener answers: calls by the gateway, WSDL files, and a few words to everybody else.

use crate::faces;
use crate::life;
use crate::pages;
use crate::portal::{Asked, Portal, host_of};
use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use kapia_faces::{Face, FaceRoute};
use kapia_gateway::{Gateway, Incoming, Outgoing};
use kapia_life::Fleet;
use kapia_regix::{Address, EntryPoint, Route};
use kapia_server::{AdminPage, Exchange, Head, Inbound, Listener, Outbound, Refusal};
use std::net::SocketAddr;
use std::sync::Arc;

/// The longest `X-Forwarded-For` that is written down, in characters.
const LONGEST_FORWARDED: usize = 400;
/// The longest hint that goes into a header, in characters.
const LONGEST_HINT: usize = 300;

/// The gateway behind HTTP.
pub(crate) struct GatewayExchange {
    gateway: Arc<Gateway>,
    fleet: Arc<Fleet>,
    public_base: ArcSwapOption<String>,
    portal: Option<Arc<Portal>>,
}

impl GatewayExchange {
    /// A gateway with its packages, the address that its consumers use if it is configured, and the portal if there is one.
    pub fn new(
        gateway: Arc<Gateway>,
        fleet: Arc<Fleet>,
        public_base: Option<String>,
        portal: Option<Arc<Portal>>,
    ) -> GatewayExchange {
        GatewayExchange { gateway, fleet, public_base: ArcSwapOption::from_pointee(public_base), portal }
    }

    /// The portal.
    pub fn portal(&self) -> Option<&Arc<Portal>> {
        self.portal.as_ref()
    }

    /// The gateway.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// The gateway, to keep.
    pub fn shared_gateway(&self) -> Arc<Gateway> {
        Arc::clone(&self.gateway)
    }

    /// Another public address, from the next request on.
    pub fn set_public_base(&self, public_base: Option<String>) {
        self.public_base.store(public_base.map(Arc::new));
    }

    async fn call(&self, entry: EntryPoint, face: Option<Arc<Face>>, address: Address, inbound: Inbound) -> Outbound {
        let Inbound { head, body, peer, received, started } = inbound;
        let incoming = Incoming {
            entry,
            face,
            address,
            body,
            client_address: client_address(peer.address, head.forwarded_for.as_deref()),
            peer: Some(peer.client),
            shown: peer.shown,
            content_type: head.content_type,
            soap_action: head.soap_action,
            received,
            started,
        };
        outbound(self.gateway.answer(incoming).await)
    }

    /// A message to a typed contract, or a question about it.
    async fn face(&self, route: &FaceRoute, reads: bool, asks_for_wsdl: bool, inbound: Inbound) -> Outbound {
        let head = &inbound.head;
        match self.gateway.face(&route.package) {
            None => faces::unknown(&self.gateway.faces(), &route.package, route.address, head),
            Some(face) if reads && asks_for_wsdl => faces::wsdl(&face, &self.base(head)),
            Some(face) if reads => faces::page(&face, asked_folder(&head.path)),
            Some(face) => self.call(EntryPoint::V2, Some(face), route.address, inbound).await,
        }
    }

    /// The address under which the consumer knows the gate.
    fn base(&self, head: &Head) -> String {
        match self.public_base.load().as_deref() {
            Some(base) => base.clone(),
            None => format!("{}{}", asked_base(head), asked_folder(&head.path)),
        }
    }

    fn wsdl(&self, entry: EntryPoint, head: &Head) -> Outbound {
        let wsdl = kapia_soap::wsdl::addressed(entry.wsdl(), &self.base(head));
        Outbound {
            status: 200,
            content_type: "text/xml; charset=utf-8",
            body: wsdl.into_bytes().into(),
            headers: Vec::new(),
        }
    }
}

#[async_trait]
impl Exchange for GatewayExchange {
    async fn exchange(&self, inbound: Inbound) -> Outbound {
        let head = &inbound.head;
        let reads = matches!(head.method.as_str(), "GET" | "HEAD") && inbound.body.is_empty();
        let asks_for_wsdl = head.query.as_deref().is_some_and(Route::query_asks_for_wsdl);
        let base = asked_base(head);
        let asked = Asked { host: host_of(head), reads, base: &base };
        if let Some(portal) = &self.portal {
            if let Some(answer) = portal.service(&inbound, &asked).await {
                return answer;
            }
            if matches!(inbound.peer.listener, Listener::Further(_)) {
                return portal.page(&inbound, &asked).await.unwrap_or_else(pages::not_found);
            }
        }
        if inbound.peer.listener != Listener::ServiceBus {
            if let Some(route) = FaceRoute::of(&head.path) {
                return self.face(&route, reads, asks_for_wsdl, inbound).await;
            }
            if reads && FaceRoute::is_list(&head.path) {
                return faces::list(&self.gateway.faces(), asked_folder(&head.path));
            }
            if !reads && FaceRoute::is_below(&head.path) {
                return faces::unknown(&self.gateway.faces(), "", Address::Basic, head);
            }
        }
        // What is not of the listener does not exist there.
        let route = Route::of(&head.path)
            .filter(|route| matches!(route, Route::ServiceBus(_)) == (inbound.peer.listener == Listener::ServiceBus));
        match route {
            Some(Route::Wsdl(entry)) if reads => self.wsdl(entry, head),
            Some(Route::Service(entry, _)) if reads && asks_for_wsdl => self.wsdl(entry, head),
            Some(Route::Service(entry, _)) if reads => pages::service(entry, asked_folder(&head.path)),
            // A client that sends its call with GET, or to `…?wsdl`, is answered like any other (wild-clients rules 1 and 3).
            Some(Route::Service(entry, address)) => self.call(entry, None, address, inbound).await,
            Some(Route::ServiceBus(entry)) => self.call(entry, None, Address::Basic, inbound).await,
            Some(Route::Wsdl(_)) | None => match &self.portal {
                Some(portal) => portal.page(&inbound, &asked).await.unwrap_or_else(pages::not_found),
                None => pages::not_found(),
            },
        }
    }

    fn refuse(&self, refusal: Refusal, head: &Head) -> Outbound {
        let of_portal = self.portal.as_ref().and_then(|portal| portal.refuse(refusal, head));
        of_portal.unwrap_or_else(|| pages::refused(refusal, head))
    }

    fn ready(&self) -> Result<(), String> {
        match self.gateway.parts().journal.state().failing {
            Some(error) => Err(format!("the journal cannot be written: {}", error.code())),
            None => Ok(()),
        }
    }

    fn metrics(&self, out: &mut String) {
        self.gateway.metrics(out);
        self.fleet.metrics(out);
        if let Some(portal) = &self.portal {
            portal.metrics(out);
        }
    }

    async fn admin(&self, path: &str, query: Option<&str>) -> Option<AdminPage> {
        life::page(&self.fleet, path, query).await
    }
}

fn outbound(outgoing: Outgoing) -> Outbound {
    let code = outgoing.code.map(|code| ("Kapia-Code", code.into_owned()));
    let hint = outgoing.hint.map(|hint| ("Kapia-Hint", header_text(&hint)));
    Outbound {
        status: outgoing.status,
        content_type: outgoing.content_type,
        body: outgoing.body,
        headers: code.into_iter().chain(hint).chain(outgoing.headers).collect(),
    }
}

/// A text as a header may hold it (RFC 9110 §5.5): printable ASCII.
pub(crate) fn header_text(text: &str) -> String {
    let plain = text.chars().map(|c| match c {
        '…' | '‘' | '’' | '“' | '”' | '„' => '\'',
        '–' | '—' => '-',
        ' '..='~' => c,
        c if c.is_whitespace() => ' ',
        _ => '?',
    });
    plain.take(LONGEST_HINT).collect()
}

/// The client's address as RegiX writes it down (regix-contract §5.1, item 1).
fn client_address(peer: SocketAddr, forwarded_for: Option<&str>) -> String {
    match forwarded_for {
        Some(forwarded) => {
            let forwarded: String = forwarded.chars().take(LONGEST_FORWARDED).collect();
            format!("X-Forwarded-For={forwarded};proxy ip={peer}")
        }
        None => peer.to_string(),
    }
}

/// Scheme and host as the client wrote them; a host that is none is not repeated.
fn asked_base(head: &Head) -> String {
    let sane = |host: &&str| {
        (1..=255).contains(&host.len())
            && host.bytes().all(|octet| octet.is_ascii_alphanumeric() || b".-:[]_".contains(&octet))
    };
    format!("https://{}", head.host.as_deref().filter(sane).unwrap_or("localhost"))
}

/// `/RegiX` as the client wrote it, if its path begins with that folder.
fn asked_folder(path: &str) -> &str {
    match path.get(..7) {
        Some(folder) if folder.eq_ignore_ascii_case("/regix/") => &path[..6],
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_address_has_the_form_of_regix() {
        let peer = "127.0.0.1:5000".parse().unwrap();
        assert_eq!(client_address(peer, None), "127.0.0.1:5000");
        let forwarded = "X-Forwarded-For=10.1.1.1, 10.2.2.2;proxy ip=127.0.0.1:5000";
        assert_eq!(client_address(peer, Some("10.1.1.1, 10.2.2.2")), forwarded);
    }

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        let head = |host: &str| Head { host: Some(host.into()), ..Head::default() };
        assert_eq!(asked_base(&head("gate.example:8443")), "https://gate.example:8443");
        assert_eq!(asked_base(&head("[::1]:8443")), "https://[::1]:8443");
        for hostile in ["a b", "x\"><", "evil/path", ""] {
            assert_eq!(asked_base(&head(hostile)), "https://localhost");
        }
    }

    #[test]
    fn the_folder_of_the_request_stays_in_the_addresses_of_the_wsdl() {
        assert_eq!(asked_folder("/RegiX/RegiXEntryPoint.svc"), "/RegiX");
        assert_eq!(asked_folder("/RegiXEntryPoint.svc"), "");
    }

    #[test]
    fn a_header_holds_printable_ascii_only() {
        assert_eq!(header_text("use “EGN”\r\nX: име"), "use 'EGN'  X: ???");
        assert_eq!(header_text(&"a".repeat(1000)).len(), 300);
    }
}
