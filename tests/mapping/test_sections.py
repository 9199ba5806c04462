"""Sections and attributes of the portal: who sees and changes them, and what can't be deleted (rules 26 and 27)."""

import pytest

from mapping.catalogue import LOKET_FIELDS, FieldType, LoketField
from mapping.models import HRAttribute, MappingSet, PersonValue, Section
from mapping.portal import attributes, sections, values
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.wording.sections import MIGRATIONS, REFUSALS, TYPES, reasons
from onboarding.models import AuditEvent, Company, LegalEntity, Membership, User
from onboarding.services.access import NotAllowed
from onboarding.services.company_picture import company_of
from onboarding.wording import audit_detail
from tests.factories import CompanyFactory, EntityFactory, UserFactory, member
from tests.mapping.portal import attribute, read_by, section, support, with_role

pytestmark = pytest.mark.django_db
State = MappingSet.State


@pytest.fixture
def company(entity: LegalEntity) -> Company:
    return entity.company


# --- The section "Loket" --------------------------------------------------------------------------------------------------


def test_a_new_company_has_the_section_loket() -> None:
    made = CompanyFactory()
    assert [(row.name, row.is_loket) for row in made.sections.all()] == [("Loket", True)]


def test_a_company_from_before_gets_it_when_it_is_asked_for(company: Company) -> None:
    company.sections.all().delete()
    assert sections.loket(company) == sections.loket(company)
    assert [row.is_loket for row in sections.of_company(company)] == [True]


def test_a_section_that_is_called_so_becomes_it(company: Company) -> None:
    company.sections.all().delete()
    own = Section.objects.create(company=company, name="loket")
    assert sections.loket(company).pk == own.pk


@pytest.mark.parametrize(
    "act", [lambda row: sections.rename(row, None, "Other"), lambda row: sections.delete(row, None)]
)
def test_loket_is_neither_renamed_nor_deleted(act: object, company: Company) -> None:
    with pytest.raises(PortalRefused) as refused:
        act(sections.loket(company))  # type: ignore[operator]
    assert refused.value.refusal is Refusal.IS_LOKET
    assert sections.loket(company).name == "Loket"


# --- Who sees what --------------------------------------------------------------------------------------------------------


def test_at_first_only_administrators_see_it(company: Company, entity: LegalEntity, administrator: User) -> None:
    _role, clerk = with_role(entity, "HR clerk")
    assert list(sections.visible_to(administrator, company)) == [sections.loket(company)]
    assert list(sections.visible_to(clerk, company)) == []


def test_a_role_sees_what_it_was_given_and_changes_nothing(company: Company, entity: LegalEntity) -> None:
    role, clerk = with_role(entity, "HR clerk")
    shown = section(company)
    sections.set_access(shown, None, {role.pk: sections.VIEW})
    assert list(sections.visible_to(clerk, company)) == [shown]
    assert not sections.may_edit(clerk, shown)


def test_a_role_with_edit_changes_values_and_no_section(company: Company, entity: LegalEntity) -> None:
    role, clerk = with_role(entity, "HR clerk")
    shown = section(company)
    sections.set_access(shown, None, {role.pk: sections.EDIT})
    assert sections.may_edit(clerk, shown)
    for act in (lambda: sections.rename(shown, clerk, "X"), lambda: sections.set_access(shown, clerk, {})):
        with pytest.raises(NotAllowed):
            act()


def test_access_is_taken_back_by_leaving_it_out(company: Company, entity: LegalEntity) -> None:
    role, clerk = with_role(entity, "HR clerk")
    shown = section(company)
    assert sections.set_access(shown, None, {role.pk: sections.EDIT})
    assert sections.set_access(shown, None, {})
    assert not sections.visible_to(clerk, company).exists()


def test_access_that_is_so_already_changes_nothing(company: Company, entity: LegalEntity) -> None:
    role, _clerk = with_role(entity, "HR clerk")
    shown = section(company)
    sections.set_access(shown, None, {role.pk: sections.VIEW})
    events = AuditEvent.objects.count()
    assert not sections.set_access(shown, None, {role.pk: sections.VIEW})
    assert AuditEvent.objects.count() == events


