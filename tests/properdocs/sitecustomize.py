"""Puts ProperDocs in the place of MkDocs in every Python that has this folder on its path: `make upgrade` does."""

import properdocs.replacement  # noqa: F401 - to import it is all
