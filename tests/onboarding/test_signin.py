"""The trip to Loket and back (rules 8, 11, 12, 32): state works once, for ten minutes, for its session and user."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.utils import timezone

from loket_portal.loket.errors import Retryable
from loket_portal.simulator import Options, Simulator, create_simulator
from onboarding.facts import Outcome
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, Role, SignInAttempt, User
from onboarding.services import checking, evidence, signin
from onboarding.services.signin import Purpose, Refusal, SignInFailed, SignInRefused, SignInStopped
from tests.browserless import sign_in_at_loket
from tests.factories import ConnectionFactory, EntityFactory, member
from tests.onboarding import setups

SESSION = "session-1"
OTHER_EMPLOYER = "0c5b1d9e-2f0a-4a53-9a3a-6f1f4f3c9d11"


@pytest.fixture(autouse=True)
def no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the checks find after a sign-in has tests of its own."""
    monkeypatch.setattr(checking, "after_sign_in", lambda *_args, **_who: None)


def refusal(user: User, answer: dict[str, str], session: str = SESSION) -> Refusal:
    with pytest.raises(SignInRefused) as caught:
        signin.complete(session, answer, user=user)
    return caught.value.refusal


def signed_in(entity: LegalEntity, user: User) -> LoketLogin:
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=user))
    return signin.complete(SESSION, answer, user=user).login


def test_the_address_carries_state_and_a_pkce_challenge_and_no_secret(
    entity: LegalEntity, administrator: User, settings: LazySettings
) -> None:
    query = parse_qs(urlsplit(signin.begin(entity, SESSION, user=administrator)).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [signin.redirect_uri()]
    assert query["scope"] == ["all"]
    attempt = SignInAttempt.objects.get()
    assert query["state"][0] not in attempt.state_hash
    assert attempt.code_verifier not in str(query)
    assert settings.LOKET_CLIENT_SECRET not in str(query)


def test_coming_back_stores_the_sign_in_of_the_one_employer(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator))
    done = signin.complete(SESSION, answer, user=administrator)
    found, login = done.entity, done.login
    assert found == entity
    assert (login.employer_name, login.loket_user) == ("Tulp Horeca B.V.", "integratie@tulphoreca.example")
    assert login.environment == "simulator"
    assert AuditEvent.objects.filter(action="signed_in", entity=entity, actor=administrator).exists()


def test_a_state_works_once(entity: LegalEntity, administrator: User, simulator: Simulator) -> None:
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator))
    signin.complete(SESSION, answer, user=administrator)
    assert refusal(administrator, answer) == Refusal.WRONG_STATE
    assert LoketLogin.objects.count() == 1


@pytest.mark.parametrize("stranger", ["state", "session", "user"])
def test_a_state_of_somebody_else_is_refused(
    entity: LegalEntity, administrator: User, simulator: Simulator, stranger: str
) -> None:
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator))
    other = member(entity)
    user, session = administrator, SESSION
    if stranger == "state":
        answer["state"] = "made-up"
    elif stranger == "session":
        session = "session-2"
    else:
        user = other
    assert refusal(user, answer, session) == Refusal.WRONG_STATE
    assert not LoketLogin.objects.exists()


def test_a_state_of_eleven_minutes_ago_has_expired(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator))
    SignInAttempt.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert refusal(administrator, answer) == Refusal.STATE_EXPIRED


def test_a_code_that_was_used_or_made_up_has_expired(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator))
    assert refusal(administrator, answer | {"code": "made-up"}) == Refusal.CODE_EXPIRED


def test_cancelling_at_loket_is_told_as_that(entity: LegalEntity, administrator: User) -> None:
    state = parse_qs(urlsplit(signin.begin(entity, SESSION, user=administrator)).query)["state"][0]
    assert refusal(administrator, {"state": state, "error": "access_denied"}) == Refusal.CANCELLED
    assert AuditEvent.objects.filter(action="sign_in_refused", detail="cancelled").exists()


def test_a_user_who_sees_two_employers_is_refused_with_their_names(  # rule 11
    entity: LegalEntity, administrator: User, settings: LazySettings
) -> None:
    options = Options(
        client_id=settings.LOKET_CLIENT_ID,
        client_secret=settings.LOKET_CLIENT_SECRET,
        redirect_uris=(signin.redirect_uri(),),
        two_employers=True,
    )
    with create_simulator(options) as running:
        settings.LOKET_API_URL, settings.LOKET_OAUTH_URL = f"{running.url}/v2", running.url
        answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator))
        with pytest.raises(SignInRefused) as caught:
            signin.complete(SESSION, answer, user=administrator)
    assert caught.value.refusal == Refusal.SEVERAL_EMPLOYERS
    assert len(caught.value.names) == 2
    assert "Tulp Horeca B.V." in caught.value.names
    assert not LoketLogin.objects.exists()


