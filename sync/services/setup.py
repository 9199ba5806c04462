"""Loads companies, people, entities, mapping and rosters from one YAML document; the same document again changes nothing.

Format: docs/setup.md. It creates and completes; it never deletes, and never changes a password that exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from mapping import services as mappings
from onboarding.models import Company, LegalEntity, Membership, Role, User
from onboarding.services import entities
from onboarding.wording.enabling import all_against
from sync.services import rosters

DEFAULT_MAPPING = Path(mappings.__file__).parent / "defaults" / "roster.yaml"


class SetupRefused(Exception):
    """The document can't be loaded; the message names the place and the fix. Nothing was stored."""


@dataclass(slots=True)
class Loaded:
    """How many of each the document names."""

    companies: int = 0
    entities: int = 0
    users: int = 0
    rosters: int = 0


@transaction.atomic
def load(path: Path) -> Loaded:
    """Loads the document; raises SetupRefused, and then nothing is stored."""
    document = _read(path)
    loaded = Loaded()
    for person in _list(document, "support", "the document"):
        _user(person, is_staff=True)
        loaded.users += 1
    for company in _list(document, "companies", "the document"):
        _company(company, path.parent, loaded)
    return loaded


def _read(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupRefused(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SetupRefused(f"{path} is not valid YAML: {error}") from error
    if not isinstance(document, Mapping):
        raise SetupRefused(f"{path} must hold `companies:` and, if you like, `support:`.")
    _refuse_unknown(document, {"companies", "support"}, "the document")
    return document


def _company(data: Mapping[str, Any], folder: Path, loaded: Loaded) -> None:
    where = f"company {data.get('name', '?')!r}"
    _refuse_unknown(data, {"name", "mapping", "entities", "users"}, where)
    company, _made = Company.objects.get_or_create(name=_text(data, "name", where))
    loaded.companies += 1
    roles = {preset: _role(company, preset) for preset in Role.Preset}
    to_enable = []
    for row in _list(data, "entities", where):
        entity = _entity(company, row, folder, roles, loaded)
        to_enable += [entity] if row.get("enabled") else []
    for person in _list(data, "users", where):
        _member(company, person, roles)
        loaded.users += 1
    if "mapping" in data:
        _mapping(company, str(data["mapping"]), folder)
    mappings.write_readiness(company)
    for entity in to_enable:
        _enable(entity)


def _role(company: Company, preset: Role.Preset) -> Role:
    fields = Role.preset_fields(preset)
    role, _made = Role.objects.get_or_create(company=company, name=fields.pop("name"), defaults=fields)
    return role


def _entity(
    company: Company, data: Mapping[str, Any], folder: Path, roles: Mapping[Role.Preset, Role], loaded: Loaded
) -> LegalEntity:
    where = f"entity {data.get('name', '?')!r}"
    _refuse_unknown(data, {"name", "country", "kvk_number", "enabled", "roster"}, where)
    defaults = {"country": _text(data, "country", where), "kvk_number": str(data.get("kvk_number", ""))}
    entity, made = LegalEntity.objects.get_or_create(
        company=company, name=_text(data, "name", where), defaults=defaults
    )
    try:
        entity.full_clean()
    except ValidationError as error:
        raise SetupRefused(f"In {where}: {'; '.join(error.messages)}") from error
    if made:
        for role in roles.values():
            role.payroll_entities.add(entity)
    loaded.entities += 1
    if "roster" in data:
        _roster(entity, folder / str(data["roster"]), loaded)
    return entity


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
    path = DEFAULT_MAPPING if name == "default" else folder / name
    try:
        mappings.publish(company, yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise SetupRefused(f"The mapping {path.name} of {company} cannot be loaded: {error}") from error


def _member(company: Company, data: Mapping[str, Any], roles: Mapping[Role.Preset, Role]) -> None:
    user = _user({name: value for name, value in data.items() if name != "role"})
    wanted = str(data.get("role", ""))
    if wanted not in Role.Preset.values:
        raise SetupRefused(f"The role of {user.email} is {wanted!r}; write one of {', '.join(Role.Preset.values)}.")
    Membership.objects.get_or_create(company=company, user=user, defaults={"role": roles[Role.Preset(wanted)]})


def _user(data: Mapping[str, Any], *, is_staff: bool = False) -> User:
    where = f"user {data.get('email', '?')!r}"
    _refuse_unknown(data, {"email", "first_name", "last_name", "password"}, where)
    email = _text(data, "email", where).lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        names = {name: str(data.get(name, "")) for name in ("first_name", "last_name")}
        # Without a password the person uses "Forgot your password?".
        user = User.objects.create_user(email, data.get("password"), is_staff=is_staff, is_superuser=is_staff, **names)
    return user


def _list(data: Mapping[str, Any], name: str, where: str) -> list[Mapping[str, Any]]:
    rows = data.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise SetupRefused(f"In {where} `{name}:` must be a list.")
    return rows


def _text(data: Mapping[str, Any], name: str, where: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SetupRefused(f"In {where} `{name}:` is missing.")
    return value.strip()


def _refuse_unknown(data: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(map(str, data)) - known):
        raise SetupRefused(f"In {where} there are unknown settings: {', '.join(unknown)}.")
