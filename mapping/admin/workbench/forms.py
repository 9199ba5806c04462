"""What support types in the workbench: the settings of a target, an attribute to create, what to publish or import."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mapping.bench import requests
from mapping.bench.catalog import Attribute
from mapping.bench.decisions import Wish
from mapping.bench.desk import Desk
from mapping.bench.editor import Editor, Value
from mapping.catalogue import LoketField
from mapping.converters import may_shorten
from mapping.coverage import texts_of
from mapping.portal.attributes import AttributeType
from mapping.rules import Empty, Rule, TooLong, WriteMode, option_key
from mapping.wording import workbench as words
from mapping.wording.personio import TYPES
from mapping.wording.sections import TYPES as PORTAL_TYPES

LONGEST, MOST_VALUES, MOST_BYTES = 100, 2000, 1_000_000
Choice = tuple[str, Any]


def attribute_choices(desk: Desk) -> list[Choice]:
    """The attributes in groups: where they are from, the portal's by section. One that is gone says so."""
    groups: dict[str, list[Choice]] = {}
    for one in desk.attributes.values():
        groups.setdefault(_group(one), []).append((one.key, _named(one)))
    return [("", _("None")), *groups.items()]


def _group(one: Attribute) -> str:
    origin = str(words.ORIGINS.get(one.origin, one.origin))
    return f"{origin}, {one.section}" if one.section else origin


def _named(one: Attribute) -> str:
    text = one.label if one.label == one.key else f"{words.called(one)} ({one.key})"
    return text if one.is_there else gettext("%(attribute)s, gone") % {"attribute": text}


class RuleForm(forms.Form):
    """How one target is filled. What a target can't have is no field of its form."""

    source = forms.ChoiceField(label=_("HR attribute"), required=False)
    converter = forms.ChoiceField(label=_("Converter"), required=False)
    argument = forms.CharField(label=_("Hours of a full-time week"), required=False, max_length=10)
    too_long = forms.ChoiceField(label=_("If it is too long"), required=False)
    write_mode = forms.ChoiceField(label=_("Written"), required=False)
    empty = forms.ChoiceField(label=_("If HR has nothing"), required=False)
    fallback = forms.CharField(label=_("Value for new people without one"), required=False, max_length=LONGEST)

    def __init__(self, editor: Editor, desk: Desk, data: Mapping[str, Any] | None = None) -> None:
        rule = editor.row.rule or Rule(editor.row.target, None)
        super().__init__(data, initial=_initial(rule), auto_id=f"{words.place_of(editor.row.target)}-%s")
        self.editor, self.rule = editor, rule
        self._choose("source", _with(attribute_choices(desk), rule.source))
        self._choose("converter", [(one.name, words.converter(one.name)) for one in editor.converters])
        self._choose("too_long", words.TOO_LONG.items())
        self._choose("write_mode", words.WRITE_MODES.items())
        self._choose("empty", words.EMPTIES.items())
        self._offer_options()
        self._leave_out()

    def _offer_options(self) -> None:
        """Loket's own texts for new people: to choose from, or beside what is typed where they are many."""
        options, fallback = self.editor.options, self.fields["fallback"]
        if self.editor.is_long:
            fallback.widget = forms.TextInput(attrs={"list": f"{words.place_of(self.rule.target)}-options"})
        elif options:
            texts = [one.value for one in options]
            own = [] if (self.rule.fallback or "") in ("", *texts) else [self.rule.fallback]
            fallback.widget = forms.Select(choices=[("", _("None")), *((text, text) for text in (*own, *texts))])

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  as declared above
        field.choices = list(choices)

    def _leave_out(self) -> None:
        field, converters = self.editor.row.field, self.editor.converters
        is_scope = not isinstance(field, LoketField)
        wanted = {
            "converter": len(converters) > 1,
            "argument": any(one.argument for one in converters),
            "too_long": isinstance(field, LoketField) and may_shorten(field),
            "write_mode": not is_scope,
            "empty": not is_scope,
            "fallback": isinstance(field, LoketField) and not field.sensitive,
        }
        for name in [name for name, is_wanted in wanted.items() if not is_wanted]:
            del self.fields[name]

    def clean_fallback(self) -> str:
        """One of Loket's options where the target has a list that is known."""
        text = str(self.cleaned_data["fallback"]).strip()
        if text:
            _check_option(text, self.editor, _("Loket has no option %(option)s."))
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["options"] = options_in(self.data, self.rule.option_map)
        kept = self.rule.option_map
        for text in [text for hr_value, text in cleaned["options"].items() if kept.get(hr_value) != text]:
            _check_option(text, self.editor, _("Loket has no option %(option)s. Choose one of the list."))
        return cleaned

    def wanted(self) -> Rule:
        """The rule as it was typed; what its form doesn't ask stays."""
        said, rule = self.cleaned_data, self.rule
        return Rule(
            target=rule.target,
            source=said["source"] or None,
            converter=said.get("converter") or "auto",
            option_map=said["options"] if self.editor.row.is_list else {},
            fallback=said.get("fallback") or None,
            write_mode=WriteMode(said.get("write_mode") or rule.write_mode),
            empty=Empty(said.get("empty") or rule.empty),
            argument=(said.get("argument") or "").strip(),
            too_long=TooLong(said.get("too_long") or rule.too_long),
            decision=rule.decision,
            former_source=rule.former_source,
        )


