from django.urls import path

from sync.views import (
    bench,
    carry,
    headcount,
    overview,
    people,
    roster,
    runs,
    section_settings,
    section_values,
    sections,
)

urlpatterns = [
    path("entities/<int:pk>/", overview.entity, name="entity"),
    path("entities/<int:pk>/roster/", roster.roster, name="roster"),
    path("entities/<int:pk>/roster/template.<str:kind>", roster.template, name="roster_template"),
    path("entities/<int:pk>/headcount/", headcount.headcount, name="headcount"),
    path("entities/<int:pk>/people/", people.people, name="people"),
    path("entities/<int:pk>/preview/", runs.preview, name="preview"),
    path("entities/<int:pk>/sync/", runs.sync, name="sync"),
    path("entities/<int:pk>/last-sync/", runs.last_sync, name="last_sync"),
    path("entities/<int:pk>/runs/<int:run_pk>/", runs.run, name="run"),
    path("entities/<int:pk>/runs/<int:run_pk>/progress/", runs.progress, name="run_progress"),
    path("support/mapping/<int:pk>/values/<str:target>/", bench.values, name="bench_values"),
    path("support/mapping/<int:pk>/people/", bench.choose, name="bench_choose"),
    path("support/mapping/<int:pk>/person/", bench.person, name="bench_person"),
    path("support/mapping/<int:pk>/everyone/", bench.everyone, name="bench_everyone"),
    path("support/mapping/<int:pk>/touched/", bench.touched, name="bench_touched"),
    path("support/mapping/<int:pk>/read/", bench.read, name="bench_read"),
    path("support/mapping/<int:pk>/reveal/", bench.reveal, name="bench_reveal"),
    path("support/mapping/<int:pk>/carry/<int:attribute_pk>/", carry.carry, name="carry"),
    path("support/mapping/<int:pk>/carry/<int:attribute_pk>/<str:kind>.csv", carry.carry_file, name="carry_file"),
    path("companies/<int:pk>/sections/", sections.section_list, name="section_list"),
    path("companies/<int:pk>/sections/<int:section_pk>/", sections.section, name="section"),
    path(
        "companies/<int:pk>/sections/<int:section_pk>/settings/",
        section_settings.section_settings,
        name="section_settings",
    ),
    path(
        "companies/<int:pk>/sections/<int:section_pk>/attributes/<int:attribute_pk>/",
        section_settings.section_attribute,
        name="section_attribute",
    ),
    path("companies/<int:pk>/sections/<int:section_pk>/values.csv", section_values.section_file, name="section_file"),
    path(
        "companies/<int:pk>/sections/<int:section_pk>/people/<int:entity_pk>/<int:row>/",
        section_values.section_person,
        name="section_person",
    ),
    path(
        "companies/<int:pk>/sections/<int:section_pk>/import/<int:entity_pk>/",
        section_values.section_import,
        name="section_import",
    ),
    path(
        "companies/<int:pk>/sections/<int:section_pk>/imports/<int:import_pk>/",
        section_values.section_imported,
        name="section_imported",
    ),
    path(
        "companies/<int:pk>/sections/<int:section_pk>/imports/<int:import_pk>/<str:kind>.csv",
        section_values.section_imported_file,
        name="section_imported_file",
    ),
]
