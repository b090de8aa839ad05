"""Turn measures into one Markdown table: a row a measure, a column an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of every engine that has it.

    Attributes:
        part: ``relevance``, ``bytes``, ``latency`` or ``build``.
        measure: What is measured, with its unit.
        values: By engine; several values of one engine stand side by side in its cell, named by the measure.
        digits: How many follow the decimal point.
    """

    part: str
    measure: str
    values: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    digits: int = 1

    def as_json(self) -> dict[str, object]:
        """Return the row as data."""
        return {"part": self.part, "measure": self.measure, "values": {key: [*v] for key, v in self.values.items()}}


def markdown_table(rows: Sequence[Row], engines: Mapping[str, str]) -> str:
    """Return the table; ``engines`` are the headings of the columns by engine, in order."""
    shown = [engine for engine in engines if any(engine in row.values for row in rows)]
    lines = [["measure", *(engines[engine] for engine in shown)], ["---", *("---:" for _ in shown)]]
    lines += [[row.measure, *(_cell(row, engine) for engine in shown)] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(row: Row, engine: str) -> str:
    return " / ".join(f"{value:,.{row.digits}f}" for value in row.values.get(engine, ()))
