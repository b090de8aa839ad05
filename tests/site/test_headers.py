"""The headers that hosts are told to send."""

import pytest

from kb_builder.nginx import nginx_rules
from kb_builder.site.published import headers_file

ONE, OTHER = "https://shop.example", "https://trade.example"


@pytest.mark.parametrize(("readers", "allowed"), [((), None), ((ONE,), ONE), ((ONE, OTHER), "*")])
def test_only_named_sites_may_read_the_files(readers, allowed):
    file = headers_file("default-src 'none'", style_urls=[], client_url="assets/kb-0/", readers=readers)
    headers = file.data.decode()

    lines = [line.strip() for line in headers.splitlines() if "Access-Control" in line]
    assert lines == ([f"Access-Control-Allow-Origin: {allowed}"] if allowed else [])
    rules = nginx_rules("/var/www", headers=headers, redirects="")
    assert (f'add_header Access-Control-Allow-Origin "{allowed}" always;' in rules) == bool(allowed)
