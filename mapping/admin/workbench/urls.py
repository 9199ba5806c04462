"""Where the workbench is in the admin: below the mapping sets, one for each company and source."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.urls import URLPattern, path

from mapping.admin.workbench import acts, changing, page, pages

PLACE = "workbench/<int:company>/<slug:source>/"
VIEWS: dict[str, tuple[str, Any]] = {
    "workbench": ("", page.page),
    "rule": ("rule/<str:target>/", changing.rule),
    "publish": ("publish/", pages.publish),
    "discard": ("discard/", pages.discard),
    "versions": ("versions/", pages.list_versions),
    "difference": ("difference/", pages.difference),
    "roll_back": ("versions/<int:version>/back/", pages.roll_back),
    "history": ("history/", pages.history),
    "export": ("export/", pages.export),
    "import": ("import/", pages.import_yaml),
    "act": ("act/<slug:name>/", acts.act),
}
"""The pages by the name of their address (admin:mapping_NAME)."""


class Workbench(ModelAdmin):  # type: ignore[type-arg]
    """A page of the admin below which the workbench is."""

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(PLACE + place, self.admin_site.admin_view(view), name=f"mapping_{name}")
            for name, (place, view) in VIEWS.items()
        ]
        return [*own, *super().get_urls()]
