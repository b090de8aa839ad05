"""JSON Schema files for editors: front matter of each kind, ``contact.yml``, the search folder, and the settings.

Also that of ``announcements.json``, for whoever reads or writes it outside.
"""

from __future__ import annotations

import json

from kb_builder.articles.schema import json_schemas
from kb_builder.files import OutputFile
from kb_builder.index.judgments import judgments_schema
from kb_builder.index.word_lists import pins_schema, synonyms_schema
from kb_builder.lint.terms import terms_schema
from kb_builder.settings import Settings
from kb_builder.site.announcements import announcements_schema

_DAY = "$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE"
_SNIPPETS = {
    "kb article": (
        "Front matter of an article",
        [
            "---",
            "title: ${1:How do I …?}",
            "summary: $2",
            "questions:",
            "  - $3",
            "owner: $4",
            f"reviewed: {_DAY}",
            "---",
            "$0",
        ],
    ),
    "kb policy": (
        "Front matter of a version of a policy",
        [
            "---",
            "title: $1",
            'version: "${2:1.0}"',
            "effective: $3",
            "notice: ${4:30}",
            "# replaces: 1.0.md",
            "---",
            "$0",
        ],
    ),
    "kb warning": ("What costs money or data", ["> [!WARNING]", "> $0"]),
    "kb redirect": ("Addresses that lead here", ["redirect_from:", "  - /$0/"]),
}


def snippets_file() -> OutputFile:
    """Return the snippets for Markdown as VS Code reads them from ``.vscode/``."""
    snippets = {
        name: {"scope": "markdown", "prefix": name.replace(" ", "-"), "description": description, "body": body}
        for name, (description, body) in _SNIPPETS.items()
    }
    return OutputFile("kb.code-snippets", (json.dumps(snippets, indent=2, ensure_ascii=False) + "\n").encode())


def schema_files() -> tuple[OutputFile, ...]:
    """Return one ``<name>.schema.json`` for each kind of file a writer edits (JSON Schema 2020-12)."""
    lists = {"synonyms": synonyms_schema(), "pins": pins_schema(), "judgments": judgments_schema()}
    lists["terms"] = terms_schema()
    lists["announcements"] = announcements_schema()
    schemas = {**json_schemas(), **lists, "settings": Settings.model_json_schema()}
    return tuple(
        OutputFile(
            f"{name}.schema.json", (json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()
        )
        for name, schema in sorted(schemas.items())
    )
