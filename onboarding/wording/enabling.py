"""Enabling and releasing in words: what stands against it, and who does what about it. Everything is translated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from onboarding.facts import Fact, Owner
from onboarding.services import releases
from onboarding.services.entities import Against, Reason
from onboarding.wording import checks, tasks
from onboarding.wording.base import Text, Words, names
from onboarding.wording.steps import STEPS

AGAINST: dict[str, Words] = {
    Against.NOT_DUTCH: Words(
        _("It is not in the Netherlands, so it can't be connected to Loket."),
        _("Is the country wrong? Support corrects it."),
    ),
    Against.NOBODY_TO_ACKNOWLEDGE: Words(
        _("No member has payroll edit for it, so nobody has confirmed the scope (rule 6)."),
        _("Give a role of the company payroll edit for it; then its members confirm."),
    ),
    Against.NOT_ACKNOWLEDGED: Words(
        _("The scope is not confirmed by %(names)s (rule 6)."),
        _("They do so on “Understand what the integration does” in the setup."),
    ),
    Against.NO_SIGN_IN: Words(
        _("There is no check sign-in at Loket yet (rule 8)."),
        _("An administrator, or the guest who holds the task, makes it on “Create the integration user in Loket”."),
    ),
    Against.SIGN_IN_AGAIN: Words(
        _("Loket no longer accepts the sign-in of %(names)s."),
        _("Somebody of the company signs in at Loket again, on “Create the integration user in Loket”."),
    ),
    Against.CHECK_MISSING: Words(
        _("Not checked yet: %(names)s."), _("Somebody of the company presses “Check now” in the setup.")
    ),
    Against.CHECK_FAILED: Words("%(names)s: %(text)s", "%(fix)s"),
    Against.MAPPING_UNKNOWN: Words(
        _("Nobody has looked yet at what the mapping lacks (rule 29)."),
        _("Publish a mapping in the company's workbench, or look with “manage.py write_readiness”."),
    ),
    Against.MAPPING_LACKS: Words(
        _("The mapping lacks: %(names)s (rule 29)."),
        _("Support does it in the company's workbench, under “Mapping sets”."),
    ),
}
"""For support: what stands against enabling an entity, and how it is mended."""

LACKS: dict[str, Words] = {
    "no_mapping": Words(_("the whole attribute mapping"), _("Support has not published one for your company yet.")),
    "required_field": Words(
        "%(label)s", _("Loket takes nobody new without it. Support connects an attribute of your HR system to it.")
    ),
    "required_scope": Words(
        "%(label)s", _("It decides who is sent. Support connects an attribute of your HR system to it.")
    ),
    "migration_open": Words(
        _("what becomes of the former data of “%(label)s”"),
        _("Support carries the data over to the new attribute, or leaves it empty on purpose. It asks you which."),
    ),
    "preview_missing": Words(
        _("a preview of everybody"),
        _("Support looks at what the mapping makes of each of your people, before anything is sent."),
    ),
    "unmapped_values": Words(
        _("%(label)s: values that stand for nothing in Loket (people: %(count)s)"),
        _("Support chooses Loket's value for each of them and looks at a preview again."),
    ),
}
"""For the customer: what the mapping still lacks. A code without words shows its label."""

RELEASE: dict[str, Words] = {
    releases.Refusal.NOT_STAFF: Words(_("Only support releases a connection."), ""),
    releases.Refusal.NO_REASON: Words(_("There is no reason."), _("Write why the connection is wrong.")),
    releases.Refusal.RELEASED: Words(_("The connection is released already."), ""),
    releases.Refusal.ALREADY_ASKED: Words(
        _("The release was asked already."), _("A colleague decides on it under “Releases of connections”.")
    ),
    releases.Refusal.DECIDED: Words(_("Somebody has decided already."), ""),
    releases.Refusal.SAME_PERSON: Words(
        _("You asked for this release yourself."), _("Somebody else of support must approve it (rule 37).")
    ),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three kinds of work on an attribute (rule 23), and what it means for the customer."""

    name: Text
    text: Text


KINDS: tuple[Kind, ...] = (
    Kind(
        _("Connect"),
        _("The attribute exists and fits, like the first name: it is used as it is. Its attribute ID changes."),
    ),
    Kind(
        _("Duplicate"),
        _(
            "It exists with other option values, like nationality or gender: a second one gets Loket's values. To keep "
            "the data, it is exported and imported into the new one."
        ),
    ),
    Kind(_("Create"), _("It is missing: it is made in the section “Loket” of the personal information.")),
)
"""What support does with each attribute, in one line each."""


def lack(found: Mapping[str, str]) -> Words:
    """One thing that the mapping lacks, in the customer's words and language."""
    label = found.get("label_nl" if get_language() == "nl" else "label") or found.get("label", "")
    words = LACKS.get(found.get("code", ""))
    return (
        words.filled({"label": label, "count": found.get("count", "")})
        if words
        else Words(label or found.get("code", ""))
    )


def against(reason: Reason) -> Words:
    """What stands against enabling, with the names that belong in it."""
    params = {
        "names": names([*reason.names, *map(fact_title, reason.keys), *(str(lack(one).text) for one in reason.lacks)])
    }
    if reason.facts:
        fact = reason.facts[0]
        told = tasks.problem(fact)
        params = {
            "names": fact_title(fact.key),
            "text": str(told.text),
            "fix": f"{told.fix} {_who_mends(fact)}".strip(),
        }
    return AGAINST[reason.code].filled(params)


def _who_mends(fact: Fact) -> str:
    """Of what is mended in Loket: the words of the check don't say it."""
    owner = fact.owner or checks.OWNERS.get(fact.key)
    return gettext("The payroll administrator or tax accountant does it in Loket.") if owner is Owner.ACCOUNTANT else ""


def fact_title(fact: str) -> str:
    """The name of a fact: of a check or of a task."""
    task = next((words.title for key, words in STEPS.items() if key == fact), fact)
    return str(checks.TITLES.get(fact, task))


def all_against(reasons: Iterable[Reason]) -> list[Words]:
    """Each reason in words, in the order in which they are mended."""
    return [against(reason) for reason in reasons]
