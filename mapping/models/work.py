"""Support's work on a mapping: every change of a draft, what was asked of the customer, and which previews were seen."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from mapping.models.attributes import HRAttribute, Section
from mapping.models.sets import MappingSet
from onboarding.models import Company, LegalEntity, User


class MappingChange(models.Model):
    """One change of a draft (rule 28): who, when, before, after. Rows are only ever added; `undoes` takes one back."""

    mapping_set = models.ForeignKey(MappingSet, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    entity = models.ForeignKey(LegalEntity, null=True, on_delete=models.SET_NULL, related_name="+")
    entity_name = models.CharField(max_length=100, blank=True, help_text="whose rule it was, also once it is gone")
    target = models.CharField(_("Loket field"), max_length=80, blank=True, help_text="empty: the whole draft")
    batch = models.UUIDField(help_text="changes of one click, undone together")
    before = models.JSONField(null=True, help_text="the rule as in a document; null: there was none")
    after = models.JSONField(null=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        verbose_name = _("change of a mapping")
        verbose_name_plural = _("changes of mappings")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.mapping_set}: {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A change of a mapping is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A change of a mapping is never deleted.")


class Preview(models.Model):
    """Somebody saw what a mapping makes of the people of a legal entity (rule 29). Numbers only, no value of anybody."""

    mapping_set = models.ForeignKey(MappingSet, on_delete=models.CASCADE, related_name="previews")
    entity = models.ForeignKey(LegalEntity, on_delete=models.CASCADE, related_name="mapping_previews")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    digest = models.CharField(max_length=64, help_text="of the rules that were previewed")
    people = models.PositiveIntegerField()
    passed = models.PositiveIntegerField()
    unmapped = models.JSONField(
        default=dict, help_text="target: how many people have a list value that stands for nothing"
    )

    class Meta:
        verbose_name = _("preview of a mapping")
        verbose_name_plural = _("previews of mappings")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.mapping_set}: {self.passed} / {self.people}"


class AttributeRequest(models.Model):
    """An attribute that the customer is to make in Personio, with this very name and type; open until it is seen there."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="attribute_requests")
    target = models.CharField(_("Loket field"), max_length=80)
    section = models.ForeignKey(Section, null=True, on_delete=models.SET_NULL, related_name="+")
    label = models.CharField(_("name"), max_length=200)
    type = models.CharField(_("type"), max_length=20)
    options = models.JSONField(_("options"), default=list)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    found = models.ForeignKey(HRAttribute, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("requested attribute")
        verbose_name_plural = _("requested attributes")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "target"],
                condition=models.Q(done_at=None, withdrawn_at=None),
                name="one_open_request_per_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.type})"
