"""Where the fragments about real people are. They are of `sync`, which this app can't import: known by name only."""

from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from mapping.admin.workbench.common import Visit
from mapping.bench.desk import Row
from mapping.models import HRAttribute
from onboarding.models import LegalEntity


def of_target(found: Visit, row: Row) -> dict[str, Any]:
    """For the editor of one target: its values as they occur, a real person, and where old data is carried over."""
    if found.desk.shown is None:
        return {}
    pk, people = found.desk.shown.pk, _people(found)
    query, attribute = people or {}, row.attribute
    has_source = row.rule is not None and row.rule.source is not None
    values = _address("bench_values", pk, row.target, **query) if people is not None and has_source else ""
    is_open = attribute is not None and attribute.migration == HRAttribute.Migration.OPEN
    return {
        "values": values if row.is_list and found.desk.draft else "",
        "occurring": values if not row.is_list else "",
        "choose": _address("bench_choose", pk, **query) if people is not None else "",
        "person": _address("bench_person", pk, target=row.target, **query) if people is not None else "",
        "others": _choices(found, pk),
        "carry": _address("carry", pk, attribute.pk) if attribute is not None and is_open else "",
    }


def _choices(found: Visit, pk: int) -> list[tuple[LegalEntity, str]]:
    """Where people of each legal entity are chosen, as long as none is in view and there are several."""
    entities = found.desk.entities
    if found.desk.entity or len(entities) < 2:
        return []
    return [(one, _address("bench_choose", pk, entity=one.pk)) for one in entities]


def everyone(found: Visit) -> str:
    """What the mapping makes of everybody; "" where there is nobody yet."""
    people = _people(found)
    return _address("bench_everyone", found.desk.shown.pk, **people) if found.desk.shown and people is not None else ""


def touched(found: Visit) -> str:
    """For how many people the next sync would send something else."""
    return _address("bench_touched", found.desk.draft.pk, **(_people(found) or {})) if found.desk.draft else ""


def _people(found: Visit) -> dict[str, Any] | None:
    """Whose people are looked at: those of the legal entity in view, else all there are; None where there is nobody."""
    if found.desk.entity:
        return {"entity": found.desk.entity.pk}
    return {} if found.desk.entities else None


def _address(name: str, *places: Any, **query: Any) -> str:
    try:
        path = reverse(name, args=places)
    except NoReverseMatch:
        return ""
    return f"{path}?{urlencode(query)}" if query else path
