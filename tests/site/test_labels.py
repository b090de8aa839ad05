"""The words of the theme in other languages than English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb_builder.bundled import bundled
from kb_builder.settings import ThemeSettings
from kb_builder.site import labels
from kb_builder.site.labels import ENGLISH, labels_in, translated

LANGUAGES = ("ar", "de", "es", "fr", "ja")
CLIENT = dict(
    re.findall(r"^  (\w+): '(.*)',$", (bundled("search/client") / "labels.js").read_text("utf-8"), re.MULTILINE)
)


def braces(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_translation_has_every_word_of_the_theme_and_of_search(tag: str) -> None:
    words = translated(tag)

    assert set(words) == set(ENGLISH) | set(CLIENT)
    assert [key for key, text in words.items() if braces(text) != braces({**CLIENT, **ENGLISH}[key])] == []
    assert all(text.strip() for text in words.values())


def test_every_translation_is_listed_here() -> None:
    assert {file.stem for file in Path(labels.__file__).with_name("words").glob("*.json")} == {*LANGUAGES}


def test_settings_come_before_translations_and_english_after_them() -> None:
    theme = ThemeSettings(labels={"contact": "Hilfe"}, labels_in={"de-AT": {"home": "Servus"}})

    assert labels_in("de-AT", theme, is_main=False)["home"] == "Servus"
    assert labels_in("de-AT", theme, is_main=False)["contact"] == translated("de")["contact"]
    assert labels_in("de", theme, is_main=True)["contact"] == "Hilfe"
    assert labels_in("xx", ThemeSettings(), is_main=True) == ENGLISH
