"""The one registry of the course's notebooks: map, board, README, floors and coverage read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Notebook:
    """One notebook. name: its file without the ending; stem: what it shares with helpers/.

    title: as in its first line; short: as in the map; question: what it answers, one line;
    gap: what it cannot do, where the next one begins; ready: whether it can be opened yet.
    """

    number: str
    stem: str
    title: str
    short: str
    question: str
    gap: str = ""
    ready: bool = False

    @property
    def name(self) -> str:
        """The file's name without its ending: "01_language_models", "index"."""
        return f"{self.number}_{self.stem}" if self.number else self.stem

    @property
    def prefix(self) -> str:
        """What its exercise and question ids begin with: "1" as in 1.4 and 1.c; "s" for index."""
        return str(int(self.number)) if self.number else "s"


INDEX = Notebook("", "index", "From perplexity to pretraining", "Start here",
                 "Is my set-up right, and where am I?", ready=True)
NOTEBOOKS = (         # in the order of the course
    Notebook("00", "neural_networks", "Neural networks", "Neural networks",
             "What can one neuron not do?", "it knows numbers, not sentences",
             ready=True),
    Notebook("01", "language_models", "Language models and perplexity", "Language models",
             "Which sentence is more likely?", "counts share nothing between cat and kitten",
             ready=True),
    Notebook("02", "word_vectors", "Word vectors", "Word vectors",
             "What do *cat* and *kitten* share?", "the window is never long enough",
             ready=True),
    Notebook("03", "rnn_lstm", "Recurrent networks and the flow of gradients", "RNN and LSTM",
             "How far back can a network remember?", "one vector for a whole sentence", ready=True),
    Notebook("04", "seq2seq_attention", "Seq2seq and attention", "Attention",
             "One vector for a whole sentence?", "why wait for the recurrence at all?",
             ready=True),
    Notebook("05", "self_attention_masks", "Self-attention and masks", "Self-attention",
             "Why wait for the recurrence?", "one layer is not enough",
             ready=True),
    Notebook("06", "transformer", "The Transformer", "Transformer",
             "What if it is stacked?", "labelled text is scarce",
             ready=True),
    Notebook("07", "pretraining", "Pretraining", "Pretraining",
             "What if labels are few?", "the story goes on",
             ready=True),
)


def all_notebooks() -> tuple[Notebook, ...]:
    """Every notebook, the start page first."""
    return (INDEX, *NOTEBOOKS)


def find(name: str) -> Notebook:
    """The notebook of a stem, a number ("01") or a file's name ("01_language_models").

    Raises ValueError, naming what there is.
    """
    for notebook in all_notebooks():
        if name in (notebook.stem, notebook.name, notebook.number or None):
            return notebook
    known = ", ".join(notebook.name for notebook in all_notebooks())
    raise ValueError(f"no notebook {name!r}: there are {known}")


def of_id(id: str) -> Notebook:
    """The notebook that an exercise ("1.4") or a question ("1.c", "s.1") belongs to.

    Raises ValueError for an id that belongs to none.
    """
    prefix = id.partition(".")[0]
    for notebook in all_notebooks():
        if notebook.prefix == prefix and "." in id:
            return notebook
    raise ValueError(f"{id!r} is no id of this course: ids look like 1.4, 1.c or s.1")
