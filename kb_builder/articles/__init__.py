"""Markdown files in, checked articles out."""
