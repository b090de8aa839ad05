"""JSON Schema files for editors: front matter of each kind, ``contact.yml``, the search folder, and the settings.

Also that of ``announcements.json``, for whoever reads or writes it outside.
"""

from __future__ import annotations

import json

from kb_builder.articles.schema import json_schemas
from kb_builder.config import Settings
from kb_builder.files import OutputFile
from kb_builder.index.judgments import judgments_schema
from kb_builder.index.word_lists import pins_schema, synonyms_schema
from kb_builder.lint.terms import terms_schema
from kb_builder.site.announcements import announcements_schema


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
