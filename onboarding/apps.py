from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnboardingConfig(AppConfig):
    """Who is connected: companies, people, legal entities and their connection with Loket."""

    name = "onboarding"
    verbose_name = _("Companies and connections")