def test_a_role_of_another_company_gets_nothing(company: Company) -> None:
    role, _stranger = with_role(EntityFactory(), "HR clerk")
    with pytest.raises(PortalRefused) as refused:
        sections.set_access(section(company), None, {role.pk: sections.VIEW})
    assert refused.value.refusal is Refusal.OTHER_COMPANY


def test_nobody_of_another_company_sees_or_changes_it(company: Company) -> None:
    stranger = member(EntityFactory())
    shown = sections.loket(company)
    assert not sections.visible_to(stranger, company).exists()
    assert not sections.may_edit(stranger, shown)
    assert company_of(stranger, company.pk) is None


def test_a_member_who_left_or_is_inactive_sees_nothing(company: Company, entity: LegalEntity) -> None:
    role, clerk = with_role(entity, "HR clerk")
    shown = section(company)
    sections.set_access(shown, None, {role.pk: sections.EDIT})
    Membership.objects.filter(user=clerk).delete()
    assert not sections.visible_to(clerk, company).exists()
    assert not sections.may_edit(clerk, shown)


@pytest.mark.parametrize("may_change", [True, False])
def test_support_needs_the_permission_to_change_mappings(may_change: bool, company: Company) -> None:
    user = support(may_change=may_change)
    assert sections.may_edit(user, sections.loket(company)) is may_change
    if not may_change:
        with pytest.raises(NotAllowed):
            sections.make(company, user, "X")


# --- Sections -------------------------------------------------------------------------------------------------------------


def test_a_section_is_made_on_one_line_with_a_name_of_its_own(company: Company, administrator: User) -> None:
    made = sections.make(company, administrator, "  Extra\nthings ")
    assert made.name == "Extra things"
    with pytest.raises(PortalRefused) as refused:
        sections.make(company, administrator, "EXTRA THINGS")
    assert refused.value.refusal is Refusal.NAME_TAKEN


def test_a_section_needs_a_name(company: Company) -> None:
    with pytest.raises(PortalRefused) as refused:
        sections.make(company, None, " \n ")
    assert refused.value.refusal is Refusal.NAME_MISSING


def test_a_section_may_be_renamed_to_its_own_name_in_other_letters(company: Company) -> None:
    made = section(company, "extra")
    sections.rename(made, None, "Extra")
    made.refresh_from_db()
    assert made.name == "Extra"


def test_sections_are_put_in_another_order(company: Company) -> None:
    first, second = section(company, "A"), section(company, "B")
    sections.move(second, None, -1)
    assert [row.name for row in sections.of_company(company)] == ["Loket", "B", "A"]
    sections.move(first, None, 5)
    sections.move(first, None, -9)
    assert [row.name for row in sections.of_company(company)] == ["A", "Loket", "B"]


def test_a_move_is_in_the_trail_and_staying_at_the_end_is_none(company: Company, administrator: User) -> None:
    section(company, "A")
    second = section(company, "B")
    sections.move(second, administrator, -1)
    sections.move(second, administrator, -9)
    sections.move(second, administrator, -9)
    moves = AuditEvent.objects.filter(action="section_changed", actor=administrator).order_by("pk")
    assert [row.detail for row in moves] == ["moved:B: 3 → 2", "moved:B: 2 → 1"]


def test_an_empty_section_is_deleted_and_one_with_attributes_takes_them_along(
    company: Company, entity: LegalEntity
) -> None:
    made = section(company)
    locker = attribute(made)
    values.set_value(locker, entity, "1001", "7", None, None)
    sections.delete(made, None)
    assert not HRAttribute.objects.filter(pk=locker.pk).exists()
    assert not PersonValue.objects.exists()


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED, State.RETIRED])
def test_a_section_with_a_mapped_attribute_stays_and_says_which(state: str, company: Company) -> None:
    made = section(company)
    attribute(made, "Shoe size")
    read_by(attribute(made, "Locker"), state)
    with pytest.raises(PortalRefused) as refused:
        sections.delete(made, None)
    assert (refused.value.refusal, refused.value.params) == (Refusal.HOLDS_MAPPED, {"attributes": "Locker"})
    assert made.attributes.count() == 2


# --- Attributes -----------------------------------------------------------------------------------------------------------


