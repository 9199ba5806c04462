"""Support's side: companies, people and entities. What must not be undone by a click is read-only here."""

from onboarding.admin import companies, connections, entities

__all__ = ["companies", "connections", "entities"]
