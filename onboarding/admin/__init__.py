"""Support's side: companies, people and entities. What must not be undone by a click is read-only here."""

from allauth.account import admin as account_admin
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from onboarding.admin import bookings, companies, connections, entities, evidence, issues, mails, people, releases

# Roles say who may do what, and a user's own address is the only one: what no one here uses is not shown.
admin.site.unregister([Group, account_admin.EmailAddress])
admin.site.site_header = admin.site.site_title = _("Loket Portal – support")
admin.site.index_title = _("Support desk")

__all__ = ["bookings", "companies", "connections", "entities", "evidence", "issues", "mails", "people", "releases"]
