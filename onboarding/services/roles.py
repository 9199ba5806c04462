"""The roles of a company as the page "who may do what" shows them for one legal entity (rules 7 and 9)."""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation

from onboarding.models import LegalEntity, Membership, Role


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody of the company and the role he has; `pk` is the membership's."""

    pk: int
    role: int
    name: str
    email: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role: whether it administers the company, may edit payroll of the entity, and who has it."""

    pk: int
    name: str
    is_administrator: bool
    may_edit: bool
    members: tuple[MemberRow, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The permissions of one entity as they are now. `version` changes with every change of them."""

    roles: tuple[RoleRow, ...]
    presets: tuple[Role.Preset, ...]
    version: str

    @property
    def members(self) -> tuple[MemberRow, ...]:
        return tuple(member for role in self.roles for member in role.members)

    @property
    def connectors(self) -> tuple[str, ...]:
        """Names of the active administrators with payroll edit: without one nobody can connect the entity."""
        able = (role for role in self.roles if role.is_administrator and role.may_edit)
        return tuple(member.name for role in able for member in role.members if member.is_active)


def matrix(entity: LegalEntity) -> Matrix:
    """Roles with payroll edit for this entity, their members, and the preset roles that the company lacks."""
    of_role: dict[int, list[MemberRow]] = {}
    rows = Membership.objects.filter(company=entity.company_id).select_related("user")
    for row in rows.order_by("user__last_name", "user__email"):
        member = MemberRow(row.pk, row.role_id, str(row.user), row.user.email, row.user.is_active)
        of_role.setdefault(row.role_id, []).append(member)
    editing = set(entity.payroll_roles.values_list("pk", flat=True))
    roles = tuple(
        RoleRow(role.pk, role.name, role.is_administrator, role.pk in editing, tuple(of_role.get(role.pk, ())))
        for role in Role.objects.filter(company=entity.company_id).order_by("-is_administrator", "name")
    )
    return Matrix(roles, _missing_presets({role.name for role in roles}), _version(roles))


def _version(roles: tuple[RoleRow, ...]) -> str:
    """A fingerprint of who has what: a page that was opened before a change can't undo it unseen."""
    facts = [(role.pk, role.may_edit, [member.pk for member in role.members]) for role in roles]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _missing_presets(names: set[str]) -> tuple[Role.Preset, ...]:
    return tuple(preset for preset in Role.Preset if preset_name(preset) not in names)


def preset_name(preset: Role.Preset) -> str:
    """The name as `load_setup` gives it, whatever the language of the reader: a role has one name for everybody."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(Role.preset_fields(preset)["name"])
