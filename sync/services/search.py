"""Searching by name: without case, accents and ligatures, every word somewhere."""

import unicodedata


def is_found(search: str, *texts: str) -> bool:
    plain = [_plain(text) for text in texts]
    return all(any(word in text for text in plain) for word in _plain(search).split())


def _plain(text: str) -> str:
    """Letters without accents and case, so that "zoe" finds Zoë and "kjaer" finds Kjær."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return bare.casefold().translate(_LIGATURES)


_LIGATURES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
