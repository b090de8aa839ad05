"""Tests of the articles room; a package, so that its modules may be named like those of other rooms' tests."""
