"""A company whose people, firms and entities all begin with Zz, so that any other word on a page is one of the portal.

Each legal entity is at another point of its setup, and named after it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import yaml
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str

from mapping import services as mappings
from mapping.models import Section
from mapping.portal import sections
from onboarding.models import Company, Guest, LegalEntity, Membership, Role, User
from onboarding.services import guest_links
from sync.services.setup import DEFAULT_MAPPING
from tests.factories import UserFactory, previewed
from tests.pseudo.stages import STAGES, ago

FAR = frozenset(STAGES) - {
    *("zero", "abroad", "nobody", "prepared", "assigned", "reported", "booked", "asked", "declined")
}
"""The stages at which support has seen what the mapping makes of everybody."""


@dataclass(slots=True)
class World:
    """The company, its people, and the links of its guests by what has become of them."""

    company: Company
    people: dict[str, User]
    guest: Guest
    entities: dict[str, LegalEntity] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def reset_link(self) -> tuple[str, str]:
        """The two parts of a link to choose a new password."""
        user = self.people["viewer"]
        return user_pk_to_url_str(user), default_token_generator.make_token(user)


def build(stages: Iterable[str] = ()) -> World:
    """The company with an entity at each point of the setup, or only at these."""
    company = Company.objects.create(name="Zzcompany")
    Section.objects.filter(pk=sections.loket(company).pk).update(name="Zzloket")  # a name, in every language
    edits = Role.objects.create(company=company, name="Zzboss", is_administrator=True)
    world = World(
        company,
        {
            "administrator": _person(company, "Zzanna", edits),
            "payroll": _person(company, "Zzpaul", Role.objects.create(company=company, name="Zzpayroll")),
            "viewer": _person(company, "Zzvera", Role.objects.create(company=company, name="Zzviewer")),
            "support": UserFactory(email="zzsam@zz.example", first_name="Zzsam", last_name="Zzsupport", is_staff=True),
            "newcomer": UserFactory(email="zznina@zz.example", first_name="", last_name="", password="!"),
        },
        Guest.objects.create(company=company, name="Zzmieke", firm="Zzfirm", email="zzmieke@zzfirm.example"),
    )
    world.guest.invited_by = world.people["administrator"]
    world.guest.save()
    for name, reach in ((name, STAGES[name]) for name in stages or STAGES):
        entity = LegalEntity.objects.create(company=company, name=f"Zz-{name.replace(' ', '-')}", country="NL")
        for role in company.roles.exclude(name="Zzviewer"):
            role.payroll_entities.add(entity)
        world.entities[name] = entity
        reach(world, entity)
        entity.refresh_from_db()
    mappings.publish(company, yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8")) | {"name": "Zzmapping"})
    for name in FAR.intersection(world.entities):
        previewed(world.entities[name])
    _links(world)
    return world


def _person(company: Company, name: str, role: Role) -> User:
    user = UserFactory(email=f"{name.lower()}@zz.example", first_name=name, last_name="Zztester")
    Membership.objects.create(company=company, user=user, role=role)
    return user


def _links(world: World) -> None:
    """Links that open, have expired, were revoked, and one that never was."""
    for name, fields in {
        "valid": {},
        "expired": {"expires_at": ago(days=1)},
        "revoked": {"revoked_at": ago(days=1)},
    }.items():
        token = guest_links.new_link(world.guest).rstrip("/").rpartition("/")[2]
        world.guest.links.filter(token_hash=guest_links.digest(token)).update(created_at=ago(days=3), **fields)
        world.tokens[name] = token
    world.tokens["unknown"] = "zz"
