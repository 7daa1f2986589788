"""Large numbers in words: counts and bytes."""


def large(value: float) -> str:
    """A count in words: 12,300 or 1.23 million."""
    for unit, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if value >= unit:
            return f"{value / unit:.3g} {word}"
    return f"{value:,}"


def in_bytes(value: float) -> str:
    """Bytes in words: 512 bytes or 12.6 MB."""
    for unit, word in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= unit:
            return f"{value / unit:.3g} {word}"
    return f"{value} bytes"
