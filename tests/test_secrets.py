"""The instrument that looks for secrets finds them wherever they are planted, and says what was found and where."""

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from loket_portal.loket.errors import ConfigProblem
from loket_portal.simulator import Options, Simulator, create_simulator
from mapping import definitions
from onboarding.models import AuditEvent, Company, PersonioAccount
from onboarding.services import audit, events
from onboarding.services.personio import PersonioRefused, Refusal
from tests.factories import CompanyFactory
from tests.secrets import Said, hidden_by, leaks, nothing_leaks, of_simulator
from tests.sync.personio import CLIENT_ID, CLIENT_SECRET, point_at

pytestmark = pytest.mark.django_db(transaction=True)

Plant = Callable[[str], object]


@pytest.fixture
def world(settings) -> Iterator[Simulator]:
    """A simulator whose secrets nobody watches yet, with a company that is connected and hears of changes."""
    options = Options(client_id=settings.LOKET_CLIENT_ID, client_secret=settings.LOKET_CLIENT_SECRET)
    with create_simulator(options) as running:
        point_at(running, settings)
        company = CompanyFactory()
        account = definitions.connect(company, None, CLIENT_ID, CLIENT_SECRET)
        events.switch_on(account, None)
        running.keys.grant()
        yield running


def log(secret: str) -> None:
    logging.getLogger("sync.services.readings").debug("read with %s", secret)


def log_of_another_thread(secret: str) -> None:
    thread = threading.Thread(target=log, args=(secret,))
    thread.start()
    thread.join()


def traceback(secret: str) -> None:
    try:
        raise ValueError(secret)
    except ValueError:
        logging.getLogger("onboarding").exception("it failed")


def detail_of_an_error(secret: str) -> None:
    ConfigProblem("Something is wrong.", "Support looks.", f"403 {secret}")


def params_of_a_refusal(secret: str) -> None:
    PersonioRefused(Refusal.UNREACHABLE, {"name": secret})


def audit_event(secret: str) -> None:
    audit.record(AuditEvent.Action.PERSONIO_CONNECTED, company=Company.objects.get(), actor=None, detail=secret)


def issue(secret: str) -> None:
    Company.objects.get().issues.create(
        source="personio", kind="option_renamed", params={"new": secret}, opened_at="2026-01-01T00:00Z"
    )


def show(request: HttpRequest) -> HttpResponse:
    """A page that shows what it is given."""
    return HttpResponse(request.GET["text"])


urlpatterns = [path("shown/", show)]
PLANTS: list[Plant] = [
    *(log, log_of_another_thread, traceback, detail_of_an_error, params_of_a_refusal, audit_event, issue)
]


def kinds(world: Simulator) -> dict[str, str]:
    """One secret of each kind."""
    return {name.rstrip("0123456789 "): secret for name, secret in of_simulator(world).items()}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_secret_is_found(world: Simulator, plant: Plant) -> None:
    with pytest.raises(pytest.fail.Exception) as caught, nothing_leaks(world):
        plant(CLIENT_SECRET)
    assert "the client secret of Personio" in str(caught.value)
    assert CLIENT_SECRET not in str(caught.value), "the report is no leak of its own"


def test_every_kind_of_secret_is_looked_for(world: Simulator) -> None:
    present = kinds(world)
    assert len(present) == 8, present.keys()
    for name, secret in present.items():
        with pytest.raises(pytest.fail.Exception) as caught, nothing_leaks(world):
            log(secret)
        assert name in str(caught.value)


def test_a_page_that_shows_a_secret_is_found(world: Simulator, settings) -> None:
    settings.ROOT_URLCONF = __name__
    account = PersonioAccount.objects.get()
    with (
        pytest.raises(pytest.fail.Exception, match=r"webhook token \d of Personio: page GET /shown/"),
        nothing_leaks(world),
    ):
        assert Client().get("/shown/", {"text": account.hook_token}).status_code == 200


def test_a_secret_that_is_stored_as_ciphertext_is_none(world: Simulator) -> None:
    with nothing_leaks(world):
        account = PersonioAccount.objects.get()
        account.save()


def test_what_may_be_shown_is_allowed_there_and_nowhere_else() -> None:
    hidden = hidden_by([], [], ["hook-key-of-a-company"])
    page, text = "page GET /companies/7/personio/", "hook-key-of-a-company"
    assert leaks(hidden, [Said(page, text)]) == []
    for elsewhere in ("page GET /entities/7/", "page GET /companies/7/personio/remove/", "log onboarding"):
        assert leaks(hidden, [Said(elsewhere, text)]) != []
    assert leaks(hidden, [Said(page, CLIENT_ID), Said(page, CLIENT_SECRET)]) != []
