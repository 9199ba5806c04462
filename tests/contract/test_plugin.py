"""The plugin sees every exchange, fails a test that breaks the contract, and says so when the document is not here."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import responses

from loket_portal.loket.client import LoketClient
from tests.contract import plugin
from tests.contract.plugin import Traffic, check_record, need_document

API = "https://api.loket.example/v2"
ID = "904d6856-6034-4624-bcbc-886188c115c5"

pytest_plugins = ["pytester"]


@responses.activate
def test_a_request_of_the_client_is_seen_and_judged(loket_traffic: Traffic) -> None:
    need_document()
    responses.put(f"{API}/providers/employers/employees/{ID}", json={"content": {}})
    LoketClient(API, lambda: "secret-token").put_employee(ID, {"shoeSize": 42})
    seen = loket_traffic.exchanges.pop()  # taken out, so that this test may end well
    assert seen.request_body == {"shoeSize": 42}
    assert "secret-token" not in str(seen)
    loket_traffic.exchanges.append(seen)
    assert any("shoeSize: unknown property" in text for text in loket_traffic.violations())
    loket_traffic.exchanges.clear()


def test_a_record_of_a_simulator_is_judged(recorded, tmp_path) -> None:
    file = tmp_path / "record.jsonl"
    good = [asdict(exchange) for exchange in recorded.values()]
    file.write_text("\n".join(map(json.dumps, good)) + "\n")
    assert check_record(file) == []
    bad = {**good[-1], "path": "/v2/nowhere"}
    file.write_text(json.dumps(bad) + "\n")
    assert check_record(file) == [f"{bad['method']} /v2/nowhere: unknown path"]


def test_without_the_document_a_test_is_skipped_with_the_reason(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("LOKET_OPENAPI", str(tmp_path / "openapi.json"))
    monkeypatch.setattr(plugin, "IS_CI", False)
    with pytest.raises(pytest.skip.Exception, match="LOKET_OPENAPI"):
        need_document()


def test_without_the_document_ci_fails(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("LOKET_OPENAPI", str(tmp_path / "openapi.json"))
    monkeypatch.setattr(plugin, "IS_CI", True)
    with pytest.raises(pytest.fail.Exception, match="LOKET_OPENAPI"):
        need_document()


def test_nobody_listens_when_no_test_runs(pytester: pytest.Pytester, monkeypatch) -> None:
    """A broken exchange fails its test at the end, and the listener is gone after it."""
    need_document()
    pytester.makepyfile(
        """
        import responses
        from loket_portal.lib import exchanges
        from loket_portal.loket.client import LoketClient

        @responses.activate
        def test_bad():
            responses.put("https://loket.example/providers/employers/employees/1", json={"content": {}})
            LoketClient("https://loket.example", lambda: "t").put_employee("1", {"shoeSize": 42})

        def test_good():
            assert len(exchanges.observers) == 1
        """
    )
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    result = pytester.runpytest_subprocess("-p", "tests.contract.plugin", "-p", "no:django", "-p", "no:playwright")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*shoeSize: unknown property*"])
