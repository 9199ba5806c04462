"""Mapping sets as support publishes them. What a rule does is decided in rules.py and apply.py; here it is only kept."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models import Company, LegalEntity, User


class Frozen(Exception):
    """A published mapping set is never changed; publish a new version."""


class MappingSet(models.Model):
    """One version of a company's mapping of one source; exactly one version of each source is in force."""

    class Source(models.TextChoices):
        ROSTER = "roster", _("Roster")
        PERSONIO = "personio", "Personio"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")
        DISCARDED = "discarded", _("Discarded")

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="mapping_sets", verbose_name=_("company")
    )
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.ROSTER)
    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    digest = models.CharField(
        _("digest"), max_length=64, blank=True, help_text=_("SHA-256 of the rules it was loaded from")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("published by")
    )
    # Of a draft: the version that was in force when it was begun, and where it comes from otherwise.
    based_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("based on")
    )
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True, null=True)
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("begun by")
    )

    class Meta:
        verbose_name = _("mapping set")
        verbose_name_plural = _("mapping sets")
        permissions = [("reveal_values", "Can see a BSN or an IBAN unmasked, with a reason")]
        ordering = ["company", "source", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["company", "source", "version"], name="mapping_version_once_per_source"),
            models.UniqueConstraint(
                fields=["company", "source"],
                condition=models.Q(state="published"),
                name="one_published_mapping_per_source",
            ),
            models.UniqueConstraint(
                fields=["company", "source"], condition=models.Q(state="draft"), name="one_draft_per_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.state != self.State.DRAFT:
            raise Frozen("A published mapping set is never deleted.")
        return super().delete(*args, **kwargs)


class PartOfASet(models.Model):
    """A row of a mapping set, which nobody changes or deletes once the set is published (rule 28)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_published()
        return super().delete(*args, **kwargs)

    @property
    def owner(self) -> MappingSet:
        """The set it belongs to."""
        raise NotImplementedError

    def _refuse_published(self) -> None:
        if self.owner.state != MappingSet.State.DRAFT:
            raise Frozen("A published mapping set is never changed; publish a new version.")


class OptionMap(PartOfASet):
    """A named table from HR values to Loket's option, by Loket's text or ISO code: Loket's keys differ per environment."""

    mapping_set = models.ForeignKey(MappingSet, on_delete=models.CASCADE, related_name="option_maps")
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("option map")
        verbose_name_plural = _("option maps")
        constraints = [models.UniqueConstraint(fields=["mapping_set", "name"], name="option_map_once_per_set")]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> MappingSet:
        return self.mapping_set


class OptionMapEntry(PartOfASet):
    """One HR value and the Loket option it stands for."""

    option_map = models.ForeignKey(OptionMap, on_delete=models.CASCADE, related_name="entries")
    hr_value = models.CharField(_("HR value"), max_length=100)
    loket_value = models.CharField(_("Loket value"), max_length=100)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        constraints = [models.UniqueConstraint(fields=["option_map", "hr_value"], name="hr_value_once_per_map")]

    def __str__(self) -> str:
        return f"{self.hr_value} → {self.loket_value}"

    @property
    def owner(self) -> MappingSet:
        return self.option_map.mapping_set


class FieldRule(PartOfASet):
    """One target of Loket: where its value comes from and how it is written (rules 23 to 31)."""

    class WriteMode(models.TextChoices):
        OVERWRITE = "overwrite", _("Overwrite")
        ONLY_IF_EMPTY = "only_if_empty", _("Only if empty")
        ONLY_FOR_NEW = "only_for_new", _("Only for new people")

    class Empty(models.TextChoices):
        KEEP = "keep", _("Keep Loket's value")
        CLEAR = "clear", _("Clear Loket's value")

    class TooLong(models.TextChoices):
        REFUSE = "refuse", _("Problem")
        SHORTEN = "shorten", _("Shorten, and say so")

    class Decision(models.TextChoices):
        CONNECT = "connect", _("Connect")
        DUPLICATE = "duplicate", _("Duplicate")
        CREATE = "create", _("Create")

    mapping_set = models.ForeignKey(MappingSet, on_delete=models.CASCADE, related_name="rules")
    # Empty: the company's own rule. Else what counts for this legal entity in its place.
    entity = models.ForeignKey(LegalEntity, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    target = models.CharField(_("Loket field"), max_length=80)
    source = models.CharField(_("HR attribute"), max_length=80, blank=True)
    converter = models.CharField(_("converter"), max_length=40, default="auto")
    argument = models.CharField(_("setting of the converter"), max_length=40, blank=True)
    option_map = models.ForeignKey(OptionMap, null=True, blank=True, on_delete=models.PROTECT, related_name="rules")
    fallback = models.CharField(_("value for new people"), max_length=100, blank=True)
    write_mode = models.CharField(max_length=16, choices=WriteMode.choices, default=WriteMode.OVERWRITE)
    empty = models.CharField(max_length=8, choices=Empty.choices, default=Empty.KEEP)  # rule 31
    too_long = models.CharField(max_length=8, choices=TooLong.choices, default=TooLong.REFUSE)  # rule 48
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)  # rule 23
    former_source = models.CharField(_("former HR attribute"), max_length=80, blank=True)  # rule 24

    class Meta:
        verbose_name = _("field rule")
        verbose_name_plural = _("field rules")
        ordering = ["mapping_set", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["mapping_set", "target"], condition=models.Q(entity=None), name="target_once_per_set"
            ),
            models.UniqueConstraint(fields=["mapping_set", "entity", "target"], name="target_once_per_entity"),
        ]

    def __str__(self) -> str:
        return self.target

    @property
    def owner(self) -> MappingSet:
        return self.mapping_set
