"""What a sync asks before it goes on, in words, for the e-mail about it."""

from django import template

from sync.guards import Guard
from sync.wording.guards import Question, question

register = template.Library()


@register.filter
def asked(guard: Guard, reads_personio: object = False) -> Question:
    """The question, where the people come from a roster or from Personio."""
    return question(guard, reads_personio=bool(reads_personio))
