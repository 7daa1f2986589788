"""What tests of cards ask of a card: did it follow, is it kept, was it drawn whole?"""

from helpers.explorers import core


def moved(shown: core.Explorer, **values) -> bool:
    """Set controls; tell whether picture and caption followed without a complaint."""
    before = shown.picture.value, shown.caption
    for name, value in values.items():
        shown.controls[name].value = value
        assert shown.error == ""
    return shown.picture.value != before[0] and shown.caption != before[1]


def artists(shown: core.Explorer) -> set[int]:
    """What is drawn, by identity."""
    return {id(child) for axes in shown.figure.axes for child in axes.get_children()}


def drawn_whole(shown: core.Explorer) -> list:
    """A list that grows each time the whole picture is drawn anew."""
    drawn, full = [], shown.picture.canvas.draw
    shown.picture.canvas.draw = lambda: (drawn.append(1), full())
    return drawn
