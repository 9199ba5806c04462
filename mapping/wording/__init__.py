"""The words of mapping: names of fields, what Personio defines, the workbench of support, and why something is refused."""

from mapping.wording.names import field
from mapping.wording.personio import OFFERS, REFUSED, TAKES, TYPES, WORKING, Row, offer, row, status
from mapping.wording.refused import not_possible
from mapping.wording.workbench import use

__all__ = [
    "OFFERS",
    "REFUSED",
    "TAKES",
    "TYPES",
    "WORKING",
    "Row",
    "field",
    "not_possible",
    "offer",
    "row",
    "status",
    "use",
]
