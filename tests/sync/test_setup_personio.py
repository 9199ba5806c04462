"""`personio:` of a setup document: connected once, its legal entities taken, refused in words that show no secret."""

import socket
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection

from loket_portal.lib.http import LockedSession
from loket_portal.simulator import Simulator
from mapping import services as mappings
from onboarding.models import AuditEvent, Company, LegalEntity, PersonioAccount, Role, User
from tests.sync.test_commands import DEMO

ID, SECRET = "linde-demo-client", "linde-demo-secret"
NAME = "Linde Horeca B.V."

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def personio(simulator: Simulator, settings: LazySettings) -> Simulator:
    """The simulator, which answers for Personio too."""
    settings.PERSONIO_API_URL = f"{simulator.url}/personio"
    return simulator


def document(folder: Path, names: str = NAME, secret: str = SECRET, entities: str = "[]") -> str:
    """A setup document of one company on Personio."""
    path = folder / "setup.yaml"
    path.write_text(
        "companies:\n- name: Acme\n  personio:\n"
        f"    client_id: {ID}\n    client_secret: {secret}\n    entities: [{names}]\n"
        f"  entities: {entities}\n",
        "utf-8",
    )
    return str(path)


def asked(simulator: Simulator) -> list[str]:
    """The addresses of Personio that were asked."""
    return [entry["path"] for entry in simulator.log.all() if entry["path"].startswith("/personio")]


def refused(path: str) -> str:
    """What the command says when it loads nothing."""
    with pytest.raises(CommandError) as refusal:
        call_command("load_setup", path)
    assert not Company.objects.exists()
    assert not PersonioAccount.objects.exists()
    assert not AuditEvent.objects.exists()
    assert SECRET not in str(refusal.value)
    return str(refusal.value)


def test_the_demo_s_second_company_is_connected_mapped_and_enabled() -> None:
    call_command("load_setup", str(DEMO), verbosity=0)
    company = Company.objects.get(name="Linde Horeca")
    entity = company.entities.get()
    assert (entity.name, entity.reads_personio, entity.personio_id) == (NAME, True, "170")
    assert entity.is_enabled
    assert entity.mapping_looked_at is not None
    assert [lack["code"] for lack in entity.mapping_lacks] == ["preview_missing"], "all else is mapped (rule 29)"
    assert company.personio.is_working
    assert mappings.published(company, source="personio") is not None
    assert mappings.published(company) is None, "its people come from no roster"
    tulp = Company.objects.get(name="Tulp Horeca")
    assert not PersonioAccount.objects.filter(company=tulp).exists()
    assert not tulp.entities.exclude(personio_id="").exists()


def test_everybody_of_it_can_sign_in_with_a_role_of_theirs() -> None:
    call_command("load_setup", str(DEMO), verbosity=0)
    bo, mila = (User.objects.get(email=f"{name}@lindehoreca.example") for name in ("bo", "mila"))
    assert (str(bo), bo.memberships.get().role.is_administrator) == ("Bo Linden", True)
    assert (str(mila), mila.memberships.get().role.is_administrator) == ("Mila Smit", False)
    entity = LegalEntity.objects.get(name=NAME)
    assert all(entity in user.memberships.get().role.payroll_entities.all() for user in (bo, mila))
    assert bo.check_password("tulp-demo-2026")


def test_a_second_load_asks_personio_nothing_and_changes_nothing(simulator: Simulator) -> None:
    def stored() -> list[object]:
        entities = LegalEntity.objects.order_by("pk").values("pk", "name", "personio_id", "enabled_at", "mapping_lacks")
        mapping = Company.objects.order_by("pk").values_list("mapping_sets__digest")
        return [PersonioAccount.objects.values().get(), list(entities), list(mapping), AuditEvent.objects.count()]

    call_command("load_setup", str(DEMO), verbosity=0)
    before = stored()
    assert asked(simulator), "the first load tried the credentials"
    simulator.log.clear()
    call_command("load_setup", str(DEMO), verbosity=0)
    assert stored() == before
    assert asked(simulator) == []


