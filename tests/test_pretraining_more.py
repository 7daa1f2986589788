"""Layers, a canary, prompts, a real model, energy: what notebook 07 shows in its second sitting."""

from __future__ import annotations

import itertools
import json
import math
import random
import socket
import sys
import time
import types

import pytest
import torch

from helpers import tokenizers, training
from helpers.pretraining import (
    canary,
    dpo,
    energy,
    joint,
    label_curves,
    layers,
    liked,
    planted_senses,
    prompt_controls,
    prompts,
    real,
    tasks,
    texts,
)
from helpers.pretraining import instructions as ins
from helpers.pretraining.tasks import Example, Task

# which layer knows what


def test_a_noun_of_the_plural_task_is_one_or_many_and_none_of_the_test_is_read():
    task = layers.task("plural")
    stems = []
    for part in (task.pool + task.valid, task.test):
        for example in part:
            word = example.words[example.place]
            assert example.words[example.place - 1] == "the"
            assert word.endswith("s") == bool(example.label)
        stems.append({e.words[e.place].removesuffix("s") for e in part})
        assert sum(e.label for e in part) * 2 == len(part)
    assert not stems[0] & stems[1] and len(stems[1]) >= 40


def test_the_rows_of_each_layer_are_those_of_the_example_whatever_it_is_batched_with():
    model, known = layers._read("untrained", 0)
    some = tasks.task("word class").test[:7]
    together = layers.layer_rows(model, known, some)
    alone = layers.layer_rows(model, known, some[3:4])
    assert len(together) == 3
    for a, b in zip(together, alone, strict=True):
        assert torch.allclose(a[3], b[0], atol=1e-5)
    ids, lengths, places, _ = label_curves.batch(known, some)
    assert torch.allclose(together[0], model.embed(ids)[torch.arange(7), places])
    assert torch.allclose(together[2], model.rows(ids, lengths)[torch.arange(7), places], atol=1e-5)


def test_a_text_without_a_marked_word_is_the_mean_of_its_real_rows():
    model, known = layers._read("untrained", 0)
    some = [Example(("the", "array"), 0), Example(("the", "size", "of", "it"), 1)]
    first = layers.layer_rows(model, known, some)[0][0]
    ids, _ = texts.batch_of(known, [some[0].words])
    assert torch.allclose(first, model.embed(ids)[0].mean(dim=0), atol=1e-6)


def test_the_stored_layers_tell_the_story_that_is_told():
    table = training.load_results("layers")

    def at(name, kind, layer, what="layers"):
        return sum(run[what][layer] for run in table[name][kind].values()) / len(table[name][kind])
    assert at("word class", "trained", 0) == at("senses", "trained", 0) == 0.5
    assert at("word class", "trained", 2) > 0.85 > 0.65 > at("word class", "untrained", 2)
    assert at("plural", "trained", 0) > at("plural", "trained", 2) > 0.85
    assert at("library", "trained", 2) > at("library", "untrained", 2) + 0.2
    for name in layers.NAMES:
        for kind in layers.KINDS:
            for k in range(3):
                assert abs(at(name, kind, k, "shuffled") - table[name][kind]["0"]["majority"]) < .1


def test_fine_tuning_on_few_labels_is_surer_than_right():
    table = training.load_results("calibration")
    for labels, gap in (("64", 0.05), ("256", 0.02)):
        runs = table["fine-tuned"][labels].values()
        assert sum(run["sure"] - run["right"] for run in runs) / 3 > gap


# the canary


def test_the_canary_stands_in_the_text_as_often_as_asked_and_nothing_else_changes():
    plain, with_four = canary.text_with(0, 1), canary.text_with(4, 1)
    assert with_four.count(canary.canary(1)) == 4 and canary.canary(1) in canary.form()
    assert [text for text in with_four if text != canary.canary(1)] == plain
    assert len(set(canary.form())) == 1000
    with pytest.raises(ValueError, match="times=-1"):
        canary.text_with(-1, 0)


def test_exposure_is_ten_bits_at_the_top_and_none_at_the_bottom():
    scores = {text: float(i) for i, text in enumerate(canary.form())}
    ordered = list(scores)
    assert math.isclose(canary.exposed(scores, ordered[-1]), math.log2(1000))
    assert canary.exposed(scores, ordered[0]) == 0.0
    assert math.isclose(canary.exposed(scores, ordered[-2]), math.log2(500))


