"""Walks through the portal as somebody, and keeps what it saw that nobody translated."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

from onboarding.services import guests
from tests.pseudo import forms, reading
from tests.pseudo.world import World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
EVERYWHERE = frozenset({"language", "account_logout", "guest_leave"})  # in the frame of every page
LINES = 30
REDIRECTS = frozenset({301, 302, 303, 307})
LINK = re.compile(r'<a\s[^>]*href="([^"]*\?[^"]*)"')


class Walk:
    """What was found, by words and place so that a flaw of every page is told once; and which addresses gave a page."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.seen: set[str] = set()
        self.sent: set[object] = set()
        self.posts: set[str] = set()  # pages that take no GET

    def look(self, where: str, answer: HttpResponseBase) -> None:
        """Reads a page; everything else (a file, a redirect) has no words of ours."""
        if not answer.get("Content-Type", "").startswith("text/html") or answer.status_code in REDIRECTS:
            return
        for one in reading.everything(answer.content.decode()):  # type: ignore[attr-defined]
            self.found.setdefault(str(one), where)

    @property
    def report(self) -> str:
        """One line for each finding, the first ones."""
        lines = sorted(f"{where}: {what}" for what, where in self.found.items())
        return "\n".join(["", *lines[:LINES], f"({len(lines)} in all)"])


class Visitor:
    """One person with a browser."""

    def __init__(self, walk: Walk, world: World, person: str) -> None:
        self.walk, self.world, self.person = walk, world, person
        self.client = Client()
        if person in world.people:
            self.client.force_login(world.people[person], backend=BACKEND)
        if person.endswith("guest"):
            self.note(**_as_guest(world, self.client, is_confirmed=person == "confirmed guest"))

    def note(self, **values: Any) -> None:
        """Puts something into the browser's session."""
        session = self.client.session
        session.update(values)
        session.save()
        self.client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    def read(self, url: str, where: str) -> HttpResponseBase:
        """Opens a page and reads it."""
        answer = self.client.get(url)
        self._look_on(answer, url, f"{self.person}, {where}: GET {url}")
        return answer

    def open(self, name: str, url: str, where: str) -> None:
        """Opens a page, its other views by query, and sends its forms. What takes no GET is posted to."""
        answer = self.read(url, where)
        if answer.status_code == 405:
            self.walk.posts.add(name)
            with self._undone():
                self._look_on(self.client.post(url), url, f"{self.person}, {where}: POST {url}")
            self.walk.seen.add(name)
        elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            self.walk.seen.add(name)
            self._open_queries(answer.content.decode(), url, where)  # type: ignore[attr-defined]
        self._send_forms(name, answer, url, where)

    def _look_on(self, answer: HttpResponseBase, url: str, where: str) -> None:
        """Reads the answer, or the page to which it leads within the portal."""
        for _hop in range(5):
            self.walk.look(where, answer)
            if answer.status_code not in REDIRECTS:
                return
            url = urljoin(url, answer["Location"])
            if urlsplit(url).netloc not in {"", "testserver", urlsplit(settings.PORTAL_URL).netloc}:
                return
            answer = self.client.get(url)

    def _open_queries(self, html: str, url: str, where: str) -> None:
        """Links to this page with a query: filters, the next page."""
        for link in dict.fromkeys(LINK.findall(html)):
            target = urljoin(url, link.replace("&amp;", "&"))
            if urlsplit(target).path == urlsplit(url).path and self._is_new("query", urlsplit(target).query):
                self.read(target, where)

    def _send_forms(self, name: str, answer: HttpResponseBase, url: str, where: str) -> None:
        if not answer.get("Content-Type", "").startswith("text/html"):
            return
        for form in forms.of_page(answer.content.decode()):  # type: ignore[attr-defined]
            target = urljoin(url, form.action)
            if _name_of(target)[0] not in EVERYWHERE - {name} and self._is_new(_name_of(target), form.signature):
                self._send(form, target, url, where)

    def _send(self, form: forms.Form, target: str, url: str, where: str) -> None:
        for sent in form.answers():
            for headers in [{}, {"HX-Request": "true"}] if form.has_htmx else [{}]:
                with self._undone():
                    answer = self.client.post(target, sent, headers={"referer": url, **headers})
                    self._look_on(answer, target, f"{self.person}, {where}: POST {target} {sorted(sent)}")

    def _is_new(self, *what: object) -> bool:
        key = (self.person, *what)
        is_new = key not in self.walk.sent
        self.walk.sent.add(key)
        return is_new

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Whatever happens in here has not happened afterwards, in the database and in the browser."""
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        self.client.cookies = cookies


def _name_of(url: str) -> tuple[str, str]:
    """Which page it is, with its step: each has a form of its own."""
    try:
        match = resolve(urlsplit(url).path)
    except Resolver404:
        return url, ""
    return match.url_name or url, match.kwargs.get("step", "")


def _as_guest(world: World, client: Client, *, is_confirmed: bool) -> dict[str, Any]:
    session = client.session
    assert guests.open_session(world.tokens["valid"], session), "the guest's link doesn't open"
    return {guests.KEY: session[guests.KEY] | {"confirmed": is_confirmed}}
