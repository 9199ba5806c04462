"""Keeps locale/nl in step with the texts of the code and the templates. Pure Python: no gettext tools needed.

    python scripts/messages.py update   refreshes the .po (translations stay, texts that are gone go) and compiles the .mo
    python scripts/messages.py check    exit code 1 when a text is missing, untranslated, fuzzy or broken, or the .mo is old

Texts of Django and allauth are not in here: they bring their own Dutch.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages import Catalog, Message
from babel.messages.checkers import checkers
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
PACKAGES = ("loket_portal", "onboarding", "mapping", "sync")
APART = ROOT / "loket_portal" / "simulator"  # a program of its own, Dutch by nature
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)  # Babel insists on dates in the header
HEADER = "# Dutch of Loket Portal. `python scripts/messages.py update` refreshes this file; translate here by hand.\n#"


def sources() -> Iterator[tuple[Path, str]]:
    """Every file with texts, and its content as Python source (templates become calls of gettext)."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if APART not in path.parents:
                yield path, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            yield path, "\n".join(line.strip() for line in calls.splitlines())  # indentation means nothing here


def template() -> Catalog:
    """All texts of today."""
    catalog = Catalog(locale="nl", project="Loket Portal", header_comment=HEADER, charset="utf-8", fuzzy=False)
    for path, source in sources():
        name = path.relative_to(ROOT).as_posix()
        for line, function, texts, _comments in extract_python(
            io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], {}
        ):
            _add(catalog, name, line, function, texts)
    return catalog


def _add(catalog: Catalog, name: str, line: int, function: str, texts: object) -> None:
    found = [text for text in (texts if isinstance(texts, tuple | list) else (texts,)) if isinstance(text, str)]
    context = found.pop(0) if function.startswith(("pgettext", "npgettext")) and found else None
    if not found or not found[0]:
        return
    is_plural = "ngettext" in function or "npgettext" in function
    catalog.add(tuple(found[:2]) if is_plural else found[0], locations=[(name, line)], context=context)


def stored() -> Catalog:
    """The .po as it is; an empty one where there is none."""
    if not PO.exists():
        return Catalog(locale="nl", fuzzy=False)
    with PO.open("rb") as file:
        return read_po(file, locale="nl")


def update() -> int:
    """Writes the .po and the .mo; gives 0."""
    catalog = _updated()
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(_po(catalog))
    MO.write_bytes(_mo(catalog))
    print(
        f"{len(catalog)} texts, {sum(1 for message in catalog if message.id and not _is_done(message))} without Dutch"
    )
    return 0


def written() -> bytes:
    """The .po as `update` would write it; writes nothing."""
    return _po(_updated())


def _updated() -> Catalog:
    catalog = stored()
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment, catalog.fuzzy = HEADER, False
    return catalog


def _po(catalog: Catalog) -> bytes:
    text = io.BytesIO()
    write_po(text, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True, omit_header=True)
    header = (
        f'{HEADER}\nmsgid ""\nmsgstr ""\n"Language: nl\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    return header.encode() + text.getvalue()


def _mo(catalog: Catalog) -> bytes:
    """Only texts and plural forms go in, no dates: the same texts give the same bytes."""
    plain = Catalog(locale="nl", fuzzy=False)
    for message in catalog:
        if message.id and _is_done(message):
            plain.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    plain.creation_date = plain.revision_date = DAY_ONE
    write_mo(compiled, plain)
    return compiled.getvalue()


def _is_done(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings) and not message.fuzzy


def problems() -> list[str]:
    """What `check` finds, one line each; empty when all is well."""
    catalog, found = stored(), []
    for message in template():
        if not message.id:
            continue
        kept = catalog.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        where = ", ".join(sorted({name for name, _line in message.locations}))
        if kept is None:
            found.append(f"missing: {message.id!r} ({where})")
        elif not _is_done(kept):
            found.append(f"{'fuzzy' if kept.fuzzy else 'untranslated'}: {message.id!r} ({where})")
        else:
            found += [f"broken: {message.id!r}: {error}" for error in _errors(catalog, kept)]
    if not found and (not MO.exists() or MO.read_bytes() != _mo(catalog)):
        found.append("django.mo is older than django.po: run `python scripts/messages.py update`")
    return found


def _errors(catalog: Catalog, message: Message) -> Iterator[str]:
    for checker in checkers:
        try:
            checker(catalog, message)
        except ValueError as error:
            yield str(error)


def main(arguments: list[str]) -> int:
    if not settings.configured:
        settings.configure()
        django.setup()
    if arguments == ["update"]:
        return update()
    if arguments != ["check"]:
        print(__doc__)
        return 2
    found = problems()
    print("\n".join(found) or "every text has its Dutch")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
