"""Encoded texts, remembered in a folder."""

import os

import numpy as np
import pytest

from kb_builder.index.encoder import Encoder
from kb_builder.index.encoder_cache import open_encoder
from kb_builder.issues import KbError
from tests.index.tiny_bert import write_tiny_bert

TEXTS = ["refund my money", "parcel"]


def make_encoder(folder, **options):
    write_tiny_bert(folder / "model", **options)
    return open_encoder("model", root=folder, cache=folder / "cache")


def files(folder):
    return sorted((folder / "cache").rglob("*.npy"))


def test_texts_are_encoded_once(tmp_path):
    encoder = make_encoder(tmp_path)
    first = encoder.encode(TEXTS)
    [path] = files(tmp_path)
    np.save(path, np.ones((2, 8), dtype=np.float16))  # what is there is taken as it is

    assert first == pytest.approx(Encoder(tmp_path / "model").encode(TEXTS), abs=1e-3)
    assert (encoder.encode(TEXTS) == 1).all()
    assert (encoder.encode(TEXTS[:1]) != 1).any()


@pytest.mark.parametrize("damage", ["cut", "empty", "shape", "pickle"])
def test_a_damaged_file_is_made_anew(damage, tmp_path):
    encoder = make_encoder(tmp_path)
    first = encoder.encode(TEXTS)
    [path] = files(tmp_path)
    whole = path.read_bytes()
    if damage == "shape":
        np.save(path, np.ones((3, 8), dtype=np.float16))
    elif damage == "pickle":
        np.save(path, np.array([print, len], dtype=object), allow_pickle=True)
    else:
        path.write_bytes(whole[:-1] if damage == "cut" else b"")

    assert (encoder.encode(TEXTS) == first).all()
    assert path.read_bytes() == whole


def test_other_weights_have_files_of_their_own(tmp_path):
    make_encoder(tmp_path).encode(TEXTS)
    make_encoder(tmp_path, seed=2).encode(TEXTS)

    assert len(files(tmp_path)) == 2


def test_files_that_nothing_has_asked_for_in_three_months_are_deleted(tmp_path):
    encoder = make_encoder(tmp_path)
    ages = {"used again": 100, "forgotten": 100, "of last month": 30}
    paths = {}
    for text, days in ages.items():
        known = set(files(tmp_path))
        encoder.encode([text])
        [paths[text]] = set(files(tmp_path)) - known
        before = paths[text].stat().st_mtime - days * 24 * 3600
        os.utime(paths[text], (before, before))
    encoder.encode(["used again"])

    encoder.tidy()

    assert [text for text, path in paths.items() if path.exists()] == ["used again", "of last month"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "cache").write_text("a file")

    with pytest.raises(KbError, match="cannot be written"):
        make_encoder(tmp_path).encode(TEXTS)
