"""What is remembered of people in Loket, whatever they come from: a file knows them by number, Personio by its id."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from loket_portal.lib import crypto
from loket_portal.lib.redact import mask
from onboarding.models import Connection
from sync.diff import compact
from sync.models import LeftOut, Link, Quarantine, Standing
from sync.outcomes import PersonResult, Remark
from sync.policy import canonical_number
from sync.ports import Confirmed, Quarantined, StandingFacts
from sync.records import HRRecord, Sealed
from sync.services import codec, statements
from sync.services.batch import Aside
from sync.services.scribe import Scribe
from sync.services.statements import LINK_FIELDS, LinkRow

PERSON = "person"
FINGERPRINTS = ("bsn_fingerprint", "iban_fingerprint")
HIDDEN = ("bsn", "iban")
CHUNK = 2000


def key_hashes(connection: Connection, key: str) -> tuple[str, ...]:
    """What stands for a person in our tables, under every key of this installation, newest first."""
    return tuple(crypto.fingerprints(PERSON, f"{connection.pk}:{key}"))


class KeyHashes:
    """`key_hashes` of one connection, each worked out once: a run asks for them again and again, and keeps them in several
    places. An HMAC lets other threads go first, and to be let in again costs more than the HMAC. Safe for several threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, key: str) -> tuple[str, ...]:
        """What stands for this person, newest first."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = key_hashes(self._connection, key)
        return found


@dataclass(frozen=True, slots=True)
class _Person:
    """What is noted of a person of this run: where the values stand, and which of BSN and IBAN are there in full."""

    row: int
    number: str
    plain: tuple[str, ...]


class DbMemory:
    """`Memory`: the stored Loket id, what Loket was last seen to hold, and who is set aside, per connection.

    What is confirmed is purged from the roster at once: from then on only the fingerprint stays. There is one row per
    Loket id. It is made by `link`: before somebody is linked nothing is remembered, and a preview links nobody.
    The people of the run are told by `note`, all of them before anything is asked.
    """

    def __init__(self, connection: Connection, scribe: Scribe, hashes: KeyHashes | None = None) -> None:
        self._connection, self._scribe = connection, scribe
        self._hashes = hashes or KeyHashes(connection)
        self._lock = threading.RLock()
        self._people: dict[str, _Person] = {}
        self._held: set[str] | None = None
        self._by_hash: dict[str, LinkRow] = {}
        self._by_number: dict[str, str] = {}
        self._by_id: dict[str, str] = {}
        rows = Link.objects.filter(connection=connection).order_by("confirmed_at", "pk").values_list(*LINK_FIELDS)
        for row in rows.iterator(chunk_size=CHUNK):
            self._index(statements.link_row(row))
        self._asides = {row.key_hash: row for row in _set_aside(connection)}
        self._left_out = _left_out(connection)

    def note(self, record: HRRecord) -> None:
        """Takes down of one person of the run what is asked later on."""
        plain = tuple(column for column in HIDDEN if isinstance(record.values.get(column), str))
        number = canonical_number(record) or ""
        self._people[record.key] = _Person(record.row, number, HIDDEN if plain == HIDDEN else plain)
        self._held = None

    # --- who it is ---

    def linked_id(self, key: str) -> str | None:
        link = self._found(key)
        return link.loket_id if link else None

    def is_concept(self, key: str) -> bool:
        link = self._found(key)
        return link is not None and link.is_concept

    def is_current(self, key: str) -> bool:
        """Whether the Loket id is remembered under this very key and with the present number."""
        link, hashes = self._own(key), self._number_hashes(key)
        return link is not None and link.loket_id is not None and link.number_hash in (hashes or ("",))

    def link(self, key: str, loket_id: str, is_concept: bool) -> None:
        """From now on this Loket id is known under this key: a row that has it under another one is taken over."""
        with self._lock:
            loket_id = _canonical(loket_id)
            own, same = self._own(key), self._by_hash.get(self._by_id.get(loket_id, ""))
            before = same or own
            lacking = {}
            if own and same and own is not same:
                lacking = {name: getattr(own, name) for name in FINGERPRINTS if not getattr(same, name)}
            known = replace(
                before or LinkRow(""),
                key_hash=self._hashes(key)[0],
                number_hash=next(iter(self._number_hashes(key)), ""),
                loket_id=loket_id,
                is_concept=is_concept,
                **lacking,
            )
            if known != before:
                self._store(known, instead_of=[one for one in (own, same) if one])

    # --- what Loket was seen to hold ---

    def fingerprint(self, key: str, field: str) -> str | None:
        link = self._found(key)
        return (getattr(link, f"{field}_fingerprint") or None) if link else None

    def seen(self, key: str, field: str, fingerprint: str) -> None:
        with self._lock:
            link = self._found(key)
            if link is not None and getattr(link, f"{field}_fingerprint") != fingerprint:
                self._change(key, link, **{f"{field}_fingerprint": fingerprint})

    def remember(self, key: str, field: str, fingerprint: str) -> None:
        self.seen(key, field, fingerprint)
        person = self._people.get(key)
        if person and field in person.plain:
            self._scribe.note(lambda batch: batch.seals[person.row].update({field: fingerprint}))

    def confirmed_mark(self, key: str) -> tuple[str, int | None, date | None]:
        link = self._own(key)
        return (link.mark, link.version, link.look_on) if link else ("", None, None)

    def confirm(self, confirmed: Sequence[Confirmed]) -> None:
        with self._lock:
            for one in confirmed:
                link = self._own(one.key)
                seen = {"mark": one.mark, "version": one.version, "look_on": one.look_on}
                if link is not None and any(getattr(link, name) != value for name, value in seen.items()):
                    self._change(one.key, link, **seen)

    def _change(self, key: str, link: LinkRow, **fields: object) -> None:
        """Under the newest key of this installation, when the row is the person's own."""
        is_own = self._own(key) is link
        renewed = {"key_hash": self._hashes(key)[0]} if is_own else {}
        self._store(replace(link, **fields, **renewed), instead_of=[link])  # type: ignore[arg-type]

    # --- who is set aside ---

    def quarantined(self, key: str) -> Quarantined | None:
        row = self._aside(key)
        if row is None:
            return None
        said = (row.detail or {}).get("messages", [])
        return Quarantined(row.mark, row.reason, tuple(Remark(*message) for message in said), row.since)

    def quarantine(self, result: PersonResult, mark: str, reason: str) -> None:
        hashes = self._hashes(result.person or result.key)
        person, detail = codec.person_to_json(result), codec.detail_to_json(result)
        row = Quarantine(key_hash=hashes[0], mark=mark, reason=reason, detail=detail, since=timezone.now())
        with self._lock:
            self._asides[hashes[0]] = row
        self._scribe.note(lambda batch: batch.set_aside(Aside(hashes, mark, reason, person, detail)))

    def release(self, key: str) -> None:
        with self._lock:
            found = [one for one in self._hashes(key) if self._asides.pop(one, None)]
        if found:
            self._scribe.note(lambda batch: batch.release(found))

    def _aside(self, key: str) -> Quarantine | None:
        if not self._asides:
            return None
        return next((self._asides[h] for h in self._hashes(key) if h in self._asides), None)

    # --- what somebody had left out ---

    def left_out(self, key: str) -> Mapping[str, str]:
        if not self._left_out:
            return {}
        found: dict[str, str] = {}
        for one in reversed(self._hashes(key)):
            found |= self._left_out.get(one, {})
        return found

    def ask_again(self, key: str, guard: str) -> None:
        hashes = self._hashes(key)
        with self._lock:
            found = [one for one in hashes if self._left_out.get(one, {}).pop(guard, None)]
        if found:
            self._scribe.note(lambda batch: batch.asked_again.update((one, guard) for one in found))

    # --- the whole connection ---

    def standing(self) -> StandingFacts:
        row = Standing.objects.filter(connection=self._connection).first()
        if row is None:
            return StandingFacts()
        return StandingFacts(row.mark, row.version, row.look_on, row.compared_at, row.people)

    def confirm_all(self, facts: StandingFacts, *, is_full: bool) -> None:
        now = timezone.now()
        fields = {"mark": facts.mark, "version": facts.version, "look_on": facts.look_on, "people": facts.people}
        fields |= {"confirmed_at": now} | ({"compared_at": now} if is_full else {})
        self._scribe.surely(lambda batch: batch.standing.update(fields))

    # --- the rows ---

    def _found(self, key: str) -> LinkRow | None:
        """By the key; else by the number, from when people came from elsewhere or had another id in Personio.

        Without the number, who is gone in Loket would be made again. That it is the same person, identity tells by name
        and birth date. A row that is somebody else's of this run by the key is never meant.
        """
        if own := self._own(key):
            return own
        with self._lock:
            for one in self._number_hashes(key):
                link = self._by_hash.get(one) or self._by_hash.get(self._by_number.get(one, ""))
                if link is not None and link.key_hash not in self._hashes_of_all():
                    return link
        return None

    def _hashes_of_all(self) -> set[str]:
        if self._held is None:
            self._held = {one for key in self._people for one in self._hashes(key)}
        return self._held

    def _own(self, key: str) -> LinkRow | None:
        return next((self._by_hash[h] for h in self._hashes(key) if h in self._by_hash), None)

    def _number_hashes(self, key: str) -> tuple[str, ...]:
        person = self._people.get(key)
        return self._hashes(person.number) if person and person.number else ()

    def _store(self, known: LinkRow, instead_of: Sequence[LinkRow]) -> None:
        """In the database and here. A row whose Loket id or key changes is made anew: no two ever have the same."""
        moved = {one.key_hash for one in instead_of if (one.key_hash, one.loket_id) != (known.key_hash, known.loket_id)}
        for gone in instead_of:
            self._unindex(gone)
        self._index(known)
        self._scribe.note(lambda batch: batch.store_link(known, moved))

    def _index(self, link: LinkRow) -> None:
        self._by_hash[link.key_hash] = link
        if link.number_hash not in ("", link.key_hash):  # of a file the key is the number
            self._by_number[link.number_hash] = link.key_hash
        if link.loket_id:
            self._by_id[link.loket_id] = link.key_hash

    def _unindex(self, link: LinkRow) -> None:
        if self._by_hash.get(link.key_hash) is link:
            del self._by_hash[link.key_hash]
        if self._by_number.get(link.number_hash) == link.key_hash:
            del self._by_number[link.number_hash]
        if link.loket_id and self._by_id.get(link.loket_id) == link.key_hash:
            del self._by_id[link.loket_id]


