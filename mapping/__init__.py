"""Decides values: which HR value goes into which Loket field, and what to do when it can't."""
