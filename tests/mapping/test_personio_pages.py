"""The Personio pages of a company: who sees them, what they say, and what their buttons do (rules 1, 7, 9, 39)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from django.views.debug import ExceptionReporter

from loket_portal.personio.errors import Retryable
from mapping import definitions, personio_desk, services
from mapping.models import HRAttribute
from mapping.services import Source
from onboarding.models import Company, Issue, LegalEntity, PersonioAccount, Role, User
from onboarding.services import events, personio, personio_entities
from onboarding.services.personio import PersonioRefused, Refusal
from onboarding.wording import issues
from onboarding.wording.personio import refused
from tests.factories import EntityFactory, member
from tests.mapping.accounts import SIMULATED

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LAST_NAME = "employee.personalDetails.lastName"
SECRET = "secret-that-nobody-may-see"
TYPED = {"client_id": "papi-typed-id", "client_secret": SECRET}
LISTED = [
    {"id": "170", "name": "Linde Horeca B.V.", "country": "NL"},
    {"id": "172", "name": "Linde Gastro GmbH", "country": "DE"},
]


@pytest.fixture
def company(entity: LegalEntity) -> Company:
    return entity.company


@pytest.fixture
def account(company: Company, administrator: User) -> PersonioAccount:
    return PersonioAccount.objects.create(
        company=company,
        client_id="papi-stored-id",
        client_secret=SECRET,
        connected_at=timezone.now(),
        connected_by=administrator,
        legal_entities=LISTED,
    )


@pytest.fixture
def colleague(client: Client, entity: LegalEntity) -> Client:
    """A payroll manager, signed in: a member, but no administrator."""
    client.force_login(member(entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    return client


def url(company: Company, page: str = "") -> str:
    return f"/companies/{company.pk}/personio/{page}"


def read(client: Client, company: Company, page: str = "") -> str:
    return " ".join(client.get(url(company, page)).content.decode().split())


def raises(error: Exception) -> Callable[..., None]:
    def call(*_args: object, **_more: object) -> None:
        raise error

    return call


class Calls(list[tuple[object, ...]]):
    """What a service was called with; it does nothing else."""

    def __call__(self, *args: object, **named: object) -> None:
        self.append((*args, named) if named else args)


# --- Not connected ------------------------------------------------------------------------------------------------------


def test_before_it_is_connected_the_page_says_what_to_do_in_personio(signed_in: Client, company: Company) -> None:
    page = read(signed_in, company)
    for text in ("Marketplace › Connected integrations", "Readable employee attributes", "Legal entities", "Webhooks"):
        assert text in page
    assert 'name="client_id"' in page
    assert "Read Personio again" not in page


def test_before_it_is_connected_the_page_names_what_is_read_of_a_person(signed_in: Client, company: Company) -> None:
    page = read(signed_in, company)
    assert "<li> Consider in NL payroll </li>" in page
    assert "<li> BSN </li>" in page


def test_what_personio_calls_otherwise_is_named_as_it_stands_there(signed_in: Client, company: Company) -> None:
    page = read(signed_in, company)
    for name, called in (("Start date", "Hire date"), ("Function", "Position"), ("E-mail address", "Private email")):
        assert f'<li> {name} (<b translate="no">{called}</b>) </li>' in page


def test_who_has_a_mapping_is_told_the_attributes_that_it_reads(signed_in: Client, company: Company) -> None:
    mapping = {"name": "Own", "version": 1, "rules": [{"target": "bsn", "source": "dynamic_24407"}]}
    rule = {"target": "employee.address.city", "source": "portal.city"}
    definitions.take(company, [replace(one, label="Burgernr") for one in SIMULATED if one.key == "dynamic_24407"])
    services.publish(company, mapping | {"rules": [*mapping["rules"], rule]}, None, Source.PERSONIO)
    page = read(signed_in, company)
    wanted = page[page.index('<ul class="twocol">') : page.index("</ul>", page.index('<ul class="twocol">'))]
    assert 'BSN (<b translate="no">Burgernr</b>)' in wanted
    assert wanted.count("<li>") == 2, "the subcompany and the BSN; what the portal has itself is not asked of Personio"


def test_connecting_stores_what_was_typed_and_comes_back_to_the_page(
    signed_in: Client, company: Company, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls()
    monkeypatch.setattr(definitions, "connect", calls)
    answer = signed_in.post(url(company), {"client_id": " papi-typed-id ", "client_secret": f"{SECRET}\n"})
    assert answer.status_code == 302
    assert answer["Location"] == url(company)
    assert calls == [(company, administrator, "papi-typed-id", SECRET)]


def test_a_refused_form_sends_nothing_back_that_was_typed(
    signed_in: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definitions, "connect", raises(PersonioRefused(Refusal.WRONG_CREDENTIALS)))
    swapped = {"client_id": SECRET, "client_secret": "papi-typed-id"}
    for typed in (TYPED, swapped):
        page = signed_in.post(url(company), typed).content.decode()
        assert "papi-typed-id" not in page
        assert SECRET not in page
        assert "<title>Error:" in page


@pytest.mark.parametrize("refusal", Refusal)
def test_whatever_personio_refuses_is_said_with_what_to_do(
    refusal: Refusal, signed_in: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = PersonioRefused(refusal, {"name": "Linde", "country": "DE"})
    monkeypatch.setattr(definitions, "connect", raises(error))
    answer = signed_in.post(url(company), TYPED)
    said = refused(error)
    assert said.text
    assert said.fix
    errors = answer.context["form"].errors
    assert [f"{said.text} {said.fix}"] in errors.values()


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"client_id": "", "client_secret": SECRET}, "client_id", "Fill in the client ID"),
        ({"client_id": "papi-1", "client_secret": ""}, "client_secret", "Fill in the client secret"),
        ({"client_id": "papi-1", "client_secret": "papi-1"}, "client_secret", "Copy the client secret"),
        ({"client_id": "x" * 201, "client_secret": SECRET}, "client_id", "too long"),
    ],
)
def test_what_is_plainly_wrong_is_said_at_its_field_without_asking_personio(
    typed: dict[str, str], field: str, says: str, signed_in: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls()
    monkeypatch.setattr(definitions, "connect", calls)
    errors = signed_in.post(url(company), typed).context["form"].errors
    assert set(errors) == {field}
    assert says in str(errors[field])
    assert calls == []


def test_the_page_gives_no_browser_or_proxy_the_secret_to_keep(signed_in: Client, company: Company) -> None:
    page = read(signed_in, company)
    assert 'type="password" name="client_secret" autocomplete="new-password"' in page
    assert 'type="text" name="client_id" autocomplete="off"' in page


# --- Who may act --------------------------------------------------------------------------------------------------------


def test_a_colleague_sees_who_can_connect_and_no_form(colleague: Client, company: Company, administrator: User) -> None:
    page = read(colleague, company)
    assert f"You can ask {administrator}." in page
    assert 'name="client_id"' not in page


def test_a_colleague_sees_the_state_but_no_button(
    colleague: Client, company: Company, administrator: User, account: PersonioAccount
) -> None:
    page = read(colleague, company)
    assert "Linde Horeca B.V." in page
    assert str(administrator) in page
    main = page[page.index("<main") : page.index("</main")]
    assert "<button" not in main
    assert account.hook_key not in page


@pytest.mark.parametrize(
    ("part", "sent"),
    [
        ("read/", {}),
        ("entities/", {"action": "take", "personio_id": "170"}),
        ("events/", {"action": "on"}),
        ("remove/", {}),
    ],
)
def test_a_colleague_who_sends_a_form_all_the_same_changes_nothing(
    part: str,
    sent: dict[str, str],
    colleague: Client,
    company: Company,
    account: PersonioAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = Calls()
    monkeypatch.setattr(definitions, "look", calls)
    monkeypatch.setattr(personio_entities, "take", calls)
    monkeypatch.setattr(events, "switch_on", calls)
    monkeypatch.setattr(personio, "remove", calls)
    answer = colleague.post(url(company, part), sent, follow=True)
    assert calls == []
    assert escape(refused(PersonioRefused(Refusal.NOT_ALLOWED)).text) in answer.content.decode()


def test_a_colleague_can_neither_connect_nor_replace(
    colleague: Client, company: Company, account: PersonioAccount
) -> None:
    for page in ("", "credentials/"):
        colleague.post(url(company, page), TYPED)
        account.refresh_from_db()
        assert account.client_id == "papi-stored-id"


# --- Connected ----------------------------------------------------------------------------------------------------------


def test_no_page_shows_a_stored_credential(signed_in: Client, company: Company, account: PersonioAccount) -> None:
    for page in ("", "credentials/", "remove/"):
        html = read(signed_in, company, page)
        for secret in (account.client_id, account.client_secret, account.hook_token):
            assert secret not in html


def test_a_refused_account_says_that_nothing_is_read(
    signed_in: Client, company: Company, account: PersonioAccount
) -> None:
    assert "Refused by Personio" not in read(signed_in, company)
    PersonioAccount.objects.update(state="refused")
    assert "Refused by Personio" in read(signed_in, company)


def test_an_issue_stands_on_the_page_until_it_is_resolved(
    signed_in: Client, company: Company, account: PersonioAccount
) -> None:
    issue = Issue.objects.create(
        company=company,
        source="personio",
        kind="credentials_refused",
        is_blocking=True,
        opened_at=timezone.now(),
    )
    page = read(signed_in, company)
    assert "1 thing to put right" in page
    assert escape(issues.words(issue).text) in page
    assert "Stops the sync" in page
    Issue.objects.update(resolved_at=timezone.now())
    assert "to put right" not in read(signed_in, company)


def test_an_issue_of_another_company_is_not_shown(
    signed_in: Client, company: Company, account: PersonioAccount
) -> None:
    other = EntityFactory().company
    Issue.objects.create(company=other, source="personio", kind="credentials_refused", opened_at=timezone.now())
    assert "to put right" not in read(signed_in, company)


def test_a_legal_entity_abroad_is_shown_as_not_possible_with_why(
    signed_in: Client, company: Company, account: PersonioAccount
) -> None:
    page = read(signed_in, company)
    assert "Linde Gastro GmbH" in page
    assert "Not possible" in page
    assert "its country in Personio is DE" in page
    assert page.count('value="take"') == 1  # the Dutch one


def test_taking_a_legal_entity_makes_it_one_of_the_company(
    signed_in: Client, company: Company, account: PersonioAccount
) -> None:
    signed_in.post(url(company, "entities/"), {"action": "take", "personio_id": "170"})
    assert company.entities.get(personio_id="170").name == "Linde Horeca B.V."
    assert "From Personio" in read(signed_in, company)


def test_a_legal_entity_abroad_can_t_be_taken_by_hand_either(
    signed_in: Client, company: Company, account: PersonioAccount
) -> None:
    signed_in.post(url(company, "entities/"), {"action": "take", "personio_id": "172"})
    assert not company.entities.exclude(personio_id="").exists()


def test_an_entity_can_go_back_to_the_roster(
    signed_in: Client, company: Company, account: PersonioAccount, entity: LegalEntity
) -> None:
    LegalEntity.objects.filter(pk=entity.pk).update(personio_id="170")
    signed_in.post(url(company, "entities/"), {"action": "stop", "personio_id": "170"})
    entity.refresh_from_db()
    assert not entity.reads_personio


def test_attributes_are_shown_with_what_they_fill(
    signed_in: Client, company: Company, account: PersonioAccount
) -> None:
    now = timezone.now()
    fields: dict[str, Any] = {"company": company, "first_seen_at": now, "seen_at": now}
    HRAttribute.objects.create(key="last_name", label="Achternaam", type="standard", **fields)
    HRAttribute.objects.create(key="dynamic_1", label="Kledingmaat", type="list", options=["S", "M"], **fields)
    document = {"name": "Ours", "version": 1, "rules": [{"target": LAST_NAME, "source": "last_name"}]}
    services.publish(company, document, source="personio")
    taken, others = read(signed_in, company).split("<tbody>")[1:]
    assert "Achternaam" in taken
    assert '<td data-label="Fills in Loket">Last name</td>' in taken
    assert "1 attribute that Personio shows and the portal does not read" in taken  # the heading of the next table
    assert "One of a list" in others
    assert "S, M" in others


def test_an_attribute_that_is_gone_says_so(signed_in: Client, company: Company, account: PersonioAccount) -> None:
    now = timezone.now()
    fields: dict[str, Any] = {"company": company, "first_seen_at": now, "seen_at": now}
    HRAttribute.objects.create(key="dynamic_1", label="Achternaam", type="standard", gone_at=now, **fields)
    HRAttribute.objects.create(key="dynamic_2", label="Kledingmaat", type="standard", gone_at=now, **fields)
    document = {"name": "Ours", "version": 1, "rules": [{"target": LAST_NAME, "source": "dynamic_1"}]}
    services.publish(company, document, source="personio")
    assert "Kledingmaat" not in read(signed_in, company)  # nobody misses it
    assert "not readable now" in read(signed_in, company)


def test_reading_again_asks_personio_and_says_that_it_did(
    signed_in: Client, company: Company, account: PersonioAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls()
    monkeypatch.setattr(definitions, "look", calls)
    answer = signed_in.post(url(company, "read/"), follow=True)
    assert calls == [(company, {"is_awaited": True})], "somebody waits at the page"
    assert "Personio was read again." in answer.content.decode()


@pytest.mark.parametrize(
    "error", [PersonioRefused(Refusal.UNREACHABLE), Retryable("Personio did not answer.", "Try again later.")]
)
def test_trouble_with_personio_is_said_on_the_page(
    error: Exception,
    signed_in: Client,
    company: Company,
    account: PersonioAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(definitions, "look", raises(error))
    answer = signed_in.post(url(company, "read/"), follow=True)
    assert answer.status_code == 200
    assert "notice error" in answer.content.decode()
    assert "Personio was read again." not in answer.content.decode()


def test_events_are_switched_on_and_off(
    signed_in: Client,
    company: Company,
    administrator: User,
    account: PersonioAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on, off = Calls(), Calls()
    monkeypatch.setattr(events, "switch_on", on)
    monkeypatch.setattr(events, "switch_off", off)
    signed_in.post(url(company, "events/"), {"action": "on"})
    assert (on, off) == ([(account, administrator)], [])
    signed_in.post(url(company, "events/"), {"action": "off"})
    assert off == [(account, administrator)]


def test_the_address_for_events_stands_on_the_page_while_they_are_on(
    signed_in: Client, company: Company, account: PersonioAccount
) -> None:
    assert account.hook_key not in read(signed_in, company)
    PersonioAccount.objects.update(hook_id="7")
    assert f"/personio/events/{account.hook_key}/" in read(signed_in, company)


# --- Replace and remove -------------------------------------------------------------------------------------------------


def test_new_credentials_that_personio_refuses_leave_those_in_use(
    signed_in: Client, company: Company, account: PersonioAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personio, "try_out", raises(PersonioRefused(Refusal.WRONG_CREDENTIALS)))
    answer = signed_in.post(url(company, "credentials/"), TYPED)
    assert answer.status_code == 200
    account.refresh_from_db()
    assert account.client_id == "papi-stored-id"


def test_removing_asks_first_and_names_the_legal_entities_it_leaves_without_a_source(
    signed_in: Client, company: Company, account: PersonioAccount, entity: LegalEntity
) -> None:
    LegalEntity.objects.filter(pk=entity.pk).update(personio_id="170")
    page = read(signed_in, company, "remove/")
    assert f"<li>{entity}</li>" in page
    assert PersonioAccount.objects.filter(pk=account.pk).exists()


def test_removing_forgets_the_credentials(
    signed_in: Client, company: Company, account: PersonioAccount, entity: LegalEntity
) -> None:
    LegalEntity.objects.filter(pk=entity.pk).update(personio_id="170")
    answer = signed_in.post(url(company, "remove/"), follow=True)
    assert not PersonioAccount.objects.exists()
    entity.refresh_from_db()
    assert not entity.reads_personio
    assert "Not connected" in answer.content.decode()


@pytest.mark.parametrize("part", ["credentials/", "remove/"])
def test_pages_of_a_connected_company_lead_back_while_it_is_not(part: str, signed_in: Client, company: Company) -> None:
    assert signed_in.get(url(company, part))["Location"] == url(company)


@pytest.mark.parametrize("part", ["", "credentials/", "remove/"])
def test_support_and_strangers_find_no_page(
    part: str, client: Client, company: Company, account: PersonioAccount
) -> None:
    stranger = member(EntityFactory())
    stranger.is_staff = stranger.is_superuser = True
    stranger.save()
    client.force_login(stranger, backend=BACKEND)
    assert client.get(url(company, part)).status_code == 404


def test_the_list_of_legal_entities_links_to_personio(signed_in: Client, company: Company) -> None:
    assert f'href="{url(company)}"' in signed_in.get("/").content.decode()


def test_a_company_without_legal_entities_finds_personio_too(client: Client, entity: LegalEntity) -> None:
    user = member(entity)
    LegalEntity.objects.all().delete()
    client.force_login(user, backend=BACKEND)
    page = client.get("/").content.decode()
    assert "No legal entities yet" in page
    assert f'href="{url(entity.company)}"' in page


def test_a_crash_while_connecting_tells_no_error_report_what_was_typed(
    signed_in: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definitions, "connect", raises(RuntimeError("out of order")))
    signed_in.raise_request_exception = False
    answer = signed_in.post(url(company), TYPED)
    assert answer.status_code == 500
    report = ExceptionReporter(answer.wsgi_request, *answer.exc_info).get_traceback_text()
    assert "client_secret" in report
    assert SECRET not in report


# --- What to allow ------------------------------------------------------------------------------------------------------


def test_the_steps_name_all_that_connecting_and_a_sync_need(signed_in: Client, company: Company) -> None:
    steps = read(signed_in, company)
    assert "personio:persons:read" in steps
    assert '<li> Legal entity (<b translate="no">Subcompany</b>) </li>' in steps


def test_the_subcompany_is_among_what_is_read(signed_in: Client, company: Company, account: PersonioAccount) -> None:
    definitions.take(company, SIMULATED)
    desk = personio_desk.desk(User.objects.get(pk=signed_in.session["_auth_user_id"]), company.pk)
    assert desk
    assert [one.key for one in desk.attributes if one.fills] == ["subcompany"], "no mapping is published yet"
