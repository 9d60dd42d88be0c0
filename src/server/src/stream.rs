//! A connection with TLS, or without.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// What HTTP is spoken over.
pub(crate) enum Stream {
    Tls(Box<TlsStream<TcpStream>>),
    Plain(TcpStream),
}

impl Stream {
    /// The certificates that the peer has shown, and whether the session is an older one.
    pub(crate) fn shown(&self) -> (Option<Vec<CertificateDer<'static>>>, bool) {
        let Stream::Tls(tls) = self else { return (None, false) };
        let (_, session) = tls.get_ref();
        let chain = session.peer_certificates();
        let chain = chain.map(|chain| chain.iter().map(|der| der.clone().into_owned()).collect());
        (chain, session.handshake_kind() == Some(rustls::HandshakeKind::Resumed))
    }

    /// The socket below.
    pub(crate) fn into_socket(self) -> TcpStream {
        match self {
            Stream::Tls(tls) => tls.into_inner().0,
            Stream::Plain(socket) => socket,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Tls(tls) => Pin::new(tls).poll_read(cx, buffer),
            Stream::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Tls(tls) => Pin::new(tls).poll_write(cx, octets),
            Stream::Plain(socket) => Pin::new(socket).poll_write(cx, octets),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, slices),
            Stream::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Stream::Tls(tls) => tls.is_write_vectored(),
            Stream::Plain(socket) => socket.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Tls(tls) => Pin::new(tls).poll_flush(cx),
            Stream::Plain(socket) => Pin::new(socket).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
            Stream::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
        }
    }
}
