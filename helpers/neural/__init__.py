"""What is neural and belongs to no single idea: batches, the loss, one adapter, a test of leaks.

    draw = windows(tokenizer.stream(texts), length=128, batch=32)     # for training.train
    loss = next_token_loss(model, draw(generator))                    # mean nats per token
    model = NeuralLM(network, tokenizer)                   # the doors of a counting model
    print(leak_test(network, ids))           # does an answer depend on what it must not know?

A network is ids (B, T) -> logits (B, T, V). One that keeps a state as it reads also has
`read(ids, state) -> (logits, state)`, where None is the empty state.
"""

from helpers.neural.batches import NO_TARGET, next_token_loss, text_batch, windows
from helpers.neural.leaks import leak_test
from helpers.neural.lm import NeuralLM
from helpers.neural.modes import reading
from helpers.neural.trial import LeakReport

__all__ = ["LeakReport", "NO_TARGET", "NeuralLM", "leak_test", "next_token_loss", "reading",
           "text_batch", "windows"]
