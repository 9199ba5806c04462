"""Words for the sign-in at Loket and the choice of the administration."""

from django.utils.translation import gettext_lazy as _

from onboarding.services import connections, signin
from onboarding.wording.base import Page, Words

SIGNED_OUT = "signed_out"  # nobody is signed in here when Loket sends the browser back
_TO_SIGN_IN = _("You can try again.")

SIGN_IN: dict[str, Page] = {
    signin.Refusal.NOT_ENABLED: Page(
        _("Support has not enabled this legal entity yet"),
        _("The Loket.nl integration starts when the attributes are mapped."),
        _("Support enables it. From then on your legal entity shows the next step."),
        again=False,
    ),
    signin.Refusal.NOT_ALLOWED: Page(
        _("Your role can't connect this legal entity"),
        _("Connecting needs the role of an administrator with payroll edit for this legal entity."),
        _("Ask an administrator of your company to connect it, or to change your role."),
        again=False,
    ),
    signin.Refusal.NOT_YOUR_TASK: Page(
        _("This task is not yours any more"),
        _("The check sign-in belongs to whoever holds the task of the integration user."),
        _("Ask the person who invited you. Nothing was stored."),
        again=False,
    ),
    signin.Refusal.SIGN_IN_GONE: Page(
        _("This sign-in can't be used"),
        _("It was made for another company, Loket no longer accepts it, or this legal entity is connected already."),
        _("Sign in at Loket anew, or go back to the overview."),
    ),
    signin.Refusal.NOT_DUTCH: Page(
        _("Only a legal entity in the Netherlands can be connected"),
        _("Loket.nl runs Dutch payroll only."),
        _("Is the country wrong? Support corrects it."),
        again=False,
    ),
    signin.Refusal.CANCELLED: Page(
        _("You left Loket without signing in"),
        _("Nothing has changed."),
        _TO_SIGN_IN,
    ),
    signin.Refusal.WRONG_STATE: Page(
        _("This sign-in does not belong to you or was used before"),
        _("For your safety a sign-in at Loket counts once, in the browser in which it began."),
        _("Close other tabs with Loket's sign-in page, then try again."),
    ),
    signin.Refusal.STATE_EXPIRED: Page(
        _("The sign-in took more than ten minutes"),
        _("For your safety it no longer counts. Nothing has changed."),
        _TO_SIGN_IN,
    ),
    signin.Refusal.CODE_EXPIRED: Page(
        _("Loket's confirmation has expired"),
        _("It is valid for a short time and works once. Nothing has changed."),
        _TO_SIGN_IN,
    ),
    signin.Refusal.LOKET_REFUSED: Page(
        _("Loket refused the sign-in"),
        _("Loket gave no reason that you could act on. Nothing has changed."),
        _("Try again. When it happens twice, support asks Loket why."),
    ),
    signin.Refusal.NO_EMPLOYER: Page(
        _("This Loket user sees no employer"),
        _("The integration user needs access to exactly one employer."),
        _("In Loket, give the user access to the employer. Then try again."),
        is_in_loket=True,
    ),
    signin.Refusal.SEVERAL_EMPLOYERS: Page(
        _("This Loket user sees more than one employer"),
        _("The integration user may have access to one employer only. This one sees:"),
        _(
            "Did you use your own Loket user? Try again with the integration user. Otherwise take the other employers away "
            "from it in Loket."
        ),
        is_in_loket=True,
    ),
    signin.Refusal.NO_EMAIL: Page(
        _("This Loket user has no e-mail address"),
        _("The portal tells Loket users apart by their e-mail address."),
        _("In Loket, add it to the user. Then try again."),
        is_in_loket=True,
    ),
    signin.Refusal.USER_OF_OTHER_EMPLOYER: Page(
        _("This Loket user already serves another employer"),
        _("Each employer needs an integration user of its own."),
        _("In Loket, create one for this employer. Then try again with it."),
        is_in_loket=True,
    ),
    signin.Refusal.OTHER_EMPLOYER: Page(
        _("This Loket user belongs to another employer"),
        _("This legal entity is connected to an administration of:"),
        _("Sign in with the integration user of that employer. The connection stays as it is."),
    ),
    signin.Refusal.OTHER_USER: Page(
        _("This is not the Loket user of the connection"),
        _("For a connected legal entity, do the check sign-in with the user of the connection:"),
        _(
            "Sign in as that user. Should another one take its place? Then an administrator signs in with it under "
            "“Sign in at Loket again”."
        ),
    ),
    signin.Refusal.ADMINISTRATION_GONE: Page(
        _("This Loket user does not see a connected administration"),
        _("These are connected, and the new sign-in can't reach them:"),
        _(
            "In Loket, give the user access to them, or sign in with the user you used before. Until then the former "
            "sign-in stays in use."
        ),
        is_in_loket=True,
    ),
    SIGNED_OUT: Page(
        _("You were signed out of the portal while you were at Loket"),
        _("For your safety the sign-in at Loket does not count. Nothing has changed."),
        _("Sign in here, open your legal entity and go to Loket once more."),
        again=False,
    ),
}

