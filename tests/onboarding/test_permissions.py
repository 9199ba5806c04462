"""Rules 7 and 9: administrators set who may edit payroll of an entity and who has which role, and lock nobody out."""

import re
import threading
from collections.abc import Callable

import pytest
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from django.utils import translation

from onboarding.models import AuditEvent, Evidence, LegalEntity, Membership, Role, User
from onboarding.progress import Status
from onboarding.services import access, hub, permissions, roles
from onboarding.services.access import NotAllowed
from onboarding.services.permissions import PermissionsRefused, Refusal
from onboarding.steps import StepKey
from onboarding.wording.before import PERMISSIONS, permission_change
from tests.factories import EntityFactory, UserFactory, member

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def manager(entity: LegalEntity, administrator: User) -> User:
    """Somebody with payroll edit who is no administrator."""
    return member(entity, Role.Preset.PAYROLL_MANAGER, first_name="Piet", last_name="Visser")


def role(name: str) -> Role:
    return Role.objects.get(name=name)


def page(entity: LegalEntity) -> str:
    return reverse("setup_step", kwargs={"pk": entity.pk, "step": "permissions"})


def save(entity: LegalEntity, by: User, *editing: str, **moves: User) -> bool:
    """`editing`: the names of the roles that are ticked; `moves`: the name of a role for a user."""
    found = dict(Role.objects.filter(company=entity.company_id).values_list("name", "pk"))
    return permissions.set_roles(
        entity,
        by,
        editing=[found[name] for name in editing],
        moves={Membership.objects.get(user=user).pk: found[name.replace("_", " ")] for name, user in moves.items()},
        version=roles.matrix(entity).version,
    )


def refused(act: Callable[[], object]) -> PermissionsRefused:
    with pytest.raises(PermissionsRefused) as found:
        act()
    return found.value


# --- What is shown ----------------------------------------------------------------------------------------------------------


def test_the_matrix_has_every_role_with_its_members(entity: LegalEntity, administrator: User, manager: User) -> None:
    Role.objects.create(company=entity.company, name="Reader")
    EntityFactory()  # another company
    rows = roles.matrix(entity).roles
    assert [(row.name, row.is_administrator, row.may_edit) for row in rows] == [
        ("Administrator", True, True),
        ("Payroll Manager", False, True),
        ("Reader", False, False),
    ]
    assert [member.name for row in rows for member in row.members] == [str(administrator), "Piet Visser"]


def test_a_preset_role_that_is_missing_is_offered(entity: LegalEntity, administrator: User) -> None:
    assert roles.matrix(entity).presets == (Role.Preset.PAYROLL_MANAGER,)


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_a_reason_and_a_fix(refusal: Refusal) -> None:
    words = PERMISSIONS[refusal].filled({"names": "Tulp Horeca B.V."})
    assert words.text
    assert words.fix


# --- Payroll edit and roles -------------------------------------------------------------------------------------------------


def test_payroll_edit_is_given_and_taken_for_this_entity_alone(
    entity: LegalEntity, administrator: User, manager: User
) -> None:
    other = EntityFactory(company=entity.company)
    role("Payroll Manager").payroll_entities.add(other)
    assert save(entity, administrator, "Administrator")
    assert not access.may_edit_payroll(manager, entity)
    assert access.may_edit_payroll(manager, other)
    assert save(entity, administrator, "Administrator", "Payroll Manager")
    assert access.may_edit_payroll(manager, entity)


def test_a_member_moves_to_another_role(entity: LegalEntity, administrator: User, manager: User) -> None:
    assert save(entity, administrator, "Administrator", "Payroll Manager", Administrator=manager)
    assert access.may_connect(manager, entity)


