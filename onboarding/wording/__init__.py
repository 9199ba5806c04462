"""The words for codes of onboarding: what happened, what to do next and who does it. Everything is translated."""

from onboarding.wording.base import Page, Status, Text, Words, names, of_error, people_count, thousands
from onboarding.wording.connecting import LINK, SIGN_IN, SIGNED_OUT
from onboarding.wording.hub import entity_status
from onboarding.wording.trail import audit_action, audit_detail

__all__ = [
    "LINK",
    "SIGNED_OUT",
    "SIGN_IN",
    "Page",
    "Status",
    "Text",
    "Words",
    "audit_action",
    "audit_detail",
    "entity_status",
    "names",
    "of_error",
    "people_count",
    "thousands",
]