def _canonical(loket_id: str) -> str:
    """As we keep it: mostly the very text that the list had, so that it is kept once."""
    found = str(UUID(loket_id))
    return loket_id if found == loket_id else found


def _set_aside(connection: Connection) -> Iterable[Quarantine]:
    rows = Quarantine.objects.filter(Q(released_at__isnull=True), connection=connection)
    return rows.defer("person").iterator(chunk_size=CHUNK)


def _left_out(connection: Connection) -> dict[str, dict[str, str]]:
    """By person the guards with the fingerprint of what was left out."""
    found: dict[str, dict[str, str]] = {}
    rows = LeftOut.objects.filter(connection=connection, ended_at=None).values_list("key_hash", "guard", "sign")
    for key_hash, guard, sign in rows.iterator(chunk_size=CHUNK):
        found.setdefault(key_hash, {})[guard] = sign
    return found


def sealed(connection: Connection, records: Iterable[HRRecord]) -> list[HRRecord]:
    """What Loket confirmed of its employees is not stored a second time when it is read anew: a fingerprint is enough.

    Of a concept employee it may be needed again, when somebody takes it away there.
    """
    people = list(records)
    hashes = {record.key: key_hashes(connection, record.key) for record in people}
    wanted = [one for several in hashes.values() for one in several]
    employees = Link.objects.filter(connection=connection, loket_id__isnull=False, is_concept=False)
    links = {link.key_hash: link for link in employees.filter(key_hash__in=wanted)}
    return [_seal(record, next((links[one] for one in hashes[record.key] if one in links), None)) for record in people]


def _seal(record: HRRecord, link: Link | None) -> HRRecord:
    known = {"bsn": link.bsn_fingerprint, "iban": link.iban_fingerprint} if link else {}
    sealed = {
        column: Sealed(fingerprint, mask(value))
        for column, fingerprint in known.items()
        if fingerprint
        and isinstance(value := record.values.get(column), str)
        and fingerprint in crypto.fingerprints(column, compact(value))
    }
    return replace(record, values={**record.values, **sealed}) if sealed else record
