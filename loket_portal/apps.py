from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The frame: settings, addresses, the look of forms, and what every page knows."""

    name = "loket_portal"
    verbose_name = "Loket Portal"
