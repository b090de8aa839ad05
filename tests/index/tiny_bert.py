"""A sentence encoder small enough to compute by hand, in a folder as real ones are."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

WIDTH, HEADS, LAYERS, INNER = 8, 2, 2, 12
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "refund",
    "money",
    "parcel",
    "delivery",
    "late",
    "cancel",
    "order",
    "the",
    "my",
]
LONGEST = 128


def write_tiny_bert(folder: Path, *, seed: int = 1, takes_first: bool = False, **changes) -> dict[str, np.ndarray]:
    """Write an encoder of random weights; return them. `changes` are of its config.json."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_padding(length=LONGEST)  # as all-MiniLM-L6-v2 has it; it must not count
    config = {
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": WIDTH,
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "layer_norm_eps": 1e-12,
    } | changes
    weights = random_weights(np.random.default_rng(seed))
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": takes_first}))
    (folder / "model.safetensors").write_bytes(safetensors(weights))
    return weights


def random_weights(random: np.random.Generator) -> dict[str, np.ndarray]:
    shapes = {
        "embeddings.word_embeddings.weight": (len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": (LONGEST, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in (f"encoder.layer.{number}." for number in range(LAYERS)):
        linear = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
        linear |= {"attention.output.dense": (WIDTH, WIDTH), "intermediate.dense": (INNER, WIDTH)}
        for name, (out, given) in (linear | {"output.dense": (WIDTH, INNER)}).items():
            shapes |= {f"{layer}{name}.weight": (out, given), f"{layer}{name}.bias": (out,)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{layer}{name}.weight": (WIDTH,), f"{layer}{name}.bias": (WIDTH,)}
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def safetensors(weights: dict[str, np.ndarray]) -> bytes:
    """Write weights as https://github.com/huggingface/safetensors says, one after the other."""
    header, end = {}, 0
    for name, value in weights.items():
        header[name] = {
            "dtype": f"F{value.itemsize * 8}",
            "shape": value.shape,
            "data_offsets": [end, end + value.nbytes],
        }
        end += value.nbytes
    head = json.dumps(header).encode()
    return len(head).to_bytes(8, "little") + head + b"".join(value.tobytes() for value in weights.values())


def encode_slowly(weights: dict[str, np.ndarray], text: str, *, takes_first: bool = False) -> list[float]:
    """Compute the vector of one text number by number, in double precision."""
    w = {name: value.astype(float).tolist() for name, value in weights.items()}
    tokens = [2, *(WORDS.index(word) if word in WORDS else 1 for word in text.split()), 3]
    tokens = tokens if len(tokens) <= LONGEST else [*tokens[: LONGEST - 1], 3]

    def linear(vector, name):
        rows = zip(w[name + ".weight"], w[name + ".bias"], strict=True)
        return [sum(a * b for a, b in zip(row, vector, strict=True)) + bias for row, bias in rows]

    def normalize(vector, name):
        mean = sum(vector) / len(vector)
        spread = math.sqrt(sum((value - mean) ** 2 for value in vector) / len(vector))
        parts = zip(vector, w[name + ".weight"], w[name + ".bias"], strict=True)
        return [(value - mean) / spread * weight + bias for value, weight, bias in parts]

    def add(*vectors):
        return [sum(column) for column in zip(*vectors, strict=True)]

    embedded = (
        (w["embeddings.word_embeddings.weight"][token], w["embeddings.position_embeddings.weight"][place])
        for place, token in enumerate(tokens)
    )
    kind = w["embeddings.token_type_embeddings.weight"][0]
    states = [normalize(add(*parts, kind), "embeddings.LayerNorm") for parts in embedded]
    for layer in (f"encoder.layer.{number}." for number in range(LAYERS)):
        query, key, value = (
            [linear(state, f"{layer}attention.self.{part}") for state in states] for part in ("query", "key", "value")
        )
        after = []
        for at, state in enumerate(states):
            context = []
            for head in range(HEADS):
                part = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
                scores = [
                    math.exp(sum(a * b for a, b in zip(query[at][part], other[part], strict=True)) / 2) for other in key
                ]
                for column in zip(*(of[part] for of in value), strict=True):
                    context.append(sum(a * b for a, b in zip(scores, column, strict=True)) / sum(scores))
            attended = linear(context, layer + "attention.output.dense")
            middle = normalize(add(state, attended), layer + "attention.output.LayerNorm")
            inner = [x * (1 + math.erf(x / math.sqrt(2))) / 2 for x in linear(middle, layer + "intermediate.dense")]
            after.append(normalize(add(middle, linear(inner, layer + "output.dense")), layer + "output.LayerNorm"))
        states = after
    pooled = states[0] if takes_first else add(*states)
    length = math.sqrt(sum(value * value for value in pooled))
    return [value / length for value in pooled]
