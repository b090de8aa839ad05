"""What a connection received in, the request out, if it is one and nothing else.

A beacon comes whole and alone, as a rule. It is then read here, without the state that a parser has to keep. Whatever
is not as plain as that is for the parser.
"""

from __future__ import annotations

import re

_FIELD = re.compile(rb"\r\n([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*)(?=\r|\Z)")
_NOT_PLAIN = frozenset({b"transfer-encoding", b"expect", b"upgrade"})


def plain_request(data: bytes, start: bytes) -> tuple[dict[bytes, bytes], bytes] | None:
    """Return the header fields, their names in lower case, and the body of a single whole request.

    Args:
        data: What was received on a connection that has answered all requests before.
        start: Request line, with its end, of the only requests that are read here.

    Returns:
        None when it is another request, a part of one, more than one, or one whose end is open to interpretation.
    """
    head, end, body = data.partition(b"\r\n\r\n")
    if not end or not head.startswith(start):
        return None
    fields = _FIELD.findall(head, len(start) - 2)
    headers = {name.lower(): value.rstrip(b" \t") for name, value in fields}
    is_plain = (
        len(headers) == len(fields) == head.count(b"\n") == head.count(b"\r")  # each line is a field, and none is twice
        and headers.get(b"content-length") == b"%d" % len(body)
        and headers.get(b"connection", b"keep-alive").lower() == b"keep-alive"
        and _NOT_PLAIN.isdisjoint(headers)
    )
    return (headers, body) if is_plain else None
