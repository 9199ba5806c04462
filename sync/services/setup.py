"""Loads companies, people, entities, sources and mappings from one YAML document; the same document again changes nothing.

Format: docs/setup.md. It creates and completes; it never deletes, and never changes a password that exists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from mapping import services as mappings
from onboarding.models import Company, LegalEntity, Membership, Role, User
from onboarding.services import entities
from onboarding.wording.enabling import all_against
from sync.services import rosters, setup_personio
from sync.services.setup_document import Part, SetupRefused, read, refuse_unknown, rows, text

DEFAULT_MAPPING = Path(mappings.__file__).parents[1] / "defaults" / "roster.yaml"


@dataclass(slots=True)
class Loaded:
    """How many of each the document names."""

    companies: int = 0
    entities: int = 0
    users: int = 0
    rosters: int = 0


def load(path: Path) -> Loaded:
    """Loads the document; raises SetupRefused, and then nothing is stored.

    Personio is asked first, all that is stored comes after it in one transaction.
    """
    document = read(path)
    refuse_unknown(document, {"companies", "support"}, "the document")
    companies = rows(document, "companies", "the document")
    return _store(document, [(company, _tried(company)) for company in companies], path.parent)


def _tried(data: Part) -> setup_personio.Wanted | None:
    where = _where(data)
    refuse_unknown(data, {"name", "mapping", "personio", "entities", "users"}, where)
    if "personio" not in data:
        return None
    return setup_personio.try_out(text(data, "name", where), data["personio"], where)


def _where(company: Part) -> str:
    return f"company {company.get('name', '?')!r}"


@transaction.atomic
def _store(document: Part, companies: Iterable[tuple[Part, setup_personio.Wanted | None]], folder: Path) -> Loaded:
    loaded = Loaded()
    for person in rows(document, "support", "the document"):
        _user(person, is_staff=True)
        loaded.users += 1
    for company, tried in companies:
        _company(company, tried, folder, loaded)
    return loaded


def _company(data: Part, tried: setup_personio.Wanted | None, folder: Path, loaded: Loaded) -> None:
    where = _where(data)
    company, _made = Company.objects.get_or_create(name=text(data, "name", where))
    loaded.companies += 1
    roles = {preset: _role(company, preset) for preset in Role.Preset}
    to_enable = []
    for row in rows(data, "entities", where):
        entity = _entity(company, row, folder, roles, loaded)
        to_enable += [entity] if row.get("enabled") else []
    for person in rows(data, "users", where):
        _member(company, person, roles)
        loaded.users += 1
    if "mapping" in data:
        _mapping(company, str(data["mapping"]), folder)
    for entity in setup_personio.load(company, tried) if tried else ():
        _give_payroll_edit(roles, entity)
        loaded.entities += 1
    mappings.write_readiness(company)
    for entity in to_enable:
        _enable(entity)


def _role(company: Company, preset: Role.Preset) -> Role:
    fields = Role.preset_fields(preset)
    role, _made = Role.objects.get_or_create(company=company, name=fields.pop("name"), defaults=fields)
    return role


def _entity(
    company: Company, data: Part, folder: Path, roles: Mapping[Role.Preset, Role], loaded: Loaded
) -> LegalEntity:
    where = f"entity {data.get('name', '?')!r}"
    refuse_unknown(data, {"name", "country", "kvk_number", "enabled", "roster"}, where)
    defaults = {"country": text(data, "country", where), "kvk_number": str(data.get("kvk_number", ""))}
    entity, made = LegalEntity.objects.get_or_create(company=company, name=text(data, "name", where), defaults=defaults)
    try:
        entity.full_clean()
    except ValidationError as error:
        raise SetupRefused(f"In {where}: {'; '.join(error.messages)}") from error
    if made:
        _give_payroll_edit(roles, entity)
    loaded.entities += 1
    if "roster" in data:
        _roster(entity, folder / str(data["roster"]), loaded)
    return entity


def _give_payroll_edit(roles: Mapping[Role.Preset, Role], entity: LegalEntity) -> None:
    for role in roles.values():
        role.payroll_entities.add(entity)


def _enable(entity: LegalEntity) -> None:
    """As support does, with the same refusals; the demo's first entity is past its setup."""
    try:
        entities.enable(entity, None, is_forced=settings.IS_DEMO)
    except entities.NotPossible as error:
        why = " ".join(f"{words.text} {words.fix}".strip() for words in all_against(error.reasons))
        raise SetupRefused(f"Entity {entity.name!r} can't be enabled yet. {why}") from error


def _roster(entity: LegalEntity, path: Path, loaded: Loaded) -> None:
    current = rosters.current(entity)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SetupRefused(f"The roster {path} cannot be read: {error.strerror}.") from error
    # What a person uploaded on the page is newer than this document, whatever it says.
    is_ours = current is None or current.uploaded_by_id is None
    if is_ours and (current is None or current.digest != rosters.digest(data)):
        try:
            rosters.upload(entity, None, path.name, data)
        except rosters.UploadRefused as error:
            raise SetupRefused(f"The roster {path.name} of {entity} is not taken now: {error}.") from error
    loaded.rosters += 1


def _mapping(company: Company, name: str, folder: Path) -> None:
    current = mappings.published(company)
    if current is not None and current.published_by_id is not None:
        return  # what a person published is newer than this document, whatever it says
    path = DEFAULT_MAPPING if name == "default" else folder / name
    try:
        mappings.publish(company, yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise SetupRefused(f"The mapping {path.name} of {company} cannot be loaded: {error}") from error


def _member(company: Company, data: Part, roles: Mapping[Role.Preset, Role]) -> None:
    user = _user({name: value for name, value in data.items() if name != "role"})
    wanted = str(data.get("role", ""))
    if wanted not in Role.Preset.values:
        raise SetupRefused(f"The role of {user.email} is {wanted!r}; write one of {', '.join(Role.Preset.values)}.")
    Membership.objects.get_or_create(company=company, user=user, defaults={"role": roles[Role.Preset(wanted)]})


def _user(data: Part, *, is_staff: bool = False) -> User:
    where = f"user {data.get('email', '?')!r}"
    refuse_unknown(data, {"email", "first_name", "last_name", "password"}, where)
    email = text(data, "email", where).lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        names = {name: str(data.get(name, "")) for name in ("first_name", "last_name")}
        # Without a password the person uses "Forgot your password?".
        user = User.objects.create_user(email, data.get("password"), is_staff=is_staff, is_superuser=is_staff, **names)
    return user
