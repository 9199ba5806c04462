"""The link of a legal entity with one administration in Loket."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.legal_entity import LegalEntity
from onboarding.models.login import LoketLogin
from onboarding.models.user import User


class Connection(models.Model):
    """One entity on one administration, for good: only support can release it (rules 2, 3, 4 and 37).

    A released connection stays as history: it has no `entity` any more, but a `former_entity`.
    """

    entity = models.OneToOneField(LegalEntity, null=True, on_delete=models.PROTECT, related_name="connection")  # rule 3
    former_entity = models.ForeignKey(
        LegalEntity, null=True, on_delete=models.PROTECT, related_name="former_connections"
    )
    released_at = models.DateTimeField(_("released at"), null=True)
    login = models.ForeignKey(LoketLogin, on_delete=models.PROTECT, related_name="connections")
    environment = models.CharField(_("environment"), max_length=12)
    administration_id = models.UUIDField(_("administration in Loket"))
    administration_name = models.CharField(_("administration"), max_length=70)
    administration_number = models.PositiveIntegerField(_("number"), null=True)
    tax_id = models.CharField(_("tax ID"), max_length=12, help_text="payrollTaxesNumber")
    period_type = models.CharField(_("payroll period"), max_length=50, blank=True)
    converts_new_people = models.BooleanField(
        _("convert new people"),
        default=False,
        help_text=_("Off: new people stay concept employees, which the payroll administrator completes (rule 46)."),
    )
    linked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    linked_at = models.DateTimeField(_("connected at"))

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "administration_id"],
                condition=models.Q(released_at__isnull=True),
                name="administration_linked_once",
            ),
            models.UniqueConstraint(  # rule 4
                fields=["environment", "tax_id"],
                condition=models.Q(released_at__isnull=True),
                name="tax_id_linked_once",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True, entity__isnull=False)
                | models.Q(released_at__isnull=False, entity__isnull=True, former_entity__isnull=False),
                name="released_or_of_an_entity",
            ),
            models.CheckConstraint(condition=~models.Q(tax_id=""), name="tax_id_is_known"),  # rule 4
        ]

    def __str__(self) -> str:
        return f"{self.entity or self.former_entity} – {self.administration_name}"
