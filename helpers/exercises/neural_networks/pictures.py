"""Exercise 0.11: which shape comes out of a plan of convolutions and pools, and what it learns."""

from helpers.exercises.engine import Exercise, Mistake, expect_equal


def through(shape: tuple[int, int, int], layers: list[tuple]
            ) -> tuple[tuple[int, int, int], int]:
    """(the shape that comes out, how many numbers are learned) for a picture and a list of layers.

    shape: (channels, rows, columns). A layer is ("conv", channels out, kernel, stride, padding):
    kernels of kernel x kernel, one for each channel that comes out, each of which reads all
    channels that come in, and has one bias; padding rows and columns of 0 are put on each side.
    Or it is ("pool", size): the largest number of each whole square of size x size, side by side;
    what is left over at the edge is dropped. It learns nothing. ValueError if a kernel or a square
    has no place on what it is given.
    """
    channels, rows, columns = shape
    weights = 0
    for kind, *numbers in layers:
        if kind == "conv":
            out, kernel, stride, padding = numbers
            weights += out * (channels * kernel * kernel + 1)
            channels = out
        else:
            kernel, stride, padding = numbers[0], numbers[0], 0
        if min(rows, columns) + 2 * padding < kernel:
            raise ValueError(f"{kind} of {kernel} has no place on {rows} x {columns}")
        rows = (rows + 2 * padding - kernel) // stride + 1
        columns = (columns + 2 * padding - kernel) // stride + 1
    return (channels, rows, columns), weights


def _by_listing_places(shape, layers):
    """Every place where a kernel can begin is written down."""
    (channels, *sides), weights = shape, 0
    for layer in layers:
        pool = layer[0] == "pool"
        kernel, stride, padding = (layer[1], layer[1], 0) if pool else layer[2:]
        sides = [len(range(-padding, side + padding - kernel + 1, stride)) for side in sides]
        if 0 in sides:
            raise ValueError(f"{layer} does not fit")
        if not pool:
            weights += layer[1] + layer[1] * channels * kernel ** 2
            channels = layer[1]
    return (channels, *sides), weights


