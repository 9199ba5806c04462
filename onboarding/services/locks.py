"""Locks that several services take, so that all of them take the same one first."""

from onboarding.models import Company


def company(pk: int) -> Company:
    """The company, locked until the transaction ends: of whatever belongs to it one at a time changes something.

    Taken before anything else of the company is. Not for its key: others go on to add rows that only point to it.
    """
    return Company.objects.select_for_update(no_key=True).get(pk=pk)
