"""What a run writes down in one transaction, as few statements as there are kinds of rows.

Every statement may be made twice: a transaction whose COMMIT got no answer is repeated whole. So numbers are written as
they are meant to be, never as one more, and what was sent is looked for before it is made again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from sync.models import LeftOut, Link, Operation, Quarantine, Run, Standing
from sync.services import rosters, statements
from sync.services.statements import LinkRow, ResultRow


@dataclass(slots=True)
class Sent:
    """A write that is about to be made; `pk` is its row once that is committed."""

    key_hash: str
    action: str
    fingerprint: str
    attempt: int
    pk: int = 0


@dataclass(slots=True)
class Aside:
    """Somebody to be set aside; `hashes` are what stands for the person under every key, newest first."""

    hashes: Sequence[str]
    mark: str
    reason: str
    person: Mapping[str, str]
    detail: Mapping[str, object]


@dataclass(slots=True)
class Batch:
    """Rows of one run that are committed together. Of one row only the last word is written.

    `links` are by key_hash, those of `links_gone` are deleted first. `result_ends` are outcome, reason and number of values
    not sent, of people of whose results nothing else is new; `ended` are state and status of a write; `asked_again` are
    key_hash and guard of what somebody had left out and is no more.
    """

    run: dict[str, Any] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    ended: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    results: dict[str, ResultRow] = field(default_factory=dict)
    result_ends: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    links: dict[str, LinkRow] = field(default_factory=dict)
    links_gone: set[str] = field(default_factory=set)
    seals: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    asides: dict[str, Aside] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    asked_again: set[tuple[str, str]] = field(default_factory=set)
    standing: dict[str, Any] = field(default_factory=dict)

    def store_results(self, rows: Iterable[ResultRow], ends: Mapping[str, tuple[str, str, int]]) -> None:
        """People's results: whole, or only how they ended. The ends come after whatever is whole."""
        for row in rows:
            self.results[row.key_hash] = row
            self.result_ends.pop(row.key_hash, None)
        self.result_ends.update(ends)

    def store_link(self, link: LinkRow, moved: Iterable[str]) -> None:
        """A row that is made or changed; rows under `moved` go, it may be one of them."""
        self.links_gone.update(moved)
        for one in moved:
            self.links.pop(one, None)
        self.links[link.key_hash] = link

    def set_aside(self, aside: Aside) -> None:
        """Somebody who is not sent again."""
        self.asides[aside.hashes[0]] = aside

    def release(self, hashes: Iterable[str]) -> None:
        """Somebody who is; `hashes` are what stands for the person."""
        self.released.update(hashes)
        for one in hashes:
            self.asides.pop(one, None)

    def write(self, run: Run, *, is_repeat: bool) -> None:
        """All of it, inside the transaction of the caller, who has fenced it."""
        self._write_operations(run, is_repeat)
        self._write_results(run)
        self._write_people(run)
        if self.standing:
            Standing.objects.update_or_create(connection_id=run.connection_id, defaults={"run": run, **self.standing})

    def _write_operations(self, run: Run, is_repeat: bool) -> None:
        missing = [one for one in self.sent if not is_repeat or not _is_there(run, one)]
        rows = [(one.key_hash, one.action, one.fingerprint, one.attempt) for one in missing]
        for one, pk in zip(missing, statements.add_operations(run, rows), strict=True):
            one.pk = pk
        statements.end_operations(self.ended)

    def _write_results(self, run: Run) -> None:
        statements.put_results(run, list(self.results.values()))
        statements.end_results(run, self.result_ends)
        statements.count_attempts(run, self.attempts)

    def _write_people(self, run: Run) -> None:
        if self.links_gone:
            Link.objects.filter(connection=run.connection_id, key_hash__in=self.links_gone).delete()
        statements.put_links(run.connection_id, list(self.links.values()))
        if self.seals and run.roster_id:
            rosters.seal_confirmed(run.roster_id, self.seals)
        if self.released:
            present = Quarantine.objects.filter(connection=run.connection_id, released_at=None)
            present.filter(key_hash__in=self.released).update(released_at=timezone.now())
        for aside in self.asides.values():
            _set_aside(run, aside)
        for key_hash, guard in self.asked_again:
            out = LeftOut.objects.filter(connection=run.connection_id, ended_at=None)
            out.filter(key_hash=key_hash, guard=guard).update(ended_at=timezone.now())


def _is_there(run: Run, one: Sent) -> bool:
    """Whether the transaction that got no answer has made it: nobody else counts the attempts of this run."""
    rows = Operation.objects.filter(run=run, key_hash=one.key_hash, action=one.action, attempt=one.attempt)
    one.pk = rows.values_list("pk", flat=True).first() or 0
    return one.pk != 0


def _set_aside(run: Run, aside: Aside) -> None:
    fields = {
        "key_hash": aside.hashes[0],
        "mark": aside.mark,
        "reason": aside.reason,
        "person": aside.person,
        "detail": aside.detail,
        "run": run,
    }
    present = Quarantine.objects.filter(Q(key_hash__in=aside.hashes), connection=run.connection_id, released_at=None)
    row = present.first() or Quarantine(connection_id=run.connection_id)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
