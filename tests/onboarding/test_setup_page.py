"""The hub and the frame of its nine pages: what they say, to whom, and who may send something."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from loket_portal.loket.errors import Retryable
from onboarding.facts import Outcome
from onboarding.models import Acknowledgement, AuditEvent, Booking, LegalEntity, LoketLogin, Role, User
from onboarding.services import evidence
from onboarding.services.access import NotAllowed
from onboarding.steps import STEPS, StepKey
from onboarding.views.steps import PAGES
from onboarding.views.steps.base import Refused, StepPage
from onboarding.wording import Words, audit_detail, steps, tasks
from tests.factories import ConnectionFactory, EntityFactory, LoginFactory, UserFactory, member
from tests.onboarding import setups
from tests.onboarding.setups import ago, found

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def entity() -> LegalEntity:
    """A Dutch entity at the very beginning."""
    return EntityFactory(enabled_at=None, name="Tulp Catering B.V.")


@pytest.fixture
def administrator(entity: LegalEntity) -> User:
    return member(entity, first_name="Anna", last_name="de Boer")


@pytest.fixture
def reader(entity: LegalEntity, administrator: User) -> User:
    """A member of the company without payroll edit for the entity."""
    return member(EntityFactory(company=entity.company), Role.Preset.PAYROLL_MANAGER)


def address(entity: LegalEntity, step: StepKey | None = None) -> str:
    return reverse("setup_step", args=[entity.pk, step]) if step else reverse("setup", args=[entity.pk])


def text_of(html: str) -> str:
    """What somebody reads: without tags, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def page(client: Client, entity: LegalEntity, step: StepKey | None = None) -> str:
    answer = client.get(address(entity, step))
    assert answer.status_code == 200
    return answer.content.decode()


def read(client: Client, entity: LegalEntity, step: StepKey | None = None) -> str:
    return text_of(page(client, entity, step))


def row(html: str, step: StepKey) -> str:
    """The line of one task."""
    title = str(steps.STEPS[step].title)
    return next(part for part in re.findall(r'<li class="task.*?</li>', html, re.S) if title in unescape(part))


# --- The sentence -------------------------------------------------------------------------------------------------------------


