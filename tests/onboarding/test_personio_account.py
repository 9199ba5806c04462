"""The account at Personio: tried out before it is stored, stored as ciphertext, shown nowhere, gone when it is removed."""

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.urls import reverse

from loket_portal.personio.client import PersonioEntity
from loket_portal.personio.errors import ConfigProblem, CredentialsRefused, NotReadable, Retryable
from onboarding.admin.entities import EntityForm
from onboarding.models import AuditEvent, Company, Issue, LegalEntity, PersonioAccount, Role, User
from onboarding.services import access, audit, events, issues, patience, personio, personio_entities
from onboarding.services.personio import PersonioRefused, Refusal
from onboarding.wording import audit_detail
from onboarding.wording import personio as words
from tests.factories import EntityFactory, PersonioAccountFactory, UserFactory, member
from tests.onboarding.personio_double import GASTRO, HORECA, SECRETS, PersonioDouble, at_personio

__all__ = ["at_personio"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def company(entity: LegalEntity) -> Company:
    return entity.company


def connect(company: Company, user: User | None) -> PersonioAccount:
    return personio.store(company, user, *SECRETS, personio.try_out(*SECRETS))


def refusal_of_trial() -> Refusal:
    with pytest.raises(PersonioRefused) as refused:
        personio.try_out(*SECRETS)
    assert not any(secret in str(refused.value) + repr(refused.value) for secret in SECRETS)
    return refused.value.refusal


# --- Trying out ---------------------------------------------------------------------------------------------------------


def test_a_trial_reads_what_a_sync_needs_and_one_person_only(at_personio: PersonioDouble) -> None:
    trial = personio.try_out(*SECRETS)
    assert (trial.people, trial.legal_entities) == (83, (HORECA, GASTRO))
    assert [definition.key for definition in trial.definitions] == ["last_name"]
    assert ("pages", "1") in at_personio.asked
    assert PersonioAccount.objects.count() == 0


def test_credentials_lose_the_blanks_of_copying(at_personio: PersonioDouble) -> None:
    personio.try_out("  an-id \n", "\ta-secret ")
    assert (at_personio.credentials.client_id, at_personio.credentials.client_secret) == ("an-id", "a-secret")


def test_personio_is_told_who_asks(at_personio: PersonioDouble, settings: LazySettings) -> None:
    settings.PERSONIO_APP_ID, settings.PERSONIO_PARTNER_ID = "OUR_APP", "US"
    personio.try_out(*SECRETS)
    told = {name: at_personio.headers[name] for name in ("app_id", "partner_id")}
    assert told == {"app_id": "OUR_APP", "partner_id": "US"}


def test_a_trial_ends_while_somebody_still_waits_for_the_page(
    at_personio: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([0.0, 1.0, 2.0, 3.0, 100.0, 101.0])
    monkeypatch.setattr(patience.time, "monotonic", lambda: next(seconds))
    assert refusal_of_trial() is Refusal.UNREACHABLE
    assert [call[0] for call in at_personio.asked] == ["sign_in", "list_attributes", "pages"]


def test_nothing_is_tried_again_longer_than_somebody_waits(
    at_personio: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", slept.append)

    def busy() -> None:
        at_personio.headers["sleep"](1.0)
        at_personio.headers["sleep"](60.0)

    monkeypatch.setattr(at_personio, "sign_in", busy)
    assert refusal_of_trial() is Refusal.UNREACHABLE
    assert slept == [1.0]


@pytest.mark.parametrize(
    ("call", "what", "refusal"),
    [
        ("list_attributes", "attributes", Refusal.ATTRIBUTES_NOT_READABLE),
        ("pages", "employees", Refusal.EMPLOYEES_NOT_READABLE),
        ("iter_persons", "persons", Refusal.PERSONS_NOT_READABLE),
        ("list_legal_entities", "legal_entities", Refusal.LEGAL_ENTITIES_NOT_READABLE),
    ],
)
def test_what_credentials_cannot_read_is_named_at_once(
    call: str, what: str, refusal: Refusal, at_personio: PersonioDouble
) -> None:
    at_personio.fails[call] = NotReadable(what, "Personio's words")
    assert refusal_of_trial() is refusal


def test_refused_credentials_and_an_absent_personio_are_told_apart(at_personio: PersonioDouble) -> None:
    at_personio.fails["sign_in"] = CredentialsRefused()
    assert refusal_of_trial() is Refusal.WRONG_CREDENTIALS
    at_personio.fails["sign_in"] = Retryable("away")
    assert refusal_of_trial() is Refusal.UNREACHABLE
    at_personio.fails["sign_in"] = ConfigProblem("odd")
    assert refusal_of_trial() is Refusal.ODD_ANSWER


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_says_what_is_wrong_and_who_acts(refusal: Refusal) -> None:
    told = words.refused(PersonioRefused(refusal, {"name": "Linde Gastro GmbH", "country": "DE"}))
    assert told.text
    assert told.fix
    assert "?" not in f"{told.text}"


# --- Storing ------------------------------------------------------------------------------------------------------------


def test_credentials_are_ciphertext_in_the_database(
    company: Company, administrator: User, at_personio: PersonioDouble
) -> None:
    account = connect(company, administrator)
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_id, client_secret, hook_token FROM onboarding_personioaccount")
        row = cursor.fetchone()
    assert all(str(text).startswith("gAAAA") for text in row)
    stored = PersonioAccount.objects.get()
    assert (stored.client_id, stored.client_secret) == SECRETS
    assert stored.hook_token == account.hook_token


def test_no_text_of_the_account_or_the_trail_holds_a_credential(
    company: Company, administrator: User, at_personio: PersonioDouble
) -> None:
    account = connect(company, administrator)
    told = f"{account} {account!r} {PersonioAccount.objects.values_list('legal_entities', flat=True)}"
    told += " ".join(f"{event} {event.detail}" for event in AuditEvent.objects.all())
    assert not any(secret in told for secret in (*SECRETS, account.hook_token, account.hook_key))


def test_the_legal_entities_are_stored_with_their_country(
    company: Company, administrator: User, at_personio: PersonioDouble
) -> None:
    account = connect(company, administrator)
    assert {"id": "172", "name": "Linde Gastro GmbH", "country": "DE"} in account.legal_entities
    assert account.looked_at is not None


def test_only_an_administrator_of_the_company_stores_credentials(
    company: Company, entity: LegalEntity, at_personio: PersonioDouble
) -> None:
    trial = personio.try_out(*SECRETS)
    for user in (member(entity, Role.Preset.PAYROLL_MANAGER), member(EntityFactory()), UserFactory()):
        assert not access.may_administer(user, company)
        with pytest.raises(PersonioRefused) as refused:
            personio.store(company, user, *SECRETS, trial)
        assert refused.value.refusal is Refusal.NOT_ALLOWED
    assert PersonioAccount.objects.count() == 0


def test_new_credentials_take_the_place_of_refused_ones_and_keep_the_address_of_events(
    company: Company, administrator: User, at_personio: PersonioDouble
) -> None:
    first = connect(company, administrator)
    personio.note_refused(first)
    again = personio.store(company, administrator, "new-id", "new-secret", personio.try_out("new-id", "new-secret"))
    assert (again.pk, again.state, again.refused_at) == (first.pk, PersonioAccount.State.WORKING, None)
    assert (again.client_id, again.hook_key) == ("new-id", first.hook_key)
    assert not issues.open_of(company)
    details = AuditEvent.objects.filter(action=AuditEvent.Action.PERSONIO_CONNECTED).values_list("detail", flat=True)
    assert list(details) == ["replaced", ""]


# --- Refused and working again ------------------------------------------------------------------------------------------


OTHER = PersonioEntity("170", "Another employer B.V.", "NL")
RENAMED = PersonioEntity("170", "Linde Horeca Nieuw B.V.", "NL")


def test_credentials_of_another_personio_account_never_take_the_place_of_these(
    company: Company, administrator: User, at_personio: PersonioDouble
) -> None:
    connect(company, administrator)
    personio_entities.take(company, administrator, HORECA.id)
    at_personio.entities = [OTHER, GASTRO]
    with pytest.raises(PersonioRefused) as refused:
        personio.store(company, administrator, "other-id", "other-secret", personio.try_out("other-id", "other-secret"))
    assert (refused.value.refusal, refused.value.params) == (Refusal.OTHER_ACCOUNT, {"name": HORECA.name})
    assert PersonioAccount.objects.get().client_id == SECRETS[0]


def test_nor_do_they_while_nothing_is_bound(company: Company, administrator: User, at_personio: PersonioDouble) -> None:
    connect(company, administrator)
    at_personio.entities = [OTHER]
    with pytest.raises(PersonioRefused) as refused:
        connect(company, administrator)
    assert refused.value.refusal is Refusal.OTHER_ACCOUNT
    at_personio.entities = [OTHER, GASTRO]
    assert connect(company, administrator), "one that is known will do"


def test_a_legal_entity_that_was_renamed_and_read_since_is_the_same(
    company: Company, administrator: User, at_personio: PersonioDouble
) -> None:
    account = connect(company, administrator)
    personio_entities.take(company, administrator, HORECA.id)
    personio_entities.note_listed(account, [RENAMED])
    at_personio.entities = [RENAMED]
    assert connect(company, administrator).is_working


def test_a_refusal_opens_one_blocking_issue_and_working_again_resolves_it(company: Company) -> None:
    account = PersonioAccountFactory(company=company)
    personio.note_refused(account)
    personio.note_refused(account)
    (issue,) = issues.blocking(company)
    assert issue.kind == Issue.Kind.CREDENTIALS_REFUSED
    account.refresh_from_db()
    assert not account.is_working
    personio.note_working(account)
    account.refresh_from_db()
    assert account.is_working
    assert not issues.blocking(company)


def test_a_late_refusal_of_former_credentials_leaves_the_new_ones_alone(
    company: Company, administrator: User, at_personio: PersonioDouble
) -> None:
    connect(company, administrator)
    former = PersonioAccount.objects.get()
    connect(company, administrator)
    personio.note_refused(former)
    assert PersonioAccount.objects.get().is_working
    assert not issues.blocking(company)


# --- Removing -----------------------------------------------------------------------------------------------------------


def test_removing_deletes_the_credentials_and_gives_every_entity_back(
    company: Company, entity: LegalEntity, administrator: User, at_personio: PersonioDouble
) -> None:
    account = connect(company, administrator)
    LegalEntity.objects.filter(pk=entity.pk).update(name=HORECA.name)
    personio_entities.take(company, administrator, HORECA.id)
    personio.note_refused(account)
    personio.remove(company, administrator)
    entity.refresh_from_db()
    assert PersonioAccount.objects.count() == 0
    assert not entity.reads_personio
    assert not issues.open_of(company)
    trail = AuditEvent.objects.order_by("pk").values_list("action", "detail")
    assert list(trail)[-2:] == [("personio_entity", "unbound"), ("personio_removed", "")]


def test_removing_takes_the_webhook_away_and_goes_on_when_personio_refuses(
    company: Company, administrator: User, at_personio: PersonioDouble
) -> None:
    events.switch_on(connect(company, administrator), administrator)
    at_personio.fails["delete_webhook"] = CredentialsRefused()
    personio.remove(company, administrator)
    assert ("delete_webhook", "hook-1") in at_personio.asked
    assert PersonioAccount.objects.count() == 0


def test_a_payroll_manager_does_not_remove_the_account(company: Company, entity: LegalEntity) -> None:
    PersonioAccountFactory(company=company)
    with pytest.raises(PersonioRefused):
        personio.remove(company, member(entity, Role.Preset.PAYROLL_MANAGER))
    assert PersonioAccount.objects.count() == 1


def test_removing_twice_at_once_is_done_once(
    company: Company, administrator: User, at_personio: PersonioDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = connect(company, administrator)
    PersonioAccount.objects.update(hook_id="hook-1")

    def again(_id: str) -> None:
        assert not PersonioAccount.objects.exists(), "forgotten before Personio is asked, which may take long"
        with pytest.raises(PersonioRefused) as refused:
            personio.remove(company, administrator)
        assert refused.value.refusal is Refusal.NOT_CONNECTED

    monkeypatch.setattr(at_personio, "delete_webhook", again)
    personio.remove(company, administrator)
    assert AuditEvent.objects.filter(action=AuditEvent.Action.PERSONIO_REMOVED).count() == 1
    assert personio.forget_hook(account) is True


def test_removing_what_is_not_connected_says_so(company: Company, administrator: User) -> None:
    with pytest.raises(PersonioRefused) as refused:
        personio.remove(company, administrator)
    assert refused.value.refusal is Refusal.NOT_CONNECTED


# --- Support ------------------------------------------------------------------------------------------------------------


def test_support_sees_no_credential_and_no_address_of_events(company: Company, client: Client) -> None:
    account = PersonioAccountFactory(company=company)
    personio.note_refused(account)
    audit.record(AuditEvent.Action.PERSONIO_CONNECTED, company=company)
    client.force_login(
        UserFactory(is_staff=True, is_superuser=True), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    pages = [reverse("admin:onboarding_issue_changelist"), reverse("admin:onboarding_auditevent_changelist")]
    pages += [reverse("admin:onboarding_issue_change", args=[Issue.objects.get().pk])]
    pages += [reverse("admin:onboarding_company_change", args=[company.pk])]
    for page in pages:
        text = client.get(page).content.decode()
        assert company.name in text
        assert not any(secret in text for secret in (account.client_id, account.client_secret, account.hook_token))


def test_the_trail_says_in_words_what_happened(company: Company, entity: LegalEntity) -> None:
    for action, detail, said in (
        (AuditEvent.Action.PERSONIO_CONNECTED, "replaced", "New credentials"),
        (AuditEvent.Action.PERSONIO_ENTITY, "bound", "From Personio"),
        (AuditEvent.Action.PERSONIO_ENTITY, "unbound", "From an uploaded roster"),
        (AuditEvent.Action.PERSONIO_EVENTS, "on", "Switched on"),
        (AuditEvent.Action.PERSONIO_EVENTS, "off", "Switched off"),
    ):
        assert audit_detail(audit.record(action, company=company, entity=entity, detail=detail)) == said


def test_support_cannot_make_an_entity_foreign_that_reads_personio(company: Company, client: Client) -> None:
    entity = EntityFactory(company=company, personio_id="170", enabled_at=None)
    client.force_login(
        UserFactory(is_staff=True, is_superuser=True), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    data = {"name": entity.name, "country": "DE", "kvk_number": "", "tax_id": ""}
    client.post(reverse("admin:onboarding_legalentity_change", args=[entity.pk]), data)
    entity.refresh_from_db()
    assert entity.country == "NL"


def test_what_support_corrects_does_not_undo_a_choice_of_personio_made_meanwhile(
    company: Company, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    entity = EntityFactory(company=company, enabled_at=None)
    client.force_login(
        UserFactory(is_staff=True, is_superuser=True), backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    def taken_meanwhile(_form: EntityForm) -> str:
        LegalEntity.objects.filter(pk=entity.pk).update(personio_id="170")
        return ""

    monkeypatch.setattr(EntityForm, "clean_tax_id", taken_meanwhile)
    data = {"name": "Tulp Horeca B.V.", "country": "NL", "kvk_number": "", "tax_id": ""}
    answer = client.post(reverse("admin:onboarding_legalentity_change", args=[entity.pk]), data)
    entity.refresh_from_db()
    assert (answer.status_code, entity.name, entity.personio_id) == (302, "Tulp Horeca B.V.", "170")
