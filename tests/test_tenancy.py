"""Somebody of another company gets 404 for every object; the owner's 200 is the control. All URLs are walked."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mapping.models import ValueImport
from mapping.portal import carrying
from mapping.portal.carrying import Plan
from onboarding.models import Connection, User
from sync.models import Run
from tests.factories import ConnectionFactory, EntityFactory, LoginFactory, member
from tests.mapping.portal import attribute, section
from tests.sync.pages import upload

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX_STOP_POLLING = 286
# Pages of the entity that send its owner on, to where the work is.
SENDS_ON = {"last_sync", "administration", "connect", "personio_credentials", "personio_remove"}
# Guests have no account (tests/onboarding/test_guest_pages.py walks theirs); the outbox is there in the demo only; events of
# Personio come from a machine (tests/onboarding/test_events.py); support's own pages are no company's: tests/test_support.py.
APART = ("accounts/", "guest/", "outbox/", "personio/", "support/")
OF_COMPANY = ("company_", "personio", "section")  # addresses of a company, not of a legal entity


def named_patterns(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every named URL with the names of its places; the admin's, allauth's own, guests' and the demo's are apart."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not pattern.app_name and not route.startswith(APART):
                yield from named_patterns(pattern.url_patterns, route)
        elif pattern.name and not route.startswith(APART):
            yield pattern.name, set(pattern.pattern.converters)


OBJECTS = sorted(
    (name, tuple(sorted(places))) for name, places in named_patterns(get_resolver().url_patterns) if places
)


@pytest.fixture
def owned(db: None) -> tuple[Connection, Run, User]:
    entity = EntityFactory()
    connection = ConnectionFactory(entity=entity, login=LoginFactory(company=entity.company))
    run = Run.objects.create(connection=connection, is_dry=False, trigger="person", state=Run.State.SUCCEEDED)
    owner = member(entity)
    upload(entity, owner)
    carrying.store(attribute(section(entity.company)), None, Plan(0, (), 0, ()), None, ValueImport.Kind.FILE)
    return connection, run, owner


def address(name: str, places: tuple[str, ...], connection: Connection, run: Run) -> str:
    values = {"pk": connection.entity.pk, "run_pk": run.pk, "kind": "csv", "step": "loket-account"}
    if name.startswith(OF_COMPANY):
        made = ValueImport.objects.get(attribute__company=connection.entity.company_id)
        values |= {"pk": connection.entity.company_id, "entity_pk": connection.entity.pk, "row": 2, "kind": "undo"}
        values |= {"section_pk": made.attribute.section_id, "attribute_pk": made.attribute_id, "import_pk": made.pk}
    assert set(places) <= set(values), f"{name} has a place this test doesn't know: give it an object of the owner"
    return reverse(name, kwargs={place: values[place] for place in places})


def test_the_walk_finds_the_pages_of_an_entity() -> None:
    assert {"entity", "connect", "administration", "people", "preview", "run", "run_progress"} <= {
        n for n, _ in OBJECTS
    }


@pytest.mark.parametrize(("name", "places"), OBJECTS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_company_gets_404_where_the_owner_gets_an_answer(
    name: str, places: tuple[str, ...], method: str, owned: tuple[Connection, Run, User], client: Client
) -> None:
    connection, run, owner = owned
    url = address(name, places, connection, run)
    stranger = member(EntityFactory())
    stranger.is_staff = stranger.is_superuser = True  # support works in the admin, not on a customer's pages
    stranger.save()
    ask = getattr(client, method)
    client.force_login(owner, backend=BACKEND)
    control = ask(url).status_code
    assert control in ({200, 302, 405} if method == "post" or name in SENDS_ON else {200, 405, HTMX_STOP_POLLING})
    client.force_login(stranger, backend=BACKEND)
    assert ask(url).status_code == (405 if control == 405 else 404)
    client.logout()
    assert ask(url).status_code == (405 if control == 405 else 302), "nobody at all is asked to sign in"


def test_a_run_of_another_entity_is_not_found_under_ones_own(
    owned: tuple[Connection, Run, User], client: Client
) -> None:
    _connection, run, _owner = owned
    mine = EntityFactory()
    client.force_login(member(mine), backend=BACKEND)
    for name in ("run", "run_progress"):
        assert client.get(reverse(name, kwargs={"pk": mine.pk, "run_pk": run.pk})).status_code == 404


def test_the_list_of_entities_shows_only_ones_own(owned: tuple[Connection, Run, User], client: Client) -> None:
    connection, _run, owner = owned
    other = EntityFactory(name="Somebody else B.V.")
    client.force_login(owner, backend=BACKEND)
    page = client.get(reverse("entities")).content.decode()
    assert connection.entity.name in page
    assert other.name not in page


def test_a_member_who_left_sees_nothing_at_once(owned: tuple[Connection, Run, User], client: Client) -> None:
    connection, _run, owner = owned
    client.force_login(owner, backend=BACKEND)
    url = reverse("entity", kwargs={"pk": connection.entity.pk})
    assert client.get(url).status_code == 200
    owner.memberships.all().delete()
    assert client.get(url).status_code == 404
