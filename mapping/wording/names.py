"""What people call a target of the mapping. Its two languages stand in the catalogue, not in the translations."""

from django.utils.translation import get_language

from mapping.catalogue import described


def field(target: str) -> str:
    """What people call a target of the mapping."""
    try:
        found = described(target)
    except KeyError:  # of a mapping of a later version
        return target.rpartition(".")[2]
    return found.label_nl if (get_language() or "en").startswith("nl") else found.label
