"""A Personio of the tests' company, with everything that its page can tell; nothing here asks Personio."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from mapping import definitions, services
from mapping.models import HRAttribute
from onboarding.models import Issue, LegalEntity, PersonioAccount, PersonioEvent
from onboarding.services.personio import PersonioRefused, Refusal
from tests.pseudo.stages import ago
from tests.pseudo.world import World

TYPES = ("standard", "multiline", "date", "integer", "decimal", "list", "tags", "link")
BOUND, SAME_NAME, FREE, ABROAD, NO_COUNTRY, GONE = "170", "171", "172", "173", "174", "179"
PARAMS = {
    **dict.fromkeys(("label", "key", "old", "new", "name", "country", "wanted", "found", "now"), "Zzthing"),
    "fields": [{"label": "Zzfield", "label_nl": "Zzveld"}],
    "options": ["Zzone", "Zztwo"],
    "count": 2,
}


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
