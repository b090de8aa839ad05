"""The one look at the clock: what day it is for a build, and when a publish happens."""

from __future__ import annotations

import datetime as dt
import os

from kb_builder.issues import KbError


def build_day() -> dt.date:
    """Return the day of ``SOURCE_DATE_EPOCH`` (seconds since 1970, UTC) when it is set, else today in UTC.

    Source: https://reproducible-builds.org/specs/source-date-epoch/

    Raises:
        KbError: The variable is not a whole number of seconds.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.datetime.fromtimestamp(int(text), dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        raise KbError(
            f"SOURCE_DATE_EPOCH: {text!r} is not a number of seconds",
            hint="Unset it, or: export SOURCE_DATE_EPOCH=$(date +%s)",
            exit_code=2,
        ) from None


def now() -> dt.datetime:
    """Return the time in UTC."""
    return dt.datetime.now(dt.UTC)