def test_every_change_is_in_the_audit_trail(entity: LegalEntity, administrator: User, manager: User) -> None:
    Role.objects.create(company=entity.company, name="Reader")
    save(entity, administrator, "Administrator", "Reader", Administrator=manager)
    events = AuditEvent.objects.filter(action=AuditEvent.Action.PERMISSIONS_SET).order_by("pk")
    assert {event.actor for event in events} == {administrator}
    assert [permission_change(event.detail) for event in events] == [
        "Payroll edit taken away: Payroll Manager",
        "Payroll edit given: Reader",
        "Other role: Piet Visser → Administrator",
    ]


def test_saving_what_is_so_already_changes_nothing(entity: LegalEntity, administrator: User, manager: User) -> None:
    assert not save(entity, administrator, "Administrator", "Payroll Manager")
    assert not AuditEvent.objects.exists()


def test_an_administrator_without_payroll_edit_gives_it_to_himself(entity: LegalEntity, administrator: User) -> None:
    role("Administrator").payroll_entities.clear()
    assert hub.state(entity, StepKey.PERMISSIONS, administrator).status is Status.PROBLEM
    assert save(entity, administrator, "Administrator")
    assert access.may_connect(administrator, entity)


def test_nobody_else_changes_anything(entity: LegalEntity, administrator: User, manager: User) -> None:
    stranger = member(EntityFactory())
    for user in (manager, stranger):
        with pytest.raises(NotAllowed):
            save(entity, user, "Administrator")
        with pytest.raises(NotAllowed):
            permissions.add_role(entity, user, Role.Preset.PAYROLL_MANAGER)
        with pytest.raises(NotAllowed):
            permissions.confirm(entity, user, roles.matrix(entity).version)
    assert access.may_edit_payroll(manager, entity)


def test_a_role_or_a_member_of_another_company_is_out_of_reach(entity: LegalEntity, administrator: User) -> None:
    stranger = member(EntityFactory())
    theirs, mine = Membership.objects.get(user=stranger), Membership.objects.get(user=administrator)
    version = roles.matrix(entity).version
    for editing, moves in (
        ([mine.role_id, theirs.role_id], {}),
        ([mine.role_id], {theirs.pk: mine.role_id}),
        ([mine.role_id], {mine.pk: theirs.role_id}),
    ):
        error = refused(
            lambda e=editing, m=moves: permissions.set_roles(entity, administrator, editing=e, moves=m, version=version)
        )
        assert error.refusal is Refusal.CHANGED_MEANWHILE
    assert Membership.objects.get(user=stranger).role_id == theirs.role_id


def test_a_page_from_before_a_change_does_not_undo_it(entity: LegalEntity, administrator: User, manager: User) -> None:
    old = roles.matrix(entity).version
    save(entity, administrator, "Administrator")
    both = [role("Administrator").pk, role("Payroll Manager").pk]
    error = refused(lambda: permissions.set_roles(entity, administrator, editing=both, moves={}, version=old))
    assert error.refusal is Refusal.CHANGED_MEANWHILE
    assert not access.may_edit_payroll(manager, entity)


# --- Nobody is locked out ---------------------------------------------------------------------------------------------------


def test_the_last_administrator_keeps_payroll_edit(entity: LegalEntity, administrator: User, manager: User) -> None:
    error = refused(lambda: save(entity, administrator, "Payroll Manager"))
    assert (error.refusal, error.names) == (Refusal.LAST_CONNECTOR, (entity.name,))
    assert access.may_connect(administrator, entity)
    assert not AuditEvent.objects.exists()


def test_the_last_administrator_keeps_his_role(entity: LegalEntity, administrator: User, manager: User) -> None:
    error = refused(
        lambda: save(entity, administrator, "Administrator", "Payroll Manager", Payroll_Manager=administrator)
    )
    assert error.refusal is Refusal.LAST_CONNECTOR
    assert access.may_connect(administrator, entity)


def test_an_entity_whose_page_this_is_not_keeps_its_last_administrator_too(
    entity: LegalEntity, administrator: User
) -> None:
    other = EntityFactory(company=entity.company, name="Tulp Events B.V.")
    second = Role.objects.create(company=entity.company, name="Board", is_administrator=True)
    second.payroll_entities.add(other)
    anna = UserFactory()
    Membership.objects.create(company=entity.company, user=anna, role=second)
    error = refused(lambda: save(entity, administrator, "Administrator", Administrator=anna))
    assert (error.refusal, error.names) == (Refusal.LAST_CONNECTOR, ("Tulp Events B.V.",))


