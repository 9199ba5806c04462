"""What people call a target of the mapping. Its two languages stand in the catalogue, not in the translations."""

from django.utils.translation import get_language

from mapping.catalogue import described
from mapping.resolve import label_key


def is_called(target: str, label: str) -> bool:
    """Whether an attribute of this label is what people look for by the name of the target, in either language."""
    try:
        found = described(target)
    except KeyError:
        return False
    return label_key(label) in {label_key(found.label), label_key(found.label_nl)}


def field(target: str) -> str:
    """What people call a target of the mapping."""
    try:
        found = described(target)
    except KeyError:  # of a mapping of a later version
        return target.rpartition(".")[2]
    return found.label_nl if (get_language() or "en").startswith("nl") else found.label
