"""Turn Markdown kept in git into a static, searchable help center."""

__version__ = "0.1.0"
__all__ = ["__version__"]