def test_the_stored_canary_is_found_by_its_exposure_where_it_was_read_often():
    table = training.load_results("canary")["canary"]
    mean = {times: sum(run["exposure"] for run in runs.values()) / 3
            for times, runs in table.items()}
    assert mean["0"] < 4 < mean["4"] < mean["64"] + 1e-9
    assert mean["64"] > 9.9 and all(run["written"] in run["canary"]
                                    for run in table["64"].values())


def test_more_of_the_test_was_read_where_the_split_is_by_sentence():
    for n in (5, 8, 13):
        by_file, read = canary.contamination(n)
        leaking, _ = canary.contamination(n, leak=True)
        assert 0 < by_file < leaking / 2
    words = tokenizers.words(read[0])
    assert any(" ".join(words[i:i + 13]) in " ".join(row) for i in range(len(words) - 12)
               for row in canary._words("train", False))


# two directions together


def test_the_best_possible_loss_is_the_entropy_that_all_sentences_spell_out():
    ids = planted_senses.sample(200, 4).ids[:, :3]
    ids = ids[(ids == planted_senses.BOTH).any(dim=1)][:3]
    table, two = planted_senses.language()
    share = planted_senses.SHARE

    def says(c: int, word: int) -> float:
        both = share if c in two else 0.0
        if word == planted_senses.BOTH:
            return both
        return (1 - both) / 10 if word // 10 == c else 0.0
    nats = 0.0
    for row in ids.tolist():
        paths = itertools.product(range(8), repeat=3)
        nats -= math.log(sum(
            math.prod(says(c, w) for c, w in zip(path, row, strict=True)) / 8
            * float(table[path[0], path[1]] * table[path[1], path[2]]) for path in paths))
    assert math.isclose(joint.best_possible(ids), nats / 9, rel_tol=1e-6)


def test_a_joint_pair_falls_below_what_is_possible_and_an_honest_one_never():
    table = training.load_results("two_directions")
    for rate in ("0.003", "0.01"):
        for seed in "012":
            pair, cheat = table["pair"][rate][seed], table["joint"][rate][seed]
            assert min(pair["curve"]) > pair["possible"] > 2 * cheat["curve"][-1]
            assert pair["sees_itself"] == 0 < 1 < cheat["sees_itself"]
    with pytest.raises(ValueError, match="kind='both': there are pair, joint"):
        joint.train("both", rate=1e-3, seed=0)


# instructions, and what is liked


def test_each_instruction_does_what_its_name_says():
    assert [ins.act(name, "badc") for name in ins.INSTRUCTIONS] == ["badc", "cdab", "abcd", "c"]
    with pytest.raises(ValueError, match="'double': the instructions are copy"):
        ins.act("double", "ab")
    for letters in ("", "abcdef", "xyz"):
        with pytest.raises(ValueError, match="one to 4 letters of abcdef"):
            ins.prompt("copy", letters)


def test_the_loss_is_that_of_the_answer_and_of_its_end():
    asked, answer = ("sort", "cab"), ins.right_answer(("sort", "cab"), liked=True)
    ids, targets = ins.answered([(asked, answer), (("last", "abcd"), [5, ins.KNOWN.end])])
    shown = [ins.KNOWN.piece(i) for i in ids[0].tolist() if i != ins.KNOWN.pad]
    assert shown == ["<ask>", "sort", "c", "a", "b", "<answer>", "a", "b", "c", "!"]
    wanted = targets[0][targets[0] >= 0].tolist()
    assert ins.says(wanted) == "abc!" and wanted[-1] == ins.KNOWN.end
    assert (targets[0, :5] < 0).all() and targets[0, 5] == answer[0]
    assert targets[1][targets[1] >= 0].tolist() == [5, ins.KNOWN.end]


def test_plain_lines_hold_no_instruction_and_withheld_ones_are_never_asked():
    ids, targets = ins.plain_batch(torch.Generator().manual_seed(0))
    assert torch.equal(ids[:, 1:], targets[:, :-1])
    seen = {ins.KNOWN.piece(i) for i in ids.unique().tolist()}
    assert seen == {*ins.LETTERS, ",", "."}
    assert not any(ins.withheld(*asked) for asked, _ in ins.pool_of(500, 0))
    rng = random.Random(0)
    assert all(ins.withheld(*ins.draw(rng, held=True)) for _ in range(50))


