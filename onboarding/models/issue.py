"""Issues: what is wrong at the HR system, found before a sync and not during it. None is about an employee."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.company import Company
from onboarding.models.legal_entity import LegalEntity


class Issue(models.Model):
    """One thing that somebody must mend. A resolved one stays as history; when it comes back it is a new row."""

    class Source(models.TextChoices):
        PERSONIO = "personio", "Personio"
        LOKET = "loket", "Loket"

    class Kind(models.TextChoices):
        ATTRIBUTE_MISSING = "attribute_missing", _("Attribute missing")
        ATTRIBUTE_AMBIGUOUS = "attribute_ambiguous", _("Attribute there twice")
        ATTRIBUTE_UNUSED = "attribute_unused", _("Attribute not mapped yet")
        ATTRIBUTE_ID_CHANGED = "attribute_id_changed", _("Attribute made anew")
        OPTION_RENAMED = "option_renamed", _("Option renamed")
        OPTION_UNMAPPED = "option_unmapped", _("Option without a value in Loket")
        ATTRIBUTES_UNREADABLE = "attributes_unreadable", _("Attributes not readable")
        CREDENTIALS_REFUSED = "credentials_refused", _("Credentials refused")
        LEGAL_ENTITY_GONE = "legal_entity_gone", _("Legal entity gone")
        LEGAL_ENTITY_MOVED = "legal_entity_moved", _("Legal entity abroad")
        NO_LEGAL_ENTITY = "no_legal_entity", _("People without a legal entity")
        RECORD_WITHOUT_ID = "record_without_id", _("People without a number")
        COMPARISON_FAILED = "comparison_failed", _("Comparison failed")
        ATTRIBUTE_REQUESTED = "attribute_requested", _("Attribute to be made")
        LOKET_VALUE_GONE = "loket_value_gone", _("Value gone in Loket")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="issues", verbose_name=_("company"))
    entity = models.ForeignKey(
        LegalEntity, null=True, on_delete=models.CASCADE, related_name="issues", verbose_name=_("legal entity")
    )
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    subject = models.CharField(
        _("subject"), max_length=200, blank=True, help_text="what tells two of a kind apart, such as a key"
    )
    params = models.JSONField(default=dict, blank=True)
    is_blocking = models.BooleanField(_("stops the sync"), default=False)
    opened_at = models.DateTimeField(_("opened at"))
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    told_at = models.DateTimeField(_("told by e-mail at"), null=True)

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["-is_blocking", "opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "subject"],
                condition=models.Q(resolved_at__isnull=True),
                name="issue_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}" if self.subject else self.kind

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None
