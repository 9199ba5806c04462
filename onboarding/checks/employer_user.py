"""Whether the integration user is set up as an integration user, and nobody's own (rules 13 and 14)."""

from collections.abc import Iterable, Sequence

from loket_portal.loket.errors import Forbidden
from loket_portal.loket.setup_payloads import EmployerUser
from onboarding.checks.base import Check, Row, derived, failed, proved
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner

METHODS = {"via website en sso", "via website and sso"}
WEBSERVICE = ("webservice", "soap")
# Loket's document has one text for this, "Has access to Client"; others are its opposite only when they say so
BLOCKED = ("no access", "geen toegang", "blocked", "geblokkeerd", "inactive", "inactief")
FLAGS = ("user_several_employers", "user_webservice", "user_login_method", "user_no_two_factor", "user_blocked")


class EmployerUserFlags(Check):
    """What `GET …/users` says of the user with the e-mail address of the sign-in (rule 18)."""

    key = "employer_user"
    owner = Owner.ACCOUNTANT
    is_blocking = True
    codes = frozenset({"user_fits", "user_several_flags", "user_not_listed", "user_derived", *FLAGS})

    def look(self, seen: Seen) -> Finding:
        try:
            users = seen.our_users
        except Forbidden:
            return _concluded(seen)
        if not users:  # made at the office of the accountant, not at the employer
            return failed("user_not_listed", user=seen.login.loket_user)
        rows, wrong = _rows(users), _wrong(users)
        if not wrong:
            return proved("user_fits", rows)
        code = wrong[0] if len(wrong) == 1 else "user_several_flags"
        return failed(code, rows, number=str(len(wrong)), found=users[0].login_method)


def _wrong(users: Iterable[EmployerUser]) -> list[str]:
    found = {flag for user in users for flag in _flags(user)}
    return [flag for flag in FLAGS if flag in found]


def _flags(user: EmployerUser) -> set[str]:
    method, access = _plain(user.login_method), _plain(user.access_status)
    is_webservice = any(word in method for word in WEBSERVICE)
    flags = {
        "user_several_employers": user.is_linked_to_multiple_employers,
        "user_webservice": is_webservice,
        "user_login_method": method not in METHODS and not is_webservice,
        "user_no_two_factor": not user.requires_two_factor,
        "user_blocked": any(word in access for word in BLOCKED),
    }
    return {flag for flag, is_wrong in flags.items() if is_wrong}


def _rows(users: Sequence[EmployerUser]) -> list[Row]:
    """One row per thing that was looked at, with what Loket says of it."""
    wrong, user = _wrong(users), users[0]
    said = {"login_method": user.login_method, "access": user.access_status, "one_employer": "", "two_factor": ""}
    flags = {
        "one_employer": ("user_several_employers",),
        "login_method": ("user_webservice", "user_login_method"),
        "two_factor": ("user_no_two_factor",),
        "access": ("user_blocked",),
    }
    return [
        {"slug": slug, "state": "wrong" if set(names) & set(wrong) else "fits", "found": said[slug]}
        for slug, names in flags.items()
    ]


def _concluded(seen: Seen) -> Finding:
    """The list of users is not for this user: it signed in on the website, and the employers it reaches are known."""
    is_alone = len(seen.employers) == 1
    states = {"one_employer": "derived" if is_alone else "wrong", "login_method": "unknown", "two_factor": "unknown"}
    rows = [{"slug": slug, "state": state, "found": ""} for slug, state in {**states, "access": "derived"}.items()]
    return derived("user_derived", rows) if is_alone else failed("user_several_employers", rows)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
