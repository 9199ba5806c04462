"""Sections at the support desk: what support sees of them, and what is refused with the reason."""

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from mapping.models import HRAttribute, Section
from mapping.portal import sections, values
from onboarding.models import LegalEntity
from tests.mapping.portal import attribute, read_by, section, with_role
from tests.sync.bench import signed_in, supporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return signed_in(supporter("view_section", "view_mappingset", "change_mappingset"))


def act(row: Section, name: str) -> str:
    return reverse("admin:mapping_section_act", args=[row.pk, name])


def text(answer: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_the_page_names_attributes_and_roles_and_no_value(desk: Client, entity: LegalEntity) -> None:
    row = section(entity.company)
    role, _clerk = with_role(entity, "HR clerk")
    sections.set_access(row, None, {role.pk: sections.VIEW})
    locker = attribute(row)
    values.set_value(locker, entity, "1001", "Zebra", None, None)
    page = text(desk.get(reverse("admin:mapping_section_change", args=[row.pk])))
    assert f"Locker ({locker.key})" in page
    assert "Administrators, HR clerk: See" in page
    assert "Zebra" not in page


def test_support_adds_changes_and_deletes_attributes(desk: Client, entity: LegalEntity) -> None:
    row, other = section(entity.company), sections.loket(entity.company)
    desk.post(act(row, "add-attribute"), {"label": "Badge", "kind": "list", "options": "Red\nBlue"})
    made = row.attributes.get()
    desk.post(act(row, "change-attribute"), {"attribute": made.pk, "label": "Card", "section": other.pk})
    made.refresh_from_db()
    assert (made.label, made.options, made.section) == ("Card", ["Red", "Blue"], other)
    desk.post(act(other, "delete-attribute"), {"attribute": made.pk})
    assert not HRAttribute.objects.filter(pk=made.pk).exists()


def test_support_adds_renames_and_deletes_sections_and_says_who_sees_them(desk: Client, entity: LegalEntity) -> None:
    role, _clerk = with_role(entity, "HR clerk")
    desk.post(act(sections.loket(entity.company), "add-section"), {"name": "Cars"})
    made = entity.company.sections.get(name="Cars")
    desk.post(act(made, "rename"), {"name": "Bikes"})
    desk.post(act(made, "access"), {f"role-{role.pk}": "edit"})
    made.refresh_from_db()
    assert (made.name, sections.access_of(made)) == ("Bikes", {role.pk: "edit"})
    answer = desk.post(act(made, "delete"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("admin:mapping_section_changelist")
    assert "“Bikes” is deleted." in text(answer)


def test_a_mapped_attribute_and_its_section_stay_and_the_page_says_why(desk: Client, entity: LegalEntity) -> None:
    row = section(entity.company)
    locker = attribute(row)
    read_by(locker)
    page = text(desk.post(act(row, "delete-attribute"), {"attribute": locker.pk}))
    assert (
        "“Locker” is mapped with Loket (Roster 1), so it can't be deleted. You can move it to another section." in page
    )
    assert "This section holds attributes that the mapping with Loket reads: Locker." in text(
        desk.post(act(row, "delete"))
    )
    assert row.attributes.count() == 1


def test_loket_offers_neither_rename_nor_delete(desk: Client, entity: LegalEntity) -> None:
    loket = sections.loket(entity.company)
    for name in ("rename", "delete"):
        assert "This is not possible now." in text(desk.post(act(loket, name), {"name": "X"}, follow=True))
    assert sections.loket(entity.company).name == "Loket"


def test_who_may_only_look_gets_no_act(entity: LegalEntity) -> None:
    looker, row = signed_in(supporter("view_section", "view_mappingset")), section(entity.company)
    assert "/act/" not in looker.get(reverse("admin:mapping_section_change", args=[row.pk])).content.decode()
    looker.post(act(row, "rename"), {"name": "X"})
    row.refresh_from_db()
    assert row.name == "Payroll extras"


def test_an_attribute_of_another_section_is_no_choice(desk: Client, entity: LegalEntity) -> None:
    elsewhere = attribute(section(entity.company, "Elsewhere"))
    row = section(entity.company)
    attribute(row, "Mine")
    desk.post(act(row, "delete-attribute"), {"attribute": elsewhere.pk})
    assert HRAttribute.objects.filter(pk=elsewhere.pk).exists()
