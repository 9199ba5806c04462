"""Where Personio sends its events: no session, no page, no call to anybody; answered at once."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from onboarding.services import events


@csrf_exempt
@require_POST
def personio_hook(request: HttpRequest, hook_key: str) -> HttpResponse:
    """204 for an event that is Personio's; the same 404 for a wrong address and for a wrong token."""
    if _length(request) > events.LARGEST:
        return HttpResponse(status=413)
    is_taken = events.receive(hook_key, request.headers.get("Authorization", ""), request.body)
    return HttpResponse(status=204 if is_taken else 404)


def _length(request: HttpRequest) -> int:
    """The length that was announced, without reading anything; the server reads no more than that."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length.lstrip("0")[:12] or "0") if length.isdecimal() else 0
