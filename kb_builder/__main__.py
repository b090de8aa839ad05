"""Let ``python -m kb_builder`` be the ``kb`` command."""

from kb_builder.cli import main

if __name__ == "__main__":
    main()
