"""The choice of the administration as the administrator sees it (rules 4, 35, 36 and 37)."""

import uuid
from collections.abc import Iterable
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from loket_portal.loket.errors import Retryable
from loket_portal.loket.payloads import Employer, PayrollAdministration
from onboarding.facts import Outcome
from onboarding.models import Connection, LegalEntity, LoketLogin, Role
from onboarding.services import checking, connections
from tests.factories import ConnectionFactory, EntityFactory, login_of, member
from tests.onboarding.setups import found, guest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CLEAN = str(uuid.uuid4())


def administration(name: str, tax_id: str | None, key: str | None = None) -> PayrollAdministration:
    return PayrollAdministration(
        key or str(uuid.uuid4()), name, name, 40201, tax_id, "Maand", date(2020, 1, 1), None, {}
    )


class Loket:
    administrations = (
        administration("Tulp Horeca B.V.", "812345678L01", CLEAN),
        administration("Tulp Catering", "823456789L01"),
        administration("Tulp Events", "823456789L01"),
        administration("Tulp Nieuw", None),
        administration("Tulp Strand", "834567890L01"),
        administration("Tulp Kade", "845678901L01"),
    )

    def __init__(self, login: LoketLogin) -> None:
        self.login = login

    def list_employers(self) -> list[Employer]:
        return [Employer(str(self.login.employer_id), "Tulp Horeca B.V.", {})]

    def list_administrations(self, _employer: str) -> list[PayrollAdministration]:
        return list(self.administrations)


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The entities that were checked."""
    asked: list[object] = []
    monkeypatch.setattr(checking, "check", lambda entity, *_keys, **_who: asked.append(entity))
    return asked


@pytest.fixture
def login(entity: LegalEntity, monkeypatch: pytest.MonkeyPatch) -> LoketLogin:
    made = login_of(entity, checked_at=timezone.now())
    monkeypatch.setattr(connections, "client_for", Loket)
    return made


def plain(text: str) -> str:
    return " ".join(text.split())


def get(client: Client, entity: LegalEntity) -> str:
    return plain(client.get(f"/entities/{entity.pk}/administration/").content.decode())


def post(client: Client, entity: LegalEntity, **data: str) -> str:
    return plain(client.post(f"/entities/{entity.pk}/administration/", data).content.decode())


def part(page: str, name: str) -> str:
    """What stands at one administration."""
    return next(piece for piece in page.split('class="choice')[1:] if f">{name}</" in piece)


# --- The list ---------------------------------------------------------------------------------------------------------


def test_each_has_number_period_and_tax_id_and_a_place_for_our_people(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    page = get(signed_in, entity)
    for name, tax_id in (("Tulp Horeca B.V.", "812345678L01"), ("Tulp Catering", "823456789L01")):
        for text in ("40201", "Maand", tax_id, 'id="found-'):
            assert text in part(page, name)
    assert f'hx-get="/entities/{entity.pk}/headcount/"' in page
    assert f'<a href="/entities/{entity.pk}/headcount/">' in page, "who has no script follows a link"


def test_the_others_are_greyed_with_the_reason_and_who_mends_it(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    ConnectionFactory(entity=EntityFactory(name="Theirs B.V."), tax_id="834567890L01")
    ConnectionFactory(entity=EntityFactory(company=entity.company, name="Ours B.V."), tax_id="845678901L01")
    page = get(signed_in, entity)
    assert page.count('type="radio"') == 1
    assert "It shares its tax ID with Tulp Events." in part(page, "Tulp Catering")
    assert "It shares its tax ID with Tulp Catering." in part(page, "Tulp Events")
    assert "It has no tax ID in Loket. Your payroll administrator or tax accountant" in part(page, "Tulp Nieuw")
    assert "Another administration with this tax ID is connected already." in part(page, "Tulp Strand")
    assert "Ours B.V. is connected to another administration with this tax ID." in part(page, "Tulp Kade")
    assert "Theirs B.V." not in page, "another company's entity is never named"
    assert "only support can undo it" in page


def test_a_tax_id_that_is_shared_is_explained_once_with_who_mends_it_and_a_ready_message(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    page = get(signed_in, entity)
    assert page.count("Tulp Catering and Tulp Events have the same tax ID") == 1
    assert "None of them can be chosen" in page
    assert "Request a loonheffingennummer of its own" in page
    assert "Belastingdienst" in page
    assert '<a href="#message">' in page
    message = page.split('id="message"', 1)[1].split("</section>", 1)[0]
    assert 'lang="nl"' in message
    assert "Hetzelfde loonheffingennummer staat bij &quot;Tulp Catering&quot; en &quot;Tulp Events&quot;." in message
    assert "&quot;Tulp Nieuw&quot; heeft geen loonheffingennummer." in message
    assert "L01" in message
    assert "823456789" not in message, "that of a sole proprietor holds his BSN"


def test_the_message_is_dutch_and_asks_to_tell_who_asks(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    dutch = signed_in.get(f"/entities/{entity.pk}/administration/", headers={"accept-language": "en"}).content.decode()
    assert "Goedendag," in dutch
    assert "Laat het Anna Tester" in dutch


def test_without_a_tax_id_in_the_way_there_is_neither(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Loket, "administrations", Loket.administrations[:1])
    page = get(signed_in, entity)
    assert 'id="message"' not in page
    assert "have the same tax ID" not in page
    assert "Not possible" not in page


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("812345678L01", "The tax ID you gave for this legal entity."),
        ("812345678L09", "You gave another tax ID for this legal entity."),
    ],
)
def test_the_tax_id_is_compared_with_the_one_that_was_given(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, given: str, text: str
) -> None:
    LegalEntity.objects.filter(pk=entity.pk).update(tax_id=given)
    assert text in part(get(signed_in, entity), "Tulp Horeca B.V.")


def test_where_no_tax_id_was_given_nothing_is_compared(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    assert "tax ID you gave" not in get(signed_in, entity)


# --- The confirmation -----------------------------------------------------------------------------------------------------


def test_nothing_chosen_is_told_at_both_fields(signed_in: Client, entity: LegalEntity, login: LoketLogin) -> None:
    page = post(signed_in, entity)
    assert 'href="#id_administration"' in page
    assert 'href="#id_typed_name"' in page
    assert "Error: Choose the administration" in page


def test_another_name_links_nothing_and_keeps_what_was_typed(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    page = post(signed_in, entity, administration=CLEAN, typed_name="Tulp")
    assert "This is not the name of the administration you chose." in page
    assert 'href="#id_typed_name"' in page
    assert 'value="Tulp"' in page
    assert "checked" in page
    assert not Connection.objects.exists()


def test_one_that_can_not_be_chosen_is_refused_when_it_is_sent_anyway(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    shared = Loket.administrations[1]
    page = post(signed_in, entity, administration=shared.id, typed_name=shared.name)
    assert 'href="#id_administration"' in page
    assert not Connection.objects.exists()


def test_the_typed_name_links_it(signed_in: Client, entity: LegalEntity, login: LoketLogin) -> None:
    data = {"administration": CLEAN, "typed_name": "Tulp Horeca B.V."}
    answer = signed_in.post(f"/entities/{entity.pk}/administration/", data, follow=True)
    assert answer.redirect_chain == [(f"/entities/{entity.pk}/", 302)]
    assert "is connected to Tulp Horeca B.V. in Loket." in answer.content.decode()
    assert Connection.objects.get().entity == entity


# --- When there is no list ----------------------------------------------------------------------------------------------


def test_checks_that_fail_stand_there_with_who_must_act_and_can_be_run_again(  # rule 35
    signed_in: Client, entity: LegalEntity, login: LoketLogin, checked: list[object]
) -> None:
    rights = {"names": "Beheer HRM", "number": "1", "version": "1"}
    found(Outcome.FAILED, "rights", login=login, code="rights_missing", params=rights)
    page = get(signed_in, entity)
    assert "The checks of the integration user found a problem." in page
    assert "The 15 rights" in page
    assert "Beheer HRM" in page
    assert "To be done by" in page
    assert 'type="radio"' not in page
    assert "Check again" in page
    assert f'href="/entities/{entity.pk}/setup/integration-user/"' in page
    answer = signed_in.post(f"/entities/{entity.pk}/administration/", {"action": "check"})
    assert answer["Location"] == f"/entities/{entity.pk}/administration/"
    assert checked == [entity]


def test_nothing_is_linked_while_checks_fail_and_no_field_is_blamed(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    found(Outcome.FAILED, "modules", login=login)
    page = post(signed_in, entity, administration=CLEAN, typed_name="Tulp Horeca B.V.")
    assert "The checks of the integration user found a problem." in page
    assert "error-summary" not in page
    assert not Connection.objects.exists()


def test_a_payroll_manager_reads_who_chooses_and_runs_no_checks(
    client: Client, entity: LegalEntity, administrator: object, login: LoketLogin, checked: list[object]
) -> None:
    client.force_login(member(entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    for page in (get(client, entity), post(client, entity, action="check")):
        assert "can&#x27;t choose the administration" in page
        assert str(administrator) in page
        assert "Tulp Catering" not in page
    assert checked == []


@pytest.mark.parametrize(
    ("fields", "button"),
    [
        ({"purpose": LoketLogin.Purpose.VERIFICATION}, "Connect Loket.nl"),  # rule 8
        ({"state": LoketLogin.State.SIGN_IN_NEEDED}, "Sign in at Loket again"),
    ],
)
def test_a_sign_in_that_may_not_choose_leads_to_one_that_may(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, fields: dict[str, str], button: str
) -> None:
    LoketLogin.objects.update(**fields)
    page = get(signed_in, entity)
    assert f'<a class="button primary" href="/entities/{entity.pk}/connect/">{button}</a>' in page
    assert 'type="radio"' not in page


def test_before_any_sign_in_the_page_leads_to_it(signed_in: Client, entity: LegalEntity) -> None:
    assert f'href="/entities/{entity.pk}/connect/"' in get(signed_in, entity)


def test_a_connected_entity_says_so(signed_in: Client, entity: LegalEntity) -> None:
    ConnectionFactory(entity=entity)
    page = get(signed_in, entity)
    assert "This legal entity is connected already." in page
    assert "/connect/" not in page


def test_trouble_at_loket_is_a_notice_and_not_an_error_page(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_self: Loket) -> Iterable[Employer]:
        raise Retryable("Loket could not be reached.", "Nothing to do: it is tried again by itself.")

    monkeypatch.setattr(Loket, "list_employers", unreachable)
    answer = signed_in.get(f"/entities/{entity.pk}/administration/")
    assert answer.status_code == 200
    assert "Loket could not be reached." in answer.content.decode()
    dutch = signed_in.get(f"/entities/{entity.pk}/administration/", headers={"accept-language": "nl"}).content.decode()
    assert "Loket was niet bereikbaar." in dutch


def test_a_guest_never_sees_the_list(client: Client, entity: LegalEntity, login: LoketLogin) -> None:
    guest(entity)
    assert client.get(f"/entities/{entity.pk}/administration/").status_code == 302
