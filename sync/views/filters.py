"""What a list page is asked for in its address: a filter, words to search, a page number."""

from dataclasses import dataclass

from django.http import HttpRequest

LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class Filters:
    """`show` is always one of the allowed filters; an unknown one counts as "all"."""

    show: str
    search: str
    page: str

    @classmethod
    def of(cls, request: HttpRequest, allowed: set[str]) -> "Filters":
        show = request.GET.get("show", "all")
        search = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
        return cls(show if show in allowed else "all", search, request.GET.get("page", "1"))
