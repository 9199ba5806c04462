"""Whether the tax ID of the legal entity is that of exactly one administration, and of no other connection (rule 4)."""

from loket_portal.loket.payloads import PayrollAdministration, normal_tax_id
from onboarding.checks.base import Check, Scope, failed, proved
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner


class OwnTaxId(Check):
    """Nothing to look at while the legal entity has no tax ID. The number itself is not kept with what was found."""

    key = "own_tax_id"
    owner = Owner.PAYROLL
    scope = Scope.ENTITY
    codes = frozenset(
        {
            "own_tax_id_unique",
            "own_tax_id_unknown",
            "own_tax_id_shared",
            "own_tax_id_ended",
            "own_tax_id_connected",
            "own_tax_id_other_administration",
        }
    )

    def look(self, seen: Seen) -> Finding | None:
        tax_id = normal_tax_id(seen.entity.tax_id) if seen.entity else None
        if tax_id is None:
            return None
        having = [one for one in seen.administrations if one.tax_id == tax_id]
        names = ", ".join(one.name for one in having)
        if not having:
            return failed("own_tax_id_unknown", employer=seen.login.employer_name)
        if len(having) > 1:
            return failed(
                "own_tax_id_shared", [{"name": one.name} for one in having], owner=Owner.ACCOUNTANT, names=names
            )
        return self._of_one(having[0], tax_id, seen)

    def _of_one(self, one: PayrollAdministration, tax_id: str, seen: Seen) -> Finding:
        own = seen.connection
        others = [c for c in seen.linked if own is None or c.pk != own.pk]
        if any(c.tax_id == tax_id for c in others):
            return failed("own_tax_id_connected", owner=Owner.SUPPORT, names=one.name)
        if own is not None and one.id.casefold() != str(own.administration_id):
            return failed("own_tax_id_other_administration", names=one.name, linked=own.administration_name)
        if one.end_on is not None and one.end_on < seen.today:
            return failed("own_tax_id_ended", owner=Owner.ACCOUNTANT, names=one.name)
        return proved("own_tax_id_unique", names=one.name)
