"""The texts where they are written: every branch counts, also those that no page of the tests takes."""

import re
from pathlib import Path

import pytest

from tests.pseudo import reading, sources


@pytest.mark.parametrize("path", sources.templates(), ids=lambda path: path.relative_to(sources.TEMPLATES).as_posix())
def test_a_template_prints_no_words_of_its_own(path: Path) -> None:
    if path.name not in sources.IN_DUTCH:
        assert not sources.literal_words(path.read_text(encoding="utf-8"), is_html=path.suffix != ".txt")


@pytest.mark.parametrize("package", ["onboarding.wording", "sync.wording", "sync.refusals", "mapping"])
def test_words_wait_for_the_language_of_the_reader(package: str) -> None:
    assert not sources.plain_words(package)


@pytest.mark.parametrize("name", ["portal.css", "workbench.css"])
def test_what_the_style_sheet_puts_on_a_page_is_read_here(name: str) -> None:
    css = (sources.STATIC / "css" / name).read_text(encoding="utf-8")
    assert set(re.findall(r"attr\(([\w-]+)\)", css)) <= reading.SPOKEN
    assert not [text for text in re.findall(r'content:\s*"([^"]*)"', css) if reading.of_text(text)]
