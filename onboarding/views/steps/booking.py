"""Booking "NL | Loket", and where the booking stands in support's queue."""

from typing import Any

from django.utils.translation import gettext as _

from onboarding.forms.booking import AnswerForm, BookingForm
from onboarding.models import Booking, LegalEntity
from onboarding.progress import State
from onboarding.services import access, bookings, marketplace
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest
from onboarding.views.steps.base import AnyForm, Refused, StepPage, page
from onboarding.wording.booking import ANSWER_TOO_LATE, NOT_FOR_YOU, STATES, place, refused


@page
class BookingPage(StepPage):
    """The form while nothing is booked, then the state, and an answer to support's question."""

    key = StepKey.BOOKING

    def form(self, request: SignedInRequest, entity: LegalEntity) -> AnyForm | None:
        """What was posted decides, so that a text typed while support moved the booking is shown again."""
        if request.method == "POST":
            return AnswerForm(request.POST) if "answer" in request.POST else self._booking_form(request, entity)
        booking = bookings.latest_for([entity]).get(entity.pk)
        if booking is not None and booking.state == Booking.State.WAITING:
            return AnswerForm()
        is_bookable = booking is None or not booking.is_open  # closed as done, and still not enabled: no dead end
        return self._booking_form(request, entity) if is_bookable and not entity.is_enabled else None

    def _booking_form(self, request: SignedInRequest, entity: LegalEntity) -> BookingForm:
        data = request.POST if request.method == "POST" else None
        offers = marketplace.offers(entity.company, request.user)
        initial = {"entities": [str(entity.pk)], **marketplace.prefill(entity, request.user)}
        return BookingForm(data, offers=offers, initial=initial)

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        booking = bookings.latest_for([entity]).get(entity.pk)
        told = {"booking_status": STATES[booking.state], "place": place(booking)} if booking else {}
        return {"booking": booking, "is_ready": not state.blocked_by, **told}

    def submit(self, request: SignedInRequest, entity: LegalEntity, form: AnyForm | None) -> str:
        if isinstance(form, AnswerForm):
            return self._answer(request, entity, form.cleaned_data["answer"])
        fields = dict(form.cleaned_data) if form else {}
        try:
            marketplace.book(fields.pop("entities"), request.user, **fields)
        except marketplace.BookingRefused as error:
            raise Refused(refused(error.offers)) from error
        return _(
            "The integration is booked. Support has it in its queue, and you get an e-mail when something changes."
        )

    def _answer(self, request: SignedInRequest, entity: LegalEntity, text: str) -> str:
        booking = bookings.latest_for([entity]).get(entity.pk)
        try:
            if booking is None or not bookings.answer(booking, request.user, text):
                raise Refused(ANSWER_TOO_LATE)
        except access.NotAllowed as error:
            raise Refused(NOT_FOR_YOU) from error
        return _("Your answer is with support.")
