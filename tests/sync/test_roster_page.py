"""Uploading a roster: what it needs, what was refused, and that the last good one stays."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from onboarding.models import LegalEntity, Membership, Role, User
from sync.models import Roster
from tests.factories import member
from tests.sync import pages

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def upload(client: Client, entity: LegalEntity, text: str, name: str = "people.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode())
    return client.post(f"/entities/{entity.pk}/roster/", {"file": file}, follow=True)


def test_a_good_file_leads_to_the_people_with_their_number(signed_in: Client, entity: LegalEntity) -> None:
    answer = upload(signed_in, entity, "\n".join((pages.HEADER, *pages.PEOPLE)))
    assert answer.redirect_chain == [(f"/entities/{entity.pk}/people/", 302)]
    assert "people.csv: 3 people read." in answer.content.decode()


def test_faulty_rows_are_counted_at_once(signed_in: Client, entity: LegalEntity) -> None:
    answer = upload(signed_in, entity, f"{pages.HEADER}\n1001;1;Active;Yes;Johanna;\n")
    assert "1 row has a fault; that person is blocked until it is corrected." in answer.content.decode()


def test_a_refused_file_says_why_and_keeps_the_roster(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    pages.upload(entity, administrator)
    page = upload(signed_in, entity, "a;b\n1;2\n").content.decode()
    assert "These columns are missing" in page
    assert 'href="#id_file"' in page
    assert "Nothing was imported." in page
    assert Roster.objects.get().person_count == 3


def test_no_file_at_all_is_told_at_the_field(signed_in: Client, entity: LegalEntity) -> None:
    page = signed_in.post(f"/entities/{entity.pk}/roster/", {}).content.decode()
    assert page.count("Choose a file of at most 20 MB.") == 2


def test_without_payroll_edit_there_is_no_form_and_no_way_in(
    client: Client, entity: LegalEntity, administrator: User
) -> None:
    reader = member(entity)
    role = Role.objects.create(company=entity.company, name="Reader")
    Membership.objects.filter(user=reader).update(role=role)
    client.force_login(reader, backend=BACKEND)
    page = client.get(f"/entities/{entity.pk}/roster/").content.decode()
    assert 'type="file"' not in page
    assert str(administrator) in page
    upload(client, entity, "\n".join((pages.HEADER, *pages.PEOPLE)))
    assert not Roster.objects.exists()


def test_the_columns_are_documented(signed_in: Client, entity: LegalEntity) -> None:
    page = signed_in.get(f"/entities/{entity.pk}/roster/").content.decode()
    assert page.count('<span class="tag">required</span>') == 5
    assert "Personeelsnummer" in page


@pytest.mark.parametrize(("language", "first"), [("en", "Employee number"), ("nl", "Personeelsnummer")])
def test_the_templates_are_in_the_language_of_the_page(
    signed_in: Client, entity: LegalEntity, language: str, first: str
) -> None:
    headers = {"accept-language": language}
    plain = signed_in.get(f"/entities/{entity.pk}/roster/template.csv", headers=headers)
    assert next(csv.reader(io.StringIO(plain.content.decode("utf-8-sig")), delimiter=";"))[0] == first
    assert plain["Content-Disposition"] == 'attachment; filename="roster.csv"'
    excel = signed_in.get(f"/entities/{entity.pk}/roster/template.xlsx", headers=headers)
    assert load_workbook(io.BytesIO(excel.content)).worksheets[0]["A1"].value == first


def test_other_kinds_of_template_do_not_exist(signed_in: Client, entity: LegalEntity) -> None:
    assert signed_in.get(f"/entities/{entity.pk}/roster/template.pdf").status_code == 404
