"""A picture as a sentence: its patches are the tokens (Dosovitskiy et al. 2021)."""

from __future__ import annotations

from torch import Tensor


def patchify(pictures: Tensor, side: int) -> Tensor:
    """(B, C, height, width) -> (B, patches, C * side * side): row by row, from the left.

    A row holds one patch, channel after channel. Times a matrix it is what a convolution with
    kernel and stride `side` computes. Raises ValueError if the patches do not fill the picture.
    """
    if pictures.dim() != 4 or side < 1 or pictures.shape[2] % side or pictures.shape[3] % side:
        raise ValueError(f"pictures {tuple(pictures.shape)} in patches of side {side}: give "
                         "(B, C, height, width), both multiples of the side")
    B, C, height, width = pictures.shape
    cut = pictures.view(B, C, height // side, side, width // side, side)
    return cut.permute(0, 2, 4, 1, 3, 5).reshape(B, -1, C * side * side)


def unpatchify(patches: Tensor, channels: int, height: int, width: int) -> Tensor:
    """The way back: (B, patches, C * side * side) -> (B, C, height, width).

    Raises ValueError for patches that are not square or do not fill the picture.
    """
    B, count, numbers = patches.shape
    side = round((numbers / channels) ** 0.5)
    rows, columns = height // side, width // side
    if channels * side * side != numbers or rows * columns != count or (
            (rows * side, columns * side) != (height, width)):
        raise ValueError(f"{count} patches of {numbers} numbers do not fill a picture of "
                         f"{channels} channels, {height} by {width}")
    cut = patches.view(B, rows, columns, channels, side, side)
    return cut.permute(0, 3, 1, 4, 2, 5).reshape(B, channels, height, width)
