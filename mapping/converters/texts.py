"""The text as it is, or in another way of writing."""


def auto(text: str, _argument: str = "") -> str:
    """As it is."""
    return text


def upper(text: str, _argument: str = "") -> str:
    """In capitals."""
    return text.upper()


def lower(text: str, _argument: str = "") -> str:
    """Without capitals."""
    return text.lower()


def without_dots(text: str, _argument: str = "") -> str:
    """Without full stops."""
    return text.replace(".", "")
