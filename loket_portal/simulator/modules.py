"""What an employer has bought of Loket ("producten"), and which of it each activity needs.

Loket's own names and their division are not public. These three are invented: "Loket Salaris" is about payroll, "Loket
HR" about people before and beside payroll, "Loket Verlof" is there because an employer has more than we need.
"""

from __future__ import annotations

from .rights import right_of

PAYROLL = "Loket Salaris"
PEOPLE = "Loket HR"
MODULES = (PAYROLL, PEOPLE, "Loket Verlof")
# By right; one of the modules is enough. What everybody may do needs none.
NEEDED = {
    "Beheer concept werknemers": (PEOPLE,),
    "Raadplegen concept werknemers": (PEOPLE,),
    "Beheer HRM": (PEOPLE,),
    "Beheer beloningen": (PAYROLL,),
    "Raadplegen beloningen": (PAYROLL,),
    "Beheer variabele gegevens": (PAYROLL,),
    "Raadplegen variabele gegevens": (PAYROLL,),
    "Raadplegen loonoutput beperkt": (PAYROLL,),
}
EITHER = (PAYROLL, PEOPLE)


class UnknownModule(ValueError):
    """There is no module with this name."""


def module(name: str) -> str:
    """The name of a module, found without regard to case. Raises UnknownModule."""
    for known in MODULES:
        if known.casefold() == name.strip().casefold():
            return known
    raise UnknownModule(f"There is no module {name!r}; these are: {', '.join(MODULES)}")


def needed_modules(activity: str) -> tuple[str, ...]:
    """The modules of which the employer must have one; () when none is needed."""
    right = right_of(activity)
    return NEEDED.get(right, EITHER) if right else ()
