"""What every measure refuses."""


def refuse_str(value: object, name: str, wanted: str) -> None:
    """A str is a list of letters to Python, so it would give a number, and a wrong one."""
    if isinstance(value, str | bytes):
        raise ValueError(f"{name} is the {type(value).__name__} {value[:30]!r}: hand over a list "
                         f"of {wanted}")
