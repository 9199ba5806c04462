"""Generated companies (`crowd.py`) as the options want them, each with a user of its own and an employment for everybody."""

from __future__ import annotations

from . import crowd
from .algemeen import add_twins_of
from .logins import login_at, user_body
from .options import Options
from .seed import Builder, Employer
from .world import World


def settle(world: World, options: Options) -> None:
    """Adds the companies that the world lacks. One that is there stays as it is."""
    for company in range(1, options.loket_companies + 1):
        people = options.loket_first if company == 1 and options.loket_first else options.loket_people
        if people and not world.all("employer", "", crowd.mark(company)):
            with world.transaction():
                _found(world, company, people)


def _found(world: World, company: int, people: int) -> None:
    builder = Builder(world, f"ids {crowd.mark(company)} {world.fact('seed')}")
    login = login_at(company)
    world.add("user", "", user_body(login, builder.lists), mark=login.username)
    employer = Employer(
        name=crowd.name(company),
        number=30_000 + company,
        register=f"{19_000_000 + company}",
        mark=crowd.mark(company),
        administrations=((crowd.name(company), 60_000 + company, crowd.tax_id(company)),),
        domain=f"bedrijf{company:04}.example",
    )
    add_twins_of(world, builder.set_up(employer, (crowd.person(company, index) for index in range(people))))
