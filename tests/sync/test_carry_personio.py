"""Old data of Personio carried over into a copy: read for the draft, then by the option map (rules 24 and 25)."""

from datetime import date

import pytest
from django.conf import LazySettings

from loket_portal.simulator import Simulator
from mapping.models import HRAttribute, MappingSet
from mapping.portal import carrying, values
from mapping.rules import Decision, Rule
from onboarding.models import LegalEntity
from sync.services import bench_reading, carry_people
from sync.tasks import read_for_mapping
from tests.mapping.portal import support, value_list
from tests.sync.bench import GENDER, LAST_NAME, STATUS, draft
from tests.sync.personio import entity_of_personio, point_at

pytestmark = pytest.mark.django_db
GENDER_KEY = "dynamic_24409"


@pytest.fixture
def entity(simulator: Simulator, settings: LazySettings) -> LegalEntity:
    """A legal entity that reads the simulator's Personio."""
    point_at(simulator, settings)
    return entity_of_personio()


@pytest.fixture
def copy(entity: LegalEntity) -> HRAttribute:
    value_list(entity.company, "gender", "Man", "Vrouw")
    original = HRAttribute.objects.get(company=entity.company, key=GENDER_KEY)
    return carrying.duplicate(entity.company, None, original, GENDER)


@pytest.fixture
def reading_it(entity: LegalEntity, copy: HRAttribute) -> MappingSet:
    """A draft that reads the copy; only its former attribute says what was there before."""
    rule = Rule(GENDER, copy.key, decision=Decision.DUPLICATE, former_source=GENDER_KEY)
    return draft(entity.company, "personio", Rule(STATUS, "status"), Rule(LAST_NAME, "last_name"), rule)


def test_what_the_copy_was_made_from_is_read_for_the_draft_and_carried_over(
    entity: LegalEntity, copy: HRAttribute, reading_it: MappingSet
) -> None:
    read_for_mapping(bench_reading.ask(entity, reading_it, None).pk)
    desk = carry_people.desk(reading_it, copy.pk)
    assert desk is not None
    assert (desk.unread, desk.old_label) == ((), copy.duplicate_of.label if copy.duplicate_of else "")
    assert desk.total >= 60
    everything = {old.text: ("Man", "Vrouw")[place % 2] for place, old in enumerate(desk.olds)}
    made = carry_people.carry(desk, support(), everything, None)
    assert (made.stored + made.empty, made.rejected) == (desk.total, 0)
    known = values.on(entity.company, entity, date(2100, 1, 1))
    said = values.of_person(known, entity, "personio-41001")
    assert said[copy.key] in {"Man", "Vrouw"}
    copy.refresh_from_db()
    assert copy.migration == HRAttribute.Migration.CARRIED
