"""Going on with a sign-in that the company already has: by an administrator, for an entity that isn't connected."""

import pytest

from onboarding.models import AuditEvent, LegalEntity, LoketLogin, Role, User
from onboarding.services import checking, logins, signin
from onboarding.services.signin import Refusal, SignInRefused
from tests.factories import ConnectionFactory, EntityFactory, LoginFactory, login_of, member


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> list[LegalEntity]:
    """The entities that were checked."""
    asked: list[LegalEntity] = []
    monkeypatch.setattr(checking, "check", lambda entity, **_who: asked.append(entity))
    return asked


@pytest.fixture
def login(entity: LegalEntity) -> LoketLogin:
    return LoginFactory(company=entity.company, purpose=LoketLogin.Purpose.VERIFICATION)


def refused(entity: LegalEntity, login: LoketLogin, user: User) -> Refusal:
    with pytest.raises(SignInRefused) as caught:
        signin.reuse(entity, login.pk, user)
    return caught.value.refusal


def test_choosing_it_authorizes_it_and_runs_the_checks(
    entity: LegalEntity, administrator: User, login: LoketLogin, checked: list[LegalEntity]
) -> None:
    signin.reuse(entity, login.pk, administrator)
    login.refresh_from_db()
    assert login.purpose == LoketLogin.Purpose.CONNECTION
    assert logins.authorized_for(entity) == login
    assert checked == [entity]  # rule 35
    event = AuditEvent.objects.get(action="sign_in_reused")
    assert (event.actor, event.entity, event.detail) == (administrator, entity, str(login))


@pytest.mark.parametrize(
    "fields",
    [{"environment": "production"}, {"state": LoketLogin.State.SIGN_IN_NEEDED}],
    ids=["another environment", "sign-in needed"],
)
def test_one_that_does_not_work_here_is_refused(
    entity: LegalEntity, administrator: User, login: LoketLogin, fields: dict[str, str]
) -> None:
    LoketLogin.objects.update(**fields)
    assert refused(entity, login, administrator) == Refusal.SIGN_IN_GONE
    login.refresh_from_db()
    assert login.purpose == LoketLogin.Purpose.VERIFICATION


def test_one_of_another_company_is_refused(entity: LegalEntity, administrator: User) -> None:
    theirs = login_of(EntityFactory())
    assert refused(entity, theirs, administrator) == Refusal.SIGN_IN_GONE
    entity.refresh_from_db()
    assert entity.loket_login is None


def test_a_connected_entity_keeps_what_it_has(
    entity: LegalEntity, administrator: User, login: LoketLogin, checked: list[LegalEntity]
) -> None:
    connection = ConnectionFactory(entity=entity)
    assert refused(entity, login, administrator) == Refusal.SIGN_IN_GONE
    assert logins.login_for(entity) == connection.login
    assert checked == []


def test_before_support_has_enabled_the_entity_it_is_refused(
    entity: LegalEntity, administrator: User, login: LoketLogin
) -> None:
    entity.enabled_at = None
    entity.save()
    assert refused(entity, login, administrator) == Refusal.NOT_ENABLED


@pytest.mark.parametrize("preset", [Role.Preset.PAYROLL_MANAGER])
def test_a_payroll_manager_may_not(entity: LegalEntity, login: LoketLogin, preset: Role.Preset) -> None:  # rule 9
    assert refused(entity, login, member(entity, preset)) == Refusal.NOT_ALLOWED
    login.refresh_from_db()
    assert login.purpose == LoketLogin.Purpose.VERIFICATION


def test_what_is_offered_is_of_the_company_and_works(entity: LegalEntity, login: LoketLogin) -> None:
    LoginFactory()  # another company's
    LoginFactory(company=entity.company, environment="production")
    LoginFactory(company=entity.company, state=LoketLogin.State.SIGN_IN_NEEDED)
    assert list(logins.offered(entity)) == [login]


def test_a_sign_in_of_the_company_is_nobodys_until_it_is_chosen(entity: LegalEntity, login: LoketLogin) -> None:
    LoketLogin.objects.update(purpose=LoketLogin.Purpose.CONNECTION)
    assert logins.login_for(entity) is None
