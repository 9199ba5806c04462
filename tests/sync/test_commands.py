"""`load_setup` and `sync_now` as an operator sees them."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from loket_portal.simulator import Simulator
from onboarding.models import Company, Connection, LegalEntity, LoginTokens, LoketLogin, Membership, User
from sync.models import Link, Roster, Run, Standing
from sync.services import rosters

DEMO = Path(__file__).parents[2] / "docs" / "samples" / "setup.yaml"


def sync_now(*args: str) -> int:
    try:
        call_command("sync_now", *args)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


# --- load_setup -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_demo_s_setup_loads_and_loading_it_again_changes_nothing(
    simulator: Simulator, settings: LazySettings
) -> None:
    settings.PERSONIO_API_URL = f"{simulator.url}/personio"

    def counts() -> list[int]:
        models = (Company, LegalEntity, User, Membership, Roster)
        sets = [company.mapping_sets.count() for company in Company.objects.order_by("pk")]
        return [*(model.objects.count() for model in models), *sets]

    call_command("load_setup", str(DEMO))
    first, passwords = counts(), list(User.objects.order_by("pk").values_list("password", flat=True))
    assert first == [2, 4, 5, 4, 0, 1, 1]
    call_command("load_setup", str(DEMO))
    assert counts() == first
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == passwords
    enabled = LegalEntity.objects.filter(enabled_at__isnull=False)
    assert [entity.name for entity in enabled.order_by("pk")] == ["Tulp Horeca B.V.", "Linde Horeca B.V."]
    assert [entity.audit_events.filter(action="enabled").count() for entity in enabled] == [1, 1]
    piet = User.objects.get(email="piet@tulphoreca.example")
    assert not piet.memberships.get().role.is_administrator


@pytest.mark.django_db
def test_a_roster_is_loaded_and_a_changed_one_replaces_it(tmp_path: Path) -> None:
    header = "employee_number,income_number,status,consider_in_nl_payroll,last_name\n"
    setup = tmp_path / "setup.yaml"
    setup.write_text(
        "companies:\n- name: Acme\n  entities:\n  - {name: Acme B.V., country: NL, roster: people.csv}\n", "utf-8"
    )
    people = tmp_path / "people.csv"
    people.write_text(header + "1,1,Active,Yes,Bakker\n", "utf-8")
    call_command("load_setup", str(setup))
    uploaded_at = Roster.objects.get().uploaded_at
    call_command("load_setup", str(setup))
    assert Roster.objects.get().uploaded_at == uploaded_at
    people.write_text(header + "1,1,Active,Yes,Bakker\n2,1,Active,Yes,Smit\n", "utf-8")
    call_command("load_setup", str(setup))
    assert Roster.objects.get().person_count == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("companies: 3", "companies"),
        ("companies:\n- {}", "name"),
        ("companies:\n- {name: A, entitys: []}", "entitys"),
        ("companies:\n- name: A\n  entities:\n  - {name: B, country: DE, enabled: true}", "not in the Netherlands"),
        ("companies:\n- name: A\n  entities:\n  - {name: B, country: nl}", "capital letters"),
        ("companies:\n- name: A\n  entities:\n  - {name: B, country: NL, kvk_number: '12'}", "8 digits"),
        ("companies:\n- name: A\n  entities:\n  - {name: B, country: NL, roster: gone.csv}", "gone.csv"),
        ("companies:\n- name: A\n  users:\n  - {email: a@b.example, role: boss}", "boss"),
        ("companies:\n- name: A\n  mapping: gone.yaml", "gone.yaml"),
        ("companies: [", "YAML"),
    ],
)
def test_a_document_that_can_not_be_loaded_names_the_place_and_stores_nothing(
    text: str, named: str, tmp_path: Path
) -> None:
    setup = tmp_path / "setup.yaml"
    setup.write_text(text, "utf-8")
    with pytest.raises(CommandError, match=named):
        call_command("load_setup", str(setup))
    assert not Company.objects.exists()
    assert not User.objects.exists()


# --- sync_now ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_first_run_is_a_preview_and_the_next_one_syncs(
    sample: Connection, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    name = sample.entity.name
    Standing.objects.create(connection=sample, asks_for_iban=False)
    assert sync_now(name) == 1, "six people of the sample are blocked"
    said = capsys.readouterr().out
    assert "Nothing was written" in said
    assert simulator.log.writes() == []

    assert sync_now(name, "--json") == 1
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["dry_run"], outcome["created"], outcome["changed"], outcome["blocked"]) == (False, 22, 17, 6)

    wrote = len(simulator.log.writes())
    assert sync_now(str(sample.entity.pk), "--dry-run", "--json") == 1
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["dry_run"], outcome["created"], outcome["changed"]) == (True, 0, 0)
    assert len(simulator.log.writes()) == wrote


@pytest.mark.django_db(transaction=True)
def test_a_sync_that_waits_for_an_answer_ends_with_three_and_stays(
    sample: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    name = sample.entity.name
    sync_now(name)
    for _ in range(2):
        assert sync_now(name, "--json") == 3
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["state"] == "waiting"
    assert Run.objects.filter(is_dry=False).count() == 1


@pytest.mark.django_db
def test_a_run_that_can_not_be_made_ends_with_two_and_says_why(
    entity: LegalEntity, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sync_now("Nobody B.V.") == 2
    assert "Nobody B.V." in capsys.readouterr().err
    assert sync_now(entity.name) == 2
    assert "not connected" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_that_loket_refuses_ends_with_three_and_asks_for_the_administrator(
    sample: Connection, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    LoginTokens.objects.update(access_token="wrong", refresh_token="wrong")
    assert sync_now(sample.entity.name, "--dry-run") == 3
    said = capsys.readouterr().out
    assert "administrator" in said
    login = LoketLogin.objects.get()
    assert login.state == LoketLogin.State.SIGN_IN_NEEDED
    assert login.tokens.refresh_token == "wrong", "credentials are never deleted on failure"
    assert Run.objects.get().state == Run.State.BLOCKED


@pytest.mark.django_db(transaction=True)
def test_a_missing_right_stops_the_run_and_names_it(
    sample: Connection, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.options.change({"missing_rights": ["Raadplegen dienstverbanden"]})
    assert sync_now(sample.entity.name, "--dry-run") == 2
    assert "GetEmploymentsComprehensiveByEmployerId" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_without_the_bsn_right_the_rest_still_goes(  # rule 47
    sample: Connection, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    Standing.objects.create(connection=sample, asks_for_iban=False)
    simulator.options.change({"missing_rights": ["Beheren en raadplegen BSN"]})
    simulator.log.clear()  # when it was linked, the right was still there
    sync_now(sample.entity.name, "--dry-run")
    assert sync_now(sample.entity.name, "--json") == 1
    outcome = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (outcome["created"], outcome["changed"]) == (22, 16), "one of the seventeen differs in the BSN alone"
    assert not any("citizenservicenumber" in e["path"] and e["status"] == 200 for e in simulator.log.all())


# --- forget_person ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_somebody_removed_from_loket_for_good_can_be_forgotten_and_made_anew(
    sample: Connection, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    name = sample.entity.name
    Standing.objects.create(connection=sample, asks_for_iban=False)
    sync_now(name)
    sync_now(name)
    with pytest.raises(CommandError, match="9999"):
        call_command("forget_person", name, "9999", "--reason", "typo")
    links = Link.objects.count()
    call_command("forget_person", name, "1101", "--reason", "candidate withdrew")
    assert Link.objects.count() == links - 1
    assert sample.entity.audit_events.filter(action="person_forgotten", detail__contains="withdrew").exists()


@pytest.mark.django_db
def test_a_roster_that_a_person_uploaded_is_never_replaced_by_the_setup(tmp_path: Path) -> None:
    header = "employee_number,income_number,status,consider_in_nl_payroll,last_name\n"
    setup = tmp_path / "setup.yaml"
    setup.write_text(
        "companies:\n- name: Acme\n  entities:\n  - {name: Acme B.V., country: NL, roster: people.csv}\n"
        "  users:\n  - {email: a@acme.example, role: payroll_manager}\n",
        "utf-8",
    )
    (tmp_path / "people.csv").write_text(header + "1,1,Active,Yes,Bakker\n", "utf-8")
    call_command("load_setup", str(setup))
    rosters.upload(
        LegalEntity.objects.get(), User.objects.get(), "newer.csv", (header + "2,1,Active,Yes,Smit\n").encode()
    )
    call_command("load_setup", str(setup))
    assert Roster.objects.get().file_name == "newer.csv"
