"""The settings of checks: levels by code, limits, and where the files beside the content lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError
from rapidfuzz import process

from kb_builder.articles.codes import CODES
from kb_builder.issues import Level

_FILE = r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$"


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("level", "{reason}", {"reason": message})


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WordLimits(_Settings):
    """Words of text from which an article is long for its kind."""

    faq: int = Field(600, ge=1, description="Words of a FAQ from which it is long (KB831).")
    guide: int = Field(3000, ge=1, description="Words of a guide from which it is long (KB831).")
    policy: int = Field(8000, ge=1, description="Words of a policy from which it is long (KB831).")
    announcement: int = Field(300, ge=1, description="Words of an announcement from which it is long (KB831).")


class LixLimits(_Settings):
    """LIX (mean words of a sentence, plus percent of words over six letters) from which a text is hard to read."""

    faq: int = Field(58, ge=1, description="LIX of a FAQ from which it is hard to read (KB830); newspapers have 45.")
    guide: int = Field(60, ge=1, description="LIX of a guide from which it is hard to read (KB830).")
    policy: int = Field(70, ge=1, description="LIX of a policy from which it is hard to read (KB830).")
    announcement: int = Field(58, ge=1, description="LIX of an announcement from which it is hard to read (KB830).")


class ChecksSettings(_Settings):
    """What ``kb check`` looks for, and how bad it is."""

    levels: dict[str, Level] = Field(
        default_factory=dict, description="Level by issue code, such as {KB130: error, KB214: 'off'}."
    )
    baseline: str = Field(
        "kb-baseline.json", pattern=_FILE, description="File of the problems that were there when checks were adopted."
    )
    published: str = Field(
        "published.txt", pattern=_FILE, description="File of every address that was ever published (KB801)."
    )
    terms: str = Field("terms.yml", pattern=_FILE, description="File of the words to use, and not to use (KB840).")
    private_links: bool = Field(
        False, description="With kb check --external, ask hosts in private networks too; links come from strangers."
    )
    image_kilobytes: int = Field(1000, ge=1, description="A larger picture is heavy (KB213).")
    page_kilobytes: int = Field(3000, ge=1, description="A page that loads more with its pictures is heavy (KB630).")
    search_kilobytes: int = Field(
        100, ge=1, description="Most that the first query may load, compressed, without the code (KB631)."
    )
    words: WordLimits = Field(default_factory=WordLimits, description="Length by kind.")
    lix: LixLimits = Field(default_factory=LixLimits, description="Readability by kind.")

    @field_validator("levels", mode="before")
    @classmethod
    def _off_is_a_word(cls, levels: Any) -> Any:
        """MkDocs' own YAML reads ``off`` as no."""
        if not isinstance(levels, Mapping):
            return levels
        return {code: "off" if level is False else level for code, level in levels.items()}

    @field_validator("levels")
    @classmethod
    def _known_codes(cls, levels: dict[str, Level]) -> dict[str, Level]:
        for code, level in levels.items():
            if code not in CODES:
                near = process.extractOne(code, list(CODES), score_cutoff=70)
                offer = f"; did you mean {near[0]}?" if near else ""
                raise _wrong(f"there is no code {code!r}{offer}")
            if CODES[code].is_fixed and level is not Level.ERROR:
                raise _wrong(f"{code} is always an error: the site cannot be built with it")
        return levels
