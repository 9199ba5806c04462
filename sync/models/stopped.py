"""What stopped a run or a reading, kept so that every reader gets it in his language."""

from typing import Any

from django.db import models
from django.utils.translation import gettext

from loket_portal.lib.errors import SyncError


class Stopped(models.Model):
    """Something of the worker that may stop: English msgids with their places filled from `params`."""

    message = models.CharField(max_length=300, blank=True)
    hint = models.CharField(max_length=300, blank=True)
    params = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def words(error: SyncError | None) -> dict[str, Any]:
        """The fields that say what an error says; empty where nothing stopped it."""
        if error is None:
            return {"message": "", "hint": "", "params": {}}
        return {"message": error.message_id[:300], "hint": error.hint_id[:300], "params": error.params}

    @property
    def shown_message(self) -> str:
        """What stopped it, in the reader's language."""
        return gettext(self.message) % self.params if self.message else ""

    @property
    def shown_hint(self) -> str:
        """Who does what next, in the reader's language."""
        return gettext(self.hint) % self.params if self.hint else ""
