"""What each check can find, in words: what is so or wrong, and who does what about it. Names of Loket are data."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from loket_portal.loket.diagnosis import Cause
from onboarding.checks.named_items import NAME
from onboarding.checks.single_employer import UNNAMED
from onboarding.wording.base import Text, Words
from onboarding.wording.screens import SCREENS

NAMES = {name: screen.dutch or screen.english for name, screen in SCREENS.items()} | {"algemeen": NAME}
"""What fills the places of names of Loket's screens: %(users)s, %(website_and_sso)s, %(algemeen)s."""

TITLES: dict[str, Text] = {
    "token_works": _("Sign-in at Loket"),
    "single_employer": _("One employer"),
    "employer_user": _("An integration user, nobody's own"),
    "rights": _("The 15 rights"),
    "activities": _("What the user may do"),
    "modules": _("Modules of Loket"),
    "filter_settings": _("Filter of the user"),
    "algemeen_function": _("Function for new people"),
    "algemeen_department": _("Department for new people"),
    "algemeen_distribution_unit": _("Distribution unit for new people"),
    "administrations": _("Administrations that can be chosen"),
    "own_tax_id": _("Tax ID of this legal entity"),
    "linked_administration": _("Connected administration"),
    "payroll_period": _("Payroll run of this period"),
    "bsn_access": _("Access to the BSN"),
    "drift": _("Changes by others in Loket"),
    "new_hire_rules": _("Trial of a new hire"),
    "api_lifetime": _("Version of Loket's API"),
}

_SIGN_IN = _("An administrator signs in at Loket again; everything else stays.")
_GIVE_RIGHT = _("In Loket (%(users)s), open the user, press “%(add_authorizations)s” and give: %(names)s.")
_GIVE_THE_RIGHT = _(
    "In Loket (%(users)s), open the user, press “%(add_authorizations)s” and give the right “%(right)s”."
)
_OUR_APPLICATION = _(
    "This is about our application at Loket and not about your account: support asks Loket for it. You need not do anything."
)
_ASK_MODULE = _("Have Loket switch the module on for the employer.")
_ROLE = _("In Loket, create the user at the employer, not at the office, and give it the authorizations again.")
_SEES = _("In Loket, see whether the user has access to all administrations and departments of this employer.")
_UNKNOWN = _("In Loket, check the 15 authorizations of the user. If all are there, support asks Loket why.")
_OWN_NUMBER = _(
    "Request a loonheffingennummer of its own for each at the tax authority (Belastingdienst), and enter it in Loket."
)
_STILL_IN_USE = _("Is it still in use? Then correct the end date in Loket.")
_WAIT = _("Nothing to do: it is looked at again every night, or press “Check now”.")
_CORRECT_USER = _("In Loket (%(users)s), open the user and correct it.")

_ANY = {
    "unreachable": Words(_("Loket could not be reached."), _WAIT),
    "no_sign_in": Words(_("Without a sign-in at Loket this can't be looked at."), _SIGN_IN),
    "odd_answer": Words(_("Loket's answer was not one that it documents."), _("Support looks into it.")),
    "crashed": Words(_("The check stopped because of a fault in the portal."), _("Support looks into it.")),
    "sign_in_needed": Words(_("Loket no longer accepts the sign-in of %(user)s."), _SIGN_IN),
    "forbidden_client": Words(_("Loket refuses %(activity)s: our application may not do it."), _OUR_APPLICATION),
    "forbidden_right": Words(_("Loket refuses this look: the user lacks the right “%(right)s”."), _GIVE_THE_RIGHT),
    "forbidden_role": Words(_("Loket refuses this look: the role of the user does not allow it."), _ROLE),
    "forbidden_module": Words(_("Loket refuses this look: the employer lacks a module of Loket."), _ASK_MODULE),
    "forbidden_visibility": Words(_("Loket refuses this look, although the user has the right."), _SEES),
    "forbidden_unknown": Words(
        _("Loket refuses this look (%(activity)s), most likely because the right “%(right)s” is missing."), _UNKNOWN
    ),
}

