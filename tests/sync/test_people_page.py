"""Who is in the sync, who isn't, and why."""

from typing import Any

from django.test import Client
from django.utils import timezone

from mapping.models import HRAttribute
from onboarding.models import LegalEntity, User
from sync.models import RosterPerson
from sync.records import Problem
from sync.services import attribute_labels, codec, people
from sync.templatetags.sync_words import said
from tests.sync import pages


def page(client: Client, entity: LegalEntity, query: str = "") -> str:
    return " ".join(client.get(f"/entities/{entity.pk}/people/{query}").content.decode().split())


def test_everybody_has_a_status_and_a_reason(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    pages.upload(entity, administrator)
    text = page(signed_in, entity)
    assert "Active and considered in NL payroll." in text
    assert "The status is Leave; only active people are synced." in text
    assert "<b>Employee number</b> is missing. Without it nobody is sent to Loket." in text


def test_a_problem_in_a_column_of_the_company_s_own_has_its_label_with_one_query_for_all(
    entity: LegalEntity, administrator: User, django_assert_num_queries: Any
) -> None:
    pages.upload(entity, administrator)
    now = timezone.now()
    HRAttribute.objects.create(
        company=entity.company,
        source="roster",
        key="column:shoe size",
        label="Shoe Size",
        first_seen_at=now,
        seen_at=now,
    )
    problem = Problem("bad_text", "column:shoe size")
    assert said(problem).label == "shoe size", "of which nobody knows more"
    with django_assert_num_queries(1):
        labels = attribute_labels.of(entity.company_id, [problem] * 50)
    [named] = attribute_labels.named([problem], labels)
    assert said(named).label == "Shoe Size"
    with django_assert_num_queries(0):
        assert attribute_labels.of(entity.company_id, [Problem("bad_date", "birth_date")]) == {}
    RosterPerson.objects.filter(row=2).update(problems=[codec.problem_to_json(problem)])
    shown = people.find(entity).rows
    assert [said(one).label for row in shown for one in row.problems if one.code == "bad_text"] == ["Shoe Size"]


def test_a_filter_shows_only_those(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    pages.upload(entity, administrator)
    text = page(signed_in, entity, "?show=blocked")
    assert "Niels Beek" in text
    assert "Johanna Berg" not in text


def test_the_search_finds_names_and_numbers(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    pages.upload(entity, administrator)
    assert "Johanna Berg" in page(signed_in, entity, "?q=1001")
    assert "Johanna Berg" not in page(signed_in, entity, "?q=marieke")
    assert "Nobody found." in page(signed_in, entity, "?q=zzz")


def test_the_search_ignores_accents(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    pages.upload(entity, administrator, "1001;1;Active;Yes;Zoë;Kjær", "1002;1;Active;Yes;Jan;Bos")
    for query in ("zoe", "ZOË", "kjaer"):
        text = page(signed_in, entity, f"?q={query}")
        assert "Zoë Kjær" in text
        assert "Jan Bos" not in text


def test_people_who_share_a_number_show_it(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    pages.upload(entity, administrator, "1001;1;Active;Yes;Zoë;Kjær", "1001;1;Active;Yes;Jan;Bos")
    assert page(signed_in, entity).count('<td data-label="Number">1001</td>') == 2


def test_long_lists_come_in_pages(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    rows = [f"{1000 + n};1;Active;Yes;Person;Number{n}" for n in range(people.PAGE_SIZE + 1)]
    pages.upload(entity, administrator, *rows)
    first = page(signed_in, entity)
    assert first.count('<th scope="row">') == people.PAGE_SIZE
    assert "1 to 50 of 51" in first
    assert page(signed_in, entity, "?page=2").count('<th scope="row">') == 1


def test_a_strange_filter_or_page_is_no_error(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    pages.upload(entity, administrator)
    assert "Johanna Berg" in page(signed_in, entity, "?show=zzz&page=zzz")


def test_before_a_roster_the_page_leads_to_it(signed_in: Client, entity: LegalEntity) -> None:
    assert f'href="/entities/{entity.pk}/roster/"' in page(signed_in, entity)
    assert "No roster yet" in page(signed_in, entity)
