"""Every page and e-mail in a language nobody speaks: a visible word that stays as it is has not been translated."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Model
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from loket_portal.lib import http
from loket_portal.simulator import Simulator
from onboarding.checks import CHECKS
from onboarding.models import Mail
from onboarding.services import mails
from onboarding.services.personio import Refusal
from onboarding.steps import StepKey
from onboarding.wording import hub as hub_words
from tests import support
from tests.pseudo import bench, desk, findings, hr, language, letters, loket, pages, reading, sources
from tests.pseudo.browsing import Visitor, Walk
from tests.pseudo.stages import found
from tests.pseudo.world import World, build
from tests.snapshots import rows_once

NO_TROUBLE = next(iter(loket.TROUBLES))
NOBODY_ANSWERS = "http://127.0.0.1:9"


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world, made in English; from now on everybody speaks the pseudo-language."""
    cache.clear()
    logging.disable(logging.CRITICAL)  # walking into every door makes a log of thousands of lines
    stages = getattr(request, "param", ())
    made: World = rows_once(f"pseudo {stages}", lambda: build(stages))
    language.speak(monkeypatch)
    yield made
    logging.disable(logging.NOTSET)


@pytest.fixture
def without_loket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Loket nor Personio can be reached, and nobody waits for them."""
    settings.LOKET_API_URL = settings.LOKET_OAUTH_URL = settings.LOKET_FILTER_URL = NOBODY_ANSWERS
    settings.PERSONIO_API_URL = NOBODY_ANSWERS
    monkeypatch.setattr(http, "ATTEMPTS", 1)


# --- Pages ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "places", "world"),
    [pytest.param(name, places, pages.stages(places), id=name) for name, places in pages.names()],
    indirect=["world"],
)
def test_every_page_is_translated(name: str, places: tuple[str, ...], world: World, without_loket: None) -> None:
    pages.BEFORE.get(name, lambda world: None)(world)
    walk = Walk()
    for person in (*pages.EVERYWHERE, *pages.IN_SOME, *pages.OUTSIDE):
        pages.visit(name, places, Visitor(walk, world, person))
    assert not walk.found, walk.report
    assert name in walk.seen or name in pages.SENDS_ON, "nobody could open this page: the world lacks what it needs"


@pytest.mark.parametrize("world", [("connected", "checked")], indirect=True, ids=[""])
@pytest.mark.parametrize("number", range(max(len(findings.codes_of(fact)) for fact in CHECKS)))
def test_whatever_a_check_finds_is_translated(number: int, world: World, without_loket: None) -> None:
    walk = Walk()
    visitor = Visitor(walk, world, "administrator")
    entity = world.entities["connected"]
    for fact in CHECKS:
        codes = findings.codes_of(fact)
        found(fact, codes[number % len(codes)], entity=entity, login=entity.connection.login)
    for step in StepKey:
        visitor.read(reverse("setup_step", kwargs={"pk": entity.pk, "step": step}), f"code {number}")
    for name in ("entity", "setup", "setup_checklist", "connect"):
        visitor.read(reverse(name, kwargs={"pk": entity.pk}), f"code {number}")
    visitor.read(reverse("company_picture", kwargs={"pk": world.company.pk}), f"code {number}")
    assert not walk.found, walk.report


@pytest.mark.parametrize("world", [("connected",)], indirect=True, ids=[""])
@pytest.mark.parametrize("refusal", Refusal)
def test_whatever_personio_refuses_is_translated(refusal: Refusal, world: World, without_loket: None) -> None:
    walk, url = Walk(), reverse("personio", kwargs={"pk": world.company.pk})
    with hr.refusing(refusal):
        for person in (*pages.EVERYWHERE, *pages.IN_SOME):
            Visitor(walk, world, person).open("personio", url, "not connected")
        hr.connect(world)
        Visitor(walk, world, "administrator").open("personio", url, "connected")
    assert not walk.found, walk.report


@pytest.mark.parametrize("trouble", loket.TROUBLES)
def test_every_page_is_translated_with_the_answers_of_loket(
    trouble: str, db: None, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk, world = Walk(), build(("enabled",))
    entity = world.entities["enabled"]
    loket.rename(simulator)
    simulator.options.change(loket.TROUBLES[trouble])
    loket.sign_in(world, entity)
    for is_linked in (False, True):
        if is_linked and loket.TROUBLES[trouble]:
            break
        if is_linked:
            loket.link(world, entity)
        with monkeypatch.context() as patch:
            language.speak(patch)
            visitor = Visitor(walk, world, "administrator")
            for name, places in pages.names():
                if "pk" in places and (trouble == NO_TROUBLE or name in loket.ASKING):
                    pages.visit(name, places, visitor)
    assert not walk.found, walk.report


@pytest.mark.parametrize("name", sorted(path.name for path in sources.TEMPLATES.glob("[0-9]*.html")))
def test_the_page_for_what_went_wrong_is_translated(
    name: str, rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    language.speak(monkeypatch)
    request = rf.get("/")
    request.user = AnonymousUser()
    html = render_to_string(name, {}, request)
    assert "⟦" in html
    assert not reading.of_page(html)


@pytest.mark.parametrize("model", desk.models(), ids=lambda model: model.__name__)
@pytest.mark.parametrize("world", [desk.STAGES], indirect=True, ids=[""])
def test_the_support_desk_is_translated(
    model: type[Model], world: World, without_loket: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.fill(world)
    language.speak(monkeypatch, is_lenient=True)  # Django's Dutch of its admin has holes of its own
    assert desk.words(model, world) == set()


@pytest.mark.parametrize("world", [bench.STAGES], indirect=True, ids=[""])
def test_the_workbench_of_support_is_translated(
    world: World, without_loket: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = bench.Walk(world, bench.fill(world))
    language.speak(monkeypatch, is_lenient=True)  # the frame is Django's
    walk.look()
    walk.change()
    assert not walk.found, "\n".join(["", *(f"{where}: {one}" for one, where in walk.found.items())])
    missed = {name for name, _places in support.PAGES} - walk.seen - set(bench.FILES)
    assert not missed, "support could not open these pages: the world lacks what they need"


def test_a_bare_word_of_a_page_fails_its_page(
    world: World, without_loket: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_words, "since", lambda at: "since Monday")
    walk = Walk()
    url = reverse("setup", kwargs={"pk": world.entities["assigned"].pk})
    Visitor(walk, world, "administrator").read(url, "assigned")
    assert "since Monday" in walk.report


def test_an_address_with_an_unknown_place_is_no_secret(world: World) -> None:
    with pytest.raises(AssertionError, match="a place 'colour'"):
        pages.places("entities", ("colour",), world)


# --- E-mails --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", mails.KINDS)
@pytest.mark.parametrize("world", [("checked",)], indirect=True, ids=[""])
def test_every_email_is_translated(kind: str, world: World) -> None:
    for mail in letters.write(kind, world):
        assert not reading.of_text(mail.subject)
        assert not reading.of_text(mail.text)
        assert not reading.of_page(mail.html)


@pytest.mark.parametrize("world", [("checked",)], indirect=True, ids=[""])
def test_the_email_for_a_new_password_is_translated(world: World, client: Client) -> None:
    client.post(reverse("account_reset_password"), {"email": world.people["viewer"].email})
    mail = Mail.objects.latest("pk")
    assert "⟦" in mail.subject
    assert not reading.of_text(mail.subject)
    assert not reading.of_text(mail.text)
