from django.urls import path

from sync.views import headcount, overview, people, roster, runs

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
]
