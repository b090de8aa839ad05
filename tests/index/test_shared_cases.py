"""The cases that Python and JavaScript share are current."""

import json

import pytest

from tests.shared.make import FILES, FOLDER


@pytest.mark.parametrize("name", sorted(FILES))
def test_shared_cases_are_what_python_makes(name):
    """When this fails on purpose: python -m tests.shared.make"""
    stored = json.loads((FOLDER / name).read_text(encoding="utf-8"))

    assert json.loads(json.dumps(FILES[name]())) == stored
