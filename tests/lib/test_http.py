"""The locked session: it stays inside its base URL, repeats only what is safe, and logs nothing that matters."""

import datetime
import http.server
import ipaddress
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import pytest
import requests
import responses
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from loket_portal.lib import exchanges
from loket_portal.lib.gate import Gate, GateClosed, Met, OpenDoor, Trouble
from loket_portal.lib.http import ATTEMPTS, LockedSession, NetworkError, UrlRefused, lock, retry_after

BASE = "https://api.loket.example/v2"


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def session(waits: list[float]) -> LockedSession:
    return LockedSession(BASE, sleep=waits.append)


def get(session: LockedSession, path: str = "/user", method: str = "GET", **more: object) -> requests.Response:
    return session.request(method, path, template=path, **more)  # type: ignore[arg-type]


# Inside the base

OUTSIDE = [
    *("//evil.example/user", "https://evil.example/user", "http:/user", "user", "", "/a/../../admin", "/..", "/a/."),
    *("/%2e%2e/admin", "/%252e%252e/admin", "/a%2f..%2f..%2fadmin", "/a\\..\\..", "/a//b", "/a?b=c", "/a#b", "/a b"),
    *("/a\r\nHost: evil.example", "/a%0d%0aHost:evil", "/a%2fb", "/@evil.example/..", "/\\evil.example"),
]


@pytest.mark.parametrize("path", OUTSIDE)
@responses.activate
def test_an_address_outside_the_base_is_refused(session: LockedSession, path: str) -> None:
    with pytest.raises(UrlRefused):
        get(session, path)
    assert len(responses.calls) == 0, "nothing left the machine"


def test_a_refusal_is_a_value_error_that_does_not_repeat_the_address(session: LockedSession) -> None:
    with pytest.raises(ValueError, match="refused") as caught:
        get(session, "//evil.example/Jansen")
    assert "Jansen" not in str(caught.value)


