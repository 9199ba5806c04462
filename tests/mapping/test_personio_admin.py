"""Support's side of Personio: publish the default mapping, read again, see the attributes; never a secret."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from loket_portal.personio.errors import Retryable
from mapping import definitions, rules, services
from mapping.bench import drafts
from onboarding.models import Company, LegalEntity, PersonioAccount
from tests.factories import UserFactory
from tests.mapping.accounts import BSN, EMPLOYEE_NUMBER, SIMULATED, defined, without

SECRETS = ("the-client-id-papi", "the-client-secret", "the-hook-token", "the-hook-key")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def account(entity: LegalEntity) -> PersonioAccount:
    client_id, client_secret, hook_token, hook_key = SECRETS
    account = PersonioAccount.objects.create(
        company=entity.company,
        client_id=client_id,
        client_secret=client_secret,
        hook_token=hook_token,
        hook_key=hook_key,
        connected_at=timezone.now(),
        legal_entities=[{"id": "170", "name": "Linde Horeca B.V.", "country": "NL"}],
    )
    definitions.take(entity.company, SIMULATED)
    return account


@pytest.fixture
def support(client: Client, db: None) -> Client:
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user, backend=BACKEND)
    return client


def page(account: PersonioAccount, act: str = "") -> str:
    if act:
        return reverse("admin:onboarding_personioaccount_act", args=[account.pk, act])
    return reverse("admin:onboarding_personioaccount_change", args=[account.pk])


def published(company: Company) -> object:
    return services.published(company, services.Source.PERSONIO)


@pytest.mark.parametrize("name", ["change", "changelist", "publish", "look"])
def test_no_page_shows_a_secret(support: Client, account: PersonioAccount, name: str) -> None:
    url = {
        "change": page(account),
        "changelist": reverse("admin:onboarding_personioaccount_changelist"),
    }.get(name) or page(account, name)
    shown = support.get(url).content.decode()
    assert account.company.name in shown
    assert [secret for secret in SECRETS if secret in shown] == []


def test_support_publishes_the_default_mapping(support: Client, account: PersonioAccount) -> None:
    assert published(account.company) is None
    answer = support.post(page(account, "publish"), follow=True)
    assert "The default mapping is published." in answer.content.decode()
    assert published(account.company) is not None


def test_the_page_says_before_what_the_mapping_will_lack(support: Client, account: PersonioAccount) -> None:
    definitions.take(account.company, without(BSN))
    shown = support.get(page(account, "publish")).content.decode()
    assert "No attribute for BSN; it may be called: BSN, BSN number," in shown
    assert published(account.company) is None, "looking publishes nothing"


def test_it_says_afterwards_what_the_mapping_lacks(support: Client, account: PersonioAccount) -> None:
    definitions.take(account.company, without(BSN))
    assert "No attribute for BSN" in support.post(page(account, "publish"), follow=True).content.decode()


def test_where_nothing_was_read_it_says_so_and_publishes_nothing(support: Client, account: PersonioAccount) -> None:
    definitions.take(account.company, [])
    shown = support.post(page(account, "publish")).content.decode()
    assert "may not read the list of employee attributes" in shown
    assert published(account.company) is None


def test_support_reads_personio_again(
    support: Client, account: PersonioAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Company] = []

    def look(company: Company, *, is_awaited: bool) -> None:
        looked.append(company)

    monkeypatch.setattr(definitions, "look", look)
    assert "Personio was read again." in support.post(page(account, "look"), follow=True).content.decode()
    assert looked == [account.company]


def test_what_personio_says_is_shown_with_what_to_do(
    support: Client, account: PersonioAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_company: Company, *, is_awaited: bool) -> None:
        raise Retryable("Personio is busy.")

    monkeypatch.setattr(definitions, "look", busy)
    assert "Personio is busy." in support.post(page(account, "look")).content.decode()


def test_a_member_of_staff_without_the_right_to_publish_is_not_offered_it(
    client: Client, account: PersonioAccount
) -> None:
    client.force_login(UserFactory(is_staff=True), backend=BACKEND)
    assert client.post(page(account, "publish")).status_code in {302, 403}
    assert published(account.company) is None


def test_the_attributes_are_listed_with_their_options(support: Client, account: PersonioAccount) -> None:
    shown = support.get(reverse("admin:mapping_hrattribute_changelist") + "?q=24409").content.decode()
    assert "Geslacht" in shown
    assert "Male, Female, Diverse" in shown


def test_nothing_of_it_can_be_edited(support: Client, account: PersonioAccount) -> None:
    support.post(page(account), {"state": "refused", "client_secret": "mine"})
    account.refresh_from_db()
    assert (account.state, account.client_secret) == ("working", "the-client-secret")


def test_it_says_what_stays_and_what_is_read_from_elsewhere(support: Client, account: PersonioAccount) -> None:
    company = account.company
    support.post(page(account, "publish"))
    document = rules.to_dict(services.frozen_rules(services.published(company, services.Source.PERSONIO)))
    (gender,) = [row for row in document["rules"] if row["target"] == "employee.personalDetails.gender"]
    gender["options"]["diverse"] = "Onbekend"
    services.publish(company, document, source=services.Source.PERSONIO)
    gone = without(EMPLOYEE_NUMBER, BSN, "dynamic_24415")
    definitions.take(company, [*gone, defined("dynamic_9", "Personalnummer"), defined("dynamic_8", "BSN")])
    told = (
        f"Employee number stays with Loket employee number ({EMPLOYEE_NUMBER}); Personalnummer (dynamic_9) was found",
        "and is not taken for it.",
        f"BSN is read from BSN (dynamic_8), and no longer from BSN ({BSN}).",
        "City stays with Plaats (dynamic_24415).",
        "Kept as support has set them: Gender.",
    )
    before = support.get(page(account, "publish")).content.decode()
    after = support.post(page(account, "publish"), follow=True).content.decode()
    assert [text for text in told if text not in before or text not in after] == []


def test_before_publishing_the_page_says_that_an_open_draft_stays(support: Client, account: PersonioAccount) -> None:
    assert "open draft" not in support.get(page(account, "publish")).content.decode()
    draft = drafts.begin(account.company, services.Source.PERSONIO, None, drafts.Start.EMPTY)
    assert f"The open draft {draft} stays as it is." in support.get(page(account, "publish")).content.decode()


def test_a_mapping_set_shows_its_rules_in_four_columns(support: Client, account: PersonioAccount) -> None:
    rule = rules.Rule("employee.personalDetails.gender", "dynamic_9", converter="lower", option_map={"m": "Man"})
    document = rules.to_dict(rules.MappingSet("Ours", 1, (rule,)))
    made = services.publish(account.company, document, None, services.Source.PERSONIO)
    shown = support.get(reverse("admin:mapping_mappingset_change", args=[made.pk])).content.decode()
    table = shown.split('id="rules-group"', 1)[1]
    assert table.split("<tbody>")[0].count('class="column-') == 4
    for text in ("Gender", "dynamic_9", "In small letters, 1 option", "Overwrite; Keep Loket&#x27;s value"):
        assert text in table


def test_the_page_of_a_mapping_set_takes_as_many_queries_for_more_rules(
    support: Client, account: PersonioAccount, django_assert_num_queries: Any
) -> None:
    one = {"name": "Ours", "version": 1, "rules": [{"target": "bsn", "source": BSN}]}
    all_of_them = definitions.renewal(account.company).document
    _first, few, many = [
        services.publish(account.company, d, None, "personio") for d in (all_of_them, one, all_of_them)
    ]
    with CaptureQueriesContext(connection) as queries:
        support.get(reverse("admin:mapping_mappingset_change", args=[few.pk]))
    with django_assert_num_queries(len(queries)):
        support.get(reverse("admin:mapping_mappingset_change", args=[many.pk]))
