"""Exercise 6.9: what a conversation costs in memory, and how many fit."""

from helpers.exercises.engine import Exercise, Mistake, expect_number


def how_many_fit(model: dict, tokens: int, shared: int, memory: int) -> tuple[int, int]:
    """(bytes, conversations): what one costs beyond what is shared, and how many fit at once.

    Each conversation has `tokens` tokens; the first `shared` are the same in all (fewer than
    tokens, perhaps 0), so their keys and values are kept once for all. memory: bytes, in which
    the weights lie, too. Whole conversations are counted, and there may be room for none.
    model: "layers"; "heads" that ask; "kept", for how many heads keys and values are made;
    "width" of one head; "bytes" per number, of weights and cache; "weights", how many there are.
    """
    per_token = 2 * model["layers"] * model["kept"] * model["width"] * model["bytes"]
    own = (tokens - shared) * per_token
    left = memory - model["weights"] * model["bytes"] - shared * per_token
    return own, max(left // own, 0)


def _fit_one_by_one(model, tokens, shared, memory):
    """Keys and values apart; conversations are let in until the next one has no room."""
    keys = values = model["layers"] * model["kept"] * model["width"]
    own = (keys + values) * model["bytes"] * (tokens - shared)
    used, n = (model["weights"] + (keys + values) * shared) * model["bytes"], 0
    while used + own <= memory:
        used, n = used + own, n + 1
    return own, n


def _fit_in_numbers(model, tokens, shared, memory):
    """All of it counted in numbers; bytes only at the end."""
    kept = model["kept"] * model["width"] * model["layers"] * 2
    room = memory / model["bytes"] - model["weights"]
    n = int((room - kept * shared) / (kept * (tokens - shared))) if room > kept * shared else 0
    return kept * (tokens - shared) * model["bytes"], n


def _machine(rng) -> tuple:
    """Room for none, a few or dozens; now and then exactly so much, or one byte less."""
    kept = int(rng.integers(1, 5))
    model = {"layers": int(rng.integers(1, 9)), "heads": kept * int(rng.integers(1, 5)),
             "kept": kept, "width": int(rng.integers(1, 17)), "bytes": int(rng.choice([1, 2, 4])),
             "weights": int(rng.integers(50, 200_000))}
    tokens = int(rng.integers(2, 300))
    shared = int(rng.integers(1, tokens)) if rng.random() < 0.7 else 0
    own, _ = how_many_fit(model, tokens, shared, 0)
    base = model["weights"] * model["bytes"] + own // (tokens - shared) * shared
    n = rng.choice([-rng.uniform(0, 1), rng.uniform(0, 3), rng.uniform(1, 40), 1, 7])
    memory = max(1, base + int(own * n) - int(rng.choice([0, 0, 1])))
    return model, tokens, shared, memory


def _costing(per=lambda m: 2 * m["layers"] * m["kept"] * m["width"] * m["bytes"],
             weights=lambda m: m["weights"] * m["bytes"],
             own=lambda tokens, shared: tokens - shared, once=lambda shared: shared,
             count=lambda left, own: max(left // own, 0)):
    """An answer that counts one of the pieces otherwise."""
    def answer(model, tokens, shared, memory):
        cost = own(tokens, shared) * per(model)
        return cost, count(memory - weights(model) - once(shared) * per(model), cost)
    return answer


def _without(name):
    def per(m):
        whole = 2 * m["layers"] * m["kept"] * m["width"] * m["bytes"]
        return whole // m[name]
    return per


def _shared_for_each(model, tokens, shared, memory):
    own, _ = how_many_fit(model, tokens, shared, memory)
    return own, how_many_fit(model, tokens, 0, memory)[1]


SMALL = {"layers": 2, "heads": 4, "kept": 2, "width": 3, "bytes": 4, "weights": 500}
LARGE = {"layers": 32, "heads": 32, "kept": 8, "width": 128, "bytes": 2, "weights": 8_000_000_000}
BYTES = Exercise(
    "6.9", "How many bytes does a conversation cost?", minutes=8, starred=False,
    hints=("Begin with one token in one layer: what is kept of it, and how many numbers is that? "
           "Who asks is not kept.",
           "2 (keys and values) * layers * kept * width numbers for each token, times bytes. What "
           "lies in the memory once: the weights, and the shared tokens.",
           "left = memory - weights in bytes - shared * per_token; as many fit as left // own, or "
           "0 if nothing is left."),
    solution=how_many_fit, right=(_fit_one_by_one, _fit_in_numbers), compare=expect_number,
    parts=("bytes", "conversations"), cases=_machine,
    examples=((SMALL, 10, 4, 4000), (SMALL, 10, 0, 9000), (SMALL, 10, 4, 2000),
              (SMALL, 10, 4, 1500), (SMALL, 6, 5, 2864), (SMALL, 6, 5, 2863), (SMALL, 8, 2, 2700),
              (LARGE, 8192, 2048, 24_000_000_000), (LARGE, 8192, 0, 17_000_000_000),
              (LARGE, 4096, 1024, 40_000_000_000)),
    mistakes=(
        Mistake(_costing(per=lambda m: 2 * m["layers"] * m["heads"] * m["width"] * m["bytes"]),
                "You counted the heads that ask. Queries are not kept; keys and values are made "
                "for `kept` heads only."),
        Mistake(_costing(per=lambda m: m["layers"] * m["kept"] * m["width"] * m["bytes"]),
                "Two things are kept of each token: its keys and its values."),
        Mistake(_costing(per=_without("layers")), "You counted one layer. Each layer has keys and "
                "values of its own."),
        Mistake(_costing(per=_without("width")), "A head keeps not one number of a token but "
                "`width` of them."),
        Mistake(_costing(per=_without("bytes")), "You counted numbers of the cache. Asked for are "
                "bytes, and one number takes several."),
        Mistake(_costing(weights=lambda m: m["weights"]), "The weights are counted in numbers, "
                "the memory in bytes."),
        Mistake(_costing(weights=lambda m: 0), "The weights lie in the same memory: take their "
                "bytes off first."),
        Mistake(_costing(own=lambda tokens, shared: tokens), "The shared tokens are no cost of a "
                "conversation: they are kept once for all."),
        Mistake(_costing(own=lambda tokens, shared: tokens, once=lambda shared: 0), "You counted "
                "as if nothing were shared. The first tokens of all conversations are kept once, "
                "and each costs only what it has beyond them."),
        Mistake(_shared_for_each, "The bytes are right, but you made room for the shared tokens "
                "in each conversation. They are kept once for all."),
        Mistake(_costing(once=lambda shared: 0), "The shared tokens are kept once. But once they "
                "are: they need room, too."),
        Mistake(_costing(own=lambda tokens, shared: shared, once=lambda shared: 0), "That is the "
                "part that is shared. A conversation costs what it has beyond it."),
        Mistake(_costing(count=lambda left, own: left // own), "There cannot be fewer than no "
                "conversations: if the room is too small even for what is kept once, 0 fit."),
        Mistake(_costing(count=lambda left, own: max(-(-left // own), 0)), "You rounded up: the "
                "last conversation has no room for its last tokens."),
        Mistake(_costing(count=lambda left, own: max(left / own, 0)), "Whole conversations are "
                "counted: // leaves the rest away."),
        Mistake(_costing(count=lambda left, own: max((left - 1) // own, 0)), "If the last one "
                "fills the memory to the last byte, it still fits."),
    ),
    reread="J · Fewer keys than queries",
    moral="Fewer kept heads make room for more conversations; queries are never kept.",
)
