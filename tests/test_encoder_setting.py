"""`search.encoder` and `kb evaluate --encoder`, from files to hits, with an encoder of random weights."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kb_builder.cli import kb
from kb_builder.issues import KbError
from tests.index.tiny_bert import write_tiny_bert
from tests.test_search_of_content import Shop, article


@pytest.fixture
def shop(tmp_path) -> Shop:
    shop = Shop(tmp_path / "shop")
    shop.write(
        a=article("Refund", "You get your money back. It takes some days."),
        b=article("Parcel", "The delivery of my parcel is late. The courier has it."),
    )
    return shop


def set_encoder(shop: Shop, name: str) -> None:
    path = shop.root / "mkdocs.yml"
    (before,) = [line for line in path.read_text("utf-8").splitlines() if line.strip().startswith("- kb")]
    setting = f"  - kb:\n      search:\n        encoder: {name}"
    path.write_text(path.read_text("utf-8").replace(before, setting), encoding="utf-8")


def test_the_index_is_fitted_to_the_encoder_and_encoded_texts_are_kept(shop):
    plain = shop.files()
    write_tiny_bert(shop.root / "models" / "tiny")
    set_encoder(shop, "models/tiny")

    first, again = shop.files(), shop.files()

    assert first == again
    assert first.keys() != plain.keys()
    assert shop.find("parcel")[0] == "b"
    assert len(list((shop.root / ".kb" / "encoded").rglob("*.npy"))) == 2


def test_an_encoder_that_is_not_there_is_named(shop):
    set_encoder(shop, "models/none")

    with pytest.raises(KbError, match="sentence encoder 'models/none': no such folder"):
        shop.files()


def test_an_encoder_outside_the_help_center_is_refused(shop):
    set_encoder(shop, "../models")

    with pytest.raises(KbError, match=r"plugins\.kb\.search\.encoder"):
        shop.files()


def test_evaluate_takes_an_encoder(tmp_path):
    write_tiny_bert(tmp_path / "tiny")
    articles = [{"_id": "a", "title": "Refund", "text": "Money."}, {"_id": "b", "title": "Parcel", "text": "Delivery."}]
    (tmp_path / "corpus").write_text("".join(json.dumps(each) + "\n" for each in articles))
    (tmp_path / "queries").write_text('{"_id": "q", "text": "parcel"}\n')
    (tmp_path / "qrels").write_text("query-id\tcorpus-id\tscore\nq\tb\t1\n")
    options = [part for name in ("corpus", "queries", "qrels") for part in (f"--{name}", str(tmp_path / name))]

    done = CliRunner().invoke(kb, ["-q", "evaluate", *options, "--encoder", str(tmp_path / "tiny"), "--json"])

    assert json.loads(done.stdout)["success@1"] == 1.0
