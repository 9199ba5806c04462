"""A booking: the request to support to set up the integration (rule 10), and where it stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.company import Company
from onboarding.models.legal_entity import LegalEntity
from onboarding.models.user import User


class Booking(models.Model):
    """One request for one or more entities of a company, in support's queue."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        IN_PROGRESS = "in_progress", _("In progress")
        WAITING = "waiting", _("Waiting for the customer")
        DONE = "done", _("Done")
        DECLINED = "declined", _("Declined")

    OPEN = (State.NEW, State.IN_PROGRESS, State.WAITING)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("company"))
    entities = models.ManyToManyField(LegalEntity, related_name="bookings", verbose_name=_("legal entities"))
    contact_name = models.CharField(_("contact"), max_length=100)
    contact_email = models.EmailField(_("e-mail address of the contact"))
    contact_phone = models.CharField(_("telephone"), max_length=25, blank=True)
    accountant_name = models.CharField(_("payroll administrator or tax accountant"), max_length=100)
    accountant_email = models.EmailField(_("e-mail address of the payroll administrator or tax accountant"))
    message = models.TextField(_("message"), blank=True, max_length=4000)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.NEW)
    state_at = models.DateTimeField(_("in this state since"))
    reply = models.TextField(_("message to the customer"), blank=True, max_length=4000)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("owner")
    )
    booked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    booked_at = models.DateTimeField(_("booked at"))

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["booked_at"]

    def __str__(self) -> str:
        return f"NL | Loket: {self.company} #{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
