"""Makes once what every test would make anew and alike: a simulator's world, its addresses, a client's static files.

And empties the tables after a test with transactions of its own by deleting what is there: PostgreSQL takes a tenth of a
second to make a hundred tables anew, and Django as long to write its permissions again.

A test gets the same as without it, only sooner: the world is a copy of what the simulator itself made, to the last id;
an address is put together by the function that werkzeug made for the same one before.
"""

import gc
import sqlite3
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import TransactionTestCase
from werkzeug.routing import Rule
from whitenoise.middleware import WhiteNoiseMiddleware

from loket_portal.simulator import seed
from loket_portal.simulator.clock import today
from loket_portal.simulator.options import Options
from loket_portal.simulator.personio import ensure
from loket_portal.simulator.world import World

COLLECT_AFTER = 50_000
"""New objects until Python looks for garbage: a worker's own are far more than the 700 that it begins with."""

DJANGOS_OWN = ("django_content_type", "auth_permission")
"""Tables that are as the migrations left them; emptied, Django fills them anew with the same."""

_create, _compile, _find = seed.create, Rule._compile_builder, WhiteNoiseMiddleware.add_files_from_finders
_flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def start() -> None:
    """For the whole process, before the first simulator."""
    seed.create = _copy_or_create
    Rule._compile_builder = _remember  # type: ignore[method-assign]
    WhiteNoiseMiddleware.add_files_from_finders = _add_files  # type: ignore[method-assign]
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[attr-defined]
    gc.set_threshold(COLLECT_AFTER, 20, 20)


def settle() -> None:
    """What was made up to now, all modules and tests, is never looked through for garbage again: a million objects."""
    gc.collect()
    gc.freeze()


@cache
def _world(number: int, _day: date) -> sqlite3.Connection:
    """A world in memory at its beginning; administrations that have ended did so last year."""
    world = World()
    _create(world, Options(seed=number))
    ensure(world)
    return world.db


def _copy_or_create(world: World, options: Options) -> None:
    """Fills an empty world in memory with a copy; one in a file is the simulator's own work, old or new."""
    ((_, _, file),) = world.rows("PRAGMA database_list")
    if file or world.fact("seed"):
        _create(world, options)
    else:
        _world(options.seed, today()).backup(world.db)


_builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}


def _remember(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """The function that makes an address of a rule; compiling it takes most of a simulator's start."""
    if rule.defaults:
        return _compile(rule, append_unknown)
    key = (rule.rule, tuple(rule._trace), append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


_files: dict[str, Any] = {}


def _add_files(middleware: WhiteNoiseMiddleware) -> None:
    """Every test's client has this middleware anew, and it reads the date and the size of 170 files."""
    if not _files:
        _find(middleware)
        _files.update(middleware.files)
    middleware.files.update(_files)


def _empty(case: TransactionTestCase) -> None:
    """Deletes every row, in whatever order: all of them go. The numbers of new rows go on, as with Django's own way."""
    if connection.vendor != "postgresql" or case.reset_sequences or case.available_apps or case.serialized_rollback:
        _flush(case)
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = replica; {_deleting()}; RESET session_replication_role")


@cache
def _deleting() -> str:
    tables = dict.fromkeys(model._meta.db_table for model in apps.get_models(include_auto_created=True))
    return "; ".join(f'DELETE FROM "{table}"' for table in tables if table not in DJANGOS_OWN)
