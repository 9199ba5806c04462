"""When an entity was last compared with Personio without anybody asking. Changed by compare-and-set only."""

from django.db import models

from onboarding.models import LegalEntity


class Watch(models.Model):
    """Two beats at once start one comparison: who changes `compared_at` from what both have read has won."""

    entity = models.OneToOneField(LegalEntity, on_delete=models.CASCADE, related_name="watch")
    compared_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.entity}: {self.compared_at}"
