"""The text that every member with payroll edit reads and confirms (rule 6), true for this version of the product.

What a sync does stands in docs/sync.md and what it can fill in mapping/catalogue. A change of meaning raises
`texts.SCOPE_VERSION`: tests/onboarding/test_acknowledgements.py keeps the text of each version.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from onboarding.wording.base import Text


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences, each of which can be read by itself."""

    title: Text
    lines: tuple[Text, ...]


SCOPE: tuple[Section, ...] = (
    Section(
        _("HR leads"),
        (
            _(
                "Your HR system is where employee data is kept. A sync compares the roster that you upload from it with "
                "Loket and writes the differences to Loket. Nothing goes from Loket to HR."
            ),
            _(
                "Enter changes in HR. What somebody changes in Loket, in a field that is in scope, is overwritten by the "
                "next sync with what HR has."
            ),
            _(
                "A sync runs when a colleague with payroll edit starts it, or by the schedule that a colleague has set. A "
                "preview shows every change before anything is written, and the first sync needs one."
            ),
        ),
    ),
    Section(
        _("What a sync writes to Loket"),
        (
            _(
                "Of employees: first name, initials, prefix, last name, the name of the partner, title, date and place of "
                "birth, gender, nationality, civil status, address, postal address, telephone number, mobile number, "
                "e-mail address, fax number, identity document, distance to work, absence information and BSN."
            ),
            _(
                "Somebody new becomes a concept employee in Loket, with as much of that as a concept employee can hold, "
                "and with employee number, income number, start date, hours per week, function, department, "
                "distribution unit and IBAN, and what else of the employment, the contract, the payroll settings, the "
                "working hours, the work pattern and the place in the organization has been mapped. Your payroll "
                "processing person completes concept employees in Loket, unless the connection is set to make "
                "them employees at once."
            ),
            _(
                "Only the fields that support has mapped for you, in the way that was agreed. All other fields in Loket "
                "stay as they are."
            ),
        ),
    ),
    Section(
        _("What a sync asks before it writes"),
        (
            _(
                "Of somebody who is an employee in Loket already a sync also writes start and end date, income number, hours "
                "per week, function, department, distribution unit and IBAN, and what else of the employment, the contract, "
                "the payroll settings, the working hours, the work pattern, the place in the organization and the payment "
                "has been mapped."
            ),
            _(
                "Before an employment ends, is opened again or gets another first day, before bank accounts change, and when "
                "far more people would change than usual, the sync waits until a colleague with payroll edit agrees."
            ),
        ),
    ),
    Section(
        _("What stays work in Loket"),
        (
            _(
                "Another employee number, and another employment of somebody who has one: somebody enters these in Loket."
            ),
            _("Wages and other amounts, leave and absence, documents and the payroll run itself."),
        ),
    ),
    Section(
        _("Limits to know"),
        (
            _(
                "In the sync are people with the status Active who are considered in NL payroll. Onboarding, Leave and "
                "Inactive are left out, and so are people who start later or have left. Each run lists them."
            ),
            _(
                "Without an employee number and an income number nobody is sent. Two people with one employee number are "
                "both held back."
            ),
            _(
                "A sync sends what HR says on that day. Days in an earlier month make no history in Loket: a change "
                "counts from the sync on."
            ),
            _(
                "A value that Loket can't take is never guessed. It waits, with the reason, until it is corrected in HR; "
                "sometimes the whole person waits. It is cut off only in a field where support has agreed that with you, "
                "and then each person's result shows it."
            ),
            _("An empty cell leaves what Loket has, unless it was agreed for that field that it is cleared."),
            _(
                "A BSN is erased here as soon as Loket has confirmed it. If somebody changes it in Loket afterwards, a "
                "sync may not notice."
            ),
            _("Nobody and nothing is deleted in Loket."),
            _(
                "Each legal entity in the Netherlands is connected to one administration, with a tax ID of its own. "
                "Only support can undo a connection."
            ),
        ),
    ),
)

POINTS: dict[str, Text] = {
    "payroll_person": _("Our payroll processing person is involved."),
    "hr_leads": _("I know that HR leads: we enter changes there."),
    "overwritten": _("I know that a sync overwrites what is changed in Loket in these fields."),
    "limits": _("I have read the limits above."),
}
"""What is ticked, by the keys of `texts.SCOPE_POINTS`."""
