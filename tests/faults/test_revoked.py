"""Somebody ends the sign-in at Loket in the middle of a push: the run is blocked, says so once, and goes on later (D11)."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from loket_portal.loket.auth import Tokens
from loket_portal.simulator import crowd
from onboarding.models import LoketLogin, Mail
from onboarding.services import tokens
from sync.models import Run
from tests.factories import member
from tests.faults.company import Company
from tests.faults.field import Field
from tests.faults.figures import Figures

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, MIDDLE = 200, 60
SWEEPS = 5


def token_calls(field: Field) -> int:
    return sum(entry["path"] == "/token" for entry in field.simulator.log.all())


def sign_in_again(company: Company) -> None:
    """What a sign-in at Loket leaves here, as `newcomers.store` has it."""
    login, pair = company.connection.login, company.simulator.keys.grant(crowd.username(company.number))
    now = timezone.now()
    ends = now + timedelta(seconds=pair["expires_in"])
    LoketLogin.objects.filter(pk=login.pk).update(state=LoketLogin.State.ACTIVE, state_reason="", signed_in_at=now)
    tokens.keep(login, Tokens(pair["access_token"], pair["refresh_token"], ends, 1, pair["expires_in"]))


def test_a_revoked_sign_in_blocks_the_run_with_one_notice_and_a_new_one_lets_it_go_on(
    field: Field, figures: Figures
) -> None:
    entity = field.company.connection.entity
    assert entity
    administrator = member(entity)
    with field.running("worker", "beat"):
        push = field.push()
        assert push.until_writes(MIDDLE), push.said()
        field.simulator.keys.revoke(crowd.username(field.company.number))
        push.until_end()
        assert push.run.state == Run.State.BLOCKED, push.said()
        asked, calls = token_calls(field), len(field.simulator.log.all())
        written = sum(push.written().values())
        assert MIDDLE <= written < PEOPLE
        assert push.open_operations() == 0

        time.sleep(SWEEPS)
        assert push.fresh().state == Run.State.BLOCKED
        assert len(field.simulator.log.all()) == calls, "nobody knocks at a door that is shut"
        assert asked <= 3
        notices = Mail.objects.filter(kind="sign_in_needed")
        assert [mail.to for mail in notices] == [administrator.email]

        sign_in_again(field.company)
        push.until(lambda run: run.state != Run.State.BLOCKED)
        push.until_end()
        push.assert_whole()
        assert push.needless() == 0
        assert sum(push.written().values()) == PEOPLE
    figures(f"revoked after {written} of {PEOPLE} writes: asked for a token", f"{asked} times, then never")
    figures("notices", notices.count())
    figures("after the new sign-in: needless writes", push.needless())
