"""The trip to Loket and back (rules 8, 11, 12, 32): state works once, for ten minutes, for its session and user."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.utils import timezone

from loket_portal.loket.client import LoketClient
from loket_portal.simulator import Options, Simulator, create_simulator
from onboarding.models import AuditEvent, Connection, LegalEntity, LoginTokens, LoketLogin, Role, SignInAttempt, User
from onboarding.services import signin, tokens
from onboarding.services.signin import Refusal, SignInRefused
from tests.browserless import sign_in_at_loket
from tests.factories import ConnectionFactory, EntityFactory, LoginFactory, member

SESSION = "session-1"


def refusal(user: User, answer: dict[str, str], session: str = SESSION) -> Refusal:
    with pytest.raises(SignInRefused) as caught:
        signin.complete(user, session, answer)
    return caught.value.refusal


def test_the_address_carries_state_and_a_pkce_challenge_and_no_secret(
    entity: LegalEntity, administrator: User, settings: LazySettings
) -> None:
    query = parse_qs(urlsplit(signin.begin(entity, administrator, SESSION)).query)
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
    answer = sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    found, login = signin.complete(administrator, SESSION, answer)
    assert found == entity
    assert (login.employer_name, login.loket_user) == ("Tulp Horeca B.V.", "integratie@tulphoreca.example")
    assert login.environment == "simulator"
    assert AuditEvent.objects.filter(action="signed_in", entity=entity, actor=administrator).exists()


def test_a_state_works_once(entity: LegalEntity, administrator: User, simulator: Simulator) -> None:
    answer = sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    signin.complete(administrator, SESSION, answer)
    assert refusal(administrator, answer) == Refusal.WRONG_STATE
    assert LoketLogin.objects.count() == 1


@pytest.mark.parametrize("stranger", ["state", "session", "user"])
def test_a_state_of_somebody_else_is_refused(
    entity: LegalEntity, administrator: User, simulator: Simulator, stranger: str
) -> None:
    answer = sign_in_at_loket(signin.begin(entity, administrator, SESSION))
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
    answer = sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    SignInAttempt.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert refusal(administrator, answer) == Refusal.STATE_EXPIRED


def test_a_code_that_was_used_or_made_up_has_expired(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    answer = sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    assert refusal(administrator, answer | {"code": "made-up"}) == Refusal.CODE_EXPIRED


def test_cancelling_at_loket_is_told_as_that(entity: LegalEntity, administrator: User) -> None:
    state = parse_qs(urlsplit(signin.begin(entity, administrator, SESSION)).query)["state"][0]
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
        answer = sign_in_at_loket(signin.begin(entity, administrator, SESSION))
        with pytest.raises(SignInRefused) as caught:
            signin.complete(administrator, SESSION, answer)
    assert caught.value.refusal == Refusal.SEVERAL_EMPLOYERS
    assert len(caught.value.names) == 2
    assert "Tulp Horeca B.V." in caught.value.names
    assert not LoketLogin.objects.exists()


def linked(entity: LegalEntity, login: LoketLogin, simulator: Simulator) -> Connection:
    """A connection with an administration that the simulator's user sees."""
    pair = tokens.source(login)
    seen = LoketClient(f"{simulator.url}/v2", pair).list_administrations(str(login.employer_id))
    return ConnectionFactory(entity=entity, login=login, administration_id=seen[0].id)


def test_signing_in_again_renews_the_row_and_all_its_connections(
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    _entity, login = signin.complete(
        administrator, SESSION, sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    )
    linked(entity, login, simulator)
    LoketLogin.objects.update(state=LoketLogin.State.SIGN_IN_NEEDED)
    _entity, renewed = signin.complete(
        administrator, SESSION, sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    )
    assert (renewed.pk, renewed.state, renewed.tokens.version) == (login.pk, LoketLogin.State.ACTIVE, 2)


def test_a_connected_entity_accepts_only_its_own_employer_and_keeps_its_tokens(  # rule 38
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    old = LoginFactory(company=entity.company, tokens__access_token="kept")
    ConnectionFactory(entity=entity, login=old)
    answer = sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    assert refusal(administrator, answer) == Refusal.OTHER_EMPLOYER
    assert LoginTokens.objects.get(login=old).access_token == "kept"
    assert LoketLogin.objects.count() == 1


def test_another_user_of_the_same_employer_takes_the_connections_over(  # rule 38
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    _entity, login = signin.complete(
        administrator, SESSION, sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    )
    connection = linked(entity, login, simulator)
    LoketLogin.objects.update(loket_user="former@tulphoreca.example", state=LoketLogin.State.SIGN_IN_NEEDED)
    _entity, renewed = signin.complete(
        administrator, SESSION, sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    )
    connection.refresh_from_db()
    assert (connection.login, renewed.pk != login.pk) == (renewed, True)


def test_a_user_who_does_not_see_the_linked_administration_is_refused(  # rule 38
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    _entity, login = signin.complete(
        administrator, SESSION, sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    )
    ConnectionFactory(entity=entity, login=login)  # an administration that nobody sees
    before = LoginTokens.objects.get(login=login).access_token
    answer = sign_in_at_loket(signin.begin(entity, administrator, SESSION))
    assert refusal(administrator, answer) == Refusal.ADMINISTRATION_GONE
    assert LoginTokens.objects.get(login=login).access_token == before


def test_a_loket_user_never_serves_two_companies(  # rule 12
    entity: LegalEntity, administrator: User, simulator: Simulator
) -> None:
    signin.complete(administrator, SESSION, sign_in_at_loket(signin.begin(entity, administrator, SESSION)))
    other = EntityFactory()
    stranger = member(other)
    answer = sign_in_at_loket(signin.begin(other, stranger, SESSION))
    assert refusal(stranger, answer) == Refusal.USER_OF_OTHER_EMPLOYER
    assert LoketLogin.objects.get().company == entity.company


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
        signin.begin(entity, administrator, SESSION)
    assert caught.value.refusal == expected


def test_a_payroll_manager_can_not_connect(entity: LegalEntity) -> None:  # rule 9
    with pytest.raises(SignInRefused) as caught:
        signin.begin(entity, member(entity, Role.Preset.PAYROLL_MANAGER), SESSION)
    assert caught.value.refusal == Refusal.NOT_ALLOWED
