"""How a connection stands after its last sync: what need not be looked at again (D2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models import Connection
from sync.models.run import Run


class Standing(models.Model):
    """What the last confirmed sync left: while `mark` and Loket's `version` are the same, one call tells that all is done.

    `mark` is a keyed fingerprint of everybody, of the mapping and of what else decides; "" when somebody was not certain.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="standing")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    mark = models.CharField(max_length=64, blank=True)
    version = models.BigIntegerField(null=True, help_text="the highest number that Loket gave to a change until then")
    look_on = models.DateField(null=True, help_text="from this day on the calendar alone may change something")
    confirmed_at = models.DateTimeField(null=True)
    compared_at = models.DateTimeField(null=True, help_text="everybody was last compared with Loket's own lists")
    people = models.PositiveIntegerField(null=True, help_text="how many the source had then: it must not shrink unseen")
    asks_for_iban = models.BooleanField(
        _("ask before bank accounts change"),
        default=True,
        help_text=_("On: a sync that changes the bank account of an employee waits for somebody’s word."),
    )

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")

    def __str__(self) -> str:
        return f"{self.connection}: {self.confirmed_at}"
