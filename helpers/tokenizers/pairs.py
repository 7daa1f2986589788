"""Which two neighbours occur most often? The bookkeeping behind BPE.train."""

import heapq
from collections import Counter, defaultdict
from itertools import pairwise

N_BYTES = 256


def merge_pair(ids: list[int], pair: tuple[int, int], new_id: int) -> list[int]:
    """Return ids with every `pair` of neighbours, read from the left, replaced by `new_id`."""
    left, right = pair
    merged = []
    i = 0
    while i < len(ids):
        if ids[i] == left and i + 1 < len(ids) and ids[i + 1] == right:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


class PairTable:
    """Each pair of neighbours: how often it occurs and in which words; kept right by each merge.

    A merge touches only the words that hold its pair, and there only the neighbours of the pair.
    The heap may hold old counts; they are skipped when they come up, because each change of a
    count put the new one in too.
    """

    def __init__(self, spellings: list[list[int]], frequencies: list[int]) -> None:
        self.spellings = spellings  # one list of ids for each different word
        self.frequencies = frequencies
        self.pieces = [bytes([i]) for i in range(N_BYTES)]
        self.merges: list[tuple[int, int]] = []
        self.counts: Counter[tuple[int, int]] = Counter()
        self.homes: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self.heap: list[tuple] = []
        change: Counter[tuple[int, int]] = Counter()
        for word, ids in enumerate(spellings):
            for pair in pairwise(ids):
                change[pair] += frequencies[word]
                self.homes[pair].add(word)
        self._apply(change)

    def most_frequent(self) -> tuple[int, int] | None:
        """The pair with the highest count, ties by its bytes; None if no pair occurs twice."""
        while self.heap:
            negative_count, _, _, pair = self.heap[0]
            if self.counts[pair] == -negative_count:
                return pair
            heapq.heappop(self.heap)
        return None

    def merge(self, pair: tuple[int, int]) -> None:
        """Make the pair a new id in every word that holds it."""
        new_id = len(self.pieces)
        self.merges.append(pair)
        self.pieces.append(self.pieces[pair[0]] + self.pieces[pair[1]])
        change: Counter[tuple[int, int]] = Counter()
        for word in self.homes.pop(pair):
            self.spellings[word] = merge_pair(self.spellings[word], pair, new_id)
            self._recount(word, pair, new_id, change)
        self._apply(change)

    def _recount(self, word: int, pair: tuple[int, int], new_id: int, change: Counter) -> None:
        """Note which pairs of a word went and came when `pair` became `new_id` in it."""
        ids, amount = self.spellings[word], self.frequencies[word]
        for i in [i for i, token_id in enumerate(ids) if token_id == new_id]:
            change[pair] -= amount
            if i > 0:
                before = pair[1] if ids[i - 1] == new_id else ids[i - 1]
                change[before, pair[0]] -= amount
                change[ids[i - 1], new_id] += amount
                self.homes[ids[i - 1], new_id].add(word)
            if i + 1 < len(ids) and ids[i + 1] != new_id:  # else: counted from its own left side
                change[pair[1], ids[i + 1]] -= amount
                change[new_id, ids[i + 1]] += amount
                self.homes[new_id, ids[i + 1]].add(word)

    def _apply(self, change: Counter) -> None:
        for pair, amount in change.items():
            self.counts[pair] += amount
            if amount and self.counts[pair] > 1:
                left, right = self.pieces[pair[0]], self.pieces[pair[1]]
                heapq.heappush(self.heap, (-self.counts[pair], left, right, pair))
