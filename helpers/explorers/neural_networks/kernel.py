"""A 3 x 3 kernel slid over a picture: nine products, their sum, the map that they fill."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from helpers import plots
from helpers.explorers import core
from helpers.explorers.picture import named
from helpers.neural_networks import convolution

SIZE, K = 8, 3
PICTURES = {
    "cross": "...##... ...##... ...##... ######## ######## ...##... ...##... ...##...",
    "square": "........ .######. .######. .######. .######. .######. .######. ........",
    "two halves": "....#### ....#### ....#### ....#### ....#### ....#### ....#### ....####",
    "diagonal": "#....... .#...... ..#..... ...#.... ....#... .....#.. ......#. .......#",
    "one point": "........ ........ ........ ...#.... ........ ........ ........ ........"}
KERNELS = {
    "edge": "-1 0 1  -1 0 1  -1 0 1", "horizontal edge": "-1 -1 -1  0 0 0  1 1 1",
    "blur": "1/9 1/9 1/9  1/9 1/9 1/9  1/9 1/9 1/9", "sharpen": "0 -1 0  -1 5 -1  0 -1 0"}
OWN = "your own"
LAYOUTS = [(1, 0), (1, 1), (2, 0), (2, 1)]      # stride, padding
REACH = 3.0                 # the ends of the colours


def nine_numbers(text: str) -> np.ndarray:
    """The kernel (3, 3) that a text of nine numbers says, such as "0 -1 0  -1 5 -1  0 -1 0".

    Fractions such as 1/9 and commas between the numbers may stand in it. Raises ValueError for
    more or fewer numbers, for what is no number, and for one beyond 99.
    """
    words = text.replace("−", "-").replace(",", " ").replace(";", " ").split()
    if len(words) != K * K:
        raise ValueError(f"{len(words)} numbers: a kernel of 3 x 3 needs nine, row by row, such as "
                         f"{KERNELS['sharpen']}")
    try:
        kernel = np.array([float(Fraction(word)) for word in words]).reshape(K, K)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{text!r}: nine numbers such as -1, 0.5 or 1/9, with blanks between "
                         "them") from None
    if np.abs(kernel).max() > 99:
        raise ValueError(f"{np.abs(kernel).max():g} is among the nine numbers: the picture has "
                         "room for -99 to 99")
    return kernel


def kernel_numbers(picture: str = "cross", kernel: str = "edge", row: int = 0, column: int = 0,
                   stride: int = 1, padding: int = 0, nine: str = "") -> dict:
    """The kernel at one place of the output, counted from 0, and the whole output.

    kernel: "edge", "horizontal edge", "blur", "sharpen", or "your own", which is read from `nine`.
    Returns {"x": the picture (8 + 2 padding, 8 + 2 padding), "kernel", "under", "products":
    (3, 3), "sum", "out": (n, n), "row", "column", "stride", "padding"}. Raises ValueError for a
    picture or kernel that there is not and for a place outside the output.
    """
    if picture not in PICTURES or kernel not in (*KERNELS, OWN):
        raise ValueError(f"picture={picture!r}, kernel={kernel!r}: there are "
                         f"{', '.join(PICTURES)}; {', '.join(KERNELS)}, {OWN}")
    weights = nine_numbers(nine if kernel == OWN else KERNELS[kernel])
    x = np.array([[float(sign == "#") for sign in line] for line in PICTURES[picture].split()])
    out = convolution.convolve(x[None], weights[None, None], stride=stride, padding=padding)[0]
    if not (0 <= row < len(out) and 0 <= column < len(out)):
        raise ValueError(f"row {row}, column {column}: the output has {len(out)} rows and columns, "
                         f"0 to {len(out) - 1}")
    x = np.pad(x, padding)
    under = x[row * stride:row * stride + K, column * stride:column * stride + K]
    return {"x": x, "kernel": weights, "under": under, "products": under * weights,
            "sum": float((under * weights).sum()), "out": out, "row": row, "column": column,
            "stride": stride, "padding": padding}


def draw_kernel(figure, numbers: dict) -> str:
    """Draw the picture, the nine products and the output as far as it is filled; say the sum."""
    left, middle, right = plots.panels(figure, 3, width_ratios=(1, 1.25, 1))
    x, out, stride = numbers["x"], numbers["out"], numbers["stride"]
    row, column = numbers["row"], numbers["column"]
    if not plots.keeps(left, f"{x.tolist()}"):
        _make_squares(left, x, "Greys", (0.0, 1.6), animated=False)
        _fill(left, x, np.ones_like(x, dtype=bool))
    if not plots.keeps(right, f"{len(out)} squares"):
        _make_squares(right, out, plots.colours((-REACH, REACH)), (-REACH, REACH), animated=True)
    _fill(right, out, np.arange(out.size).reshape(out.shape) <= row * len(out) + column)
    _frame(left, row * stride, column * stride, K)
    _frame(right, row, column, 1)
    plots.name(left, title=f"The picture{', with its rim of 0' if numbers['padding'] else ''}")
    plots.name(right, title=f"The output, {len(out)} x {len(out)}")
    _draw_products(middle, numbers)
    return _in_words(numbers)


def _make_squares(axes, values: np.ndarray, colours: str, limits: tuple[float, float], *,
                  animated: bool) -> None:
    """Empty squares (n, n), their numbers, and a frame that moves."""
    n = len(values)
    plots.room(axes, left=0.35, right=0.1, below=0.42)
    axes.set(aspect="equal", anchor="W")
    axes.imshow(np.zeros((n, n)), cmap=colours, vmin=limits[0], vmax=limits[1],
                interpolation="nearest", animated=animated, label="squares")
    _lines(axes, n, animated)
    for i, j in np.ndindex(n, n):
        axes.text(j, i, "", ha="center", va="center_baseline", fontsize=plots.SMALL,
                  animated=animated)
    axes.plot([], [], color=plots.ORANGE, linewidth=3, animated=True, label="frame", zorder=4,
              clip_on=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5))
    for axis in (axes.xaxis, axes.yaxis):
        plots.mark_ticks(axis, range(n), [str(place) for place in range(n)])


def _lines(axes, n: int, animated: bool) -> None:
    edges, look = np.arange(n + 1) - 0.5, {"color": "#8a8a8a", "linewidth": 0.8, "clip_on": False}
    axes.hlines(edges, -0.5, n - 0.5, animated=animated, **look)
    axes.vlines(edges, -0.5, n - 0.5, animated=animated, **look)


def _fill(axes, values: np.ndarray, filled: np.ndarray) -> None:
    """Give the squares that are filled their colours and numbers."""
    image = named(axes, "squares")
    image.set_data(np.ma.masked_array(values, ~filled))
    inks = plots.readable_on(image.cmap(image.norm(values)))
    space = axes.get_position(original=True).width * axes.figure.get_figwidth() / len(values)
    for text, word, ink, shown in zip(axes.texts, _fitting(values, space), inks.ravel(),
                                      filled.ravel(), strict=True):
        text.set(text=word, color=ink, visible=bool(shown))


def _fitting(values: np.ndarray, space: float) -> list[str]:
    """All numbers with two, one or no digits after the point, as squares so wide (inches) allow."""
    for digits in (2, 1, 0):
        words = [_written(value, digits) for value in values.ravel()]
        if max(map(plots.width, words)) < space - 0.02:
            break
    return words


def _frame(axes, row: int, column: int, side: int) -> None:
    """Put the frame around `side` squares each way, the first of them at row, column."""
    named(axes, "frame").set_data(column - 0.5 + side * np.array([0, 1, 1, 0, 0]),
                                  row - 0.5 + side * np.array([0, 0, 1, 1, 0]))


def _draw_products(axes, numbers: dict) -> None:
    """Nine squares, in each: what lies there times the kernel's number, and the product."""
    if not plots.keeps(axes, "products"):
        _make_products(axes)
    named(axes, "products").set_data(numbers["products"])
    image = named(axes, "products")
    inks = plots.readable_on(image.cmap(image.norm(numbers["products"]))).ravel()
    for place, (under, weight, product, ink) in enumerate(zip(*(
            numbers[part].ravel() for part in ("under", "kernel", "products")), inks,
            strict=True)):
        axes.texts[place].set_text(f"{_written(under)} × {_written(weight)}")
        axes.texts[place + K * K].set_text(f"= {_written(product)}")
        for text in axes.texts[place:place + K * K + 1:K * K]:
            text.set_color(ink)
    named(axes, "sum").set_text(f"sum of the nine: {_written(numbers['sum'])}")


