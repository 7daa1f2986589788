"""What a model unlearns while it learns a task: the old loss before and after, four ways to adapt.

    whole          all numbers are trained
    slow below     all are, the nearer to the input the smaller the rate (Howard & Ruder 2018)
    low rank       thin matrices beside the frozen ones (LoRA)
    head only      nothing but the head: nothing can be forgotten
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from helpers import neural, tokenizers, training
from helpers.pretraining import label_curves, learning, lora, tasks, texts
from helpers.pretraining.encoder import Classifier, MaskedLM, masked_loss
from helpers.pretraining.tasks import Example, Task

WAYS, RATES, LABELS = ("whole", "slow below", "low rank", "head only"), (3e-4, 1e-3, 3e-3), 256
SLOWER, RANK = 0.3, 8                   # per layer downwards; of the thin matrices


def slow_below(model: Classifier, rate: float, slower: float = SLOWER) -> list[dict]:
    """Groups for an optimizer: the head at the rate, each layer below it `slower` times as fast.

    The rows of the embedding and of the places are the slowest.
    """
    blocks = list(model.encoder.stack.blocks)
    groups = [{"params": list(model.head.parameters()), "lr": rate}]
    for depth, block in enumerate(reversed(blocks)):
        groups.append({"params": list(block.parameters()), "lr": rate * slower ** (depth + 1)})
    seen = {id(p) for group in groups for p in group["params"]}
    rest = [p for p in model.parameters() if id(p) not in seen]
    return [*groups, {"params": rest, "lr": rate * slower ** (len(blocks) + 1)}]


def prepared(model: Classifier, way: str, rate: float) -> Callable[[nn.Module], object]:
    """Make the model ready for a way of WAYS, in place; what training.train takes as optimizer."""
    if way not in WAYS:
        raise ValueError(f"way {way!r}: there are {', '.join(WAYS)}")
    if way == "low rank":
        lora.add_low_rank(model, RANK, names=(*lora.QUERIES_VALUES, *lora.FEED_FORWARD))
    if way == "head only":
        for name, p in model.named_parameters():
            p.requires_grad_(name.startswith("head."))
    if way == "slow below":
        return lambda network: torch.optim.AdamW(slow_below(network, rate), weight_decay=0.01)
    return lambda network: torch.optim.AdamW(
        [p for p in network.parameters() if p.requires_grad], lr=rate, weight_decay=0.01)


def old_nats(model: MaskedLM, known, split: str = "valid", number: int = 20) -> float:
    """Mean nats per hidden word of a split, of the words that pretraining has read."""
    new = new_words(known).nonzero()[:, 0]
    draw, generator = learning.hidden_batches(texts.sentences(split), known), torch.Generator()
    generator.manual_seed(99)
    total = asked = 0
    with neural.reading(model):
        for _ in range(number):
            inputs, targets, lengths = draw(generator)
            targets = targets.masked_fill(torch.isin(targets, new), neural.NO_TARGET)
            n = int((targets != neural.NO_TARGET).sum())
            asked += n
            total += n * float(masked_loss(model, (inputs, targets, lengths)))
    return total / asked


def new_words(known: tokenizers.Vocabulary) -> Tensor:
    """bool (V,): the words of a task that pretraining has not read."""
    read = texts.ids_of(texts.vocabulary())
    return torch.tensor([word not in read for word in known.entries])


def never_said(encoder: MaskedLM, known: tokenizers.Vocabulary) -> None:
    """Words that pretraining has not read get no probability, in place: nobody asks for them."""
    with torch.no_grad():
        encoder.bias[new_words(known)] = -1e4


def told(way: str, *, rate: float, seed: int, name: str = "word class", labels: int = LABELS,
         updates: int | None = None) -> dict:
    """{"before", "after": nats per hidden word, "valid", "right": shares, "trained": numbers}."""
    task: Task = tasks.task(name)
    chosen: Sequence[Example] = tasks.draw_labels(task.pool, labels, seed)
    encoder, known = label_curves.small_model(task, "trained", seed % 2)
    never_said(encoder, known)
    before = old_nats(encoder, known)
    torch.manual_seed(seed)
    model = Classifier(encoder, len(task.classes), pool=label_curves.pool_of(task))
    optimizer = prepared(model, way, rate)
    training.train(model, label_curves.examples_of(known, chosen, 16), label_curves.loss_of,
                   steps=updates or label_curves.updates_for(labels), optimizer=optimizer,
                   schedule=training.warmup_cosine(label_curves.WARMUP), seed=seed,
                   what=f"{way}, rate {rate:g}, seed {seed}")
    return {"before": round(before, 4), "after": round(old_nats(model.encoder, known), 4),
            "valid": round(label_curves.right(model, known, task.valid), 4),
            "right": round(label_curves.right(model, known, task.test), 4),
            "trained": lora.trained_share(model)[0]}
