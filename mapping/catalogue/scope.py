"""What a source tells besides the fields of Loket: whether somebody is sent at all, and for which legal entity."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScopeField:
    """What decides whether a person is sent at all (rule 39); never written to Loket. `values`: all it can say."""

    key: str
    label: str
    label_nl: str
    values: tuple[str, ...]


STATUS = "scope.status"
CONSIDER = "scope.considerInNlPayroll"
SCOPE_FIELDS: dict[str, ScopeField] = {
    STATUS: ScopeField(STATUS, "Status", "Status", ("onboarding", "active", "leave", "inactive")),
    CONSIDER: ScopeField(CONSIDER, "Consider in NL payroll", "Meenemen in NL payroll", ("yes", "no")),
}
"""Targets of a source without columns of its own: the roster reader knows its two columns by name."""

SUBCOMPANY = "subcompany"
"""Personio's own attribute that says for which legal entity somebody works. No rule names it: it is always needed."""
PLACE = ScopeField("scope.legalEntity", "Legal entity", "Juridische entiteit", ())
"""What `SUBCOMPANY` tells."""
