"""The two pictures: where things stand on them, what the lines say, and the same in a table."""

import re
from html import unescape
from itertools import combinations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from onboarding.facts import Outcome, Owner
from onboarding.models import LegalEntity, LoketLogin, User
from onboarding.pictures import Links, Pair, Task, links, stack, swimlanes, track
from onboarding.pictures.lettering import LETTER, NARROW, WIDE, wrap
from onboarding.services import company_picture, hub
from onboarding.services.company_picture import Between, Join
from onboarding.steps import StepKey
from onboarding.wording import pictures
from tests.factories import CompanyFactory, ConnectionFactory, EntityFactory, LoginFactory, member
from tests.onboarding import setups
from tests.onboarding.setups import found

LANES = ("Payroll manager or administrator", "Jansen Accountants", "Support")


def task(lane: int = 0, **more: str) -> Task:
    known = {"title": "Book", "short": "Booking", "group": "Connect", "tone": "todo", "symbol": "○", "word": "To do"}
    return Task(**known | more, lane=lane)  # type: ignore[arg-type]


# --- Letters ----------------------------------------------------------------------------------------------------------------


@given(st.text(alphabet="abc de", max_size=200), st.integers(30, 500), st.integers(1, 4))
def test_wrapped_lines_fit(text: str, width: int, most: int) -> None:
    lines = wrap(text, width, 14, most)
    assert len(lines) <= most
    assert all(len(line) * 14 * LETTER <= width for line in lines)


def test_wrapping_loses_no_word_while_there_is_room() -> None:
    assert " ".join(wrap("one two three four", 80, 14, most=9)) == "one two three four"


def test_a_word_may_break_behind_a_hyphen() -> None:
    assert wrap("Loket-gebruiker", 90, 14) == ["Loket-", "gebruiker"]
    assert wrap("Loket-gebruiker", 200, 14) == ["Loket-gebruiker"]


def test_what_does_not_fit_ends_in_dots() -> None:
    assert wrap("Arbeidsongeschiktheidsverzekering", 100, 14) == ["Arbeidsonge…"]
    assert wrap("one two three", 30, 14, most=2)[-1].endswith("…")


# --- Who does what next: layout ---------------------------------------------------------------------------------------------


def test_the_wide_picture_has_a_column_per_task_in_the_row_of_its_lane() -> None:
    swim = swimlanes([task(lane) for lane in (0, 1, 2)], LANES)
    tops = [y for _label, y in swim.lanes]
    assert [cell.x for cell in swim.cells] == sorted({cell.x for cell in swim.cells})
    assert len({cell.y - top for cell, top in zip(swim.cells, tops, strict=True)}) == 1


