"""An adapter host as the existing ones are: the HTTP protocol and the generic WCF functions, in another language.

It answers with the documents of the sample packages, filters them by the matrix that it is handed, in the way of the
mappers (a property that is not named, or not open, is not there), and writes as XmlSerializer does. Everything that it
does not understand it refuses with status 500, as an unhandled exception.

How it behaves is said by the caller in `CallContext/ServiceURI`, such as `cut` or `slow 2`; what it was sent is to be had
at `/seen/{ApiServiceCallId}`.

    host.py ADAPTERS FURTHER [--tls CERTIFICATE KEY AUTHORITY]

It prints its port.
"""

import base64
import json
import os
import pathlib
import random
import socket
import ssl
import struct
import sys
import threading
import time
import tomllib
import urllib.parse
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.dom import minidom
from xml.sax.saxutils import escape

SD = "{http://egov.bg/RegiX/SignedData}"
RW = "{http://egov.bg/RegiX/DataContracts/RequestWrapper}"
OM = "{http://egov.bg/RegiX/ObjectMappingr}"
TNS = "{http://tempuri.org/}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
SOAP = {
    "text/xml": "http://schemas.xmlsoap.org/soap/envelope/",
    "application/soap+xml": "http://www.w3.org/2003/05/soap-envelope",
}
WSA = "{http://www.w3.org/2005/08/addressing}"
DECLARED = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
STARTED = time.time()


class Register:
    """The sample packages: documents by adapter, operation and key."""

    def __init__(self, *folders):
        self.adapters = {}
        for manifest in sorted(manifest for folder in folders for manifest in pathlib.Path(folder).glob("*/adapter.toml")):
            package = tomllib.loads(manifest.read_text(encoding="utf-8"))
            if package.get("backend", {}).get("kind") != "sample":
                continue
            for operation in package["operation"]:
                contract, name = operation["name"].rsplit(".", 1)
                adapter = contract.rsplit(".", 1)[1].removeprefix("I").removesuffix("API") + "Adapter"
                self.adapters.setdefault(adapter, {})[name] = (manifest.parent, operation)

    def answer(self, adapter, name, argument):
        folder, operation = self.adapters[adapter][name]
        root = ET.fromstring("<x/>")
        root.append(argument)
        assert argument.tag == operation["request_root"], "the argument is another document"
        sample = operation["sample"]
        at = argument
        for step in sample["key"].split("/"):
            at = next(child for child in at if child.tag.rsplit("}", 1)[-1] == step)
        file = sample["answers"].get((at.text or "").strip(), sample.get("no_data"))
        if file is None:
            namespace, local = operation["response_root"].removeprefix("{").split("}")
            return f'<{local} xmlns="{namespace}" />'
        found = [folder / sub / file for sub in ("XMLData", "XMLSamples") if (folder / sub / file).is_file()]
        return found[0].read_text(encoding="utf-8").split("?>", 1)[-1].strip()


class Parameters:
    """Parameters as the base class has them: all of them in the clear."""

    def __init__(self):
        self.lock = threading.Lock()
        self.values = {
            "ConnectionString": ("Връзка към базата", "Server=db;Password=тайна"),
            "WebServiceUrl": ("Адрес на услугата", "http://register.local/?a&b"),
        }

    def document(self, ns=""):
        with self.lock:
            listed = "".join(
                f"<ParameterInfo><Description>{escape(d)}</Description><Key>{k}</Key>"
                f"<CurrentValue>{escape(v)}</CurrentValue></ParameterInfo>"
                for k, (d, v) in self.values.items()
            )
        return f"<ParameterList>{listed}</ParameterList>"

    def set(self, key, value):
        with self.lock:
            description, _ = self.values[key]
            self.values[key] = (description, value)


class Asynchronous:
    """Results that come later: how often they are still asked for in vain, and their code."""

    def __init__(self):
        self.lock = threading.Lock()
        self.calls = {}
        self.acknowledged = []

    def begin(self, call_id, times, members):
        code = f"{call_id}.{base64.b64encode(os.urandom(64)).decode()}"
        with self.lock:
            self.calls[call_id] = [code, times, members]
        return code

    def check(self, call_id, code):
        with self.lock:
            if call_id not in self.calls:
                return error(call_id, f"There is no operation known with the provided id: {call_id}")
            known, left, members = self.calls[call_id]
            if known != code:
                return error(call_id, "Wrong verification code")
            self.calls[call_id][1] = left - 1
            return members if left <= 0 else not_ready(call_id, None)

    def acknowledge(self, call_id, code):
        with self.lock:
            assert self.calls.pop(call_id)[0] == code
            self.acknowledged.append(call_id)


