"""What numpy and torch say about shapes that do not fit, in plain words."""

import re

PRODUCT = "`@` pairs each row of its left side with each column of its right side, and both "
WORDS = {
    r"matmul: Input operand ([01]) does not have enough dimensions": lambda which: (
        f"the {('left', 'right')[int(which)]} side of `@` is one number, it must be an array. "
        "`@` is for arrays, `*` for a number."),
    r"matmul: .*core dimension.*size (\d+) is different from (\d+)": lambda right, left: (
        PRODUCT + f"must be as long; on the left {left} numbers, on the right {right}."),
    r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)": (
        lambda _, left, right, __: PRODUCT + f"must be as long; on the left {left} numbers, on "
        f"the right {right}."),
    r"size mismatch, got input \(\d+\), mat \(\d+x(\d+)\), vec \((\d+)\)": lambda left, right: (
        PRODUCT + f"must be as long; on the left {left} numbers, on the right {right}."),
    r"inconsistent tensor size, expected .*\[(\d+)\].*\[(\d+)\]": lambda left, right: (
        f"the two vectors must be as long; on the left {left} numbers, on the right {right}."),
    r"shapes (\(.*?\)) and (\(.*?\)) not aligned": lambda left, right: (
        f"np.dot of the shapes {left} and {right}: the last size on the left must be the first "
        "on the right (of a matrix the last but one)."),
    r"operands could not be broadcast together with (?:remapped )?shapes (.*\))": lambda shapes: (
        f"arrays of the shapes {' and '.join(shapes.split())} do not fit place by place: seen "
        "from the right, sizes must be equal, or 1."),
    r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)": lambda a, b: (
        f"sizes {a} and {b} do not fit place by place: seen from the right, sizes must be equal, "
        "or 1."),
    r"could not broadcast input array from shape (\(.*?\)) into shape (\(.*?\))": lambda a, b: (
        f"an array of the shape {a} does not fit into a place of the shape {b}."),
    r"setting an array element with a sequence": lambda: (
        "an array was put where one number belongs, or the rows of an array have different "
        "lengths."),
    r"all the input array dimensions.*must match exactly": lambda: (
        "what is put together must agree in every size but the one that grows."),
    r"all the input arrays must have same number of dimensions": lambda: (
        "what is put together must have the same number of axes, such as two matrices."),
    r"all input arrays must have the same shape": lambda: (
        "np.stack needs arrays of one shape."),
    r"index (-?\d+) is out of bounds for (?:axis|dimension) \d+ with size (\d+)": lambda i, n: (
        f"there is no place {i} among {n}: they are counted from 0 to {int(n) - 1}."),
    r"too many indices for (?:array|tensor).*": lambda: (
        "there are more indices in the brackets than the array has axes."),
    r"cannot reshape array of size (\d+) into shape (\(.*?\))": lambda size, shape: (
        f"{size} numbers cannot fill the shape {shape}."),
}


def in_words(said: str) -> str:
    """An error about shapes in plain words; "" for everything else."""
    for pattern, words in WORDS.items():
        match = re.search(pattern, said, re.DOTALL)
        if match:
            return words(*match.groups())
    return ""
