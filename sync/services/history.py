"""Runs of an entity as the pages look them up."""

from django.db.models import QuerySet

from onboarding.models import LegalEntity
from sync.models import Run


def newest(entity: LegalEntity, *, is_dry: bool) -> Run | None:
    """The newest finished preview or sync."""
    return _runs(entity).filter(is_dry=is_dry).exclude(state__in=Run.ACTIVE).first()


def active(entity: LegalEntity) -> Run | None:
    """The run that is under way, preview or sync; there is at most one (rule 56)."""
    return _runs(entity).filter(state__in=Run.ACTIVE).first()


def _runs(entity: LegalEntity) -> QuerySet[Run]:
    return Run.objects.filter(connection__entity=entity).select_related("started_by").order_by("-pk")