REGISTER = Register(*sys.argv[1:3])
PARAMETERS = Parameters()
ASYNCHRONOUS = Asynchronous()
SEEN = {}


def filtered(document, entry):
    """The document as a mapper would fill it; names stay as they are written."""
    assert entry is not None, "an adapter does not work without a matrix"

    def visit(element, entry):
        below = {line.find(OM + "Key").text: line.find(OM + "Value") for line in entry.findall(OM + "AccessMatrixElement")}
        for child in [node for node in element.childNodes if node.nodeType == node.ELEMENT_NODE]:
            value = below.get(child.localName)
            if value is None or value.find(OM + "HasAccess").text != "true":
                element.removeChild(child)
            else:
                visit(child, value)

    root = minidom.parseString(document.encode()).documentElement
    visit(root, entry)
    return root.toxml()


def members(call_id, request, response):
    return (
        "<IsReady>true</IsReady>\n  "
        f'<Data id="data">\n    <Request id="request">{request}</Request>\n    <Response id="response">{response}</Response>\n'
        '    <Matrix xsi:nil="true" />\n  </Data>\n  '
        f'<HasError>false</HasError>\n  <Error xsi:nil="true" />\n  <ServiceCallID>{call_id}</ServiceCallID>'
    )


def not_ready(call_id, code):
    verification = f"<VerificationCode>{code}</VerificationCode>" if code else ""
    return (
        '<IsReady>false</IsReady><Data xsi:nil="true" /><HasError>false</HasError><Error xsi:nil="true" />'
        f"<ServiceCallID>{call_id}</ServiceCallID>{verification}"
    )


