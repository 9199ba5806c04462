"""Support's queue of bookings: who has it, how old it is, and the steps that are possible now (rule 10)."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from onboarding.admin.acts import Act, ActingAdmin, NotDone, OptionalText, RequiredText
from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import Booking, User
from onboarding.services import bookings
from onboarding.services.bookings import ALLOWED, State
from onboarding.wording import Words

CHANGE = "onboarding.change_booking"
MEANWHILE = Words(_("Somebody changed this booking meanwhile."), _("Look at it as it is now."))


class OpenFilter(admin.SimpleListFilter):
    """The queue, or what is behind us."""

    title = _("open")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Open")), ("mine", _("Open, mine")), ("no", _("Done or declined"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        match self.value():
            case "yes":
                return queryset.filter(state__in=Booking.OPEN)
            case "mine":
                return queryset.filter(state__in=Booking.OPEN, owner=request.user.pk)
            case "no":
                return queryset.exclude(state__in=Booking.OPEN)
        return queryset


def _moving(state: str, said: Any) -> Any:
    def do(booking: Booking, by: User, data: dict[str, Any]) -> str:
        if not bookings.move(booking, state, by=by, reply=data.get("text", "")):
            raise NotDone(MEANWHILE)
        return str(said)

    return do


def _take(booking: Booking, by: User, data: dict[str, Any]) -> str:
    if not bookings.take(booking, by):
        raise NotDone(MEANWHILE)
    return gettext("The booking is yours.")


@admin.register(Booking)
class BookingAdmin(ActingAdmin, ReadOnlyAdmin):
    """Open ones first, the oldest on top. A state changes by an act with its words, never by editing."""

    list_display = (
        "number",
        column("company", _("company")),
        "which",
        column("state", _("state")),
        "age",
        "in_state",
        column("owner", _("owner")),
    )
    list_filter = (OpenFilter, "state", ("owner", admin.RelatedOnlyFieldListFilter), "company")
    list_select_related = ("company", "owner")
    search_fields = ("company__name", "entities__name", "contact_name", "accountant_name")
    ordering = (Case(When(state__in=Booking.OPEN, then=Value(0)), default=Value(1)), "booked_at")
    fields = (
        *("company", "which", "state", "in_state", "owner", "age", "booked_at", "booked_by"),
        *("contact_name", "contact_email", "contact_phone", "accountant_name", "accountant_email"),
        *("message", "reply"),
    )
    readonly_fields = ("which", "age", "in_state")
    actions = ("take",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        return super().get_queryset(request).prefetch_related("entities")

    @admin.display(description=_("booking"), ordering="pk")
    def number(self, booking: Booking) -> str:
        return f"NL | Loket #{booking.pk}"

    @admin.display(description=_("legal entities"))
    def which(self, booking: Booking) -> str:
        return ", ".join(_with_state(entity) for entity in booking.entities.all())

    @admin.display(description=_("age"), ordering="booked_at")
    def age(self, booking: Booking) -> str:
        return timesince(booking.booked_at)

    @admin.display(description=_("in this state for"), ordering="state_at")
    def in_state(self, booking: Booking) -> str:
        return timesince(booking.state_at)

    @admin.action(description=_("Take"), permissions=["take"])
    def take(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        taken = sum(bookings.take(booking, request.user) for booking in queryset if isinstance(request.user, User))
        text = ngettext("%(n)d booking is yours.", "%(n)d bookings are yours.", taken) % {"n": taken}
        self.message_user(request, text, messages.SUCCESS if taken else messages.WARNING)

    def has_take_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(CHANGE)

    def acts(self, row: Booking) -> Sequence[Act]:
        possible = ALLOWED[row.state]
        acts = [_take_act(row)] if row.is_open else []
        return [
            *acts,
            *(make(row) for state, make in _MOVES.items() if state in possible and not _is_taking(row, state)),
        ]


def _is_taking(booking: Booking, state: str) -> bool:
    return (booking.state, state) == (State.NEW, State.IN_PROGRESS)


def _with_state(entity: Any) -> str:
    return gettext("%(entity)s (enabled)") % {"entity": entity} if entity.is_enabled else str(entity)


def _take_act(booking: Booking) -> Act:
    label = _("Take") if booking.state == State.NEW else _("Take over")
    text = _("You become its owner, and the customer sees your name.")
    return Act(name="take", label=label, permission=CHANGE, do=_take, text=text)


def _ask_act(booking: Booking) -> Act:
    return Act(
        name="ask",
        label=_("Ask the customer"),
        permission=CHANGE,
        do=_moving(State.WAITING, _("The customer has your question.")),
        text=_(
            "The booking waits for the customer, who gets your question by e-mail and can answer it on the page of the booking."
        ),
        form_class=RequiredText,
    )


def _resume_act(booking: Booking) -> Act:
    return Act(
        name="resume",
        label=_("Go on without an answer"),
        permission=CHANGE,
        do=_moving(State.IN_PROGRESS, _("The booking is in progress again.")),
        text=_("The question is taken away from the customer's page."),
    )


def _done_act(booking: Booking) -> Act:
    waiting = [entity for entity in booking.entities.all() if not entity.is_enabled]
    if waiting:
        text = _("These are not enabled yet. They leave the queue with this booking, so say to the customer why:")
    else:
        text = _("All legal entities of this booking are enabled.")
    return Act(
        name="done",
        label=_("Done"),
        permission=CHANGE,
        do=_moving(State.DONE, _("The booking is done.")),
        text=text,
        lines=tuple(str(entity) for entity in waiting),
        form_class=RequiredText if waiting else OptionalText,
    )


def _decline_act(booking: Booking) -> Act:
    return Act(
        name="decline",
        label=_("Decline"),
        permission=CHANGE,
        do=_moving(State.DECLINED, _("The booking is declined.")),
        text=_("The customer gets your reason by e-mail and can book again."),
        form_class=RequiredText,
        is_grave=True,
    )


_MOVES = {
    State.WAITING: _ask_act,
    State.IN_PROGRESS: _resume_act,
    State.DONE: _done_act,
    State.DECLINED: _decline_act,
}
