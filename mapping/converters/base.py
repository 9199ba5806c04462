"""What a converter is, and how it says no. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mapping.catalogue import LoketField
from mapping.rules import Option

Plain = str | int | Decimal | date | bool | Option


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value can't go: the code of the Problem and what its text needs."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Converter:
    """Something that a rule may do to the HR text before its field's type decides the rest.

    `function` takes the text (one line, one blank between words, accents composed) and the rule's argument. It returns
    a text, "" where it finds that there is nothing, or a Fault; it never raises. `argument` is "hours" where the rule
    must say one. The example is true: `function(example_in, "40")` is `example_out`.
    """

    name: str
    fits: Callable[[LoketField], bool]
    function: Callable[[str, str], str | Fault]
    example_in: str
    example_out: str
    argument: str = ""


def name_of(field: LoketField) -> str:
    """The last part of where the field is in Loket's object: "houseNumber" of any address."""
    return field.path.rsplit(".", 1)[-1]
