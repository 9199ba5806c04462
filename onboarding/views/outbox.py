"""The demo's outbox: every e-mail that production would have sent. It isn't there in production."""

from collections.abc import Callable

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from onboarding.models import Mail

ON_A_PAGE = 50


def only_in_demo(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers 404 in production, whoever asks: links and codes stand in these texts."""

    def guarded(request: HttpRequest, **places: int) -> HttpResponse:
        if not settings.IS_DEMO:
            raise Http404
        return view(request, **places)

    return guarded


@require_safe
@only_in_demo
def outbox(request: HttpRequest) -> HttpResponse:
    """All e-mails, newest first."""
    rows = Mail.objects.defer("text", "html").order_by("-pk")
    return render(request, "outbox/outbox.html", {"page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))})


@require_safe
@only_in_demo
def outbox_mail(request: HttpRequest, mail_pk: int) -> HttpResponse:
    """One e-mail as its reader sees it, with links that work."""
    return render(request, "outbox/mail.html", {"mail": get_object_or_404(Mail, pk=mail_pk)})
