"""What is known of a company's attributes in Personio; nothing is asked here."""

from django.db.models import QuerySet

from mapping.models import HRAttribute
from mapping.services import Source
from onboarding.models import Company

OWN_LABELS = {
    "hire_date": "Hire date",
    "position": "Position",
    "subcompany": "Subcompany",
    "termination_date": "Termination date",
    "weekly_working_hours": "Weekly hours",
}
"""What Personio calls attributes of its own that Loket calls otherwise; a name on somebody's screen is never translated."""


def of_company(company: Company) -> QuerySet[HRAttribute]:
    """The attributes of Personio that were ever seen; `is_there` tells those that still are."""
    return HRAttribute.objects.filter(company=company, source=Source.PERSONIO)


def names_of(company: Company) -> dict[str, str]:
    """What the company calls its attributes, by key; also those that are gone."""
    return dict(of_company(company).values_list("key", "label"))
