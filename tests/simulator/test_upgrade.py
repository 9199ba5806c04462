"""A file of the simulator as it was with one user: everything in it goes on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from loket_portal.simulator import Options, create_simulator
from loket_portal.simulator.algemeen import TWIN
from loket_portal.simulator.options import USERNAME
from tests.simulator.loket import Loket, signed_in

AS_IT_WAS = f"""
DELETE FROM records WHERE mark = '{TWIN}' OR kind = 'user' AND mark <> '{USERNAME}';
UPDATE records SET mark = '' WHERE kind = 'user';
ALTER TABLE tokens DROP COLUMN user;
DROP TABLE sign_ins;
DROP TABLE codes;
CREATE TABLE sign_ins (id TEXT PRIMARY KEY, ends REAL NOT NULL, is_known INTEGER NOT NULL, asked TEXT NOT NULL);
CREATE TABLE codes (
    code TEXT PRIMARY KEY, ends REAL NOT NULL, is_used INTEGER NOT NULL, redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL, method TEXT NOT NULL);
INSERT INTO sign_ins VALUES ('old', 9e9, 1, '{{}}');
"""


@pytest.fixture
def old_file(tmp_path: Path) -> tuple[str, Loket]:
    """A file of before, and the client that has tokens in it."""
    path = str(tmp_path / "loket.sqlite3")
    with create_simulator(Options(db=path, seed=3)) as simulator:
        loket = signed_in(simulator)
        johanna = loket.employee(1001)
        johanna["personalDetails"]["firstName"] = "Jo"
        assert loket.put_employee(johanna).status_code == 200
    with sqlite3.connect(path) as db:
        db.executescript(AS_IT_WAS)
    db.close()
    return path, loket


def test_tokens_ids_and_changes_go_on(old_file: tuple[str, Loket]) -> None:
    path, loket = old_file
    for _ in range(2):  # the second time there is nothing to do
        with create_simulator(Options(db=path)) as simulator:
            loket.url = simulator.url
            assert loket.get("/user")["contactInformation"]["emailAddress"] == USERNAME
            assert loket.employee(1001)["personalDetails"]["firstName"] == "Jo"
            loket.tokens = loket.refresh(loket.tokens["refresh_token"]).json()
            assert loket.get(f"{loket.employer}/users")[0]["userName"] == USERNAME


def test_the_new_users_can_sign_in(old_file: tuple[str, Loket]) -> None:
    with create_simulator(Options(db=old_file[0])) as simulator:
        visitor = Loket(simulator.url).sign_in("tweede@tulphoreca.example")
        assert len(visitor.get(f"{visitor.employer}/users")) == 3
        visitor.tell(algemeen_twice=["department"])
        assert [row["description"] for row in visitor.get(f"{visitor.employer}/departments")].count("Algemeen") == 2


def test_the_employments_of_before_can_be_written(old_file: tuple[str, Loket]) -> None:
    """Their parts got their ids in the version that made them."""
    path, loket = old_file
    with create_simulator(Options(db=path)) as simulator:
        loket.url = simulator.url
        for name, part in (("workinghours", "workinghours"), ("organizationalentities", "organizationalEntity")):
            body = loket.employment(1001)[part]
            one = f"/providers/employers/employees/employments/{name}/{body['id']}"
            assert loket.call("PUT", one, body).json()["content"] == body
