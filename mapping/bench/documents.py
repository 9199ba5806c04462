"""A mapping as a YAML document: to be reviewed, kept, and used again in other companies.

What only one company has is named by what it is called: a customer's own attribute of Personio by its label, one of the
portal by its label, a legal entity by its name. The format is that of `mapping/defaults/personio.yaml`, and besides:
`source: {portal: "…"}`, and `entities:` with the rules of each legal entity. There a rule with neither source nor
fallback says that the field isn't filled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml
from django.db import transaction

from mapping import rules, services
from mapping.bench.drafts import change_many
from mapping.bench.opening import opened
from mapping.bench.refusals import NotPossible, Refusal
from mapping.bench.validity import known_keys, roster_keys
from mapping.models import HRAttribute, MappingSet
from mapping.resolve import Ambiguous, Lacking, label_key, resolve
from mapping.services import Source
from mapping.services.changes import Wanted, rule_in
from onboarding.models import LegalEntity, User

LONGEST = 1_000_000
OWN_KEY = "dynamic_"
"""How Personio's keys of a customer's own attributes begin; no other account has the same."""
KNOWN = {"name", "version", "source", "rules", "entities"}
DEFAULTS: dict[str, Any] = {
    "converter": "auto",
    "write_mode": "overwrite",
    "empty": "keep",
    "options": {},
    "fallback": None,
}
"""What a rule means where it doesn't say it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made of a document. `taken`: how many of its rules stand in the draft now.

    `missing` and `ambiguous`: targets for which this company has no such attribute, or several of that name; what the
    draft says of them stays. `entities`: names of legal entities that the company doesn't have for this source.
    """

    taken: int
    missing: tuple[Lacking, ...] = ()
    ambiguous: tuple[Ambiguous, ...] = ()
    entities: tuple[str, ...] = ()


def to_yaml(mapping_set: MappingSet) -> str:
    """The set as a document. It holds no value of anybody, and reads in again as the same rules."""
    known, names = _Attributes(mapping_set), _entity_names(mapping_set)
    document: dict[str, Any] = {"name": mapping_set.name, "version": mapping_set.version}
    document |= {"source": str(mapping_set.source), "rules": [], "entities": {}}
    for (_target, place), rule in services.rules_of(mapping_set).items():
        rows = document["rules"] if place is None else document["entities"].setdefault(names[place], [])
        rows.append(known.written(rule))
    if not document["entities"]:
        del document["entities"]
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)


@transaction.atomic
def from_yaml(draft: MappingSet, user: User | None, text: str) -> Imported:
    """Takes the rules of a document into a draft, in one step; targets that it doesn't name stay as they are.

    Raises NotPossible, and then nothing is changed: it names the line where the text is no YAML, else the rule.
    """
    draft = opened(draft, user)
    document = _read(text, draft)
    reader = _Reader(draft, _named_keys(document))
    reader.read(document.get("rules") or [], None)
    entities = {entity.name: entity for entity in draft.company.entities.all()}
    unknown = []
    for name, rows in (document.get("entities") or {}).items():
        entity = entities.get(name)
        if entity is None or services.source_of(entity) != draft.source:
            unknown.append(name)
        else:
            reader.read(rows, entity)
    change_many(draft, user, reader.wanted)
    return Imported(len(reader.wanted), tuple(reader.missing), tuple(reader.ambiguous), tuple(unknown))


class _Attributes:
    """The attributes that a set may read, as a document names them."""

    def __init__(self, mapping_set: MappingSet) -> None:
        self.set = mapping_set
        sources = (mapping_set.source, HRAttribute.Source.PORTAL)
        rows = list(HRAttribute.objects.filter(company=mapping_set.company_id, source__in=sources))
        self.by_key = {row.key: row for row in rows}
        self.portal = {label_key(row.label): row.key for row in rows if row.source == HRAttribute.Source.PORTAL}
        self.there = [row for row in rows if row.is_there and row.source != HRAttribute.Source.PORTAL]
        if mapping_set.source == Source.ROSTER:
            self.there += [HRAttribute(key=name, label=name) for name in sorted(roster_keys())]

    def written(self, rule: rules.Rule) -> dict[str, Any]:
        """One rule as the document has it: only what it says."""
        row = rules.row_of(rule) | {"source": self._named(rule.source)}
        kept = {name: value for name, value in row.items() if name not in DEFAULTS or value != DEFAULTS[name]}
        return kept if kept["source"] is not None else {name: kept[name] for name in kept if name != "source"}

    def _named(self, key: str | None) -> Any:
        attribute = self.by_key.get(key or "")
        if attribute is None:
            return key
        if attribute.source == HRAttribute.Source.PORTAL:
            return {"portal": attribute.label}
        if not attribute.key.startswith(OWN_KEY):
            return key
        labels = {"labels": [attribute.label]}
        alike = [one for one in self.there if label_key(one.label) == label_key(attribute.label)]
        return labels if alike == [attribute] else [key, labels]


class _Reader:
    """Reads the rules of a document for one draft: `wanted` is what to change, the rest is what can't be taken."""

    def __init__(self, draft: MappingSet, named: frozenset[str]) -> None:
        self.draft = draft
        self.attributes = _Attributes(draft)
        self.named = named
        self.present = services.rules_of(draft)
        self.known = known_keys(draft)
        self.wanted: list[Wanted] = []
        self.missing: list[Lacking] = []
        self.ambiguous: list[Ambiguous] = []

    def read(self, rows: object, entity: LegalEntity | None) -> None:
        """One list of rules: the company's, or those of a legal entity. Raises NotPossible, naming the rule."""
        for row in _sound(rows, self.draft, entity):
            self._take(row, entity)

    def _take(self, row: Mapping[str, Any], entity: LegalEntity | None) -> None:
        target, source = row["target"], row.get("source")
        if isinstance(source, Mapping) and set(source) == {"portal"}:
            key = self.attributes.portal.get(label_key(str(source["portal"])))
            lacking = [] if key else [Lacking(target, (str(source["portal"]),))]
            several: list[Ambiguous] = []
        else:
            key, lacking, several = self._resolved(row)
        self.missing += lacking
        self.ambiguous += several
        is_found = not lacking and not several
        has_fallback_only = not is_found and row.get("fallback") is not None
        place = (target, entity.pk if entity else None)
        if is_found or (has_fallback_only and place not in self.present):
            self.wanted.append((target, self._rule({**row, "source": key}), entity))

    def _resolved(self, row: Mapping[str, Any]) -> tuple[str | None, list[Lacking], list[Ambiguous]]:
        """The key of the attribute that the rule means in this company."""
        others = self.named - {wish for wish in _wishes(row) if isinstance(wish, str)}
        # What another rule names by its key is meant by no label: Personio's own attributes are called so in every account.
        found = resolve({"rules": [row]}, [one for one in self.attributes.there if one.key not in others])
        key = next((one["source"] for one in found.document["rules"] if "source" in one), None)
        return key, list(found.missing), list(found.ambiguous)

    def _rule(self, row: dict[str, Any]) -> rules.Rule | None:
        rule = rule_in(row)
        if rule is not None and rule.former_source not in self.known:  # of another company
            return replace(rule, former_source=None)
        return rule


