"""What counting costs a reader stays small."""

import gzip

from kb_builder.client_code import client_files


def test_the_script_that_tells_events_weighs_at_most_two_kilobytes():
    sizes = {file.path: len(gzip.compress(file.data, 6, mtime=0)) for file in client_files()}

    assert sizes["events.js"] <= 2048
    assert sizes["redact.js"] <= 1024  # fetched when a reader has typed something