def _make_products(axes) -> None:
    plots.room(axes, left=0.3, right=0.35, below=0.62)
    axes.imshow(np.zeros((K, K)), cmap=plots.colours((-REACH, REACH)), vmin=-REACH, vmax=REACH,
                aspect="auto", interpolation="nearest", animated=True, label="products")
    _lines(axes, K, animated=True)
    axes.plot([], [], color=plots.ORANGE, linewidth=3, animated=True, clip_on=False, label="frame")
    _frame(axes, 0, 0, K)
    for shift, weight in ((-0.17, "normal"), (0.2, "bold")):
        for i, j in np.ndindex(K, K):
            axes.text(j, i + shift, "", ha="center", va="center", fontsize=plots.SMALL,
                      fontweight=weight, animated=True)
    axes.text(0.5, -0.07, "", transform=axes.transAxes, ha="center", va="top", color=plots.INK,
              fontsize=plots.LARGE, fontweight="bold", animated=True, label="sum")
    axes.spines[:].set_visible(False)
    axes.set(xticks=[], yticks=[], xlim=(-0.5, 2.5), ylim=(2.5, -0.5))
    plots.name(axes, title="What is under it × the kernel")


def _written(value: float, digits: int = 2) -> str:
    """A number with at most so many digits after the point, and a minus that is one."""
    return f"{round(value, digits) + 0.0:.6g}".replace("-", "−")


