"""Why something was not done with Personio: what is wrong, who acts, and where in Personio. Names of Personio are its own."""

from django.utils.translation import gettext_lazy as _

from onboarding.services.personio_accounts import PersonioRefused, Refusal
from onboarding.wording.base import Words

_READ_EMPLOYEES = _(
    "Whoever administers Personio opens Marketplace › Connected integrations › your integration and allows reading "
    "employees. Then try again."
)
_READ_PERSONS = _(
    "Whoever administers Personio opens Marketplace › Connected integrations › your integration and adds the scope "
    "personio:persons:read. Then try again."
)

REFUSALS: dict[str, Words] = {
    Refusal.WRONG_CREDENTIALS: Words(
        _("Personio does not accept this client ID and client secret."),
        _(
            "Copy both once more, whole: in Personio, Marketplace › Connected integrations › your integration. Is the secret "
            "lost? Whoever administers Personio generates a new one there."
        ),
    ),
    Refusal.EMPLOYEES_NOT_READABLE: Words(_("These credentials may not read employees in Personio."), _READ_EMPLOYEES),
    Refusal.ATTRIBUTES_NOT_READABLE: Words(
        _("These credentials may not read the list of employee attributes in Personio."), _READ_EMPLOYEES
    ),
    Refusal.PERSONS_NOT_READABLE: Words(
        _("These credentials may not read persons and their employments in Personio."), _READ_PERSONS
    ),
    Refusal.LEGAL_ENTITIES_NOT_READABLE: Words(
        _("These credentials may not read the legal entities in Personio."),
        _(
            "Whoever administers Personio makes sure that legal entities are in use there, opens Marketplace › Connected "
            "integrations › your integration and allows reading them. Then try again."
        ),
    ),
    Refusal.EVENTS_NOT_ALLOWED: Words(
        _("These credentials may not switch on events in Personio."),
        _(
            "Whoever administers Personio opens Marketplace › Connected integrations › your integration and adds the scopes "
            "personio:webhooks:read and personio:webhooks:write. Until then changes are seen once a day."
        ),
    ),
    Refusal.UNREACHABLE: Words(
        _("Personio could not be reached, so nothing was changed."), _("You can try again in a few minutes.")
    ),
    Refusal.ODD_ANSWER: Words(
        _("Personio's answer was not one that it documents, so nothing was changed."),
        _("Try again. When it happens twice, support looks into it."),
    ),
    Refusal.NOT_ALLOWED: Words(
        _("Your role can't change the connection with Personio."), _("An administrator of your company does it.")
    ),
    Refusal.NOT_CONNECTED: Words(
        _("Your company is not connected with Personio."),
        _("An administrator of your company connects it on the page “Personio”."),
    ),
    Refusal.NOT_DUTCH: Words(
        _(
            "%(name)s is not in the Netherlands according to Personio, so it can't be connected: Loket.nl runs Dutch payroll only."
        ),
        _(
            "Is that wrong? Whoever administers Personio corrects the country of the legal entity there; then read Personio again."
        ),
    ),
    Refusal.ENTITY_GONE: Words(
        _("Personio no longer shows this legal entity."),
        _(
            "Read Personio again and look at the list as it is then. Whoever administers Personio can show it to the "
            "integration again."
        ),
    ),
    Refusal.ENTITY_BOUND: Words(
        _("%(name)s takes its people from another legal entity of Personio already."),
        _(
            "Two legal entities have one name. Whoever administers Personio renames one of them; then read Personio again."
        ),
    ),
    Refusal.OTHER_ACCOUNT: Words(
        _(
            "These credentials work, but not for the Personio account that is connected now: the legal entity %(name)s is "
            "not there. Nothing was changed."
        ),
        _(
            "Make the credentials in the same Personio account. Was the legal entity renamed or deleted there? Then read "
            "Personio again, or stop reading it first. Is it another account on purpose? Then remove Personio here and "
            "connect it anew."
        ),
    ),
}


def refused(error: PersonioRefused) -> Words:
    """Why nothing was done, and who does what about it."""
    return REFUSALS[error.refusal].filled(error.params)