def test_the_sentence_says_what_is_done_who_is_waited_for_and_what_is_next(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    setups.prepare(entity, administrator)
    jansen = setups.guest(entity)
    for key in (StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT):
        setups.assign(entity, key, guest=jansen, assigned_at=ago(days=1))
    said = "4 of 9 done. 2 wait for Jansen Accountants since yesterday. Next for you: “ Book the integration ”."
    assert said in read(signed_in, entity)


def test_what_is_next_for_somebody_else_is_said_with_the_name(
    client: Client, entity: LegalEntity, administrator: User
) -> None:
    manager = member(entity, Role.Preset.PAYROLL_MANAGER)
    setups.prepare(entity, administrator)
    setups.acknowledge(entity, manager)
    login = LoginFactory(company=entity.company)
    LegalEntity.objects.update(loket_login=login, enabled_at=timezone.now())
    for key in (StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT):
        setups.prove(entity, login, key)
    client.force_login(manager, backend=BACKEND)
    text = read(client, entity)
    assert "8 of 9 done. Next: “ Authorize and choose the administration ”, by Anna de Boer." in text
    assert "button primary" not in page(client, entity)


def test_one_button_leads_to_what_is_next(signed_in: Client, entity: LegalEntity) -> None:
    html = page(signed_in, entity)
    assert html.count("button primary") == 1
    assert f'class="button primary" href="{address(entity, StepKey.PAYROLL_PERSON)}">' in " ".join(html.split())


def test_when_all_is_done_the_button_leads_to_the_overview(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    setups.prepare(entity, administrator)
    login = LoginFactory(company=entity.company)
    LegalEntity.objects.update(enabled_at=timezone.now())
    ConnectionFactory(entity=entity, login=login, linked_by=administrator)
    for key in (StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT):
        setups.prove(entity, login, key)
    html = page(signed_in, entity)
    assert "9 of 9 done. The setup is complete." in text_of(html)
    assert f'class="button primary" href="{reverse("entity", args=[entity.pk])}">' in " ".join(html.split())


@pytest.mark.parametrize(
    ("days", "english", "dutch"),
    [
        (0, "since today", ""),
        (1, "since yesterday", ""),
        (2, "since Saturday", "zaterdag"),
        (6, "since Tuesday", "dinsdag"),
        (7, "since 16 November", "16 november"),
        (400, "since 19 October 2025", "19 oktober 2025"),
    ],
)
def test_since_when_is_said_as_people_say_it(
    days: int, english: str, dutch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 23, 0, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))  # a Monday, still Sunday in UTC
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert steps.since(now - timedelta(days=days)) == english
    with translation.override("nl"):
        assert dutch in steps.since(now - timedelta(days=days))


def test_the_name_of_a_task_is_quoted_and_so_is_what_it_quotes() -> None:
    assert steps.quoted(StepKey.BOOKING) == "“Book the integration”"
    assert steps.quoted(StepKey.LOKET_ACCOUNT) == "“Create the default items named ‘Algemeen’”"


# --- A line per task --------------------------------------------------------------------------------------------------------


def test_every_task_has_its_line_with_a_status_in_words(signed_in: Client, entity: LegalEntity) -> None:
    html = page(signed_in, entity)
    assert [row(html, step.key).count('class="tag') for step in STEPS] == [1] * 9


def test_a_blocked_task_names_what_blocks_it_and_is_no_link(signed_in: Client, entity: LegalEntity) -> None:
    line = row(page(signed_in, entity), StepKey.BOOKING)
    assert "<a" not in line
    said = "Starts after: “Involve the person who runs your payroll”, “Understand what the integration does” and 2 more tasks."
    assert said in text_of(line)
    assert "Cannot start yet" in line


def test_verified_says_when_and_what_was_derived(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    login = LoginFactory(company=entity.company)
    LegalEntity.objects.update(loket_login=login)
    setups.prepare(entity, administrator)
    setups.prove(entity, login, StepKey.INTEGRATION_USER, Outcome.DERIVED)
    setups.prove(entity, login, StepKey.LOKET_ACCOUNT)
    html = page(signed_in, entity)
    assert re.search(
        r"Derived from what Loket showed on \d+ \w+, \d\d:\d\d", text_of(row(html, StepKey.INTEGRATION_USER))
    )
    assert re.search(r"Loket showed it on \d+ \w+, \d\d:\d\d", text_of(row(html, StepKey.LOKET_ACCOUNT)))


def test_what_loket_could_not_be_asked_is_said_beside_what_is_known(signed_in: Client, entity: LegalEntity) -> None:
    login = LoginFactory(company=entity.company)
    LegalEntity.objects.update(loket_login=login)
    setups.prove(entity, login, StepKey.LOKET_ACCOUNT)
    found(Outcome.UNREACHABLE, "algemeen_function", login=login)
    line = text_of(row(page(signed_in, entity), StepKey.LOKET_ACCOUNT))
    assert "Loket could not be asked since today." in line
    assert "Verified" in line


def test_a_problem_is_said_in_words_with_who_acts(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    login = LoginFactory(company=entity.company)
    LegalEntity.objects.update(loket_login=login)
    setups.assign(entity, StepKey.INTEGRATION_USER, guest=setups.guest(entity))
    params = {"number": "1", "names": "Beheer HRM"}
    found(Outcome.FAILED, "rights", login=login, code="rights_missing", params=params)
    found(Outcome.FAILED, "modules", login=login, code="modules_missing", params={"names": "HRM"})
    line = text_of(row(page(signed_in, entity), StepKey.INTEGRATION_USER))
    assert "Problem found" in line
    assert "Beheer HRM" in line
    assert "Who acts: Jansen Accountants." in line
    assert "And 1 more problem." in line


def test_a_question_of_support_stands_at_the_booking(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    setups.prepare(entity, administrator)
    setups.book(entity, administrator, state=Booking.State.WAITING, reply="Which entities do you mean?")
    line = text_of(row(page(signed_in, entity), StepKey.BOOKING))
    assert "Support asks: “Which entities do you mean?”" in line
    assert "To do" in line


def test_an_entity_abroad_reads_the_refusal_and_no_button(signed_in: Client, entity: LegalEntity) -> None:
    LegalEntity.objects.update(country="DE")
    html = page(signed_in, entity)
    assert "This legal entity is not in the Netherlands." in text_of(html)
    assert "Is the country wrong? Support corrects it." in text_of(html)
    assert "button primary" not in html


def test_the_bar_has_nine_parts_and_is_hidden_from_screen_readers(signed_in: Client, entity: LegalEntity) -> None:
    bar = re.search(r'<ol class="bar" aria-hidden="true">(.*?)</ol>', page(signed_in, entity), re.S)
    assert bar is not None
    assert bar[1].count("<li") == 9


@pytest.mark.parametrize("step", list(StepKey))
def test_every_task_has_words_and_a_page(step: StepKey) -> None:
    words = steps.STEPS[step]
    assert all((words.title, words.short, words.why, words.who))
    assert PAGES[step].key is step


@pytest.mark.parametrize("code", tasks.PROBLEMS)
def test_every_problem_without_a_check_has_words_and_a_fix(code: str) -> None:
    words = tasks.PROBLEMS[code].filled({"user": "integration@tulp.example"})
    assert words.text
    assert words.fix
    assert "?" not in str(words.text)


# --- Who may act ------------------------------------------------------------------------------------------------------------


def test_somebody_without_payroll_edit_sees_everything_and_reads_why_he_cannot_act(
    client: Client, entity: LegalEntity, reader: User
) -> None:
    client.force_login(reader, backend=BACKEND)
    for step in (None, *StepKey):
        html = page(client, entity, step)
        said = text_of(html)
        assert "You can look here, but not act" in said, step
        assert "dministrator of your company" in said, step
        assert ": Anna de Boer." in said, step
        assert "button primary" not in html, step


@pytest.mark.parametrize("step", list(StepKey))
def test_a_post_without_payroll_edit_is_refused_with_words_and_changes_nothing(
    step: StepKey, client: Client, entity: LegalEntity, reader: User
) -> None:
    client.force_login(reader, backend=BACKEND)
    answer = client.post(address(entity, step), {"version": "2026-12"})
    assert answer.status_code == 403
    assert "An administrator of your company can give it: Anna de Boer." in text_of(answer.content.decode())
    assert evidence.facts_of([entity])[entity.pk] == {}
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("step", ["no-such-task", "PAYROLL-PERSON", "setup"])
def test_there_is_no_page_for_a_task_that_is_none(step: str, signed_in: Client, entity: LegalEntity) -> None:
    assert signed_in.get(f"/entities/{entity.pk}/setup/{step}/").status_code == 404


def test_the_page_of_a_blocked_task_can_be_read_and_says_what_comes_first(
    signed_in: Client, entity: LegalEntity
) -> None:
    html = page(signed_in, entity, StepKey.ATTRIBUTES)
    assert "This task cannot start yet" in text_of(html)
    assert f'<a href="{address(entity, StepKey.BOOKING)}">Book the integration</a>' in html


# --- What a page sends --------------------------------------------------------------------------------------------------------


class Sent(StepPage):
    """A page whose submit does what the test says."""

    key = StepKey.PAYROLL_PERSON
    outcome: Exception | str = ""

    def submit(self, *_args: object) -> str:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    made = Sent()
    monkeypatch.setitem(PAGES, StepKey.PAYROLL_PERSON, made)
    monkeypatch.setattr(Sent, "template", "onboarding/step_base.html")
    return made


def test_what_was_sent_is_confirmed_on_the_page_itself(signed_in: Client, entity: LegalEntity, sent: Sent) -> None:
    sent.outcome = "Noted."
    answer = signed_in.post(address(entity, sent.key), follow=True)
    assert answer.redirect_chain == [(address(entity, sent.key), 302)]
    assert "Noted." in answer.content.decode()


@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        (Refused(Words("That is not possible.", "Do this first.")), 200, "That is not possible. Do this first."),
        (Retryable("Loket did not answer."), 200, "Loket did not answer."),
        (NotAllowed(), 403, "You may not do this"),
    ],
)
def test_what_can_not_be_done_is_said_on_the_page(
    signed_in: Client, entity: LegalEntity, sent: Sent, outcome: Exception, status: int, said: str
) -> None:
    sent.outcome = outcome
    answer = signed_in.post(address(entity, sent.key))
    assert answer.status_code == status
    assert said in text_of(answer.content.decode())


def test_a_page_for_administrators_refuses_a_payroll_manager(
    client: Client, entity: LegalEntity, administrator: User, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sent, "needs_administrator", True)
    sent.outcome = "Noted."
    client.force_login(member(entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    assert client.post(address(entity, sent.key)).status_code == 403
    client.force_login(administrator, backend=BACKEND)
    assert client.post(address(entity, sent.key)).status_code == 302


def test_the_history_tells_who_said_what(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    evidence.declare(entity, StepKey.PAYROLL_PERSON, actor=administrator, params={"note": "by telephone"})
    evidence.declare(entity, StepKey.PAYROLL_PERSON, actor=administrator, params={"on_behalf_of": "M. Jansen"})
    text = read(signed_in, entity, StepKey.PAYROLL_PERSON)
    assert "Completed · Anna de Boer" in text
    assert "by telephone" in text
    assert "Anna de Boer for M. Jansen" in text


# --- Elsewhere ----------------------------------------------------------------------------------------------------------------


def test_the_tab_is_always_there(signed_in: Client, entity: LegalEntity) -> None:
    assert (
        f'<a href="{address(entity)}">Setup</a>' in signed_in.get(reverse("entity", args=[entity.pk])).content.decode()
    )


def test_the_list_of_entities_leads_to_the_setup_until_support_has_enabled_the_entity(
    signed_in: Client, entity: LegalEntity
) -> None:
    LegalEntity.objects.update(enabled_at=None)
    html = signed_in.get(reverse("entities")).content.decode()
    assert f'<a href="{address(entity)}">{entity}</a>' in html
    assert "0 of 9 done. Next for you: “Involve the person who runs your payroll”." in text_of(html)
    LegalEntity.objects.update(enabled_at=timezone.now())
    html = signed_in.get(reverse("entities")).content.decode()
    assert f'<a href="{reverse("entity", args=[entity.pk])}">{entity}</a>' in html


def wait_for_support(entity: LegalEntity, user: User) -> None:
    login = LoginFactory(company=entity.company)
    LegalEntity.objects.update(loket_login=login)
    setups.prepare(entity, user)
    for key in (StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT):
        setups.prove(entity, login, key)
    setups.book(entity, user)


@pytest.mark.parametrize(
    ("prepare", "word"),
    [
        (lambda entity, user: None, "To do"),
        (
            lambda entity, user: found(Outcome.FAILED, "own_tax_id", entity=entity, code="own_tax_id_unknown"),
            "Problem found",
        ),
        (wait_for_support, "Waiting on support"),
    ],
)
def test_the_list_says_where_a_setup_stands(
    signed_in: Client, entity: LegalEntity, administrator: User, prepare: object, word: str
) -> None:
    prepare(entity, administrator)  # type: ignore[operator]
    tag = re.search(r'<span class="tag[^"]*">(.*?)</span>', signed_in.get(reverse("entities")).content.decode())
    assert tag is not None
    assert tag[1] == word


# --- Queries ------------------------------------------------------------------------------------------------------------------


def queries(client: Client, url: str, django_assert_max_num_queries: object) -> int:
    with django_assert_max_num_queries(60) as asked:  # type: ignore[operator]
        assert client.get(url).status_code == 200
    return len(asked)


def grow(entity: LegalEntity, user: User, number: int) -> None:
    """More entities of the company, each with evidence, tasks in a guest's hands and a booking."""
    made = [EntityFactory(company=entity.company, enabled_at=None) for _ in range(number)]
    Role.objects.get(company=entity.company).payroll_entities.add(*made)
    jansen = entity.company.guests.first() or setups.guest(entity)
    login = LoketLogin.objects.filter(company=entity.company).first() or LoginFactory(company=entity.company)
    for count, one in enumerate(made):
        LegalEntity.objects.filter(pk=one.pk).update(loket_login=login)
        found(Outcome.PROVED, "own_tax_id", entity=one, code="own_tax_id_unique", params={"names": "Tulp"})
        evidence.declare(one, StepKey.PAYROLL_PERSON, actor=user)
        setups.assign(one, StepKey.INTEGRATION_USER, guest=jansen, assigned_by=user)
        setups.book(one, UserFactory() if count % 2 else user)
        if count % 3 == 0:
            ConnectionFactory(entity=one, login=login)


@pytest.mark.parametrize("place", ["setup", "entities", "company_picture"])
def test_a_company_with_200_entities_takes_as_many_queries_as_one_with_three(
    place: str, signed_in: Client, entity: LegalEntity, administrator: User, django_assert_max_num_queries: object
) -> None:
    places = {"setup": [entity.pk], "entities": [], "company_picture": [entity.company_id]}
    url = reverse(place, args=places[place])
    grow(entity, administrator, 2)
    few = queries(signed_in, url, django_assert_max_num_queries)
    grow(entity, administrator, 198)
    assert queries(signed_in, url, django_assert_max_num_queries) == few


# --- The audit trail ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("booking", "Book the integration"),
        ("booking: Jansen Accountants", "Book the integration: Jansen Accountants"),
        ("something of a later version", "something of a later version"),
    ],
)
def test_the_audit_trail_names_tasks_as_the_hub_does(detail: str, said: str) -> None:
    event = AuditEvent(action=AuditEvent.Action.ASSIGNED, detail=detail)
    assert audit_detail(event) == said
