"""From a model that goes on with a text to one that does what it is told, and to what is liked.

    plain     b a d c , c d a b . f a e , a e f .     a word, then it copied, reversed, sorted, or
                                                     its last letter: nobody says which
    tuned     <ask> reverse b a d c <answer> c d a b </s>     loss on the answer only
    liked     of two answers the one with a "!" is preferred  (DPO)

The marks are the chat template: the model has no other way to tell who speaks. Three small decoders
of letters a to f; `make checkpoints ARGS=instructions` makes the table.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from helpers import tokenizers, training
from helpers.neural import NO_TARGET, next_token_loss, reading
from helpers.transformer import RECIPES, Transformer, TransformerConfig

LETTERS, INSTRUCTIONS, LIKED = "abcdef", ("copy", "reverse", "sort", "last"), "!"
ASK, ANSWER = "<ask>", "<answer>"
KNOWN = tokenizers.Vocabulary([*LETTERS, ",", ".", LIKED, *INSTRUCTIONS, ASK, ANSWER],
                              cut="blanks", marks=(tokenizers.PAD,))
SIZE = {"d_model": 48, "n_heads": 4, "n_layers": 2, "d_ff": 96, "max_len": 40, "tied": False,
        **RECIPES["2019"]}
SHORT, LONG, MOST, BATCH, WARMUP = 3, 4, 7, 48, 30      # letters of a word; tokens of an answer
PLAIN = {"steps": 1200, "learning_rate": 3e-3}
TUNING, RATES, PAIRS = 200, (1e-3, 3e-3, 1e-2), (64, 256, 1024)
SEEDS, KINDS = (0, 1, 2), ("tuned", "scratch")
Asked = tuple[str, str]                         # an instruction, and the letters it is about


def act(instruction: str, letters: str) -> str:
    """What is right: act("reverse", "badc") is "cdab". ValueError for another instruction."""
    done = {"copy": letters, "reverse": letters[::-1], "sort": "".join(sorted(letters)),
            "last": letters[-1:]}
    if instruction not in done:
        raise ValueError(f"{instruction!r}: the instructions are {', '.join(INSTRUCTIONS)}")
    return done[instruction]


def prompt(instruction: str, letters: str) -> list[int]:
    """<ask> instruction letters <answer>, as ids. ValueError for other letters, or too many."""
    act(instruction, letters)
    if not letters or len(letters) > LONG or set(letters) - set(LETTERS):
        raise ValueError(f"{letters!r}: one to {LONG} letters of {LETTERS}")
    return KNOWN.encode(" ".join([ASK, instruction, *letters, ANSWER]))


def withheld(instruction: str, letters: str) -> bool:
    """Is it never asked in tuning? Nobody asks to reverse what begins with an f."""
    return instruction == "reverse" and letters[:1] == "f"


def draw(rng: random.Random, *, held: bool = False) -> Asked:
    """An instruction and three or four letters; held: of the withheld combinations."""
    while True:
        letters = "".join(rng.choices(LETTERS, k=rng.randint(SHORT, LONG)))
        asked = ("reverse", "f" + letters[1:]) if held else (rng.choice(INSTRUCTIONS), letters)
        if held or not withheld(*asked):
            return asked


def plain_batch(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(ids, targets), both (48, 32): lines of words and what became of them, cut anywhere."""
    rng, rows = random.Random(int(torch.randint(2 ** 31, (), generator=generator))), []
    for _ in range(BATCH):
        row: list[str] = []
        while len(row) < 45:
            letters = "".join(rng.choices(LETTERS, k=rng.randint(SHORT, LONG)))
            row += [*letters, ",", *act(rng.choice(INSTRUCTIONS), letters), "."]
        first = rng.randrange(12)
        rows.append(KNOWN.encode(" ".join(row[first:first + 33])))
    ids = torch.tensor(rows)
    return ids[:, :-1], ids[:, 1:]


def answered(pairs: Sequence[tuple[Asked, list[int]]]) -> tuple[Tensor, Tensor]:
    """(ids, targets), both (B, T), of prompts and answers: targets for the answers alone."""
    rows = [([*prompt(*asked), *answer], len(prompt(*asked))) for asked, answer in pairs]
    ids = torch.full((len(rows), max(len(row) for row, _ in rows)), KNOWN.pad)
    wanted = torch.full_like(ids, NO_TARGET)
    for i, (row, known) in enumerate(rows):
        ids[i, :len(row)] = torch.tensor(row)
        wanted[i, known:len(row)] = ids[i, known:len(row)]
    return ids[:, :-1], wanted[:, 1:]


def right_answer(asked: Asked, liked: bool = False) -> list[int]:
    """The ids of the right answer, its end with them; liked: with a "!" before the end."""
    return [*KNOWN.encode(" ".join([*act(*asked), *([LIKED] if liked else [])])), KNOWN.end]


def pool_of(pairs: int, seed: int) -> list[tuple[Asked, list[int]]]:
    """So many prompts with right answers, about half of them with a "!"."""
    rng = random.Random(7000 + seed)
    return [(asked := draw(rng), right_answer(asked, rng.random() < 0.5)) for _ in range(pairs)]


