"""The support desk, as far as the words are ours: headings and actions of Django's lists, and the pages of our acts.

What a row holds, and the pages of single rows, show field names and codes for programmers.
"""

import re

from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from onboarding.models import Connection
from onboarding.services import releases
from tests.pseudo import letters, reading
from tests.pseudo.browsing import BACKEND
from tests.pseudo.world import World
from tests.sync import held

ACT = re.compile(r'href="([^"]*/act/[^"]*)"')
PARTS = (
    re.compile(r"<h1>.*?</h1>", re.DOTALL),
    re.compile(r"<thead>.*?</thead>", re.DOTALL),
    re.compile(r'<select name="action".*?</select>', re.DOTALL),
    re.compile(r'<ul class="messagelist">.*?</ul>', re.DOTALL),
    re.compile(r'<ul class="object-tools">.*?</ul>', re.DOTALL),
)
CONTENT = re.compile(r'<div id="content"[^>]*>')
OURS = ("onboarding", "mapping", "sync")
STAGES = ("zero", "assigned", "checked", "booked", "taken", "asked", "declined", "connected", "synced")
ROWS = 30  # of one model: enough for each kind of row


def models() -> list[type[Model]]:
    """Every model of ours in the admin."""
    return sorted(
        (model for model in admin.site._registry if model._meta.app_label in OURS), key=lambda one: one.__name__
    )


def fill(world: World) -> None:
    """Rows of what the world itself has not, and somebody who may do everything."""
    letters.write_all(world)
    support = world.people["support"]
    support.is_superuser = True
    support.save()
    held.aside(Connection.objects.all()[0], "Zzel")
    releases.ask(Connection.objects.all()[0], "Zzreason", support)


def words(model: type[Model], world: World) -> set[str]:
    """What nobody translated, with the address."""
    client = Client()
    client.force_login(world.people["support"], backend=BACKEND)
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    found = _parts(client, reverse(f"{base}_changelist"))
    for row in model._default_manager.all()[:ROWS]:
        address = reverse(f"{base}_change", args=[row.pk])
        for act in ACT.findall(client.get(address).content.decode()):
            found |= _act(client, act)
    return found


def _parts(client: Client, address: str) -> set[str]:
    html = client.get(address).content.decode()
    found = (one for part in PARTS for text in part.findall(html) for one in reading.of_page(text))
    return {f"{address}: {one}" for one in found if one.words != "ID"}  # the key; Django's own word


def _act(client: Client, address: str) -> set[str]:
    """The whole page of an act is ours; and what it says when nothing, or a text, is sent."""
    found = set()
    for answer in (
        client.get(address),
        client.post(address, {}),
        client.post(address, {"text": "Zztext"}, follow=True),
    ):
        html = answer.content.decode()
        is_act = "/act/" in answer.request["PATH_INFO"]
        texts = [CONTENT.split(html)[-1]] if is_act else [text for part in PARTS for text in part.findall(html)]
        found |= {f"{address}: {one}" for text in texts for one in reading.of_page(text)}
    return found
