"""What a company's Personio defines and what Loket's lists hold, as both were looked at last, and what that means for the
mapping (rules 23, 24 and 30).

What no longer fits is an issue before the next sync. It goes by itself once it is mended: in Personio or Loket, which the
next look sees, or by publishing the mapping anew.
"""

from mapping.attributes.asked import asked, note_asked, open_requests
from mapping.attributes.defaults import default_document, default_roster
from mapping.attributes.known import OWN_LABELS, names_of, of_company
from mapping.attributes.reporting import after_publishing, renewal, report
from mapping.attributes.taking import UNREADABLE, take
from mapping.attributes.vanished import note_vanished, note_vanished_of
from mapping.services.lists import value_lists

__all__ = [
    "OWN_LABELS",
    "UNREADABLE",
    "after_publishing",
    "asked",
    "default_document",
    "default_roster",
    "names_of",
    "note_asked",
    "note_vanished",
    "note_vanished_of",
    "of_company",
    "open_requests",
    "renewal",
    "report",
    "take",
    "value_lists",
]
