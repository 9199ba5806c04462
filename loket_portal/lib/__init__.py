"""Leaf helpers: they import no app and know nothing of Loket."""
