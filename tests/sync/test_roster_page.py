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
from tests.factories import ConnectionFactory, member
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


def test_faulty_rows_have_the_tone_of_attention_and_a_link(signed_in: Client, entity: LegalEntity) -> None:
    text = upload(signed_in, entity, f"{pages.HEADER}\n1001;1;Active;Yes;Johanna;\n").content.decode()
    assert '<p class="notice warning">' in text
    assert f'<a href="/entities/{entity.pk}/people/?show=blocked">See who is blocked</a>' in text


def test_a_file_name_in_the_notice_is_never_markup(signed_in: Client, entity: LegalEntity) -> None:
    text = upload(signed_in, entity, f"{pages.HEADER}\n1001;1;Active;Yes;Jo;\n", "<b>x.csv").content.decode()
    assert "<b>x.csv" not in text
    assert "&lt;b&gt;x.csv" in text


def test_a_roster_that_shrinks_says_by_how_many(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    pages.upload(entity, administrator)
    text = upload(signed_in, entity, f"{pages.HEADER}\n1001;1;Active;Yes;Johanna;Berg\n").content.decode()
    assert "1 person read. 2 fewer than before." in text
    assert '<p class="notice warning">' in text


@pytest.mark.parametrize(("state", "is_dry"), [("queued", False), ("running", False), ("running", True)])
def test_during_a_sync_no_roster_is_taken_but_a_preview_gives_way(
    signed_in: Client, entity: LegalEntity, administrator: User, state: str, is_dry: bool
) -> None:
    made = pages.upload(entity, administrator)
    run = pages.run(ConnectionFactory(entity=entity), is_dry=is_dry, state=state)
    text = signed_in.get(f"/entities/{entity.pk}/roster/").content.decode()
    assert ('type="file"' in text) is is_dry
    assert f'href="/entities/{entity.pk}/runs/{run.pk}/"' in text
    text = upload(signed_in, entity, f"{pages.HEADER}\n1001;1;Active;Yes;Johanna;Berg\n").content.decode()
    assert ("A sync is sending the roster in use" in text) is not is_dry
    assert (Roster.objects.get().pk == made.pk) is not is_dry


def test_a_foreign_entity_takes_no_roster(signed_in: Client, entity: LegalEntity) -> None:
    LegalEntity.objects.update(enabled_at=None, country="BE")
    text = upload(signed_in, entity, "\n".join((pages.HEADER, *pages.PEOPLE))).content.decode()
    assert "Loket.nl is for legal entities in the Netherlands." in text
    assert 'type="file"' not in text
    assert not Roster.objects.exists()


@pytest.mark.parametrize(
    ("language", "first"), [("en", "Employee number (Personeelsnummer)"), ("nl", "Personeelsnummer (Employee number)")]
)
def test_missing_columns_have_the_name_of_the_page_first(
    signed_in: Client, entity: LegalEntity, language: str, first: str
) -> None:
    file = SimpleUploadedFile("a.csv", b"status;last_name\nActive;Berg\n")
    headers = {"accept-language": language}
    text = signed_in.post(f"/entities/{entity.pk}/roster/", {"file": file}, headers=headers).content.decode()
    assert first in text


def test_a_title_above_the_header_is_named(signed_in: Client, entity: LegalEntity) -> None:
    text = upload(signed_in, entity, f"Staff of May\n\n{pages.HEADER}\n{pages.PEOPLE[0]}\n").content.decode()
    assert "Row 1 of this file says “Staff of May”; the header stands in row 3." in text


def test_a_text_file_called_xlsx_is_told_so(signed_in: Client, entity: LegalEntity) -> None:
    assert "this is not an XLSX file" in upload(signed_in, entity, "hello\n", "people.xlsx").content.decode()


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
