from django.urls import path

from mapping.views import mapping
from mapping.views import personio as views

urlpatterns = [
    path("companies/<int:pk>/mapping/", mapping.mapping, name="company_mapping"),
    path("companies/<int:pk>/personio/", views.personio, name="personio"),
    path("companies/<int:pk>/personio/credentials/", views.credentials, name="personio_credentials"),
    path("companies/<int:pk>/personio/read/", views.read_again, name="personio_read"),
    path("companies/<int:pk>/personio/entities/", views.entities, name="personio_entities"),
    path("companies/<int:pk>/personio/events/", views.events, name="personio_events"),
    path("companies/<int:pk>/personio/remove/", views.remove, name="personio_remove"),
]
