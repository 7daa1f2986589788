"""Checkpoints and stored results: as they were, with their tokenizer, or not at all."""

import hashlib
import json
import math
import re
from pathlib import Path

import make_checkpoints
import pytest
import torch
from torch import nn

from helpers import corpora, metrics, neural, rnn_lstm, tokenizers, training
from helpers.training import checkpoints

LETTERS = tokenizers.Vocabulary("ab")
CONFIG = {"vocab_size": 4, "width": 6}


def network(vocab_size=4, width=6):
    torch.manual_seed(7)
    return nn.Sequential(nn.Linear(3, width), nn.Tanh(), nn.Dropout(0.5),
                         nn.Linear(width, vocab_size))


class Guess(nn.Module):
    """One weight vector."""

    def __init__(self, start=(0.0, 0.0)):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(start))


def assert_same(model, other):
    for one, two in zip(model.state_dict().items(), other.state_dict().items(), strict=True):
        assert one[0] == two[0] and torch.equal(one[1], two[1])


def save(name, model, folder, config=None, tokenizer=LETTERS, **how):
    training.save_checkpoint(name, model, tokenizer=tokenizer, config=config or {"vocab_size": 4},
                             history=training.History(), minutes=0, folder=folder, **how)


@pytest.fixture
def stored(tmp_path):
    """A model, its history, and the folder in which both are stored as "tiny"."""
    model, history = network(), training.History()
    for step in range(1, 451):
        history.add(4 / step, 1.0, 0.001)
        if step % 150 == 0:
            history.add_validation(5 / step)
    folder = tmp_path / "data" / "checkpoints"
    training.save_checkpoint("tiny", model, tokenizer=LETTERS, config=CONFIG, history=history,
                             minutes=1.25, folder=folder)
    return model, history, folder


def build(vocab_size, width):
    model = network(vocab_size, width)
    with torch.no_grad():
        model[0].weight.zero_()
    return model


def test_a_checkpoint_comes_back_as_the_same_model_in_eval_mode(stored):
    model, _, folder = stored
    loaded, tokenizer = training.load_checkpoint("tiny", build, folder=folder)
    assert_same(loaded, model)
    assert tokenizer == LETTERS
    assert not loaded.training
    plain = torch.load(folder / "tiny.pt", weights_only=True)
    assert type(plain) is dict and plain.keys() == model.state_dict().keys()


def test_a_half_checkpoint_is_smaller_and_comes_back_as_float32(tmp_path):
    model = nn.Sequential(nn.Linear(50, 100), nn.BatchNorm1d(100))
    model[1].num_batches_tracked += 70001       # a whole number that 16 bits cannot hold
    for half in (True, False):
        save(f"half_{half}", model, tmp_path, half=half)
    sizes = [(tmp_path / f"half_{half}.pt").stat().st_size for half in (True, False)]
    assert sizes[0] < 0.65 * sizes[1]
    loaded, _ = training.load_checkpoint(
        "half_True", lambda vocab_size: nn.Sequential(nn.Linear(50, 100), nn.BatchNorm1d(100)),
        folder=tmp_path)
    assert loaded[0].weight.dtype == torch.float32
    assert torch.equal(loaded[0].weight, model[0].weight.half().float())
    assert loaded[1].num_batches_tracked == 70001


def test_the_facts_beside_a_checkpoint_are_right(stored, monkeypatch):
    model, history, folder = stored
    info = training.checkpoint_info("tiny", folder=folder)
    assert info["config"] == CONFIG and info["minutes"] == 1.25
    assert info["sha256"] == hashlib.sha256((folder / "tiny.pt").read_bytes()).hexdigest()
    assert info["parameters"] == 3 * 6 + 6 + 6 * 4 + 4
    assert info["torch"] and "+" not in info["torch"]
    curve = info["curve"]
    assert len(curve["steps"]) == len(curve["losses"]) == 200
    assert (curve["steps"][0], curve["steps"][-1]) == (1, 450)
    assert len(set(curve["steps"])) == 200
    at = dict(zip(history.steps, history.losses, strict=True))
    assert curve["losses"] == [round(at[step], 4) for step in curve["steps"]]
    assert curve["valid_steps"] == [150, 300, 450]
    assert (curve["best_step"], curve["best_loss"]) == (history.best_step, history.best_loss)
    assert "+cpu" not in (folder / "tiny.json").read_text()


def test_storing_twice_gives_the_same_bytes(stored):
    model, history, folder = stored
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    training.save_checkpoint("tiny", model, tokenizer=LETTERS, config=CONFIG, history=history,
                             minutes=1.25, folder=folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert before.keys() == {"tiny.pt", "tiny.json"}


def test_a_checkpoint_that_is_missing_says_how_it_is_made(stored):
    folder = stored[2]
    with pytest.raises(FileNotFoundError, match="checkpoints/none.json: `make checkpoints ARGS=n"):
        training.load_checkpoint("none", build, folder=folder)
    (folder / "tiny.pt").unlink()
    with pytest.raises(FileNotFoundError, match="tiny.pt: `make checkpoints ARGS=tiny` makes it"):
        training.load_checkpoint("tiny", build, folder=folder)


@pytest.mark.parametrize(("file", "words"), [
    ("tiny.pt", r"not the file that was stored \(\d+ bytes"), ("tiny.json", "cut off or damaged")])
def test_a_cut_file_is_refused_with_the_cure(stored, file, words):
    path = stored[2] / file
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ValueError, match=f"{file} is {words}.*`make checkpoints ARGS=tiny`"):
        training.load_checkpoint("tiny", build, folder=stored[2])


