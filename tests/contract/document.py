"""Loket's API document and our supplement to it, read once and made quick to ask."""

import json
import os
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.contract import slips

DEFAULT = Path(__file__).parents[2].parent / "shared" / "loket" / "openapi.json"
IDENTITIES = ("key", "id", "shiftNumber")
API = "/v2"
METHODS = ("get", "put", "post", "patch", "delete")
NO_DOCUMENT = (
    "Loket's API document is not here: put openapi.json and supplement.json at ../shared/loket/ or set LOKET_OPENAPI."
)


@dataclass
class Node:
    """One schema with its allOf parts merged."""

    type: str | None
    is_nullable: bool
    is_read_only: bool
    format: str
    limits: dict[str, Any]
    pattern: re.Pattern[str] | None
    properties: dict[str, "Node"]
    items: "Node | None"
    any_of: tuple["Node", ...]
    is_open: bool
    """Whether it says nothing about its properties, or allows more: then none is unknown and none is missing."""
    judged: dict[Any, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    """What was found in the values that were held against it before (Walk.remembered)."""

    @cached_property
    def identity(self) -> str | None:
        """The property that makes a metadata object one: its key; None for other objects."""
        if self.format.lower() != "metadata" and "key" not in self.properties:
            return None
        return next((name for name in IDENTITIES if name in self.properties), None)


@dataclass
class Operation:
    """One call of the document."""

    method: str
    template: str
    raw: dict[str, Any]
    is_supplement: bool
    base: str = API
    """The path of the server that has it, before the template."""
    requests: dict[str, Node] = field(default_factory=dict)
    """Request schemas by media type, without the known slips."""
    answers: dict[str, dict[str, Node]] = field(default_factory=dict)
    """Answer schemas by status and media type."""

    @cached_property
    def query(self) -> dict[str, Node]:
        """The query parameters."""
        named = {item["name"]: node(item["schema"]) for item in self.parameters("query")}
        if self.is_supplement and "_embedded" in str(self.raw.get("responses")):
            whole, text = node({"type": "integer", "minimum": 1}), node({"type": "string"})
            for name in slips.LIST_PARAMETERS:
                named.setdefault(name, whole if name.startswith("page") else text)
        return named

    def parameters(self, place: str) -> list[dict[str, Any]]:
        """The parameters in the path, query or header."""
        return [item for item in self.raw.get("parameters", []) if item["in"] == place]

    @cached_property
    def versions(self) -> set[str]:
        """The media types that an Accept header may ask for; empty where the document gives none with a version."""
        good = (media for status, by_media in self.answers.items() if status.startswith("2") for media in by_media)
        return {media for media in good if ";version=" in media}


class Document:
    """All operations, found by method and path."""

    def __init__(self, openapi: dict[str, Any], supplement: dict[str, Any]) -> None:
        self._by_length: dict[tuple[str, int], list[Operation]] = {}
        self._bases = {API}
        for source, is_supplement in ((openapi, False), (supplement, True)):
            for template, path in source["paths"].items():
                for method in METHODS:
                    if method in path:
                        self._add(Operation(method.upper(), template, path[method], is_supplement, _base(path)))

    def _add(self, operation: Operation) -> None:
        body = (operation.raw.get("requestBody") or {}).get("content", {})
        operation.requests = _by_media(operation.template, body)
        for status, answer in operation.raw["responses"].items():
            operation.answers[status] = _by_media(operation.template, answer.get("content", {}))
        self._bases.add(operation.base)
        key = (operation.method, operation.template.count("/"))
        self._by_length.setdefault(key, []).append(operation)

    def split(self, path: str) -> tuple[str, str]:
        """The base of a whole path and the rest; "" and the path for one that is relative to its base already."""
        base = next((base for base in self._bases if path.startswith(f"{base}/")), "")
        return base, path.removeprefix(base)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of a path; a written segment wins from a parameter."""
        found = [
            (score, item)
            for item in self._by_length.get((method, path.count("/")), ())
            if (score := _score(item.template, path)) is not None
        ]
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def knows(self, path: str) -> bool:
        """Whether any method has this path."""
        return any(self.find(method.upper(), path) for method in METHODS)


def _base(path: dict[str, Any]) -> str:
    """Where a path of the document lives: some have a server of their own."""
    return urlsplit(path["servers"][0]["url"]).path if path.get("servers") else API


def _score(template: str, path: str) -> int | None:
    """How many segments are literally equal; None when the path does not fit the template."""
    score = 0
    for want, have in zip(template.split("/"), path.split("/"), strict=True):
        if want.startswith("{"):
            if not have:
                return None
        elif want == have or (want.lower() in slips.ANY_CASE_SEGMENTS and want.lower() == have.lower()):
            score += 1
        else:
            return None
    return score


def _by_media(template: str, content: dict[str, Any]) -> dict[str, Node]:
    found = {}
    for media, entry in content.items():
        kind, _, version = media.partition(";version=")
        kind = "application/json" if kind in slips.MEDIA_TYPES else kind
        version = slips.MEANT_VERSIONS.get(version, version)
        if version not in slips.IGNORED_VERSIONS:
            schema = entry.get("schema", {})
            found[f"{kind};version={version}" if version else kind] = node(
                _as_list(schema) if template in slips.LISTS else schema
            )
    return found


def _as_list(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an answer with one row in `_embedded`, as one with a list of them."""
    whole = merged(schema)
    properties = dict(whole.get("properties", {}))
    if row := properties.get("_embedded"):
        properties["_embedded"] = {"type": "array", "items": row}
    return {**whole, "properties": properties}


def merged(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its allOf parts laid together; what stands beside allOf counts over them."""
    if "allOf" not in schema:
        return schema
    whole: dict[str, Any] = {"properties": {}}
    for part in [*map(merged, schema["allOf"]), {key: value for key, value in schema.items() if key != "allOf"}]:
        properties = {**whole["properties"], **part.get("properties", {})}
        whole = {**whole, **part, "properties": properties}
    return whole


def node(schema: dict[str, Any]) -> Node:
    """A schema of the document as a Node."""
    schema = merged(schema)
    properties = {name: node(part) for name, part in (schema.get("properties") or {}).items()}
    kind = schema.get("type") or ("object" if properties else None)
    if kind is None and schema.get("format") in ("int32", "int64"):
        kind = "integer"
    pattern = schema.get("pattern")
    return Node(
        type=kind,
        is_nullable=bool(schema.get("nullable")),
        is_read_only=bool(schema.get("readOnly")),
        format=schema.get("format") or "",
        limits={
            name: schema[name] for name in ("maxLength", "minLength", "minimum", "maximum", "enum") if name in schema
        },
        pattern=_compiled(pattern) if pattern and pattern not in slips.IGNORED_PATTERNS else None,
        properties=properties,
        items=node(schema["items"]) if "items" in schema else None,
        any_of=tuple(node(part) for part in schema.get("oneOf", ())),
        is_open=not properties or bool(schema.get("additionalProperties")),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    is_any_case = pattern.startswith(tuple(slips.ANY_CASE_PATTERNS))
    return re.compile(pattern, re.IGNORECASE if is_any_case else 0)


def path_of_document() -> Path | None:
    """Where the document is; None when it is nowhere."""
    path = Path(os.environ.get("LOKET_OPENAPI") or DEFAULT)
    return path if path.is_file() and path.with_name("supplement.json").is_file() else None


@lru_cache(maxsize=1)
def document() -> Document:
    """The document; raises FileNotFoundError with what to do when it is not here."""
    path = path_of_document()
    if path is None:
        raise FileNotFoundError(NO_DOCUMENT)
    return Document(json.loads(path.read_text()), json.loads(path.with_name("supplement.json").read_text()))
