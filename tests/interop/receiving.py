"""An HTTPS server of a consumer, to which the gate pushes answers; the content is read by the stack under test."""

import contextlib
import queue
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Where it listens, and what came."""

    def __init__(self, port):
        self.address = f"https://localhost:{port}/callback"
        self.came = queue.Queue()

    def next(self):
        """The octets that came next, and the name of who brought them, by its certificate."""
        return self.came.get(timeout=30)


@contextlib.contextmanager
def receiving(gate, name, answer):
    """Listens on the port of this name with the example certificate for localhost; `answer` makes a reply of a request."""
    receiver = Receiver(gate.receivers[name])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            octets = self.rfile.read(int(self.headers["Content-Length"]))
            status, reply = answer(octets)
            self.send_response(status)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)
            receiver.came.put((octets, common_name(self.connection.getpeercert())))

        def log_message(self, *_):
            pass

    # Whoever brings an answer has to show a certificate of the example authority.
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=gate.certs / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(gate.certs / "server.pem", gate.certs / "server-key.pem")
    server = ThreadingHTTPServer(("127.0.0.1", gate.receivers[name]), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def common_name(certificate):
    return dict(part for parts in certificate["subject"] for part in parts)["commonName"]
