"""A real pretrained model, with the library that people use; the course does not need it.

    pip install transformers                        # once; not among the course's own packages
    real.fill("The array has three <mask>.")        # [("dimensions", 0.2), ...], or one sentence

The model is downloaded by `transformers` from its hub the first time (some 330 MB) and read from
the cache afterwards. Without library, network or cache there is no error, but a sentence that says
what is missing. fairseq, in which RoBERTa was made, is no longer developed.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator

NAME, SECONDS, MASK = "distilbert/distilroberta-base", 10.0, "<mask>"
HUB = "huggingface.co"
MISSING = ("The library transformers is not installed: `pip install transformers` adds it (the "
           "course itself does not need it).")
NO_MODEL = ("{name} is not in this machine's cache, and {why}: with a network this cell downloads "
            "it once, some 330 MB.")
Filled = list[tuple[str, float]]


def fill(sentence: str, name: str = NAME, *, most: int = 5, seconds: float = SECONDS
         ) -> Filled | str:
    """The likeliest words at the "<mask>" of a sentence with their probabilities, best first.

    Or one sentence, if the library is missing, or the model is neither in the cache nor to be had:
    it comes within `seconds` if nothing is to be downloaded. Nothing is printed. Raises ValueError
    if the sentence has not exactly one "<mask>".
    """
    if sentence.count(MASK) != 1:
        raise ValueError(f"{sentence!r} has {sentence.count(MASK)} times {MASK}: hide one word")
    with _silent():
        try:
            library = importlib.import_module("transformers")
        except ImportError:
            return MISSING
        reader, why = _reader(library, name, seconds)
        if reader is None:
            return NO_MODEL.format(name=name, why=why)
        mask = reader.tokenizer.mask_token
        found = reader(sentence.replace(MASK, mask), top_k=most)
    return [(one["token_str"].strip(), float(one["score"])) for one in found]


def _reader(library, name: str, seconds: float) -> tuple[Callable | None, str]:
    """(a pipeline from the cache, or else from the hub, and ""), or (None, why there is none)."""
    try:
        return _pipeline(library, name, local_files_only=True), ""
    except (OSError, ValueError):
        pass                                                            # not in the cache
    why = unreachable(HUB, seconds)
    if why:
        return None, why
    try:
        return _pipeline(library, name, local_files_only=False), ""
    except (OSError, ValueError) as error:
        return None, f"{HUB} does not give it ({str(error).splitlines()[0][:80]})"


def _pipeline(library, name: str, **how) -> Callable:
    model = library.AutoModelForMaskedLM.from_pretrained(name, **how)
    tokenizer = library.AutoTokenizer.from_pretrained(name, **how)
    return library.pipeline("fill-mask", model=model, tokenizer=tokenizer)


def unreachable(host: str, seconds: float) -> str:
    """Why a host cannot be reached within so many seconds, in words; "" if it can."""
    found: list[str] = []

    def knock() -> None:
        try:
            socket.create_connection((host, 443), timeout=seconds).close()
            found.append("")
        except OSError as error:
            offline = "offline" in str(error)
            found.append("this run is offline" if offline else f"{host} cannot be reached")
    asking = threading.Thread(target=knock, daemon=True)    # looking up a name knows no timeout
    asking.start()
    asking.join(seconds)
    return found[0] if found else f"{host} does not answer within {seconds:g} seconds"


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """No bars, warnings or prints of the libraries; what they would print is lost."""
    before = {key: os.environ.get(key) for key in QUIET}
    os.environ.update(QUIET)
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(level)
        for key, value in before.items():
            os.environ.pop(key, None) if value is None else os.environ.update({key: value})


QUIET = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error",
         "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false"}
