"""Attributes that the portal keeps itself: sections, values of people, and how data comes over from another attribute."""
