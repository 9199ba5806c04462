"""Mapping in Django's admin: each module registers its own models."""

from mapping.admin import desk, personio, sections

__all__ = ["desk", "personio", "sections"]
