"""Carrying old data over into a copy, at the support desk: what really occurs, what it would do, doing it, taking it back."""

import re
from datetime import date
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mapping.models import HRAttribute, MappingSet, PersonValue
from mapping.portal import carrying, values
from mapping.portal.refusals import PortalRefused
from mapping.rules import Decision, Rule
from onboarding.models import LegalEntity, User
from sync.forms.carry import name_of
from sync.models import Roster
from sync.services import carry_people
from tests.factories import EntityFactory, PersonioAccountFactory
from tests.mapping.portal import value_list
from tests.pseudo import language, reading
from tests.sync.bench import BSN, GENDER, draft, signed_in, supporter
from tests.sync.pages import read_personio, upload

pytestmark = pytest.mark.django_db
Migration = HRAttribute.Migration
HEADER = "employee_number;income_number;status;consider_in_nl_payroll;first_name;last_name;gender;bsn"
ROWS = (
    "1001;1;Active;Yes;Anna;Berg;V;999990093",
    "1002;1;Active;Yes;Bea;Dam; v;",
    "1003;1;Active;Yes;Cor;Beek;Man;",
    "1004;1;Active;Yes;Dian;Vos;X;",
    "1005;1;Active;Yes;Eef;Smit;;",
)


@pytest.fixture
def roster(entity: LegalEntity, administrator: User, monkeypatch: pytest.MonkeyPatch) -> LegalEntity:
    monkeypatch.setattr("tests.sync.pages.HEADER", HEADER)
    upload(entity, administrator, *ROWS)
    value_list(entity.company, "gender", "Man", "Vrouw")
    return entity


def copied(entity: LegalEntity, target: str = GENDER, column: str = "gender") -> tuple[MappingSet, HRAttribute]:
    """A draft whose rule reads a copy of a roster's column."""
    copy = carrying.duplicate(entity.company, None, column, target)
    rule = Rule(target, copy.key, decision=Decision.DUPLICATE, former_source=column)
    return draft(entity.company, "roster", rule), copy


def url(mapping_set: MappingSet, copy: HRAttribute) -> str:
    return reverse("carry", args=[mapping_set.pk, copy.pk])


