"""Texts as files hold them in; values of one type each out: how a text becomes a date, a number, a yes.

Every value of a file arrives as text (see `front_matter`), so what counts as one is decided here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from kb_builder.articles.front_matter import describe
from kb_builder.articles.model import Audience

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?( ?(Z|[+-]\d{2}:?\d{2}))?)?")
_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def wrong_value(message: str, kind: str = "value") -> PydanticCustomError:
    """Return what a validator raises; the message goes on after the name of the key."""
    return PydanticCustomError(kind, "{reason}", {"reason": message})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_value(f"takes text, found {describe(value)}")
    folded = " ".join(value.split())
    if not folded:
        raise wrong_value("is empty")
    return folded


def _texts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _words(value: Any) -> list[Any]:
    """Take a list, or words with commas between them."""
    if isinstance(value, str):
        return [word for word in (part.strip() for part in value.split(",")) if word]
    return _texts(value)


def _lower(value: Any) -> str:
    return _text(value).lower()


def _yes_or_no(value: Any) -> bool:
    answers = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
    text = _text(value)
    if text.lower() not in answers:
        raise wrong_value(f"takes 'true' or 'false', found {text!r}")
    return answers[text.lower()]


def _whole_number(value: Any) -> int:
    text = _text(value)
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise wrong_value(f"takes a whole number, found {text!r}")
    return int(text)


def _number(value: Any) -> float:
    text = _text(value)
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise wrong_value(f"takes a number such as 1.5, found {text!r}")
    return float(text)


def _days(value: Any) -> int:
    text = _text(value)
    match = re.fullmatch(r"([0-9]{1,4})(?: ?days?)?", text)
    if not match:
        raise wrong_value(f"takes a number of days, found {text!r}")
    return int(match[1])


def _date(value: Any) -> dt.date:
    text = _text(value)
    if not _DATE.fullmatch(text):
        raise wrong_value(f"takes a date such as 2026-03-01, found {text!r}", "date")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise wrong_value(f"{text!r} is not a day of the calendar", "date") from None


def _moment(value: Any) -> dt.datetime:
    text = _text(value)
    if not _MOMENT.fullmatch(text):
        raise wrong_value(f"takes a day or a time such as 2026-12-01T09:00, found {text!r}", "date")
    try:
        moment = dt.datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
    except ValueError:
        raise wrong_value(f"{text!r} is not a day or time of the calendar", "date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _end(value: Any) -> dt.datetime:
    """Read the end of a period; a day without a time is meant to its last second."""
    moment = _moment(value)
    return moment + dt.timedelta(days=1, seconds=-1) if _DATE.fullmatch(_text(value)) else moment


def _clock(value: Any) -> str:
    text = _text(value)
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    if not match or int(match[1]) * 60 + int(match[2]) > 24 * 60 or int(match[2]) > 59:
        raise wrong_value(f"takes a time such as 09:30, found {text!r}")
    return f"{int(match[1]):02}:{match[2]}"


def _weekdays(value: Any) -> list[int]:
    """Read ``mon-fri``, ``mon, wed`` or a list of day names; 0 is Monday."""
    days: set[int] = set()
    for word in _words(value):
        first, dash, last = _lower(word).partition("-")
        ends = [_weekday(first.strip()), _weekday((last if dash else first).strip())]
        span = (ends[1] - ends[0]) % 7
        days.update((ends[0] + step) % 7 for step in range(span + 1))
    return sorted(days)


def _weekday(word: str) -> int:
    for number, name in enumerate(_DAY_NAMES):
        if len(word) >= 3 and word.startswith(name):
            return number
    raise wrong_value(f"takes days such as mon-fri, found {word!r}")


LOWER_CASE = BeforeValidator(_lower)
A_LIST = BeforeValidator(_texts)  # of one, where there is no list
WORDS = BeforeValidator(_words)

Text = Annotated[str, BeforeValidator(_text)]
Fingerprint = Annotated[Text, Field(pattern=r"^[0-9a-f]{12}$")]
Texts = Annotated[tuple[Text, ...], A_LIST]
Tags = Annotated[tuple[Text, ...], WORDS]
Audiences = Annotated[tuple[Annotated[Audience, LOWER_CASE], ...], WORDS]
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no)]
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
Number = Annotated[float, BeforeValidator(_number)]
Date = Annotated[dt.date, BeforeValidator(_date)]
_MOMENT_SCHEMA = {"type": "string", "examples": ["2026-12-01", "2026-12-01T09:00+00:00"]}
Moment = Annotated[dt.datetime, BeforeValidator(_moment), WithJsonSchema(_MOMENT_SCHEMA)]
End = Annotated[dt.datetime, BeforeValidator(_end), WithJsonSchema(_MOMENT_SCHEMA)]
Days = Annotated[
    int, BeforeValidator(_days), WithJsonSchema({"type": ["integer", "string"], "examples": [30, "30 days"]})
]
Clock = Annotated[str, BeforeValidator(_clock), WithJsonSchema({"type": "string", "examples": ["09:30"]})]
Weekdays = Annotated[
    tuple[int, ...],
    BeforeValidator(_weekdays),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}, "examples": ["mon-fri", ["mon", "wed"]]}),
]
VersionText = Annotated[
    Text, WithJsonSchema({"type": ["string", "number"], "examples": ["1.10"], "description": "Kept as written."})
]
IconName = Annotated[Text, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)+$", max_length=100)]
LanguageCode = Annotated[Text, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
