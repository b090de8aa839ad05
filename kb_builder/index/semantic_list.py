"""The semantic postings of a word, as a short string and back."""

from __future__ import annotations

from dataclasses import dataclass

from kb_builder.index.packing import pack, unpack

MAX_WEIGHT = 7  # 15 levels rank no better
MAX_PEAK = 255
SAME = "="  # in the place of a packed list: that of the word before


@dataclass(frozen=True, slots=True)
class SemanticList:
    """The articles a word leads to.

    Attributes:
        peak: What its strongest posting is worth among those of all words: 1 to `MAX_PEAK`.
        postings: ``(article, weight)`` pairs ascending by article; 1 to `MAX_WEIGHT`, the strongest being the latter.
    """

    peak: int
    postings: tuple[tuple[int, int], ...]

    def pack(self) -> str:
        """Write the peak, then the articles of each weight from the heaviest on, as the rules in search/FORMAT.md."""
        return pack(self.peak, self.postings, highest=MAX_WEIGHT)

    @classmethod
    def unpack(cls, text: str) -> SemanticList:
        """Read what `pack` wrote.

        Raises:
            ValueError: The text is not one.
        """
        return cls(*unpack(text, highest=MAX_WEIGHT))
