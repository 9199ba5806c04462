"""The proxy that every production has in front: HTTPS with a certificate of its own making, X-Forwarded-*, one web behind."""

import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
OWN = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


def certificate(path: Path) -> Path:
    """A file with a key and a certificate for this machine, good for a week; nobody has signed it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain) + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Handler(BaseHTTPRequestHandler):
    """Hands one request on and its answer back."""

    protocol_version = "HTTP/1.1"
    web = 0

    def forward(self) -> None:
        """As a proxy should: what a client says of X-Forwarded-* is replaced."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        named = {name: value for name, value in self.headers.items() if not name.lower().startswith("x-forwarded-")}
        named |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.client_address[0], "Connection": "close"}
        web = HTTPConnection(HOST, self.web, timeout=300)
        try:
            web.request(self.command, self.path, body or None, named)
            answer = web.getresponse()
            self.reply(answer.status, answer.getheaders(), answer.read())
        except (OSError, HTTPException):
            self.reply(502, [("Content-Type", "text/plain")], b"The portal does not answer.\n")
        finally:
            web.close()

    do_GET = do_HEAD = do_POST = forward  # noqa: N815  as the standard library names them

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """The web service logs for itself."""


class Front(ThreadingHTTPServer):
    """Listens on a port of this machine, in threads of this process."""

    daemon_threads = True

    def __init__(self, port: int, web: int, pem: Path) -> None:
        self.secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.secure.load_cert_chain(pem)
        super().__init__((HOST, port), type("Handler", (Handler,), {"web": web}))
        self._thread = Thread(target=self.serve_forever, name="front", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def get_request(self) -> tuple[socket.socket, Any]:
        """The greeting takes place in the thread of the request, so nobody waits for a slow one."""
        plain, address = super().get_request()
        return self.secure.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that distrusts the certificate, or leaves, is nothing to tell."""

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