def _one_after_another(shape, layers):
    if not layers:
        return tuple(shape), 0
    (kind, *numbers), rest = layers[0], layers[1:]
    if kind == "pool":
        size = numbers[0]
        if size > shape[1] or size > shape[2]:
            raise ValueError("the square is too large")
        return _one_after_another((shape[0], shape[1] // size, shape[2] // size), rest)
    out, kernel, stride, padding = numbers
    steps = [side + 2 * padding - kernel for side in shape[1:]]
    if any(step < 0 for step in steps):
        raise ValueError("the kernel is too large")
    end, weights = _one_after_another((out, *(1 + step // stride for step in steps)), rest)
    return end, weights + (shape[0] * kernel ** 2) * out + out


def _plan(rng) -> tuple:
    """Up to six layers; now and then one that has no place."""
    shape = tuple(int(n) for n in (rng.integers(1, 5), *rng.integers(3, 40, 2)))
    layers = []
    for _ in range(int(rng.integers(0, 7))):
        if rng.random() < 0.35:
            layers.append(("pool", int(rng.integers(1, 4))))
        else:
            layers.append(("conv", *(int(n) for n in (
                rng.integers(1, 9), rng.integers(1, 6), rng.integers(1, 4), rng.integers(0, 3)))))
    return shape, layers


def _planning(place=lambda n, kernel, stride, padding: (n + 2 * padding - kernel) // stride + 1,
              count=lambda c, out, kernel: out * (c * kernel ** 2 + 1), chain=True, swap=False,
              pool=lambda n, size: n // size, pool_count=lambda c, size: 0, checks="both"):
    """An answer that places, counts or pools otherwise, or checks one side only."""
    def answer(shape, layers):
        (channels, *sides), weights = shape, 0
        for kind, *numbers in layers:
            kernel, padding = (numbers[0], 0) if kind == "pool" else (numbers[1], numbers[3])
            tried = {"both": sides, "rows": sides[:1], "none": [], "no padding": [
                n - 2 * padding for n in sides]}[checks]
            if any(n + 2 * padding < kernel for n in tried):
                raise ValueError(f"{kind} of {kernel} has no place")
            if kind == "pool":
                sides = [pool(n, kernel) for n in sides]
                weights += pool_count(channels, kernel)
                continue
            out, _, stride, _ = numbers
            weights += count(channels, out, kernel)
            channels = out if chain else channels
            sides = [place(n, kernel, stride, padding) for n in sides]
        return (channels, *(sides[::-1] if swap else sides)), weights
    return answer


def _channels_of_the_picture(shape, layers):
    """Every kernel is counted as if it read the picture itself."""
    end, _ = through(shape, layers)
    return end, sum(layer[1] * (shape[0] * layer[2] ** 2 + 1) for layer in layers
                    if layer[0] == "conv")


LENET = [("conv", 6, 5, 1, 0), ("pool", 2), ("conv", 16, 5, 1, 0), ("pool", 2)]
THROUGH = Exercise(
    "0.11", "What comes out of a convolution?", minutes=8, starred=False,
    hints=("Take one row of 7 numbers and a kernel of 3. How many places has it? With stride 2? "
           "And with one 0 put on each side?",
           "Padding adds on both sides. The last place begins at n + 2 padding - kernel; from 0 to "
           "there in strides, the first one counts as well. A kernel reads all channels that come "
           "in: channels * kernel * kernel numbers, and a bias.",
           "(n + 2 * padding - kernel) // stride + 1, for rows and for columns. weights += out * "
           "(channels * kernel ** 2 + 1), and then channels = out. A pool of s leaves n // s."),
    solution=through, right=(_by_listing_places, _one_after_another), compare=expect_equal,
    parts=("shape", "weights"), cases=_plan,
    examples=(((1, 32, 32), LENET), ((3, 9, 12), [("conv", 4, 3, 2, 1)]),
              ((2, 7, 10), [("pool", 3)]), ((3, 5, 8), []), ((3, 6, 8), [("conv", 2, 1, 1, 0)]),
              ((1, 4, 9), [("conv", 2, 5, 1, 0)]), ((1, 9, 4), [("conv", 2, 5, 1, 0)]),
              ((1, 4, 4), [("conv", 2, 5, 1, 1), ("conv", 3, 2, 3, 0)]), ((2, 2, 5), [("pool", 3)]),
              ((3, 11, 14), [("conv", 5, 4, 3, 2), ("pool", 2), ("conv", 2, 2, 1, 0)])),
    mistakes=(
        Mistake(_planning(place=lambda n, kernel, stride, padding: (n + 2 * padding - kernel)
                          // stride), "One place too few: the kernel sits at 0 before its first "
                "stride. Add 1."),
        Mistake(_planning(place=lambda n, kernel, stride, padding: (n + padding - kernel)
                          // stride + 1), "Padding is put on each side: it counts twice."),
        Mistake(_planning(place=lambda n, kernel, stride, padding: (n - kernel) // stride + 1),
                "Padding is missing in the size: the kernel may begin on it."),
        Mistake(_planning(place=lambda n, kernel, stride, padding: n + 2 * padding - kernel + 1),
                "The stride is missing: the kernel jumps from place to place."),
        Mistake(_planning(place=lambda n, kernel, stride, padding: -(-n // stride)), "You took the "
                "number of rows over the stride, as if the padding were always such that nothing "
                "is lost. Count the places of the kernel."),
        Mistake(_planning(place=lambda n, kernel, stride, padding: -((kernel - n - 2 * padding)
                          // stride) + 1), "You rounded up. A place where the kernel would hang "
                "over the edge is none."),
        Mistake(_planning(count=lambda c, out, kernel: out * (kernel ** 2 + 1)), "Each kernel "
                "reads all channels that come in: it has kernel * kernel numbers for each."),
        Mistake(_planning(count=lambda c, out, kernel: out * c * kernel ** 2), "The biases are "
                "missing: one for each channel that comes out."),
        Mistake(_planning(count=lambda c, out, kernel: out * c * (kernel ** 2 + 1)), "One bias for "
                "each channel that comes out, not for each pair of channels."),
        Mistake(_planning(count=lambda c, out, kernel: out * c * kernel ** 2 + 1), "One bias "
                "in all with you: each channel that comes out has its own."),
        Mistake(_planning(count=lambda c, out, kernel: out * (c * kernel + 1)), "A kernel is a "
                "square: kernel * kernel numbers for each channel."),
        Mistake(_channels_of_the_picture, "You counted all kernels as if they read the picture. A "
                "later layer reads the channels that the one before it gave."),
        Mistake(_planning(chain=False), "The channels stay what they were with you. A convolution "
                "gives one for each of its kernels."),
        Mistake(_planning(swap=True), "Rows and columns are exchanged."),
        Mistake(_planning(pool=lambda n, size: n - size + 1), "Your squares overlap. They lie "
                "side by side: a pool of 2 halves the rows and columns."),
        Mistake(_planning(pool=lambda n, size: -(-n // size)), "What is left over at the edge is "
                "no whole square, and is dropped: round down."),
        Mistake(_planning(pool_count=lambda c, size: c * size ** 2), "A pool takes the largest "
                "number: nothing in it is learned."),
        Mistake(_planning(checks="none"), "A kernel that is larger than what it sits on has no "
                "place. Say so, before you return a shape that there is not."),
        Mistake(_planning(checks="rows"), "You looked at the rows only. The columns may be too "
                "narrow as well."),
        Mistake(_planning(checks="no padding"), "The padding makes room: a kernel of 5 has a "
                "place on 4 rows with one 0 on each side."),
    ),
    reread="I · Convolution on one page",
    moral="LeNet's two convolutions learn 2,572 of its 61,706 numbers: the rest sits on top.",
)