def _in_words(numbers: dict) -> str:
    out, stride, padding = numbers["out"], numbers["stride"], numbers["padding"]
    n, row, column = len(out), numbers["row"], numbers["column"]
    terms = [_written(value) for value in numbers["products"].ravel() if value]
    added = " + ".join(f"({term})" if term.startswith("−") else term for term in terms)
    said = (f"the products that are not 0 are {added}, together {_written(numbers['sum'])}"
            if terms else "all nine products are 0, and so is their sum")
    alike = int(np.isclose(out, numbers["sum"]).sum())
    rim = f" + 2 · {padding}" if padding else ""
    steps = f", {stride} by {stride} squares a step" if stride > 1 else ""
    fit = f"({SIZE}{rim} − {K})" + (f" // {stride}" if stride > 1 else "")
    return (f"Row {row}, column {column} of the output{steps}: {said}. The same number comes out "
            f"at {alike} of {out.size} places; the output runs from {_written(out.min())} to "
            f"{_written(out.max())}. Its size: {fit} + 1 = {n} each way.")


def kernel_slide(picture: str = "cross", kernel: str = "edge", row: int = 0, column: int = 0):
    """Slide the kernel over the picture, or write its nine numbers; see each product and the sum.

    A row or column beyond the output means its last one.
    """
    def compute(layout: tuple, row: int, column: int, **values) -> dict:
        stride, padding = layout
        last = convolution.output_size(SIZE, K, stride=stride, padding=padding) - 1
        return kernel_numbers(row=min(row, last), column=min(column, last), stride=stride,
                              padding=padding, **values)
    shown = core.explore(
        compute, draw_kernel, size=(10, 3.4), more=("picture", "layout", "nine"),
        kernel=core.choice("kernel", [("vertical edge", "edge"), *list(KERNELS)[1:], OWN],
                           value=kernel),
        row=core.slider("row", 0, SIZE - 1, value=row),
        column=core.slider("column", 0, SIZE - 1, value=column),
        picture=core.choice("picture", list(PICTURES), value=picture),
        layout=core.choice("stride and padding", [
            (f"stride {stride}, padding {padding}", (stride, padding))
            for stride, padding in LAYOUTS]),
        nine=core.text("your own nine numbers", KERNELS.get(kernel, KERNELS["edge"])))
    def own(_) -> None:
        """What was written is what is slid; what is wrong with it is said below it."""
        shown.controls["kernel"].value = OWN
        if shown.error:
            shown.culprit = "nine"
    shown.controls["nine"].observe(own, names="value")
    return shown