LINK: dict[str, Words] = {
    connections.Refusal.NO_TAX_ID: Words(
        _("It has no tax ID in Loket."),
        _(
            "Your payroll administrator or tax accountant enters the loonheffingennummer of the tax authority "
            "(Belastingdienst) in Loket. Then load this page again."
        ),
    ),
    connections.Refusal.SHARED_TAX_ID: Words(
        _("It shares its tax ID with %(names)s."),
        _(
            "Your payroll administrator or tax accountant requests a loonheffingennummer of its own for each "
            "administration at the tax authority (Belastingdienst) and enters it in Loket. Then load this page again."
        ),
    ),
    connections.Refusal.TAX_ID_CONNECTED: Words(
        _("Another administration with this tax ID is connected already."),
        _("Is that one wrong? Only support can release it."),
    ),
    connections.Refusal.TAKEN: Words(
        _("It is connected to another legal entity."), _("Is that wrong? Only support can release it.")
    ),
    connections.Refusal.ENDED: Words(
        _("It has ended."),
        _("Is it still in use? Your payroll administrator or tax accountant corrects the end date in Loket."),
    ),
    connections.Refusal.GONE: Words(
        _("Loket no longer shows this administration."), _("Look at the list as it is now and choose again.")
    ),
    connections.Refusal.NOT_ALLOWED: Words(
        _("Your role can't choose the administration."),
        _("An administrator of your company with payroll edit for this legal entity does."),
    ),
    connections.Refusal.NOT_DUTCH: Words(
        _("Only a legal entity in the Netherlands can be connected."), _("Is the country wrong? Support corrects it.")
    ),
    connections.Refusal.NOT_ENABLED: Words(
        _("Support has not enabled this legal entity yet."), _("Support enables it when the attributes are mapped.")
    ),
    connections.Refusal.ALREADY_CONNECTED: Words(
        _("This legal entity is connected already."), _("Only support can undo a connection.")
    ),
    connections.Refusal.SIGN_IN_FIRST: Words(
        _("There is no sign-in at Loket for this legal entity yet."),
        _("Press “Connect Loket.nl” and sign in with the integration user."),
    ),
    connections.Refusal.SIGN_IN_AGAIN: Words(
        _("Loket no longer accepts the sign-in."), _("An administrator signs in at Loket again.")
    ),
    connections.Refusal.NAME_DIFFERS: Words(
        _("This is not the name of the administration you chose."),
        _("Type it as it stands in the list."),
    ),
    connections.Refusal.CHECKS_FAILED: Words(
        _("The checks of the integration user found a problem."),
        _("When it is mended, press “Check again”. Until then no administration can be chosen."),
    ),
    connections.Refusal.OTHER_EMPLOYER: Words(
        _("The integration user no longer sees exactly the employer it signed in for."),
        _(
            "Your payroll administrator or tax accountant gives it access to that one employer in Loket. Then press "
            "“Connect Loket.nl” and sign in again."
        ),
    ),
}