def test_a_json_file_of_another_kind_is_refused(stored):
    (stored[2] / "tiny.json").write_text('{"results": 1}')
    with pytest.raises(ValueError, match="describes no checkpoint"):
        training.load_checkpoint("tiny", build, folder=stored[2])


def test_a_checkpoint_that_does_not_fit_names_both_sides_and_the_cure(stored):
    def load(builder):
        return training.load_checkpoint("tiny", builder, folder=stored[2])

    with pytest.raises(ValueError, match=(
            r"does not fit this code: the file has 0\.weight \(6, 3\), 0\.bias \(6,\), 3\.weight "
            r"\(4, 6\); this code has 0\.weight \(7, 3\), .*; run `make checkpoints ARGS=tiny`")):
        load(lambda vocab_size, width: build(vocab_size, width + 1))
    with pytest.raises(ValueError, match=r"the file has 4\.weight missing, .*4\.weight \(2, 4\)"):
        load(lambda **c: build(**c).append(nn.Linear(4, 2)))
    with pytest.raises(ValueError, match=r"the file has 3\.weight \(4, 6\), .*3\.weight missing"):
        load(lambda **c: build(**c)[:3])
    with pytest.raises(ValueError, match=r"made with .*'width': 6.*, which this code does"):
        load(lambda vocab_size: build(vocab_size, 6))


def test_a_checkpoint_of_five_megabytes_is_refused_and_nothing_is_written(tmp_path):
    big = nn.Linear(1000, 1300)
    with pytest.raises(ValueError, match="5.2 MB, the limit is 5 MB: store it with half=True"):
        save("big", big, tmp_path)
    assert list(tmp_path.iterdir()) == []
    save("big", big, tmp_path, half=True)
    with pytest.raises(ValueError, match="limit is 5 MB: take a smaller model"):
        save("big", nn.Linear(1000, 2600), tmp_path, half=True)


def test_numbers_too_large_for_sixteen_bits_are_refused(tmp_path):
    with pytest.raises(ValueError, match="^w has numbers too large for 16 bits"):
        save("big", Guess((1.0, 70000.0)), tmp_path, half=True)
    save("big", Guess((1.0, -math.inf)), tmp_path, half=True)


def test_nan_is_neither_stored_nor_read(stored):
    folder = stored[2]
    with pytest.raises(ValueError, match="w holds NaN, which is no weight"):
        save("x", Guess((1.0, math.nan)), folder)
    assert not (folder / "x.pt").exists()
    broken = {key: torch.full_like(t, math.nan) for key, t in stored[0].state_dict().items()}
    torch.save(broken, folder / "tiny.pt")
    info = json.loads((folder / "tiny.json").read_text())
    info["sha256"] = hashlib.sha256((folder / "tiny.pt").read_bytes()).hexdigest()
    (folder / "tiny.json").write_text(json.dumps(info))
    with pytest.raises(ValueError, match=r"tiny.pt: 0.weight holds NaN.*ARGS=tiny"):
        training.load_checkpoint("tiny", build, folder=folder)


def test_a_tokenizer_of_another_size_is_refused_at_both_doors(stored):
    folder = stored[2]
    with pytest.raises(ValueError, match="vocab_size is 4, the tokenizer has 5 ids"):
        save("x", network(), folder, tokenizer=tokenizers.Vocabulary("abc"))
    with pytest.raises(ValueError, match="vocab_size is None"):
        save("x", network(), folder, config={"width": 6})
    path = folder / "tiny.json"
    info, text = json.loads(path.read_text()), tokenizers.Vocabulary("abc").to_json()
    path.write_text(json.dumps({**info, "tokenizer": text}))
    with pytest.raises(ValueError, match="tokenizer of checkpoint 'tiny' is not the one"):
        training.load_checkpoint("tiny", build, folder=folder)
    digest = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps({**info, "tokenizer": text, "tokenizer_sha256": digest}))
    with pytest.raises(ValueError, match="vocab_size is 4, the tokenizer has 5.*ARGS=tiny"):
        training.load_checkpoint("tiny", build, folder=folder)


def test_a_checkpoint_of_an_older_edition_is_refused_in_words(stored):
    path = stored[2] / "tiny.json"
    info = json.loads(path.read_text())
    path.write_text(json.dumps({k: v for k, v in info.items() if "tokenizer" not in k}))
    with pytest.raises(ValueError, match="tokenizer, tokenizer_sha256 is missing: run `make ch"):
        training.load_checkpoint("tiny", build, folder=stored[2])


