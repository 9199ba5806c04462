"""What a list page is asked for in its address: a filter, words to search, a page number."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from onboarding.wording import Text

LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class Filters:
    """`show` is always one of the allowed filters; an unknown one, and none, counts as `usual`."""

    show: str
    search: str
    page: str

    @classmethod
    def of(cls, request: HttpRequest, allowed: set[str], usual: str = "all") -> "Filters":
        show = request.GET.get("show", usual)
        search = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
        return cls(show if show in allowed else usual, search, request.GET.get("page", "1"))


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """One filter as a link with the number of people behind it."""

    show: str
    word: Text
    count: int
    is_alarm: bool


def choices(filters: Mapping[str, Text], counts: Mapping[str, int]) -> list[FilterChoice]:
    """The filters of a list in their order; people who need somebody stand out when there are any."""
    numbers = {show: counts.get(show, 0) for show in filters}
    alarms = {"problems", "blocked"}
    return [
        FilterChoice(show, word, numbers[show], show in alarms and numbers[show] > 0) for show, word in filters.items()
    ]
