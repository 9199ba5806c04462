"""What a browser gets to see, and what a demo says and stores: gathered to be searched for secrets."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from playwright.sync_api import Browser, BrowserContext, Error, Request

from tests.journeys.demo import Demo
from tests.secrets import Said, leaks, of_files

LONGEST = 5.0  # seconds to wait for what the browser still asks for
TEXTS = ("document", "xhr", "fetch")


class Ears:
    """Every answer that a browser saw, with its headers; `opened` pages, whose text it had to get."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.opened = self.missed = self.waiting = 0
        self.contexts: list[BrowserContext] = []

    def hear(self, browser: Browser) -> Any:
        """The browser's own way to open a context, which is listened to from then on."""
        open_context = browser.new_context

        def new_context(*given: Any, **more: Any) -> BrowserContext:
            context = open_context(*given, **more)
            context.on("request", self.expect)
            context.on("requestfailed", self.give_up)
            context.on("requestfinished", self.note)
            self.contexts.append(context)
            return context

        return new_context

    def settle(self) -> None:
        """Waits until everything that was asked for has arrived and was noted."""
        until = time.monotonic() + LONGEST
        while self.waiting and time.monotonic() < until:
            for page in (page for context in self.contexts for page in context.pages):
                page.wait_for_timeout(20)  # lets the browser tell what it has

    def expect(self, request: Request) -> None:
        """A request that leaves."""
        self.waiting += request.resource_type in TEXTS

    def give_up(self, request: Request) -> None:
        """A request that got no answer: the page was left meanwhile."""
        self.waiting -= request.resource_type in TEXTS

    def note(self, request: Request) -> None:
        """An answer that has arrived."""
        if request.resource_type in TEXTS:
            self._read(request)
            self.waiting -= 1

    def _read(self, request: Request) -> None:
        """Its headers and its text. A redirect has no text; a page that was left at once may have lost it."""
        response = request.response()
        if response is None:
            return
        where = f"page {request.method} {urlsplit(request.url).path}"
        self.said.append(Said(where, "\n".join(f"{name}: {value}" for name, value in response.all_headers().items())))
        if 300 <= response.status < 400:
            return
        self.opened += 1
        try:
            self.said.append(Said(where, response.text()))
        except Error:
            self.missed += 1


def found_in(demo: Demo, ears: Ears) -> list[str]:
    """The secrets in what the browser saw, in what the demo wrote on its terminal, in its database and its log."""
    ears.settle()
    said = [*ears.said, Said("the demo's output", demo.said)]
    said += [Said(f"file {path.name}", _without_addresses(path)) for path in demo.folder.glob("portal.sqlite3*")]
    if demo.process.poll() is None:
        log = requests.get(f"{demo.loket}/_simulator/log", timeout=10).json()["requests"]
        said.append(Said("request log", json.dumps(log)))
    return leaks(of_files(demo.folder), said)


def _without_addresses(path: Path) -> str:
    """A database as it is on the disk; the addresses of webhooks are looked up in it, so they stand there."""
    try:
        text = path.read_bytes().decode("latin-1")
    except FileNotFoundError:  # SQLite removes its log with the last connection
        return ""
    for name, key in of_files(path.parent).items():
        text = text.replace(key, "") if name.startswith("the address") else text
    return text