def test_a_letter_changed_in_the_text_changes_nothing_in_a_stored_model(monkeypatch):
    texts = corpora.load("stories", "test")[:2]

    def score():
        model, tokenizer = training.load_checkpoint("stories_lstm", rnn_lstm.LanguageModel)
        return metrics.bits_per_character(neural.NeuralLM(model, tokenizer), texts)
    before = score()
    monkeypatch.setattr(corpora, "load", lambda *_: ["another text: ß"])
    assert score() == before < 2.3


@pytest.mark.parametrize(("config", "said"), [
    ({"sizes": (1, 2)}, "would come back changed"),
    ({1: "one"}, "would come back changed|cannot be stored"),       # beside other keys: no order
    ({"x": math.nan}, "cannot be stored"), ({"x": math.inf}, "cannot be stored"),
    ({"x": torch.ones(1)}, "cannot be stored"), ({"x": {1}}, "cannot be stored")])
def test_what_json_would_change_or_cannot_hold_is_refused(tmp_path, config, said):
    with pytest.raises(ValueError, match=f"config of 'x' ({said}).* JSON"):
        save("x", Guess(), tmp_path, config={"vocab_size": 4, **config})
    with pytest.raises(ValueError, match=f"results 'x' ({said}).* JSON"):
        training.save_results("x", config, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("minutes", [-1, math.nan, math.inf])
def test_minutes_are_a_time(tmp_path, minutes):
    with pytest.raises(ValueError, match=f"minutes={minutes}: it must"):
        training.save_results("x", {}, minutes=minutes, folder=tmp_path)


def test_results_come_back_beside_a_checkpoint_of_the_same_name(stored):
    folder, results = stored[2], {"T=40": [0.1, 0.25, 1.0], "seeds": 3, "note": "räume"}
    training.save_results("tiny", results, minutes=12.5, folder=folder)
    assert training.load_results("tiny", folder=folder) == results
    assert training.results_info("tiny", folder=folder)["minutes"] == 12.5
    assert training.load_checkpoint("tiny", build, folder=folder)


def test_results_know_the_code_that_made_them(tmp_path, monkeypatch):
    (tmp_path / "maker.py").write_text("RATE = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    training.save_results("x", {"loss": 1.5}, made_by=["maker"], folder=tmp_path)
    assert training.changed_since("x", folder=tmp_path) == []
    (tmp_path / "maker.py").write_text("RATE = 2\n")
    assert training.changed_since("x", folder=tmp_path) == ["maker"]


def test_results_changed_by_hand_or_missing_are_refused(tmp_path):
    training.save_results("x", {"loss": 1.5}, folder=tmp_path)
    path = tmp_path / "x.results.json"
    path.write_text(path.read_text().replace("1.5", "1.4"))
    with pytest.raises(ValueError, match="the results 'x' are not what was stored: run `make ch"):
        training.load_results("x", folder=tmp_path)
    with pytest.raises(FileNotFoundError, match="y.results.json: `make checkpoints ARGS=y`"):
        training.load_results("y", folder=tmp_path)


@pytest.mark.parametrize("name", ["", "a/b", "../a", ".a", "ä", "a b"])
def test_names_that_are_no_file_names_everywhere_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match="use letters"):
        training.save_results(name, {}, folder=tmp_path)
    with pytest.raises(ValueError, match="use letters"):
        training.load_checkpoint(name, build, folder=tmp_path)


def test_checkpoints_lie_in_the_courses_data_folder():
    root = Path(__file__).parents[1]
    assert root / "data" / "checkpoints" == checkpoints.FOLDER


def test_every_stored_file_is_made_by_the_line_that_its_error_names(tmp_path):
    names = {path.name.partition(".")[0] for path in checkpoints.FOLDER.iterdir()}
    assert {"docs_transformer_early", "docs_transformer", "recall"} <= names
    for name in names:
        with pytest.raises(FileNotFoundError, match="`make checkpoints") as missing:
            training.load_results(name, folder=tmp_path)
        recipe = re.search("`make checkpoints ARGS=([^`]*)`", str(missing.value))[1]
        assert recipe in make_checkpoints.RECIPES, f"{name}: {recipe}"


def test_a_recipe_that_is_none_is_refused_before_anything_is_trained(capsys):
    assert make_checkpoints.main(["recall", "docs_transformer_early"]) == 2
    assert capsys.readouterr().err.startswith("docs_transformer_early: there are reversal, ")


def test_a_state_on_the_way_is_made_by_the_recipe_of_the_whole_run(stored):
    folder = stored[2]
    for file in folder.iterdir():
        file.rename(folder / file.name.replace("tiny", "tiny_early"))
    (folder / "tiny_early.pt").write_bytes(b"")
    with pytest.raises(ValueError, match="run `make checkpoints ARGS=tiny`, or"):
        training.load_checkpoint("tiny_early", build, folder=folder)
