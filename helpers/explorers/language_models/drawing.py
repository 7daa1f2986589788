"""Widgets of notebook 01 on drawing: sampler, entropy floor."""

import numpy as np

from helpers import decoding, metrics, plots, tokenizers
from helpers import language_models as lm
from helpers.attention_view.labels import isolated, told
from helpers.explorers import core
from helpers.session import progress_bar

# --- sampler ---------------------------------------------------------------------------------

def sampler_numbers(model, prefix: str, temperature: float, top_p: float, top_k: int,
                    seed: int, most: int = 10) -> dict:
    """The next word's distribution before and after reshaping, and a text drawn from it.

    top_k = 0 keeps all words. Returns {"words", "before", "after", "text", "kept"}.
    """
    start = tokenizers.words(prefix)
    how = {"temperature": temperature, "top_p": top_p, "top_k": top_k or None}
    log_probs = model.next_log_probs(start)
    after = np.exp(decoding.reshape(log_probs, **how))
    best = np.argsort(-log_probs, kind="stable")[:most]
    text = decoding.generate(model.next_log_probs, start, words=model.words, max_tokens=25,
                             rng=np.random.default_rng(seed), **how)
    names = ["(end)" if model.words[i] == lm.EOS else model.words[i] for i in best]
    return {"words": names, "before": np.exp(log_probs[best]), "after": after[best],
            "text": " ".join(text), "kept": int((after > 0).sum()),
            "prefix": " ".join(start), "unknown": model.unknown(start)}


def draw_sampler(figure, numbers: dict) -> str:
    """Draw the ten likeliest next words before and after; the sentence is the drawn text."""
    last = " ".join(numbers["prefix"].split()[-4:])
    plots.draw_next_words(
        plots.panels(figure)[0], numbers["words"], numbers["before"], numbers["after"],
        title=f"The likeliest words after “{last[-24:]}”" if last else "The likeliest first words")
    unknown = f" Unknown, read as <unk>: {', '.join(map(told, numbers['unknown']))}."
    return (f"Words that can still be drawn: {numbers['kept']:,}."
            f"{unknown if numbers['unknown'] else ''}{plots.note(last, *numbers['words'])} "
            f"One draw: {isolated(numbers['prefix'])} → "
            f"{numbers['text'] or '(the sentence ends at once)'}")


def sampler(model, prefix: str):
    """Type the beginning, set temperature, top-p and top-k, draw again with another seed."""
    return core.explore(
        lambda **values: sampler_numbers(model, **values), draw_sampler,
        more=("top_k", "seed"),
        prefix=core.text("beginning", prefix),
        temperature=core.slider("temperature", 0.0, 3.0, value=1.0, step=0.1),
        top_p=core.slider("top-p", 0.05, 1.0, value=1.0, step=0.05),
        top_k=core.slider("top-k (0 = all)", 0, 50, value=0),
        seed=core.slider("draw number", 0, 30, value=0),
    )


# --- entropy floor ---------------------------------------------------------------------------

AMOUNTS = (50, 200, 800, 3_200, 12_800)


def floor_model(text: list[str], order: int) -> lm.NgramLM:
    """An n-gram model of a stream of words, read as one long sentence, add-0.1."""
    return lm.add_k(lm.NgramCounts([text], order), order, 0.1)


def expected_bits(source, model, order: int) -> float:
    """Exact expected surprisal of the model on the source, in bits per word."""
    known = {word: i for i, word in enumerate(model.words)}
    ids = [known.get(word, 0) for word in source.words]

    def next_probs(context):
        # an unknown word in front keeps <s> out of the context: the stream has no beginning
        return np.exp(model.next_log_probs(["<unk>", *context]))[ids]
    return metrics.bits(metrics.expected_cross_entropy(source, next_probs, order - 1))


def floor_numbers(source, curves: dict, order: int, test_words: int, seed: int) -> dict:
    """The expected curve of one order, the floor, and what one sampled text would say."""
    test = source.sample(test_words, seed=1000 + seed)
    log_p = [np.log(source.next_probs(test[i - 2:i])[source.words.index(test[i])])
             for i in range(2, test_words)]
    return {"curve": curves[order], "floor": metrics.bits(source.entropy_rate()), "order": order,
            "sampled": -metrics.bits(float(np.mean(log_p))), "test_words": test_words}


def draw_floor(figure, numbers: dict) -> str:
    """Draw expected bits per word over the training words, and the floor."""
    n, sampled = numbers["order"], numbers["sampled"]
    plots.draw_curves(
        plots.panels(figure)[0], AMOUNTS, {
            "the model, exact expectation": numbers["curve"],
            "the true table on the sampled text": [sampled] * len(AMOUNTS)},
        title="On average, no model gets under the floor", xlabel="words of training text",
        xscale="log", ylabel="bits per word", ylim=(1.0, 3.6),
        level=(numbers["floor"], "entropy rate: the floor"),
        xticks={amount: f"{amount:,}" for amount in AMOUNTS},
    )
    gap = sampled - numbers["floor"]
    return (f"Order {n} with {AMOUNTS[-1]:,} words: {numbers['curve'][-1]:.3f} bits expected, "
            f"floor {numbers['floor']:.3f}. The true table itself scores {abs(gap):.3f} bits "
            f"{'above' if gap >= 0 else 'below'} the floor on this sample: luck, not skill.")


def entropy_floor(source):
    """Move the order and the sample; the curve is exact, the cross is one throw of the dice."""
    stream = source.sample(AMOUNTS[-1], seed=0)
    curves = {n: [expected_bits(source, floor_model(stream[:amount], n), n) for amount in AMOUNTS]
              for n in progress_bar((1, 2, 3, 4), "fitting models")}
    return core.explore(
        lambda **values: floor_numbers(source, curves, **values), draw_floor,
        order=core.slider("order n", 1, 4, value=2),
        test_words=core.choice("sampled text",
                               [("100 words", 100), ("1,000 words", 1000), ("5,000 words", 5000)]),
        seed=core.slider("sample number", 0, 20, value=5),
    )
