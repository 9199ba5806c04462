"""Loket's value lists, loaded after a sign-in and kept for the mapping (rules 8 and 30)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.login import LoketLogin


class ValueList(models.Model):
    """The options of one metadata field as one administration has them; keys differ per environment."""

    login = models.ForeignKey(LoketLogin, on_delete=models.CASCADE, related_name="value_lists")
    administration_id = models.UUIDField()
    name = models.CharField(max_length=80)
    options = models.JSONField(default=list, help_text="key, value, iso_code")
    gone = models.JSONField(default=list, help_text="options that were here once and are no longer")
    loaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("value list")
        verbose_name_plural = _("value lists")
        constraints = [
            models.UniqueConstraint(fields=["login", "administration_id", "name"], name="value_list_once"),
        ]

    def __str__(self) -> str:
        return self.name