@responses.activate
@pytest.mark.parametrize("location", ["https://evil.example/", f"{BASE}/user", "//evil.example", "../admin", "/user"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(session: LockedSession, location: str, status: int) -> None:
    responses.get(f"{BASE}/old", status=status, headers={"Location": location})
    with pytest.raises(UrlRefused):
        get(session, "/old")
    assert len(responses.calls) == 1


@responses.activate
def test_any_session_can_be_locked() -> None:
    plain = requests.Session()
    lock(plain, BASE)
    for url in (
        "https://evil.example/",
        "https://api.loket.example.evil.example/v2/x",
        "https://api.loket.example/v22/x",
    ):
        with pytest.raises(UrlRefused):
            plain.post(url, data={"client_secret": "s"})
    assert len(responses.calls) == 0


@responses.activate
def test_no_cookie_is_kept_and_no_netrc_password_is_sent(session: LockedSession, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "netrc").write_text("machine api.loket.example login a password b\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    responses.get(f"{BASE}/user", headers={"Set-Cookie": "who=me"})
    get(session)
    get(session, headers={"Authorization": "Bearer t"})
    first, second = (call.request.headers for call in responses.calls)
    assert "Authorization" not in first
    assert second["Authorization"] == "Bearer t"
    assert "Cookie" not in second


# Repeats (rule 51)


@responses.activate
def test_a_get_is_repeated_after_a_fault_and_a_lost_connection(session: LockedSession, waits: list[float]) -> None:
    responses.get(f"{BASE}/user", status=500)
    responses.get(f"{BASE}/user", body=requests.ConnectionError("gone"))
    responses.get(f"{BASE}/user", json={})
    assert get(session).status_code == 200
    assert len(responses.calls) == 3
    assert len(waits) == 2


@responses.activate
def test_a_get_is_given_up_after_four_attempts(session: LockedSession) -> None:
    responses.get(f"{BASE}/user", status=502)
    assert get(session).status_code == 502
    assert len(responses.calls) == ATTEMPTS


@responses.activate
@pytest.mark.parametrize("status", [429, 500, 503])
def test_who_waits_himself_has_one_attempt(waits: list[float], status: int) -> None:
    """So a worker is free while somebody has to be left in peace."""
    responses.get(f"{BASE}/user", status=status, headers={"Retry-After": "1"})
    assert get(LockedSession(BASE, attempts=1, sleep=waits.append)).status_code == status
    assert (len(responses.calls), waits) == (1, [])


@responses.activate
@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH"])
@pytest.mark.parametrize("status", [500, 503])
def test_a_write_is_never_repeated_after_a_fault(session: LockedSession, method: str, status: int) -> None:
    responses.add(method, f"{BASE}/user", status=status)
    assert get(session, method=method, json={}).status_code == status
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH"])
def test_a_write_is_never_repeated_after_a_lost_answer(session: LockedSession, method: str) -> None:
    responses.add(method, f"{BASE}/user", body=requests.ConnectionError("reset"))
    with pytest.raises(NetworkError) as caught:
        get(session, method=method, json={})
    assert caught.value.is_sent
    assert len(responses.calls) == 1


@responses.activate
def test_too_many_requests_is_waited_out_as_long_as_loket_asks(session: LockedSession, waits: list[float]) -> None:
    responses.put(f"{BASE}/user", status=429, headers={"Retry-After": "2"})
    responses.put(f"{BASE}/user", json={})
    assert get(session, method="PUT", json={}).status_code == 200
    assert waits == [2.0]


@responses.activate
def test_a_service_may_want_a_longer_wait_when_it_does_not_say_how_long(waits: list[float]) -> None:
    responses.get(f"{BASE}/user", status=429)
    assert get(LockedSession(BASE, busy_wait=1.0, sleep=waits.append)).status_code == 429
    assert [int(wait) >= least for wait, least in zip(waits, (1, 2, 4), strict=True)] == [True] * 3


@responses.activate
def test_a_write_that_does_no_harm_is_repeated_like_a_get(session: LockedSession) -> None:
    responses.post(f"{BASE}/user", status=502)
    get(session, method="POST", data={"a": "b"}, is_safe=True)
    assert [call.request.body for call in responses.calls] == ["a=b"] * ATTEMPTS


@responses.activate
def test_every_attempt_is_paced_by_its_template() -> None:
    responses.get(f"{BASE}/user", status=502)
    paced: list[str] = []
    get(LockedSession(BASE, pace=paced.append, sleep=lambda seconds: None))
    assert paced == ["/user"] * ATTEMPTS


class Turnstile(OpenDoor):
    """A gate that remembers."""

    def __init__(self) -> None:
        super().__init__(2.0)
        self.inside = 0
        self.seen: list[Met] = []

    def __enter__(self) -> "Turnstile":
        self.inside += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.inside -= 1

    def met(self, met: Met) -> None:
        assert self.inside == 1
        self.seen.append(met)


@responses.activate
def test_every_attempt_goes_through_the_gate_and_no_wait_does() -> None:
    gate = Turnstile()
    session = LockedSession(BASE, gate=gate, sleep=lambda seconds: gate.seen.append(Met(about=f"{gate.inside} inside")))
    responses.get(f"{BASE}/user", status=500)
    responses.get(f"{BASE}/user", status=504)
    responses.get(f"{BASE}/user", body=requests.ReadTimeout())
    responses.get(f"{BASE}/user", status=404)
    get(session, about="one")
    outside = Met(about="0 inside")
    assert gate.seen[::2] == [
        Met(Trouble.FAULT, about="one"),
        Met(Trouble.AWAY, about="one"),
        Met(Trouble.AWAY, about="one"),
        Met(Trouble.NONE, about="one"),
    ]
    assert gate.seen[1::2] == [outside] * 3
    assert (session.calls, session.repeats) == (4, 3)


@responses.activate
@pytest.mark.parametrize(
    ("status", "headers", "met"),
    [
        (429, {}, Met(Trouble.BUSY)),
        (429, {"Retry-After": "60"}, Met(Trouble.BUSY, 60.0)),
        (503, {"Retry-After": "60"}, Met(Trouble.BUSY, 60.0)),
        (503, {}, Met(Trouble.AWAY)),
        (401, {}, Met()),
    ],
)
def test_a_gate_learns_what_a_status_says_about_the_other_side(status: int, headers: dict[str, str], met: Met) -> None:
    gate = Turnstile()
    responses.put(f"{BASE}/user", status=status, headers=headers)
    get(LockedSession(BASE, gate=gate, attempts=1), method="PUT", json={})
    assert gate.seen == [met]


@responses.activate
def test_a_request_that_the_gate_refuses_is_not_sent(session: LockedSession) -> None:
    gate = Gate(1)
    gate.close(retry_after=30)
    with pytest.raises(GateClosed) as caught:
        get(LockedSession(BASE, gate=gate), method="PUT", json={})
    assert caught.value.retry_after == 30
    assert len(responses.calls) == 0


class SlowTurnstile(Turnstile):
    """Takes 100 seconds of the test's clock to get through."""

    now = 0.0

    def __enter__(self) -> "SlowTurnstile":
        self.now += 100
        super().__enter__()
        return self


@responses.activate
def test_time_at_the_gate_is_no_time_of_the_call() -> None:
    gate = SlowTurnstile()
    session = LockedSession(BASE, gate=gate, sleep=lambda seconds: None, clock=lambda: gate.now)
    responses.get(f"{BASE}/user", status=500)
    responses.get(f"{BASE}/user", status=500)
    responses.get(f"{BASE}/user", json={})
    assert get(session).status_code == 200


@responses.activate
def test_a_long_wait_is_left_to_the_caller(session: LockedSession, waits: list[float]) -> None:
    responses.get(f"{BASE}/user", status=503, headers={"Retry-After": "600"})
    assert get(session).status_code == 503
    assert waits == []
    assert len(responses.calls) == 1


def test_retry_after_is_seconds_or_a_date() -> None:
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5)
    assert retry_after({"Retry-After": "7"}) == 7
    assert 290 < (retry_after({"Retry-After": format_datetime(later, usegmt=True)}) or 0) <= 300
    assert retry_after({"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}) == 0
    assert retry_after({"Retry-After": "soon"}) is None


def test_nobody_waits_for_more_than_a_quarter_of_an_hour() -> None:
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    assert retry_after({"Retry-After": "86400"}) == 900
    assert retry_after({"Retry-After": "9" * 400}) == 900
    assert retry_after({"Retry-After": format_datetime(tomorrow, usegmt=True)}) == 900
    assert retry_after({}) is None


# The request log


@responses.activate
def test_the_log_says_what_happened_and_not_to_whom(session: LockedSession, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    responses.get(f"{BASE}/people/904d6856", status=500, body="Jansen 999901333")
    responses.get(f"{BASE}/people/904d6856", body=requests.ReadTimeout("filter=lastName eq 'Jansen'"))
    responses.get(f"{BASE}/people/904d6856", json={"lastName": "Jansen"})
    session.request(
        "GET",
        "/people/904d6856",
        template="/people/{id}",
        params={"filter": "lastName eq 'Jansen'"},
        headers={"Authorization": "Bearer topsecret"},
    )
    lines = [record.getMessage() for record in caplog.records if record.name == "loket.requests"]
    assert [line.split(" ms ")[1] for line in lines] == ["attempt 1", "attempt 2", "attempt 3"]
    assert [line.rsplit(" ", 4)[0] for line in lines] == [
        "GET /people/{id} 500",
        "GET /people/{id} ReadTimeout",
        "GET /people/{id} 200",
    ]
    for secret in ("Jansen", "topsecret", "904d6856", "filter", "999901333"):
        assert secret not in caplog.text


@responses.activate
def test_each_service_has_its_own_log_and_its_name_on_an_exchange(caplog, monkeypatch) -> None:
    caplog.set_level(logging.INFO)
    seen: list[exchanges.Exchange] = []
    monkeypatch.setattr(exchanges, "observers", [seen.append])
    responses.get(f"{BASE}/user", json={})
    get(LockedSession(BASE, service="personio"))
    get(LockedSession(BASE))
    assert [record.name for record in caplog.records] == ["personio.requests", "loket.requests"]
    assert [exchange.service for exchange in seen] == ["personio", "loket"]


@responses.activate
def test_an_error_does_not_carry_the_address(session: LockedSession) -> None:
    responses.post(f"{BASE}/user", body=requests.ConnectionError("GET /user?filter=Jansen"))
    with pytest.raises(NetworkError) as caught:
        get(session, method="POST")
    assert str(caught.value) == "ConnectionError"


@responses.activate
def test_an_exchange_is_only_made_for_a_listener(session: LockedSession, monkeypatch) -> None:
    responses.get(f"{BASE}/user", json={"a": 1})
    monkeypatch.setattr(exchanges, "observers", [])
    monkeypatch.setattr(exchanges, "Exchange", None)  # making one would fail
    get(session)
    monkeypatch.undo()
    seen: list[exchanges.Exchange] = []
    monkeypatch.setattr(exchanges, "observers", [seen.append])
    get(session, params={"pageSize": 3}, headers={"Authorization": "Bearer topsecret"})
    assert (seen[0].path, seen[0].query, seen[0].response_body) == ("/user", {"pageSize": "3"}, {"a": 1})
    assert "topsecret" not in repr(seen)


# Over a real network


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes a request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_silence_ends_at_the_timeout_and_may_have_been_a_write(silent: str) -> None:
    session = LockedSession(silent, timeout=(1, 0.1))
    with pytest.raises(NetworkError) as caught:
        get(session, method="PUT", json={})
    assert caught.value.is_sent


def test_what_could_not_connect_was_not_sent(silent: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    session = LockedSession(f"http://127.0.0.1:{port}")
    with pytest.raises(NetworkError) as caught:
        get(session, method="PUT", json={})
    assert not caught.value.is_sent


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Loket")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(serialization.Encoding.PEM)
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(pem)
    return file


class _Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def only_tls12(certificate: Path) -> Iterator[str]:
    """A server that speaks TLS 1.2 and nothing newer, as Loket's does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hello) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_tls_12_is_enough(only_tls12: str, certificate: Path, monkeypatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert get(LockedSession(only_tls12)).status_code == 200


def test_an_unknown_certificate_is_refused_at_once(only_tls12: str, waits: list[float]) -> None:
    with pytest.raises(NetworkError) as caught:
        get(LockedSession(only_tls12, sleep=waits.append))
    assert caught.value.is_certificate
    assert not caught.value.is_sent
    assert waits == []


@pytest.mark.parametrize(("spared", "used"), [("", True), ("127.0.0.1", False)])
def test_the_proxy_of_the_environment_is_used_unless_it_is_spared(
    monkeypatch: pytest.MonkeyPatch, spared: str, used: bool
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # nobody listens there
    monkeypatch.setenv("no_proxy", spared)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hello) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        session = LockedSession(f"http://127.0.0.1:{server.server_address[1]}", attempts=1)
        try:
            if used:
                with pytest.raises(NetworkError):
                    get(session)
            else:
                assert get(session).status_code == 200
        finally:
            server.shutdown()
            thread.join()
