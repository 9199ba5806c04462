"""What a sync asks before it sends: how many it is about, what to look at, and what can be answered (D10)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from onboarding.wording import Text, Words, thousands
from sync.guards import Code, Guard
from sync.wording.problems import THERE, THERE_IN_PERSONIO

GUARDS: dict[str, Words] = {
    Code.TOO_MANY_CHANGES: Words(
        _("%(number)s of the %(of)s employees in Loket would change."),
        _(
            "That is more than usual. Is it meant, after a raise for everybody for example? Then go on. If it isn't, "
            "cancel this sync and correct it %(there)s."
        ),
        _("1 of the %(of)s employees in Loket would change."),
    ),
    Code.SOURCE_EMPTY: Words(
        _("There is nobody in the roster."),
        _(
            "Nothing was sent, and nobody is ended in Loket. A sync of nobody can't go on: cancel it, upload the whole "
            "roster, and start again."
        ),
    ),
    Code.SOURCE_SHRUNKEN: Words(
        _("%(left)s people are left of the %(of)s of last time."),
        _(
            "Whoever is missing isn't changed or ended in Loket, and is no longer kept up to date there. Is that meant? "
            "Then go on. If it isn't, cancel this sync and add them %(there)s."
        ),
    ),
    Code.BANK_ACCOUNTS: Words(
        _("The bank account of %(number)s people changes."),
        _(
            "A changed account is how salaries are stolen. Ask these people in person or by phone, not by answering an "
            "e-mail, whether it is theirs."
        ),
        _("The bank account of 1 person changes."),
    ),
    Code.ENDED_EMPLOYMENTS: Words(
        _("The employment of %(number)s people ends in Loket."),
        _("After the end date Loket pays no wage any more. Check who leaves, and the dates."),
        _("The employment of 1 person ends in Loket."),
    ),
    Code.START_DATES: Words(
        _("The start date of the employment of %(number)s people is corrected."),
        _(
            "It decides about wages and leave of periods that may be paid already. Your payroll administrator knows what "
            "follows from it."
        ),
        _("The start date of the employment of 1 person is corrected."),
    ),
    Code.REINSTATEMENTS: Words(
        _("%(number)s people whose employment has ended are taken back into service."),
        _("Loket forgets the end date and pays wages again. Check that they work for you again, or never left."),
        _("1 person whose employment has ended is taken back into service."),
    ),
    Code.REFUSED_AT_START: Words(
        _("Loket refused %(number)s of the first %(of)s people."),
        _(
            "Something may be wrong for everybody. Read below what Loket says about them. Going on sends the others too. "
            "When it isn't clear what is wrong, support looks with you."
        ),
        _("Loket refused 1 of the first %(of)s people."),
    ),
}
GUARDS_OF_PERSONIO: dict[str, Words] = {
    Code.SOURCE_EMPTY: Words(
        _("Personio gave nobody for this legal entity."),
        _(
            "Nothing was sent, and nobody is ended in Loket. A sync of nobody can't go on: cancel it. Whoever administers "
            "Personio looks whether its people still have this legal entity; then start again."
        ),
    ),
}
"""The same where the people come from Personio."""
SEND: dict[str, Text] = {
    Code.BANK_ACCOUNTS: _("Send: they were asked, and it is right"),
    Code.ENDED_EMPLOYMENTS: _("Send: these people leave on these days"),
    Code.START_DATES: _("Send: these start dates are right"),
    Code.REINSTATEMENTS: _("Send: these people are in service"),
}
LEAVE_OUT: dict[str, Text] = {
    Code.BANK_ACCOUNTS: _("Leave out until an account changes again: Loket keeps the accounts that it has"),
    Code.ENDED_EMPLOYMENTS: _("Leave out until an end date changes again: the employments go on in Loket"),
    Code.START_DATES: _("Leave out until a start date changes again: Loket keeps the start dates that it has"),
    Code.REINSTATEMENTS: _("Leave out until an end date changes again: the employments stay ended in Loket"),
}
MEANWHILE: dict[str, Text] = {
    Code.BANK_ACCOUNTS: _("Loket keeps the bank account that it has."),
    Code.ENDED_EMPLOYMENTS: _("The employment goes on in Loket."),
    Code.START_DATES: _("Loket keeps the start date that it has."),
    Code.REINSTATEMENTS: _("The employment stays ended in Loket."),
}
"""How it is in Loket as long as a change is left out."""
CHOOSE: dict[str, Text] = {
    Code.BANK_ACCOUNTS: _("Choose whether the bank accounts are sent or left out."),
    Code.ENDED_EMPLOYMENTS: _("Choose whether the ended employments are sent or left out."),
    Code.START_DATES: _("Choose whether the start dates are sent or left out."),
    Code.REINSTATEMENTS: _("Choose whether the people back in service are sent or left out."),
}
CANT_GO_ON = frozenset({Code.SOURCE_EMPTY})
"""Whatever is answered, such a sync would do nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """One guard in words. `send` and `leave_out` are empty where it can only be agreed to.

    `count` is how many it is about, `show` the filter of the results that shows just them, where there is one.
    """

    code: str
    count: int
    text: Text
    fix: Text
    send: Text = ""
    leave_out: Text = ""
    show: str = ""


def question(guard: Guard, *, reads_personio: bool) -> Question:
    """What is asked, where the people come from a roster or from Personio; an unknown one is shown as it is."""
    found = (GUARDS_OF_PERSONIO.get(guard.code) if reads_personio else None) or GUARDS.get(guard.code)
    said = (found or Words(guard.code.replace("_", " "))).filled(
        {
            "number": thousands(guard.count),
            "of": thousands(guard.of),
            "left": thousands(max(0, guard.of - guard.count)),
            "there": str(THERE_IN_PERSONIO if reads_personio else THERE),
        }
    )
    send, leave_out = SEND.get(guard.code, ""), LEAVE_OUT.get(guard.code, "")
    show = "problems" if guard.code == Code.REFUSED_AT_START else guard.code if guard.can_be_left_out else ""
    return Question(guard.code, guard.count, said.text, said.fix, send, leave_out, show)


def questions(guards: Iterable[Guard], *, reads_personio: bool) -> list[Question]:
    """The same for all of them, in their order."""
    return [question(guard, reads_personio=reads_personio) for guard in guards]
