"""Evidence: what a check found and what a person said, one row each. Rows are only ever added."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.facts import Outcome
from onboarding.models.company import Company
from onboarding.models.guest import Guest
from onboarding.models.legal_entity import LegalEntity
from onboarding.models.login import LoketLogin
from onboarding.models.user import User


class Evidence(models.Model):
    """One thing that was seen or said, of an entity or of a sign-in that several entities share.

    `fact` is the key of a check or of a step. Nothing in it is about an employee, and no token is.
    """

    OUTCOMES = (
        (Outcome.PROVED.value, _("Verified")),
        (Outcome.FAILED.value, _("Problem found")),
        (Outcome.DERIVED.value, _("Verified, derived")),
        (Outcome.DECLARED.value, _("Completed")),
        (Outcome.WITHDRAWN.value, _("Taken back")),
        (Outcome.UNREACHABLE.value, _("Could not be checked")),
    )

    entity = models.ForeignKey(LegalEntity, null=True, on_delete=models.PROTECT, related_name="evidence")
    login = models.ForeignKey(LoketLogin, null=True, on_delete=models.PROTECT, related_name="evidence")
    fact = models.CharField(max_length=40)
    outcome = models.CharField(max_length=12, choices=OUTCOMES)
    code = models.CharField(max_length=60, blank=True)
    params = models.JSONField(default=dict, blank=True)
    details = models.JSONField(default=list, blank=True)
    owner = models.CharField(max_length=16, blank=True)
    since = models.DateTimeField(null=True, help_text="of an unreachable one: since when")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.ForeignKey(Guest, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["entity", "fact", "-id"], name="evidence_of_entity"),
            models.Index(fields=["login", "fact", "-id"], name="evidence_of_login"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entity__isnull=False, login__isnull=True)
                | models.Q(entity__isnull=True, login__isnull=False),
                name="evidence_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact}: {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Evidence is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Evidence is never deleted.")


class Acknowledgement(models.Model):
    """A member has read what the integration does and does not do (rule 6), for all entities of the company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="acknowledgements")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="acknowledgements")
    text_version = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [
            models.UniqueConstraint(fields=["company", "user", "text_version"], name="acknowledged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.text_version}"
