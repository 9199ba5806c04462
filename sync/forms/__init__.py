"""What people fill in on the pages of the sync."""

from sync.forms.roster import RosterForm

__all__ = ["RosterForm"]
