"""What is remembered of people in Loket, whatever they come from: a file knows them by number, Personio by its id."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from loket_portal.lib import crypto
from loket_portal.lib.redact import mask
from onboarding.models import Connection
from sync.diff import compact
from sync.models import Link, Roster
from sync.policy import canonical_number
from sync.records import HRRecord, Sealed
from sync.services import rosters

PERSON = "person"
FINGERPRINTS = ("bsn_fingerprint", "iban_fingerprint")


def key_hashes(connection: Connection, key: str) -> list[str]:
    """What stands for a person in our tables, under every key of this installation, newest first."""
    return crypto.fingerprints(PERSON, f"{connection.pk}:{key}")


class DbMemory:
    """`Memory`: the stored Loket id and the fingerprints of the last confirmed BSN and IBAN, per connection.

    What is confirmed is purged from the roster at once: from then on only the fingerprint stays. There is one row per
    Loket id. It is made by `link`: before somebody is linked nothing is remembered, and a preview links nobody.
    """

    def __init__(self, connection: Connection, roster: Roster, records: dict[str, HRRecord]) -> None:
        self._connection, self._roster, self._records = connection, roster, records
        self._by_hash: dict[str, Link] = {}
        self._by_number: dict[str, Link] = {}
        self._by_id: dict[UUID, Link] = {}
        for link in connection.links.order_by("confirmed_at", "pk"):
            self._index(link)
        self._held = {one for key in records for one in key_hashes(connection, key)}

    def linked_id(self, key: str) -> str | None:
        link = self._found(key)
        return str(link.loket_id) if link and link.loket_id else None

    def is_current(self, key: str) -> bool:
        """Whether the Loket id is remembered under this very key and with the present number."""
        link, hashes = self._own(key), self._number_hashes(key)
        return link is not None and link.loket_id is not None and link.number_hash in (hashes or [""])

    def fingerprint(self, key: str, field: str) -> str | None:
        link = self._found(key)
        return (getattr(link, f"{field}_fingerprint") or None) if link else None

    def remember(self, key: str, field: str, fingerprint: str) -> None:
        own = self._own(key)
        link = own or self._found(key)
        if link is not None and getattr(link, f"{field}_fingerprint") != fingerprint:
            renewed = {"key_hash": key_hashes(self._connection, key)[0]} if own else {}  # after a key rotation
            self._store(link, {f"{field}_fingerprint": fingerprint, **renewed})
        record = self._records.get(key)
        value = record.values.get(field) if record else None
        if record and isinstance(value, str):
            rosters.seal(self._roster, record.row, field, Sealed(fingerprint, mask(value)))

    def link(self, key: str, loket_id: str, is_concept: bool) -> None:
        """From now on this Loket id is known under this key: a row that has it under another one is taken over."""
        own, same = self._own(key), self._by_id.get(UUID(loket_id))
        link = same or own or Link(connection=self._connection)
        fields: dict[str, object] = {
            "key_hash": key_hashes(self._connection, key)[0],
            "number_hash": next(iter(self._number_hashes(key)), ""),
            "loket_id": UUID(loket_id),
            "is_concept": is_concept,
        }
        if own is None or own is link:
            self._store(link, fields)
        else:
            lacking = {name: getattr(own, name) for name in FINGERPRINTS if not getattr(link, name)}
            self._store(link, fields | lacking, instead_of=own)

    def _found(self, key: str) -> Link | None:
        """By the key; else by the number, from when people came from elsewhere or had another id in Personio.

        Without the number, who is gone in Loket would be made again. That it is the same person, identity tells by name
        and birth date. A row that is somebody else's of this run by the key is never meant.
        """
        if own := self._own(key):
            return own
        for one in self._number_hashes(key):
            link = self._by_hash.get(one) or self._by_number.get(one)
            if link is not None and link.key_hash not in self._held:
                return link
        return None

    def _own(self, key: str) -> Link | None:
        return next((self._by_hash[h] for h in key_hashes(self._connection, key) if h in self._by_hash), None)

    def _number_hashes(self, key: str) -> list[str]:
        record = self._records.get(key)
        number = canonical_number(record) if record else None
        return key_hashes(self._connection, number) if number else []

    def _store(self, link: Link, fields: dict[str, object], instead_of: Link | None = None) -> None:
        """Both or neither, in the database and here."""
        changed = Link(**{field.attname: getattr(link, field.attname) for field in Link._meta.concrete_fields} | fields)
        with transaction.atomic():
            if instead_of is not None:
                Link.objects.filter(pk=instead_of.pk).delete()
            changed.save()
        for gone in filter(None, (link, instead_of)):
            self._unindex(gone)
        self._index(changed)

    def _index(self, link: Link) -> None:
        self._by_hash[link.key_hash] = link
        if link.number_hash:
            self._by_number[link.number_hash] = link
        if link.loket_id:
            self._by_id[link.loket_id] = link

    def _unindex(self, link: Link) -> None:
        if self._by_hash.get(link.key_hash) is link:
            del self._by_hash[link.key_hash]
        if self._by_number.get(link.number_hash) is link:
            del self._by_number[link.number_hash]
        if link.loket_id and self._by_id.get(link.loket_id) is link:
            del self._by_id[link.loket_id]


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
        and crypto.fingerprint(column, compact(value)) == fingerprint
    }
    return replace(record, values={**record.values, **sealed}) if sealed else record
