"""Support's workbench in the tests' world: a draft with rules of every kind, people, versions, old data to carry over."""

import re
from collections.abc import Iterator

from django.db import transaction
from django.test import Client

from mapping.admin.workbench import changing
from mapping.admin.workbench.common import ACTS
from mapping.models import MappingSet
from mapping.rules import Rule, TooLong, WriteMode
from onboarding.models import LegalEntity, User
from sync.models import Roster
from sync.records import COLUMNS
from tests import support
from tests.pseudo import hr, reading
from tests.pseudo.browsing import BACKEND
from tests.pseudo.world import World
from tests.support import Desk
from tests.sync.bench import BSN, FIRST_NAME, INCOME, LAST_NAME, NUMBER, STREET, draft
from tests.sync.pages import upload

KEY = re.compile(rf"\((?:{'|'.join(COLUMNS)})\)|column:\w+")
"""How a column of the roster is called for machines, behind its name; data."""
FRAGMENT = {"HX-Request": "true"}
FILES = {"mapping_export": "a file, the document of a mapping", "carry_file": "a file with values of people"}
"""What has no page."""
STAGES = ("connected", "synced")
RULES = (
    *(Rule(NUMBER, "employee_number"), Rule(INCOME, "income_number")),
    *(Rule(FIRST_NAME, "first_name"), Rule(BSN, "bsn")),
    Rule(LAST_NAME, "last_name", converter="upper", too_long=TooLong.SHORTEN, write_mode=WriteMode.ONLY_IF_EMPTY),
    Rule(STREET, "column:zzgone", fallback="Zzstreet"),
)
QUERIES: dict[str, tuple[dict[str, object], ...]] = {
    "mapping_workbench": ({}, {"edit": support.GENDER}, {"edit": STREET}, {"q": "zz"}, {"show": "changed"}),
    "bench_person": ({"person": 2}, {"person": 3}, {"person": 99}, {"person": 2, "loket": 1}),
    "bench_values": ({}, {"source": "bsn"}, {"source": "column:zzgone"}, {"source": "last_name"}),
    "bench_choose": ({}, {"q": "zznobody"}),
    "bench_everyone": ({}, {"show": "passes"}, {"show": "left_out"}),
}
"""What can be asked of a page."""
REVEALED = {"person": "2", "target": BSN}
SENT: dict[str, tuple[dict[str, object], ...]] = {
    "mapping_rule": tuple({one: "zz"} for one in changing.ACTS),
    "mapping_publish": ({}, {"confirm": "on"}),
    "mapping_import": ({},),  # what is wrong in a document is said in English, as its own words are
    "mapping_roll_back": ({},),
    "carry": tuple({"action": one} for one in ("check", "carry", "empty")),
    "bench_reveal": (REVEALED, REVEALED | {"reason": "Zzasked"}),
    "bench_everyone": ({},),
    "bench_read": ({},),
}
"""What is sent to it, one after the other."""


def fill(world: World) -> tuple[Desk, Desk]:
    """The desk as it is for a roster, and for Personio."""
    User.objects.filter(pk=world.people["support"].pk).update(is_superuser=True)
    hr.map_all(world)
    entity = LegalEntity.objects.get(company=world.company, name="Zz-synced")
    LegalEntity.objects.filter(pk=entity.pk).update(personio_id="")
    entity.refresh_from_db()
    Roster.objects.filter(entity=entity).delete()
    upload(entity, world.people["administrator"], "1001;1;Active;Yes;Zzjo;Zzberg", ";1;Active;Yes;Zzniels;Zzbeek")
    rosters = MappingSet.objects.filter(company=world.company, source="roster")
    rosters.update(state=MappingSet.State.RETIRED)
    of_roster = support.desk_of(world.company)
    of_roster.copy.label, of_roster.copy.options = "Zzcopy", ["Zzman", "Zzvrouw"]
    of_roster.copy.save()
    draft(world.company, "roster", *RULES)
    of_personio = MappingSet.objects.get(company=world.company, source="personio", state=MappingSet.State.DRAFT)
    return of_roster, Desk(of_personio, of_roster.copy, of_roster.made)


class Walk:
    """Somebody of support at both desks; keeps which pages were there, and where a word is as in the sources."""

    def __init__(self, world: World, desks: tuple[Desk, Desk]) -> None:
        self.desks, self.client = desks, Client()
        self.client.force_login(world.people["support"], backend=BACKEND)
        self.seen: set[str] = set()
        self.found: dict[str, str] = {}

    def look(self) -> None:
        """Opens every page, whole and as htmx gets it."""
        for name, url in self._places():
            for query in QUERIES.get(name, ({},)):
                for headers in ({}, FRAGMENT):
                    answer = self.client.get(url, query, headers=headers)
                    if answer.status_code == 200:
                        self._read(name, f"{url} {query}", answer.content.decode())

    def change(self) -> None:
        """Sends to every page what it takes; nothing of it has happened afterwards."""
        for name, url in self._places():
            for sent in SENT.get(name, ()):
                self._send(name, url, sent)
            for act in ACTS if name == "mapping_act" else ():
                self._send(name, url.replace("/undo/", f"/{act}/"), {})

    def _places(self) -> Iterator[tuple[str, str]]:
        for name, places in support.PAGES:
            for desk in self.desks if name not in FILES else ():
                yield name, support.address(name, places, desk)

    def _send(self, name: str, url: str, sent: dict[str, object]) -> None:
        with transaction.atomic():
            answer = self.client.post(url, sent, headers=FRAGMENT, follow=True)
            transaction.set_rollback(True)
        if answer.status_code == 200:
            self._read(name, f"POST {url} {sent}", answer.content.decode())

    def _read(self, name: str, where: str, html: str) -> None:
        self.seen.add(name)
        for one in reading.of_page(KEY.sub("", html)):
            self.found.setdefault(str(one), where)
