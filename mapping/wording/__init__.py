"""The words of mapping: names of fields, what Personio defines, the workbench of support, and why something is refused."""

from mapping.wording.names import field
from mapping.wording.personio import TAKES, offer, row, status, wanted
from mapping.wording.refused import not_possible
from mapping.wording.workbench import use

__all__ = [
    "TAKES",
    "field",
    "not_possible",
    "offer",
    "row",
    "status",
    "use",
    "wanted",
]