def test_an_attribute_has_a_key_that_no_other_ever_gets(company: Company) -> None:
    made = section(company)
    first = attribute(made)
    attributes.delete(first, None)
    second = attribute(made)
    assert first.key.startswith("portal.")
    assert second.key != first.key


def test_no_two_attributes_of_a_company_have_one_name(company: Company) -> None:
    attribute(section(company, "A"), "Locker")
    with pytest.raises(PortalRefused) as refused:
        attribute(section(company, "B"), "locker")
    assert refused.value.refusal is Refusal.NAME_TAKEN


@pytest.mark.parametrize(
    ("options", "refusal"),
    [((), Refusal.NO_OPTIONS), ((" ",), Refusal.NO_OPTIONS), (("Red", "red"), Refusal.OPTION_TWICE)],
)
def test_a_list_needs_options_each_once(options: tuple[str, ...], refusal: Refusal, company: Company) -> None:
    with pytest.raises(PortalRefused) as refused:
        attribute(section(company), kind="list", options=options)
    assert refused.value.refusal is refusal


def test_options_are_of_lists_only(company: Company) -> None:
    assert attribute(section(company), kind="text", options=("A",)).options == []


def test_a_mapped_attribute_is_renamed_and_keeps_its_key(company: Company) -> None:
    row = attribute(section(company))
    read_by(row)
    key = row.key
    attributes.rename(row, None, "Cupboard")
    row.refresh_from_db()
    assert (row.label, row.key) == ("Cupboard", key)


def test_a_mapped_attribute_is_moved_with_its_values(company: Company, entity: LegalEntity) -> None:
    row, other = attribute(sections.loket(company)), section(company)
    read_by(row)
    values.set_value(row, entity, "1001", "7", None, None)
    attributes.move(row, None, other)
    row.refresh_from_db()
    assert row.section == other
    assert row.values.count() == 1


def test_an_attribute_is_not_moved_to_another_company(company: Company) -> None:
    with pytest.raises(PortalRefused) as refused:
        attributes.move(attribute(section(company)), None, sections.loket(CompanyFactory()))
    assert refused.value.refusal is Refusal.OTHER_COMPANY


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED, State.RETIRED])
def test_a_mapped_attribute_is_never_deleted_and_the_refusal_says_by_what(state: str, company: Company) -> None:
    row = attribute(section(company))
    found = read_by(row, state)
    with pytest.raises(PortalRefused) as refused:
        attributes.delete(row, None)
    assert refused.value.refusal is Refusal.IS_MAPPED
    assert refused.value.params == {"attribute": "Locker", "sets": str(found)}


def test_one_that_only_a_discarded_draft_read_is_deleted(company: Company) -> None:
    row = attribute(section(company))
    read_by(row, State.DISCARDED)
    attributes.delete(row, None)
    assert not HRAttribute.objects.filter(pk=row.pk).exists()


def test_an_option_that_somebody_has_stays(company: Company, entity: LegalEntity) -> None:
    row = attribute(section(company), kind="list", options=("Red", "Blue"))
    values.set_value(row, entity, "1001", "red", None, None)
    with pytest.raises(PortalRefused) as refused:
        attributes.set_options(row, None, ["Blue", "Green"])
    assert (refused.value.refusal, refused.value.params) == (Refusal.OPTION_IN_USE, {"options": "Red"})
    attributes.set_options(row, None, ["Red", "Green"])
    assert row.options == ["Red", "Green"]


