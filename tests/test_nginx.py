"""The rules for nginx say what the files for other hosts say."""

import shutil
import subprocess

import pytest

from kb_builder.nginx import nginx_rules

HEADERS = """\
/*
  Content-Security-Policy: default-src 'none'
  X-Content-Type-Options: nosniff
/assets/a.css
  Cache-Control: x
"""


def rules(redirects=""):
    return nginx_rules("/var/www/help/current", headers=HEADERS, redirects=redirects)


def test_the_headers_of_every_answer_are_sent_and_those_of_some_files_are_not():
    text = rules()

    assert "add_header Content-Security-Policy \"default-src 'none'\" always;\n" in text
    assert 'add_header X-Content-Type-Options "nosniff" always;\n' in text
    assert "Cache-Control" not in text


def test_redirects_match_the_decoded_address():
    assert 'location = "/caf\u00e9/" { return 301 "/caf%C3%A9-neu/"; }\n' in rules("/caf%C3%A9/ /caf%C3%A9-neu/ 301\n")


def test_an_address_cannot_write_rules_of_its_own():
    """H26"""
    text = rules("/%22%20%7B%7D%3B/ /a/ 301\n/a%0Ab/ /c/ 301\n/%5C%22/ /d/ 302\n")

    assert 'location = "/\\" {};/" { return 301 "/a/"; }\n' in text
    assert 'location = "/\\\\\\"/" { return 302 "/d/"; }\n' in text
    assert "a\nb" not in text


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_them(tmp_path):
    config = tmp_path / "nginx.conf"
    config.write_text(f"events {{}}\nhttp {{ server {{ listen 127.0.0.1:1; {rules('/a/ /b/ 301')} }} }}\n")

    checked = subprocess.run(["nginx", "-t", "-c", str(config)], capture_output=True, text=True, check=False)

    assert "syntax is ok" in checked.stderr
