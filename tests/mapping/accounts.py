"""Attributes of Personio accounts for tests: as the simulator defines them, and as a few words describe them."""

from loket_portal.personio.client import Definition
from loket_portal.simulator.personio.attributes import CUSTOM, SYSTEM

SIMULATED = [Definition(a.key, a.label, a.type, a.universal_id, a.options) for a in (*SYSTEM, *CUSTOM)]
BSN, IBAN, GENDER, EMPLOYEE_NUMBER = "dynamic_24407", "dynamic_24408", "dynamic_24409", "dynamic_24401"


def defined(key: str, label: str, kind: str = "standard", *options: str, universal: str | None = None) -> Definition:
    """One attribute; with `options` it is a list."""
    return Definition(key, label, "list" if options else kind, universal, options)


def without(*keys: str) -> list[Definition]:
    """The simulated account, where these attributes can't be read."""
    return [one for one in SIMULATED if one.key not in keys]


def changed(*new: Definition) -> list[Definition]:
    """The simulated account with these instead of those of the same key, and the others added."""
    keys = {one.key for one in new}
    return [*without(*keys), *new]
