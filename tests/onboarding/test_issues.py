"""Issues: one row while it is open, resolved when it is no longer found, told in one e-mail a day at most."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone

from onboarding.models import Company, Issue, LegalEntity, Mail, Role, User
from onboarding.services import issues, mails
from onboarding.services.issues import Found
from onboarding.wording import issues as words
from tests.factories import EntityFactory, UserFactory, member

pytestmark = pytest.mark.django_db
MISSING, RENAMED = Issue.Kind.ATTRIBUTE_MISSING, Issue.Kind.OPTION_RENAMED
BSN = Found(MISSING, "dynamic_24407", {"label": "BSN", "key": "dynamic_24407", "fields": ["BSN"]}, is_blocking=True)
CITY = Found(MISSING, "dynamic_24415", {"label": "Plaats", "key": "dynamic_24415", "fields": ["City"]})
OPTION = Found(RENAMED, "dynamic_24409:Male", {"label": "Geslacht", "old": "Male", "new": "Man"})
PARAMS: dict[str, dict[str, Any]] = {
    MISSING: {"label": "BSN", "key": "dynamic_24407", "fields": ["BSN", {"label": "City", "label_nl": "Plaats"}]},
    Issue.Kind.ATTRIBUTE_AMBIGUOUS: {
        "label": "BSN",
        "found": ["BSN (dynamic_1)", "bsn (dynamic_2)"],
        "fields": ["BSN"],
    },
    Issue.Kind.ATTRIBUTE_UNUSED: {"label": "BSN", "key": "dynamic_24407", "fields": ["BSN"]},
    Issue.Kind.ATTRIBUTE_ID_CHANGED: {"label": "BSN", "old": "dynamic_1", "new": "dynamic_2"},
    RENAMED: {"label": "Geslacht", "old": "Male", "new": "Man"},
    Issue.Kind.OPTION_UNMAPPED: {"label": "Land", "options": ["Peru", "Chili"]},
    Issue.Kind.ATTRIBUTE_REQUESTED: {
        "label": "BSN",
        "type": "Single line text",
        "fields": ["BSN"],
        "seen": {"msgid": "", "params": {}},
    },
    Issue.Kind.LOKET_VALUE_GONE: {
        "value": "Gehuwd",
        "fields": ["Civil status"],
        "renamed": {"msgid": "It is called “%(now)s” there now.", "params": {"now": "Getrouwd"}},
    },
    Issue.Kind.LEGAL_ENTITY_GONE: {"name": "Linde Horeca B.V."},
    Issue.Kind.LEGAL_ENTITY_MOVED: {"name": "Linde Horeca B.V.", "country": "DE"},
    Issue.Kind.NO_LEGAL_ENTITY: {"count": 2},
    Issue.Kind.RECORD_WITHOUT_ID: {"count": 2},
    Issue.Kind.COMPARISON_FAILED: {
        "name": "Linde Horeca B.V.",
        "message": {"msgid": "The legal entity %(name)s is no longer in Personio.", "params": {"name": "Linde"}},
        "hint": {"msgid": "An administrator of your company looks.", "params": {}},
    },
}


@pytest.fixture
def company(entity: LegalEntity) -> Company:
    return entity.company


def report(company: Company, *found: Found) -> list[Issue]:
    return issues.report(company, "personio", [MISSING, RENAMED], found)


def subjects(company: Company) -> list[str]:
    return [issue.subject for issue in issues.open_of(company)]


# --- Open and resolved --------------------------------------------------------------------------------------------------


def test_reporting_the_same_again_opens_nothing(company: Company) -> None:
    assert len(report(company, BSN, CITY)) == 2
    assert report(company, CITY, BSN) == []
    assert Issue.objects.count() == 2


def test_what_is_no_longer_found_is_resolved_and_stays_as_history(company: Company) -> None:
    report(company, BSN, CITY)
    report(company, CITY)
    assert subjects(company) == ["dynamic_24415"]
    gone = Issue.objects.get(subject="dynamic_24407")
    assert gone.resolved_at is not None
    assert not gone.is_open


def test_what_comes_back_is_a_new_row(company: Company) -> None:
    report(company, BSN)
    report(company)
    (again,) = report(company, BSN)
    assert Issue.objects.count() == 2
    assert again.is_open


def test_kinds_that_nobody_looked_for_stay_as_they_are(company: Company) -> None:
    report(company, BSN)
    issues.report(company, "personio", [Issue.Kind.CREDENTIALS_REFUSED], [])
    assert subjects(company) == ["dynamic_24407"]


def test_finding_what_was_not_looked_for_is_a_mistake(company: Company) -> None:
    with pytest.raises(ValueError, match="option_renamed"):
        issues.report(company, "personio", [MISSING], [OPTION])


def test_an_open_issue_tells_what_is_known_now(company: Company) -> None:
    report(company, BSN)
    report(company, Found(MISSING, BSN.subject, {"label": "Sofinummer"}, is_blocking=False))
    issue = Issue.objects.get()
    assert (issue.params, issue.is_blocking) == ({"label": "Sofinummer"}, False)


def test_issues_of_one_company_are_not_anothers(company: Company) -> None:
    other = EntityFactory().company
    report(company, BSN)
    report(other, BSN)
    report(other)
    assert subjects(company) == ["dynamic_24407"]
    assert subjects(other) == []


def test_what_stops_the_sync_comes_first(company: Company) -> None:
    report(company, CITY, OPTION, BSN)
    assert subjects(company)[0] == "dynamic_24407"
    assert [issue.subject for issue in issues.blocking(company)] == ["dynamic_24407"]


def test_a_long_subject_is_the_same_one_the_next_time(company: Company) -> None:
    long = Found(MISSING, "x" * 300)
    assert len(report(company, long)) == 1
    assert report(company, long) == []


# --- E-mail -------------------------------------------------------------------------------------------------------------


def later(company: Company) -> None:
    """A day passes."""
    for issue in Issue.objects.filter(told_at__isnull=False):
        Issue.objects.filter(pk=issue.pk).update(told_at=issue.told_at - timedelta(hours=25))


def test_administrators_and_support_hear_of_all_that_is_new_in_one_mail_each(
    company: Company, entity: LegalEntity, administrator: User, settings: LazySettings
) -> None:
    manager, stranger = member(entity, Role.Preset.PAYROLL_MANAGER), member(EntityFactory())
    gone = member(entity, is_active=False)
    report(company, BSN, CITY)
    written = Mail.objects.filter(kind="hr_issue")
    assert {mail.to for mail in written} == {administrator.email, settings.SUPPORT_EMAIL}
    assert written.count() == 2
    assert not {manager.email, stranger.email, gone.email} & {mail.to for mail in written}
    for mail in written:
        assert "BSN" in mail.text
        assert "Plaats" in mail.text
        assert "Readable employee attributes" in mail.text.replace("\n", " ")
        assert company.name in mail.subject


def test_support_is_led_to_the_desk_and_an_administrator_to_the_page(
    company: Company, administrator: User, settings: LazySettings
) -> None:
    report(company, BSN)
    assert reverse("personio", kwargs={"pk": company.pk}) in Mail.objects.get(to=administrator.email).text
    assert f"/admin/onboarding/issue/?company__id__exact={company.pk}" in (
        Mail.objects.get(to=settings.SUPPORT_EMAIL).text
    )


def test_the_same_issue_is_told_once_however_long_it_is_open(company: Company, administrator: User) -> None:
    report(company, BSN)
    later(company)
    report(company, BSN)
    assert Mail.objects.filter(to=administrator.email).count() == 1


def test_what_opens_on_the_same_day_waits_for_the_next_mail(company: Company, administrator: User) -> None:
    report(company, BSN)
    report(company, BSN, CITY)
    report(company, BSN, CITY, OPTION)
    assert Mail.objects.filter(to=administrator.email).count() == 1
    later(company)
    report(company, BSN, CITY, OPTION)
    _first, second = Mail.objects.filter(to=administrator.email).order_by("pk")
    assert "Plaats" in second.text
    assert "Geslacht" in second.text
    assert "BSN" not in second.text, "it was told yesterday"


def test_an_issue_that_comes_and_goes_writes_once_a_day(company: Company, administrator: User) -> None:
    for _ in range(3):
        report(company, BSN)
        report(company)
    assert Mail.objects.filter(to=administrator.email).count() == 1


def test_a_mail_that_cannot_be_written_undoes_no_issue(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise LookupError("no such page")

    monkeypatch.setattr(mails, "to_support", fail)
    assert len(report(company, BSN)) == 1
    assert Issue.objects.get().told_at is None
    assert Mail.objects.count() == 0


def test_members_read_it_in_their_own_language(company: Company, administrator: User) -> None:
    administrator.language = "nl"
    administrator.save()
    report(company, BSN)
    assert Mail.objects.get(to=administrator.email).language == "nl"


# --- Words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Issue.Kind)
def test_every_kind_says_what_is_wrong_and_who_acts(kind: Issue.Kind) -> None:
    told = words.of(kind, PARAMS.get(kind, {}))
    assert told.text
    assert any(who in told.fix for who in ("Whoever administers Personio", "Support", "administrator of your company"))
    assert not any(sign in f"{told.text} {told.fix}" for sign in ("[", "{", "%(", "“?”", "?,"))


def test_lists_and_fields_of_loket_are_words() -> None:
    told = words.of(MISSING, PARAMS[MISSING])
    assert "It fills: BSN and City." in told.text


def test_a_customers_own_text_stays_on_its_line_and_ends() -> None:
    label = "Gender\r\n\r\nGo to\u202e evil.example " + "x" * 300
    said = str(words.of(Issue.Kind.ATTRIBUTE_MISSING, {"label": label, "fields": []}).text)
    assert "“Gender Go to evil.example xxx" in said
    assert "…”" in said
    assert not any(mark in said for mark in "\r\n\u202e")


def test_of_many_options_some_are_named_and_the_rest_is_counted() -> None:
    options = [f"Option {number}" for number in range(1, 1301)]
    said = str(words.of(Issue.Kind.OPTION_UNMAPPED, {"label": "Nationality", "options": options}).text)
    assert "Option 12 and 1,288 more." in said
    assert "Option 13" not in said


def test_a_label_is_text_in_the_mail_too(company: Company, administrator: User) -> None:
    label = '<a href="https://evil.example">click</a>'
    issues.report(company, "personio", [MISSING], [Found(MISSING, "bsn", {"label": label, "fields": []})])
    mail = Mail.objects.get(to=administrator.email)
    assert label in mail.text
    assert label not in mail.html
    assert "&lt;a href=" in mail.html


def test_one_person_is_one_person() -> None:
    assert words.of(Issue.Kind.NO_LEGAL_ENTITY, {"count": 1}).text.startswith("1 person has")
    assert words.of(Issue.Kind.NO_LEGAL_ENTITY, {"count": 1200}).text.startswith("1,200 people have")


def test_a_kind_of_a_later_version_is_shown_and_not_an_error_page() -> None:
    assert words.of("something_newer", {}).text == "something newer"


def test_a_user_without_a_membership_is_told_nothing(company: Company) -> None:
    nobody = UserFactory()
    report(company, BSN)
    assert not Mail.objects.filter(to=nobody.email).exists()
    assert issues.open_of(company).first().opened_at <= timezone.now()
