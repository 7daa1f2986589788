"""The history in which this course stands: what was made public when, and what it changed.

A year is that of the first public text, report or paper, which may lie before its journal's.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """One event. year; name; who; what: what it changed, a sentence; layers: layers with weights
    of a network for pictures, where its depth is the point, else None.
    """

    year: int
    name: str
    who: str
    what: str
    layers: int | None = None


CARDS = (                       # in order; cards of one year in no order among themselves
    Card(1943, "the threshold neuron", "McCulloch and Pitts",
         "Logic can be done by units that fire or do not."),
    Card(1957, "the perceptron", "Rosenblatt",
         "A neuron learns its weights from examples."),
    Card(1969, "Perceptrons, the book", "Minsky and Papert",
         "What one layer of neurons cannot do, with proofs."),
    Card(1970, "reverse-mode differentiation", "Linnainmaa",
         "All slopes of a long computation in one walk back; not yet for networks."),
    Card(1974, "gradients backward, for models that learn", "Werbos",
         "A thesis applies that walk to models, and later to networks."),
    Card(1980, "the Neocognitron", "Fukushima",
         "The same small detector at every place of a picture."),
    Card(1986, "backpropagation becomes known", "Rumelhart, Hinton and Williams",
         "Hidden layers learn features of their own. The method itself is older."),
    Card(1989, "universal approximation", "Cybenko; Hornik, Stinchcombe and White",
         "One hidden layer, if wide enough, comes near to any continuous function."),
    Card(1989, "a network reads zip codes", "LeCun and others",
         "A convolutional network at work, nine years before LeNet-5."),
    Card(1990, "the simple recurrent network", "Elman",
         "A network with a state finds structure in time."),
    Card(1997, "the LSTM", "Hochreiter and Schmidhuber",
         "A cell that keeps; its forget gate came later."),
    Card(1998, "LeNet-5", "LeCun, Bottou, Bengio and Haffner",
         "Convolutions, pooling and full layers trained as one.", 5),
    Card(1999, "the forget gate", "Gers, Schmidhuber and Cummins",
         "An LSTM learns when to let go."),
    Card(2003, "a neural language model", "Bengio, Ducharme, Vincent and Jauvin",
         "Word vectors learned by predicting the next word."),
    Card(2012, "AlexNet", "Krizhevsky, Sutskever and Hinton",
         "Wins the ImageNet contest by far, trained on two graphics cards.", 8),
    Card(2013, "word2vec", "Mikolov and others",
         "Word vectors so cheaply that everyone has them."),
    Card(2013, "deep Q-learning", "Mnih and others",
         "A network learns games from the screen."),
    Card(2014, "generative adversarial networks", "Goodfellow and others",
         "One network draws, another one doubts."),
    Card(2014, "VGG", "Simonyan and Zisserman",
         "Small kernels, stacked: 16 or 19 layers.", 19),
    Card(2014, "GoogLeNet", "Szegedy and others",
         "Blocks with 1 x 1 convolutions that save work.", 22),
    Card(2014, "sequence to sequence", "Sutskever, Vinyals and Le; Cho and others",
         "One network reads a sentence, another writes its translation."),
    Card(2014, "attention in translation", "Bahdanau, Cho and Bengio",
         "The writer looks back at what was read. Looks at pictures came a little before."),
    Card(2015, "batch normalisation", "Ioffe and Szegedy",
         "Each feature is brought to one scale within the batch."),
    Card(2015, "ResNet", "He, Zhang, Ren and Sun",
         "A way around each block: networks of 152 layers train.", 152),
    Card(2017, "the Transformer", "Vaswani and others",
         "Attention without recurrence."),
    Card(2018, "ELMo", "Peters and others",
         "Vectors of words in their sentence, from a model read in both directions; February."),
    Card(2018, "GPT", "Radford and others",
         "A Transformer that writes is pretrained, then fine-tuned; June."),
    Card(2018, "BERT", "Devlin and others",
         "A Transformer that fills gaps; October. It was not the first to pretrain."),
    Card(2020, "GPT-3", "Brown and others",
         "Tasks are learned from examples in the text that is read."),
)


def shuffled(number: int = 8, *, seed: int = 0) -> list[Card]:
    """So many cards, each of another year, in disorder: for sorting.

    Raises ValueError for more cards than there are years, or fewer than 2.
    """
    years = sorted({card.year for card in CARDS})
    if not 2 <= number <= len(years):
        raise ValueError(f"{number} cards: there are 2 to {len(years)}, one per year")
    draw = random.Random(seed)
    chosen = [draw.choice([card for card in CARDS if card.year == year])
              for year in sorted(draw.sample(years, number))]
    in_order = list(chosen)
    while chosen == in_order:
        draw.shuffle(chosen)
    return chosen


def out_of_order(cards: list[Card]) -> list[tuple[Card, Card]]:
    """Neighbours of which the later event stands first; [] if the cards are sorted by year."""
    return [(one, next_one) for one, next_one in zip(cards, cards[1:], strict=False)
            if one.year > next_one.year]
