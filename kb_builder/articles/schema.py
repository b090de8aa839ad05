"""Text values of front matter, category pages and ``contact.yml`` in; typed values and issues out.

Every value arrives as text (see `front_matter`), so what counts as a date, a number or a yes is decided here and
nowhere else. The same models give the JSON Schema files for writers' editors.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from rapidfuzz import fuzz, process

from kb_builder.articles.codes import issue
from kb_builder.articles.front_matter import Lines, describe
from kb_builder.articles.model import Audience, ChangeKind, Kind, Severity
from kb_builder.issues import Fix, Issue

M = TypeVar("M", bound=BaseModel)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?( ?(Z|[+-]\d{2}:?\d{2}))?)?")
_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NEAR = 75  # similarity in percent from which a key is taken for a misspelling
_SYNONYMS = {"description": "summary"}


# ---- how one text becomes one value --------------------------------------------------------------------------------


def _wrong(message: str, kind: str = "value") -> PydanticCustomError:
    return PydanticCustomError(kind, "{reason}", {"reason": message})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(f"takes text, found {describe(value)}")
    folded = " ".join(value.split())
    if not folded:
        raise _wrong("is empty")
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
        raise _wrong(f"takes 'true' or 'false', found {text!r}")
    return answers[text.lower()]


def _whole_number(value: Any) -> int:
    text = _text(value)
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise _wrong(f"takes a whole number, found {text!r}")
    return int(text)


def _number(value: Any) -> float:
    text = _text(value)
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise _wrong(f"takes a number such as 1.5, found {text!r}")
    return float(text)


def _days(value: Any) -> int:
    text = _text(value)
    match = re.fullmatch(r"([0-9]{1,4})(?: ?days?)?", text)
    if not match:
        raise _wrong(f"takes a number of days, found {text!r}")
    return int(match[1])


def _date(value: Any) -> dt.date:
    text = _text(value)
    if not _DATE.fullmatch(text):
        raise _wrong(f"takes a date such as 2026-03-01, found {text!r}", "date")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _wrong(f"{text!r} is not a day of the calendar", "date") from None


def _moment(value: Any) -> dt.datetime:
    text = _text(value)
    if not _MOMENT.fullmatch(text):
        raise _wrong(f"takes a day or a time such as 2026-12-01T09:00, found {text!r}", "date")
    try:
        moment = dt.datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
    except ValueError:
        raise _wrong(f"{text!r} is not a day or time of the calendar", "date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _end(value: Any) -> dt.datetime:
    """Read the end of a period; a day without a time is meant to its last second."""
    moment = _moment(value)
    return moment + dt.timedelta(days=1, seconds=-1) if _DATE.fullmatch(_text(value)) else moment


def _clock(value: Any) -> str:
    text = _text(value)
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    if not match or int(match[1]) * 60 + int(match[2]) > 24 * 60 or int(match[2]) > 59:
        raise _wrong(f"takes a time such as 09:30, found {text!r}")
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
    raise _wrong(f"takes days such as mon-fri, found {word!r}")


Text = Annotated[str, BeforeValidator(_text)]
Fingerprint = Annotated[Text, Field(pattern=r"^[0-9a-f]{12}$")]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_texts)]
Tags = Annotated[tuple[Text, ...], BeforeValidator(_words)]
Audiences = Annotated[tuple[Annotated[Audience, BeforeValidator(_lower)], ...], BeforeValidator(_words)]
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


# ---- what a file may say -------------------------------------------------------------------------------------------


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SearchFields(_Model):
    """How search treats the article."""

    boost: Number = Field(1.0, gt=0, le=10, description="Factor on its score; 1 is neutral.")
    exclude: YesOrNo = Field(False, description="Leave it out of search.")


class VideoFields(_Model):
    """A video with captions."""

    src: Text = Field(description="The video file, relative to this file, or an https address.")
    captions: Text = Field(description="WebVTT file with the captions, relative to this file; its text is searchable.")
    title: Text = Field(description="What the video shows.")
    poster: Text | None = Field(None, description="Picture shown before it plays, relative to this file.")
    uploaded: Date | None = Field(
        None, description="Day it was first published, YYYY-MM-DD; with it and a poster, search engines list the video."
    )


class ArticleFields(_Model):
    """Front matter that every kind of article takes."""

    kind: Annotated[Kind | None, BeforeValidator(_lower)] = Field(
        None, description="faq, guide, policy or announcement; the folder decides when it is not given."
    )
    title: Text | None = Field(None, description="What the customer would ask, in the customer's words.")
    summary: Text | None = Field(
        None, description="One sentence under the title in lists and search, up to 140 characters."
    )
    questions: Texts = Field((), description="Other ways customers ask it; search treats them like titles.")
    category: Text | None = Field(None, description="Folder of another category, such as faq/orders.")
    tags: Tags = Field((), description="Words that search should also find it by.")
    audience: Audiences = Field((), description="Who it is for: b2c, b2b, agent. Everyone, when not given.")
    owner: Text | None = Field(None, description="Team that keeps it right.")
    reviewed: Date | None = Field(None, description="Day it was last checked, YYYY-MM-DD.")
    review_by: Date | None = Field(None, description="Day by which it must be checked again, YYYY-MM-DD.")
    translated_from: Fingerprint | None = Field(
        None, description="The wording of the original that this translation follows; kb translated writes it."
    )
    related: Texts = Field((), description="Files of related articles, relative to this one.")
    community: Annotated[Text, Field(pattern=r"^https://[^\s\"'<>]+$", max_length=500)] | None = Field(
        None, description="https address of the forum thread it comes from; marks it as an answer of the community."
    )
    redirect_from: Texts = Field((), description="Old addresses on this site that lead here, such as /old/page/.")
    video: VideoFields | None = Field(None, description="A video with captions, shown above the text.")
    draft: YesOrNo = Field(False, description="Keep it out of the site.")
    popular: WholeNumber = Field(
        0, ge=0, le=1000, description="Rank among the popular questions of the home page and its category; 1 is first."
    )
    order: WholeNumber | None = Field(
        None, description="Place in its category; small comes first, then popular questions, the rest by title."
    )
    search: SearchFields | None = Field(None, description="How search treats it.")


class FaqFields(ArticleFields):
    """Front matter of a question and its answer."""


class GuideFields(ArticleFields):
    """Front matter of a guide."""


def _change(value: Any) -> Any:
    """Take a change that is one sentence without its kind."""
    return {"text": value} if isinstance(value, str) else value


class ChangeFields(_Model):
    """One thing that is different from the version before: a sentence under one of the four kinds."""

    added: Text | None = Field(None, description="What is new.")
    changed: Text | None = Field(None, description="What is different now.")
    removed: Text | None = Field(None, description="What is gone.")
    clarified: Text | None = Field(None, description="What says the same in other words.")
    text: Text | None = Field(None, description="What is different, when it is none of the four.")
    affects: Text | None = Field(None, description="Whom it affects, such as 'customers who save a card'.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> ChangeFields:
        if sum(getattr(self, kind) is not None for kind in (*ChangeKind, "text")) != 1:
            raise _wrong("says one of 'added', 'changed', 'removed', 'clarified'")
        return self


Changes = Annotated[tuple[Annotated[ChangeFields, BeforeValidator(_change)], ...], BeforeValidator(_texts)]


class PolicyFields(ArticleFields):
    """Front matter of one version of a policy or of terms."""

    version: VersionText | None = Field(None, description="Name of this version, such as 2.0.")
    effective: Date | None = Field(None, description="First day it applies, YYYY-MM-DD.")
    notice: Days = Field(0, description="Days of notice that customers are given before a change.")
    replaces: Text | None = Field(None, description="File of the version before, relative to this one.")
    jurisdiction: Text | None = Field(None, description="Whose law it follows.")
    changes: Changes = Field(
        (),
        description="What is different from the version before, as added, changed, removed or clarified.",
    )


class AnnouncementFields(ArticleFields):
    """Front matter of an announcement."""

    starts: Moment | None = Field(None, description="When it begins to show. UTC, unless an offset is given.")
    ends: End | None = Field(None, description="When it stops showing; a day counts to its end.")
    severity: Annotated[Severity, BeforeValidator(_lower)] = Field(
        Severity.INFO, description="info, warning or critical."
    )
    queries: Annotated[tuple[Annotated[Text, Field(max_length=100)], ...], BeforeValidator(_texts)] = Field(
        (), max_length=20, description="Searches that should meet it: those that hold all words of one of these."
    )
    pages: Texts = Field(
        (),
        max_length=20,
        description="Files and folders it is about, relative to this one; its banner shows only there. Everywhere, "
        "when not given.",
    )
    link: Annotated[Text, Field(pattern=r"^https://[^\s\"'<>]+$", max_length=500)] | None = Field(
        None, description="https address where its banner leads instead of its own page, such as a status page."
    )


class CategoryFields(_Model):
    """Front matter of a folder's ``index.md``."""

    title: Text | None = Field(None, description="Name of the category.")
    summary: Text | None = Field(None, description="One sentence on what is in it.")
    icon: IconName | None = Field(None, description="Name of a Material icon, such as material/truck-outline.")
    order: WholeNumber = Field(1000, description="Place among its neighbours; small comes first, ties go by title.")


