"""`personio:` of a setup document: the company's account at Personio, its legal entities, and the default mapping."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from loket_portal.lib.errors import SyncError
from mapping import definitions
from mapping import services as mappings
from onboarding.models import Company, LegalEntity, PersonioAccount
from onboarding.services import personio, personio_entities
from onboarding.services.personio import Trial
from onboarding.services.personio_entities import Offer, State
from onboarding.wording.base import of_error
from onboarding.wording.personio import refused
from sync.services.setup_document import SetupRefused, text, texts

KNOWN = ("client_id", "client_secret", "entities")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `personio:` says, checked. `trial` is what Personio answered; None for a company that is connected already."""

    where: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    entities: tuple[str, ...]
    trial: Trial | None


def try_out(name: str, data: Any, where: str) -> Wanted:
    """Checks the part of the company of this name and tries its credentials at Personio, where none are in use yet.

    Stores nothing, and is for outside a transaction. Raises SetupRefused, which names what is wrong, never the secret.
    """
    where = f"`personio:` of {where}"
    if not isinstance(data, dict) or not set(data) <= set(KNOWN):
        # An unknown name is not quoted: a slip of the pen makes a name of the secret.
        raise SetupRefused(f"In {where} there must be {', '.join(KNOWN)}, and nothing else.")
    names = tuple(texts(data, "entities", where))
    credentials = text(data, "client_id", where), text(data, "client_secret", where)
    is_connected = PersonioAccount.objects.filter(company__name=name).exists()
    with _refusing(where):
        return Wanted(where, *credentials, names, None if is_connected else personio.try_out(*credentials))


def load(company: Company, wanted: Wanted) -> list[LegalEntity]:
    """Connects the company where it isn't yet, and takes the named legal entities; gives those that are new here.

    Asks Personio nothing. Raises SetupRefused, which names what is wrong and the fix.
    """
    before = set(company.entities.values_list("pk", flat=True))
    with _refusing(wanted.where):
        if wanted.trial is not None and personio.account_of(company) is None:
            definitions.store(company, None, wanted.client_id, wanted.client_secret, wanted.trial)
        for name in wanted.entities:
            _take(company, name, wanted.where)
        if mappings.published(company, source="personio") is None:
            definitions.publish_default(company, None)
    return list(company.entities.exclude(pk__in=before))


@contextmanager
def _refusing(where: str) -> Iterator[None]:
    """Makes what Personio or the portal has against it the reason why the document is refused."""
    try:
        yield
    except (personio.PersonioRefused, SyncError) as error:
        words = of_error(error) if isinstance(error, SyncError) else refused(error)
        raise SetupRefused(f"In {where}: {words.text} {words.fix}".strip()) from None


def _take(company: Company, name: str, where: str) -> None:
    offers = personio_entities.offers(company)
    named = [offer for offer in offers if offer.name.strip() == name]
    # What became of one that is taken already is shown on its pages; it is no reason to refuse the document.
    if any(map(_is_taken, named)) or company.entities.filter(name=name).exclude(personio_id="").exists():
        return
    if not named:
        listed = ", ".join(offer.name for offer in offers) or "none"
        raise SetupRefused(f"In {where}: Personio lists no legal entity {name!r}; it lists {listed}.")
    wanted = next((offer for offer in named if offer.state is not State.NOT_DUTCH), named[0])
    personio_entities.take(company, None, wanted.id)


def _is_taken(offer: Offer) -> bool:
    return offer.entity is not None and offer.entity.personio_id == offer.id
