"""Which of Loket's five questions a refused activity fails on (rule 19)."""

import pytest

from loket_portal.loket.diagnosis import Cause, activity_of, cause_of, is_among
from loket_portal.loket.setup_payloads import ApplicationActivity

BSN = "GetCitizenServiceNumberByEmployeeId"
RIGHT, OTHER_RIGHT, MODULE = "Beheren en raadplegen BSN", "Beheer HRM", "Loket HR"


def asks(
    activity: str = BSN,
    rights: tuple[str, ...] = (RIGHT,),
    modules: tuple[str, ...] = (MODULE,),
    roles: tuple[str, ...] = ("Provider", "Werkgever"),
) -> ApplicationActivity:
    return ApplicationActivity(activity, "", rights, modules, roles)


ALL = {"application": [asks()], "granted": ["GetUserByToken"], "rights_enabled": [RIGHT], "modules": [MODULE]}
CASES = [
    ("granted", {"granted": [BSN]}, None),
    ("granted whatever else is unknown",
     {"granted": [BSN], "application": None, "rights_enabled": None, "modules": None}, None),
    ("the application lacks it", {"application": [asks("GetUserByToken")]}, Cause.CLIENT),
    ("the application has nothing", {"application": []}, Cause.CLIENT),
    ("the application comes first", {"application": [], "rights_enabled": [], "modules": []}, Cause.CLIENT),
    ("no right", {"rights_enabled": []}, Cause.RIGHT),
    ("another right", {"rights_enabled": [OTHER_RIGHT]}, Cause.RIGHT),
    ("the right before role and module",
     {"rights_enabled": [], "modules": [], "application": [asks(roles=("Provider",))]}, Cause.RIGHT),
    ("one of two rights is enough",
     {"application": [asks(rights=(OTHER_RIGHT, RIGHT))]}, Cause.VISIBILITY),
    ("an activity that asks no right", {"application": [asks(rights=())], "rights_enabled": []}, Cause.VISIBILITY),
    ("the right by our own reading", {"application": None, "rights_enabled": [OTHER_RIGHT]}, Cause.RIGHT),
    ("what Loket asks goes before our reading",
     {"application": [asks(rights=(OTHER_RIGHT,))], "rights_enabled": [OTHER_RIGHT]}, Cause.VISIBILITY),
    ("not for users of an employer", {"application": [asks(roles=("Provider",))]}, Cause.ROLE),
    ("the role before the module", {"application": [asks(roles=("Provider",))], "modules": []}, Cause.ROLE),
    ("the role though the rights are unknown",
     {"application": [asks(roles=("Provider",))], "rights_enabled": None}, Cause.ROLE),
    ("no role asked", {"application": [asks(roles=())]}, Cause.VISIBILITY),
    ("the role in English", {"application": [asks(roles=("Employer user",))]}, Cause.VISIBILITY),
    ("no module", {"modules": []}, Cause.MODULE),
    ("another module", {"modules": ["Verlof"]}, Cause.MODULE),
    ("one of two modules is enough", {"application": [asks(modules=("Verlof", MODULE))]}, Cause.VISIBILITY),
    ("no module asked", {"application": [asks(modules=())], "modules": []}, Cause.VISIBILITY),
    ("the module though the rights are unknown", {"rights_enabled": None, "modules": []}, Cause.MODULE),
    ("case and blanks make no other module", {"modules": ["loket hr "]}, Cause.VISIBILITY),
    ("everything is there", {}, Cause.VISIBILITY),
    ("the rights could not be read", {"rights_enabled": None}, Cause.UNKNOWN),
    ("the modules could not be read", {"modules": None}, Cause.UNKNOWN),
    ("the application could not be read", {"application": None}, Cause.UNKNOWN),
    ("nothing could be read", {"application": None, "rights_enabled": None, "modules": None}, Cause.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("known", "cause"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_the_first_no_is_the_cause(known, cause: Cause | None) -> None:
    assert cause_of(BSN, **{**ALL, **known}) is cause


@pytest.mark.parametrize("name", ["Beheer diverse vaste gegevens salarisverwerking", "BEHEREN en  raadplegen bsn"])
def test_a_right_is_recognised_however_it_is_written(name: str) -> None:
    row = asks(rights=("Beheer diverse vaste gegevens salarisverw", RIGHT))
    assert cause_of(BSN, **{**ALL, "application": [row], "rights_enabled": [name]}) is Cause.VISIBILITY


def test_our_own_words_for_a_call_have_a_right_too() -> None:
    found = cause_of("distribution units", application=None, granted=(), rights_enabled=(), modules=None)
    assert found is Cause.RIGHT


# Names


def test_a_name_that_loket_cut_off_is_found() -> None:
    long = "PostInitialisePayrollPeriodByPayrollAdministrationId"
    assert is_among(long, [long[:50]])
    assert not is_among(long, [long[:49]])
    row = asks(long[:50])
    assert activity_of(long, [asks(), row]) is row


@pytest.mark.parametrize("name", ["ByUser", "ByEmployerId", "ByEmployerI"])
def test_an_activity_is_found_by_both_names_that_the_document_has_for_it(name: str) -> None:
    assert is_among("GetEmploymentLastModifiedVersionNumbersByUser", [f"GetEmploymentLastModifiedVersionNumbers{name}"])


def test_another_activity_is_another() -> None:
    assert not is_among(BSN, ["GetCitizenServiceNumberByConceptEmployeeId"])
    assert activity_of(BSN, [asks("GetUserByToken")]) is None