def text(answer: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.fixture
def desk_client() -> Client:
    return signed_in(supporter("view_mappingset", "change_mappingset"))


def said(copy: HRAttribute, entity: LegalEntity) -> dict[str, str | None]:
    known = values.on(entity.company, entity, date(2100, 1, 1))
    found = {str(key): values.of_person(known, entity, str(key)) for key in range(1001, 1006)}
    return {key: of_person[copy.key] for key, of_person in found.items() if of_person}


def test_the_old_values_stand_there_with_their_counts_and_what_is_the_same_is_chosen(
    roster: LegalEntity, desk_client: Client
) -> None:
    mapping_set, copy = copied(roster)
    desk = carry_people.desk(mapping_set, copy.pk)
    assert desk is not None
    assert [(old.text, old.count, old.chosen) for old in desk.olds] == [("V", 2, ""), ("Man", 1, "Man"), ("X", 1, "")]
    page = text(desk_client.get(url(mapping_set, copy)))
    assert "Old data: from “Gender” to “Gender (Loket)”" in page
    assert "5 people were read. 1 has no value and keeps none." in page
    assert "V (2)" in page


def test_the_old_values_are_carried_over_for_who_has_the_number_now(roster: LegalEntity) -> None:
    mapping_set, copy = copied(roster)
    desk = carry_people.desk(mapping_set, copy.pk)
    assert desk is not None
    carry_people.carry(desk, supporter("change_mappingset"), {"V": "Vrouw"}, None)
    known = values.on(roster.company, roster, date(2100, 1, 1))
    assert values.of_person(known, roster, "1001", values.Who("", "Berg")) == {copy.key: "Vrouw"}
    assert values.of_person(known, roster, "1001", values.Who("", "Vos")) == {}


def test_what_only_looks_alike_is_shown_and_not_chosen(roster: LegalEntity) -> None:
    value_list(roster.company, "gender", "Mann")
    mapping_set, copy = copied(roster)
    copy.options = ["Mann", "Vrouw"]
    copy.save()
    desk = carry_people.desk(mapping_set, copy.pk)
    assert desk is not None
    assert [(old.chosen, old.suggested) for old in desk.olds if old.text == "Man"] == [("", "Mann")]


def test_first_it_shows_what_it_would_do_and_keeps_the_choices(roster: LegalEntity, desk_client: Client) -> None:
    mapping_set, copy = copied(roster)
    answer = desk_client.post(url(mapping_set, copy), {"action": "check", name_of("V"): "Vrouw", name_of("Man"): "Man"})
    assert "People: 5 · values carried over: 3 · without a value: 1 · left out: 1" in text(answer)
    assert "X (1): No option was chosen for this value." in text(answer)
    assert not PersonValue.objects.exists()
    copy.refresh_from_db()
    assert (copy.migration, copy.carry_map) == (Migration.OPEN, {"V": "Vrouw", "Man": "Man"})
    assert re.search(r'<option value="Vrouw" selected>', desk_client.get(url(mapping_set, copy)).content.decode())


def test_then_it_carries_the_data_over_and_takes_it_back(roster: LegalEntity, desk_client: Client) -> None:
    mapping_set, copy = copied(roster)
    data = {"action": "carry", name_of("V"): "Vrouw", name_of("Man"): "Man"}
    page = text(desk_client.post(url(mapping_set, copy), data, follow=True))
    assert "3 values are carried over." in page
    assert said(copy, roster) == {"1001": "Vrouw", "1002": "Vrouw", "1003": "Man"}
    copy.refresh_from_db()
    assert copy.migration == Migration.CARRIED
    made = copy.imports.get()
    undone = desk_client.post(url(mapping_set, copy), {"action": "undo", "import": str(made.pk)}, follow=True)
    assert "3 values are as before." in text(undone)
    assert said(copy, roster) == {}
    copy.refresh_from_db()
    assert copy.migration == Migration.OPEN


def test_a_choice_stays_with_its_value_when_the_people_change_meanwhile(
    roster: LegalEntity, administrator: User, desk_client: Client
) -> None:
    mapping_set, copy = copied(roster)
    page = desk_client.get(url(mapping_set, copy)).content.decode()
    names = re.findall(r'name="(option-[^"]*)"', page)  # V, Man, X
    men = (f"{number};1;Active;Yes;Cor;Beek;Man;" for number in (1006, 1007))
    upload(roster, administrator, *ROWS, *men)  # now most are men, so that they stand first
    said = dict(zip(names, ("Vrouw", "Man", ""), strict=True))
    desk_client.post(url(mapping_set, copy), {"action": "check", **said})
    copy.refresh_from_db()
    assert copy.carry_map == {"V": "Vrouw", "Man": "Man"}


def test_an_option_that_loket_has_not_is_refused_at_its_field(roster: LegalEntity, desk_client: Client) -> None:
    mapping_set, copy = copied(roster)
    copy.options = [f"Option {number}" for number in range(60)]  # a list so long that its field is an input
    copy.save()
    data = {"action": "carry", name_of("V"): "Option 3", name_of("Man"): "Nonsense"}
    answer = desk_client.post(url(mapping_set, copy), data)
    assert 'list="options-of-loket"' in answer.content.decode()
    assert "This is no option of “Gender (Loket)”." in text(answer)
    assert not PersonValue.objects.exists()


def test_it_is_left_empty_only_with_a_reason(roster: LegalEntity, desk_client: Client) -> None:
    mapping_set, copy = copied(roster)
    for reason in ("", "See 999990093"):
        answer = desk_client.post(url(mapping_set, copy), {"action": "empty", "reason": reason})
        assert "There is a problem" in text(answer)
    desk_client.post(url(mapping_set, copy), {"action": "empty", "reason": "The old data is wrong."})
    copy.refresh_from_db()
    assert copy.migration == Migration.EMPTY
    assert "Left empty on purpose" in text(desk_client.get(url(mapping_set, copy)))


def test_files_are_the_old_data_the_rejects_and_the_values_before(roster: LegalEntity, desk_client: Client) -> None:
    mapping_set, copy = copied(roster)
    desk_client.post(url(mapping_set, copy), {"action": "carry", name_of("V"): "Vrouw"})
    made = copy.imports.get()

    def lines(kind: str, query: str = "") -> list[str]:
        answer = desk_client.get(reverse("carry_file", args=[mapping_set.pk, copy.pk, kind]) + query)
        assert answer["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
        return answer.content.decode("utf-8-sig").splitlines()

    assert lines("old")[1] == "1001;Anna Berg;V"
    assert lines("rejects", f"?import={made.pk}")[1:] == [";1004;Dian Vos;X;No option was chosen for this value."]
    assert lines("undo", f"?import={made.pk}")[1] == "1001;;Vrouw"


def test_beyond_its_term_it_is_not_taken_back_and_has_no_files(roster: LegalEntity, desk_client: Client) -> None:
    mapping_set, copy = copied(roster)
    desk_client.post(url(mapping_set, copy), {"action": "carry", name_of("V"): "Vrouw"})
    before = said(copy, roster)
    copy.imports.update(rejects=[], former=[], purged_at=timezone.now())
    made = copy.imports.get()
    page = text(desk_client.get(url(mapping_set, copy)))
    assert "This import is too old to be taken back" in page
    assert "The values before, as CSV" not in page
    assert "Take the import back" not in page
    for kind in ("rejects", "undo"):
        address = reverse("carry_file", args=[mapping_set.pk, copy.pk, kind])
        assert desk_client.get(f"{address}?import={made.pk}").status_code == 404
    tried = desk_client.post(url(mapping_set, copy), {"action": "undo", "import": str(made.pk)}, follow=True)
    assert "Import or fill in the values that should count now." in text(tried)
    assert said(copy, roster) == before


@pytest.mark.parametrize(
    ("kind", "query"), [("rejects", ""), ("undo", "?import=99999"), ("zz", ""), ("undo", "?import=x")]
)
def test_a_file_that_is_not_there_is_not_found(kind: str, query: str, roster: LegalEntity, desk_client: Client) -> None:
    mapping_set, copy = copied(roster)
    assert desk_client.get(reverse("carry_file", args=[mapping_set.pk, copy.pk, kind]) + query).status_code == 404


def test_a_bsn_goes_over_and_is_shown_nowhere(roster: LegalEntity, desk_client: Client) -> None:
    mapping_set, copy = copied(roster, BSN, "bsn")
    pages = [desk_client.get(url(mapping_set, copy)), desk_client.post(url(mapping_set, copy), {"action": "check"})]
    pages.append(desk_client.get(reverse("carry_file", args=[mapping_set.pk, copy.pk, "old"])))
    assert all("999990093" not in page.content.decode() for page in pages)
    desk_client.post(url(mapping_set, copy), {"action": "carry"})
    assert said(copy, roster) == {"1001": "999990093"}


def test_only_support_sees_it_and_only_who_may_change_mappings_does_it(
    roster: LegalEntity, client: Client, administrator: User
) -> None:
    mapping_set, copy = copied(roster)
    address = url(mapping_set, copy)
    assert client.get(address).status_code == 302
    assert signed_in(administrator).get(address).status_code == 404
    looker = signed_in(supporter("view_mappingset"))
    assert looker.get(address).status_code == 200
    assert looker.post(address, {"action": "empty", "reason": "Because"}).status_code == 403
    assert looker.get(reverse("carry_file", args=[mapping_set.pk, copy.pk, "old"])).status_code == 403
    copy.refresh_from_db()
    assert copy.migration == Migration.OPEN


def test_what_is_no_copy_or_of_another_company_is_not_found(roster: LegalEntity, desk_client: Client) -> None:
    mapping_set, copy = copied(roster)
    other = draft(EntityFactory().company, "roster")
    own = HRAttribute.objects.filter(pk=copy.pk)
    assert desk_client.get(url(other, copy)).status_code == 404
    own.update(migration="")
    assert desk_client.get(url(mapping_set, copy)).status_code == 404


def test_a_page_with_values_is_kept_by_no_browser(roster: LegalEntity, desk_client: Client) -> None:
    assert "no-store" in desk_client.get(url(*copied(roster)))["Cache-Control"]


def test_of_personio_nothing_goes_over_before_the_old_attribute_was_read(
    entity: LegalEntity, desk_client: Client
) -> None:
    value_list(entity.company, "gender", "Man", "Vrouw")
    PersonioAccountFactory(company=entity.company)
    read_personio(entity)
    copy = carrying.duplicate(entity.company, None, "gender", GENDER)
    rule = Rule(GENDER, copy.key, decision=Decision.DUPLICATE, former_source="gender")
    mapping_set = draft(entity.company, "personio", rule)
    desk = carry_people.desk(mapping_set, copy.pk)
    assert desk is not None
    assert desk.unread == (entity,)
    page = text(desk_client.post(url(mapping_set, copy), {"action": "carry"}))
    assert f"The old data of {entity} was not read yet" in page
    copy.refresh_from_db()
    assert copy.migration == Migration.OPEN


def test_every_word_of_the_page_is_translated(
    roster: LegalEntity, desk_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping_set, copy = copied(roster)
    copy.label = "Zzcopy"
    copy.options = ["Zzman", "Zzvrouw"]
    copy.save()
    Roster.objects.filter(entity=roster).delete()
    upload(
        roster, copy.company.memberships.get().user, *("1001;1;Active;Yes;Zza;Zzb;Zzv;", ";1;Active;Yes;Zzc;Zzd;Zzx;")
    )
    language.speak(monkeypatch, is_lenient=True)  # Django's Dutch of its admin has holes of its own
    answers = [desk_client.get(url(mapping_set, copy))]
    data = {name_of("Zzv"): "Zzman", name_of("Zzx"): "Zzvrouw"}
    answers += [desk_client.post(url(mapping_set, copy), data | {"action": one}) for one in ("check", "empty")]
    desk_client.post(url(mapping_set, copy), data | {"action": "carry"})
    answers.append(desk_client.get(url(mapping_set, copy)))
    content = [answer.content.decode().split('id="content-main">')[-1] for answer in answers]
    assert [one for html in content for one in reading.of_page(html) if one.words != "Anna"] == []


def test_a_legal_entity_whose_roster_has_no_such_column_holds_nothing_up(
    roster: LegalEntity, monkeypatch: pytest.MonkeyPatch, administrator: User
) -> None:
    other, german = (
        EntityFactory(company=roster.company),
        EntityFactory(company=roster.company, country="DE", enabled_at=None),
    )
    administrator.memberships.get().role.payroll_entities.add(other)
    monkeypatch.setattr("tests.sync.pages.HEADER", HEADER.removesuffix(";gender;bsn"))
    upload(other, administrator, "2001;1;Active;Yes;Fem;Koster")
    mapping_set, copy = copied(roster)
    desk = carry_people.desk(mapping_set, copy.pk)
    assert desk is not None
    assert (desk.unread, german in desk.entities) == ((), False)
    assert desk.total == 5, "who was never asked says nothing"


def test_a_column_that_the_last_upload_left_out_is_still_to_be_read(
    roster: LegalEntity, monkeypatch: pytest.MonkeyPatch, administrator: User
) -> None:
    monkeypatch.setattr("tests.sync.pages.HEADER", HEADER.removesuffix(";bsn") + ";Sexe")
    upload(roster, administrator, "1001;1;Active;Yes;Anna;Berg;V;V")
    mapping_set, copy = copied(roster, column="column:sexe")
    desk = carry_people.desk(mapping_set, copy.pk)
    assert desk is not None
    assert desk.unread == (roster,)
    with pytest.raises(PortalRefused):
        carry_people.carry(desk, supporter("change_mappingset"), {}, None)
