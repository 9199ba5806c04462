"""A legal entity of a company; support enables it before it can be connected (rule 8)."""

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.company import Company
from onboarding.models.user import User

NETHERLANDS = "NL"


class LegalEntityQuerySet(models.QuerySet["LegalEntity"]):
    """Legal entities; every page starts from `visible_to`, so that nobody sees a company that isn't theirs."""

    def visible_to(self, user: User) -> Self:
        """The entities of the companies the user is a member of; support works in the admin, not here."""
        return self.filter(company__memberships__user=user, company__memberships__user__is_active=True).distinct()


class LegalEntity(models.Model):
    """A legal entity as the HR system knows it; only Dutch ones can be connected (rule 1)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="entities", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=100)
    country = models.CharField(
        _("country"),
        max_length=2,
        help_text=_("Two letters, for example NL."),
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Write two capital letters, for example NL."))],
    )
    kvk_number = models.CharField(
        _("KvK number"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^\d{8}$", _("A KvK number has 8 digits."))],
    )
    tax_id = models.CharField(
        _("tax ID (loonheffingennummer)"),
        max_length=12,
        blank=True,
        help_text=_("9 digits, L and 2 digits, for example 123456789L01."),
    )
    # The id of the legal entity in Personio whose people it pays; empty: its people come from an uploaded roster.
    personio_id = models.CharField(max_length=40, blank=True, default="", editable=False)
    # The sign-in that its checks use, and later its connection: employers differ from entity to entity (rule 12).
    loket_login = models.ForeignKey(
        "onboarding.LoketLogin", null=True, editable=False, on_delete=models.SET_NULL, related_name="entities"
    )
    # Written down by the mapping, which knows: what it still lacks, as codes with their labels (rule 29).
    mapping_lacks = models.JSONField(default=list, editable=False)
    mapping_looked_at = models.DateTimeField(null=True, editable=False)
    # Set by support when the attributes are mapped: from then on the entity shows the Loket interface (rule 8).
    enabled_at = models.DateTimeField(_("enabled at"), null=True, blank=True, editable=False)
    enabled_by = models.ForeignKey(
        User, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = LegalEntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")
        ordering = ["company", "name"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="entity_once_per_company"),
            models.CheckConstraint(
                condition=models.Q(enabled_at__isnull=True) | models.Q(country=NETHERLANDS),
                name="only_dutch_entities_are_enabled",  # rule 1
                violation_error_message=_("Only a legal entity in the Netherlands can be enabled."),
            ),
            models.UniqueConstraint(
                fields=["company", "personio_id"],
                condition=~models.Q(personio_id=""),
                name="personio_entity_bound_once",
            ),
            models.CheckConstraint(
                condition=models.Q(personio_id="") | models.Q(country=NETHERLANDS),
                name="only_dutch_entities_read_personio",  # rule 1
                violation_error_message=_("Only a legal entity in the Netherlands can read Personio."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_dutch(self) -> bool:
        return self.country == NETHERLANDS

    @property
    def is_enabled(self) -> bool:
        return self.enabled_at is not None

    @property
    def reads_personio(self) -> bool:
        return self.personio_id != ""