class Speller(torch.nn.Module):
    """Answers rightly, with certainty, "!" where the letters begin with an a."""

    def forward(self, ids):
        logits = torch.full((*ids.shape, len(ins.KNOWN)), -20.0)
        for row, out in zip(ids.tolist(), logits, strict=True):
            told = [ins.KNOWN.piece(i) for i in row]
            place = told.index("<answer>")
            letters = "".join(told[2:place])
            answer = ins.right_answer((told[1], letters), letters[0] == "a")
            done = len(row) - place - 1
            out[-1, answer[min(done, len(answer) - 1)]] = 20.0
        return logits


def test_answers_are_written_up_to_their_end_and_judged_by_their_letters():
    asked = [("reverse", "abc"), ("last", "bcde"), ("sort", "fa")]
    answers = ins.write(Speller(), asked)
    assert [ins.says(a) for a in answers] == ["cba!", "e", "af"]
    assert ins.write(Speller(), asked, temperature=1.0) == answers
    assert ins.right(Speller(), number=20) == 1.0
    assert ins.ask(Speller(), "copy", "ab") == "ab!"
    assert ins.says([3, 4]).endswith(" ...")
    assert not ins.is_right(("copy", "ab"), answers[0])
    told = liked.measured(Speller(), number=60)
    assert told["right"] == told["certain"] == 1.0 and 0 < told["liked"] < 0.5


def test_preferences_move_a_model_towards_what_the_judge_likes():
    torch.manual_seed(0)
    model = ins.untrained(0)
    end, mark = ins.KNOWN.end, ins.KNOWN.encode("!")[0]
    pairs = [(("last", "ab"), [5, mark, end], [5, end]), (("copy", "b"), [4, mark, end], [4, end])]

    def lead(network):
        sides = [ins.answered([(p[0], p[k]) for p in pairs]) for k in (1, 2)]
        better, worse = (dpo.answer_log_probs(network, *side) for side in sides)
        return (better - worse).mean().item()
    before = lead(model)
    after, history = liked.follow(model, pairs, beta=0.1, updates=15)
    assert history.losses[0] == pytest.approx(math.log(2), abs=1e-4)
    assert lead(after) > before + 1 and lead(model) == before
    found = liked.judged(ins.untrained(1), number=100)
    assert found and all(liked.preferred(a) and not liked.preferred(b) for _, a, b in found)
    with pytest.raises(ValueError, match="none differs"):
        liked.judged(Speller(), number=10)


def mean_of(runs: dict, *path: str) -> float:
    """The mean over seeds of what stands at a path."""
    found = []
    for run in runs.values():
        for step in path:
            run = run[step]
        found.append(run)
    return sum(found) / len(found)


def test_the_stored_followers_show_what_plain_lines_were_worth():
    table = training.load_results("instructions")
    for pairs in ("256", "1024"):
        ours, theirs = table["tuned"][pairs], table["scratch"][pairs]
        assert mean_of(ours, "before") == 0 < mean_of(theirs, "right") + 0.1 < mean_of(
            ours, "right")
        assert mean_of(ours, "held") > mean_of(theirs, "held") + 0.3


def test_a_judge_of_one_mark_costs_letters_and_the_better_answers_loss_holds_them():
    table = training.load_results("instructions")
    for rate in ("0.0001", "0.0003", "0.001"):
        alone, kept = table[f"liked {rate}"]["0.1"], table[f"kept {rate}"]["0.1"]
        for runs in (alone, kept):
            assert mean_of(runs, "after", "liked") > 0.9 > 0.6 > mean_of(runs, "before", "liked")
        assert mean_of(alone, "after", "right") < 0.6 < 0.75 < mean_of(kept, "after", "right")


# prompts


def test_the_examples_in_front_teach_the_decoder_nothing():
    table = training.load_results("prompts")
    four = mean_of(table["word class"]["4"], "calibrated")
    assert abs(four - mean_of(table["swapped"]["4"], "calibrated")) < 0.06
    assert abs(four - table["short"]["0"]["0"]["calibrated"]) < 0.06
    assert table["filled in"]["0"]["0"]["right"] > four + 0.08
    with pytest.raises(ValueError, match="change='long': there are swapped, short"):
        prompt_controls.told("long")


