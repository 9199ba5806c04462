"""Issues in words: what is wrong at the HR system or in Loket, what it means for the sync, who acts, and where."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.text import one_line
from onboarding.models import Issue
from onboarding.wording.base import Words, names, thousands

MOST_NAMED = 12  # options and such in one sentence
LONGEST = 100  # characters of a customer's own text in a sentence

_RIGHT = _(
    "Is it right? Whoever administers Personio moves the people who are paid in the Netherlands to a Dutch legal entity. Is it "
    "wrong? Then the country is to be corrected there."
)

ISSUES: dict[str, Words] = {
    Issue.Kind.ATTRIBUTE_MISSING: Words(
        _("Personio does not let us read an attribute “%(label)s”. It fills: %(fields)s."),
        _(
            "Whoever administers Personio opens Marketplace › Connected integrations › your integration › Readable employee "
            "attributes and ticks it. Is it not there? Then support maps another one. What is in Loket stays as it is; "
            "while a mapped attribute can't be read, nobody new is made there."
        ),
    ),
    Issue.Kind.ATTRIBUTE_AMBIGUOUS: Words(
        _("Personio has more than one attribute that may be “%(label)s”: %(found)s. It fills: %(fields)s."),
        _(
            "Whoever administers Personio renames the one that is not for payroll, or no longer lets the integration read it. "
            "Then support publishes the mapping."
        ),
    ),
    Issue.Kind.ATTRIBUTE_UNUSED: Words(
        _("The attribute “%(label)s” can be read now and is not mapped yet. It fills: %(fields)s."),
        _("Support publishes the mapping with it; nothing needs to be entered again."),
    ),
    Issue.Kind.ATTRIBUTE_ID_CHANGED: Words(
        _("The attribute “%(label)s” was made anew in Personio: it was %(old)s and is %(new)s now."),
        _(
            "Support publishes the mapping with the new one; nothing needs to be entered again. Reports and other integrations "
            "of yours that use the old one must be changed too."
        ),
    ),
    Issue.Kind.OPTION_RENAMED: Words(
        _("In Personio an option of “%(label)s” was renamed from “%(old)s” to “%(new)s”."),
        _("Support maps the new name. Until then Loket keeps what it has for the people who have this option."),
    ),
    Issue.Kind.OPTION_UNMAPPED: Words(
        _("The attribute “%(label)s” has options in Personio that have no value in Loket: %(options)s."),
        _("Support maps them. Until then Loket keeps what it has for the people who have one of them."),
    ),
    Issue.Kind.ATTRIBUTE_REQUESTED: Words(
        _(
            "An attribute “%(label)s” of the type “%(type)s” is still to be made in Personio. It fills: %(fields)s. %(seen)s"
        ),
        _(
            "Whoever administers Personio opens Settings › People › Employee information and makes it in the section “Loket”, "
            "with exactly this name and type; the page “Attribute mapping” has the options of a list. Then Marketplace › "
            "Connected integrations › your integration › Readable employee attributes: tick it. The portal sees it by itself."
        ),
    ),
    Issue.Kind.LOKET_VALUE_GONE: Words(
        _("Loket.nl no longer has the value “%(value)s”. It is used for: %(fields)s. %(renamed)s"),
        _("Support maps another value. Until then Loket keeps what it has for the people this is about."),
    ),
    Issue.Kind.ATTRIBUTES_UNREADABLE: Words(
        _(
            "Personio no longer lets us read the list of employee attributes. Nobody knows what changed in it, so nothing is "
            "sent; what was known of it stays."
        ),
        _(
            "Whoever administers Personio opens Marketplace › Connected integrations › your integration and allows reading "
            "employees. The portal tries again every hour."
        ),
    ),
    Issue.Kind.CREDENTIALS_REFUSED: Words(
        _("Personio no longer accepts the client ID and client secret, so nothing is read and nothing is sent."),
        _(
            "An administrator of your company enters new ones on the page “Personio”. They are made in Personio, under "
            "Marketplace › Connected integrations › your integration."
        ),
    ),
    Issue.Kind.LEGAL_ENTITY_GONE: Words(
        _("Personio no longer shows the legal entity %(name)s, so nothing is sent for it."),
        _(
            "Whoever administers Personio restores it or lets the integration see it. Is it gone for good? Then an administrator "
            "of your company ends reading it, on the page “Personio”."
        ),
    ),
    Issue.Kind.LEGAL_ENTITY_MOVED: Words(
        _(
            "In Personio the legal entity %(name)s is no longer in the Netherlands (%(country)s), so nothing is sent for it: "
            "Loket.nl runs Dutch payroll only."
        ),
        _RIGHT,
    ),
    Issue.Kind.NO_LEGAL_ENTITY: Words(
        _("%(number)s people have no legal entity in Personio, so nobody knows who pays them. They are not sent."),
        _("Whoever administers Personio opens them and fills in the legal entity of their employment."),
        one=_(
            "1 person has no legal entity in Personio, so nobody knows who pays them. Nothing is sent for this person."
        ),
    ),
    Issue.Kind.RECORD_WITHOUT_ID: Words(
        _("Personio gave %(number)s records without an ID, so nobody knows whom they are about."),
        _("Whoever administers Personio asks Personio's support; the other people are synced."),
        one=_("Personio gave 1 record without an ID, so nobody knows whom it is about."),
    ),
    Issue.Kind.COMPARISON_FAILED: Words(
        _("Personio and Loket are compared every day, and for %(name)s that was not possible: %(message)s"),
        _("%(hint)s The portal tries again by itself, and this goes away when it succeeds. Otherwise support helps."),
    ),
}
"""Places: see `words`, which fills them; a kind that has none yet shows its code."""


def words(issue: Issue) -> Words:
    """What is wrong, and who does what about it."""
    return of(issue.kind, issue.params)


def of(kind: str, params: Mapping[str, Any]) -> Words:
    """The same, for what is not stored. Lists become "A, B and C", a `count` becomes %(number)s."""
    found = ISSUES.get(kind)
    told = {name: _text(value) for name, value in params.items()}
    if "count" in told:
        told["number"] = told["count"]
    if found is None:
        return Words(kind.replace("_", " "))
    full = found.filled(told)
    return Words(str(full.text).strip(), full.fix)  # the last place may be empty


def translated(stored: Mapping[str, Any]) -> str:
    """A sentence kept as msgid and params, in the reader's language; "" where there is none."""
    return _text({"msgid": "", **stored})


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return _several([_text(item) for item in value]) if value else "–"
    if isinstance(value, Mapping) and "msgid" in value:  # what stopped a run, as the run has it
        places = {name: _text(place) for name, place in value.get("params", {}).items()}
        stored = value["msgid"]
        return gettext(stored) % places if stored else ""
    if isinstance(value, Mapping):  # a field of Loket in both languages
        label = value.get("label_nl") if (get_language() or "").startswith("nl") else value.get("label")
        return str(label or value.get("label", ""))
    return thousands(value) if isinstance(value, int) else _of_customer(str(value))


def _several(texts: list[str]) -> str:
    more = len(texts) - MOST_NAMED
    if more < 2:
        return names(texts)
    return names([*texts[:MOST_NAMED], gettext("%(number)s more") % {"number": thousands(more)}])


def _of_customer(text: str) -> str:
    """Somebody's own text within a sentence: on one line, and not endless."""
    plain = one_line(text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1].rstrip()}…"