def test_who_administers_nothing_makes_moves_and_deletes_no_attribute(company: Company, entity: LegalEntity) -> None:
    role, clerk = with_role(entity, "HR clerk")
    shown = section(company)
    sections.set_access(shown, None, {role.pk: sections.EDIT})
    row = attribute(shown)
    for act in (
        lambda: attributes.make(shown, clerk, "X", "text"),
        lambda: attributes.rename(row, clerk, "X"),
        lambda: attributes.move(row, clerk, sections.loket(company)),
        lambda: attributes.delete(row, clerk),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("kind", ["bsn", "iban"])
def test_a_bsn_or_iban_is_sensitive_by_its_type(kind: str, company: Company) -> None:
    row = attribute(section(company), kind=kind)
    assert row.key in attributes.sensitive_keys(company)


@pytest.mark.parametrize(
    ("state", "is_sensitive"),
    [(State.DRAFT, True), (State.PUBLISHED, True), (State.RETIRED, True), (State.DISCARDED, False)],
)
def test_a_text_is_sensitive_once_it_fills_a_sensitive_target(state: str, is_sensitive: bool, company: Company) -> None:
    row = attribute(section(company))
    read_by(row, state, target="bsn")
    assert (row.key in attributes.sensitive_keys(company)) is is_sensitive


def test_a_copy_of_what_is_sensitive_is_so_whatever_it_fills(company: Company) -> None:
    original = attribute(section(company), "Number", "bsn")
    copy = attribute(sections.loket(company), "Number (Loket)", duplicate_of=original, migration="open")
    of_column = attribute(sections.loket(company), "Document (Loket)", migration="open")
    read_by(of_column, State.RETIRED, decision="duplicate", former_source="bsn")
    other = attribute(sections.loket(company), "Gender (Loket)", migration="open")
    read_by(other, decision="duplicate", former_source="gender")
    assert {copy.key, of_column.key} <= attributes.sensitive_keys(company)
    assert other.key not in attributes.sensitive_keys(company)


def test_each_change_is_in_the_trail_with_who(company: Company, administrator: User) -> None:
    made = sections.make(company, administrator, "Extra")
    row = attributes.make(made, administrator, "Locker", "text")
    attributes.rename(row, administrator, "Cupboard")
    attributes.delete(row, administrator)
    sections.delete(made, administrator)
    rows = AuditEvent.objects.filter(company=company, action__in=["section_changed", "attribute_changed"])
    assert {row.actor for row in rows} == {administrator}
    assert [row.detail for row in rows.order_by("pk")] == [
        "made:Extra",
        "made:Extra: Locker",
        "renamed:Locker → Cupboard",
        "deleted:Extra: Cupboard",
        "deleted:Extra",
    ]


def test_somebody_without_a_company_is_nobody(company: Company) -> None:
    assert not sections.visible_to(UserFactory(), company).exists()


# --- Words ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_says_what_is_wrong_and_what_to_do(refusal: Refusal) -> None:
    assert REFUSALS[refusal].text
    assert REFUSALS[refusal].fix


def test_every_reason_of_a_row_stands_alone() -> None:
    codes = {Refusal.NO_NUMBER, Refusal.UNKNOWN_PERSON, Refusal.PERSON_TWICE, Refusal.NO_ENTRY, Refusal.NOT_AN_OPTION}
    codes |= {refusal for refusal in Refusal if refusal.startswith("bad_")} | {Refusal.TOO_LONG}
    assert codes <= set(reasons())
    assert not [text for text in reasons().values() if "%(" in str(text)]


@pytest.mark.parametrize("kind", attributes.AttributeType)
def test_every_type_and_every_state_of_a_copy_has_a_word(kind: str) -> None:
    assert TYPES[kind]
    assert set(MIGRATIONS) == set(HRAttribute.Migration)


@pytest.mark.parametrize("field", LOKET_FIELDS.values(), ids=lambda field: field.key)
def test_every_field_of_loket_has_a_type_to_be_made_with(field: LoketField) -> None:
    assert attributes.type_for(field) in TYPES
    assert (attributes.type_for(field) in attributes.SENSITIVE) is (field.type in {FieldType.BSN, FieldType.IBAN})


@pytest.mark.parametrize(
    ("action", "detail", "said"),
    [
        ("section_changed", "renamed:Cars → Bikes", "Renamed: Cars → Bikes"),
        (
            "section_changed",
            "access:Cars: HR clerk=view, Desk=edit",
            "Seen by roles: Cars: HR clerk (see), Desk (see and change)",
        ),
        ("attribute_changed", "options:Badge: 3", "Number of options: Badge: 3"),
        ("attribute_changed", "something else", "something else"),
        ("values_imported", "Badge: 3 stored, 2 empty, 1 rejected", "Badge: 3 stored, 2 without a value, 1 left out"),
        ("values_imported", "something else", "something else"),
    ],
)
def test_the_trail_is_worded(action: str, detail: str, said: str) -> None:
    assert audit_detail(AuditEvent(action=action, detail=detail)) == said
