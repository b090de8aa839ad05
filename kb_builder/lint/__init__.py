"""What only ``kb check`` looks for: rules that a reviewer wants and a build can do without.

A rule is a function of a `LintInput` that yields issues. Rules on the content alone are listed in `rules`; those that
need the rendered pages or the search files are in `pages`, `weight` and `findability`.
"""
