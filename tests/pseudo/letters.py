"""Every kind of e-mail, about the tests' world."""

from typing import Any

from django.utils import timezone

from onboarding.facts import Fact, Outcome
from onboarding.models import Booking, Issue, Mail
from onboarding.services import mails
from onboarding.steps import StepKey
from sync.guards import Code, Guard
from sync.services.runs import Refusal
from tests.pseudo import findings, hr
from tests.pseudo.world import World

URL = "https://zz.example/zz/"


def contexts(kind: str, world: World) -> list[dict[str, Any]]:
    """All that the docstring of services/mails.py promises for this kind, for each kind of reader."""
    entity, by, guest, now = world.entities["checked"], world.people["administrator"], world.guest, timezone.now()
    task = {"step": StepKey.INTEGRATION_USER, "message": "Zzmessage"}
    booking = {"entities": [entity], "company": world.company, "by": by}
    of_kind: dict[str, list[dict[str, Any]]] = {
        "assigned": [task | {"by": by, "guest": one} for one in (guest, None)],
        "reminder": [task | {"by": who, "since": now, "guest": one} for who, one in ((by, guest), (None, None))],
        "done": [task | {"holder": "Zzfirm", "by": who, "note": "Zznote"} for who in ("Zzfirm", "Zzanna", "")],
        "problem_found": [
            *({"step": StepKey.INTEGRATION_USER, "facts": _failed(), "guest": one} for one in (guest, None)),
            task | {"by": by, "guest": guest},
        ],
        "sign_in_needed": [{"employer": "Zzemployer", "loket_user": "zz@zz.example"}],
        "enabled": [{}],
        "released": [{"administration": "Zzadministration"}],
        "booking_received": [booking | {"position": position} for position in (0, 2)],
        "booking_new": [booking],
        "booking_changed": [booking | {"state": state, "reply": "Zzreply"} for state in Booking.State],
        "booking_answered": [booking | {"answer": "Zzanswer"}],
        "guest_code": [{"code": "012345", "guest": guest}],
        "link_new": [{"guest": guest}],
        "hr_issue": [{"issues": _issues(world)}, {"issues": _issues(world)[:1]}],
        "schedule_stopped": [
            *({"is_sign_in": is_sign_in} for is_sign_in in (True, False)),
            *({"refusal": code, "reads_personio": reads} for code in Refusal for reads in (True, False)),
        ],
        "run_waiting": [{"guards": guards} for guards in ([Guard(code, 3, 60)] for code in Code)]
        + [{"guards": [Guard(code, 1, 60) for code in Code]}],
    }
    assert kind in of_kind, f"nobody has told this test what an e-mail of the kind {kind} needs"
    return [{"entity": entity, "url": URL} | context for context in of_kind[kind]]


def _failed() -> list[Fact]:
    """One of each that can be found."""
    facts = []
    for key in findings.CHECKS:
        for code in findings.codes_of(key):
            found = findings.finding(key, code)
            if found.outcome is Outcome.FAILED:
                facts.append(Fact(key, found.outcome, timezone.now(), code=code, params=found.params))
    return facts


def _issues(world: World) -> list[Issue]:
    """One of each kind, stopping the sync or not."""
    return [
        Issue(company=world.company, kind=kind, params=hr.PARAMS, is_blocking=number % 2 == 0)
        for number, kind in enumerate(Issue.Kind)
    ]


def write(kind: str, world: World) -> list[Mail]:
    """The e-mails of this kind, in both languages."""
    known = contexts(kind, world)
    return [mails.send(kind, "zz@zz.example", code, context) for context in known for code in ("en", "nl")]


def write_all(world: World) -> None:
    """One of each kind, as they lie in the outbox."""
    for kind in mails.KINDS:
        mails.send(kind, "zz@zz.example", "en", contexts(kind, world)[0])
