"""What a company was asked to make in Personio, compared with what Personio shows now (rule 23, CREATE)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from mapping import rules
from mapping.attributes.known import of_company
from mapping.catalogue import described
from mapping.drift import only_in
from mapping.models import AttributeRequest, HRAttribute, MappingSet
from mapping.resolve import label_key
from mapping.services import Source
from mapping.services.changes import change_rules, changes_since_begun, draft_of
from mapping.services.sets import rules_of
from onboarding.models import Company, Issue
from onboarding.services import issues, locks
from onboarding.services.issues import Found

KIND = Issue.Kind.ATTRIBUTE_REQUESTED
TYPES = {
    "standard": "Single line text",
    "date": "Date",
    "integer": "Number",
    "decimal": "Number with decimals",
    "list": "Single selection",
}
"""What can be asked for, and what Personio's own page calls it; a name on somebody's screen is never translated."""
SEEN = {
    "type": gettext_noop("Personio shows one of this name, but its type is “%(type)s”."),
    "options": gettext_noop("Personio shows one of this name and type, but its options differ."),
    "missing": gettext_noop("Personio shows it, but these options are not there: %(options)s."),
    "more": gettext_noop("Personio shows it, but with options nobody asked for: %(options)s."),
    "twice": gettext_noop("Personio shows more than one of this name and type."),
}
"""What differs, in words that follow on what is asked; the places stand in `Asked.params`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that was asked, and how far it is. `found` is what Personio shows under that name.

    `unlike` is empty where there is none of that name, or where it is as it should be: then `is_made`.
    """

    request: AttributeRequest
    found: HRAttribute | None = None
    unlike: str = ""
    missing: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    @property
    def is_made(self) -> bool:
        return self.found is not None and not self.unlike

    @property
    def seen(self) -> dict[str, object]:
        """What differs, as an issue keeps it: a msgid and its places."""
        kind = self.found.type if self.found else ""
        options = self.missing if self.unlike == "missing" else self.more
        return {"msgid": SEEN.get(self.unlike, ""), "params": {"type": TYPES.get(kind, kind), "options": options}}


def asked(company: Company) -> list[Asked]:
    """What the company is asked for and hasn't made as asked yet, compared with its attributes as they were read last."""
    there = list(of_company(company).filter(gone_at__isnull=True))
    return [_compared(request, there) for request in open_requests(company)]


def open_requests(company: Company) -> QuerySet[AttributeRequest]:
    """What was asked, was not taken back and has not been seen as asked."""
    return AttributeRequest.objects.filter(company=company, done_at=None, withdrawn_at=None)


@transaction.atomic
def note_asked(company: Company) -> None:
    """Ends the requests whose attribute is there; the open draft reads it then. The others are issues of the company."""
    locks.company(company.pk)
    found = asked(company)
    for one in found:
        if one.is_made:
            _end(one)
    issues.report(company, Source.PERSONIO, [KIND], [_issue(one) for one in found if not one.is_made])


def _compared(request: AttributeRequest, there: Iterable[HRAttribute]) -> Asked:
    alike = [_against(request, one) for one in there if label_key(one.label) == label_key(request.label)]
    made = [one for one in alike if one.is_made]
    if len(made) > 1:
        return replace(made[0], unlike="twice")
    # Of several of that name, the one that needs the least: one of another type can't be changed in Personio.
    return next(iter([*made, *sorted(alike, key=lambda one: one.unlike == "type")]), Asked(request))


def _against(request: AttributeRequest, one: HRAttribute) -> Asked:
    if one.type != request.type:
        return Asked(request, one, "type")
    missing, more = only_in(request.options, one.options), only_in(one.options, request.options)
    unlike = "options" if missing and more else "missing" if missing else "more" if more else ""
    return Asked(request, one, unlike if request.options else "", missing, more)


def _issue(one: Asked) -> Found:
    field, request = described(one.request.target), one.request
    params = {
        "label": request.label,
        "type": TYPES.get(request.type, request.type),
        "options": request.options,
        "fields": [{"label": field.label, "label_nl": field.label_nl}],
        "seen": one.seen,
    }
    return Found(KIND, request.target, params)


def _end(one: Asked) -> None:
    request, attribute = one.request, one.found
    won = open_requests(request.company).filter(pk=request.pk).update(found=attribute, done_at=timezone.now())
    draft = draft_of(request.company, Source.PERSONIO)
    if won and attribute and draft and not _is_chosen_since(draft, request):
        _read_by(draft, request.target, attribute)


def _is_chosen_since(draft: MappingSet, request: AttributeRequest) -> bool:
    """Whether somebody has put another attribute in its place after asking: a person's choice stays."""
    rows = changes_since_begun(draft).filter(target=request.target, entity=None, at__gt=request.asked_at)
    return any((row.before or {}).get("source") != (row.after or {}).get("source") for row in rows)


def _read_by(draft: MappingSet, target: str, attribute: HRAttribute) -> None:
    """Makes the attribute the source of the company's rule; all else of the rule stays. In the history nobody did it."""
    former = rules_of(draft).get((target, None)) or rules.Rule(target, None)
    rule = replace(
        former, source=attribute.key, decision=rules.Decision.CREATE, former_source=_former(former, attribute)
    )
    change_rules(draft, None, [(target, rule, None)])


def _former(rule: rules.Rule, attribute: HRAttribute) -> str | None:
    """The attribute that was read before (rule 24)."""
    return rule.former_source if rule.source in (None, attribute.key) else rule.source
