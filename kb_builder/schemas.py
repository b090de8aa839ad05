"""JSON Schema files for editors: front matter of each kind, ``contact.yml``, and the settings."""

from __future__ import annotations

import json

from kb_builder.articles.schema import json_schemas
from kb_builder.config import Settings
from kb_builder.files import OutputFile


def schema_files() -> tuple[OutputFile, ...]:
    """Return one ``<name>.schema.json`` for each kind of file a writer edits (JSON Schema 2020-12)."""
    schemas = {**json_schemas(), "settings": Settings.model_json_schema()}
    return tuple(
        OutputFile(
            f"{name}.schema.json", (json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()
        )
        for name, schema in sorted(schemas.items())
    )
