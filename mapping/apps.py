from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    """Which HR attribute feeds which field of Loket, and how."""

    name = "mapping"
    verbose_name = _("Attribute mapping")

    def ready(self) -> None:
        from mapping import services
        from onboarding.models import LegalEntity

        def look(instance: LegalEntity, raw: bool = False, **_more: Any) -> None:
            """A new legal entity knows at once what its company's mapping lacks."""
            if instance.pk is None and not raw:
                services.look_for_new(instance)

        pre_save.connect(look, sender=LegalEntity, weak=False, dispatch_uid="look-for-new-entity")