@cache
def untrained(seed: int) -> Transformer:
    """All numbers at random."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Transformer(TransformerConfig(len(KNOWN), **SIZE), fused=True)


@cache
def plain(seed: int = 0) -> tuple[Transformer, training.History]:
    """A model of plain lines: next letters, 1,200 updates of 48 lines; half a minute."""
    model = copy.deepcopy(untrained(seed))
    history = training.train(model, plain_batch, next_token_loss, **PLAIN, weight_decay=0.01,
                             schedule=training.warmup_cosine(WARMUP), seed=seed,
                             what=f"plain lines, seed {seed}")
    return model, history


def tuned(model: Transformer, pool: Sequence[tuple[Asked, list[int]]], *, rate: float,
          seed: int = 0, updates: int = TUNING) -> tuple[Transformer, training.History]:
    """A copy of a model, trained on answers: the loss is that of the answers alone."""
    own = copy.deepcopy(model)

    def some(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        which = torch.randint(len(pool), (32,), generator=generator)
        return answered([pool[i] for i in which.tolist()])
    history = training.train(own, some, next_token_loss, steps=updates, learning_rate=rate,
                             weight_decay=0.01, schedule=training.warmup_cosine(10), seed=seed,
                             what=f"instructions, {len(pool)} pairs, rate {rate:g}")
    return own, history


def write(model: Transformer, asked: Sequence[Asked], *, temperature: float = 0.0,
          seed: int = 0) -> list[list[int]]:
    """What the model writes behind each prompt, up to </s> or MOST tokens; 0: the likeliest."""
    generator, found = torch.Generator().manual_seed(seed), {}
    by_length: dict[int, list[int]] = {}
    for i, one in enumerate(asked):
        by_length.setdefault(len(prompt(*one)), []).append(i)
    with reading(model):
        for places in by_length.values():
            ids = torch.tensor([prompt(*asked[i]) for i in places])
            start = ids.shape[1]
            for _ in range(MOST):
                logits = model(ids)[:, -1]
                fresh = (logits.argmax(dim=1, keepdim=True) if not temperature else
                         torch.multinomial((logits / temperature).softmax(dim=1), 1,
                                           generator=generator))
                ids = torch.cat([ids, fresh], dim=1)
            found.update(zip(places, ids[:, start:].tolist(), strict=True))
    return [_ended(found[i]) for i in range(len(asked))]


def says(answer: Sequence[int]) -> str:
    """An answer in letters: "cdab!", without its end; "cdab..." if there is no end."""
    pieces = [KNOWN.piece(i) for i in answer if i != KNOWN.end]
    return "".join(pieces) + ("" if KNOWN.end in answer else " ...")


def ask(model: Transformer, instruction: str, letters: str) -> str:
    """What a model says to an instruction, in letters; see `prompt` for its errors."""
    return says(write(model, [(instruction, letters)])[0])


def is_right(asked: Asked, answer: Sequence[int]) -> bool:
    """The right letters and an end; with or without a "!" before it."""
    return list(answer) in (right_answer(asked), right_answer(asked, True))


def right(model: Transformer, *, held: bool = False, number: int = 400, seed: int = 5) -> float:
    """The share of fresh prompts that are answered rightly; held: of the withheld combinations."""
    rng = random.Random(seed)
    asked = [draw(rng, held=held) for _ in range(number)]
    return sum(map(is_right, asked, write(model, asked))) / number


@cache
def follower(kind: str, pairs: int, rate: float, seed: int) -> Transformer:
    """Tuned on so many pairs from plain lines ("tuned"), or from random numbers ("scratch")."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(KINDS)}")
    return tuned(begun(kind, seed), pool_of(pairs, seed), rate=rate, seed=seed)[0]


def begun(kind: str, seed: int) -> Transformer:
    """What a follower starts from."""
    return plain(seed)[0] if kind == "tuned" else untrained(seed)


@cache
def rate_of(kind: str, pairs: int) -> float:
    """The best of RATES: tried with the first seed, on other prompts than those that are told."""
    return max(RATES, key=lambda rate: right(follower(kind, pairs, rate, SEEDS[0]), seed=6))


def told(kind: str, pairs: int, *, seed: int) -> dict:
    """Tune at the best rate: {"right", "held": shares of fresh prompts, "before", "rate", "says"}.

    held: of combinations that tuning never asks for. before: right, before tuning.
    """
    rate = rate_of(kind, pairs)
    model = follower(kind, pairs, rate, seed)
    before = begun(kind, seed)
    return {"right": right(model), "held": right(model, held=True), "before": right(before),
            "rate": rate, "says": {i: ask(model, i, "badc") for i in INSTRUCTIONS},
            "said": {i: ask(before, i, "badc") for i in INSTRUCTIONS}}


def _ended(ids: list[int]) -> list[int]:
    return ids[:ids.index(KNOWN.end) + 1] if KNOWN.end in ids else ids
