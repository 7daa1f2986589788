"""Modified Kneser-Ney written as plainly as possible, with dictionaries of tuples: the oracle.

Slow on purpose: every formula of Chen and Goodman 1999 stands here as in the paper, with
KenLM's conventions for sentence starts, unknown words and text too small for the discounts.
"""

from collections import Counter, defaultdict


def ngrams(sentences, n):
    padded = [["<s>", *s, "</s>"] for s in sentences]
    return Counter(tuple(s[i:i + n]) for s in padded for i in range(len(s) - n + 1))


def adjusted(sentences, order):
    tables = {order: ngrams(sentences, order)}
    for n in range(1, order):
        before = defaultdict(set)
        for gram in ngrams(sentences, n + 1):
            before[gram[1:]].add(gram[0])
        raw = ngrams(sentences, n)
        tables[n] = {g: raw[g] if g[0] == "<s>" else len(before[g]) for g in raw}
    tables[1] = {g: c for g, c in tables[1].items() if g != ("<s>",)}
    return tables


def three_discounts(table):
    n = Counter(table.values())
    if not (n[1] and n[2] and n[3]):
        return [0, 0.5, 1.0, 1.5]
    y = n[1] / (n[1] + 2 * n[2])
    found = [i - (i + 1) * y * n[i + 1] / n[i] for i in (1, 2, 3)]
    ok = all(0 <= d <= i for i, d in zip((1, 2, 3), found, strict=True))
    return [0, *found] if ok else [0, 0.5, 1.0, 1.5]


class ReferenceKneserNey:
    def __init__(self, sentences, order):
        self.order, self.tables = order, adjusted(sentences, order)
        self.words = {w for s in sentences for w in s} | {"<unk>", "</s>"}
        self.discount = {n: three_discounts(t) for n, t in self.tables.items()}
        self.after = defaultdict(list)
        for n, table in self.tables.items():
            for gram, count in table.items():
                self.after[n, gram[:-1]].append(count)

    def probability(self, context, word):
        n = len(context) + 1
        if n == 0:
            return 1 / len(self.words)
        below = self.probability(context[1:], word) if context else 1 / len(self.words)
        counts = self.after.get((n, context))
        if not counts:
            return below
        d = self.discount[n]
        count = self.tables[n].get((*context, word), 0)
        own = max(count - d[min(count, 3)], 0) / sum(counts)
        handed_down = sum(min(d[min(c, 3)], c) for c in counts) / sum(counts)
        return own + handed_down * below

    def sentence(self, sentence):
        padded = ["<s>", *[w if w in self.words else "<unk>" for w in sentence], "</s>"]
        return [self.probability(tuple(padded[max(0, i - self.order + 1):i]), padded[i])
                for i in range(1, len(padded))]
