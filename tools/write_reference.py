"""Write the reference pages of the manual from the code: commands, settings, front matter, issue codes.

    python -m tools.write_reference

A test fails when a page is not what this makes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

from kb_builder.analytics import events, segments, statements
from kb_builder.articles.schema import json_schemas
from kb_builder.cli import kb
from kb_builder.settings import Settings
from tools.issue_pages import issue_pages

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
KINDS = {"faq": "FAQ", "guide": "Guide", "policy": "Policy", "announcement": "Announcement"}


def reference_pages() -> dict[str, str]:
    """Return the text of each page by file name, without those of issue codes; see `issue_pages.issue_pages`."""
    return {
        "commands.md": _commands(),
        "settings.md": _settings(),
        "front-matter.md": _front_matter(),
        "contact.md": _contact(),
        "events.md": _events(),
        "metrics.md": _metrics(),
    }


def _page(title: str, summary: str, questions: str, body: str) -> str:
    return f"---\ntitle: {title}\nsummary: {summary}\nquestions: [{questions}]\n---\n{body.rstrip()}\n"


def _commands() -> str:
    parts = [
        "Every command takes `--help`. Results go to standard output, progress and issues to standard error.\n",
        "Exit status: 0 done; 1 the content or the data has errors; 2 the command or the settings are wrong; "
        "75 another build is running; 130 interrupted.\n",
        "## Options before the command\n",
        _options(kb),
    ]
    for name, command in _all_commands(kb):
        text, _, example = cleandoc(command.help or "").partition("\b\nExample:\n")
        arguments = " ".join(
            p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)
        )
        parts += [f"## kb {name}\n", f"`kb {name} {arguments}`\n" if arguments else "", f"{text.strip()}\n"]
        parts += [
            _options(command),
            "```bash\n" + "\n".join(line.strip() for line in example.strip().splitlines()) + "\n```\n"
            if example
            else "",
        ]
    return _page(
        "Commands",
        "Every command of kb and its options.",
        "command line, options",
        "\n".join(filter(None, parts)),
    )


def _all_commands(group: click.Group, trail: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command by its full name, those of a group behind it."""
    for name, command in sorted(group.commands.items()):
        yield f"{trail}{name}", command
        if isinstance(command, click.Group):
            yield from _all_commands(command, f"{trail}{name} ")


def _options(command: click.Command) -> str:
    options = [p for p in command.params if isinstance(p, click.Option)]
    rows = [(f"`{', '.join((*p.opts, *p.secondary_opts))}`", _cell(p.help or "")) for p in options]
    return _table(("Option", "Meaning"), rows) if rows else ""


def _settings() -> str:
    schema = Settings.model_json_schema()
    rows = list(_keys(schema, schema))
    example = "```yaml\nplugins:\n  - kb:\n      content:\n        max_page_kilobytes: 500\n```\n"
    mkdocs = _table(
        ("Key", "Meaning"),
        [
            ("`site_name`", "Name of the help center. Required."),
            ("`site_url`", "Address it is published at; needed for the sitemap and canonical links."),
            ("`site_description`", "One sentence for search engines."),
            ("`copyright`", "A line for the footer."),
            ("`docs_dir`", "Folder of the content; `content`."),
            ("`site_dir`", "Folder of the built site; `site`."),
            ("`theme.name`", "`help_center`."),
            ("`theme.language`", "ISO 639 code of the content's language; `en`."),
            ("`plugins`", "A list that holds `kb` and its settings."),
        ],
    )
    body = (
        f"## Keys of mkdocs.yml\n\nAny other key is refused: see the [design](../design.md).\n\n{mkdocs}\n"
        f"## Keys under the kb plugin\n\n{example}\n{_table(('Key', 'Default', 'Meaning'), rows)}"
    )
    return _page("Settings", "Every key of mkdocs.yml that is read.", "configuration, mkdocs.yml", body)


def _front_matter() -> str:
    schemas = json_schemas()
    shared = set.intersection(*(set(schemas[kind]["properties"]) for kind in KINDS))
    faq = schemas["faq"]
    parts = [
        "Front matter stands between two lines `---` at the top of a file. Dates are written `2026-03-01`. Values are "
        "read as text, so `title: No` is a title and `version: 1.10` keeps its zero.\n",
        "## Every article\n",
        _table(("Key", "Default", "Meaning"), [row for row in _keys(faq, faq) if _root(row) in shared]),
    ]
    for kind, name in KINDS.items():
        rows = [row for row in _keys(schemas[kind], schemas[kind]) if _root(row) not in shared]
        if rows:
            parts += [f"## {name}\n", _table(("Key", "Default", "Meaning"), rows)]
    category = schemas["category"]
    parts += [
        "## A category (index.md of a folder)\n",
        _table(("Key", "Default", "Meaning"), list(_keys(category, category))),
    ]
    return _page(
        "Front matter", "Every key of an article and of a category.", "metadata, yaml header", "\n".join(parts)
    )


def _contact() -> str:
    schema = json_schemas()["contact"]
    body = "How customers reach people, in `content/contact.yml`.\n\n" + _table(
        ("Key", "Default", "Meaning"), list(_keys(schema, schema))
    )
    return _page("contact.yml", "Channels, their hours and what they promise.", "keys of contact.yml, channels", body)