def test_an_administrator_whose_account_is_closed_does_not_count(entity: LegalEntity, administrator: User) -> None:
    member(entity, is_active=False)
    Role.objects.create(company=entity.company, name="Reader")
    assert refused(lambda: save(entity, administrator, "Administrator", Reader=administrator)).refusal is (
        Refusal.LAST_CONNECTOR
    )


def test_a_company_keeps_an_administrator_also_where_none_has_payroll_edit(
    entity: LegalEntity, administrator: User
) -> None:
    role("Administrator").payroll_entities.clear()
    Role.objects.create(company=entity.company, name="Reader")
    assert refused(lambda: save(entity, administrator, Reader=administrator)).refusal is Refusal.LAST_ADMINISTRATOR


def test_with_a_second_administrator_the_first_may_go(entity: LegalEntity, administrator: User) -> None:
    member(entity)
    Role.objects.create(company=entity.company, name="Reader")
    assert save(entity, administrator, "Administrator", Reader=administrator)
    assert not permissions.may_change(administrator, entity)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_demote_each_other_at_once() -> None:
    if database.vendor == "sqlite":
        pytest.skip("SQLite knows one writer at a time")
    entity = EntityFactory()
    one, two = member(entity), member(entity)
    Role.objects.create(company=entity.company, name="Reader")
    version = roles.matrix(entity).version
    editing, reader = [role("Administrator").pk], role("Reader").pk
    rows = {user: Membership.objects.get(user=user).pk for user in (one, two)}
    said: list[str] = []
    start = threading.Barrier(2)

    def demote(by: User, other: User) -> None:
        start.wait(10)
        try:
            permissions.set_roles(entity, by, editing=editing, moves={rows[other]: reader}, version=version)
            said.append("done")
        except (PermissionsRefused, NotAllowed) as error:
            said.append(type(error).__name__)
        finally:
            database.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(said) == 2
    assert said.count("done") == 1
    assert len(roles.matrix(entity).connectors) == 1


# --- "This is right", and a new role ----------------------------------------------------------------------------------------


def test_an_administrator_says_that_it_is_right(entity: LegalEntity, administrator: User) -> None:
    permissions.confirm(entity, administrator, roles.matrix(entity).version)
    state = hub.state(entity, StepKey.PERMISSIONS, administrator)
    assert (state.status, state.by) == (Status.COMPLETED, str(administrator))


def test_it_is_not_right_while_nobody_may_connect(entity: LegalEntity, administrator: User) -> None:
    role("Administrator").payroll_entities.clear()
    error = refused(lambda: permissions.confirm(entity, administrator, roles.matrix(entity).version))
    assert error.refusal is Refusal.NOBODY_MAY_CONNECT


def test_a_closed_account_with_payroll_edit_connects_nothing(entity: LegalEntity, administrator: User) -> None:
    board = Role.objects.create(company=entity.company, name="Board", is_administrator=True)
    bea = UserFactory()
    Membership.objects.create(company=entity.company, user=bea, role=board)
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    error = refused(lambda: permissions.confirm(entity, bea, roles.matrix(entity).version))
    assert error.refusal is Refusal.NOBODY_MAY_CONNECT


def test_only_what_was_seen_is_confirmed(entity: LegalEntity, administrator: User, manager: User) -> None:
    old = roles.matrix(entity).version
    save(entity, administrator, "Administrator")
    assert refused(lambda: permissions.confirm(entity, administrator, old)).refusal is Refusal.CHANGED_MEANWHILE
    assert not Evidence.objects.exists()


