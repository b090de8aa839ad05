"""What rules may depend on besides the content."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from kb_builder.cache import Cache


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The day to judge dates by, the prefix under which articles link to each other, what earlier builds found."""

    today: dt.date
    link_root: str = ""
    known: Cache = field(default_factory=lambda: Cache(None))