def _events() -> str:
    schema = events.json_schema()
    actions = [
        (f"`{action}`", ", ".join(f"`{name}`" for name in fields) or "nothing more")
        for action, fields in events.REQUIRED.items()
    ]
    body = (
        "An event is one thing that a reader did. It follows User Behavior Insights (UBI) 1.3.0: an event is "
        "a UBI event, and an event `query` is a UBI query too. The schema is closed: an event with an unknown"
        " field or a wrong value is not taken. The JSON Schemas travel in the package, in "
        "`kb_builder/analytics/schemas/`: ours, and UBI's with its defect mended (the published ones refuse "
        "their own standard action names, because they say `oneOf` for `anyOf`).\n\n"
        f"## How it is sent\n\nA POST of `text/plain`: one event, or a list of up to {events.MAX_EVENTS}, as "
        f"JSON of at most {events.MAX_BODY_BYTES:,} bytes, {events.MAX_EVENT_BYTES:,} an event. Or, without "
        f"any server, a GET of any small static file with the same JSON in the query parameter `kb`, in "
        f"base64url without padding, so that access logs cannot garble it.\n\n"
        f"## Actions\n\n{_table(('Action', 'Needs besides `event_id`, `timestamp`, `action_name`'), actions)}\n"
        "A click or suggestion_click names its page in `event_attributes.object`.\n\n"
        f"## Fields\n\n{_table(('Field', 'Takes', 'Meaning'), list(_event_fields(schema)))}\n"
        f"## Raw segments\n\n{_segments()}"
    )
    return _page("Events", "What browsers send, and how it is kept.", "UBI, event schema, raw log, beacon", body)


def _event_fields(schema: dict[str, Any], trail: str = "") -> Iterator[tuple[str, str, str]]:
    for name, value in schema["properties"].items():
        yield f"`{trail}{name}`", _cell(_takes(value)), _cell(value["description"])
        if "properties" in value:
            yield from _event_fields(value, f"{trail}{name}.")


def _takes(value: dict[str, Any]) -> str:
    if "enum" in value:
        return ", ".join(f"`{item}`" for item in value["enum"])
    if "pattern" in value:
        return f"`{value['pattern'].removeprefix('^(?:').removesuffix(')$')}`"
    if value["type"] == "integer":
        return f"{value['minimum']} to {value['maximum']}"
    if value["type"] == "array":
        return f"up to {value['maxItems']} texts"
    return f"text, up to {value['maxLength']}" if "maxLength" in value else str(value["type"])


def _segments() -> str:
    """Take the description of the format from the module that writes it."""
    return cleandoc(segments.__doc__ or "").partition("\n\n")[2].replace("::\n\n    ", ":\n\n    ").replace("``", "`")


def _metrics() -> str:
    parts = [
        "Every figure is one SQL statement in `kb_builder/analytics/metrics/`, named for what it measures. It gives "
        "its numerator and its denominator as columns; the ratio is computed for display. Human traffic only, incident "
        "windows cut out; programs, events without a visit and incidents have rows of their own.\n\n"
        "A rate is not shown under 20 visits, a query text only when at least 5 visits on 2 days used it. Intervals "
        "are 95 %: Wilson's, at the effective number of units where a visit holds several; Newcombe's for changes.\n",
        "## What the figures are made of\n",
    ]
    for name in statements.TABLES:
        parts.append(f"- `{name}`: {_comment(statements.table_sql(name))}")
    parts.append("\n## Figures\n")
    rows = [
        (f"`{metric.name}`", metric.title, metric.numerator, metric.denominator)
        for metric in map(statements.metric, statements.metric_names())
    ]
    parts.append(_table(("Statement", "Figure", "Numerator", "Denominator"), [tuple(map(_cell, row)) for row in rows]))
    return _page(
        "Figures", "What each figure counts, out of what.", "metrics, deflection rate, definitions", "\n".join(parts)
    )


def _comment(sql: str) -> str:
    lines = [line.removeprefix("--").strip() for line in sql.splitlines() if line.startswith("--")]
    return _cell(" ".join(lines))


def _keys(schema: dict[str, Any], root: dict[str, Any], trail: str = "") -> Iterator[tuple[str, str, str]]:
    """Walk a JSON Schema's properties into rows of key, default and meaning; objects give their keys with a dot."""
    required = set(schema.get("required", ()))
    for name, value in schema["properties"].items():
        inner = _resolve(value, root)
        path = f"{trail}{name}"
        meaning = value.get("description") or inner.get("description", "")
        if "properties" in inner:
            yield from _keys(inner, root, f"{path}.")
            continue
        items = _resolve(inner.get("items", {}), root)
        default = "required" if name in required else _default(value.get("default"))
        yield f"`{path}`", default, _cell(meaning)
        if "properties" in items:
            yield from _keys(items, root, f"{path}[].")


def _resolve(value: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and take the part of "this or null" that is not null."""
    for option in value.get("anyOf", ()):
        if option.get("type") != "null":
            return _resolve(option, root)
    if "$ref" in value:
        found: dict[str, Any] = root["$defs"][value["$ref"].rpartition("/")[2]]
        return found
    return value


def _root(row: tuple[str, str, str]) -> str:
    return row[0].strip("`").partition(".")[0].partition("[")[0]


def _default(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    (FOLDER / "issues").mkdir(exist_ok=True)
    for file_name, page in (reference_pages() | issue_pages()).items():
        (FOLDER / file_name).write_text(page, encoding="utf-8")
    schema = json.dumps(events.json_schema(), indent=1) + "\n"
    (Path(events.__file__).parent / "schemas" / "event.schema.json").write_text(schema, encoding="utf-8")
