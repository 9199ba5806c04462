"""Whether Loket still takes the sign-in, and whether it is the same user's (rules 12 and 34)."""

from loket_portal.loket.errors import SignInNeeded
from onboarding.checks.base import Check, failed, proved
from onboarding.checks.looking import SIGN_IN_NEEDED
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner


class TokenWorks(Check):
    """`GET /user` answers, with the e-mail address of the user who signed in."""

    key = "token_works"
    owner = Owner.ADMINISTRATOR
    is_blocking = True
    codes = frozenset({"token_works", "token_other_user", SIGN_IN_NEEDED})

    def look(self, seen: Seen) -> Finding:
        try:
            email = seen.user.email
        except SignInNeeded:
            return failed(SIGN_IN_NEEDED, user=seen.login.loket_user)
        if email.strip().casefold() != seen.login.loket_user.casefold():
            return failed("token_other_user", user=seen.login.loket_user, found=email)
        return proved("token_works", user=seen.login.loket_user)