def error(call_id, text):
    return (
        f'<IsReady>false</IsReady><Data xsi:nil="true" /><HasError>true</HasError><Error>{escape(text)}</Error>'
        f"<ServiceCallID>{call_id}</ServiceCallID>"
    )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    # ---- the two verbs ----

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path.startswith("/seen/"):
            return self.reply(200, "application/json", json.dumps(SEEN.get(path.split("/")[2], [])))
        if path == "/state":
            state = {"acknowledged": ASYNCHRONOUS.acknowledged, "parameters": PARAMETERS.values}
            return self.reply(200, "application/json", json.dumps(state))
        try:
            adapter, function = path.strip("/").split("/")
            assert adapter in REGISTER.adapters
        except Exception:
            return self.reply(404, "", b"")
        # Without it the framework would answer in JSON.
        assert self.headers["Accept"] == "application/xml"
        simple = {
            "GetAdapterVersion": ("string", "1.2.3.0"),
            "CheckRegisterConnection": ("string", "Connection is OK!"),
            "GetAdapterUptime": ("unsignedInt", str(int(time.time() - STARTED))),
            "GetHostMachineInfo": ("string", ""),
        }
        if function in simple:
            root, text = simple[function]
            return self.xml(f"<{root}>{escape(text)}</{root}>")
        if function == "GetParameters":
            return self.xml(f"<Parameters {DECLARED}>{PARAMETERS.document()}</Parameters>")
        self.reply(404, "", b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        url = urllib.parse.urlsplit(self.path)
        try:
            if url.path.endswith(".svc"):
                return self.soap(url.path.strip("/").removesuffix(".svc"), body)
            adapter, function = url.path.strip("/").split("/")
            if adapter not in REGISTER.adapters:
                return self.reply(404, "", b"")
            assert self.headers["Content-Type"] == "application/xml; charset=utf-8"
            if function == "SetParameter":
                query = urllib.parse.parse_qs(url.query, keep_blank_values=True)
                PARAMETERS.set(query["key"][0], query["value"][0])
                return self.reply(200, "", b"")
            document = ET.fromstring(body)
            if function == "Execute":
                assert document.tag == RW + "RequestWrapper"
                parameters = document.find(RW + "AdditionalParameters/AdapterAdditionalParameters")
                matrix = document.find(RW + "AccessMatrix/" + OM + "AMEntry")
                self.execute(adapter, document.find(RW + "Request"), matrix, parameters, "", self.http_result, body)
            elif function in ("CheckResult", "AcknowledgeResultReceived"):
                assert document.tag == "ServiceCheckResultArgument"
                self.check(function, document, "", self.http_result)
            else:
                self.reply(404, "", b"")
        except (BrokenPipeError, ConnectionResetError):
            pass
        except Exception as failure:  # an unhandled exception of a controller
            print(repr(failure), file=sys.stderr, flush=True)
            self.reply(500, "", b"")

    def soap(self, adapter, body):
        if adapter not in REGISTER.adapters:
            return self.reply(404, "", b"")
        media_type = self.headers["Content-Type"].split(";")[0]
        ns = SOAP[media_type]
        envelope = ET.fromstring(body)
        assert envelope.tag == f"{{{ns}}}Envelope"
        call = envelope.find(f"{{{ns}}}Body")[0]
        function = call.tag.removeprefix(TNS)
        action = f"http://tempuri.org/IAdapterService/{function}"
        if media_type == "text/xml":
            assert self.headers["SOAPAction"] == f'"{action}"'
        else:
            header = envelope.find(f"{{{ns}}}Header")
            assert header.find(WSA + "Action").text == action
            assert header.find(WSA + "To").text.endswith(f"/{adapter}.svc")

        def answer(members, kind="Execute"):
            inside = f'<{kind}Result xmlns:a="{SD[1:-1]}">{members}</{kind}Result>' if members is not None else ""
            text = (
                f'<s:Envelope xmlns:s="{ns}"><s:Body {DECLARED}>'
                f'<{kind}Response xmlns="http://tempuri.org/">{inside}</{kind}Response></s:Body></s:Envelope>'
            )
            self.reply(200, f"{media_type}; charset=utf-8", text)

        def result(members, kind="Execute"):
            for name in ("IsReady", "Data", "HasError", "Error", "ServiceCallID", "VerificationCode"):
                members = members.replace(f"<{name}>", f'<{name} xmlns="{SD[1:-1]}">', 1)
                members = members.replace(f"<{name} xsi", f'<{name} xmlns="{SD[1:-1]}" xsi', 1)
                members = members.replace(f"<{name} id", f'<{name} xmlns="{SD[1:-1]}" id', 1)
            answer(members, kind)

        if function == "Execute":
            matrix = call.find(TNS + "accessMatrix/" + OM + "AMEntry")
            parameters = call.find(TNS + "additionalParameters")
            self.execute(adapter, call.find(TNS + "request"), matrix, parameters, TNS, result, body)
        elif function in ("CheckResult", "AcknowledgeResultReceived"):
            acknowledged = lambda _members=None, kind=function: answer(None, kind)
            self.check(function, call.find(TNS + "checkResult"), TNS, result, acknowledged)
        elif function == "CheckRegisterConnection":
            answer("OK", function)
        else:
            self.reply(500, f"{media_type}; charset=utf-8", self.fault(ns))

    def fault(self, ns):
        return f'<s:Envelope xmlns:s="{ns}"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>7605239965</faultstring></s:Fault></s:Body></s:Envelope>'

    # ---- what is asked ----

    def execute(self, adapter, request, matrix, parameters, ns, answer, raw):
        call_id = parameters.find(ns + "ApiServiceCallId").text
        context = parameters.find(ns + "CallContext")
        uri = context.find(ns + "ServiceURI") if context is not None else None
        mode, *arguments = ((uri.text if uri is not None else None) or "ok").split()
        SEEN.setdefault(call_id, []).append(
            {"headers": dict(self.headers), "path": self.path, "body": raw.decode(), "connection": self.client_address[1]}
        )
        assert parameters.find(ns + "SignResult").text == "false"
        assert [child.tag for child in request][:4] == [SD + n for n in ("RequestProcessing", "ResponseProcessing", "Operation", "Argument")]
        name = request.find(SD + "Operation").text.rsplit(".", 1)[1]
        argument = request.find(SD + "Argument")[0]
        echo = ET.tostring(argument, encoding="unicode")
        misbehave = getattr(self, "mode_" + mode.replace("-", "_"), None)
        if misbehave and misbehave(call_id, *arguments):
            return
        if mode == "unknown-person":
            return answer(error(call_id, "Няма лице с ЕГН 7605239965"))
        document = REGISTER.answer(adapter, name, argument)
        if mode == "too-much":
            # A leaf that no schema has, and what an adapter shows that forgets its matrix.
            document = document.replace("</", "<!-- 7605239965 --></", 1)
        else:
            document = filtered(document, matrix)
        if mode == "other-document":
            document = '<Other xmlns="urn:other" />'
        if mode == "invalid":
            root, rest = document.split(">", 1)
            document = f"{root}><Невалиден>7605239965</Невалиден>{rest}"
        if mode == "empty":
            document = ""
        done = members(call_id, echo, document)
        if mode == "later":
            code = ASYNCHRONOUS.begin(call_id, int(arguments[0]), done)
            return answer(not_ready(call_id, code))
        if mode == "never":
            return answer(not_ready(call_id, ASYNCHRONOUS.begin(call_id, 10**9, done)))
        if mode == "later-error":
            code = ASYNCHRONOUS.begin(call_id, 1, error(call_id, "ЕГН 7605239965"))
            return answer(not_ready(call_id, code))
        if mode == "no-code":
            return answer(not_ready(call_id, None))
        answer(done)

    def check(self, function, argument, ns, answer, acknowledged=None):
        call_id = argument.find(ns + "ServiceCallID").text
        code = argument.find(ns + "VerificationCode").text
        if function == "CheckResult":
            return answer(ASYNCHRONOUS.check(call_id, code), "CheckResult")
        ASYNCHRONOUS.acknowledge(call_id, code)
        acknowledged() if acknowledged else self.reply(200, "", b"")

    # ---- how it goes wrong ----

    def mode_slow(self, _call_id, seconds):
        time.sleep(float(seconds))

    def mode_drip(self, _call_id):
        """An octet now and then: the answer never ends."""
        self.head(200, self.headers["Content-Type"], [("Content-Length", "100000")])
        for _ in range(1000):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)
        return True

    def mode_cut(self, _call_id):
        """Killed in the middle of its answer."""
        self.head(200, self.headers["Content-Type"], [("Content-Length", "5000")])
        self.wfile.write(b"<ServiceResultData><IsReady>true</IsReady>" * 10)
        return self.die()

    def mode_dead(self, _call_id):
        """Killed before its answer."""
        return self.die()

    def mode_garbage(self, _call_id):
        self.reply(200, self.headers["Content-Type"], random.Random(7).randbytes(4096))
        return True

    def mode_doctype(self, _call_id):
        self.reply(200, self.headers["Content-Type"], b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')
        return True

    def mode_page(self, _call_id):
        self.reply(200, self.headers["Content-Type"], b"<html><body>7605239965</body></html>")
        return True

    def mode_type(self, _call_id, media_type):
        self.reply(200, media_type, b'{"error": "7605239965"}')
        return True

    def mode_giant(self, _call_id):
        """Says that it is giant."""
        self.head(200, self.headers["Content-Type"], [("Content-Length", str(10**12))])
        return self.die()

    def mode_endless(self, _call_id):
        """Is giant and does not say it."""
        self.head(200, self.headers["Content-Type"], [("Transfer-Encoding", "chunked")])
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        try:
            for _ in range(10**6):
                self.wfile.write(chunk)
        except OSError:
            pass
        self.close_connection = True
        return True

    def mode_status(self, _call_id, status):
        extra = [("Location", "http://127.0.0.1:1/elsewhere/")] if status.startswith("3") else []
        body = "Грешка за ЕГН 7605239965".encode()
        self.head(int(status), "text/plain", extra + [("Content-Length", str(len(body)))])
        self.wfile.write(body)
        return True

    def mode_fault(self, _call_id):
        media_type = self.headers["Content-Type"].split(";")[0]
        self.reply(500, f"{media_type}; charset=utf-8", self.fault(SOAP[media_type]))
        return True

    # ---- HTTP ----

    def http_result(self, members, _kind="Execute"):
        self.xml(f'<ServiceResultData {DECLARED} xmlns="{SD[1:-1]}">\n  {members}\n</ServiceResultData>')

    def xml(self, text):
        self.reply(200, "application/xml; charset=utf-8", text)

    def reply(self, status, content_type, body):
        body = body.encode() if isinstance(body, str) else body
        self.head(status, content_type, [("Content-Length", str(len(body)))])
        self.wfile.write(body)

    def head(self, status, content_type, headers):
        self.send_response(status)
        if content_type:
            self.send_header("Content-Type", content_type)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()

    def die(self):
        """Ends the connection as the system does for a process that is killed with data unread: with a reset."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
        return True


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


def main():
    server = Server(("127.0.0.1", 0), Handler)
    if "--tls" in sys.argv:
        certificate, key, authority = sys.argv[sys.argv.index("--tls") + 1 :][:3]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    # The parent holds the other end: when it ends, so do we.
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    server.serve_forever()


main()
