"""The rules for nginx say what the files for other hosts say."""

import http.client
import shutil
import socket
import subprocess
import time

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
def test_nginx_takes_them_and_sends_readers_on_below_the_address_they_see(tmp_path):
    (tmp_path / "site" / "faq").mkdir(parents=True)
    (tmp_path / "site" / "404.html").write_text("Nothing here")
    port = free_port()
    text = nginx_rules(str(tmp_path / "site"), headers=HEADERS, redirects="/a/ /b/ 301")
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off; user root; pid {tmp_path}/pid; error_log {tmp_path}/errors; events {{}}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; {text} }} }}\n"
    )
    server = subprocess.Popen(["nginx", "-c", str(config)], stderr=subprocess.PIPE, text=True)
    try:
        answers = {path: answer(port, path) for path in ("/faq", "/a/", "/nowhere/", "/_headers")}
    finally:
        server.terminate()
        server.wait()

    assert [(status, headers["Location"]) for status, headers in (answers["/faq"], answers["/a/"])] == [
        (301, "/faq/"),
        (301, "/b/"),
    ]
    for status, headers in (answers["/nowhere/"], answers["/_headers"]):
        assert status == 404
        assert headers["Content-Security-Policy"] == "default-src 'none'"
        assert "Cache-Control" not in headers


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answer(port, path):
    """Ask until the server listens."""
    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.headers
        except ConnectionRefusedError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError("nginx does not listen")
