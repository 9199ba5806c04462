"""What the HR system, an uploaded roster and the portal itself can tell of a person, and the portal's sections."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedJSONField
from onboarding.models import Company, Role, User


class Section(models.Model):
    """A section of attributes that the portal keeps itself. The one called "Loket" is made for each company (rule 27)."""

    LOKET = "Loket"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sections", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=60)
    is_loket = models.BooleanField(default=False, editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["company", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="section_once_per_company"),
            models.UniqueConstraint(fields=["company"], condition=models.Q(is_loket=True), name="one_loket_section"),
        ]

    def __str__(self) -> str:
        return self.name


class SectionAccess(models.Model):
    """A role that may see a section, and perhaps change the values in it. Administrators always may (rule 27)."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="access")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+", verbose_name=_("role"))
    may_edit = models.BooleanField(_("may change values"), default=False)

    class Meta:
        verbose_name = _("access to a section")
        verbose_name_plural = _("access to sections")
        constraints = [models.UniqueConstraint(fields=["section", "role"], name="role_once_per_section")]

    def __str__(self) -> str:
        return f"{self.role}: {self.section}"


class HRAttribute(models.Model):
    """One attribute that the HR system shows us, as it was defined when we looked last; one that is gone is kept.

    `label` is the customer's own text in one language and may change; only `key` says which attribute it is.
    """

    class Source(models.TextChoices):
        PERSONIO = "personio", "Personio"
        ROSTER = "roster", _("Roster")
        PORTAL = "portal", _("Portal")

    class Migration(models.TextChoices):
        """Of a duplicate: what becomes of the data of the one it was made from (rule 25)."""

        OPEN = "open", _("Not decided yet")
        CARRIED = "carried", _("Carried over")
        EMPTY = "empty", _("Left empty on purpose")

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="hr_attributes", verbose_name=_("company")
    )
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.PERSONIO)
    key = models.CharField(_("key"), max_length=80)
    label = models.CharField(_("label"), max_length=200)
    type = models.CharField(_("type"), max_length=20)
    universal_id = models.CharField(_("universal id"), max_length=80, blank=True)
    options = models.JSONField(_("options"), default=list)
    renamed = models.JSONField(default=dict, help_text="new text of an option: the text it had, while it is not undone")
    first_seen_at = models.DateTimeField(_("seen first"))
    seen_at = models.DateTimeField(_("seen last"))
    gone_at = models.DateTimeField(_("gone since"), null=True)
    # Only the portal's own attributes stand in a section, and only a duplicate has a migration.
    section = models.ForeignKey(
        "mapping.Section",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attributes",
        verbose_name=_("section"),
    )
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="duplicates"
    )
    migration = models.CharField(_("data"), max_length=10, choices=Migration.choices, blank=True)
    migrated_at = models.DateTimeField(null=True, blank=True)
    migrated_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    carry_map = EncryptedJSONField(null=True, blank=True, help_text="what an old value becomes, as support typed it")

    class Meta:
        verbose_name = _("HR attribute")
        verbose_name_plural = _("HR attributes")
        ordering = ["company", "source", "label", "key"]
        constraints = [
            models.UniqueConstraint(fields=["company", "source", "key"], name="hr_attribute_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.key})"

    @property
    def is_there(self) -> bool:
        return self.gone_at is None
