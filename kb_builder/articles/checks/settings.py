"""What rules may depend on besides the content."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The day to judge dates by, and the prefix under which articles link to each other."""

    today: dt.date
    link_root: str = ""