class HoursFields(_Model):
    """A stretch of opening hours."""

    days: Weekdays = Field(description="Days, such as mon-fri or [sat, sun].")
    opens: Clock = Field(description="Opening time, HH:MM, in the channel's time zone.")
    closes: Clock = Field(description="Closing time, HH:MM.")


class ChannelFields(_Model):
    """One way to reach a person."""

    id: Annotated[Text, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)] = Field(
        description="Short name, used in figures."
    )
    kind: Annotated[Literal["chat", "mail", "phone", "social", "sms", "callback"], BeforeValidator(_lower)] = Field(
        description="chat, mail, phone, social, sms or callback."
    )
    title: Text = Field(description="What customers call it.")
    summary: Text | None = Field(None, description="One sentence on what it is good for.")
    href: Text = Field(description="Where its button leads: https, mailto, tel, sms or a path on this site.")
    action: Text = Field(description="What its button says.")
    hours: tuple[HoursFields, ...] = Field((), description="When it is open; always, when not given.")
    time_zone: Annotated[Text, Field(pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$")] = Field(
        "UTC", description="IANA time zone of the hours, such as Europe/London."
    )
    languages: Annotated[tuple[LanguageCode, ...], BeforeValidator(_words)] = Field(
        (), description="Language codes, such as en."
    )
    target_minutes: WholeNumber = Field(
        0, ge=0, description="Promised minutes to the first answer; 0 promises nothing."
    )
    audience: Audiences = Field((), description="Who may use it: b2c, b2b, agent. Everyone, when not given.")


class FormFields(_Model):
    """The form on the contact page; it goes to one of the two."""

    mail: Annotated[Text, Field(pattern=r"^[^@\s?&#%]+@[A-Za-z0-9.-]+$", max_length=200)] | None = Field(
        None, description="Address to which the reader's own mail program sends it."
    )
    endpoint: Annotated[Text, Field(pattern=r"^https://[^\s\"'<>;,]+$", max_length=500)] | None = Field(
        None, description="https address of a ticket system or webhook that takes it as a form POST."
    )
    topics: Texts = Field((), description="What it can be about, to choose from.")

    @model_validator(mode="after")
    def _goes_to_one_place(self) -> FormFields:
        if (self.mail is None) == (self.endpoint is None):
            raise _wrong("takes one of 'mail' and 'endpoint'")
        return self


class ContactFields(_Model):
    """What ``contact.yml`` says."""

    title: Text = Field("Contact us", description="Title of the contact page.")
    summary: Text | None = Field(None, description="One sentence under the title.")
    channels: tuple[ChannelFields, ...] = Field((), description="Ways to reach a person, best first.")
    holidays: Annotated[tuple[Date, ...], BeforeValidator(_texts)] = Field(
        (), description="Days on which channels with hours are closed, YYYY-MM-DD."
    )
    form: FormFields | None = Field(None, description="A form on the contact page that suggests answers.")


FIELDS_BY_KIND: dict[Kind, type[ArticleFields]] = {
    Kind.FAQ: FaqFields,
    Kind.GUIDE: GuideFields,
    Kind.POLICY: PolicyFields,
    Kind.ANNOUNCEMENT: AnnouncementFields,
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return a JSON Schema (2020-12) by name: one for each kind of front matter, ``category`` and ``contact``."""
    models: dict[str, type[BaseModel]] = {kind.value: fields for kind, fields in FIELDS_BY_KIND.items()}
    models |= {"category": CategoryFields, "contact": ContactFields}
    return {name: _editor_schema(model) for name, model in models.items()}


def _editor_schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    if "summary" in schema["properties"] and issubclass(model, ArticleFields | CategoryFields):
        schema["properties"]["description"] = {"type": "string", "description": "Another name for summary."}
    return schema


# ---- checking ------------------------------------------------------------------------------------------------------


def parse_fields(
    model: type[M], values: Mapping[str, Any], lines: Lines, path: str
) -> tuple[M | None, tuple[Issue, ...]]:
    """Turn text values into a typed model.

    Args:
        model: One of the models of this module.
        values: Keys and text values. A key without a value counts as not given.
        lines: Line of each key by dotted name.
        path: Content path, for messages.

    Returns:
        The model and the issues, all of them. A key with a wrong value is an error and takes its default; None is
        returned only when a key that has no default is missing or wrong.
    """
    given = _given(values)
    issues = list(_unknown_key_issues(model, values, lines, path))
    try:
        return model.model_validate(given), tuple(issues)
    except ValidationError as error:
        faults = error.errors()
    issues.extend(_fault_issue(model, fault, lines, path) for fault in faults)
    wrong = {str(fault["loc"][0]) for fault in faults}
    try:
        return model.model_validate({key: value for key, value in given.items() if key not in wrong}), tuple(issues)
    except ValidationError:
        return None, tuple(issues)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out keys and list items without a value, and give synonyms their proper name."""
    given: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            given[key] = _given(value)
        elif isinstance(value, list):
            given[key] = [_given(item) if isinstance(item, dict) else item for item in value if item != ""]
        else:
            given[key] = value
    given = {key: value for key, value in given.items() if value not in ("", [], {})}
    for synonym, name in _SYNONYMS.items():
        if name not in given and synonym in given:
            given[name] = given[synonym]
    return given


def _unknown_key_issues(model: type[BaseModel], values: Mapping[str, Any], lines: Lines, path: str) -> Iterator[Issue]:
    strangers: list[str] = []
    for name, key, owner in _unknown_keys(model, values, ""):
        line = _line(name, lines)
        if kinds := [kind for kind, fields in FIELDS_BY_KIND.items() if key in fields.model_fields and "." not in name]:
            yield issue("KB125", path, line, f"'{key}' belongs to {' and '.join(kinds)} articles; this is not one")
        elif near := process.extractOne(key.lower(), list(owner.model_fields), scorer=fuzz.ratio, score_cutoff=_NEAR):
            fix = Fix(f"{key}:", f"{near[0]}:", literal=True)
            yield issue("KB122", path, line, f"unknown key '{name}'", f"did you mean '{near[0]}'?", fix)
        else:
            strangers.append(name)
    if strangers:
        listed = ", ".join(repr(name) for name in sorted(strangers))
        yield issue("KB123", path, _line(strangers[0], lines), f"ignored {listed}: not keys of this help center")


def _unknown_keys(
    model: type[BaseModel], values: Mapping[str, Any], trail: str
) -> Iterator[tuple[str, str, type[BaseModel]]]:
    """Yield dotted name, key and the model that should have it, for every key that no model has."""
    for key, value in values.items():
        name = f"{trail}{key}"
        if key not in model.model_fields:
            if _SYNONYMS.get(key) not in model.model_fields:
                yield name, key, model
        elif inner := _model_inside(model.model_fields[key].annotation):
            for position, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, dict):
                    yield from _unknown_keys(
                        inner, item, f"{name}.{position}." if isinstance(value, list) else f"{name}."
                    )


def _model_inside(annotation: Any) -> type[BaseModel] | None:
    """Find the model in ``Model``, ``Model | None`` or ``tuple[Model, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_inside(part))), None)


def _fault_issue(model: type[BaseModel], fault: ErrorDetails, lines: Lines, path: str) -> Issue:
    name = ".".join(str(part) for part in fault["loc"])
    line, hint = _line(name, lines), _description(model, fault["loc"])
    if fault["type"] == "missing":
        return issue("KB124", path, line, f"'{name}' is missing", hint)
    if fault["type"] == "date":
        return issue("KB121", path, line, f"'{name}' {fault['msg']}")
    if fault["type"] == "value":
        return issue("KB120", path, line, f"'{name}' {fault['msg']}", hint)
    found = fault["input"]
    shown = repr(found) if isinstance(found, str | int | float) else describe(found)
    return issue("KB120", path, line, f"'{name}': {shown}: {fault['msg'][:1].lower()}{fault['msg'][1:]}", hint)


def _line(name: str, lines: Lines) -> int:
    """Return the line of the longest known part of a dotted name; 0 when not even its first part has one."""
    while name not in lines and "." in name:
        name = name.rpartition(".")[0]
    return lines.get(name, 0)


def _description(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """Return what the schema says about the key at a location, or an empty string."""
    owner: type[BaseModel] | None = model
    text = ""
    for part in location:
        if isinstance(part, str) and owner and part in owner.model_fields:
            text = owner.model_fields[part].description or ""
            owner = _model_inside(owner.model_fields[part].annotation)
    return text
