"""The language of somebody's e-mails: the one chosen last on a page."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase

from onboarding.models import Guest, User
from onboarding.services import guests


def remember(language: str, *, user: User | AnonymousUser, session: SessionBase) -> None:
    """Keeps the choice of whoever is signed in, and of a guest who has typed his code. Unknown languages count not."""
    if language not in dict(settings.LANGUAGES):
        return
    if isinstance(user, User):
        User.objects.filter(pk=user.pk).update(language=language)
    guest = guests.current(session) if guests.is_confirmed(session) else None
    if guest is not None:
        Guest.objects.filter(pk=guest.pk).update(language=language)
