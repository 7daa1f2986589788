"""Exercise 4.11: runs that are broken, and how one sees it."""

from helpers.exercises.engine import Exercise, Mistake, expect, show


def trouble(run: dict) -> str:
    """What a run suffers from; the runs are clear cases, so choose your bounds yourself.

    "sees its target": the decoder reads the very word that it should say.
    "has not learned": it knows no more than how frequent each word is.
    "learned by heart": what it learned does not help with new texts.
    "healthy": none of these.
    run: "forced", the share of right words on new texts if the decoder reads the right words
    before each; "free", the same if it reads what it wrote itself; "train" and "valid", the loss
    on learned and on new texts (nats per word, reading the right words); "chance", the loss of
    guessing by how frequent each word is.
    """
    if run["forced"] > 0.93 and run["free"] < 0.25:
        return "sees its target"
    if run["train"] > 0.9 * run["chance"]:
        return "has not learned"
    return "learned by heart" if run["valid"] > 3 * run["train"] else "healthy"


def _trouble_by_losses(run):
    train, valid = run["train"] / run["chance"], run["valid"] / run["chance"]
    if max(train, valid) < 0.1:
        return "sees its target"
    if min(train, valid) > 0.7:
        return "has not learned"
    return "learned by heart" if valid - train > 0.35 else "healthy"


def _trouble_by_shares(run):
    if run["forced"] - run["free"] > 0.6:
        return "sees its target"
    if run["forced"] > 0.55:
        return "healthy"
    return "learned by heart" if run["train"] < run["chance"] / 3 else "has not learned"


def _run(forced, free, train, valid, chance) -> dict:
    """train and valid are given as parts of chance."""
    return {"forced": round(forced, 2), "free": round(free, 2), "train": round(train * chance, 3),
            "valid": round(valid * chance, 3), "chance": round(chance, 2)}


def _seen(rng, name: str) -> dict:
    """A clear case of a trouble."""
    chance = rng.uniform(3, 8)
    if name == "sees its target":
        loss = rng.uniform(0.005, 0.04)
        return _run(rng.uniform(0.97, 1), rng.uniform(0, 0.1), loss, loss * rng.uniform(0.9, 1.3),
                    chance)
    if name == "has not learned":
        return _run(rng.uniform(0.05, 0.2), rng.uniform(0.02, 0.15), rng.uniform(0.96, 1.02),
                    rng.uniform(0.97, 1.08), chance)
    if name == "learned by heart":
        return _run(rng.uniform(0.28, 0.44), rng.uniform(0.05, 0.22), rng.uniform(0.01, 0.08),
                    rng.uniform(0.6, 1.5), chance)
    forced, train = rng.uniform(0.68, 0.88), rng.uniform(0.13, 0.3)
    return _run(forced, forced - rng.uniform(0.02, 0.3), train, train * rng.uniform(1.05, 1.4),
                chance)


NAMES = ("sees its target", "has not learned", "learned by heart", "healthy")


def _expect_trouble(got: object, wanted: str, call: object) -> None:
    """Nobody is told what would be right."""
    expect(got in NAMES, f"{call} must be one of: {', '.join(NAMES)}; yours: {show(got)}")
    expect(got == wanted, f"{call} is not {show(got)}.")


def _order(*rules):
    """An answer by (condition, name) in this order, and "healthy" where none holds."""
    return lambda run: next((name for holds, name in rules if holds(run)), "healthy")


SEES = (lambda run: run["forced"] > 0.93 and run["free"] < 0.25, "sees its target")
NOT = (lambda run: run["train"] > 0.9 * run["chance"], "has not learned")
HEART = (lambda run: run["valid"] > 3 * run["train"], "learned by heart")


def _renamed(**others):
    def answer(run):
        right = trouble(run)
        return others.get(right.replace(" ", "_"), right)
    return answer


TROUBLE = Exercise(
    "4.11", "Which of these runs is broken?", minutes=8, starred=False,
    hints=("Which of the numbers would you look at to tell a copier from a translator? When does "
           "the copier have nothing left to copy?",
           "\"sees its target\": almost all right when forced, lost when free. \"has not "
           "learned\": compare with chance, also on the learned texts. \"learned by heart\": the "
           "two losses part.",
           "A healthy run is worse when it reads its own words, too, but not lost. Bounds such as "
           "forced > 0.93, train > 0.9 * chance and valid > 3 * train will do."),
    solution=trouble, right=(_trouble_by_losses, _trouble_by_shares), compare=_expect_trouble,
    examples=tuple((run,) for run in (
        _run(0.81, 0.62, 0.2, 0.24, 5.0), _run(0.99, 0.04, 0.01, 0.01, 5.0),
        _run(0.12, 0.08, 1.0, 1.01, 5.0), _run(0.4, 0.2, 0.04, 0.8, 5.0),
        _run(0.31, 0.09, 0.06, 1.2, 6.5), _run(0.72, 0.44, 0.27, 0.36, 6.5),
        _run(0.87, 0.84, 0.14, 0.15, 4.0), _run(0.97, 0.1, 0.03, 0.04, 4.0),
        _run(0.18, 0.03, 0.97, 0.98, 4.0),
        _run(0.42, 0.18, 0.05, 0.75, 3.2))),
    cases=lambda rng: (_seen(rng, str(rng.choice(NAMES))),),
    mistakes=(
        Mistake(_order(NOT, HEART), "One run is right 99 times in 100, as long as somebody else "
                "writes the text. That is too good to be healthy."),
        Mistake(_order((lambda run: run["free"] < run["forced"] - 0.15, "sees its target"), NOT,
                       HEART),
                "Every decoder is worse when it reads its own words: that alone is no proof. Who "
                "sees the target is almost *always* right when forced, and lost when free."),
        Mistake(_order((lambda run: run["free"] < 0.25, "sees its target"), NOT, HEART),
                "A poor translation when free has many causes. Look at the forced share too: who "
                "sees the target is almost always right there."),
        Mistake(_order(SEES, (lambda run: run["valid"] > 0.9 * run["chance"], "has not learned"),
                       HEART),
                "You went by the loss on new texts alone. Look at the learned ones: who is as bad "
                "as chance there has learned nothing, who is good there has learned *them*."),
        Mistake(_order(SEES, HEART), "A loss as high as that of guessing by frequency is not "
                "healthy: nothing was learned."),
        Mistake(_order(SEES, NOT), "The loss on learned texts is far below that on new ones, and "
                "you call that healthy."),
        Mistake(_order(SEES, NOT, (lambda run: run["valid"] > run["train"], "learned by heart")),
                "On new texts every model is a little worse. By heart means *far* worse."),
        Mistake(_order(SEES, NOT, (lambda run: run["valid"] > run["chance"], "learned by heart")),
                "Learning by heart shows long before new texts are worse than chance: compare the "
                "two losses with each other."),
        Mistake(_order((lambda run: run["forced"] < 0.5, "has not learned"), SEES, HEART),
                "Few right words on new texts may have two causes. The loss on the learned texts "
                "tells them apart."),
        Mistake(_renamed(learned_by_heart="sees its target", sees_its_target="learned by heart"),
                "Two are exchanged: who sees the target is good on new texts too, as long as it "
                "can see it."),
        Mistake(_renamed(learned_by_heart="has not learned", has_not_learned="learned by heart"),
                "Two are exchanged: who learned by heart is good on the learned texts."),
    ),
    reread="C · Its own mistakes",
    moral="The best number of all was the broken one's: nobody is right 99 times in 100.",
)
