from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    """Which HR attribute feeds which field of Loket, and how."""

    name = "mapping"
    verbose_name = _("Attribute mapping")
