//! What the public listener answers: calls by the gateway, WSDL files, and a few words to everybody else.

use crate::pages;
use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use bytes::Bytes;
use kapia_gateway::{Gateway, Incoming, Outgoing};
use kapia_regix::{Address, EntryPoint, Route};
use kapia_server::{Exchange, Head, Inbound, Listener, Outbound, Refusal};
use std::net::SocketAddr;
use std::sync::Arc;

/// The longest `X-Forwarded-For` that is written down, in characters.
const LONGEST_FORWARDED: usize = 400;
/// The longest hint that goes into a header, in characters.
const LONGEST_HINT: usize = 300;

/// The gateway behind HTTP.
pub(crate) struct GatewayExchange {
    gateway: Arc<Gateway>,
    public_base: ArcSwapOption<String>,
}

impl GatewayExchange {
    /// A gateway, and the address that its consumers use if it is configured.
    pub fn new(gateway: Arc<Gateway>, public_base: Option<String>) -> GatewayExchange {
        GatewayExchange { gateway, public_base: ArcSwapOption::from_pointee(public_base) }
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

    async fn call(&self, entry: EntryPoint, address: Address, inbound: Inbound) -> Outbound {
        let Inbound { head, body, peer, received, started } = inbound;
        let incoming = Incoming {
            entry,
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

    fn wsdl(&self, entry: EntryPoint, head: &Head) -> Outbound {
        let base = match self.public_base.load().as_deref() {
            Some(base) => base.clone(),
            None => format!("{}{}", asked_base(head), asked_folder(&head.path)),
        };
        let wsdl = kapia_soap::wsdl::addressed(entry.wsdl(), &base);
        Outbound { status: 200, content_type: "text/xml; charset=utf-8", body: Bytes::from(wsdl), headers: Vec::new() }
    }
}

#[async_trait]
impl Exchange for GatewayExchange {
    async fn exchange(&self, inbound: Inbound) -> Outbound {
        let head = &inbound.head;
        let reads = matches!(head.method.as_str(), "GET" | "HEAD") && inbound.body.is_empty();
        let asks_for_wsdl = head.query.as_deref().is_some_and(Route::query_asks_for_wsdl);
        // What is not of the listener does not exist there.
        let route = Route::of(&head.path)
            .filter(|route| matches!(route, Route::ServiceBus(_)) == (inbound.peer.listener == Listener::ServiceBus));
        match route {
            Some(Route::Wsdl(entry)) if reads => self.wsdl(entry, head),
            Some(Route::Service(entry, _)) if reads && asks_for_wsdl => self.wsdl(entry, head),
            Some(Route::Service(entry, _)) if reads => pages::service(entry, asked_folder(&head.path)),
            // A client that sends its call with GET, or to `…?wsdl`, is answered like any other (wild-clients rules 1 and 3).
            Some(Route::Service(entry, address)) => self.call(entry, address, inbound).await,
            Some(Route::ServiceBus(entry)) => self.call(entry, Address::Basic, inbound).await,
            Some(Route::Wsdl(_)) | None => pages::not_found(),
        }
    }

    fn refuse(&self, refusal: Refusal, head: &Head) -> Outbound {
        pages::refused(refusal, head)
    }

    fn ready(&self) -> Result<(), String> {
        match self.gateway.parts().journal.state().failing {
            Some(error) => Err(format!("the journal cannot be written: {}", error.code())),
            None => Ok(()),
        }
    }

    fn metrics(&self, out: &mut String) {
        self.gateway.metrics(out);
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
