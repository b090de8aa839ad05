"""Tests; a package, so that no other one of this name (a dependency ships one) takes its place."""
