"""The pages of a company's sections: who sees what, one person's values with their days, files (rules 26 and 27)."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mapping.models import HRAttribute, Section
from mapping.portal import attributes, sections, values
from onboarding.models import LegalEntity, User
from sync.services import retention
from tests.factories import EntityFactory, member
from tests.mapping.portal import attribute, read_by, section, support, with_role
from tests.sync.pages import upload

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
BSN = "999990093"


@pytest.fixture
def shown(entity: LegalEntity, administrator: User) -> Section:
    """A section with one attribute, beside a roster of three."""
    upload(entity, administrator)
    made = section(entity.company)
    attribute(made)
    return made


@pytest.fixture
def locker(shown: Section) -> HRAttribute:
    return shown.attributes.get()


def as_clerk(client: Client, entity: LegalEntity, shown: Section, said: str) -> User:
    """Somebody signed in whose role was given this in the section."""
    role, clerk = with_role(entity, "HR clerk")
    sections.set_access(shown, None, {role.pk: said} if said else {})
    client.force_login(clerk, backend=BACKEND)
    return clerk


def url(name: str, shown: Section, **places: Any) -> str:
    return reverse(name, kwargs={"pk": shown.company_id, "section_pk": shown.pk, **places})


def of_person(shown: Section, entity: LegalEntity, row: int = 2) -> str:
    return url("section_person", shown, entity_pk=entity.pk, row=row)


def text(answer: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def token(answer: HttpResponse) -> str:
    found = re.search(r'name="person" value="([0-9a-f]{64})"', answer.content.decode())
    assert found
    return found[1]


def now(locker: HRAttribute, entity: LegalEntity, key: str = "1001") -> dict[str, str | None]:
    return values.of_person(values.on(entity.company, entity, date(2100, 1, 1)), entity, key)


# --- The list -------------------------------------------------------------------------------------------------------------


def test_an_administrator_sees_every_section_and_who_sees_it(signed_in: Client, shown: Section) -> None:
    page = text(signed_in.get(reverse("section_list", args=[shown.company_id])))
    assert "Loket" in page
    assert "Payroll extras" in page
    assert page.count("seen by administrators only") == 2
    assert "Add the section" in page


def test_a_role_sees_only_its_sections_and_no_form(client: Client, entity: LegalEntity, shown: Section) -> None:
    as_clerk(client, entity, shown, "view")
    answer = client.get(reverse("section_list", args=[shown.company_id]))
    links = re.findall(r'class="card-name">\s*<a href="([^"]+)"', answer.content.decode())
    assert links == [url("section", shown)]
    assert "Look only" in text(answer)
    assert "Add the section" not in text(answer)


def test_a_role_without_access_is_told_who_can_give_it(
    client: Client, entity: LegalEntity, shown: Section, administrator: User
) -> None:
    as_clerk(client, entity, shown, "")
    page = text(client.get(reverse("section_list", args=[shown.company_id])))
    assert "Payroll extras" not in page
    assert f"An administrator can give your role access: {administrator}." in page


def test_an_administrator_adds_a_section(signed_in: Client, entity: LegalEntity) -> None:
    address = reverse("section_list", args=[entity.company_id])
    answer = signed_in.post(address, {"name": "Cars"}, follow=True)
    assert "Only administrators see it." in text(answer)
    assert "“cars” is there already." in text(signed_in.post(address, {"name": "cars"}))
    assert entity.company.sections.filter(name="Cars").count() == 1


def test_nobody_else_adds_one(client: Client, entity: LegalEntity, shown: Section) -> None:
    as_clerk(client, entity, shown, "edit")
    answer = client.post(reverse("section_list", args=[shown.company_id]), {"name": "Cars"})
    assert "Your role may not change this." in text(answer)
    assert not Section.objects.filter(name="Cars").exists()


# --- Hidden, seen, changed ------------------------------------------------------------------------------------------------


def every_page(shown: Section, entity: LegalEntity) -> list[str]:
    row = shown.attributes.first()
    assert row
    return [
        url("section", shown),
        url("section_settings", shown),
        url("section_attribute", shown, attribute_pk=row.pk),
        url("section_file", shown),
        of_person(shown, entity),
        url("section_import", shown, entity_pk=entity.pk),
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_section_hidden_from_a_role_is_not_there(
    method: str, client: Client, entity: LegalEntity, shown: Section
) -> None:
    as_clerk(client, entity, shown, "")
    codes = {getattr(client, method)(address).status_code for address in every_page(shown, entity)}
    assert codes <= {404, 405}
    assert 404 in codes


@pytest.mark.parametrize("who", ["stranger", "support"])
def test_nobody_of_another_company_sees_it_and_support_works_in_the_admin(
    who: str, client: Client, entity: LegalEntity, shown: Section
) -> None:
    client.force_login(member(EntityFactory()) if who == "stranger" else support(), backend=BACKEND)
    for address in (*every_page(shown, entity), reverse("section_list", args=[shown.company_id])):
        assert client.get(address).status_code == 404


def test_who_may_look_sees_values_and_no_form(
    client: Client, entity: LegalEntity, shown: Section, locker: HRAttribute
) -> None:
    values.set_value(locker, entity, "1001", "Zebra", None, None)
    as_clerk(client, entity, shown, "view")
    assert "Zebra" in text(client.get(url("section", shown)))
    answer = client.get(of_person(shown, entity))
    assert "Zebra" in text(answer)
    assert 'method="post"' not in answer.content.decode().split("<main", 1)[1].split("</main>")[0]
    assert client.get(url("section_import", shown, entity_pk=entity.pk)).status_code == 404
    assert client.get(url("section_settings", shown)).status_code == 404


def test_who_may_look_changes_nothing(client: Client, entity: LegalEntity, shown: Section, locker: HRAttribute) -> None:
    as_clerk(client, entity, shown, "view")
    person = values.person_hash(entity, "1001")
    answer = client.post(of_person(shown, entity), {f"value-{locker.pk}": "7", "person": person, "action": "save"})
    assert "Your role may not change this." in text(answer)
    assert now(locker, entity) == {}


def test_a_legal_entity_of_another_company_shows_nobody(signed_in: Client, shown: Section) -> None:
    other = EntityFactory()
    upload(other, member(other), "1001;1;Active;Yes;Secret;Person")
    assert signed_in.get(of_person(shown, other)).status_code == 404
    assert "Secret" not in text(signed_in.get(url("section", shown) + f"?entity={other.pk}"))


# --- People and values ----------------------------------------------------------------------------------------------------


def test_people_stand_beside_the_attributes(
    signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute
) -> None:
    values.set_value(locker, entity, "1001", "Zebra", None, None)
    page = text(signed_in.get(url("section", shown)))
    assert "Johanna Berg 1001 Zebra Marieke Dam 1002 –" in page


def test_people_are_searched(signed_in: Client, shown: Section) -> None:
    page = text(signed_in.get(url("section", shown) + "?q=marieke"))
    assert "Marieke Dam" in page
    assert "Johanna" not in page
    assert "Nobody found." in text(signed_in.get(url("section", shown) + "?q=zz"))


def test_the_number_of_queries_does_not_grow_with_people_or_attributes(
    signed_in: Client, shown: Section, entity: LegalEntity, administrator: User, django_assert_max_num_queries: Any
) -> None:
    upload(entity, administrator, *(f"{number};1;Active;Yes;Anna;Berg{number}" for number in range(1001, 1061)))
    for number in range(12):
        attribute(shown, f"Extra {number}")
    with django_assert_max_num_queries(25):
        page = text(signed_in.get(url("section", shown)))
    assert "1 to 50 of 60" in page


def test_a_value_is_saved_with_its_day_and_stands_in_the_history(
    signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute, administrator: User
) -> None:
    page = signed_in.get(of_person(shown, entity))
    data = {f"value-{locker.pk}": "7", "effective_on": "2026-03-01", "person": token(page), "action": "save"}
    said = text(signed_in.post(of_person(shown, entity), data, follow=True))
    assert "1 value is saved." in said
    assert f"Locker 1 March 2026 7 {administrator}" in said
    assert now(locker, entity) == {locker.key: "7"}


def test_saving_without_a_change_stores_nothing(
    signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute
) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    page = signed_in.get(of_person(shown, entity))
    data = {f"value-{locker.pk}": " 7 ", "effective_on": "2026-03-01", "person": token(page), "action": "save"}
    assert "Nothing was changed." in text(signed_in.post(of_person(shown, entity), data, follow=True))
    assert locker.values.count() == 1


def test_what_the_type_cannot_hold_is_said_at_its_field(
    signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute
) -> None:
    day = attribute(shown, "Badge until", "date")
    page = signed_in.get(of_person(shown, entity))
    data = {f"value-{day.pk}": "soon", f"value-{locker.pk}": "7", "person": token(page), "action": "save"}
    answer = signed_in.post(of_person(shown, entity), data)
    assert "This is no date." in text(answer)
    assert f'href="#id_value-{day.pk}"' in answer.content.decode()
    assert now(locker, entity) == {}, "all or nothing"


def test_a_row_with_somebody_else_by_now_takes_nothing(
    signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute, administrator: User
) -> None:
    page = signed_in.get(of_person(shown, entity))
    upload(entity, administrator, "2001;1;Active;Yes;Other;Person")
    data = {f"value-{locker.pk}": "7", "person": token(page), "action": "save"}
    assert "The people were read again meanwhile." in text(signed_in.post(of_person(shown, entity), data))
    assert locker.values.count() == 0


def test_a_day_is_taken_back(signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    values.set_value(locker, entity, "1001", "8", date(2026, 3, 1), None)
    page = signed_in.get(of_person(shown, entity))
    data = {"attribute": str(locker.pk), "day": "2026-03-01", "person": token(page), "action": "take_back"}
    assert "The value is taken back." in text(signed_in.post(of_person(shown, entity), data, follow=True))
    assert now(locker, entity) == {locker.key: "7"}


def test_the_page_says_that_a_value_belongs_to_a_former_holder_of_the_number(
    signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute, administrator: User
) -> None:
    said = "of a former holder of this number"
    page = signed_in.get(of_person(shown, entity))
    data = {f"value-{locker.pk}": "Seven", "person": token(page), "action": "save"}
    signed_in.post(of_person(shown, entity), data)
    assert said not in text(signed_in.get(url("section", shown)))
    upload(entity, administrator, "1001;1;Active;Yes;Other;Person")
    listed = text(signed_in.get(url("section", shown)))
    assert said in listed
    assert "Seven" not in listed
    assert "Seven" not in signed_in.get(url("section_file", shown)).content.decode()
    answer = signed_in.get(of_person(shown, entity))
    assert "belong to a former holder of this employee number" in text(answer)
    assert 'value="Seven"' not in answer.content.decode()
    data["person"] = token(answer)
    assert "1 value is saved." in text(signed_in.post(of_person(shown, entity), data, follow=True))
    assert said not in text(signed_in.get(url("section", shown)))


@pytest.mark.parametrize("wrong", [{"day": "x"}, {"attribute": "x"}, {"person": "0" * 64}, {"attribute": "999999"}])
def test_a_day_that_is_not_there_takes_nothing_back(
    wrong: dict[str, str], signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute
) -> None:
    values.set_value(locker, entity, "1001", "7", None, None)
    page = signed_in.get(of_person(shown, entity))
    data = {"attribute": str(locker.pk), "day": "1900-01-01", "person": token(page), "action": "take_back"} | wrong
    assert signed_in.post(of_person(shown, entity), data).status_code == 302
    assert now(locker, entity) == {locker.key: "7"}


def test_who_has_no_number_gets_no_form(signed_in: Client, shown: Section, entity: LegalEntity) -> None:
    page = text(signed_in.get(of_person(shown, entity, row=4)))
    assert "Niels Beek" in page
    assert "has no employee number of its own" in page
    assert "Save" not in page


def test_a_row_that_is_gone_is_not_found(signed_in: Client, shown: Section, entity: LegalEntity) -> None:
    assert signed_in.get(of_person(shown, entity, row=99)).status_code == 404


def test_a_bsn_is_masked_kept_by_an_empty_field_and_emptied_on_purpose(
    signed_in: Client, shown: Section, entity: LegalEntity
) -> None:
    row = attribute(shown, "Second BSN", "bsn")
    values.set_value(row, entity, "1001", BSN, None, None)
    page = signed_in.get(of_person(shown, entity))
    assert BSN not in page.content.decode()
    assert BSN not in signed_in.get(url("section", shown)).content.decode()
    data = {f"value-{row.pk}": "", "person": token(page), "action": "save"}
    signed_in.post(of_person(shown, entity), data)
    assert now(row, entity) == {row.key: BSN}
    signed_in.post(of_person(shown, entity), data | {f"empty-{row.pk}": "on"})
    assert now(row, entity) == {row.key: None}


def test_a_page_with_values_is_kept_by_no_browser(signed_in: Client, shown: Section, entity: LegalEntity) -> None:
    for address in (of_person(shown, entity), url("section_file", shown)):
        assert "no-store" in signed_in.get(address)["Cache-Control"]


# --- Settings -------------------------------------------------------------------------------------------------------------


def test_access_by_role_is_set(signed_in: Client, client: Client, entity: LegalEntity, shown: Section) -> None:
    role, clerk = with_role(entity, "HR clerk")
    signed_in.post(url("section_settings", shown), {"action": "access", f"role-{role.pk}": "edit"})
    assert sections.access_of(shown) == {role.pk: "edit"}
    assert sections.may_edit(clerk, shown)


def test_an_attribute_is_added_renamed_moved_and_deleted(signed_in: Client, shown: Section) -> None:
    data = {"action": "add", "new-label": "Badge", "new-kind": "list", "new-options": "Red\nBlue\n"}
    signed_in.post(url("section_settings", shown), data)
    made = shown.attributes.get(label="Badge")
    assert made.options == ["Red", "Blue"]
    address = url("section_attribute", shown, attribute_pk=made.pk)
    signed_in.post(address, {"action": "rename", "label": "Card"})
    signed_in.post(address, {"action": "options", "options": "Red\nGreen"})
    loket = sections.loket(shown.company)
    signed_in.post(address, {"action": "move", "section": str(loket.pk)})
    made.refresh_from_db()
    assert (made.label, made.options, made.section) == ("Card", ["Red", "Green"], loket)
    signed_in.post(url("section_attribute", loket, attribute_pk=made.pk), {"action": "delete"})
    assert not HRAttribute.objects.filter(pk=made.pk).exists()


def test_a_list_without_options_says_so_and_keeps_what_was_typed(signed_in: Client, shown: Section) -> None:
    answer = signed_in.post(url("section_settings", shown), {"action": "add", "new-label": "Badge", "new-kind": "list"})
    assert "A list needs options." in text(answer)
    assert 'value="Badge"' in answer.content.decode()


def test_a_mapped_attribute_is_not_deleted_and_the_page_says_why(
    signed_in: Client, shown: Section, locker: HRAttribute
) -> None:
    read_by(locker)
    address = url("section_attribute", shown, attribute_pk=locker.pk)
    assert "Delete this attribute" not in text(signed_in.get(address))
    page = text(signed_in.post(address, {"action": "delete"}))
    assert "“Locker” is mapped with Loket (Roster 1), so it can't be deleted." in page
    assert HRAttribute.objects.filter(pk=locker.pk).exists()


def test_a_section_that_holds_one_is_not_deleted_either(signed_in: Client, shown: Section, locker: HRAttribute) -> None:
    read_by(locker)
    page = text(signed_in.post(url("section_settings", shown), {"action": "delete"}))
    assert "This section holds attributes that the mapping with Loket reads: Locker." in page
    assert Section.objects.filter(pk=shown.pk).exists()


def test_an_empty_one_is_renamed_and_deleted(signed_in: Client, entity: LegalEntity) -> None:
    made = section(entity.company, "Cars")
    signed_in.post(url("section_settings", made), {"action": "rename", "section-name": "Bikes"})
    made.refresh_from_db()
    assert made.name == "Bikes"
    signed_in.post(url("section_settings", made), {"action": "up"})
    assert signed_in.post(url("section_settings", made), {"action": "delete"}).status_code == 302
    assert not Section.objects.filter(pk=made.pk).exists()


def test_loket_offers_no_name_and_no_delete(signed_in: Client, entity: LegalEntity) -> None:
    loket = sections.loket(entity.company)
    page = text(signed_in.get(url("section_settings", loket)))
    assert "Delete" not in page
    assert "it can't be renamed or deleted" in page
    assert "can't be renamed or deleted" in text(signed_in.post(url("section_settings", loket), {"action": "delete"}))


# --- Files ----------------------------------------------------------------------------------------------------------------


def send(client: Client, shown: Section, entity: LegalEntity, content: str, name: str = "values.csv") -> HttpResponse:
    address = url("section_import", shown, entity_pk=entity.pk)
    return client.post(address, {"file": SimpleUploadedFile(name, content.encode()), "effective_on": ""})


def test_the_download_is_a_file_of_everybody(signed_in: Client, shown: Section) -> None:
    answer = signed_in.get(url("section_file", shown))
    assert answer["Content-Disposition"] == 'attachment; filename="values.csv"'
    assert answer.content.decode("utf-8-sig").splitlines()[:2] == [
        "Person;Employee number;Name;Locker",
        "1001;1001;Johanna Berg;",
    ]


def test_a_file_is_checked_then_imported_then_taken_back(
    signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute
) -> None:
    checked = send(signed_in, shown, entity, "Person;Locker\n1001;7\n9999;8\n1002;\n")
    assert "Rows 3 Values 1 Empty 1 Left out 1" in text(checked)
    assert "Row 3: 9999, 8 . Nobody of this legal entity is called so." in text(checked)
    assert locker.values.count() == 0
    content = re.search(r'name="content" value="([^"]+)"', checked.content.decode())
    assert content
    done = signed_in.post(url("section_import", shown, entity_pk=entity.pk), {"content": content[1]}, follow=True)
    assert "1 value is imported." in text(done)
    assert now(locker, entity) == {locker.key: "7"}
    made = locker.imports.get()
    address = url("section_imported", shown, import_pk=made.pk)
    assert "Rows 3 Values 1 Empty 1 Left out 1" in text(signed_in.get(address))
    assert "1 value is as before." in text(signed_in.post(address, follow=True))
    assert now(locker, entity) == {}
    assert "This import was taken back already." in text(signed_in.post(address, follow=True))


def test_an_unknown_column_refuses_the_file(signed_in: Client, shown: Section, entity: LegalEntity) -> None:
    page = text(send(signed_in, shown, entity, "Person;Shoe\n1001;7\n"))
    assert "Nobody knows the column “Shoe”. Nothing was imported." in page
    assert "Import the values" not in page


@pytest.mark.parametrize(("name", "content"), [("values.pdf", "x"), ("values.csv", " \n")])
def test_a_file_that_is_none_says_so(
    name: str, content: str, signed_in: Client, shown: Section, entity: LegalEntity
) -> None:
    answer = send(signed_in, shown, entity, content, name)
    assert answer.status_code == 200
    assert "There is a problem" in text(answer)


def test_a_file_with_nothing_to_store_has_no_button(signed_in: Client, shown: Section, entity: LegalEntity) -> None:
    page = text(send(signed_in, shown, entity, "Person;Locker\n9999;8\n"))
    assert "There is nothing to import in this file." in page
    assert "Import the values" not in page


def test_content_of_somebody_else_is_refused(signed_in: Client, shown: Section, entity: LegalEntity) -> None:
    answer = signed_in.post(url("section_import", shown, entity_pk=entity.pk), {"content": "x"}, follow=True)
    assert "This file was checked too long ago, or on another page." in text(answer)


def test_rejects_and_undo_are_files_and_a_bsn_is_masked(signed_in: Client, shown: Section, entity: LegalEntity) -> None:
    row = attribute(shown, "Second BSN", "bsn")
    checked = send(signed_in, shown, entity, f"Person;Second BSN\n1001;{BSN}\n1002;999990094\n")
    assert "999990094" not in text(checked)
    content = re.search(r'name="content" value="([^"]+)"', checked.content.decode())
    assert content
    signed_in.post(url("section_import", shown, entity_pk=entity.pk), {"content": content[1]})
    made = row.imports.get()
    for kind in ("rejects", "undo"):
        answer = signed_in.get(url("section_imported_file", shown, import_pk=made.pk, kind=kind))
        assert answer.status_code == 200
        assert b"99999009" not in answer.content
    assert signed_in.get(url("section_imported_file", shown, import_pk=made.pk, kind="zz")).status_code == 404


def test_an_import_beyond_its_term_keeps_its_counts_and_is_not_taken_back(
    signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute, settings: LazySettings
) -> None:
    checked = send(signed_in, shown, entity, "Person;Locker\n1001;7\n9999;8\n")
    content = re.search(r'name="content" value="([^"]+)"', checked.content.decode())
    assert content
    signed_in.post(url("section_import", shown, entity_pk=entity.pk), {"content": content[1]})
    retention.purge()
    made = locker.imports.get()
    assert (len(made.rejects), len(made.former), made.purged_at) == (1, 1, None)
    term = timedelta(days=settings.RESULT_RETENTION_DAYS, seconds=1)
    locker.imports.update(at=timezone.now() - term)
    retention.purge()
    made.refresh_from_db()
    assert (made.rejects, made.former) == ([], [])
    address = url("section_imported", shown, import_pk=made.pk)
    page = text(signed_in.get(address))
    assert "Rows 2 Values 1 Empty 0 Left out 1" in page
    assert "This import is too old to be taken back" in page
    assert "as CSV" not in page
    assert "Take the import back" not in page
    assert "Import or fill in the values that should count now." in text(signed_in.post(address, follow=True))
    assert now(locker, entity) == {locker.key: "7"}
    for kind in ("rejects", "undo"):
        assert signed_in.get(url("section_imported_file", shown, import_pk=made.pk, kind=kind)).status_code == 404


def test_an_import_of_another_section_is_not_found(
    signed_in: Client, shown: Section, entity: LegalEntity, locker: HRAttribute
) -> None:
    checked = send(signed_in, shown, entity, "Person;Locker\n1001;7\n")
    content = re.search(r'name="content" value="([^"]+)"', checked.content.decode())
    assert content
    signed_in.post(url("section_import", shown, entity_pk=entity.pk), {"content": content[1]})
    made, other = locker.imports.get(), sections.loket(entity.company)
    assert signed_in.get(url("section_imported", other, import_pk=made.pk)).status_code == 404


def test_an_import_by_a_role_that_lost_its_access_is_refused(
    client: Client, shown: Section, entity: LegalEntity, locker: HRAttribute
) -> None:
    as_clerk(client, entity, shown, "edit")
    checked = send(client, shown, entity, "Person;Locker\n1001;7\n")
    content = re.search(r'name="content" value="([^"]+)"', checked.content.decode())
    assert content
    sections.set_access(shown, None, {role.pk: "view" for role in entity.company.roles.filter(name="HR clerk")})
    address = url("section_import", shown, entity_pk=entity.pk)
    assert client.post(address, {"content": content[1]}).status_code == 404
    assert locker.values.count() == 0
    assert attributes.people_with_a_value(locker) == 0
