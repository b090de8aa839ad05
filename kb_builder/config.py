"""The safe reading of ``mkdocs.yml``: what MkDocs needs of it, and the settings of the ``kb`` plugin.

``mkdocs.yml`` comes by pull request, so it is data: only the keys below are read, and what could run code (``hooks``,
foreign plugins, YAML tags, ``!ENV``) is refused with the path of the key, unless the operator says ``--trust-config``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from kb_builder.articles.front_matter import read_yaml
from kb_builder.articles.model import Audience
from kb_builder.issues import ConfigError
from kb_builder.settings import LanguageTag, Settings, SettingsGroup

CONFIG_NAME = "mkdocs.yml"
M = TypeVar("M", bound=BaseModel)


class _Theme(SettingsGroup):
    name: str = "help_center"
    language: LanguageTag = "en"


class _MkDocs(SettingsGroup):
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
        if isinstance(theme := raw.get("theme"), Mapping):
            raw["theme"] = {key: value for key, value in theme.items() if key in _Theme.model_fields}
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
    return message if fault["type"] in ("level", "experiment") else message[:1].lower() + message[1:]


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