class _Loader(yaml.SafeLoader):
    """What `safe_load` takes, but no alias, by which a few lines become more than any memory holds, and no name twice,
    of which one would be lost without a word."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias (*) is not taken here", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        known = set()
        for key, _value in node.value:
            if key.value in known if isinstance(key, yaml.ScalarNode) else False:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is there twice", key.start_mark)
            known.add(key.value if isinstance(key, yaml.ScalarNode) else None)
        return super().construct_mapping(node, deep)


def _read(text: str, draft: MappingSet) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise NotPossible(Refusal.TOO_LARGE)
    try:
        found = yaml.load(text, _Loader)  # noqa: S506  a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "no YAML"
        raise NotPossible(Refusal.BAD_YAML, {"line": str(mark.line + 1) if mark else "?", "text": why}) from error
    except (ValueError, RecursionError) as error:  # a day that no calendar has; a list in a list in a list …
        raise NotPossible(Refusal.BAD_YAML, {"line": "?", "text": type(error).__name__}) from error
    if not isinstance(found, dict) or not isinstance(found.get("entities") or {}, dict):
        raise NotPossible(Refusal.BAD_DOCUMENT, {"text": "There is no list of rules."})
    if unknown := sorted(str(name) for name in found if name not in KNOWN):
        raise NotPossible(Refusal.BAD_DOCUMENT, {"text": f"There are unknown settings: {', '.join(unknown)}."})
    if found.get("source", draft.source) != draft.source:
        raise NotPossible(Refusal.OTHER_SOURCE, {"source": str(found["source"])})
    return found


def _sound(rows: object, draft: MappingSet, entity: LegalEntity | None) -> Iterable[Mapping[str, Any]]:
    """The rows as they are, once each says only what a rule may say; else NotPossible, which names the rule."""
    where = f"{entity.name}: " if entity else ""
    if not isinstance(rows, list):
        raise NotPossible(Refusal.BAD_DOCUMENT, {"text": f"{where}There is no list of rules."})
    try:
        if rows:
            found = rules.from_dict({"name": "-", "version": 1, "rules": [_plain(row, entity) for row in rows]})
            for rule in found.rules:
                services.refuse_scope(rule.target, draft.source)
            resolve({"rules": [row for row in rows if not _is_portal(row)]}, [])  # how a source is written
    except ValueError as error:
        raise NotPossible(Refusal.BAD_DOCUMENT, {"text": f"{where}{error}"}) from error
    return rows


def _plain(row: object, entity: LegalEntity | None) -> object:
    """With some source in the place of a description of one: all else can be checked before it is found."""
    if not isinstance(row, Mapping):
        return row
    says_nothing = entity is not None and row.get("source") is None and row.get("fallback") is None
    is_described = not isinstance(row.get("source"), (str, type(None)))
    return {**row, "source": "described"} if says_nothing or is_described else row


def _named_keys(document: Mapping[str, Any]) -> frozenset[str]:
    """The attributes that the document names by key."""
    lists = [document.get("rules"), *(document.get("entities") or {}).values()]
    rows = [row for rows in lists if isinstance(rows, list) for row in rows if isinstance(row, Mapping)]
    return frozenset(wish for row in rows for wish in _wishes(row) if isinstance(wish, str))


def _wishes(row: Mapping[str, Any]) -> list[Any]:
    source = row.get("source")
    return source if isinstance(source, list) else [source]


def _is_portal(row: Mapping[str, Any]) -> bool:
    source = row.get("source")
    return isinstance(source, Mapping) and set(source) == {"portal"} and isinstance(source["portal"], str)


def _entity_names(mapping_set: MappingSet) -> dict[int, str]:
    return dict(LegalEntity.objects.filter(company=mapping_set.company_id).values_list("pk", "name"))
