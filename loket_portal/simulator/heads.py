"""The head of an HTTP request, read without the parser for e-mail that Python's own server uses: it took a fifth of a call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedIOBase

    from _typeshed.wsgi import WSGIEnvironment

FIRST = re.compile(rb"([A-Z]+) (/(?!/)[!\"$&->@-~]*)(\?[!\"$-~]*)? HTTP/1\.1\r\n")
FIELD = re.compile(rb"([!-9;-~]+):[ \t]*([^\r\n]*)\r\n")
ENDS = (b"\r\n", b"\n", b"")
LONGEST, MOST = 65536, 100  # of http.client
UNUSUAL = ("HTTP_EXPECT", "HTTP_TRANSFER_ENCODING")


def is_plain(line: bytes) -> bool:
    """Whether `environ_of` can read this first line: HTTP/1.1, and an address without escapes."""
    return FIRST.fullmatch(line) is not None


def lines_of(stream: BufferedIOBase) -> list[bytes]:
    """The lines after the first one, with the empty one that ends them; as far as http.client would read them."""
    lines = [stream.readline(LONGEST + 1)]
    while lines[-1] not in ENDS and len(lines[-1]) <= LONGEST and len(lines) <= MOST:
        lines.append(stream.readline(LONGEST + 1))
    return lines


def environ_of(line: bytes, lines: list[bytes]) -> WSGIEnvironment | None:
    """What WSGI wants to know of a request, but for the server and the body; None for a head with anything unusual."""
    first = FIRST.fullmatch(line)
    if first is None or lines[-1] != b"\r\n" or len(lines) > MOST:
        return None
    method, path, query = (part.decode() for part in first.groups(b""))
    environ: WSGIEnvironment = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query[1:]}
    environ["REQUEST_URI"] = environ["RAW_URI"] = path + query
    for each in lines[:-1]:
        field = FIELD.fullmatch(each)
        if field is None:
            return None
        name, value = field[1].decode().upper(), field[2].decode("latin-1")
        if "_" not in name:
            _put(environ, name.replace("-", "_"), value)
    is_usual = environ.get("HTTP_CONNECTION", "close").lower() in ("close", "keep-alive")
    return environ if is_usual and environ.keys().isdisjoint(UNUSUAL) else None


def _put(environ: WSGIEnvironment, name: str, value: str) -> None:
    """A field that comes again is added to what there is, as CGI has it; of the body's own two the last one counts."""
    if name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        environ[name] = value
    else:
        name = f"HTTP_{name}"
        environ[name] = f"{environ[name]},{value}" if name in environ else value
