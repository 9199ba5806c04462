from django.urls import path

from onboarding.views import administration, connect, entities

urlpatterns = [
    path("", entities.entities, name="entities"),
    path("entities/<int:pk>/connect/", connect.connect, name="connect"),
    path("entities/<int:pk>/administration/", administration.administration, name="administration"),
    path("loket/callback/", connect.loket_callback, name="loket_callback"),
    path("loket/stopped/", connect.stopped, name="connect_stopped"),
]
