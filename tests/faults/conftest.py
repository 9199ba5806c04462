"""The same connected entities as in tests/sync."""

from tests.faults.personio import undisturbed
from tests.sync.conftest import connected, linde, mapped, sample

__all__ = ["connected", "linde", "mapped", "sample", "undisturbed"]
