"""Commands of ``kb`` that are modules of their own; `kb_builder.cli` lists them."""
