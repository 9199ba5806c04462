"""Who may do what in a company: roles, their payroll edit for one entity, and who has which role (rules 7 and 9).

An administrator of the company may change them, also for an entity that his own role has no payroll edit for: he is the
one to ask when nobody has it. Nobody can take away what the setup needs to be finished: an administrator with payroll
edit.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from django.db import transaction

from onboarding.models import AuditEvent, Company, LegalEntity, Membership, Role, User
from onboarding.services import access, audit, evidence, locks
from onboarding.services.access import NotAllowed
from onboarding.services.roles import Matrix, matrix, preset_name
from onboarding.steps import StepKey


class Refusal(StrEnum):
    """Why permissions stay as they are; wording/before.py words it."""

    LAST_CONNECTOR = "last_connector"
    LAST_ADMINISTRATOR = "last_administrator"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NOBODY_MAY_CONNECT = "nobody_may_connect"


class PermissionsRefused(Exception):
    """Nothing was changed; `names` are the entities that would be left without anybody who may connect them."""

    def __init__(self, refusal: Refusal, names: tuple[str, ...] = ()) -> None:
        super().__init__(refusal.value)
        self.refusal, self.names = refusal, names


def may_change(user: User, entity: LegalEntity) -> bool:
    """Whether the user is an administrator of the entity's company."""
    return access.may_administer(user, entity.company)


def administrators(entity: LegalEntity) -> list[str]:
    """Names of those who may change permissions: every active administrator of the company."""
    rows = Membership.objects.filter(company=entity.company_id, role__is_administrator=True, user__is_active=True)
    return [str(row.user) for row in rows.select_related("user").order_by("user__last_name", "user__email")]


@transaction.atomic
def set_roles(
    entity: LegalEntity, by: User, *, editing: Collection[int], moves: Mapping[int, int], version: str
) -> bool:
    """Gives payroll edit for the entity to exactly the roles `editing`, and each membership in `moves` the role named
    there; tells whether anything changed. `version` is the matrix's as the person saw it.

    Raises NotAllowed for anybody but an administrator of the company, and PermissionsRefused.
    """
    company = _locked(entity, by)
    before = matrix(entity)
    if before.version != version:
        raise PermissionsRefused(Refusal.CHANGED_MEANWHILE)
    able = _entities_with_connector(company)
    done = [*_set_editing(entity, before, set(editing)), *_move(before, moves)]
    _refuse_lockout(company, able)
    for detail in done:
        _audit(entity, by, detail)
    if done and _is_confirmed(entity):  # it was of what is no longer so; whoever saves says how it should be
        evidence.declare(entity, StepKey.PERMISSIONS, actor=by)
    return bool(done)


def _locked(entity: LegalEntity, by: User) -> Company:
    """The company, locked until the transaction ends: permissions are changed one after the other."""
    company = locks.company(entity.company_id)
    if not may_change(by, entity):
        raise NotAllowed
    return company


def _set_editing(entity: LegalEntity, before: Matrix, wanted: set[int]) -> list[str]:
    if not wanted <= {role.pk for role in before.roles}:
        raise PermissionsRefused(Refusal.CHANGED_MEANWHILE)
    changed = [role for role in before.roles if role.may_edit != (role.pk in wanted)]
    entity.payroll_roles.set(wanted)
    return [f"{'taken' if role.may_edit else 'given'}:{role.name}" for role in changed]


def _move(before: Matrix, moves: Mapping[int, int]) -> list[str]:
    names = {role.pk: role.name for role in before.roles}
    members = {member.pk: member for member in before.members}
    if not (set(moves) <= set(members) and set(moves.values()) <= set(names)):
        raise PermissionsRefused(Refusal.CHANGED_MEANWHILE)
    changed = {pk: role for pk, role in moves.items() if members[pk].role != role}
    for pk, role in changed.items():
        Membership.objects.filter(pk=pk).update(role=role)
    return [f"moved:{members[pk].name} → {names[role]}" for pk, role in changed.items()]


def _entities_with_connector(company: Company) -> set[int]:
    """The entities for which somebody may sign in at Loket and choose: an active administrator with payroll edit."""
    rows = Membership.objects.filter(
        company=company, role__company=company, role__is_administrator=True, user__is_active=True
    )
    return set(rows.filter(role__payroll_entities__isnull=False).values_list("role__payroll_entities", flat=True))


def _refuse_lockout(company: Company, able: set[int]) -> None:
    """Raises when an entity lost its last administrator with payroll edit, or the company its last administrator."""
    lost = LegalEntity.objects.filter(pk__in=able - _entities_with_connector(company)).order_by("name")
    if names := tuple(lost.values_list("name", flat=True)):
        raise PermissionsRefused(Refusal.LAST_CONNECTOR, names)
    if not company.memberships.filter(role__is_administrator=True, user__is_active=True).exists():
        raise PermissionsRefused(Refusal.LAST_ADMINISTRATOR)


def _audit(entity: LegalEntity, by: User, detail: str) -> None:
    audit.record(AuditEvent.Action.PERMISSIONS_SET, company=entity.company, entity=entity, actor=by, detail=detail)


@transaction.atomic
def add_role(entity: LegalEntity, by: User, preset: Role.Preset) -> Role:
    """Adds a preset role to the company, without members and without payroll edit; the present one where it exists."""
    company = _locked(entity, by)
    fields = Role.preset_fields(preset) | {"name": preset_name(preset)}
    role, is_new = Role.objects.get_or_create(company=company, name=fields.pop("name"), defaults=fields)
    if is_new:
        _audit(entity, by, f"added:{role.name}")
    return role


@transaction.atomic
def confirm(entity: LegalEntity, by: User, version: str) -> None:
    """An administrator says that the permissions are right as he saw them; refused while nobody may connect."""
    _locked(entity, by)
    seen = matrix(entity)
    if seen.version != version:
        raise PermissionsRefused(Refusal.CHANGED_MEANWHILE)
    if not seen.connectors:
        raise PermissionsRefused(Refusal.NOBODY_MAY_CONNECT)
    evidence.declare(entity, StepKey.PERMISSIONS, actor=by)


def _is_confirmed(entity: LegalEntity) -> bool:
    fact = evidence.facts_of([entity])[entity.pk].get(StepKey.PERMISSIONS)
    return fact is not None and fact.outcome == "declared"
