"""Texts of Django that its own Dutch lacks: named here, they stand in our catalogue, and gettext finds them there."""

from django.utils.translation import ngettext_lazy

TOO_SHORT = ngettext_lazy(  # since Django 5.2 with %d; its Dutch still has the text from before
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