_SIGNED_IN = {
    "token_works": Words(_("Loket accepts the sign-in of %(user)s.")),
    "token_other_user": Words(_("The sign-in of %(user)s is now that of %(found)s."), _SIGN_IN),
    "one_employer": Words(_("The user sees exactly one employer: %(names)s.")),
    "no_employer": Words(
        _("The user sees no employer."),
        _("In Loket (%(users)s), give it access to the employer."),
    ),
    UNNAMED: Words(
        _("The user that signed in sees %(number)s employers. It may see one only."),
        _(
            "Was it somebody's own Loket user? Then sign in with the integration user. Otherwise take the other employers "
            "away from it in Loket."
        ),
    ),
    "several_employers": Words(
        _("The user sees %(number)s employers: %(names)s. It may see one only."),
        _(
            "Was it somebody's own Loket user? Then sign in with the integration user. Otherwise take the other employers "
            "away from it in Loket."
        ),
    ),
    "other_employer": Words(
        _("The user now sees %(names)s. It was signed in for %(employer)s."),
        _("In Loket, give it access to %(employer)s only."),
    ),
}

_USER = {
    "user_fits": Words(_("Login method, two-step verification and access are as they must be.")),
    "user_derived": Words(
        _("Loket doesn't show the list of users. The user did sign in, and it sees one employer."),
        _("Nothing to do. The login method and two-step verification could not be looked at."),
    ),
    "user_not_listed": Words(
        _("%(user)s is not among the users of the employer: it was probably created at the office."),
        _("In Loket, create the user at the employer: %(users)s, then %(add_user)s."),
    ),
    "user_several_employers": Words(
        _("The user is linked to several employers, as somebody's own user is."),
        _(
            "In Loket, create a user for this employer alone: %(users)s, then %(add_user)s. Then do the check sign-in with "
            "that one."
        ),
    ),
    "user_login_method": Words(
        _("The login method of the user is “%(found)s”. It must be “%(website_and_sso)s”."),
        _("In Loket (%(users)s), open the user and set “%(login_method)s” to “%(website_and_sso)s”."),
    ),
    "user_webservice": Words(
        _("This is a user for web services. The integration needs one that signs in on the website."),
        _("In Loket, create another one with “%(login_method)s” “%(website_and_sso)s”: %(users)s, then %(add_user)s."),
    ),
    "user_no_two_factor": Words(_("The user signs in without two-step verification."), _CORRECT_USER),
    "user_blocked": Words(_("The user has no access: it is blocked in Loket."), _CORRECT_USER),
    "user_several_flags": Words(_("%(number)s settings of the user are not as they must be."), _CORRECT_USER),
    "rights_all": Words(_("The user has all %(number)s rights.")),
    "rights_missing": Words(_("Missing of the 15 rights: %(names)s."), _GIVE_RIGHT),
    "rights_derived": Words(
        _("Loket doesn't show the rights one by one. What the user may do shows %(number)s of the 15."),
        _("Nothing to do. Whether the user has the other %(unknown)s can't be seen from outside."),
    ),
    "rights_missing_derived": Words(
        _("Loket doesn't show the rights one by one. From what the user may not do, these seem missing: %(names)s."),
        _GIVE_RIGHT,
    ),
}

