"""Exercise 7.11: what a model pays for pairs of answers, and where it should move."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def preference_loss(better: np.ndarray, worse: np.ndarray, better_before: np.ndarray,
                    worse_before: np.ndarray, beta: float) -> tuple[float, np.ndarray]:
    """(loss, gradient) of pairs of answers of which people liked one better.

    Four arrays (B,), nats at times in the thousands: the log-probability of each pair's better
    and worse answer for the model, and for the frozen model that it was before. The margin of a
    pair is by how much more the better answer has gained since than the worse one has. What a
    pair costs is minus the logarithm of sigmoid(beta margin). loss: the mean over the pairs.
    gradient: (B,), the slope of the loss in each number of `better`. beta: above 0.
    """
    margins = beta * ((better - better_before) - (worse - worse_before))
    loss = np.logaddexp(0, -margins).mean()
    return loss, -beta * np.exp(-np.logaddexp(0, margins)) / len(margins)


def _loss_by_cases(better, worse, better_before, worse_before, beta):
    """Pair by pair, the exponent never above 0."""
    costs, slopes = [], []
    for b, w, b0, w0 in zip(better, worse, better_before, worse_before, strict=True):
        z = beta * (b - w - (b0 - w0))
        small = np.exp(-abs(z))
        costs.append(np.log1p(small) + max(-z, 0))
        slopes.append((small if z >= 0 else 1) / (1 + small))
    return sum(costs) / len(costs), [-beta * slope / len(slopes) for slope in slopes]


def _loss_by_tanh(better, worse, better_before, worse_before, beta):
    """sigmoid(-z) as (1 - tanh(z / 2)) / 2, the cost as the larger of z and 0, and a rest."""
    z = -beta * np.subtract(better - worse, better_before - worse_before)
    losses = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    return np.mean(losses), -beta * (1 + np.tanh(z / 2)) / (2 * z.size)


def _pairs(rng) -> tuple:
    """Pairs of every kind: undecided, told apart, far off; some with log-probabilities far down."""
    B, beta = int(rng.integers(1, 8)), float(rng.choice([0.1, 0.5, 1.0, round(rng.uniform(.05, 3),
                                                                           2)]))
    before = -rng.uniform(1, 60, (2, B)) - rng.choice([0, 0, 2000])
    moved = rng.normal(0, rng.choice([0.5, 4.0, 30.0]), (2, B))
    if rng.random() < 0.25:
        moved[0] += rng.choice([-3000.0, 3000.0], B)
    better, worse = (before + moved).round(2)
    return better, worse, *before.round(2), beta


def _sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


def _liking(margin=lambda b, w, b0, w0: (b - b0) - (w - w0),
            cost=lambda m, beta: np.logaddexp(0, -beta * m).mean(),
            slope=lambda m, beta: -beta * _sigmoid(-beta * m) / len(m)):
    """An answer with another margin, cost or slope."""
    def answer(better, worse, better_before, worse_before, beta):
        m = margin(better, worse, better_before, worse_before)
        return cost(m, beta), slope(m, beta)
    return answer


def _naive(m, beta):
    return -np.log(1 / (1 + np.exp(-beta * m))).mean()


BETTER, WORSE = np.array([-12.0, -30.5, -8.0, -20.0]), np.array([-14.0, -22.0, -8.5, -21.0])
BEFORE = np.array([-13.0, -28.0, -9.5, -19.0]), np.array([-13.5, -25.0, -7.0, -24.0])
FAR = np.array([0.0, 2500.0, 0.0, -3000.0])
LIKED = Exercise(
    "7.11", "One step towards what is liked", minutes=8, starred=False,
    hints=("What has the better answer gained since the model was frozen, and what the worse one? "
           "The margin is the first less the second; it may be below 0.",
           "-log(sigmoid(z)) is log(1 + exp(-z)): np.logaddexp(0, -z) computes it without inf. Its "
           "slope in z is -sigmoid(-z).",
           "margins = beta * ((better - better_before) - (worse - worse_before)); the gradient is "
           "-beta * sigmoid(-margins) / B, and sigmoid(z) = np.exp(-np.logaddexp(0, -z))."),
    solution=preference_loss, right=(_loss_by_cases, _loss_by_tanh), compare=expect_close,
    parts=("loss", "gradient"), cases=_pairs,
    examples=((BETTER, WORSE, *BEFORE, 0.5), (BETTER[:1], WORSE[:1], BEFORE[0][:1], BEFORE[1][:1],
                                              0.5),
              (BETTER, WORSE, BETTER, WORSE, 0.1), (BETTER, WORSE, *BEFORE, 1.0),
              (BETTER + FAR, WORSE, *BEFORE, 1.0), (BETTER - FAR, WORSE, *BEFORE, 0.1),
              (BETTER[1:3], WORSE[1:3], BEFORE[0][1:3], BEFORE[1][1:3], 2.0)),
    mistakes=(
        Mistake(_liking(margin=lambda b, w, b0, w0: b - w), "You left out how likely both were "
                "before. What counts is what each has gained since."),
        Mistake(_liking(margin=lambda b, w, b0, w0: (b + b0) - (w + w0)), "What was there before "
                "is taken off, not added: gained is now less before."),
        Mistake(_liking(margin=lambda b, w, b0, w0: (w - w0) - (b - b0)), "Turned round: with you "
                "the model pays for giving the *better* answer more."),
        Mistake(_liking(margin=lambda b, w, b0, w0: b - b0), "You looked at the better answer "
                "alone. It must gain more than the worse one does."),
        Mistake(_liking(margin=lambda b, w, b0, w0: np.exp(b - b0) - np.exp(w - w0)), "The gain is "
                "the difference of log-probabilities itself: no exp of it."),
        Mistake(_liking(cost=lambda m, beta: np.logaddexp(0, -m).mean(),
                        slope=lambda m, beta: -_sigmoid(-m) / len(m)), "beta is missing."),
        Mistake(_liking(cost=lambda m, beta: beta * np.logaddexp(0, -m).mean(),
                        slope=lambda m, beta: -beta * _sigmoid(-m) / len(m)), "beta stands within "
                "the sigmoid, at the margin: not before the loss."),
        Mistake(_liking(cost=lambda m, beta: np.logaddexp(0, -m / beta).mean(),
                        slope=lambda m, beta: -_sigmoid(-m / beta) / beta / len(m)), "The margin "
                "is multiplied by beta, not divided by it."),
        Mistake(_liking(cost=lambda m, beta: -_sigmoid(beta * m).mean()), "You forgot the "
                "logarithm: a pair costs minus the *log* of the sigmoid."),
        Mistake(_liking(cost=lambda m, beta: -np.logaddexp(0, -beta * m).mean()), "The sign of "
                "the loss: minus a logarithm of a chance is above 0."),
        Mistake(_liking(cost=lambda m, beta: np.logaddexp(0, -beta * m).sum(),
                        slope=lambda m, beta: -beta * _sigmoid(-beta * m)), "That is the sum, and "
                "its slope. Asked for is the mean over the pairs."),
        Mistake(_liking(cost=lambda m, beta: np.logaddexp(0, -beta * m.mean())), "You took the "
                "mean of the margins first. Each pair pays for itself, then comes the mean."),
        Mistake(_liking(cost=_naive), "A pair that is far off gives exp of thousands, and the "
                "logarithm of 0. np.logaddexp(0, -z) is the same and stays finite."),
        Mistake(_liking(slope=lambda m, beta: -beta * _sigmoid(-beta * m)), "The loss is a mean: "
                "each pair's slope is divided by how many pairs there are."),
        Mistake(_liking(slope=lambda m, beta: -_sigmoid(-beta * m) / len(m)), "beta is missing in "
                "the slope: it stands before the margin, so it comes out in front."),
        Mistake(_liking(slope=lambda m, beta: beta * _sigmoid(-beta * m) / len(m)), "That is the "
                "slope in `worse`, or the step itself. The loss falls as `better` rises: below "
                "0."),
        Mistake(_liking(slope=lambda m, beta: -beta * _sigmoid(beta * m) / len(m)), "Your pairs "
                "pull the more the better they are told apart already. It is the other way round: "
                "sigmoid(-beta margin)."),
        Mistake(_liking(slope=lambda m, beta: -beta * _sigmoid(-beta * m) * _sigmoid(beta * m)
                        / len(m)), "That is the slope of the sigmoid. With the logarithm before "
                "it one factor cancels: a pair that is far off still pulls."),
    ),
    reread="J · Answers that are liked",
    moral="A pair that is told apart hardly pulls any more: who is far off pulls with all of beta.",
)