@pytest.mark.django_db(transaction=True)
def test_personio_is_asked_before_anything_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    within: list[bool] = []
    send = LockedSession.request

    def noted(session: LockedSession, *args: Any, **kwargs: Any) -> Any:
        within.append(connection.in_atomic_block)
        return send(session, *args, **kwargs)

    monkeypatch.setattr(LockedSession, "request", noted)
    call_command("load_setup", document(tmp_path), verbosity=0)
    assert PersonioAccount.objects.exists()
    assert set(within) == {False}


def test_a_mapping_that_support_published_since_stays(tmp_path: Path) -> None:
    path = document(tmp_path)
    call_command("load_setup", path, verbosity=0)
    company = Company.objects.get()
    rules = {
        "name": "Ours",
        "version": 1,
        "rules": [{"target": "employee.personalDetails.lastName", "source": "last_name"}],
    }
    ours = mappings.publish(company, rules, source="personio")
    call_command("load_setup", path, verbosity=0)
    assert mappings.published(company, source="personio") == ours


def test_a_legal_entity_that_only_personio_names_is_made_with_payroll_edit_for_both_roles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_setup", document(tmp_path, f"{NAME}, Linde Catering B.V."))
    assert "2 entities" in capsys.readouterr().out
    catering = LegalEntity.objects.get(name="Linde Catering B.V.")
    assert (catering.country, catering.personio_id, catering.is_enabled) == ("NL", "171", False)
    assert Role.objects.filter(payroll_entities=catering).count() == 2


def test_one_that_was_on_a_roster_becomes_the_one_in_personio(tmp_path: Path) -> None:
    call_command("load_setup", document(tmp_path, entities=f"[{{name: {NAME}, country: NL, kvk_number: '81234570'}}]"))
    entity = LegalEntity.objects.get()
    assert (entity.personio_id, entity.kvk_number) == ("170", "81234570")


def test_credentials_that_personio_refuses_store_nothing(tmp_path: Path) -> None:
    said = refused(document(tmp_path, secret="mistyped-secret-4711"))
    assert "Acme" in said
    assert "client" in said
    assert "4711" not in said


def test_a_personio_that_can_not_be_reached_stores_nothing(tmp_path: Path, settings: LazySettings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can take it
        settings.PERSONIO_API_URL = f"http://127.0.0.1:{closed.getsockname()[1]}/personio"
        said = refused(document(tmp_path))
    assert "Acme" in said
    assert "Personio" in said


def test_a_legal_entity_abroad_is_refused(tmp_path: Path) -> None:
    said = refused(document(tmp_path, "Linde Gastro GmbH"))
    assert "Linde Gastro GmbH" in said
    assert "Netherlands" in said  # rule 1


def test_a_legal_entity_that_personio_does_not_list_is_refused_with_those_that_it_does(tmp_path: Path) -> None:
    said = refused(document(tmp_path, "Linde Horeka B.V."))
    assert "Linde Horeka B.V." in said
    assert NAME in said


@pytest.mark.parametrize(
    ("settings_of_personio", "named"),
    [
        ("3", "client_secret"),
        (f"{{client_id: a, {SECRET}}}", "client_secret"),
        (f"{{client_id: a, client_secret: {SECRET}, entities: {NAME}}}", "entities"),
        (f"{{client_secret: {SECRET}}}", "client_id"),
        ("{client_id: a, client_secret: 123456}", "client_secret"),
    ],
)
def test_a_slip_of_the_pen_names_the_place_and_never_quotes_the_secret(
    settings_of_personio: str, named: str, tmp_path: Path, simulator: Simulator
) -> None:
    path = tmp_path / "setup.yaml"
    path.write_text(f"companies:\n- name: Acme\n  personio: {settings_of_personio}\n", "utf-8")
    assert named in refused(str(path))
    assert asked(simulator) == []


@pytest.mark.parametrize("line", [f'"{SECRET}', f"*{SECRET}", f"!{SECRET} x", f"@{SECRET}"])
def test_yaml_that_can_not_be_read_is_placed_by_its_line_and_not_quoted(line: str, tmp_path: Path) -> None:
    path = tmp_path / "setup.yaml"
    path.write_text(f"companies:\n- name: Acme\n  personio:\n    client_secret: {line}\n", "utf-8")
    said = refused(str(path))
    assert "YAML" in said
    assert "line" in said
