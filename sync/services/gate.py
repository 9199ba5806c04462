"""What a run of an entity that reads Personio waits for: a look at Personio, and what that look must find."""

from collections.abc import Mapping

from loket_portal.lib.errors import ConfigProblem, gettext_noop
from mapping import definitions
from mapping.catalogue import SUBCOMPANY
from mapping.models import HRAttribute, MappingSet
from mapping.services import frozen_rules
from onboarding.models import LegalEntity, PersonioAccount
from onboarding.models.legal_entity import NETHERLANDS
from onboarding.services import issues, personio
from sync.services.personio_faults import NOT_CONNECTED, not_readable
from sync.sources import personio as source

SCOPE = ("status", "consider_in_nl_payroll")
"""Columns without which nobody knows who is to be sent: then not even a preview says anything."""


def ensure_ready(entity: LegalEntity, mapping_set: MappingSet, *, is_dry: bool) -> PersonioAccount:
    """Looks at Personio's attributes and legal entities now, and gives the account when the run may begin.

    Raises ConfigProblem for what somebody must mend first, and Retryable when Personio can't be asked. A preview shows
    what it can while an issue is open; a sync waits for it.
    """
    account = personio.account_of(entity.company)
    if account is None:
        raise ConfigProblem(*NOT_CONNECTED)
    definitions.look(entity.company)
    account.refresh_from_db()
    _require_dutch(entity, account)
    _require_attributes(entity, mapping_set)
    if not is_dry:
        _require_no_issue(entity)
    return account


def _require_dutch(entity: LegalEntity, account: PersonioAccount) -> None:
    """Rule 1, as Personio has it now. A country that Personio doesn't tell is the one that the portal knows."""
    listed = {str(row["id"]): str(row.get("country", "")) for row in account.legal_entities}
    if entity.personio_id not in listed:
        raise ConfigProblem(
            gettext_noop("The legal entity %(name)s is no longer in Personio, so nobody was compared."),
            gettext_noop("An administrator chooses the right one on the page “Personio”; then you start again."),
            params={"name": entity.name},
        )
    if not entity.is_dutch or listed[entity.personio_id] not in {"", NETHERLANDS}:
        raise ConfigProblem(
            gettext_noop("Personio has %(name)s outside the Netherlands, so nobody was compared."),
            gettext_noop(
                "Whoever administers Personio corrects the country of the legal entity; then you start again."
            ),
            params={"name": entity.name},
        )


def unreadable(entity: LegalEntity, columns: Mapping[str, str]) -> frozenset[str]:
    """Those of the columns, each with its attribute, that Personio's list of attributes lacked at the last look."""
    there = _readable(entity)
    return frozenset(column for column, key in columns.items() if key not in there)


def _require_attributes(entity: LegalEntity, mapping_set: MappingSet) -> None:
    columns, there = source.lens(frozen_rules(mapping_set, entity)).columns, _readable(entity)
    needed = [SUBCOMPANY, *(columns[name] for name in SCOPE if name in columns)]
    if missing := [key for key in needed if key not in there]:
        raise not_readable(entity, missing)


def _readable(entity: LegalEntity) -> set[str]:
    rows = HRAttribute.objects.filter(company=entity.company, source=MappingSet.Source.PERSONIO, gone_at=None)
    return set(rows.values_list("key", flat=True))


def _require_no_issue(entity: LegalEntity) -> None:
    if open_ones := issues.blocking(entity.company, entity):
        raise ConfigProblem(
            gettext_noop("Something is to be put right in Personio first (%(count)s), so nothing was sent."),
            gettext_noop(
                "The page “Personio” says what, and who does it; then you start again. A preview is possible now."
            ),
            params={"count": str(len(open_ones))},
        )