_ALLOWED = {
    "activities_all": Words(_("The user may do all %(number)s things that the integration does at Loket.")),
    "activities_client": Words(
        _("Our application lacks %(number)s of the things that the integration does at Loket."),
        _OUR_APPLICATION,
        one=_("Our application lacks one of the things that the integration does at Loket."),
    ),
    "activities_client_too": Words(
        _(
            "The user may not do %(number)s of the things that the integration does; some of them our application lacks."
        ),
        _(
            "In Loket, give the missing rights; support asks Loket for what our application lacks. The details on the "
            "page say which is which."
        ),
    ),
    "activities_right": Words(
        _("The user may not do %(number)s of the things that the integration does: it lacks a right."),
        _GIVE_RIGHT,
        one=_("The user may not do one of the things that the integration does: it lacks a right."),
    ),
    "activities_role": Words(
        _("The user may not do %(number)s of the things that the integration does: its role does not allow it."),
        _ROLE,
        one=_("The user may not do one of the things that the integration does: its role does not allow it."),
    ),
    "activities_module": Words(
        _("The user may not do %(number)s of the things that the integration does: the employer lacks %(names)s."),
        _ASK_MODULE,
        one=_("The user may not do one of the things that the integration does: the employer lacks %(names)s."),
    ),
    "activities_visibility": Words(
        _("The user may not do %(number)s of the things that the integration does, although it has the rights."),
        _SEES,
        one=_("The user may not do one of the things that the integration does, although it has the right."),
    ),
    "activities_unknown": Words(
        _("The user may not do %(number)s of the things that the integration does. Loket doesn't say why."),
        _UNKNOWN,
        one=_("The user may not do one of the things that the integration does. Loket doesn't say why."),
    ),
    "activities_several": Words(
        _("The user may not do %(number)s of the things that the integration does, for several reasons."),
        _("The details on the page say for each what is to be mended in Loket."),
    ),
    "modules_all": Words(_("The employer has the modules of Loket that the integration needs.")),
    "modules_missing": Words(_("The employer lacks a module of Loket: %(names)s."), _ASK_MODULE),
    "modules_derived": Words(_("The user may do all that the integration does, so the modules are there.")),
    "modules_unknown": Words(
        _("Loket doesn't say which modules are needed."), _("First mend what “What the user may do” says.")
    ),
    "filter_neutral": Words(_("No filter hides anybody from the user.")),
    "filter_derived": Words(_("All %(number)s employees have an employment in Loket's list, so no filter hides any.")),
    "filter_set": Words(
        _("A filter in Loket hides employments from the user, so its lists are not complete."),
        _("Sign in to Loket as the integration user, take the filter away and choose all employments."),
    ),
    "filter_people_missing": Words(
        _("%(number)s of %(total)s employees without an employment in Loket's list: a filter probably hides it."),
        _(
            "Sign in to Loket as the integration user, take the filter away and choose all employments. Is there no "
            "filter? Then support looks at it."
        ),
    ),
}

_ADMINISTRATION = {
    "administrations_selectable": Words(_("Of %(total)s administrations %(number)s can be chosen.")),
    "administrations_connected": Words(_("The administration of this sign-in is connected.")),
    "administrations_none": Words(
        _("The user sees no administration."),
        _("Most likely it is not the integration user. Otherwise give it access to the administration in Loket."),
    ),
    "administrations_refused": Words(
        _("None of the administrations can be chosen."),
        _("The details on the page say for each what is to be mended in Loket."),
    ),
    "own_tax_id_unique": Words(_("Only administration %(names)s has this tax ID.")),
    "own_tax_id_unknown": Words(
        _("No administration of %(employer)s has this tax ID."),
        _("Compare it with the loonheffingennummer of the administration in Loket, and correct the one that is wrong."),
    ),
    "own_tax_id_shared": Words(
        _("Several administrations have this tax ID: %(names)s."),
        _OWN_NUMBER,
    ),
    "own_tax_id_ended": Words(
        _("Administration %(names)s has this tax ID, and has ended."),
        _STILL_IN_USE,
    ),
    "own_tax_id_connected": Words(
        _("Another connection has this tax ID already."), _("Is that one wrong? Only support can release it.")
    ),
    "own_tax_id_other_administration": Words(
        _("This tax ID is that of administration %(names)s, but %(linked)s is connected."),
        _("Correct the tax ID here. Is the wrong administration connected? Only support can release it."),
    ),
    "linked_visible": Words(_("Administration %(names)s is there, with the same tax ID, of its own.")),
    "linked_gone": Words(
        _("The user no longer sees administration %(names)s."),
        _("In Loket, give %(user)s access to it."),
    ),
    "linked_ended": Words(
        _("Administration %(names)s has ended."),
        _STILL_IN_USE,
    ),
    "linked_no_tax_id": Words(
        _("Administration %(names)s has no tax ID in Loket any more."),
        _("Enter the loonheffingennummer in Loket again."),
    ),
    "linked_tax_id_changed": Words(
        _("Administration %(names)s has another tax ID in Loket than when it was connected."),
        _("Correct the loonheffingennummer in Loket. Is the new one right? Only support can release the connection."),
    ),
    "linked_shared": Words(
        _("Administration %(names)s shares its tax ID with %(sharers)s now. The connection goes on."),
        _OWN_NUMBER,
    ),
}

