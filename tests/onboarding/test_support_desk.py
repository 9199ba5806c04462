"""The support desk: only what support uses, in words and not in codes."""

import pytest
from django.test import Client

from onboarding.models import AuditEvent, LegalEntity
from onboarding.services import audit
from tests.factories import ConnectionFactory, UserFactory
from tests.sync import pages

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def support(client: Client, db: None) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True), backend=BACKEND)
    return client


def test_it_has_its_own_name_and_no_clutter(support: Client) -> None:
    page = support.get("/admin/").content.decode()
    assert "Loket Portal – support" in page
    for address in ("/admin/auth/group/", "/admin/account/emailaddress/"):
        assert address not in page
        assert support.get(address).status_code == 404


@pytest.mark.parametrize(
    ("action", "detail", "words"),
    [
        ("run_started", "preview", "Proefrun gestart"),
        ("run_started", "sync", "Synchronisatie gestart"),
        ("link_refused", "shared_tax_id", "Deze deelt het loonheffingennummer met een andere administratie."),
        ("sign_in_refused", "no_employer", "Deze Loket-gebruiker ziet geen werkgever"),
        ("roster_uploaded", "1204 people, 1 with a fault", "1.204 medewerkers, 1 rij met een fout"),
        ("linked", "Tulp Horeca B.V.", "Tulp Horeca B.V."),
        ("link_refused", "of_a_later_version", "of_a_later_version"),
    ],
)
def test_the_audit_trail_is_in_words(
    support: Client, entity: LegalEntity, action: str, detail: str, words: str
) -> None:
    audit.record(AuditEvent.Action(action), company=entity.company, entity=entity, detail=detail)
    page = support.get("/admin/onboarding/auditevent/", headers={"accept-language": "nl"}).content.decode()
    assert f">{words}<" in page
    assert "wat er gebeurde" in page.lower()


@pytest.mark.parametrize("path", ["sync/run", "sync/roster", "mapping/mappingset", "onboarding/connection"])
def test_the_lists_open_sort_and_have_dutch_headings(support: Client, entity: LegalEntity, path: str) -> None:
    pages.upload(entity, None)  # type: ignore[arg-type]
    pages.run(ConnectionFactory(entity=entity))
    answer = support.get(f"/admin/{path}/?o=1.2", headers={"accept-language": "nl"})
    assert answer.status_code == 200
    for english in ("Created at", "Finished at", "Uploaded by", "Published at", "Entity<"):
        assert english not in answer.content.decode()
