"""Sitemaps stay within what their format allows."""

import re
from dataclasses import replace

from kb_builder.config import load_config
from kb_builder.site.build import SiteBuild
from kb_builder.site.published import sitemap_files
from tests.site.tiny_site import TODAY

LOCATION = re.compile(r"<loc>(.*?)</loc>")


def test_a_large_site_gets_several_sitemaps_and_an_index_of_them(help_center):
    help_center.write("faq/a.md", "---\ntitle: A\n---\nText.\n")
    build = SiteBuild(load_config(help_center.root / "mkdocs.yml"), help_center.content(), today=TODAY)
    view = build.views["faq/a/"]
    views = [replace(view, url=f"faq/{number}/") for number in range(7)]

    one = {
        file.path: file.data.decode() for file in sitemap_files(views, site_url="https://help.example/", most_urls=7)
    }
    many = {
        file.path: file.data.decode() for file in sitemap_files(views, site_url="https://help.example/", most_urls=3)
    }

    assert one.keys() == {"sitemap.xml", "robots.txt"}
    assert LOCATION.findall(many["sitemap.xml"]) == [f"https://help.example/sitemap-{n}.xml" for n in (1, 2, 3)]
    parts = [address for n in (1, 2, 3) for address in LOCATION.findall(many[f"sitemap-{n}.xml"])]
    assert parts == LOCATION.findall(one["sitemap.xml"])
    assert len(LOCATION.findall(many["sitemap-1.xml"])) == 3
