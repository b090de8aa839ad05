"""What front matter, category pages and ``contact.yml`` may say.

The same models give the JSON Schema files for writers' editors.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kb_builder.articles.field_values import (
    A_LIST,
    LOWER_CASE,
    WORDS,
    Audiences,
    Clock,
    Date,
    Days,
    End,
    Fingerprint,
    IconName,
    LanguageCode,
    Moment,
    Number,
    Tags,
    Text,
    Texts,
    VersionText,
    Weekdays,
    WholeNumber,
    YesOrNo,
    wrong_value,
)
from kb_builder.articles.model import ChangeKind, Kind, Severity


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


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

    kind: Annotated[Kind | None, LOWER_CASE] = Field(
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
            raise wrong_value("says one of 'added', 'changed', 'removed', 'clarified'")
        return self


Changes = Annotated[tuple[Annotated[ChangeFields, BeforeValidator(_change)], ...], A_LIST]


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
    severity: Annotated[Severity, LOWER_CASE] = Field(Severity.INFO, description="info, warning or critical.")
    queries: Annotated[tuple[Annotated[Text, Field(max_length=100)], ...], A_LIST] = Field(
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
    kind: Annotated[Literal["chat", "mail", "phone", "social", "sms", "callback"], LOWER_CASE] = Field(
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
    languages: Annotated[tuple[LanguageCode, ...], WORDS] = Field((), description="Language codes, such as en.")
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
            raise wrong_value("takes one of 'mail' and 'endpoint'")
        return self


class ContactFields(_Model):
    """What ``contact.yml`` says."""

    title: Text = Field("Contact us", description="Title of the contact page.")
    summary: Text | None = Field(None, description="One sentence under the title.")
    channels: tuple[ChannelFields, ...] = Field((), description="Ways to reach a person, best first.")
    holidays: Annotated[tuple[Date, ...], A_LIST] = Field(
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
