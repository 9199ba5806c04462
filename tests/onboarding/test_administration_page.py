"""The choice of the administration as the administrator sees it (rules 36 and 37)."""

import uuid
from datetime import date

import pytest
from django.test import Client

from loket_portal.loket.errors import Retryable
from loket_portal.loket.payloads import Employer, PayrollAdministration
from onboarding.models import Connection, LegalEntity, LoketLogin
from onboarding.services import connections
from tests.factories import LoginFactory

CLEAN = str(uuid.uuid4())


def administration(name: str, tax_id: str | None, key: str | None = None) -> PayrollAdministration:
    return PayrollAdministration(
        key or str(uuid.uuid4()), name, name, 40201, tax_id, "Maand", date(2020, 1, 1), None, {}
    )


class Loket:
    def __init__(self, login: LoketLogin) -> None:
        self.login = login

    def list_employers(self) -> list[Employer]:
        return [Employer(str(self.login.employer_id), "Tulp Horeca B.V.", {})]

    def list_administrations(self, _employer: str) -> list[PayrollAdministration]:
        shared = [administration(name, "823456789L01") for name in ("Tulp Catering", "Tulp Events")]
        return [administration("Tulp Horeca B.V.", "812345678L01", CLEAN), *shared]


@pytest.fixture
def login(entity: LegalEntity, monkeypatch: pytest.MonkeyPatch) -> LoketLogin:
    found = LoginFactory(company=entity.company)
    monkeypatch.setattr(connections, "client_for", Loket)
    return found


def post(client: Client, entity: LegalEntity, **data: str) -> str:
    return client.post(f"/entities/{entity.pk}/administration/", data).content.decode()


def test_the_others_are_greyed_with_the_reason(signed_in: Client, entity: LegalEntity, login: LoketLogin) -> None:
    page = signed_in.get(f"/entities/{entity.pk}/administration/").content.decode()
    assert page.count('type="radio"') == 1
    assert "It shares its tax ID with Tulp Events." in page
    assert "It shares its tax ID with Tulp Catering." in page
    assert "only support can undo it" in page


def test_nothing_chosen_is_told_at_both_fields(signed_in: Client, entity: LegalEntity, login: LoketLogin) -> None:
    page = post(signed_in, entity)
    assert 'href="#id_administration"' in page
    assert 'href="#id_typed_name"' in page
    assert "Error: Choose the administration" in " ".join(page.split())


def test_another_name_links_nothing_and_keeps_what_was_typed(
    signed_in: Client, entity: LegalEntity, login: LoketLogin
) -> None:
    page = post(signed_in, entity, administration=CLEAN, typed_name="Tulp")
    assert "This is not the name of the administration you chose." in page
    assert 'href="#id_typed_name"' in page
    assert 'value="Tulp"' in page
    assert "checked" in page
    assert not Connection.objects.exists()


def test_the_typed_name_links_it(signed_in: Client, entity: LegalEntity, login: LoketLogin) -> None:
    data = {"administration": CLEAN, "typed_name": "Tulp Horeca B.V."}
    answer = signed_in.post(f"/entities/{entity.pk}/administration/", data, follow=True)
    assert answer.redirect_chain == [(f"/entities/{entity.pk}/", 302)]
    assert "is connected to Tulp Horeca B.V. in Loket." in answer.content.decode()
    assert Connection.objects.get().entity == entity


def test_trouble_at_loket_is_a_notice_and_not_an_error_page(
    signed_in: Client, entity: LegalEntity, login: LoketLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_self: Loket) -> None:
        raise Retryable("Loket could not be reached.", "Nothing to do: it is tried again by itself.")

    monkeypatch.setattr(Loket, "list_employers", unreachable)
    answer = signed_in.get(f"/entities/{entity.pk}/administration/")
    assert answer.status_code == 200
    assert "Loket could not be reached." in answer.content.decode()
    dutch = signed_in.get(f"/entities/{entity.pk}/administration/", headers={"accept-language": "nl"}).content.decode()
    assert "Loket was niet bereikbaar." in dutch


def test_before_any_sign_in_the_page_leads_to_it(signed_in: Client, entity: LegalEntity) -> None:
    page = signed_in.get(f"/entities/{entity.pk}/administration/").content.decode()
    assert f'href="/entities/{entity.pk}/connect/"' in page
