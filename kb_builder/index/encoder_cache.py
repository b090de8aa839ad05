"""Remember what an encoder made of texts in a folder, so that a build encodes only what changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kb_builder.index.encoder import Encoder, Floats, encoder_folder
from kb_builder.issues import KbError

_KEPT_SECONDS = 90 * 24 * 3600


class CachedEncoder:
    """An encoder and a folder with a file for each list of texts that it has been given, named by their hash.

    The files are plain arrays of half-precision numbers; nothing in them can run. One that is damaged is made anew.

    Attributes:
        digest: That of the encoder.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder / encoder.digest[:16]
        self.digest = encoder.digest

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text, of length 1 but for rounding to half precision.

        Raises:
            KbError: The folder cannot be written.
        """
        name = hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:40] + ".npy"
        path = self._folder / name
        shape = (len(texts), self._encoder.dimensions)
        try:
            found = np.load(path, allow_pickle=False)
            if found.shape == shape and found.dtype == np.float16:
                path.touch()
                return found.astype(np.float32)
        except (OSError, ValueError, EOFError):
            pass  # not there yet, or damaged: made below
        made = self._encoder.encode(texts).astype(np.float16)
        self._save(path, made)
        return made.astype(np.float32)

    def tidy(self) -> None:
        """Delete the files that were last used three months before the one that was used last."""
        times = {path: path.stat().st_mtime for path in self._folder.glob("*.npy")}
        oldest = max(times.values(), default=0) - _KEPT_SECONDS
        for path, time in times.items():
            if time < oldest:
                path.unlink(missing_ok=True)

    @staticmethod
    def _save(path: Path, made: np.typing.NDArray[np.float16]) -> None:
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.save(file, made, allow_pickle=False)
            part.replace(path)
        except OSError as error:
            raise KbError(
                f"{path.parent}: cannot be written: {error.strerror or error}", hint="Encoded texts are kept there."
            ) from None


def open_encoder(name: str, *, root: Path, cache: Path) -> CachedEncoder:
    """Open an encoder that keeps what it made below ``cache``.

    Args:
        name: A folder, relative to ``root``, or the name of the package with the weights.

    Raises:
        KbError: The encoder or the extra ``semantic`` is missing, or the folder holds none.
    """
    return CachedEncoder(Encoder(encoder_folder(name, root=root)), cache)
