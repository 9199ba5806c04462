"""The forms of a page, sent as people send them: empty, as they stand, and filled in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

FIELDS = frozenset({"input", "textarea", "select", "button"})
Sent = dict[str, list[str]]


@dataclass(slots=True)
class Field:
    """One control as it stands in the page; `options` are the values that a choice has."""

    name: str
    kind: str
    value: str = ""
    is_on: bool = True
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    """One form that is posted."""

    action: str
    has_htmx: bool = False
    fields: list[Field] = field(default_factory=list)

    @property
    def signature(self) -> tuple[object, ...]:
        """What makes it another form than the one of another page."""
        return (frozenset((one.name, one.value if one.kind == "submit" else "") for one in self.fields),)

    def answers(self) -> list[Sent]:
        """What its buttons send with nothing in it, as it stands, and with everything filled in; each only once."""
        pressed = [{one.name: [one.value]} for one in self.fields if one.kind == "submit" and one.name] or [{}]
        all_ = [self._sent(make) | button for button in pressed for make in (_nothing, _as_it_stands, _filled)]
        return [sent for number, sent in enumerate(all_) if sent not in all_[:number]]

    def _sent(self, make: Callable[[Field], list[str]]) -> Sent:
        sent: Sent = {}
        for one in self.fields:
            if one.kind != "submit" and one.name and (values := make(one)):
                sent.setdefault(one.name, []).extend(values)
        return sent


def _nothing(one: Field) -> list[str]:
    return [one.value] if one.kind == "hidden" else []


def _as_it_stands(one: Field) -> list[str]:
    return [one.value] if one.is_on and one.kind != "file" else []


def _filled(one: Field) -> list[str]:
    if one.kind == "select":
        return one.options[-1:]
    if one.kind in {"hidden", "checkbox", "radio"}:
        return [one.value]
    return {"email": ["zznew@zz.example"], "number": ["3"], "date": ["2026-12-01"], "file": []}.get(
        one.kind, ["Zzfilled"]
    )


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.elsewhere: list[tuple[str, Field]] = []  # controls that name their form
        self._form: Form | None = None
        self._text: Field | None = None
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open(known)
        elif tag == "option" and self._select is not None:
            self._select.options.append(known.get("value", ""))
            if "selected" in known or len(self._select.options) == 1:
                self._select.value = known.get("value", "")
        elif tag in FIELDS and "disabled" not in known:
            self._add(tag, known)

    def _open(self, known: dict[str, str]) -> None:
        self._form = None
        if known.get("method", "get").lower() == "post":
            self._form = Form(known.get("action", ""), has_htmx="hx-post" in known)
            self.forms.append(self._form)
            self.by_id[known.get("id", "")] = self._form

    def _add(self, tag: str, known: dict[str, str]) -> None:
        kind = known.get("type", "submit" if tag == "button" else "text") if tag in {"input", "button"} else tag
        value = known.get("value", "on" if kind in {"checkbox", "radio"} else "")
        one = Field(known.get("name", ""), kind, value, is_on=kind not in {"checkbox", "radio"} or "checked" in known)
        if kind == "textarea":
            self._text = one
        if kind == "select":
            self._select = one
        if "form" in known:
            self.elsewhere.append((known["form"], one))
        elif self._form is not None:
            self._form.fields.append(one)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data


def of_page(html: str) -> list[Form]:
    """Every form of the page that is posted."""
    reader = _FormReader()
    reader.feed(html)
    for name, one in reader.elsewhere:
        if name in reader.by_id:
            reader.by_id[name].fields.append(one)
    return reader.forms
