"""Brings a setup to a task by the services, as its people would: a journey's browser is for what the journey is about."""

from collections.abc import Callable

from mapping import services as mappings
from onboarding.models import LegalEntity
from onboarding.services import acknowledgements, connections, entities, legal_entities, marketplace, payroll_person
from onboarding.services import permissions as who_may
from onboarding.services.payroll_person import Outsider
from onboarding.services.roles import matrix
from onboarding.services.signin import Purpose
from onboarding.steps import StepKey
from onboarding.texts import SCOPE_POINTS, SCOPE_VERSION
from tests.factories import previewed
from tests.journeys.wizard import GUEST, KVK_NUMBER, TAX_ID, Stage, read_mapping
from tests.onboarding.trips import trip


def prepare(stage: Stage, upto: StepKey) -> None:
    """Does every task before `upto`, in their order."""
    for key in list(StepKey)[: list(StepKey).index(upto)]:
        if key in TASKS:
            TASKS[key](stage)
    stage.entity.refresh_from_db()


def connect(stage: Stage) -> None:
    """All nine: the entity is connected to the administration with its own name and tax ID."""
    prepare(stage, StepKey.AUTHORIZE)
    _authorize(stage)


def _payroll_person(stage: Stage) -> None:
    joris = Outsider("Joris Jansen", "Jansen Accountants", GUEST, "nl")
    payroll_person.name_outsider(stage.entity, stage.piet, joris, "Kunt u dit regelen?")


def _scope(stage: Stage) -> None:
    for user in (stage.piet, stage.anna):
        acknowledgements.acknowledge(stage.entity, user, points=SCOPE_POINTS, version=SCOPE_VERSION)


def _legal_entity(stage: Stage) -> None:
    legal_entities.review(stage.entity, stage.piet, kvk=KVK_NUMBER, tax=TAX_ID)


def _permissions(stage: Stage) -> None:
    who_may.confirm(stage.entity, stage.anna, matrix(stage.entity).version)


def check_sign_in(stage: Stage) -> None:
    """The administrator signs in at Loket to check, as the integration user (rule 8)."""
    trip(stage.entity, stage.anna, purpose=Purpose.CHECK)


def _booking(stage: Stage) -> None:
    marketplace.book([stage.entity], stage.piet, **marketplace.prefill(stage.entity, stage.piet))


def _attributes(stage: Stage) -> None:
    mappings.publish(stage.company, read_mapping())
    entities.enable(previewed(stage.entity), stage.sam)


def _authorize(stage: Stage) -> None:
    trip(stage.entity, stage.anna)
    _login, choices = connections.choices(stage.entity, stage.anna)
    own = next(one.administration for one in choices if one.administration.name == stage.entity.name)
    connections.link(stage.entity, own.id, own.name, stage.anna)
    stage.entity = LegalEntity.objects.get(pk=stage.entity.pk)


TASKS: dict[StepKey, Callable[[Stage], None]] = {
    StepKey.PAYROLL_PERSON: _payroll_person,
    StepKey.SCOPE: _scope,
    StepKey.LEGAL_ENTITY: _legal_entity,
    StepKey.PERMISSIONS: _permissions,
    StepKey.INTEGRATION_USER: check_sign_in,  # proves LOKET_ACCOUNT too
    StepKey.BOOKING: _booking,
    StepKey.ATTRIBUTES: _attributes,
    StepKey.AUTHORIZE: _authorize,
}
