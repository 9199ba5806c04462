"""Looking at Personio: what is stored, what a failure costs, whose turn it is; nothing known is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from loket_portal.personio.errors import CredentialsRefused, NotReadable, Retryable
from mapping import definitions, tasks
from mapping.models import HRAttribute
from onboarding.models import Company, LegalEntity, PersonioAccount, PersonioEvent, User
from onboarding.services import issues
from onboarding.services.personio import PersonioRefused, Refusal
from tests.factories import EntityFactory, UserFactory
from tests.mapping.accounts import BSN, SIMULATED, without
from tests.onboarding.personio_double import SECRETS, PersonioDouble, at_personio

__all__ = ["at_personio"]


@pytest.fixture
def double(at_personio: PersonioDouble, monkeypatch: pytest.MonkeyPatch) -> PersonioDouble:
    """A Personio with the attributes of the simulated account."""
    show(at_personio, monkeypatch, SIMULATED)
    return at_personio


def show(double: PersonioDouble, monkeypatch: pytest.MonkeyPatch, attributes: list[Any]) -> None:
    def list_attributes() -> list[Any]:
        double._ask("list_attributes")
        return attributes

    monkeypatch.setattr(double, "list_attributes", list_attributes)


@pytest.fixture
def account(double: PersonioDouble, administrator: User, entity: LegalEntity) -> PersonioAccount:
    return definitions.connect(entity.company, administrator, *SECRETS)


def kinds(company: Company) -> list[str]:
    return [issue.kind for issue in issues.open_of(company)]


def there() -> int:
    return HRAttribute.objects.filter(gone_at__isnull=True).count()


# --- Connecting ---------------------------------------------------------------------------------------------------------


def test_connecting_stores_the_account_with_what_it_can_read(account: PersonioAccount) -> None:
    assert there() == len(SIMULATED)
    assert kinds(account.company) == []
    assert [row["id"] for row in account.legal_entities] == ["170", "172"]
    assert account.looked_at is not None


def test_what_the_credentials_cannot_read_is_said_at_once(
    double: PersonioDouble, monkeypatch: pytest.MonkeyPatch, administrator: User, entity: LegalEntity
) -> None:
    show(double, monkeypatch, without(BSN))
    definitions.connect(entity.company, administrator, *SECRETS)
    assert kinds(entity.company) == ["attribute_missing"]


def test_credentials_that_personio_refuses_store_nothing(
    double: PersonioDouble, administrator: User, entity: LegalEntity
) -> None:
    double.fails["sign_in"] = CredentialsRefused()
    with pytest.raises(PersonioRefused):
        definitions.connect(entity.company, administrator, *SECRETS)
    assert not PersonioAccount.objects.exists()
    assert not HRAttribute.objects.exists()


def test_who_is_no_administrator_asks_personio_nothing(double: PersonioDouble, entity: LegalEntity) -> None:
    with pytest.raises(PersonioRefused) as caught:
        definitions.connect(entity.company, UserFactory(), *SECRETS)
    assert caught.value.refusal == Refusal.NOT_ALLOWED
    assert double.asked == []


# --- Looking again ------------------------------------------------------------------------------------------------------


def test_a_look_takes_in_what_changed(
    account: PersonioAccount, double: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(double, monkeypatch, without(BSN))
    double.entities = double.entities[:1]
    definitions.look(account.company)
    account.refresh_from_db()
    assert kinds(account.company) == ["attribute_missing"]
    assert [row["id"] for row in account.legal_entities] == ["170"]


def test_without_the_subcompany_nobody_knows_who_works_where_and_no_sync_starts(
    account: PersonioAccount, double: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(double, monkeypatch, without("subcompany"))
    definitions.look(account.company)
    (issue,) = issues.blocking(account.company)
    assert (issue.kind, issue.subject) == ("attribute_missing", "subcompany")
    assert issue.params["fields"] == [{"label": "Legal entity", "label_nl": "Juridische entiteit"}]
    show(double, monkeypatch, SIMULATED)
    definitions.look(account.company)
    assert issues.blocking(account.company) == []


def test_refused_credentials_are_an_issue_and_nothing_known_is_lost(
    account: PersonioAccount, double: PersonioDouble
) -> None:
    double.fails["list_attributes"] = CredentialsRefused()
    with pytest.raises(CredentialsRefused):
        definitions.look(account.company)
    account.refresh_from_db()
    assert account.state == PersonioAccount.State.REFUSED
    assert kinds(account.company) == ["credentials_refused"]
    assert there() == len(SIMULATED)


def test_accepted_again_mends_it(account: PersonioAccount, double: PersonioDouble) -> None:
    double.fails["list_attributes"] = CredentialsRefused()
    with pytest.raises(CredentialsRefused):
        definitions.look(account.company)
    double.fails.clear()
    definitions.look(account.company)
    account.refresh_from_db()
    assert account.is_working
    assert kinds(account.company) == []


@pytest.mark.parametrize("call", ["list_attributes", "list_legal_entities"])
def test_what_may_pass_leaves_everything_as_it_was(account: PersonioAccount, double: PersonioDouble, call: str) -> None:
    before = account.looked_at
    double.fails[call] = Retryable("Personio is busy.")
    with pytest.raises(Retryable):
        definitions.look(account.company)
    account.refresh_from_db()
    assert (account.is_working, account.looked_at) == (True, before)
    assert there() == len(SIMULATED)
    assert kinds(account.company) == []


def test_attributes_that_may_not_be_read_any_more_are_one_issue_and_stay_known(
    account: PersonioAccount, double: PersonioDouble
) -> None:
    definitions.publish_default(account.company, None)
    double.fails["list_attributes"] = NotReadable("attributes")
    for _day in range(2):
        with pytest.raises(NotReadable):
            definitions.look(account.company)
    assert [issue.kind for issue in issues.blocking(account.company)] == kinds(account.company)
    assert kinds(account.company) == ["attributes_unreadable"]
    assert there() == len(SIMULATED)


def test_attributes_that_may_be_read_again_resolve_it(account: PersonioAccount, double: PersonioDouble) -> None:
    double.fails["list_attributes"] = NotReadable("attributes")
    with pytest.raises(NotReadable):
        definitions.look(account.company)
    double.fails.clear()
    definitions.look(account.company)
    assert kinds(account.company) == []


def test_an_account_whose_attributes_may_not_be_read_has_its_turn_every_time(
    account: PersonioAccount, double: PersonioDouble
) -> None:
    assert definitions.look_where_due() == 0
    double.fails["list_attributes"] = NotReadable("attributes")
    with pytest.raises(NotReadable):
        definitions.look(account.company)
    double.fails.clear()
    assert definitions.look_where_due() == 1
    assert definitions.look_where_due() == 0


def test_legal_entities_that_may_not_be_read_any_more_stay_as_they_were(
    account: PersonioAccount, double: PersonioDouble
) -> None:
    before = account.looked_at
    double.fails["list_legal_entities"] = NotReadable("legal_entities")
    definitions.look(account.company)
    account.refresh_from_db()
    assert len(account.legal_entities) == 2
    assert account.looked_at != before


def test_without_an_account_there_is_nothing_to_look_at(entity: LegalEntity) -> None:
    with pytest.raises(PersonioRefused) as caught:
        definitions.look(entity.company)
    assert caught.value.refusal == Refusal.NOT_CONNECTED


def test_an_answer_for_an_account_that_was_removed_meanwhile_is_not_stored(
    account: PersonioAccount, double: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    def removed_meanwhile() -> list[Any]:
        PersonioAccount.objects.all().delete()
        return without(BSN)

    monkeypatch.setattr(double, "list_attributes", removed_meanwhile)
    definitions.look(account.company)
    assert there() == len(SIMULATED)
    assert kinds(account.company) == []


# --- Whose turn it is ---------------------------------------------------------------------------------------------------


def set_looked(account: PersonioAccount, ago: timedelta | None) -> None:
    account.looked_at = None if ago is None else timezone.now() - ago
    account.save(update_fields=["looked_at"])


@pytest.mark.parametrize(
    ("ago", "count"), [(timedelta(hours=5), 0), (timedelta(hours=7), 1), (None, 1), (timedelta(0), 0)]
)
def test_each_account_is_looked_at_every_six_hours(
    account: PersonioAccount, double: PersonioDouble, ago: timedelta | None, count: int
) -> None:
    set_looked(account, ago)
    double.asked.clear()
    tasks.look()
    assert [name for name, *_ in double.asked].count("list_attributes") == count


def test_an_event_brings_the_turn_forward(account: PersonioAccount) -> None:
    set_looked(account, timedelta(hours=1))
    event = PersonioEvent.objects.create(account=account, digest="a", received_at=timezone.now() - timedelta(hours=2))
    assert definitions.look_where_due() == 0
    event.received_at = timezone.now() - timedelta(minutes=30)
    event.save()
    assert definitions.look_where_due() == 1
    assert definitions.look_where_due() == 0


def test_an_account_that_fails_stops_no_other(account: PersonioAccount, double: PersonioDouble) -> None:
    other = EntityFactory().company
    definitions.connect(other, None, *SECRETS)
    PersonioAccount.objects.update(looked_at=None)
    asked, error = double.list_attributes, Retryable("Personio is busy.")

    def once_only() -> Any:
        double.fails["list_attributes"] = error
        try:
            return asked()
        finally:
            double.fails.clear()
            double.list_attributes = asked  # type: ignore[method-assign]

    double.list_attributes = once_only  # type: ignore[method-assign]
    assert definitions.look_where_due() == 1
    assert PersonioAccount.objects.filter(looked_at__isnull=True).count() == 1
