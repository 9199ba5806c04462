from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save, pre_save
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    """Which HR attribute feeds which field of Loket, and how."""

    name = "mapping"
    verbose_name = _("Attribute mapping")

    def ready(self) -> None:
        from mapping import services
        from mapping.portal import sections
        from onboarding.models import Company, LegalEntity

        def look(
            instance: LegalEntity, raw: bool = False, update_fields: Iterable[str] | None = None, **_more: Any
        ) -> None:
            """A legal entity that is new, or whose people come from elsewhere now, knows at once what the mapping lacks."""
            if not raw and (instance.pk is None or "personio_id" in (update_fields or ())):
                services.look_for(instance)

        pre_save.connect(look, sender=LegalEntity, weak=False, dispatch_uid="look-for-new-entity")

        def begin(instance: Company, created: bool, raw: bool = False, **_more: Any) -> None:
            """A new company has its section "Loket" from the first day (rule 27)."""
            if created and not raw:
                sections.loket(instance)

        post_save.connect(begin, sender=Company, weak=False, dispatch_uid="loket-section-of-new-company")