def test_a_change_after_the_confirmation_is_confirmed_by_who_makes_it(
    entity: LegalEntity, administrator: User, manager: User
) -> None:
    permissions.confirm(entity, administrator, roles.matrix(entity).version)
    second = member(entity, first_name="Bea", last_name="Baas")
    save(entity, second, "Administrator")
    assert hub.state(entity, StepKey.PERMISSIONS, second).by == "Bea Baas"


def test_a_preset_role_is_added_once_empty_and_with_the_name_that_setup_files_give(
    entity: LegalEntity, administrator: User
) -> None:
    with translation.override("nl"):
        made = permissions.add_role(entity, administrator, Role.Preset.PAYROLL_MANAGER)
        again = permissions.add_role(entity, administrator, Role.Preset.PAYROLL_MANAGER)
    assert made == again
    assert (made.name, made.is_administrator, made.payroll_entities.count()) == ("Payroll Manager", False, 0)
    assert permission_change(AuditEvent.objects.get().detail) == "Role added: Payroll Manager"


# --- The page ---------------------------------------------------------------------------------------------------------------


def ticked(html: str) -> list[str]:
    return re.findall(r'<input type="checkbox" name="role-(\d+)"[^>]* checked', html)


def sent(entity: LegalEntity, *editing: str) -> dict[str, str]:
    return {"version": roles.matrix(entity).version} | {f"role-{role(name).pk}": "on" for name in editing}


def test_an_administrator_saves_the_matrix(signed_in: Client, entity: LegalEntity, manager: User) -> None:
    moved = {f"member-{Membership.objects.get(user=manager).pk}": str(role("Administrator").pk)}
    answer = signed_in.post(page(entity), sent(entity, "Administrator") | moved, follow=True)
    assert "Saved." in answer.content.decode()
    assert not role("Payroll Manager").payroll_entities.exists()
    assert access.may_connect(manager, entity)


def test_what_was_ticked_stays_when_it_is_refused(signed_in: Client, entity: LegalEntity, manager: User) -> None:
    html = signed_in.post(page(entity), sent(entity, "Payroll Manager")).content.decode()
    assert "would be left without an administrator with payroll edit" in html
    assert ticked(html) == [str(role("Payroll Manager").pk)]


def test_after_a_change_of_somebody_else_the_page_shows_what_is_so_now(
    signed_in: Client, entity: LegalEntity, administrator: User, manager: User
) -> None:
    old = sent(entity, "Administrator", "Payroll Manager")
    save(entity, administrator, "Administrator")
    html = signed_in.post(page(entity), old).content.decode()
    assert "Somebody has changed the permissions" in html
    assert ticked(html) == [str(role("Administrator").pk)]


def test_the_buttons_confirm_and_add_a_role(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    version = roles.matrix(entity).version
    added = signed_in.post(
        page(entity), {"action": "add", "preset": "payroll_manager", "version": version}, follow=True
    )
    assert "The role Payroll Manager was added." in added.content.decode()
    version = roles.matrix(entity).version
    signed_in.post(page(entity), {"action": "confirm", "version": version})
    assert hub.state(entity, StepKey.PERMISSIONS, administrator).status is Status.COMPLETED


def test_an_administrator_without_payroll_edit_may_use_the_page(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    role("Administrator").payroll_entities.clear()
    assert "Save changes" in signed_in.get(page(entity)).content.decode()
    signed_in.post(page(entity), sent(entity, "Administrator"))
    assert access.may_connect(administrator, entity)


def test_everybody_else_reads_it_with_the_reason_and_the_names_of_the_administrators(
    client: Client, entity: LegalEntity, administrator: User, manager: User
) -> None:
    client.force_login(manager, backend=BACKEND)
    html = client.get(page(entity)).content.decode()
    assert "Only an administrator of your company changes permissions" in html
    assert str(administrator) in html.partition('id="may-not"')[2].partition("</div>")[0]
    assert 'type="checkbox"' not in html
    assert "<select" not in html
    assert client.post(page(entity), sent(entity, "Payroll Manager")).status_code == 403
    assert access.may_connect(administrator, entity)
