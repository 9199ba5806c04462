"""What a sync asks before it goes on, and why none began, in words, for the e-mails about it."""

from django import template

from onboarding.wording import Text, Words
from sync.guards import Guard
from sync.refusals import run_refusal
from sync.services.runs import Refusal
from sync.wording.guards import MEANWHILE, Question, question

register = template.Library()


@register.filter
def asked(guard: Guard, reads_personio: object = False) -> Question:
    """The question, where the people come from a roster or from Personio."""
    return question(guard, reads_personio=bool(reads_personio))


@register.filter
def meanwhile(code: str) -> Text:
    """How it is in Loket as long as a change is left out; a question of a later version is shown as it is."""
    return MEANWHILE.get(code, code.replace("_", " "))


@register.filter
def refused(code: str, reads_personio: object = False) -> Words:
    """Why a sync could not begin, and who does what about it."""
    return run_refusal(Refusal(code), reads_personio=bool(reads_personio))
