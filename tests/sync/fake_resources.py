"""An employment with its parts in memory, by the Loket client's calls: what a PUT replaces, what a chain refuses.

For `fakes.FakeTarget`; what a `World` holds of somebody is the row of the comprehensive list. The records of a chain and
the bank accounts are made of it when they are first asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any, TypeVar

from loket_portal.loket.errors import RecordRejected
from loket_portal.loket.payloads import Message, Option

Raw = dict[str, Any]
T = TypeVar("T")
COMPONENTS = (Option(5, "Vakantiegeld"), Option(260, "NETTOLOON"))
PART = {"organizational_entity": "organizationalEntity", "working_hours": "workinghours"}
DETAILS = ("bic", "nameBeneficiary", "cityBeneficiary", "description1", "description2")
NO_ACCOUNT: Raw = dict.fromkeys(DETAILS) | {"visibleOnPayslip": True}


class FakeResources:
    """The calls of an employment. `world` has `employments`, `ibans`, `payments` and `call`, as `fakes.World` has them."""

    world: Any
    today: date = date(2026, 11, 23)

    # the employment

    def get_employment(self, employment_id: str, /) -> Raw:
        row = self._row(employment_id)
        found: Raw = self.world.call("get_employment", employment_id, lambda: self._whole(row))
        return found

    def put_employment(self, employment_id: str, body: Raw, /) -> Raw:
        row = self._row(employment_id)

        def effect() -> Raw:
            assert set(self._whole(row)) <= set(body), "a PUT lacks a field"
            kept = {name: row[name] for name in ("startDate", "endDate", "id")}
            row.update({name: value for name, value in body.items() if name not in PART.values()} | kept)
            return self._whole(row)

        return self._written("put_employment", employment_id, effect)

    def terminate(self, employment_id: str, body: Raw, /) -> Sequence[Message]:
        row = self._row(employment_id)
        names = {"endDate", "endOfEmploymentReason", "endOfEmploymentReasonTaxAuthorities", "createMdvEntry"}
        assert set(body) == names | {"endOfEmploymentDueToIllness"}

        def effect() -> Sequence[Message]:
            self._check(row["endDate"] is None, "The employment has an end date already")
            self._check(body["endDate"] >= row["startDate"], "endDate lies before the start")
            row.update({name: value for name, value in body.items() if name != "createMdvEntry"})
            return ()

        return self._written("terminate", employment_id, effect)

    def reinstate(self, employment_id: str, /) -> Sequence[Message]:
        row = self._row(employment_id)

        def effect() -> Sequence[Message]:
            self._check(row["endDate"] is not None, "The employment has no end date")
            row["endDate"] = None
            return ()

        return self._written("reinstate", employment_id, effect)

    def correct_start_date(self, employment_id: str, body: Raw, /) -> Sequence[Message]:
        row = self._row(employment_id)

        def effect() -> Sequence[Message]:
            row.update(body)
            for name in PART:
                for record in self._chain(row, name)[:1]:
                    record.update(body)
            return ()

        return self._written("correct_start_date", employment_id, effect)

    # its chains

    def list_organizational_entities(self, employment_id: str, /) -> Sequence[Raw]:
        return self._records("organizational_entity", employment_id)

    def create_organizational_entity(self, employment_id: str, body: Raw, /) -> Raw:
        return self._added("organizational_entity", employment_id, body)

    def get_organizational_entity(self, record_id: str, /) -> Raw:
        return self._one("organizational_entity", record_id)

    def put_organizational_entity(self, record_id: str, body: Raw, /) -> Raw:
        return self._replaced("organizational_entity", record_id, body)

    def list_working_hours(self, employment_id: str, /) -> Sequence[Raw]:
        return self._records("working_hours", employment_id)

    def create_working_hours(self, employment_id: str, body: Raw, /) -> Raw:
        return self._added("working_hours", employment_id, body)

    def get_working_hours(self, record_id: str, /) -> Raw:
        return self._one("working_hours", record_id)

    def put_working_hours(self, record_id: str, body: Raw, /) -> Raw:
        return self._replaced("working_hours", record_id, body)

    # the bank account

    def list_payment_information(self, employment_id: str, /) -> Sequence[Raw]:
        accounts = self._accounts(self._row(employment_id))
        found: Sequence[Raw] = self.world.call("list_payment_information", employment_id, lambda: accounts)
        return found

    def create_payment_information(self, employment_id: str, body: Raw, /) -> Raw:
        row = self._row(employment_id)
        assert set(body) == {*NO_ACCOUNT, "iban", "payrollComponent"}

        def effect() -> Raw:
            accounts = self._accounts(row)
            taken = {record["payrollComponent"]["key"] for record in accounts}
            self._check(body["payrollComponent"]["key"] not in taken, "The payroll component has a bank account")
            accounts.append(deepcopy(body) | {"id": f"p-{len(accounts)}-{employment_id}"})
            return accounts[-1]

        return self._written("create_payment_information", employment_id, effect)

    def get_payment_information(self, record_id: str, /) -> Raw:
        record = self._account(record_id)
        found: Raw = self.world.call("get_payment_information", record_id, lambda: record)
        return found

    def put_payment_information(self, record_id: str, body: Raw, /) -> Raw:
        record = self._account(record_id)
        assert set(record) <= set(body), "a PUT lacks a field"

        def effect() -> Raw:
            record.update(deepcopy(body))
            return record

        return self._written("put_payment_information", record_id, effect)

    def payment_metadata(self, employment_id: str, /) -> Mapping[str, Sequence[Option]]:
        found: Mapping[str, Sequence[Option]] = self.world.call(
            "payment_metadata", employment_id, lambda: {"payrollComponent": COMPONENTS}
        )
        return found

    def payment_defaults(self, employment_id: str, /) -> Raw:
        found: Raw = self.world.call(
            "payment_defaults", employment_id, lambda: NO_ACCOUNT | {"iban": None, "payrollComponent": None}
        )
        return found

    # how it is kept

    def _row(self, employment_id: str) -> Raw:
        found = [row for row in self.world.employments.values() if str(row.get("id")) == employment_id]
        self._check(bool(found), "It is not there.", status=404)
        row: Raw = found[0]
        return row

    def _whole(self, row: Raw) -> Raw:
        return {name: value for name, value in row.items() if name not in PART.values()}

    def _kept(self, name: str) -> dict[str, Any]:
        """Beside the World's own fields, so that it needs none for this."""
        kept: dict[str, Any] = vars(self.world).setdefault(f"kept_{name}", {})
        return kept

    def _chain(self, row: Raw, name: str) -> list[Raw]:
        chains = self._kept(name)
        if row["id"] not in chains:
            present = row.get(PART[name])
            chains[row["id"]] = [] if present is None else [present]
            if present is not None:
                present.setdefault("id", f"{name}-0-{row['id']}")
                present.setdefault("startDate", row["startDate"])
                present.setdefault("endDate", row["endDate"])
        chain: list[Raw] = chains[row["id"]]
        return chain

    def _linked(self, row: Raw, name: str) -> None:
        """Each record ends the day before the next one; the row of the list has the one of today."""
        chain = sorted(self._chain(row, name), key=lambda record: str(record["startDate"]))
        for record, following in zip(chain, [*chain[1:], None], strict=True):
            last = date.fromisoformat(following["startDate"]) - timedelta(days=1) if following else None
            record["endDate"] = last.isoformat() if last else row["endDate"]
        self._kept(name)[row["id"]] = chain
        begun = [record for record in chain if record["startDate"] <= self.today.isoformat()]
        row[PART[name]] = (begun or chain)[-1 if begun else 0]

    def _records(self, name: str, employment_id: str) -> Sequence[Raw]:
        chain = self._chain(self._row(employment_id), name)
        found: Sequence[Raw] = self.world.call(f"list_{name}", employment_id, lambda: chain)
        return found

    def _added(self, name: str, employment_id: str, body: Raw) -> Raw:
        row = self._row(employment_id)
        assert not {"id", "endDate"} & set(body), "what Loket fills in is not sent"

        def effect() -> Raw:
            chain = self._chain(row, name)
            latest = max((record["startDate"] for record in chain), default="")
            self._check(body["startDate"] > latest, "startDate lies before the latest record")
            made = deepcopy(body) | {"id": f"{name}-{len(chain)}-{employment_id}"}
            chain.append(made)
            self._linked(row, name)
            return made

        return self._written(f"create_{name}", employment_id, effect)

    def _one(self, name: str, record_id: str) -> Raw:
        _, record = self._found(name, record_id)
        found: Raw = self.world.call(f"get_{name}", record_id, lambda: record)
        return found

    def _replaced(self, name: str, record_id: str, body: Raw) -> Raw:
        row, record = self._found(name, record_id)
        assert set(record) <= set(body), "a PUT lacks a field"

        def effect() -> Raw:
            record.update(deepcopy(body))
            self._linked(row, name)
            return record

        return self._written(f"put_{name}", record_id, effect)

    def _found(self, name: str, record_id: str) -> tuple[Raw, Raw]:
        for row in self.world.employments.values():
            for record in self._chain(row, name):
                if record["id"] == record_id:
                    return row, record
        raise RecordRejected("It is not there.", status=404)

    def _accounts(self, row: Raw) -> list[Raw]:
        """What the World has of somebody's bank account, as a record for the wage."""
        kept = self._kept("accounts")
        if row["id"] not in kept:
            owner = next(key for key, value in self.world.employments.items() if value is row)
            iban, told = self.world.ibans.get(owner), self.world.payments.get(owner)
            component = {"key": COMPONENTS[1].key, "value": COMPONENTS[1].value}
            whole = {**NO_ACCOUNT, "payrollComponent": component, "id": f"p-0-{row['id']}", "iban": iban}
            kept[row["id"]] = [whole | (told or {})] if iban or told else []
        accounts: list[Raw] = kept[row["id"]]
        return accounts

    def _account(self, record_id: str) -> Raw:
        everybody = [record for row in self.world.employments.values() for record in self._accounts(row)]
        found = [record for record in everybody if record["id"] == record_id]
        self._check(bool(found), "It is not there.", status=404)
        return found[0]

    def _written(self, name: str, about: str, effect: Callable[[], T]) -> T:
        answer: T = self.world.call(name, about, effect)
        return answer

    @staticmethod
    def _check(is_good: bool, text: str, status: int = 400) -> None:
        if not is_good:
            raise RecordRejected(text, status=status, messages=(Message(1, "BrokenBusinessRule", text),))
