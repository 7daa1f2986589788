"""Checkpoints: weights trained before, small enough to travel with the course.

NAME.pt holds the weights alone, NAME.json what is known about them: the config they are built
from, the tokenizer that their ids belong to, the training curve, minutes, sha256.
NAME.results.json holds numbers of an experiment.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from helpers import tokenizers
from helpers.files import replace_file
from helpers.session import public_version
from helpers.training.files import check_name, code_sha256, differences, sha256
from helpers.training.history import History

FOLDER = Path(__file__).parents[2] / "data" / "checkpoints"
MOST_BYTES = 5_000_000
MOST_POINTS = 200
EARLY = "_early"        # NAME_early: a state that the recipe NAME stores on its way


def save_checkpoint(name: str, model: nn.Module, *, tokenizer: tokenizers.Tokenizer, config: dict,
                    history: History, minutes: float, half: bool = False,
                    folder: Path = FOLDER) -> None:
    """Write NAME.pt and NAME.json.

    tokenizer: what made the ids that the model was trained on; it travels with the weights.
    config: what `load_checkpoint` calls build with, plain JSON, with the model's "vocab_size";
    minutes: how long it was trained. half: store numbers with 16 bits instead of 32, half the
    size, about three digits.
    Raises ValueError for a config that JSON changes, a vocab_size that is not the tokenizer's,
    weights that are NaN, or a file of 5 MB or more.
    """
    _check_fit(f"checkpoint {name!r}", config, tokenizer)
    check_name(name)
    _check_not_nan(f"the model for checkpoint {name!r}", model.state_dict())
    weights = {key: _halved(key, t) if half else t for key, t in model.state_dict().items()}
    buffer = io.BytesIO()
    torch.save(weights, buffer)
    data = buffer.getvalue()
    if len(data) >= MOST_BYTES:
        cure = "take a smaller model" if half else "store it with half=True or take a smaller model"
        raise ValueError(f"checkpoint {name!r} has {len(data) / 1e6:.1f} MB, "
                         f"the limit is {MOST_BYTES / 1e6:.0f} MB: {cure}")
    text = tokenizer.to_json()
    info = {"config": config, "curve": curve(history), "minutes": _minutes(minutes),
            "parameters": sum(p.numel() for p in model.parameters()), "sha256": sha256(data),
            "tokenizer": text, "tokenizer_sha256": sha256(text.encode()),
            "torch": public_version(torch.__version__)}
    text = _json(info, f"config of {name!r}")
    replace_file(Path(folder) / f"{name}.pt", data)
    replace_file(Path(folder) / f"{name}.json", text)


def checkpoint_info(name: str, *, folder: Path = FOLDER) -> dict:
    """What is known about a checkpoint: config, curve, minutes, parameters, tokenizer, sha256.

    Raises FileNotFoundError if there is no such checkpoint, ValueError if its file is damaged.
    """
    info = _read_json(name, f"{name}.json", Path(folder))
    missing = {"config", "curve", "sha256", "tokenizer", "tokenizer_sha256"} - info.keys()
    if missing:
        raise ValueError(f"{_shown(Path(folder) / f'{name}.json')} describes no checkpoint of "
                         f"this edition, {', '.join(sorted(missing))} is missing: {_cure(name)}")
    return info


def load_checkpoint(name: str, build: Callable[..., nn.Module], *,
                    folder: Path = FOLDER) -> tuple[nn.Module, tokenizers.Tokenizer]:
    """(model, tokenizer): what build(**config) makes with the stored weights, float32, in eval
    mode, and the tokenizer that its ids belong to.

    Raises FileNotFoundError if there is no such checkpoint, ValueError if the file is damaged or
    does not fit to what this code builds; the message says how to get one that does.
    """
    info = checkpoint_info(name, folder=folder)
    tokenizer, weights = _stored_tokenizer(name, info), _stored_weights(name, info, Path(folder))
    _check_fit(f"checkpoint {name!r}", info["config"], tokenizer, f": {_cure(name)}")
    try:
        model = build(**info["config"])
    except TypeError as error:
        raise ValueError(f"checkpoint {name!r} was made with {info['config']}, which this code "
                         f"does not take ({error}): {_cure(name)}") from error
    odd = differences(weights, model.state_dict())
    if odd:
        raise ValueError(f"checkpoint {name!r} does not fit this code: {odd}; {_cure(name)}")
    model.load_state_dict(weights)      # 16 bits become 32 here
    return model.eval(), tokenizer


def _stored_weights(name: str, info: dict, folder: Path) -> dict[str, Tensor]:
    path = folder / f"{name}.pt"
    if not path.is_file():
        raise _missing(name, path)
    data = path.read_bytes()
    if sha256(data) != info["sha256"]:
        raise ValueError(f"{_shown(path)} is not the file that was stored ({len(data)} bytes, "
                         f"another sha256): {_cure(name)}")
    weights = torch.load(io.BytesIO(data), weights_only=True)
    _check_not_nan(_shown(path), weights, f": {_cure(name)}")
    return weights


def _stored_tokenizer(name: str, info: dict) -> tokenizers.Tokenizer:
    text = str(info["tokenizer"])
    if sha256(text.encode()) != info["tokenizer_sha256"]:
        raise ValueError(f"the tokenizer of checkpoint {name!r} is not the one that was stored "
                         f"(another sha256): {_cure(name)}")
    return tokenizers.from_json(text)


def _check_fit(what: str, config: dict, tokenizer: tokenizers.Tokenizer, cure: str = "") -> None:
    size = config.get("vocab_size")
    if size != len(tokenizer):
        raise ValueError(f"{what}: the config's vocab_size is {size}, the tokenizer has "
                         f"{len(tokenizer)} ids{cure}")


def _check_not_nan(what: str, weights: dict[str, Tensor], cure: str = "") -> None:
    for key, tensor in weights.items():
        if tensor.isnan().any():
            raise ValueError(f"{what}: {key} holds NaN, which is no weight{cure}")


def curve(history: History, most: int = MOST_POINTS) -> dict:
    """The losses of a run at no more than `most` steps evenly apart, first and last among them."""
    steps, valid = _thinned(history.done, most), _thinned(len(history.valid_steps), most)
    return {
        "steps": [history.steps[i] for i in steps],
        "losses": [round(history.losses[i], 4) for i in steps],
        "valid_steps": [history.valid_steps[i] for i in valid],
        "valid_losses": [round(history.valid_losses[i], 4) for i in valid],
        "best_step": history.best_step,
        "best_loss": history.best_loss,
    }


def save_results(name: str, results: dict, *, made_by: Sequence[str] = (), minutes: float = 0.0,
                 folder: Path = FOLDER) -> None:
    """Write NAME.results.json: measured numbers only, plain JSON; minutes: how long it took.

    made_by: the modules and files of data/ that made them; their sha256 is stored too, see
    `changed_since`.
    Raises ValueError for results that JSON changes (numbers as keys, tuples, NaN).
    """
    check_name(name)
    info = {"results": results, "minutes": _minutes(minutes), "made_by": code_sha256(made_by),
            "sha256": sha256(_json(results, f"results {name!r}")),
            "torch": public_version(torch.__version__)}
    replace_file(Path(folder) / f"{name}.results.json", _json(info, f"results {name!r}"))


def results_info(name: str, *, folder: Path = FOLDER) -> dict:
    """All that was stored with some results: results, minutes, made_by, sha256, torch.

    Raises FileNotFoundError if there are none of this name, ValueError if they were changed.
    """
    info = _read_json(name, f"{name}.results.json", Path(folder))
    if sha256(_json(info.get("results"), f"results {name!r}")) != info.get("sha256"):
        raise ValueError(f"the results {name!r} are not what was stored: {_cure(name)}")
    return info


def changed_since(name: str, *, folder: Path = FOLDER) -> list[str]:
    """What made some stored results and reads differently today, code or data: [] if nothing."""
    made_by = results_info(name, folder=folder).get("made_by", {})
    return [module for module, now in code_sha256(list(made_by)).items() if now != made_by[module]]


def load_results(name: str, *, folder: Path = FOLDER) -> dict:
    """The numbers that `save_results` stored; raises like `results_info`."""
    return results_info(name, folder=folder)["results"]


def _halved(key: str, tensor: Tensor) -> Tensor:
    if not tensor.is_floating_point():
        return tensor
    if (tensor.half().isinf() & tensor.isfinite()).any():
        raise ValueError(f"{key} has numbers too large for 16 bits: store it with half=False")
    return tensor.half()


def _minutes(minutes: float) -> float:
    if not 0 <= minutes < math.inf:
        raise ValueError(f"minutes={minutes}: it must be 0 or more")
    return round(float(minutes), 2)


def _thinned(count: int, most: int) -> list[int]:
    return np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()


def _json(value: object, what: str) -> bytes:
    """`value` as JSON; ValueError if it would not come back the same."""
    try:
        text = json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n"
        same = json.loads(text) == value
    except (TypeError, ValueError) as error:
        raise ValueError(f"the {what} cannot be stored as JSON: {error}") from error
    if not same:
        raise ValueError(f"the {what} would come back changed from JSON: "
                         "use lists instead of tuples, and text as keys")
    return text.encode()


def _read_json(name: str, file: str, folder: Path) -> dict:
    check_name(name)
    path = folder / file
    if not path.is_file():
        raise _missing(name, path)
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
        return dict(info)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{_shown(path)} is cut off or damaged: {_cure(name)}") from error


def _missing(name: str, path: Path) -> FileNotFoundError:
    return FileNotFoundError(f"there is no {_shown(path)}: `{_recipe(name)}` makes it")


def _cure(name: str) -> str:
    return (f"run `{_recipe(name)}`, or take the course's own file back with "
            f"`git checkout data/checkpoints`")


def _recipe(name: str) -> str:
    return f"make checkpoints ARGS={name.removesuffix(EARLY)}"


def _shown(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
