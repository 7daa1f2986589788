"""Exercise 6.11: pictures as rows of patches."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def to_patches(pictures: np.ndarray, side: int) -> np.ndarray:
    """Rows (B, N, side * side * C) of pictures (B, height, width, C): N square patches of each.

    The patches are counted as one reads: from the left, row of patches by row of patches. Within
    a patch its pixels stand in the same order, the C numbers of a pixel side by side.
    ValueError, saying which sizes, if the patches do not fill height and width exactly.
    """
    B, height, width, C = pictures.shape
    if height % side or width % side:
        raise ValueError(f"patches of side {side} do not fill {height} by {width} pixels")
    cut = pictures.reshape(B, height // side, side, width // side, side, C)
    return cut.swapaxes(2, 3).reshape(B, -1, side * side * C)


def _patches_by_slices(pictures, side):
    B, height, width, C = pictures.shape
    if height // side * side != height or width // side * side != width:
        raise ValueError(f"height {height} and width {width} are no multiples of {side}")
    rows = [pictures[:, top:top + side, left:left + side].reshape(B, -1)
            for top in range(0, height, side) for left in range(0, width, side)]
    return np.stack(rows, axis=1)


def _patches_number_by_number(pictures, side):
    height, width = pictures.shape[1:3]
    if (height % side, width % side) != (0, 0):
        raise ValueError(f"{height} x {width} pixels, patches of {side} x {side}")
    return [[[float(number) for y in range(side) for x in range(side)
              for number in picture[top * side + y, left * side + x]]
             for top in range(height // side) for left in range(width // side)]
            for picture in pictures]


def _pictures(rng) -> tuple:
    """Tall, wide and square ones, of one colour or more; one in eight does not come out even."""
    B, rows, columns, C, side = (int(n) for n in rng.integers(1, [4, 4, 5, 4, 4]))
    height, width = rows * side, columns * side
    if side > 1 and rng.random() < 0.2:
        height, width = ((height + 1, width), (height, width + 1))[rng.integers(2)]
    return rng.normal(0, 3, (B, height, width, C)).round(2), side


def _laid_out(order, shape=lambda B, N, numbers: (B, N, numbers)):
    """An answer whose six axes (B, rows, y, columns, x, C) stand in another order."""
    def answer(pictures, side):
        to_patches(pictures, side)
        B, height, width, C = pictures.shape
        cut = pictures.reshape(B, height // side, side, width // side, side, C).transpose(order)
        return cut.reshape(shape(B, height * width // side ** 2, side * side * C))
    return answer


def _by_reshape(pictures, side):
    return pictures.reshape(to_patches(pictures, side).shape)


def _rest_lost(pictures, side):
    height, width = (n // side * side for n in pictures.shape[1:3])
    return to_patches(pictures[:, :height, :width], side)


def _rest_filled(pictures, side):
    down, right = (-n % side for n in pictures.shape[1:3])
    return to_patches(np.pad(pictures, ((0, 0), (0, down), (0, right), (0, 0))), side)


def _one_side_checked(axis):
    """An answer that checks height (1) or width (2) only, and fills the other."""
    def answer(pictures, side):
        if pictures.shape[axis] % side:
            raise ValueError(f"{pictures.shape[axis]} is no multiple of {side}")
        return _rest_lost(pictures, side)
    return answer


def _overlapping(pictures, side):
    to_patches(pictures, side)
    _, height, width, _ = pictures.shape
    return np.stack([pictures[:, y:y + side, x:x + side].reshape(len(pictures), -1)
                     for y in range(height - side + 1) for x in range(width - side + 1)], axis=1)


def _mean_colour(pictures, side):
    rows = to_patches(pictures, side)
    B, N, _ = rows.shape
    return rows.reshape(B, N, side * side, -1).mean(axis=2)


WIDE = np.arange(48.0).reshape(1, 4, 6, 2)
TWO = np.arange(96.0).reshape(2, 4, 4, 3)
PATCHES = Exercise(
    "6.11", "Cut a picture into tokens", minutes=8, starred=False,
    hints=("Take one picture of 4 by 6 pixels and cut out the first patch of 2 by 2 by hand: "
           "which of the rows of the picture does it have a part in?",
           "A reshape to (B, rows, side, columns, side, C) gives each pixel its patch and its "
           "place in it. Then the two axes in the middle must change places before the next "
           "reshape.",
           "cut.swapaxes(2, 3).reshape(B, -1, side * side * C). Two loops over the top left "
           "corners and np.stack(..., axis=1) do as well. Before that: % side must be 0 twice."),
    solution=to_patches, right=(_patches_by_slices, _patches_number_by_number),
    compare=expect_close, cases=_pictures,
    examples=((WIDE, 2), (TWO, 2), (TWO, 4), (TWO, 1), (WIDE, 4), (WIDE, 3), (WIDE[:, :, :4], 2),
              (WIDE[..., :1], 2), (WIDE[:, :2], 2)),
    mistakes=(
        Mistake(_by_reshape, "The right shape, the wrong patches: reshape alone cuts the picture "
                "into strips, as the numbers of a whole row of pixels come first."),
        Mistake(_laid_out((0, 3, 1, 2, 4, 5)), "Your patches are counted from the top, column by "
                "column. One reads from the left, row by row."),
        Mistake(_laid_out((0, 1, 3, 4, 2, 5)), "Within a patch your pixels stand column by "
                "column: rows and columns are exchanged."),
        Mistake(_laid_out((0, 3, 1, 4, 2, 5)), "You read column by column, the patches and the "
                "pixels within them. One reads from the left, row by row."),
        Mistake(_laid_out((0, 1, 3, 5, 2, 4)), "Within a patch your colours stand one after the "
                "other, each as a whole. Here the C numbers of a pixel stay side by side."),
        Mistake(_laid_out((0, 2, 4, 1, 3, 5)), "What you put together are pixels that lie `side` "
                "apart: the same corner of all patches. A patch is made of neighbours."),
        Mistake(_laid_out((0, 1, 3, 2, 4, 5), lambda B, N, numbers: (B * N, numbers)), "The "
                "patches of all pictures are one list now. Leave the pictures apart: (B, N, ...)."),
        Mistake(lambda pictures, side: to_patches(pictures, side).swapaxes(1, 2), "A patch is a "
                "column with you. It is a token, so it is a row."),
        Mistake(_overlapping, "Your patches overlap: the next one begins `side` pixels further."),
        Mistake(_mean_colour, "Only the mean colour of each patch is left. All its numbers go "
                "into the row."),
        Mistake(lambda pictures, side: to_patches(pictures, side)[:, ::-1], "Your patches are "
                "counted from the end: the first is the one at the top left."),
        Mistake(_rest_lost, "What does not come out even is lost without a word. Raise a "
                "ValueError that says which sizes."),
        Mistake(_rest_filled, "What does not come out even is filled up in silence. Raise a "
                "ValueError that says which sizes."),
        Mistake(_one_side_checked(1), "The width must come out even, too: you looked at the "
                "height only."),
        Mistake(_one_side_checked(2), "The height must come out even, too: you looked at the "
                "width only."),
    ),
    reread="M · Patches are tokens",
    moral="From here on a picture is a sentence; a matrix makes rows of d of its patches.",
)
