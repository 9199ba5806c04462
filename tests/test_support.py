"""Support's own pages about mappings: for support alone, each as far as somebody may, and of one company at a time."""

from dataclasses import replace

import pytest
from django.test import Client

from mapping.models import MappingSet
from onboarding.models import AuditEvent, User
from tests import support
from tests.factories import EntityFactory, member
from tests.support import Desk
from tests.sync.bench import signed_in, supporter
from tests.sync.pages import upload

LOOKS, CHANGES, REVEALS = "view_mappingset", "change_mappingset", "reveal_values"
ANSWERS = {200, 302}
ONLY_FOR_CHANGERS = {"carry_file"}
"""What holds everybody's values as a file: looking at mappings is not enough."""
SIGN_IN, REFUSED, NOT_FOUND, NO_SUCH_METHOD = 302, 403, 404, 405
EVERY_PAGE = pytest.mark.parametrize(("name", "places"), support.PAGES, ids=[name for name, _ in support.PAGES])


@pytest.fixture
def owner(db: None) -> User:
    """An administrator of a company whose people are in a roster."""
    entity = EntityFactory()
    user = member(entity)
    upload(entity, user)
    return user


@pytest.fixture
def desk(owner: User) -> Desk:
    return support.desk_of(owner.memberships.get().company)


def url_of(name: str, places: tuple[str, ...], desk: Desk, **query: object) -> str:
    return support.address(name, places, desk, **{"person": "2", "import": desk.made.pk, **query})


def both(client: Client, url: str, **sent: object) -> set[int]:
    """What a look and a change are answered with, besides that there is no such act."""
    return {client.get(url).status_code, client.post(url, sent).status_code} - {NO_SUCH_METHOD}


def test_the_walk_finds_the_workbench_its_fragments_and_the_old_data() -> None:
    found = {name for name, _places in support.PAGES}
    assert {"bench_everyone", "bench_reveal", "carry", "carry_file", "mapping_workbench", "mapping_publish"} <= found


@EVERY_PAGE
def test_only_support_gets_there_and_only_who_may(name: str, places: tuple[str, ...], desk: Desk, owner: User) -> None:
    url, before = url_of(name, places, desk), AuditEvent.objects.count()
    customer = SIGN_IN if name.startswith("mapping_") else NOT_FOUND  # the admin asks to sign in as somebody else
    assert both(Client(), url) == {SIGN_IN}
    assert both(signed_in(owner), url) == {customer}
    assert both(signed_in(supporter()), url) == {REFUSED}
    looking = signed_in(supporter(LOOKS, REVEALS))
    seen = {REFUSED} if name in ONLY_FOR_CHANGERS else {*ANSWERS, NO_SUCH_METHOD}
    assert looking.get(url).status_code in seen
    changed = looking.post(url).status_code
    assert changed in {REFUSED, NO_SUCH_METHOD}
    assert AuditEvent.objects.count() == before
    if changed == REFUSED:
        assert signed_in(supporter(LOOKS, CHANGES, REVEALS)).post(url).status_code in ANSWERS


@EVERY_PAGE
def test_what_is_of_another_company_or_nowhere_is_not_found(name: str, places: tuple[str, ...], desk: Desk) -> None:
    client, other = signed_in(supporter(LOOKS, CHANGES, REVEALS)), EntityFactory()
    foreign = replace(desk, copy=support.copied(other.company))
    url = url_of(name, places, foreign, **{"entity": other.pk, "for": other.pk})
    assert both(client, url, entity=other.pk, person="2", target="bsn", reason="Asked by phone") == {NOT_FOUND}
    nowhere = replace(desk, draft=MappingSet(pk=987654, company_id=987654, source="roster"))
    assert both(client, url_of(name, places, nowhere)) == {NOT_FOUND}