def _initial(rule: Rule) -> dict[str, Any]:
    return {
        "source": rule.source or "",
        "converter": rule.converter,
        "argument": rule.argument,
        "too_long": rule.too_long.value,
        "write_mode": rule.write_mode.value,
        "empty": rule.empty.value,
        "fallback": rule.fallback or "",
    }


def _with(choices: list[Choice], source: str | None) -> list[Choice]:
    """An attribute that nobody knows any more stays as it is until another one is chosen."""
    known = {key for _group, ones in choices[1:] for key, _label in ones}
    return choices if source is None or source in known else [*choices, (source, source)]


def _check_option(text: str, editor: Editor, told: Any) -> None:
    if editor.options and option_key(text) not in texts_of(editor.options):
        raise forms.ValidationError(told, code="option", params={"option": text})


def options_in(data: Mapping[str, Any], former: Mapping[str, str]) -> dict[str, str]:
    """The option map with what the page says of single values: an empty answer takes the entry away, silence keeps it."""
    found = dict(former)
    for hr_value, text in _pairs(data):
        found.pop(option_key(hr_value), None)
        if text:
            found[option_key(hr_value)] = text
    return found


def _pairs(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for number in count():
        if f"value-{number}" not in data or number >= MOST_VALUES:
            break
        hr_value = str(data[f"value-{number}"]).strip()
        if hr_value:
            yield hr_value, str(data.get(f"option-{number}", "")).strip()


def with_typed(editor: Editor, data: Mapping[str, Any]) -> Editor:
    """The editor with what the page said of single values in the place of what is stored."""
    listed = {option.value for option in editor.options}
    found = {option_key(one.text): one for one in editor.values}
    for hr_value, text in _pairs(data):
        one = found.get(option_key(hr_value)) or Value(hr_value, "", "", "")
        found[option_key(hr_value)] = replace(one, stands_for=text, is_listed=not text or text in listed)
    return replace(editor, values=tuple(found.values()))


class WishForm(forms.Form):
    """An attribute that is missing: kept by the portal, or made by the customer in Personio."""

    label = forms.CharField(label=_("Name"), max_length=LONGEST)
    type = forms.ChoiceField(label=_("Type"))
    options = forms.CharField(
        label=_("Options, one on each line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
    )
    section = forms.ChoiceField(label=_("Section"), required=False)

    def __init__(self, editor: Editor, data: Mapping[str, Any] | None = None, *, is_asked: bool = False) -> None:
        wish = editor.wish
        place = words.place_of(editor.row.target)
        initial = {"label": wish.label, "type": wish.type, "options": "\n".join(wish.options)}
        if is_asked:
            initial["type"] = requests.type_for(editor.row.target)
        super().__init__(data, initial=initial, auto_id=f"{place}-{'ask' if is_asked else 'make'}-%s")
        kind, section = self.fields["type"], self.fields["section"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101  as declared above
        assert isinstance(section, forms.ChoiceField)  # noqa: S101  as declared above
        kind.choices = (
            [(name, TYPES[name]) for name in requests.TYPES]
            if is_asked
            else [(one.value, PORTAL_TYPES[one]) for one in AttributeType]
        )
        section.choices = [(one.pk, one.name) for one in editor.sections]
        if is_asked or len(editor.sections) < 2:
            del self.fields["section"]

    def wish(self) -> Wish:
        """What shall be there."""
        said = self.cleaned_data
        options = tuple(line.strip() for line in said["options"].splitlines() if line.strip())
        section = said.get("section")
        return Wish(said["label"], said["type"], options, int(section) if section else None)


class PublishForm(forms.Form):
    """`against` is the version that the person compared the draft with, `seen` the newest change of it by then."""

    against = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sure = forms.BooleanField(
        label=_("I have seen what changes, and for how many people"),
        error_messages={"required": _("Look at the changes and tick that you have seen them.")},
    )


class ImportForm(forms.Form):
    """A YAML document, as a file or typed."""

    file = forms.FileField(label=_("File"), required=False)
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if found := cleaned.get("file"):
            cleaned["text"] = self._read(found)
        if not (cleaned.get("text") or "").strip():
            raise forms.ValidationError(_("Choose a file, or paste its text."), code="empty")
        return cleaned

    def _read(self, found: Any) -> str:
        if found.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."), code="large")
        try:
            return str(found.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This is not a text file."), code="text") from error


__all__ = ["ImportForm", "PublishForm", "RuleForm", "WishForm", "attribute_choices", "options_in", "with_typed"]
