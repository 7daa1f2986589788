"""Print our Kneser-Ney figures for two text files, to be compared with KenLM's lmplz and query.

    python tools/kenlm_table.py TRAIN TEST

One sentence a line; lines are stripped, empty ones dropped, `<unk>` is read as UNK, words are split
at white space. KenLM: lmplz -o ORDER < TRAIN (no pruning), then query on TEST.
"""

import sys
from pathlib import Path

from helpers import language_models as lm


def read(path: str) -> list[list[str]]:
    """Return the tokens of every line that is not empty."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [line.replace("<unk>", "UNK").split() for line in lines if line.strip()]


def main(train_path: str, test_path: str) -> None:
    """Print perplexities and discounts for orders 2 to 5."""
    train, test = read(train_path), read(test_path)
    counts = lm.NgramCounts(train, 5)
    print("order  including OOV  excluding OOV  training text  n-grams  D1, D2, D3+")
    for order in (2, 3, 4, 5):
        model = lm.kneser_ney(counts, order)
        scores = (model.perplexity(test), model.perplexity(test, include_oov=False),
                  model.perplexity(train))
        print(f"{order:5}  " + "".join(f"{score:13.4f}  " for score in scores) +
              f"{len(counts.levels[order - 1].keys):7}  "
              + ", ".join(f"{d:.6g}" for d in model.discounts[-1]))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
