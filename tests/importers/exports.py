"""A small export of each kind, in the shape that its maker documents; the same two articles each time.

"Cancel an order" links to "Refund times", shows a picture and holds what no page may keep.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
REFUND = (
    "<p>Refunds take <strong>5 days</strong>.</p><h2>Card</h2>"
    "<table><tr><th>Way</th><th>Days</th></tr><tr><td>Card</td><td>5</td></tr></table>"
)


def cancel(link: str, picture: str = "/hc/article_attachments/1/box.png") -> str:
    """Return the HTML of the first article; ``link`` leads to the second one."""
    return (
        "<h1>Before it ships</h1><p>Open <a href='/elsewhere'>your orders</a>. See "
        f"<a href='{link}'>refunds</a>.</p><ol><li>Choose *cancel* &lt;b&gt;</li><li>Confirm</li></ol>"
        f"<img src='{picture}' alt='The cancel button' onerror='x()'><script>steal()</script>"
        "<iframe src='https://video.example/v/1' title='How to cancel'></iframe>"
        "<pre><code class='language-bash'>kb &lt;x&gt; *y*</code></pre>"
    )


@dataclass(frozen=True)
class Sample:
    """What an export holds when it has been read."""

    files: dict[str, bytes | str]
    old_addresses: tuple[str, ...]  # of the first article, then of the second
    categories: tuple[str, ...]  # titles
    translations: tuple[str, ...] = ()  # files


def _json(value: object) -> str:
    return json.dumps(value)


ZENDESK = Sample(
    {
        "categories.json": _json({"categories": [{"id": 1, "name": "Shopping", "description": "All about orders"}]}),
        "sections.json": _json(
            {"sections": [{"id": 2, "category_id": 1, "name": "Orders", "description": "", "parent_section_id": None}]}
        ),
        "articles-page-1.json": _json(
            {
                "count": 2,
                "next_page": None,
                "articles": [
                    {
                        "id": 360001,
                        "title": "Cancel an order",
                        "body": cancel("https://shop.zendesk.com/hc/en-us/articles/360002-Refund-times#card"),
                        "html_url": "https://shop.zendesk.com/hc/en-us/articles/360001-Cancel-an-order",
                        "section_id": 2,
                        "label_names": ["cancel", "stop"],
                        "locale": "en-us",
                        "draft": False,
                        "edited_at": "2026-03-01T10:00:00Z",
                    },
                    {
                        "id": 360002,
                        "title": "Refund times",
                        "body": REFUND,
                        "html_url": "https://shop.zendesk.com/hc/en-us/articles/360002-Refund-times",
                        "section_id": 2,
                        "locale": "en-us",
                        "draft": False,
                    },
                ],
            }
        ),
        "translations.json": _json(
            {
                "translations": [
                    {"id": 9, "source_id": 360002, "locale": "de", "title": "Erstattung", "body": "<p>5 Tage.</p>"},
                    {"id": 8, "source_id": 360002, "locale": "en-us", "title": "Refund times", "body": REFUND},
                ]
            }
        ),
        "attachments/box.png": PNG,
    },
    ("/hc/en-us/articles/360001-Cancel-an-order/", "/hc/en-us/articles/360002/"),
    ("Shopping", "Orders"),
    ("de/faq/shopping/orders/refund-times.md",),
)
INTERCOM = Sample(
    {
        "collections.json": _json(
            {
                "type": "list",
                "data": [
                    {"type": "collection", "id": "1", "name": "Shopping", "description": "Buying", "parent_id": None},
                    {"type": "collection", "id": "2", "name": "Orders", "description": "", "parent_id": "1"},
                ],
            }
        ),
        "articles.json": _json(
            {
                "type": "list",
                "pages": {"type": "pages", "page": 1},
                "data": [
                    {
                        "type": "article",
                        "id": "5",
                        "title": "Cancel an order",
                        "description": "Before it ships",
                        "body": cancel("https://help.shop.example/en/articles/6-refund-times"),
                        "state": "published",
                        "updated_at": 1772000000,
                        "url": "https://help.shop.example/en/articles/5-cancel-an-order",
                        "parent_id": 2,
                        "parent_type": "collection",
                        "default_locale": "en",
                        "translated_content": {
                            "type": "article_translated_content",
                            "fr": {
                                "type": "article_content",
                                "title": "Annuler",
                                "body": "<p>Oui.</p>",
                                "state": "published",
                                "url": "https://help.shop.example/fr/articles/5-annuler",
                            },
                        },
                    },
                    {
                        "type": "article",
                        "id": "6",
                        "title": "Refund times",
                        "body": REFUND,
                        "state": "published",
                        "url": "https://help.shop.example/en/articles/6-refund-times",
                        "parent_id": "2",
                        "default_locale": "en",
                    },
                ],
            }
        ),
        "box.png": PNG,
    },
    ("/en/articles/5-cancel-an-order/", "/en/articles/6-refund-times/"),
    ("Shopping", "Orders"),
    ("fr/faq/shopping/orders/cancel-an-order.md",),
)
FRESHDESK = Sample(
    {
        "categories.json": _json([{"id": 1, "name": "Shopping", "description": "All"}]),
        "folders.json": _json([{"id": 2, "name": "Orders", "category_id": 1, "description": None}]),
        "articles.json": _json(
            [
                {
                    "id": 80001,
                    "title": "Cancel an order",
                    "description": cancel("/support/solutions/articles/80002-refund-times"),
                    "folder_id": 2,
                    "category_id": 1,
                    "status": 2,
                    "tags": ["cancel"],
                    "seo_data": {"meta_description": "Stop it"},
                    "updated_at": "2026-03-01T10:00:00Z",
                },
                {
                    "id": 80002,
                    "title": "Refund times",
                    "description": REFUND,
                    "folder_id": 2,
                    "category_id": 1,
                    "status": 2,
                },
            ]
        ),
        "box.png": PNG,
    },
    ("/support/solutions/articles/80001/", "/support/solutions/articles/80002-refund-times/"),
    ("Shopping", "Orders"),
)
HELPSCOUT = Sample(
    {
        "collections.json": _json({"collections": {"page": 1, "items": [{"id": "c1", "name": "Shopping"}]}}),
        "categories.json": _json({"categories": {"items": [{"id": "k1", "name": "Orders", "collectionId": "c1"}]}}),
        "article-1.json": _json(
            {
                "article": {
                    "id": "a1",
                    "number": 12,
                    "collectionId": "c1",
                    "name": "Cancel an order",
                    "text": cancel("https://docs.shop.example/article/13-refund-times"),
                    "status": "published",
                    "categories": ["k1"],
                    "keywords": ["stop"],
                    "publicUrl": "https://docs.shop.example/article/12-cancel-an-order",
                    "updatedAt": "2026-03-01T10:00:00Z",
                }
            }
        ),
        "article-2.json": _json(
            {
                "article": {
                    "id": "a2",
                    "collectionId": "c1",
                    "name": "Refund times",
                    "text": REFUND,
                    "status": "published",
                    "categories": ["k1"],
                    "publicUrl": "https://docs.shop.example/article/13-refund-times",
                }
            }
        ),
        "box.png": PNG,
    },
    ("/article/12-cancel-an-order/", "/article/13-refund-times/"),
    ("Shopping", "Orders"),
)
DOCUMENT360 = Sample(
    {
        "categories.json": _json(
            {
                "success": True,
                "data": [
                    {
                        "id": "1",
                        "name": "Shopping",
                        "category_type": 0,
                        "description": None,
                        "articles": [{"id": "a1", "title": "Cancel an order"}],
                        "child_categories": [{"id": "2", "name": "Orders", "child_categories": []}],
                    }
                ],
            }
        ),
        "article-a1.json": _json(
            {
                "success": True,
                "data": {
                    "id": "a1",
                    "title": "Cancel an order",
                    "html_content": cancel("/docs/refund-times"),
                    "content": None,
                    "category_id": "2",
                    "slug": "cancel-an-order",
                    "status": 3,
                    "language_code": "en",
                    "tags": ["stop"],
                    "modified_at": "2026-03-01T10:00:00Z",
                    "url": "https://docs.shop.example/docs/cancel-an-order",
                },
            }
        ),
        "article-a2.json": _json(
            {
                "data": {
                    "id": "a2",
                    "title": "Refund times",
                    "content": "Refunds take **5 days**.\n",
                    "html_content": "",
                    "category_id": "2",
                    "slug": "refund-times",
                    "status": 3,
                    "language_code": "en",
                }
            }
        ),
        "box.png": PNG,
    },
    ("/docs/cancel-an-order/", "/docs/refund-times/"),
    ("Shopping", "Orders"),
)
DISCOURSE = Sample(
    {
        "categories.json": _json(
            {
                "category_list": {
                    "categories": [
                        {"id": 1, "name": "Shopping", "description_text": "All"},
                        {"id": 2, "name": "Orders", "parent_category_id": 1},
                    ]
                }
            }
        ),
        "11.json": _json(
            {
                "id": 11,
                "title": "Cancel an order",
                "slug": "cancel-an-order",
                "category_id": 2,
                "tags": ["stop"],
                "accepted_answer": {"post_number": 3, "username": "ana"},
                "post_stream": {
                    "posts": [
                        {"post_number": 1, "cooked": "<p>How can I?</p>"},
                        {"post_number": 2, "cooked": "<p>Me too!</p>"},
                        {"post_number": 3, "cooked": cancel("/t/refund-times/12"), "updated_at": "2026-03-01T10:00Z"},
                    ]
                },
            }
        ),
        "12.json": _json(
            {
                "id": 12,
                "title": "Refund times",
                "slug": "refund-times",
                "category_id": 2,
                "post_stream": {"posts": [{"post_number": 1, "cooked": REFUND}]},
            }
        ),
        "box.png": PNG,
    },
    ("/t/cancel-an-order/11/", "/t/12/"),
    ("Shopping", "Orders"),
)
_DISCUSSIONS = "https://github.example/shop/help/discussions"
GITHUB_DISCUSSIONS = Sample(
    {
        "page-1.json": _json(
            {
                "data": {
                    "repository": {
                        "discussions": {
                            "nodes": [
                                {
                                    "number": 11,
                                    "title": "Cancel an order",
                                    "url": f"{_DISCUSSIONS}/11",
                                    "bodyHTML": "<p>How can I?</p>",
                                    "category": {"name": "Orders"},
                                    "labels": {"nodes": [{"name": "stop"}]},
                                    "answer": {"bodyHTML": cancel("/shop/help/discussions/12")},
                                    "updatedAt": "2026-03-01T10:00:00Z",
                                },
                                {"title": None, "answer": None, "labels": [], "category": 5},
                            ]
                        }
                    }
                }
            }
        ),
        "page-2.json": _json(
            {
                "data": {
                    "repository": {
                        "discussions": {
                            "nodes": [
                                {
                                    "number": 12,
                                    "title": "Refund times",
                                    "url": f"{_DISCUSSIONS}/12",
                                    "bodyHTML": REFUND,
                                    "category": {"name": "Orders"},
                                    "answer": None,
                                }
                            ]
                        }
                    }
                }
            }
        ),
        "errors.json": _json({"data": None, "errors": [{"message": "x"}]}),
        "box.png": PNG,
    },
    ("/shop/help/discussions/11/", "/shop/help/discussions/12/"),
    ("Orders",),
)
HTML = Sample(
    {
        "shopping/orders/cancel.html": (
            "<!doctype html><html lang=en><head><title>Cancel | Shop</title></head><body><nav>Home</nav><main>"
            f"<h1>Cancel an order</h1>{cancel('/shopping/orders/refunds.html', '../../img/box.png')}"
            "</main></body></html>"
        ),
        "shopping/orders/refunds.html": f"<html><body><header>x</header><h1>Refund times</h1>{REFUND}</body></html>",
        "img/box.png": PNG,
    },
    ("/shopping/orders/cancel.html", "/shopping/orders/refunds.html"),
    ("Shopping", "Orders"),
)


_CRUMBS = '<nav class="breadcrumbs"><a href="/">Help</a><a href="../">Shopping</a><a href="./">Orders</a></nav>'
CRAWL = Sample(
    {
        "help.shop.example/hc/1-cancel.html": (
            '<!doctype html><html lang=en><head><title>Cancel | Shop</title><link rel="canonical" '
            f'href="https://help.shop.example/hc/1-cancel"></head><body>{_CRUMBS}<main>'
            f"<h1>Cancel an order</h1>{cancel('2-refunds.html#card', '../img/box.png')}</main></body></html>"
        ),
        "help.shop.example/hc/2-refunds.html": (
            f"<html><body><article>{_CRUMBS}<h1>Refund times</h1>{REFUND}</article></body></html>"
        ),
        "help.shop.example/hc/1-cancel-2.html": (
            '<html><head><link rel="canonical" href="https://help.shop.example/hc/1-cancel"></head><body>x</body></html>'
        ),
        "help.shop.example/search.html": (
            '<html><head><meta name="robots" content="noindex, follow"></head><body><h1>Search</h1></body></html>'
        ),
        "help.shop.example/img/box.png": PNG,
        "cdn.example/other.html": "<html><body><h1>Elsewhere</h1></body></html>",
    },
    ("/hc/1-cancel/", "/hc/2-refunds.html"),
    ("Shopping", "Orders"),
)


def docx(title: str, *paragraphs: str, style: str = "Heading1") -> bytes:
    """Make a Word document: a title in one of the styles, then paragraphs (``<w:p>``)."""
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{title}</w:t></w:r></w:p>' + "".join(paragraphs)
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="png" '
            'ContentType="image/png"/><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>'
        ),
        "word/_rels/document.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="p1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/box.png"/>'
            "</Relationships>"
        ),
        "word/styles.xml": (
            f'<w:styles xmlns:w="{w}">'
            '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
            '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
            '<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/></w:style></w:styles>'
        ),
        "word/document.xml": f'<w:document xmlns:w="{w}"><w:body>{body}</w:body></w:document>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        archive.writestr("word/media/box.png", PNG)
    return made.getvalue()


_OOXML = "http://schemas.openxmlformats.org"
_DRAWING = (
    f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{_OOXML}/drawingml/2006/wordprocessingDrawing">'
    '<wp:docPr id="1" name="x" descr="The cancel button"/>'
    f'<a:graphic xmlns:a="{_OOXML}/drawingml/2006/main"><a:graphicData>'
    f'<pic:pic xmlns:pic="{_OOXML}/drawingml/2006/picture"><pic:blipFill>'
    f'<a:blip xmlns:r="{_OOXML}/officeDocument/2006/relationships" r:embed="p1"/></pic:blipFill></pic:pic>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
)
DOCX = Sample(
    {
        "shopping/orders/one.docx": docx(
            "Cancel an order", "<w:p><w:r><w:t>Choose *cancel* &lt;b&gt; in your orders.</w:t></w:r></w:p>", _DRAWING
        ),
        "shopping/orders/two.docx": docx("Refund times", "<w:p><w:r><w:t>Refunds take 5 days.</w:t></w:r></w:p>"),
    },
    (),
    ("Shopping", "Orders"),
)
SAMPLES = {
    "zendesk": ZENDESK,
    "intercom": INTERCOM,
    "freshdesk": FRESHDESK,
    "helpscout": HELPSCOUT,
    "document360": DOCUMENT360,
    "discourse": DISCOURSE,
    "github-discussions": GITHUB_DISCUSSIONS,
    "html": HTML,
    "crawl": CRAWL,
    "docx": DOCX,
}


def write_export(folder: Path, sample: Sample) -> Path:
    """Write the files of an export into a folder."""
    for name, data in sample.files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder
