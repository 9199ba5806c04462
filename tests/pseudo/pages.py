"""Every named page of the portal, with the addresses under which the tests' world has something to show."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from onboarding.models import Mail
from onboarding.steps import StepKey
from onboarding.views.connect import STOPPED
from onboarding.wording.connecting import SIGN_IN
from sync.models import Run
from tests.pseudo import hr, letters, own
from tests.pseudo.browsing import Visitor
from tests.pseudo.world import World

FILES = {
    "healthz": "for machines",
    "readyz": "for machines",
    "personio_hook": "for machines",
    "section_file": "a file with values of people",
    "section_imported_file": "a file with values of people",
    "roster_template": "a file, with the headers of the table in sync/sources/columns.py",
}
"""What has no page."""

SENDS_ON = {
    "language": "back to the page it was switched on",
    "loket_callback": "always a redirect, so that no code of Loket stays in the address",
}
"""What answers a GET with a redirect only; the walk reads where it leads."""

OF_COMPANY = ("company_", "personio", "section")  # addresses of a company, not of a legal entity
OF_SUPPORT = "support/"  # walked by themselves, with the workbench in the admin: tests/pseudo/bench.py
EVERYWHERE = ("administrator",)
IN_SOME = ("payroll", "viewer")
SOME = ("zero", "nobody", "assigned", "asked", "ready", "connected", "refused", "synced")
WITH_GUESTS = ("assigned", "reported", "checked")
OUTSIDE = ("nobody", "newcomer", "guest", "confirmed guest")


@dataclass(frozen=True, slots=True)
class Place:
    """An address, and at what point of the setup it shows which entity."""

    url: str
    stage: str = ""


def names() -> list[tuple[str, tuple[str, ...]]]:
    """Every named address of the portal with the names of its places; Django's admin, and support's own pages beside it,
    are walked by themselves.
    """
    found = {(name, tuple(sorted(places))) for name, places in _patterns(get_resolver().url_patterns)}
    return sorted(row for row in found if row[0] not in FILES)


def _patterns(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, set[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from _patterns(pattern.url_patterns)
        elif pattern.name and not str(pattern.pattern).startswith(OF_SUPPORT):
            yield pattern.name, set(pattern.pattern.converters) | set(pattern.pattern.regex.groupindex)


def stages(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The points of the setup that matter for an address: all (nothing said) where it names an entity, else a few."""
    if "section_pk" in wanted:
        return ("connected",)
    return () if "pk" in wanted else WITH_GUESTS


def places(name: str, wanted: tuple[str, ...], world: World) -> list[Place]:
    """Its addresses. Fails for a place that nobody has taught this test: then a page would go unseen."""
    rows: list[tuple[str, dict[str, object]]] = [("", {})]
    for place in wanted:
        assert place in KNOWN, f"{name} has a place {place!r} that this test doesn't know: give it objects of the world"
        rows = [
            (stage or where, {**values, place: value})
            for where, values in rows
            for stage, value in _known(name, place)(world, values)
        ]
    return [Place(reverse(name, kwargs=values), stage) for stage, values in rows]


Values = dict[str, object]
Given = Callable[[World, Values], Iterable[tuple[str, object]]]


def _known(name: str, place: str) -> Given:
    if place == "pk" and name.startswith(OF_COMPANY):
        return lambda world, values: [("", world.company.pk)]
    return KNOWN[place]


def _entities(world: World, values: Values) -> Iterator[tuple[str, object]]:
    yield from ((stage, entity.pk) for stage, entity in world.entities.items())


def _runs(world: World, values: Values) -> Iterator[tuple[str, object]]:
    """Places are in alphabetical order, so that the entity stands already."""
    yield from (("", pk) for pk in Run.objects.filter(connection__entity=values["pk"]).values_list("pk", flat=True))


KNOWN: dict[str, Given] = {
    "pk": _entities,
    "section_pk": lambda world, values: (("", row.pk) for row in own.section_of(world, values)),
    "attribute_pk": lambda world, values: (("", row.pk) for row in own.attributes_of(world)),
    "import_pk": lambda world, values: (("", row.pk) for row in own.imports_of(world)),
    "entity_pk": lambda world, values: (("", row.pk) for row in own.entities_with_people(world)),
    "row": lambda world, values: (("", row) for row in own.rows_of(values)),
    "run_pk": _runs,
    "step": lambda world, values: (("", step.value) for step in StepKey),
    "assignment_pk": lambda world, values: (("", row.pk) for row in world.guest.assignments.all()),
    "mail_pk": lambda world, values: (("", pk) for pk in Mail.objects.values_list("pk", flat=True)),
    "token": lambda world, values: world.tokens.items(),
    "uidb36": lambda world, values: [("", world.reset_link[0])],
    "key": lambda world, values: [("", world.reset_link[1]), ("", "zz")],
}
"""What an address is made of: (the stage it belongs to, the value)."""


def _stopped() -> Iterator[dict[str, object]]:
    """Every reason why a sign-in at Loket did not count, as the session keeps it."""
    for refusal in SIGN_IN:
        yield {STOPPED: {"refusal": str(refusal), "names": ["Zzemployer", "Zzother"]}}
    hint = "Support checks the address of Loket and whether this version of the call still exists."
    message = "The answer to %(activity)s is not what Loket documents (status %(status)s)."
    yield {STOPPED: {"message": message, "hint": hint, "params": {"activity": "distribution units", "status": "500"}}}


BEFORE = {"outbox": letters.write_all, "outbox_mail": letters.write_all} | dict.fromkeys(
    ("personio", "personio_credentials", "personio_remove"), hr.connect
)
BEFORE |= dict.fromkeys(
    ("section", "section_settings", "section_attribute", "section_person", "section_import", "section_imported"),
    own.fill,
)
BEFORE["section_list"] = own.fill
BEFORE["company_mapping"] = hr.map_all
"""What must be there for a page, besides the world."""
SESSIONS = {"connect_stopped": _stopped}
"""What a page tells from the session."""


def visit(name: str, wanted: tuple[str, ...], visitor: Visitor) -> None:
    """Opens the page wherever this person may have something to see."""
    for place in places(name, wanted, visitor.world):
        if _is_worth_it(name, wanted, place, visitor):
            for session in SESSIONS[name]() if name in SESSIONS else [{}]:
                visitor.note(**session)
                visitor.open(name, place.url, place.stage)


def _is_worth_it(name: str, wanted: tuple[str, ...], place: Place, visitor: Visitor) -> bool:
    """One person sees everything, and sends what has no page of its own only at some points; the others see less."""
    if "pk" not in wanted or not place.stage or place.stage == SOME[0] or len(visitor.world.entities) == 1:
        return True
    if visitor.person in EVERYWHERE:
        return name not in visitor.walk.posts or place.stage in SOME
    return visitor.person in IN_SOME and place.stage in SOME
