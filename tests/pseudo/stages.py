"""Points of a setup, each reached by a function named after it; nothing here asks Loket."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from onboarding.checks import CHECKS, Scope
from onboarding.models import Acknowledgement, Assignment, Booking, Connection, LegalEntity, LoketLogin, User
from onboarding.services import evidence
from onboarding.steps import HEALTH, StepKey
from onboarding.texts import SCOPE_VERSION
from sync.guards import Code, Guard, to_json
from sync.models import Run, Schedule
from tests.factories import ConnectionFactory, LoginFactory
from tests.pseudo import findings
from tests.sync import held, pages

if TYPE_CHECKING:
    from tests.pseudo.world import World

BEFORE = (StepKey.PAYROLL_PERSON, StepKey.LEGAL_ENTITY, StepKey.PERMISSIONS)
LAST_NAME = "employee.personalDetails.lastName"


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def found(fact: str, code: str, *, entity: LegalEntity, login: LoketLogin, actor: User | None = None) -> None:
    """What a check found of an entity or of its sign-in."""
    is_about_entity = CHECKS[fact].scope is Scope.ENTITY
    scope: dict[str, Any] = {"entity": entity} if is_about_entity else {"login": login}
    evidence.record(findings.finding(fact, code), fact, **scope, actor=actor)


def _in_order(facts: Iterable[str], entity: LegalEntity, login: LoketLogin, actor: User) -> None:
    """The checks found what they should."""
    for fact in facts:
        found(fact, findings.codes_of(fact)[0], entity=entity, login=login, actor=actor)


def _nothing(world: "World", entity: LegalEntity) -> None:
    """Nobody has done anything."""


def _abroad(world: "World", entity: LegalEntity) -> None:
    LegalEntity.objects.filter(pk=entity.pk).update(country="ZZ")


def _nobody(world: "World", entity: LegalEntity) -> None:
    """Nobody has payroll edit for it."""
    for role in world.company.roles.all():
        role.payroll_entities.remove(entity)


def _prepared(world: "World", entity: LegalEntity) -> None:
    for user in (world.people["administrator"], world.people["payroll"]):
        fields = {"company": world.company, "user": user, "text_version": SCOPE_VERSION}
        Acknowledgement.objects.get_or_create(**fields, defaults={"at": ago(days=2)})
    LegalEntity.objects.filter(pk=entity.pk).update(kvk_number="12345678", tax_id="812345678L01")
    for key in BEFORE:
        evidence.declare(entity, key, actor=world.people["administrator"])


def _assigned(world: "World", entity: LegalEntity) -> None:
    _prepared(world, entity)
    _give(
        world,
        entity,
        StepKey.INTEGRATION_USER,
        guest=world.guest,
        message="Zzplease",
        reminders=2,
        reminded_at=ago(days=1),
    )
    _give(world, entity, StepKey.LOKET_ACCOUNT, member=world.people["payroll"], assigned_at=ago(days=20))


def _reported(world: "World", entity: LegalEntity) -> None:
    _prepared(world, entity)
    for key in (StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT):
        _give(world, entity, key, guest=world.guest, reminders=1, reminded_at=ago(days=2), done_at=ago(hours=1))
        evidence.declare(entity, key, guest=world.guest)


def _give(world: "World", entity: LegalEntity, key: StepKey, **fields: Any) -> None:
    known = {"assigned_at": ago(days=3), "assigned_by": world.people["administrator"]}
    Assignment.objects.create(entity=entity, step=key, **known | fields)


def _signed_in(world: "World", entity: LegalEntity, **fields: Any) -> LoketLogin:
    """A check sign-in of its own that found nothing wrong."""
    known = {
        "loket_user": f"zz{uuid.uuid4().hex[:8]}@zz.example",
        "employer_name": "Zzemployer",
        "signed_in_by": world.people["administrator"],
        "purpose": LoketLogin.Purpose.VERIFICATION,
        "checked_at": ago(hours=2),
    }
    login: LoketLogin = LoginFactory(company=world.company, **known | fields)
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=login)
    checked = [key for key, check in CHECKS.items() if check.scope is Scope.LOGIN and key not in HEALTH]
    _in_order(checked, entity, login, world.people["administrator"])
    return login


def _checked(world: "World", entity: LegalEntity) -> None:
    _prepared(world, entity)
    _give(world, entity, StepKey.INTEGRATION_USER, guest=world.guest)
    _signed_in(world, entity)


def _sign_in_lost(world: "World", entity: LegalEntity) -> None:
    _prepared(world, entity)
    _signed_in(world, entity, state=LoketLogin.State.SIGN_IN_NEEDED)


def _booked(state: str, **fields: Any) -> "Reach":
    def reach(world: "World", entity: LegalEntity) -> None:
        _prepared(world, entity)
        known = {
            "company": world.company,
            "contact_name": "Zzanna",
            "contact_email": "zzanna@zz.example",
            "accountant_name": "Zzmieke",
            "accountant_email": "zzmieke@zzfirm.example",
            "message": "Zzmessage",
            "booked_by": world.people["administrator"],
            "booked_at": ago(days=4),
            "state_at": ago(days=1),
            "state": state,
        }
        Booking.objects.create(**known | fields).entities.add(entity)

    return reach


def _taken(world: "World", entity: LegalEntity) -> None:
    _booked(Booking.State.IN_PROGRESS, owner=world.people["support"])(world, entity)


def _enabled(world: "World", entity: LegalEntity) -> None:
    _booked(Booking.State.DONE, reply="Zzreply")(world, entity)
    LegalEntity.objects.filter(pk=entity.pk).update(enabled_at=ago(hours=5), enabled_by=world.people["support"])


def _ready(world: "World", entity: LegalEntity) -> None:
    _enabled(world, entity)
    _signed_in(world, entity, purpose=LoketLogin.Purpose.CONNECTION)


def connection_of(world: "World", entity: LegalEntity, **fields: Any) -> Connection:
    """The entity enabled, connected, everything in order."""
    _enabled(world, entity)
    login = _signed_in(world, entity, purpose=LoketLogin.Purpose.CONNECTION, **fields)
    known = {"administration_name": "Zzadministration", "linked_by": world.people["administrator"]}
    made: Connection = ConnectionFactory(entity=entity, login=login, period_type="Zzperiod", **known)
    about_it = [key for key, check in CHECKS.items() if check.scope is Scope.ENTITY or key in HEALTH]
    _in_order(about_it, entity, login, world.people["payroll"])
    return made


def _connected(world: "World", entity: LegalEntity) -> None:
    connection_of(world, entity)


def _refused(world: "World", entity: LegalEntity) -> None:
    connection_of(world, entity, state=LoketLogin.State.SIGN_IN_NEEDED)


def _uploaded(world: "World", entity: LegalEntity) -> Connection:
    made = connection_of(world, entity)
    rows = (
        "1001;1;Active;Yes;Zzjo;Zzberg",
        "1002;1;Leave;Yes;Zzma;Zzdam",
        ";1;Active;Yes;Zzni;Zzbeek",
        "1004;1;Active;;Zzan;Zzvos",
    )
    pages.upload(entity, world.people["administrator"], *rows)
    entity.roster.file_name = "zzpeople.csv"
    entity.roster.save()
    return made


def _previewed(world: "World", entity: LegalEntity) -> None:
    _results(pages.run(_uploaded(world, entity), is_dry=True))


def _under_way(world: "World", entity: LegalEntity) -> None:
    made = pages.run(_uploaded(world, entity), state=Run.State.RUNNING, planned=9)
    _results(made)


def _queued(world: "World", entity: LegalEntity) -> None:
    pages.run(_uploaded(world, entity), is_dry=True, state=Run.State.QUEUED)


def _waiting(world: "World", entity: LegalEntity) -> None:
    """Everything is asked at once; a schedule that stopped stands beside it."""
    made = _uploaded(world, entity)
    guards = [Guard(code, 3, 60) for code in Code if code != Code.SOURCE_EMPTY]
    _results(held.waiting(made, *guards, names=("Zzjo Zzberg", "Zzma Zzdam")))
    held.aside(made, "Zzel Zzdijk")
    _schedule(world, entity, frequency="hourly", stopped="sign_in", stopped_at=ago(days=1), refusal="no_roster")


def _paused(world: "World", entity: LegalEntity) -> None:
    made = _uploaded(world, entity)
    _results(held.held(made, Run.State.PAUSED, planned=9, is_dry=False))
    for reason in ("not_stable", "crashed"):
        held.aside(made, f"Zz{reason}", reason=reason)
    _schedule(world, entity, next_run_at=ago(hours=1))


def _blocked(world: "World", entity: LegalEntity) -> None:
    held.held(connection_of(world, entity, state=LoketLogin.State.SIGN_IN_NEEDED), Run.State.BLOCKED)


def _nothing_new(world: "World", entity: LegalEntity) -> None:
    """The newest sync looked at nobody; another one was cancelled before."""
    made = _uploaded(world, entity)
    before = pages.run(made, state=Run.State.PARTIAL, calls=31, repeats=2)
    _results(before)
    cancelled = pages.run(made, state=Run.State.CANCELLED, planned=9)
    _results(cancelled)
    pages.run(made, state=Run.State.PARTIAL, total=6, same=6, as_in=before, calls=1, trigger=Run.Trigger.SCHEDULE)
    _schedule(world, entity, frequency="hourly")


def _cancelled(world: "World", entity: LegalEntity) -> None:
    made = _uploaded(world, entity)
    _results(pages.run(made, is_dry=True, guards=to_json([held.BANK, held.MANY])))
    pages.run(made, is_dry=True, state=Run.State.CANCELLED)
    before = pages.run(made, trigger=Run.Trigger.SCHEDULE)
    _results(pages.run(made, state=Run.State.CANCELLED, planned=9, same=40, total=46, as_in=before))
    _schedule(world, entity)


def _schedule(world: "World", entity: LegalEntity, **fields: Any) -> None:
    known = {"frequency": "daily", "at": time(6), "next_run_at": ago(hours=-3), "set_at": ago(days=2)}
    Schedule.objects.create(entity=entity, set_by=world.people["administrator"], **known | fields)


def _failed(world: "World", entity: LegalEntity) -> None:
    made = _uploaded(world, entity)
    _results(pages.run(made, is_dry=True))
    told = {"message": "Loket no longer accepts the sign-in.", "hint": "An administrator signs in at Loket again."}
    pages.run(made, is_dry=True, state=Run.State.FAILED, **told)
    pages.run(made, state=Run.State.FAILED, **told)


def _synced(world: "World", entity: LegalEntity) -> None:
    made = _uploaded(world, entity)
    _results(pages.run(made, is_dry=True))
    _results(pages.run(made, state=Run.State.PARTIAL))


def _results(run: Run) -> None:
    """One of each outcome."""
    pages.result(
        run,
        "changed",
        "Zzjo Zzberg",
        changes=[(LAST_NAME, "Zzberg", "Zzdam", True), ("workingHours.deviatingHoursPerWeek", "20", "28", False)],
    )
    pages.result(run, "created", "Zzni Zzbeek", reason="waits_as_concept", changes=[(LAST_NAME, "", "Zzbeek", True)])
    pages.result(run, "blocked", "Zzan Zzvos", reason="faulty_data", problems=[pages.PROBLEM])
    pages.result(run, "skipped", "Zzma Zzdam", reason="not_active_leave")
    pages.result(run, "failed", "Zzel Zzdijk", reason="rejected", messages=[("error", "Loket zegt nee.")])
    pages.result(run, "unchanged", "Zzeva Zzwit")
    unsent = [(field, "Zz1", "Zz2", False, "", "bank_accounts") for field in ("iban",)]
    pages.result(run, "changed", "Zzivo Zzwit", reason="left_out", changes=unsent)
    if not run.is_dry:
        pages.result(run, "planned", "Zzpia Zzwit", changes=unsent)


Reach = Callable[["World", LegalEntity], object]
STAGES: Mapping[str, Reach] = {
    "zero": _nothing,
    "abroad": _abroad,
    "nobody": _nobody,
    "prepared": _prepared,
    "assigned": _assigned,
    "reported": _reported,
    "checked": _checked,
    "sign in lost": _sign_in_lost,
    "booked": _booked(Booking.State.NEW),
    "taken": _taken,
    "asked": _booked(Booking.State.WAITING, reply="Zzquestion"),
    "declined": _booked(Booking.State.DECLINED, reply="Zzreason"),
    "enabled": _enabled,
    "ready": _ready,
    "connected": _connected,
    "refused": _refused,
    "uploaded": _uploaded,
    "previewed": _previewed,
    "under way": _under_way,
    "queued": _queued,
    "waiting": _waiting,
    "paused": _paused,
    "blocked": _blocked,
    "nothing new": _nothing_new,
    "cancelled": _cancelled,
    "failed": _failed,
    "synced": _synced,
}