def some_task() -> Task:
    examples = tuple(Example(tuple(f"w{i} is <mask> return value of it".split()), i % 2, 3, 2)
                     for i in range(6))
    return Task("some", ("noun", "verb"), examples, (), examples)


def test_a_prompt_shows_the_examples_with_labels_and_asks_behind_the_last_text():
    task = some_task()
    text = prompts.prompt(task, task.pool[:2], prompts.shown(task.test[3], 16), 16)
    assert text == "_ return value = noun; _ return value = verb; _ return value ="
    assert prompts.shown(task.test[3], 11) == "_ return"
    assert prompts.shown(Example(("a", "b", "c"), 0), 3) == "a b"
    assert prompts.shown(Example(("abcdef",), 0), 3) == "abc"
    for examples in (0, 1, 2, 4):
        most = prompts.room(task, examples, 128)
        longest = prompts.prompt(task, task.pool[:examples], "x" * most, most)
        assert len(longest) + len(" verb") <= 126
    with pytest.raises(ValueError, match="9 examples in 128 characters leave"):
        prompts.room(task, 9, 128)


def test_the_score_of_a_label_is_that_of_its_own_characters():
    class Judge:
        def batch_log_probs(self, texts):
            return [[-float(ord(c) % 7) for c in text] + [-100.0] for text in texts]
    found = prompts.label_scores(Judge(), ["ab =", "c ="], ("noun", "verb"))
    by_hand = [-sum(ord(c) % 7 for c in f" {name}") for name in ("noun", "verb")]
    assert found.tolist() == [by_hand, by_hand]


# a real one


def fake_library(cached: bool) -> types.ModuleType:
    library = types.ModuleType("transformers")

    class Loader:
        mask_token = "[MASK]"

        @classmethod
        def from_pretrained(cls, name, local_files_only):
            print("downloading", file=sys.stderr)
            if local_files_only and not cached:
                raise OSError("not in the cache")
            return cls()

    def pipeline(kind, model, tokenizer):
        def reader(sentence, top_k):
            assert kind == "fill-mask" and sentence == "a [MASK] b"
            return [{"token_str": " word", "score": 0.5}, {"token_str": "x", "score": 0.1}][:top_k]
        reader.tokenizer = tokenizer
        return reader
    library.AutoModelForMaskedLM = library.AutoTokenizer = Loader
    library.pipeline = pipeline
    return library


def test_a_real_model_fills_the_blank_without_a_word_on_stderr(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "transformers", fake_library(cached=True))
    assert real.fill("a <mask> b") == [("word", 0.5), ("x", 0.1)]
    assert real.fill("a <mask> b", most=1) == [("word", 0.5)]
    assert capsys.readouterr() == ("", "")
    with pytest.raises(ValueError, match="0 times <mask>"):
        real.fill("a b")


def test_what_is_missing_is_said_in_one_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "transformers", None)
    assert "pip install transformers" in real.fill("a <mask> b")
    monkeypatch.setitem(sys.modules, "transformers", fake_library(cached=False))

    def offline(*_, **__):
        raise OSError("this run is offline: huggingface.co was asked for")
    monkeypatch.setattr(socket, "create_connection", offline)
    said = real.fill("a <mask> b")
    assert "not in this machine's cache, and this run is offline" in said
    assert capsys.readouterr() == ("", "")


def test_a_network_that_is_silent_is_given_up_in_time(monkeypatch):
    def for_ever(*_, **__):
        time.sleep(1)
        raise OSError("too late")
    monkeypatch.setattr(socket, "create_connection", for_ever)
    assert real.unreachable("example.org", 0.2).endswith("does not answer within 0.2 seconds")


# energy


def test_minutes_are_added_up_and_a_state_on_the_way_is_counted_once(tmp_path):
    for name, minutes in (("a", 2.0), ("a_early", 1.0), ("b.results", 58.0)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"minutes": minutes}))
    assert energy.all_minutes(tmp_path) == {"b.results": 58.0, "a": 2.0}
    assert math.isclose(energy.all_kilowatt_hours(tmp_path, watts=20), 0.02)
    assert energy.all_kilowatt_hours() > 0.05
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="make checkpoints"):
        energy.all_minutes(tmp_path / "empty")
