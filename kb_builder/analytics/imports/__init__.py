"""Logs and exports of other tools in, events out: one module a family of formats."""
