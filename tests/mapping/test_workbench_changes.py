"""Changes in the workbench: each answers with the row, the head and the picture; what is refused says why."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from loket_portal.personio.errors import Retryable
from mapping import definitions
from mapping.bench import decisions, drafts
from mapping.bench.desk import desk
from mapping.models import AttributeRequest, HRAttribute, MappingChange, MappingSet
from mapping.rules import Decision, Empty, Rule, TooLong, WriteMode
from onboarding.models import Company, LegalEntity, User, ValueList
from tests.factories import EntityFactory, UserFactory
from tests.mapping.bench import Bench, of_personio

GENDER, CITY, STREET = "employee.personalDetails.gender", "employee.address.city", "employee.address.street"
NUMBER, LAST_NAME = "employee.employeeNumber", "employee.personalDetails.lastName"
HOURS = "workingHours.deviatingHoursPerWeek"
FILLED = {"converter": "auto", "write_mode": "overwrite", "empty": "keep"}


@pytest.fixture
def bench(client: Client, db: None) -> Bench:
    made = of_personio(client)
    made.begin()
    return made


@pytest.fixture
def entity(bench: Bench) -> LegalEntity:
    return bench.company.entities.get()


def change(bench: Bench, target: str, rule: Rule | None, entity: LegalEntity | None = None) -> None:
    assert bench.draft is not None
    drafts.change(bench.draft, None, target, rule, entity)


def listed(bench: Bench, *options: str) -> HRAttribute:
    now = timezone.now()
    fields = {"label": "Sex", "type": "list", "options": list(options), "first_seen_at": now, "seen_at": now}
    return HRAttribute.objects.create(company=bench.company, key="dynamic_1", **fields)


def values(**pairs: str) -> dict[str, str]:
    said = enumerate(pairs.items())
    return {
        name: text
        for number, pair in said
        for name, text in zip((f"value-{number}", f"option-{number}"), pair, strict=True)
    }


# --- The answer -----------------------------------------------------------------------------------------------------------


def test_a_change_answers_with_the_row_the_head_and_the_picture(bench: Bench) -> None:
    shown = bench.rule(CITY, save="1", source="last_name", **FILLED)
    assert shown.strip().startswith('<tbody id="t-employee-address-city"')
    for place in ("bench-head", "bench-sum", "bench-coverage", "bench-filters", "bench-said"):
        assert f'id="{place}" hx-swap-oob="innerHTML"' in shown
    assert "<html" not in shown
    assert "City is saved." in shown
    assert "1 field changed" not in shown, "no version is in force to compare with"


def test_without_script_the_page_comes_again_and_says_it(bench: Bench) -> None:
    shown = bench.rule(CITY, htmx=False, save="1", source="last_name", **FILLED)
    assert "<html" in shown
    assert "City is saved." in shown
    assert bench.stored(CITY).source == "last_name"


def test_all_settings_are_stored(bench: Bench) -> None:
    said = {"source": "last_name", "converter": "upper", "write_mode": "only_if_empty", "empty": "clear"}
    bench.rule(CITY, save="1", fallback=" Utrecht ", too_long="shorten", **said)
    rule = bench.stored(CITY)
    assert rule == Rule(
        CITY,
        "last_name",
        converter="upper",
        fallback="Utrecht",
        write_mode=WriteMode.ONLY_IF_EMPTY,
        empty=Empty.CLEAR,
        too_long=TooLong.SHORTEN,
        decision=Decision.CONNECT,
    )


def test_a_converter_takes_its_setting(bench: Bench) -> None:
    said = FILLED | {"converter": "full_time_hours", "argument": "36", "source": "weekly_working_hours"}
    bench.rule(HOURS, save="1", **said)
    assert (bench.stored(HOURS).converter, bench.stored(HOURS).argument) == ("full_time_hours", "36")


def test_enter_in_a_field_saves_and_takes_no_suggestion(bench: Bench) -> None:
    shown = bench.part(edit=GENDER)
    form = shown.partition("<form")[2]
    assert form.index('name="save"') < form.index('name="take"'), "a browser presses the first button"


# --- Connect --------------------------------------------------------------------------------------------------------------


def test_a_suggestion_is_connected_with_a_click_and_the_editor_stays(bench: Bench) -> None:
    shown = bench.rule(GENDER, take="gender", source="", **FILLED)
    assert 'class="editor"' in shown
    assert (bench.stored(GENDER).source, bench.stored(GENDER).decision) == ("gender", Decision.CONNECT)


def test_another_attribute_keeps_the_id_of_the_former_one(bench: Bench) -> None:
    change(bench, GENDER, Rule(GENDER, "gender", decision=Decision.CONNECT, option_map={"m": "Man"}))
    bench.rule(GENDER, take="dynamic_24409", source="gender", **FILLED)
    rule = bench.stored(GENDER)
    assert (rule.source, rule.former_source) == ("dynamic_24409", "gender")
    assert rule.option_map == {"m": "Man"}


def test_saving_the_same_attribute_is_no_other_decision(bench: Bench) -> None:
    change(bench, GENDER, Rule(GENDER, "gender", decision=Decision.CREATE, former_source="x"))
    bench.rule(GENDER, save="1", source="gender", converter="upper", write_mode="overwrite", empty="keep")
    rule = bench.stored(GENDER)
    assert (rule.decision, rule.former_source, rule.converter) == (Decision.CREATE, "x", "upper")


def test_exact_ones_are_taken_in_one_step_that_can_be_undone(bench: Bench) -> None:
    shown = bench.act("exact")
    assert bench.stored(LAST_NAME).source == "last_name"
    assert f'id="t-{LAST_NAME.replace(".", "-")}"' in shown
    assert 'hx-swap-oob="true"' in shown
    assert bench.stored("employment.startDate") is None, "a hire date is a synonym: nobody takes it but a person"
    bench.act("undo")
    assert bench.draft is not None
    assert drafts.rules_of(bench.draft) == {}


def test_two_of_the_same_name_are_for_a_person_to_tell_apart(bench: Bench) -> None:
    now = timezone.now()
    HRAttribute.objects.create(
        company=bench.company, key="dynamic_2", label="Last Name", type="standard", first_seen_at=now, seen_at=now
    )
    bench.act("exact")
    assert bench.stored(LAST_NAME) is None


# --- Options --------------------------------------------------------------------------------------------------------------


def test_what_values_mean_is_stored_and_what_is_not_said_stays(bench: Bench) -> None:
    listed(bench, "male", "female")
    change(bench, GENDER, Rule(GENDER, "dynamic_1", option_map={"x": "Onbekend", "female": "Man"}))
    said = values(Male="Man", female="", other="Vrouw")
    bench.rule(GENDER, save="1", source="dynamic_1", **FILLED, **said)
    assert bench.stored(GENDER).option_map == {"x": "Onbekend", "male": "Man", "other": "Vrouw"}


def test_an_option_in_another_spelling_or_gone_from_the_list_outlives_other_changes(bench: Bench) -> None:
    """A browser posts the selected option of each select: without one the entry would go unasked."""
    listed(bench, "male", "female", "other")
    known = {"male": "man", "female": "Vrouw", "other": "Anders"}  # Loket's list has "Man", and "Anders" no more
    change(bench, GENDER, Rule(GENDER, "dynamic_1", option_map=known))
    page = bench.part(edit=GENDER)
    said = dict(re.findall(r'name="(value-[0-9]+)"\s+value="([^"]*)"', page))
    for name, options in re.findall(r'<select id="[^"]*" name="(option-[0-9]+)">(.*?)</select>', _in_one_line(page)):
        said[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    bench.rule(GENDER, save="1", source="dynamic_1", **FILLED | {"write_mode": "only_if_empty"}, **said)
    assert bench.stored(GENDER).write_mode == WriteMode.ONLY_IF_EMPTY
    assert bench.stored(GENDER).option_map == known


def _in_one_line(page: str) -> str:
    return " ".join(page.split())


def test_an_option_that_loket_does_not_have_is_refused_and_stays_typed(bench: Bench) -> None:
    listed(bench, "male")
    change(bench, GENDER, Rule(GENDER, "dynamic_1"))
    shown = bench.rule(GENDER, save="1", source="dynamic_1", **FILLED, **values(male="Mann"))
    assert "Loket has no option Mann" in shown
    assert bench.stored(GENDER).option_map == {}


def test_a_value_for_new_people_is_one_of_loket_s_options(bench: Bench) -> None:
    shown = bench.rule(GENDER, save="1", source="gender", fallback="Zz", **FILLED)
    assert "Loket has no option Zz." in shown
    assert 'class="setting wrong"' in shown
    assert bench.stored(GENDER) is None


# --- Two in one editor ----------------------------------------------------------------------------------------------------


def opened(bench: Bench, target: str, **query: object) -> str:
    """What stands for the rule in the form of its editor."""
    return re.findall(r'name="seen" value="([0-9a-f]+)"', bench.part(edit=target, **query))[0]


@pytest.fixture
def other(db: None) -> User:
    return UserFactory(is_staff=True, first_name="Olga", last_name="Other")


@pytest.mark.parametrize("htmx", [True, False])
def test_who_saves_second_hears_who_was_first_and_loses_nothing_typed(htmx: bool, bench: Bench, other: User) -> None:
    listed(bench, "male", "female")
    change(bench, GENDER, Rule(GENDER, "dynamic_1", option_map={"female": "Vrouw"}))
    seen = opened(bench, GENDER)
    theirs = Rule(GENDER, "dynamic_1", option_map={"female": "Onbekend"}, write_mode=WriteMode.ONLY_IF_EMPTY)
    assert bench.draft is not None
    drafts.change(bench.draft, other, GENDER, theirs)
    said = {"source": "dynamic_1", **FILLED, "fallback": "Vrouw", **values(male="Man", female="Vrouw", x="Man")}
    shown = _in_one_line(bench.rule(GENDER, htmx=htmx, save="1", seen=seen, **said))
    assert bench.stored(GENDER) == theirs
    day = date_format(timezone.localtime(), "SHORT_DATE_FORMAT")
    assert re.search(rf"Olga Other has changed this field on {re.escape(day)} ", shown)
    for stored in ("Written: Only if empty in Loket", "Values, female: Onbekend"):
        assert f"<li>{stored}</li>" in shown
    chosen = re.findall(r'name="(?:option-[0-9]+|fallback)"[^>]*>.*?</select>', shown)
    assert [re.findall(r'value="([^"]*)"[^>]* selected', one) for one in chosen][:4] == [
        ["Vrouw"],
        ["Man"],
        ["Vrouw"],
        ["Man"],
    ]
    assert "hx-get" not in shown.partition("data-values")[2][:80], "else the stored ones came in the place of the typed"
    again = re.findall(r'name="seen" value="([0-9a-f]+)"', shown.partition("Olga Other")[2])[0]
    bench.rule(GENDER, save="1", seen=again, **said)
    assert bench.stored(GENDER).option_map == {"male": "Man", "female": "Vrouw", "x": "Man"}


@pytest.mark.parametrize("act", ["take", "remove", "duplicate", "make"])
def test_no_other_button_overwrites_what_came_meanwhile(act: str, bench: Bench, other: User) -> None:
    change(bench, GENDER, Rule(GENDER, "gender"))
    seen = opened(bench, GENDER)
    assert bench.draft is not None
    theirs = Rule(GENDER, "last_name")
    drafts.change(bench.draft, other, GENDER, theirs)
    said = {"original": "gender", "label": "Typed name", "type": "text", "source": "gender", **FILLED}
    shown = bench.rule(GENDER, **{act: "first_name"}, seen=seen, **said)
    assert "Olga Other has changed this field" in shown
    assert bench.stored(GENDER) == theirs
    assert not HRAttribute.objects.filter(source="portal").exists()
    assert ("Typed name" in shown) is (act == "make")


def test_what_another_legal_entity_has_of_its_own_is_in_nobodys_way(bench: Bench, entity: LegalEntity) -> None:
    second = EntityFactory(company=bench.company, personio_id="171")
    change(bench, CITY, Rule(CITY, "last_name"))
    seen = opened(bench, CITY, **{"for": entity.pk})
    change(bench, CITY, Rule(CITY, "first_name"), second)
    assert "City is saved." in bench.rule(CITY, entity=entity, save="1", seen=seen, source="gender", **FILLED)


def test_a_change_of_the_company_is_told_to_who_has_the_legal_entity_in_view(bench: Bench, entity: LegalEntity) -> None:
    change(bench, CITY, Rule(CITY, "last_name"))
    seen = opened(bench, CITY, **{"for": entity.pk})
    change(bench, CITY, None)
    shown = bench.rule(CITY, entity=entity, save="1", seen=seen, source="gender", **FILLED)
    assert "The portal has changed this field" in shown
    assert "Nothing fills this field." in shown
    assert bench.stored(CITY, entity) is None


def test_a_change_between_the_look_and_the_lock_is_not_overwritten(bench: Bench, other: User) -> None:
    found = desk(bench.company.pk, bench.source)
    assert found is not None
    row = found.row(CITY)
    assert row is not None
    change(bench, CITY, Rule(CITY, "last_name"))
    with pytest.raises(drafts.NotPossible) as refused:
        decisions.connect(found, row, other, Rule(CITY, "first_name"))
    assert refused.value.code == drafts.Refusal.RULE_CHANGED
    assert bench.stored(CITY).source == "last_name"


# --- Refusals -------------------------------------------------------------------------------------------------------------


def test_an_attribute_that_does_not_exist_is_refused(bench: Bench) -> None:
    shown = bench.rule(CITY, save="1", source="dynamic_0", **FILLED)
    assert 'class="setting wrong"' in shown
    assert bench.stored(CITY) is None


def test_a_refused_form_without_script_is_the_page_as_it_was_typed(bench: Bench) -> None:
    shown = bench.rule(GENDER, htmx=False, save="1", source="gender", fallback="Zz", **FILLED)
    assert "<html" in shown
    assert "Loket has no option Zz." in shown


def test_nothing_changes_without_a_draft(bench: Bench) -> None:
    assert bench.draft is not None
    drafts.discard(bench.draft, None)
    shown = bench.rule(CITY, save="1", source="last_name", **FILLED)
    assert "This is not a draft any more" in shown


def test_a_second_draft_is_refused(bench: Bench) -> None:
    shown = bench.act("begin", htmx=False, start="empty")
    assert "There is a draft already" in shown
    assert MappingSet.objects.filter(company=bench.company).count() == 1


def test_an_unknown_act_is_404(bench: Bench) -> None:
    assert bench.client.post(bench.address("act", "zz")).status_code == 404
    assert bench.client.post(bench.address("act", "begin"), {"start": "zz"}).status_code == 404
    assert bench.client.post(bench.address("rule", "zz")).status_code == 404


@pytest.mark.parametrize("name", ["rule", "act"])
def test_looking_changes_nothing(bench: Bench, name: str) -> None:
    assert bench.client.get(bench.address(name, "undo")).status_code == 405


# --- For one legal entity -------------------------------------------------------------------------------------------------


def test_a_change_for_a_legal_entity_is_its_own(bench: Bench, entity: LegalEntity) -> None:
    change(bench, CITY, Rule(CITY, "last_name"))
    bench.rule(CITY, entity=entity, save="1", source="first_name", **FILLED)
    assert bench.stored(CITY).source == "last_name"
    assert bench.stored(CITY, entity).source == "first_name"
    bench.rule(CITY, entity=entity, remove="1")
    assert bench.stored(CITY, entity) is None
    assert bench.stored(CITY).source == "last_name"


def test_a_field_can_be_left_out_for_a_legal_entity(bench: Bench, entity: LegalEntity) -> None:
    change(bench, CITY, Rule(CITY, "last_name"))
    shown = bench.rule(CITY, entity=entity, leave_out="1")
    assert "Not filled here" in shown
    assert bench.stored(CITY, entity) == Rule(CITY, None)


def test_a_legal_entity_of_another_company_is_404(bench: Bench) -> None:
    other = EntityFactory(personio_id="9")
    assert bench.client.post(f"{bench.address('rule', CITY)}?for={other.pk}", {"save": "1"}).status_code == 404


# --- Duplicate, create, ask -----------------------------------------------------------------------------------------------


def test_a_duplicate_carries_loket_s_options_and_waits_for_the_old_data(bench: Bench) -> None:
    change(
        bench,
        GENDER,
        Rule(GENDER, "gender", option_map={"m": "Man"}, converter="without_dots", decision=Decision.CONNECT),
    )
    shown = bench.rule(GENDER, duplicate="1", original="gender")
    assert bench.stored(GENDER).converter == "auto", "Loket's own texts need none"
    rule = bench.stored(GENDER)
    made = HRAttribute.objects.get(key=rule.source)
    assert (rule.decision, rule.former_source, rule.option_map) == (Decision.DUPLICATE, "gender", {})
    assert made.options == ["Man", "Vrouw", "Onbekend"]
    assert made.section is not None
    assert made.section.is_loket
    assert "Old data open" in shown
    assert "Carry the data over, or leave it empty" in shown


def test_a_duplicate_without_loket_s_list_is_refused_and_nothing_is_made(bench: Bench) -> None:
    change(bench, GENDER, Rule(GENDER, "gender"))
    ValueList.objects.all().delete()
    shown = bench.rule(GENDER, duplicate="1", original="gender")
    assert 'role="alert"' in shown
    assert bench.stored(GENDER).source == "gender"
    assert not HRAttribute.objects.filter(source="portal").exists()


def test_a_missing_attribute_is_created_in_the_section_loket_and_connected(bench: Bench) -> None:
    shown = bench.rule(NUMBER, make="1", label="Nummer bij Loket", type="text", options="")
    made = HRAttribute.objects.get(source="portal")
    assert (made.label, made.type) == ("Nummer bij Loket", "text")
    assert made.section is not None
    assert made.section.name == "Loket"
    rule = bench.stored(NUMBER)
    assert (rule.source, rule.decision) == (made.key, Decision.CREATE)
    assert "is made and connected" in shown


def test_an_attribute_of_a_taken_name_is_refused(bench: Bench) -> None:
    bench.rule(NUMBER, make="1", label="Nummer", type="text", options="")
    shown = bench.rule(CITY, make="1", label="nummer", type="text", options="")
    assert 'role="alert"' in shown
    assert bench.stored(CITY) is None


def test_an_attribute_without_a_name_is_refused_at_its_form(bench: Bench) -> None:
    shown = bench.rule(CITY, make="1", label="", type="text")
    assert 'class="setting wrong"' in shown


def test_the_customer_is_asked_for_an_attribute_and_the_field_waits(bench: Bench) -> None:
    shown = bench.rule(NUMBER, ask="1", label="Loket nummer", type="standard", options="")
    assert "Asked for" in shown
    request = AttributeRequest.objects.get()
    assert (request.label, request.type, request.target) == ("Loket nummer", "standard", NUMBER)
    shown = bench.rule(NUMBER, withdraw="1")
    assert "Required, missing" in shown
    request.refresh_from_db()
    assert request.withdrawn_at is not None


def asked(bench: Bench) -> AttributeRequest:
    bench.rule(NUMBER, ask="1", label="Loket nummer", type="standard", options="")
    assert "Read Personio again" in bench.page(edit=NUMBER)
    return AttributeRequest.objects.get()


@pytest.mark.parametrize("htmx", [True, False])
def test_support_verifies_a_request_and_comes_back_to_its_row(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, htmx: bool
) -> None:
    request, looked = asked(bench), []

    def look(company: Company, *, is_awaited: bool) -> None:
        looked.append((company, is_awaited))
        if len(looked) > 1:
            AttributeRequest.objects.update(done_at=timezone.now())

    monkeypatch.setattr(definitions, "look", look)
    shown = bench.rule(NUMBER, htmx=htmx, verify="1")
    assert f"{request.label} is not there yet." in shown
    assert 'name="withdraw"' in shown
    assert f"{request.label} is there." in bench.rule(NUMBER, htmx=htmx, verify="1")
    assert looked == [(bench.company, True)] * 2


def test_verifying_tells_what_personio_refuses(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked(bench)

    def busy(_company: Company, *, is_awaited: bool) -> None:
        raise Retryable("Personio is busy.")

    monkeypatch.setattr(definitions, "look", busy)
    assert "Personio is busy." in bench.rule(NUMBER, verify="1")
    request.refresh_from_db()
    assert request.done_at is None


# --- Undo -----------------------------------------------------------------------------------------------------------------


def test_undo_and_redo_answer_with_the_rows_that_changed(bench: Bench) -> None:
    bench.rule(CITY, save="1", source="last_name", **FILLED)
    shown = " ".join(bench.act("undo").split())
    assert bench.stored(CITY) is None
    assert '<tbody id="t-employee-address-city" class="target unmapped" hx-swap-oob="true"' in shown
    assert '<tbody id="t-employee-address-street"' not in shown
    bench.act("redo")
    assert bench.stored(CITY).source == "last_name"


def test_each_change_is_in_the_history_with_who(bench: Bench) -> None:
    bench.rule(CITY, save="1", source="last_name", **FILLED)
    change = MappingChange.objects.get(target=CITY)
    assert change.by is not None
    assert change.by.is_staff
    assert change.after["source"] == "last_name"


def test_a_mapping_is_removed(bench: Bench) -> None:
    change(bench, STREET, Rule(STREET, "last_name"))
    assert "Not mapped" in bench.rule(STREET, remove="1")
    assert bench.stored(STREET) is None


def test_a_discarded_draft_is_gone_and_the_page_comes_anew(bench: Bench) -> None:
    shown = bench.act("discard", htmx=False)
    assert "The draft is discarded." in shown
    assert bench.draft is None