_AT_WORK = {
    "period_free": Words(_("No payroll run of period %(period)s of %(year)s is under way.")),
    "period_approved": Words(
        _("The payroll run of period %(period)s of %(year)s is approved. What changes now is for the next one.")
    ),
    "period_none": Words(_("No payroll period of today is open in Loket.")),
    "period_run": Words(
        _("A payroll run of period %(period)s of %(year)s is under way."),
        _("The payroll manager waits with changes of pay until the run is approved or deleted in Loket."),
    ),
    "bsn_readable": Words(_("The user may read the BSN. The portal did not keep it.")),
    "bsn_derived": Words(_("There is no employee yet to try it on; what the user may do includes the BSN.")),
    "drift_first": Words(_("From now on the portal sees when somebody else changes employees in Loket.")),
    "drift_none": Words(_("Nobody else has changed an employee in Loket since the last look.")),
    "drift_found": Words(
        _("Changes of employees in Loket by others since the last look: %(number)s (%(names)s)."),
        _(
            "The payroll manager enters them in HR too. What stays different there is overwritten in Loket by the next "
            "sync."
        ),
    ),
    "new_hire_accepted": Words(_("Loket would take a new hire. The invented one is deleted again.")),
    "new_hire_refused": Words(
        _("Loket would refuse a new hire. The invented one is deleted again."),
        _(
            "The payroll manager reads Loket's reasons in the details on the page, and has them mended before the first hire."
        ),
    ),
    "new_hire_not_made": Words(
        _("Loket refused the invented concept employee, so nothing was tried."),
        _("The payroll manager reads Loket's reasons in the details on the page; support looks at them too."),
    ),
    "new_hire_left_behind": Words(
        _("The invented concept employee “%(name)s” could not be deleted, or nobody knows whether it was made."),
        _("The payroll manager has it deleted in Loket, among the concept employees."),
    ),
    "api_lasting": Words(_("Loket has announced no end of what the portal uses.")),
    "api_ending": Words(
        _("Loket ends %(number)s of the calls that the portal uses; the first on %(first)s."),
        _("Support brings the portal up to date before that day. You need not do anything."),
        one=_("Loket ends one of the calls that the portal uses, on %(first)s."),
    ),
}


def _algemeen(what: str, where: Text, missing: Text) -> dict[str, Words]:
    """The same four findings for each of the three lists; `where` and `missing` name the list."""
    add = _("In Loket (%(management)s), add it with exactly the name “%(algemeen)s”.")
    return {
        f"algemeen_{what}_found": Words(where),
        f"algemeen_{what}_twice": Words(
            _("“%(algemeen)s” is there %(number)s times. The portal uses the first; the other one may go."),
        ),
        f"algemeen_{what}_near": Words(
            _("There is one called “%(found)s” (a · is a blank). It must be called exactly “%(algemeen)s”."),
            _("Rename it in Loket (%(management)s)."),
        ),
        f"algemeen_{what}_missing": Words(missing, add),
    }


WORDS: Mapping[str, Words] = {
    **_ANY,
    **_SIGNED_IN,
    **_USER,
    **_ALLOWED,
    **_ADMINISTRATION,
    **_AT_WORK,
    **_algemeen("function", _("The function “%(algemeen)s” is there."), _("The function “%(algemeen)s” is missing.")),
    **_algemeen(
        "department", _("The department “%(algemeen)s” is there."), _("The department “%(algemeen)s” is missing.")
    ),
    **_algemeen(
        "distribution_unit",
        _("The distribution unit “%(algemeen)s” is there."),
        _("The distribution unit “%(algemeen)s” is missing."),
    ),
}
"""By code; every check's codes are here (a test demands it)."""

CAUSES: dict[str, Text] = {
    Cause.CLIENT: _("our application: support asks Loket"),
    Cause.RIGHT: _("a right of the user"),
    Cause.ROLE: _("the role of the user"),
    Cause.MODULE: _("a module of the employer"),
    Cause.VISIBILITY: _("what the user sees in Loket"),
    Cause.UNKNOWN: _("Loket doesn't say"),
}
"""Which of Loket's questions says no."""
