"""Issues: what is to be mended at the HR system or in Loket before the next sync, told once by e-mail."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from loket_portal.lib.text import storable
from onboarding.models import Company, Issue, LegalEntity, User
from onboarding.services import locks, mails

REQUESTED = Issue.Kind.ATTRIBUTE_REQUESTED
QUIET = timedelta(days=1)
"""No company gets a second e-mail about issues sooner."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong now. `subject` tells two of a kind apart; `params` fill its words, and name no employee."""

    kind: str
    subject: str
    params: dict[str, Any] = field(default_factory=dict)
    is_blocking: bool = False
    entity: LegalEntity | None = None


def report(
    company: Company, source: str, kinds: Collection[str], found: Iterable[Found], entity: LegalEntity | None = None
) -> list[Issue]:
    """Makes the open issues of these kinds exactly what was found, and gives those that are new.

    With `entity` only those of that legal entity: whoever looked at one knows nothing of the others.
    The same findings again change nothing. What is no longer found is resolved; when it comes back it is a new issue.
    Administrators and support hear of new ones, in one e-mail a day at most.
    """
    known = {str(kind) for kind in kinds}
    wanted = {(str(one.kind), _subject(one)): one for one in found}
    unknown = {kind for kind, _subject_ in wanted} - known
    if unknown:
        raise ValueError(f"found, but not looked for: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        locks.company(company.pk)  # two who look at once open one issue
        looked_at = open_of(company).filter(source=source, kind__in=known)
        opened = _compare(company, source, looked_at.filter(entity=entity) if entity else looked_at, wanted)
    tell(company)
    return opened


def _subject(found: Found) -> str:
    return str(storable(found.subject))[:200]


def _compare(
    company: Company, source: str, looked_at: QuerySet[Issue], wanted: dict[tuple[str, str], Found]
) -> list[Issue]:
    now = timezone.now()
    for issue in looked_at:
        one = wanted.pop((issue.kind, issue.subject), None)
        if one is None:
            Issue.objects.filter(pk=issue.pk).update(resolved_at=now)
        else:
            _refresh(issue, one)
    return [
        Issue.objects.create(
            company=company,
            entity=one.entity,
            source=source,
            kind=kind,
            subject=subject,
            params=storable(one.params),
            is_blocking=one.is_blocking,
            opened_at=now,
        )
        for (kind, subject), one in wanted.items()
    ]


def _refresh(issue: Issue, found: Found) -> None:
    """What is known of an open issue may have changed, such as how many people it is about."""
    entity_id = found.entity.pk if found.entity else None
    fields = {"params": storable(found.params), "is_blocking": found.is_blocking, "entity_id": entity_id}
    if any(getattr(issue, name) != value for name, value in fields.items()):
        Issue.objects.filter(pk=issue.pk).update(**fields)


def open_of(company: Company) -> QuerySet[Issue]:
    """What is wrong now: first what stops the sync, then the oldest."""
    return Issue.objects.filter(company=company, resolved_at__isnull=True).select_related("entity", "company")


def blocking(company: Company, entity: LegalEntity | None = None) -> list[Issue]:
    """What stops the sync of the company's legal entities; with `entity` only what stops that one."""
    rows = open_of(company).filter(is_blocking=True)
    return list(rows.filter(Q(entity__isnull=True) | Q(entity=entity)) if entity else rows)


def tell(company: Company) -> int:
    """Writes one e-mail to each administrator and to support about all issues nobody was told of yet.

    Nothing while the last one is younger than a day: what opened since then is in the next. Tells how many mails.
    """
    try:
        with transaction.atomic():
            return _tell(company, timezone.now())
    except Exception as error:  # noqa: BLE001  a mail that can't be written never undoes what was found
        log.error("nobody could be told of issues of company %s: %s", company.pk, type(error).__name__)
        return 0


def _tell(company: Company, now: datetime) -> int:
    locks.company(company.pk)
    told_lately = Issue.objects.filter(company=company, told_at__gt=now - QUIET).exists()
    fresh = list(open_of(company).filter(told_at__isnull=True))
    if told_lately or not fresh:
        return 0
    context = {"entity": company, "issues": fresh}
    users = list(_administrators(company))
    page = mails.link(_page(fresh), pk=company.pk)
    for user in users:
        mails.to_user(user, "hr_issue", {**context, "url": page})
    desk = mails.link("admin:onboarding_issue_changelist") + f"?company__id__exact={company.pk}"
    mails.to_support("hr_issue", {**context, "url": desk})
    Issue.objects.filter(pk__in=[issue.pk for issue in fresh]).update(told_at=now)
    return len(users) + 1


def _page(fresh: Collection[Issue]) -> str:
    """Where an administrator puts it right: what concerns Loket alone, or what is asked for, stands with the mapping."""
    is_elsewhere = all(one.source == Issue.Source.LOKET or one.kind == REQUESTED for one in fresh)
    return "company_mapping" if is_elsewhere else "personio"


def _administrators(company: Company) -> QuerySet[User]:
    rows = company.memberships.filter(role__company=company, role__is_administrator=True, user__is_active=True)
    return User.objects.filter(pk__in=rows.values("user")).order_by("pk")
