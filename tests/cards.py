"""What tests of cards ask of a card: did it follow, is it kept, was it drawn whole?"""

from overlaps import crowded

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


def covered(shown: core.Explorer) -> list[str]:
    """Words that overlap others, are smaller than 11 pt, or leave the figure."""
    texts = []
    for axes in shown.figure.axes:
        texts += [*axes.texts, axes.title]
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            low, high = sorted(axis.get_view_interval())
            texts += [axis.label, *(label for place, label in zip(
                axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
                if low <= place <= high and not label.get_rotation())]
    return crowded(shown.figure, [text for text in texts if text.get_visible()
                                  and text.get_text().strip()], apart=3)
