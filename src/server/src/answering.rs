//! The body of an answer on its way, out of memory or out of a file.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use kapia_spool::{Octets, Reader};

/// Gives an answer to hyper piece by piece, as the peer takes it.
pub(crate) struct Answering {
    reader: Reader,
    left: u64,
}

impl Answering {
    pub(crate) fn new(octets: &Octets) -> Self {
        Self { reader: octets.reader(), left: octets.len() }
    }
}

impl Body for Answering {
    type Data = Bytes;
    type Error = io::Error;

    /// A piece of a file is read on this thread: 64 KiB that were just written lie in the memory of the system.
    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let answering = self.get_mut();
        if answering.left == 0 {
            return Poll::Ready(None);
        }
        Poll::Ready(match answering.reader.piece() {
            Ok(Some(piece)) => {
                answering.left = answering.left.saturating_sub(piece.len() as u64);
                Some(Ok(Frame::data(piece)))
            }
            // The length has been announced: less than that is an error, and the connection ends.
            Ok(None) => Some(Err(io::ErrorKind::UnexpectedEof.into())),
            Err(error) => {
                tracing::error!(%error, "an answer could not be read from its temporary file");
                Some(Err(error))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
