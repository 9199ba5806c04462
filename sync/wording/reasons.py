"""Why somebody is in a run, left out, or ended as they did."""

from django.utils.translation import gettext_lazy as _

from onboarding.wording import Words
from sync.policy import Reason

_ENDS = _(
    "Is the employment in Loket still open? With an end date in HR a sync ends it, when somebody agrees; without one your "
    "payroll administrator does."
)
REASONS: dict[str, Words] = {
    Reason.ACTIVE: Words(_("Active and considered in NL payroll.")),
    Reason.NOT_CONSIDERED: Words(_("“Consider in NL payroll” is not Yes.")),
    Reason.NOT_ACTIVE_ONBOARDING: Words(_("The status is Onboarding; comes in when it is Active.")),
    Reason.NOT_ACTIVE_LEAVE: Words(_("The status is Leave; only active people are synced.")),
    Reason.NOT_ACTIVE_INACTIVE: Words(
        _("The status is Inactive; only active people are synced."),
        _ENDS,
    ),
    Reason.STARTS_LATER: Words(_("Starts later; comes in on the start date.")),
    Reason.HAS_LEFT: Words(
        _("The end date has passed."),
        _ENDS,
    ),
    Reason.WORKS_ELSEWHERE: Words(
        _("Works at another legal entity now."),
        _ENDS,
    ),
    Reason.NO_EMPLOYEE_NUMBER: Words(_("The employee number is missing.")),
    Reason.NO_INCOME_NUMBER: Words(_("The income number is missing.")),
    Reason.DUPLICATE_NUMBER: Words(_("Somebody else has the same employee number.")),
    Reason.FAULTY_DATA: Words(_("A value has to be corrected first.")),
    Reason.OTHER_PERSON: Words(_("Loket has somebody else under this number.")),
    Reason.EMPLOYED_ELSEWHERE: Words(_("Works in another administration of the same employer.")),
    Reason.GONE_IN_LOKET: Words(_("Was in Loket and is gone there.")),
    Reason.CONCEPT_OF_OTHERS: Words(_("Loket has a concept employee with this number that we did not make.")),
    Reason.CONCEPT_ELSEWHERE: Words(_("Is a concept employee in another administration of the same employer.")),
    Reason.MAYBE_IN_LOKET: Words(_("Loket may have this person already under another number.")),
    Reason.NOT_YET_SENT: Words(_("Only changes that are not yet sent.")),
    Reason.LEFT_OUT: Words(
        _("Somebody had this left out."), _("You are asked again when the value changes in HR or in Loket.")
    ),
    Reason.WAITS_AS_CONCEPT: Words(
        _("Is a concept employee in Loket (%(name)s), not completed yet."),
        _("Your payroll administrator completes the person there."),
    ),
    Reason.CONVERTED: Words(_("Was made a full employee in Loket.")),
    Reason.CONVERSION_REFUSED: Words(
        _(
            "Is a concept employee in Loket (%(name)s), not completed yet: Loket did not accept the person as a "
            "full employee."
        ),
        _("Your payroll administrator completes the person there."),
    ),
    Reason.AFTER_INTERRUPTION: Words(
        _(
            "Some of it was sent earlier in this sync, before it was interrupted, and isn’t listed again. Nothing was sent "
            "twice."
        )
    ),
    Reason.BEGUN: Words(_("Some of it was sent already; the rest is still to be done.")),
    Reason.SET_ASIDE: Words(
        _("Is set aside: nothing was sent, because nothing about this person has changed since."),
    ),
    Reason.CRASHED: Words(
        _("The sync broke off at this person three times, so it leaves the person out."),
        _("Tell support: the cause is in the log. The page “People set aside” says how it goes on."),
    ),
    Reason.REJECTED: Words(_("Loket refused this person.")),
    Reason.NOT_STORED: Words(_("Loket stored something else than it was sent.")),
    Reason.NOT_STABLE: Words(
        _("Loket stored something else than it was sent, for the second time, so this person is set aside."),
        _("Your payroll administrator looks in Loket which setting overwrites it."),
    ),
    Reason.NOT_SURE: Words(_("It is not certain whether Loket stored it.")),
    Reason.LOKET_UNREACHABLE: Words(_("Loket did not answer."), _("The next sync tries again.")),
    Reason.STOPPED: Words(_("The sync stopped before this person."), _("The next sync takes it up.")),
    Reason.UNEXPECTED: Words(_("Something unexpected happened."), _("Tell support: the cause is in the log.")),
}

REASONS_OF_PREVIEW: dict[str, Words] = {
    Reason.CONVERTED: Words(_("Becomes an employee in Loket.")),
}
"""For those who would be new or changed; that the new ones become concept employees is said once, above them."""

REASONS_WITH_DAY: dict[str, Words] = {
    Reason.STARTS_LATER: Words(_("Starts later; comes in on %(day)s.")),
    Reason.NOT_ACTIVE_ONBOARDING: Words(
        _("The status is Onboarding; starts on %(day)s, and comes in when it is Active.")
    ),
    Reason.NOT_ACTIVE_INACTIVE: Words(
        _("The status is Inactive; comes back on %(day)s."),
        _ENDS,
    ),
    Reason.HAS_LEFT: Words(
        _("The end date has passed; comes back on %(day)s."),
        _ENDS,
    ),
    Reason.WORKS_ELSEWHERE: Words(
        _("Works at another legal entity since %(day)s."),
        _ENDS,
    ),
}
"""Where Personio tells the day: the first one of who starts or comes back, or the first one elsewhere."""
