"""The same connected entity as in tests/sync."""

from tests.sync.conftest import connected, mapped, sample

__all__ = ["connected", "mapped", "sample"]
