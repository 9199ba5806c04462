"""A company, its roles and the people who have one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.user import User


class Company(models.Model):
    """A customer: one or more legal entities and the people who look after their payroll."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """What members with this role may do: administer the company, and edit payroll of the named entities (rule 7)."""

    class Preset(models.TextChoices):
        ADMINISTRATOR = "administrator", _("Administrator")
        PAYROLL_MANAGER = "payroll_manager", _("Payroll Manager")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="roles", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=60)
    is_administrator = models.BooleanField(
        _("administrator"), default=False, help_text=_("May connect legal entities to Loket and manage the company.")
    )
    payroll_entities = models.ManyToManyField(
        "onboarding.LegalEntity",
        blank=True,
        related_name="payroll_roles",
        verbose_name=_("payroll edit for"),
        help_text=_("Legal entities whose payroll this role may edit."),
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["company", "name"]
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="role_once_per_company")]

    def __str__(self) -> str:
        return f"{self.name} ({self.company})"

    @classmethod
    def preset_fields(cls, preset: "Role.Preset") -> dict[str, Any]:
        """The fields of a preset role, for `get_or_create`."""
        return {"name": str(preset.label), "is_administrator": preset == cls.Preset.ADMINISTRATOR}


class Membership(models.Model):
    """A person's one role in a company."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("company")
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user"))
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("role"))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="one_role_per_member")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"

    def clean(self) -> None:
        if self.role_id and self.company_id and self.role.company_id != self.company_id:
            raise ValidationError({"role": _("This role belongs to another company.")})
