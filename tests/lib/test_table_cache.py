"""The cache of several processes: a count loses nothing, keeps its term, and needs no Redis."""

import threading
from datetime import UTC, datetime

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from loket_portal.apps import make_cache_table
from onboarding.models import User
from onboarding.services import limits

TABLE = "loket_portal_cache"
WRONG = 5  # failed sign-ins in five minutes: allauth's own limit


@pytest.fixture
def table(settings: LazySettings, db: None) -> None:
    """The cache as production has it; the broker of that form is not there."""
    settings.CACHES = {"default": {"BACKEND": "loket_portal.lib.table_cache.TableCache", "LOCATION": TABLE}}
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    call_command("createcachetable", verbosity=0)


@pytest.fixture
def committed(transactional_db: None, table: None) -> None:
    """The same where several connections see it."""


def ends(key: str) -> datetime:
    """When the term of an entry is over."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT expires FROM {TABLE} WHERE cache_key = %s", [f":1:{key}"])
        (found,) = cursor.fetchone()
    made = datetime.fromisoformat(found) if isinstance(found, str) else found
    return made if made.tzinfo else made.replace(tzinfo=UTC)


@pytest.mark.any_database
@pytest.mark.usefixtures("table")
def test_a_count_keeps_its_term() -> None:
    cache.add("count", 1, 3600)
    before = ends("count")
    assert cache.incr("count") == 2
    assert ends("count") == before
    assert cache.get("count") == 2


@pytest.mark.any_database
@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("seconds", [None, -1], ids=["never there", "its term is over"])
def test_what_is_not_there_can_not_be_counted(seconds: int | None) -> None:
    if seconds is not None:
        cache.set("count", 1, seconds)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("count")


@pytest.mark.any_database
@pytest.mark.usefixtures("committed")
def test_of_many_that_count_at_once_none_is_lost() -> None:
    cache.add("count", 0, 3600)
    together = threading.Barrier(6)

    def count() -> None:
        together.wait()
        for _time in range(5):
            cache.incr("count")
        connection.close()

    threads = [threading.Thread(target=count) for _thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.get("count") == 30


@pytest.mark.any_database
@pytest.mark.usefixtures("table")
def test_a_limit_holds_until_its_term_is_over() -> None:
    allowed = [limits.is_allowed("door", "10.0.0.1", times=3, seconds=3600) for _time in range(5)]
    assert allowed == [True, True, True, False, False]
    assert (ends("limit.door.10.0.0.1") - datetime.now(UTC)).total_seconds() > 3500


@pytest.mark.any_database
@pytest.mark.usefixtures("table")
def test_only_what_is_over_is_forgotten() -> None:
    cache.set("old", 1, -60)
    cache.set("young", 1, 60)
    cache.set("endless", 1, None)
    assert cache.forget_old() == 1  # type: ignore[attr-defined]
    assert (cache.get("young"), cache.get("endless")) == (1, 1)


@pytest.mark.usefixtures("table")
def test_migrate_makes_the_table_and_leaves_what_is_in_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")
    make_cache_table(using="default")
    cache.set("kept", 1, 60)
    make_cache_table(using="default")
    assert cache.get("kept") == 1


@pytest.mark.usefixtures("table")
def test_sign_ins_are_throttled_without_redis(client: Client, administrator: User) -> None:
    administrator.set_password("right-password-2026")
    administrator.save()

    def sign_in(password: str) -> int:
        return client.post("/account/login/", {"login": administrator.email, "password": password}).status_code

    assert [sign_in("wrong") for _time in range(WRONG)] == [200] * WRONG
    assert sign_in("right-password-2026") == 200, "too many attempts: the right one is no longer asked for"
    cache.clear()
    assert sign_in("right-password-2026") == 302
