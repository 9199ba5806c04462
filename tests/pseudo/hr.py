"""A Personio of the tests' company, with everything that its page can tell; nothing here asks Personio."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from mapping import definitions, services
from mapping.attributes.asked import SEEN
from mapping.attributes.vanished import RENAMED
from mapping.bench import drafts
from mapping.catalogue import LOKET_FIELDS
from mapping.models import AttributeRequest, HRAttribute
from mapping.rules import Empty, Rule, TooLong, WriteMode
from onboarding.models import Issue, LegalEntity, PersonioAccount, PersonioEvent, ValueList
from onboarding.services.personio import PersonioRefused, Refusal
from tests.pseudo.stages import ago
from tests.pseudo.world import World

TYPES = ("standard", "multiline", "date", "integer", "decimal", "list", "tags", "link")
BOUND, SAME_NAME, FREE, ABROAD, NO_COUNTRY, GONE = "170", "171", "172", "173", "174", "179"
PARAMS = {
    **dict.fromkeys(("label", "key", "old", "new", "name", "country", "wanted", "found", "now"), "Zzthing"),
    **dict.fromkeys(("type", "value"), "Zzthing"),
    "seen": {"msgid": SEEN["missing"], "params": {"options": ["Zzone"]}},
    "renamed": {"msgid": RENAMED, "params": {"now": "Zznow"}},
    "fields": [{"label": "Zzfield", "label_nl": "Zzveld"}],
    "options": ["Zzone", "Zztwo"],
    "count": 2,
}

CITY, STREET, GENDER = "employee.address.city", "employee.address.street", "employee.personalDetails.gender"
ASKED = (
    ("Zznew", "standard", ()),
    ("Zzdate", "standard", ()),
    ("Zzlist", "standard", ()),
    ("Zzother", "list", [f"Zz{number}" for number in range(12)]),
)
"""What is asked of the customer: not there, gone, there with another type, with many options."""


def connect(world: World) -> None:
    """An account with a legal entity in each state, an attribute of each kind and an issue of each kind."""
    account = PersonioAccount.objects.create(
        company=world.company,
        client_id="zz-client",
        client_secret="zz-secret",
        connected_at=ago(days=3),
        connected_by=world.people["administrator"],
        looked_at=ago(hours=1),
        legal_entities=list(_listed(world)),
        hook_id="7",
    )
    PersonioEvent.objects.create(account=account, name="person.updated", digest="zz", received_at=ago(hours=2))
    for number, kind in enumerate(TYPES):
        HRAttribute.objects.create(
            company=world.company,
            key=f"dynamic_{number}",
            label=f"Zz{kind}",
            type=kind,
            options=[f"Zz{option}" for option in range(number)],
            first_seen_at=ago(days=3),
            seen_at=ago(hours=1),
            gone_at=ago(hours=1) if kind == "date" else None,
        )
    rule = {"target": "employee.personalDetails.lastName", "source": "dynamic_0"}
    services.publish(world.company, {"name": "Zzpersonio", "version": 1, "rules": [rule]}, source="personio")
    for kind in Issue.Kind:
        issue = {"source": "personio", "kind": kind, "subject": "zz", "params": PARAMS, "opened_at": ago(hours=1)}
        Issue.objects.create(company=world.company, is_blocking=kind == "credentials_refused", **issue)


def map_all(world: World) -> None:
    """Everything that the page of the mapping can say: rules with every setting, requests as far as each can be."""
    connect(world)
    entity = LegalEntity.objects.get(company=world.company, personio_id=BOUND)
    rule = Rule(
        CITY,
        "dynamic_0",
        converter="upper",
        fallback="Zzcity",
        write_mode=WriteMode.ONLY_IF_EMPTY,
        empty=Empty.CLEAR,
        too_long=TooLong.SHORTEN,
    )
    gender = Rule(GENDER, "dynamic_0", option_map={"zza": "Zzb"}, write_mode=WriteMode.ONLY_FOR_NEW)
    draft = drafts.begin(world.company, "personio", None)
    wanted = [(CITY, rule, None), (GENDER, gender, None), (STREET, Rule(STREET, None, fallback="Zzstreet"), None)]
    drafts.change_many(draft, None, [*wanted, (CITY, Rule(CITY, None), entity)])
    services.put_in_force(draft, None, "zz")
    drafts.begin(world.company, "personio", None)
    login = world.company.loket_logins.first()
    if login:
        lists = {"administration_id": login.employer_id, "name": "gender", "loaded_at": ago(hours=1)}
        ValueList.objects.create(login=login, options=[{"key": 1, "value": "Zzman", "iso_code": None}], **lists)
    for number, (label, kind, options) in enumerate(ASKED):
        target = [key for key, field in LOKET_FIELDS.items() if not field.sensitive][-1 - number]
        AttributeRequest.objects.create(
            company=world.company, target=target, label=label, type=kind, options=list(options)
        )


def _listed(world: World) -> Iterator[dict[str, str]]:
    """As Personio lists them: the world's first entity is read from there, the last one has the name of one there."""
    first, last = next(iter(world.entities.values())), [*world.entities.values()][-1]
    LegalEntity.objects.filter(pk=first.pk).update(personio_id=BOUND)
    LegalEntity.objects.create(company=world.company, name="Zzgone", country="NL", personio_id=GONE)
    yield {"id": BOUND, "name": first.name, "country": "NL"}
    yield {"id": SAME_NAME, "name": last.name, "country": "NL"}
    yield {"id": FREE, "name": "Zzfree", "country": "NL"}
    yield {"id": ABROAD, "name": "Zzabroad", "country": "ZZ"}
    yield {"id": NO_COUNTRY, "name": "Zzwhere", "country": ""}


@contextmanager
def refusing(refusal: Refusal) -> Iterator[None]:
    """Whatever is asked of Personio is refused for this reason."""
    error = PersonioRefused(refusal, {"name": "Zzentity", "country": "ZZ"})
    with mock.patch.multiple(definitions, connect=mock.Mock(side_effect=error), look=mock.Mock(side_effect=error)):
        yield
