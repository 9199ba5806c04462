"""Signs of life of the background, in the database: a broker that was emptied can't lie about them."""

from django.utils import timezone

from sync.models import Beat

DISPATCH, SWEEP = "dispatch", "sweep"


def note(name: str) -> None:
    """It runs now."""
    Beat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def age(name: str) -> float | None:
    """Seconds since it last ran; None when it never did."""
    at = Beat.objects.filter(name=name).values_list("at", flat=True).first()
    return None if at is None else max(0.0, (timezone.now() - at).total_seconds())