def test_a_loket_user_never_serves_two_companies(  # rule 12
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    signed_in(entity, administrator)
    other = EntityFactory()
    stranger = member(other)
    answer = sign_in_at_loket(signin.begin(other, SESSION, user=stranger))
    assert refusal(stranger, answer) == Refusal.USER_OF_OTHER_EMPLOYER
    assert LoketLogin.objects.get().company == entity.company


def test_a_user_who_has_moved_may_serve_the_other_employer_while_nothing_was_connected(  # rule 12
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    login = signed_in(entity, administrator)
    LoketLogin.objects.update(
        employer_id=OTHER_EMPLOYER, purpose=LoketLogin.Purpose.CONNECTION, green_at=timezone.now()
    )
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator, purpose=Purpose.CHECK))
    moved = signin.complete(SESSION, answer, user=administrator).login
    assert (moved.pk, moved.employer_id) == (login.pk, login.employer_id)
    assert (moved.purpose, moved.green_at) == (LoketLogin.Purpose.VERIFICATION, None), "what was authorized is gone"


def test_what_was_seen_at_the_former_employer_counts_no_more_and_nobody_else_goes_over_unasked(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    login = signed_in(entity, administrator)
    LoketLogin.objects.update(employer_id=OTHER_EMPLOYER)
    beside = EntityFactory(company=entity.company, loket_login=login)
    setups.found(Outcome.PROVED, "rights", login=login)
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator))
    signin.complete(SESSION, answer, user=administrator)
    entity.refresh_from_db()
    beside.refresh_from_db()
    assert (entity.loket_login, beside.loket_login) == (login, None)
    assert evidence.facts_of([entity])[entity.pk]["rights"].outcome is Outcome.WITHDRAWN


def test_a_user_of_a_connection_never_moves_to_another_employer(  # rule 12
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    signed_in(entity, administrator)
    LoketLogin.objects.update(employer_id=OTHER_EMPLOYER)
    history = ConnectionFactory(entity=EntityFactory(company=entity.company), login=LoketLogin.objects.get())
    Connection.objects.update(entity=None, former_entity=history.entity, released_at=timezone.now())
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator))
    assert refusal(administrator, answer) == Refusal.USER_OF_OTHER_EMPLOYER
    assert str(LoketLogin.objects.get().employer_id) == OTHER_EMPLOYER


def test_a_stop_tells_whose_trip_it_was_and_why(entity: LegalEntity, administrator: User) -> None:
    state = parse_qs(urlsplit(signin.begin(entity, SESSION, user=administrator, purpose=Purpose.CHECK)).query)["state"]
    with pytest.raises(SignInStopped) as caught:
        signin.complete(SESSION, {"state": state[0], "error": "access_denied"}, user=administrator)
    assert (caught.value.entity, caught.value.purpose, caught.value.is_guest) == (entity, Purpose.CHECK, False)


def test_trouble_at_loket_is_a_stop_as_well_and_stores_nothing(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    answer = sign_in_at_loket(signin.begin(entity, SESSION, user=administrator))
    simulator.faults.plan(action="status", method="GET", path="/v2/user", status=500, times=9)
    with pytest.raises(SignInFailed) as caught:
        signin.complete(SESSION, answer, user=administrator)
    assert (caught.value.entity, type(caught.value.error)) == (entity, Retryable)
    assert not LoketLogin.objects.exists()


def test_without_a_session_nobody_can_begin(entity: LegalEntity, administrator: User) -> None:
    with pytest.raises(SignInRefused):
        signin.begin(entity, "", user=administrator)
    assert not SignInAttempt.objects.exists()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"country": "DE", "enabled_at": None}, Refusal.NOT_DUTCH), ({"enabled_at": None}, Refusal.NOT_ENABLED)],
)
def test_an_entity_that_may_not_be_connected_can_not_begin(  # rules 1 and 8
    entity: LegalEntity, administrator: User, fields: dict[str, object], expected: Refusal
) -> None:
    LegalEntity.objects.update(**fields)
    entity.refresh_from_db()
    with pytest.raises(SignInRefused) as caught:
        signin.begin(entity, SESSION, user=administrator)
    assert caught.value.refusal == expected


def test_a_payroll_manager_can_not_connect(entity: LegalEntity) -> None:  # rule 9
    with pytest.raises(SignInRefused) as caught:
        signin.begin(entity, SESSION, user=member(entity, Role.Preset.PAYROLL_MANAGER))
    assert caught.value.refusal == Refusal.NOT_ALLOWED