def test_the_narrow_picture_has_a_row_per_task_on_the_line_of_its_lane() -> None:
    swim = track([task(lane) for lane in (0, 1, 2)], LANES)
    lines = [x for _label, x in swim.lanes]
    assert [cell.x + cell.width // 2 for cell in swim.cells] == lines
    assert [cell.y for cell in swim.cells] == sorted({cell.y for cell in swim.cells})


@pytest.mark.parametrize("layout", [swimlanes, track])
def test_everything_stands_inside_the_picture(layout: object) -> None:
    swim = layout([task(number % 3) for number in range(9)], LANES)  # type: ignore[operator]
    for cell in swim.cells:
        assert cell.x >= 0
        assert cell.x + cell.width <= swim.width
        assert cell.y + cell.height <= swim.height


def test_each_group_is_named_once_where_it_begins() -> None:
    swim = swimlanes([task(group="A"), task(group="A"), task(group="B")], LANES)
    assert [[line for _y, line in name.lines] for name in swim.groups] == [["A"], ["B"]]
    assert swim.groups[1].x > swim.cells[2].x - 1


# --- Entities and administrations: layout -------------------------------------------------------------------------------------


def pair(left: str = "Tulp B.V.", right: str = "1 Tulp", **more: object) -> Pair:
    return Pair(left, right, "ok", "✓", "Connected", **more)  # type: ignore[arg-type]


PAIRS = (
    pair("A"),
    pair("B", reason="a reason " * 30),
    pair("B", "2 Tulp"),
    pair("No legal entity", is_left_empty=True),
)


@pytest.mark.parametrize("layout", [links, stack])
def test_boxes_do_not_overlap_and_stand_inside(layout: object) -> None:
    picture: Links = layout(PAIRS)  # type: ignore[operator]
    for one, other in combinations(picture.boxes, 2):
        is_beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert is_beside or one.y + one.height <= other.y or other.y + other.height <= one.y
    assert all(box.x >= 0 and box.x + box.width <= picture.width for box in picture.boxes)
    assert all(box.y + box.height <= picture.height for box in picture.boxes)


@pytest.mark.parametrize("layout", [links, stack])
def test_an_entity_has_one_box_however_many_lines_it_has(layout: object) -> None:
    picture: Links = layout(PAIRS)  # type: ignore[operator]
    names = [box.text.lines[0][1] for box in picture.boxes]
    assert names.count("B") == 1
    assert len(picture.joins) == len(PAIRS)


def test_two_empty_places_are_not_one() -> None:
    empty = pair("No legal entity", is_left_empty=True)
    assert [box.is_empty for box in links([empty, empty]).boxes].count(True) == 2


def test_the_layouts_have_their_widths() -> None:
    assert {swimlanes([task()], LANES).width, links(PAIRS).width} == {WIDE}
    assert {track([task()], LANES).width, stack(PAIRS).width} == {NARROW}


# --- Who does what next: the tasks of a setup ---------------------------------------------------------------------------------


@pytest.fixture
def fresh(db: None) -> LegalEntity:
    return EntityFactory(enabled_at=None)


@pytest.fixture
def anna(fresh: LegalEntity) -> User:
    return member(fresh, first_name="Anna", last_name="de Boer")


def lanes_of(entity: LegalEntity, user: User) -> dict[str, str]:
    entity.refresh_from_db()
    return {task.short: who for task, who in pictures.who_does_what(hub.board(entity, user)).rows}


def test_every_task_stands_in_the_lane_of_who_usually_does_it(fresh: LegalEntity, anna: User) -> None:
    lanes = lanes_of(fresh, anna)
    assert [lanes[short] for short in ("Scope", "Authorize")] == ["Payroll manager or administrator"] * 2
    assert [lanes[short] for short in ("Loket user", "“Algemeen”")] == ["Payroll administrator or tax accountant"] * 2
    assert lanes["Attributes"] == "Support"


def test_the_lane_of_the_accountant_has_the_name_of_the_guest(fresh: LegalEntity, anna: User) -> None:
    setups.assign(fresh, StepKey.INTEGRATION_USER, guest=setups.guest(fresh))
    assert lanes_of(fresh, anna)["Loket user"] == "M. Jansen (Jansen Accountants)"


def test_a_task_moves_to_the_lane_of_its_holder_and_a_problem_to_that_of_its_owner(
    fresh: LegalEntity, anna: User
) -> None:
    setups.assign(fresh, StepKey.INTEGRATION_USER, member=anna)
    assert lanes_of(fresh, anna)["Loket user"] == "Payroll manager or administrator"
    found(Outcome.FAILED, "own_tax_id", entity=fresh, code="own_tax_id_connected", owner=Owner.SUPPORT)
    assert lanes_of(fresh, anna)["Legal entity"] == "Support"


def test_waiting_says_how_long(fresh: LegalEntity, anna: User) -> None:
    setups.prepare(fresh, anna)
    jansen = setups.guest(fresh)
    for key in (StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT):
        setups.assign(fresh, key, guest=jansen)
    tasks = {task.short: task for task, _who in pictures.who_does_what(hub.board(fresh, anna)).rows}
    assert (tasks["Loket user"].word, tasks["Loket user"].note) == ("Waiting", "3 days")
    assert (tasks["Booking"].word, tasks["Booking"].note) == ("To do", "for you")


def test_a_task_that_can_not_start_is_no_link_in_the_picture(client: Client, fresh: LegalEntity, anna: User) -> None:
    client.force_login(anna, backend="allauth.account.auth_backends.AuthenticationBackend")
    html = client.get(reverse("setup", args=[fresh.pk])).content.decode()
    for picture in re.findall(r'<svg class="swim.*?</svg>', html, re.S):
        assert picture.count("<a href") == 4
        assert "/setup/authorize/" not in picture


@pytest.mark.parametrize("place", ["setup", "company_picture"])
def test_a_picture_has_its_sentence_and_a_table_behind_it(
    place: str, client: Client, fresh: LegalEntity, anna: User
) -> None:
    client.force_login(anna, backend="allauth.account.auth_backends.AuthenticationBackend")
    pk = fresh.pk if place == "setup" else fresh.company_id
    html = client.get(reverse(place, args=[pk])).content.decode()
    drawn = re.findall(r'<svg class="swim.*?</svg>', html, re.S)
    assert len(drawn) == 2
    for svg in drawn:
        ids = re.findall(r'aria-labelledby="(\S+) (\S+)"', svg)[0]
        assert re.search(rf'<title id="{ids[0]}">[^<]+</title>', svg)
        assert re.search(rf'<desc id="{ids[1]}">[^<]+\.[^<]*</desc>', svg)
        assert "style=" not in svg
    assert re.search(r"<summary>Show as table</summary>\s*<table", html)
    assert html.count("<tr>") == (10 if place == "setup" else 2)


# --- Entities and administrations: what is between them -----------------------------------------------------------------------


@pytest.fixture
def login(fresh: LegalEntity) -> LoketLogin:
    made = LoginFactory(company=fresh.company)
    LegalEntity.objects.filter(pk=fresh.pk).update(loket_login=made)
    return made


def listed(login: LoketLogin, *rows: tuple[str, str, str]) -> None:
    """What the check found: name, number and reason of each administration."""
    details = [{"name": name, "number": number, "reason": reason, "names": "Other"} for name, number, reason in rows]
    found(Outcome.PROVED, "administrations", login=login, details=details)


def own(entity: LegalEntity, outcome: Outcome, code: str, *names: str) -> None:
    details = [{"name": name} for name in names] if len(names) > 1 else []
    found(outcome, "own_tax_id", entity=entity, code=code, params={"names": ", ".join(names)}, details=details)


def joins(entity: LegalEntity) -> list[Join]:
    return company_picture.joins(entity.company)


def between(entity: LegalEntity) -> list[tuple[Between, str]]:
    return [(join.between, join.administration) for join in joins(entity)]


def test_before_the_check_sign_in_nothing_is_known(fresh: LegalEntity) -> None:
    assert between(fresh) == [(Between.CHECK_FIRST, "")]


def test_outside_the_netherlands_it_is_not_possible(fresh: LegalEntity) -> None:
    LegalEntity.objects.update(country="DE")
    assert between(fresh) == [(Between.NOT_DUTCH, "")]


def test_without_a_tax_id_of_its_own_the_administration_is_not_known(fresh: LegalEntity, login: LoketLogin) -> None:
    listed(login, ("Tulp", "1", ""))
    assert between(fresh) == [(Between.TAX_ID_FIRST, ""), (Between.FREE, "Tulp")]


@pytest.mark.parametrize(("is_enabled", "expected"), [(False, Between.ENABLE_FIRST), (True, Between.CHOOSE)])
def test_a_tax_id_of_one_administration_waits_for_support_then_for_the_choice(
    fresh: LegalEntity, login: LoketLogin, *, is_enabled: bool, expected: Between
) -> None:
    listed(login, ("Tulp", "1", ""))
    own(fresh, Outcome.PROVED, "own_tax_id_unique", "Tulp")
    if is_enabled:
        LegalEntity.objects.update(enabled_at=setups.ago(days=1))
    assert between(fresh) == [(expected, "Tulp")]
    assert joins(fresh)[0].number == "1"


def test_a_shared_tax_id_has_a_line_to_each_that_names_the_others(fresh: LegalEntity, login: LoketLogin) -> None:
    listed(login, ("Tulp", "1", "shared_tax_id"), ("Roos", "2", "shared_tax_id"))
    own(fresh, Outcome.FAILED, "own_tax_id_shared", "Tulp", "Roos")
    assert [(join.administration, join.names) for join in joins(fresh)] == [("Tulp", "Roos"), ("Roos", "Tulp")]
    assert {join.between for join in joins(fresh)} == {Between.SHARED_TAX_ID}


def test_another_fault_of_the_tax_id_says_itself(fresh: LegalEntity, login: LoketLogin) -> None:
    listed(login, ("Tulp", "1", ""))
    own(fresh, Outcome.FAILED, "own_tax_id_ended", "Tulp")
    picture = pictures.entities_and_administrations(joins(fresh))
    assert picture.pairs[0].right == "1 Tulp"
    assert picture.pairs[0].tone == "problem"
    assert len(picture.pairs[0].reason) > 10


@pytest.mark.parametrize("reason", ["taken", "ended", "no_tax_id", "shared_tax_id", "tax_id_connected"])
def test_an_administration_that_nobody_can_have_stands_alone_with_its_reason(
    fresh: LegalEntity, login: LoketLogin, reason: str
) -> None:
    listed(login, ("Roos", "2", reason))
    assert (Between(reason), "Roos") in between(fresh)


def test_a_connection_is_drawn_once_with_its_number(fresh: LegalEntity, login: LoketLogin) -> None:
    listed(login, ("Tulp", "1", "taken"))
    ConnectionFactory(entity=fresh, login=login, administration_name="Tulp", administration_number=1)
    assert between(fresh) == [(Between.CONNECTED, "Tulp")]


def test_a_connection_that_loket_refuses_says_so(fresh: LegalEntity, login: LoketLogin) -> None:
    ConnectionFactory(entity=fresh, login=login, administration_name="Tulp")
    found(
        Outcome.FAILED, "linked_administration", entity=fresh, code="linked_gone", params={"names": "Tulp", "user": "x"}
    )
    assert between(fresh) == [(Between.PROBLEM, "Tulp")]
    LoketLogin.objects.update(state=LoketLogin.State.SIGN_IN_NEEDED)
    assert between(fresh) == [(Between.SIGN_IN_NEEDED, "Tulp")]


def test_two_entities_of_one_sign_in_share_its_administrations(fresh: LegalEntity, login: LoketLogin) -> None:
    EntityFactory(company=fresh.company, loket_login=login, name="ZZ B.V.")
    listed(login, ("Tulp", "1", ""))
    assert [administration for _between, administration in between(fresh)].count("Tulp") == 1


@pytest.mark.parametrize("one", Between)
def test_everything_between_has_words(one: Between) -> None:
    tone, symbol, word, reason = pictures.BETWEEN[one]
    assert tone in {"ok", "attention", "problem"}
    assert symbol
    assert word
    assert reason or one in {Between.CONNECTED, Between.PROBLEM}


def test_the_sentence_counts_legal_entities_and_not_lines(fresh: LegalEntity, login: LoketLogin) -> None:
    listed(login, ("Tulp", "1", "shared_tax_id"), ("Roos", "2", "shared_tax_id"))
    own(fresh, Outcome.FAILED, "own_tax_id_shared", "Tulp", "Roos")
    ConnectionFactory(entity=EntityFactory(company=fresh.company))
    EntityFactory(company=fresh.company, enabled_at=None)
    said = pictures.entities_and_administrations(joins(fresh)).sentence
    assert said == "Connected: 1 of 3. Waiting: 1. With a problem: 1."


# --- The page of a company ------------------------------------------------------------------------------------------------------


def test_the_reason_stands_on_the_line_and_in_the_table(client: Client, fresh: LegalEntity, anna: User) -> None:
    LegalEntity.objects.update(country="DE")
    client.force_login(anna, backend="allauth.account.auth_backends.AuthenticationBackend")
    html = unescape(client.get(reverse("company_picture", args=[fresh.company_id])).content.decode())
    assert html.count("× Not possible: not in the Netherlands") == 3


def test_the_list_of_entities_links_to_the_picture(client: Client, fresh: LegalEntity, anna: User) -> None:
    client.force_login(anna, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert f'href="{reverse("company_picture", args=[fresh.company_id])}"' in client.get("/").content.decode()


def test_the_picture_of_another_company_is_not_found(client: Client, fresh: LegalEntity, anna: User) -> None:
    client.force_login(anna, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("company_picture", args=[CompanyFactory().pk])).status_code == 404
    anna.memberships.all().delete()
    assert client.get(reverse("company_picture", args=[fresh.company_id])).status_code == 404
