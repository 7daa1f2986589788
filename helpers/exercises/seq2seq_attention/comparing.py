"""Exercise 4.10: figures that may be compared."""

from helpers.exercises.engine import Exercise, Mistake


def comparable(reports: list[dict]) -> list[str]:
    """Names of the reports whose BLEU may be compared with the first one's, the best first.

    The first one counts too, and of equal scores the name that comes first in the alphabet. A
    report that used its test text for a choice may be compared with none: if the first one did,
    the list is empty.
    A report: "name", "model", "beam" (width), "test" (name of the test text), "tokens" (counted
    in "words" or "characters"), "case" ("kept" or "lower", made small before counting),
    "chosen on" (the text on which the best settings were chosen), "score" (BLEU, 0 to 100).
    """
    first = reports[0]
    if first["chosen on"] == first["test"]:
        return []
    kept = [report for report in reports if report["chosen on"] != report["test"]
            and all(report[key] == first[key] for key in ("test", "tokens", "case"))]
    return [report["name"] for report in sorted(
        kept, key=lambda report: (-report["score"], report["name"]))]


def _comparable_by_loop(reports):
    same, best = [], []
    for report in reports:
        peeked = report["chosen on"] == report["test"]
        alike = (report["test"], report["tokens"], report["case"]) == (
            reports[0]["test"], reports[0]["tokens"], reports[0]["case"])
        if alike and not peeked:
            same.append((report["score"], report["name"]))
    if reports[0]["name"] not in [name for _, name in same]:
        return []
    for score in sorted({score for score, _ in same}, reverse=True):
        best += sorted(name for other, name in same if other == score)
    return best


def _comparable_by_reasons(reports):
    def reasons(report):
        differs = [key for key in ("test", "tokens", "case") if report[key] != reports[0][key]]
        return differs + ["chosen on"] * (report["test"] == report["chosen on"])

    if reasons(reports[0]):
        return []
    by_name = sorted((r for r in reports if not reasons(r)), key=lambda r: r["name"])
    return [r["name"] for r in sorted(by_name, key=lambda r: r["score"], reverse=True)]


def _report(name="A", score=30.0, model="attention", beam=4, test="long", tokens="words",
            case="kept", chosen="valid") -> dict:
    return {"name": name, "model": model, "beam": beam, "test": test, "tokens": tokens,
            "case": case, "chosen on": chosen, "score": score}


def _reports(rng) -> tuple:
    """One to seven reports, most of them like the first but for one or two keys."""
    def some(name):
        test = str(rng.choice(["long", "unseen"]))
        return _report(name, float(rng.choice([21.5, 30, 30, 8, 44])),
                       str(rng.choice(["attention", "one vector"])), int(rng.choice([1, 4, 10])),
                       test, str(rng.choice(["words", "characters"])),
                       str(rng.choice(["kept", "lower"])),
                       str(rng.choice(["valid", "valid", "dev", test, "unseen"])))
    first, *others = [some(str(name)) for name in rng.permutation(list("ABCDEFG"))[
        :rng.integers(1, 8)]]
    if rng.random() < 0.8 and first["chosen on"] == first["test"]:
        first["chosen on"] = "valid"
    for report in others:
        report |= {key: first[key] for key in ("test", "tokens", "case", "chosen on")
                   if rng.random() < 0.8}
    return ([first, *others],)


def _as_if(**same):
    """An answer for which all reports have these values; a blank in a key is written as _."""
    values = {key.replace("_", " "): value for key, value in same.items()}
    return lambda reports: comparable([{**report, **values} for report in reports])


def _wanting(key):
    """An answer that also wants this key to be the same."""
    return lambda reports: comparable([r for r in reports if r[key] == reports[0][key]])


def _ordered(order):
    """The right names in another order."""
    def answer(reports):
        names = comparable(reports)
        return [r["name"] for r in order([r for r in reports if r["name"] in names])]
    return answer


def _choice_alike(reports):
    """The text of choice must be the same, whatever it is."""
    return _as_if(chosen_on="")([r for r in reports if r["chosen on"] == reports[0]["chosen on"]])


def _first_forgiven(reports):
    return comparable([{**reports[0], "chosen on": ""}, *reports[1:]])


def _first_left_out(reports):
    """The first one's own choice keeps it from the list, but not the others."""
    names = _first_forgiven(reports)
    peeked = reports[0]["chosen on"] == reports[0]["test"]
    return [name for name in names if not (peeked and name == reports[0]["name"])]


BEST = _report()
EXAMPLES = (
    ([BEST, _report("B", 34.0, "one vector"), _report("C", 28.0)],),
    ([BEST, _report("B", 41.0, tokens="characters"), _report("C", 31.0)],),
    ([BEST, _report("B", 36.0, case="lower"), _report("C", 29.0)],),
    ([BEST, _report("B", 52.0, test="unseen"), _report("C", 27.0)],),
    ([BEST, _report("B", 35.0, chosen="long"), _report("C", 26.0, chosen="dev")],),
    ([_report(chosen="long"), _report("B", 25.0), _report("C", 24.0, chosen="long")],),
    ([BEST, _report("D", 33.0, beam=1), _report("B", 33.0, beam=10), _report("C", 33.0)],),
    ([_report("D", test="unseen", case="lower"), _report("B", 8.0, test="unseen", case="lower"),
      _report("A", 9.0, test="unseen", case="lower", chosen="unseen"), _report("C", 50.0)],),
    ([_report(chosen="dev"), _report("B", 31.0, chosen="unseen")],),
    ([_report("E", 12.0, tokens="characters"), _report("A", 100.0, tokens="characters")],),
)
COMPARABLE = Exercise(
    "4.10", "Which figures may be compared?", minutes=8, starred=False,
    hints=("Go through the keys one by one. If nothing else differed: would the higher score be "
           "the better *model's*, or only the easier exam's?",
           "Model and beam are what is being compared, so they may differ. How the score was "
           "counted, and on what, may not: three keys.",
           "A report has looked at its exam if \"chosen on\" is the same text as \"test\". "
           "sorted(kept, key=lambda r: (-r[\"score\"], r[\"name\"])) puts the best first."),
    solution=comparable, right=(_comparable_by_loop, _comparable_by_reasons),
    examples=EXAMPLES, cases=_reports,
    mistakes=(
        Mistake(_as_if(test="long", chosen_on="valid"), "You looked neither at the test text nor "
                "at what the settings were chosen on."),
        Mistake(lambda reports: comparable([{**r, "test": "x", "chosen on": r["chosen on"] if
                    r["chosen on"] != r["test"] else "x"} for r in reports]),
                "The test texts differ. One may be the easier one."),
        Mistake(_as_if(tokens="words"), "BLEU by characters came through: it counts other pieces, "
                "and is nearly always higher than BLEU by words."),
        Mistake(_as_if(case="kept"), "A report that made all letters small came through: \"The\" "
                "for \"the\" is no fault there, so it has the easier exam."),
        Mistake(_as_if(chosen_on=""), "A report came through whose settings were chosen on its "
                "own test text. It picked the best of many exams: its score is too good."),
        Mistake(_choice_alike, "You asked that both were chosen on the same text. Two that looked "
                "at the exam are no better than one, and two that did not may have chosen on "
                "different texts."),
        Mistake(_first_forgiven, "The first report looked at its own exam, and still you compare "
                "with it. Nothing may be: the list is empty."),
        Mistake(_first_left_out, "The first report looked at its own exam. You left it out, but "
                "compare the others with it: the list is empty."),
        Mistake(_wanting("model"), "You asked for the same model. Which model is better is the "
                "question."),
        Mistake(_wanting("beam"), "You asked for the same beam. How a system searches belongs to "
                "what is compared."),
        Mistake(lambda reports: [n for n in comparable(reports) if n != reports[0]["name"]],
                "The first report is missing: it may be compared with itself, and has its place "
                "among the others."),
        Mistake(_ordered(lambda kept: sorted(kept, key=lambda r: (r["score"], r["name"]))),
                "The worst stands first. More BLEU is better."),
        Mistake(_ordered(lambda kept: kept), "The order is that of the reports. The best score "
                "stands first."),
        Mistake(_ordered(lambda kept: sorted(kept, key=lambda r: r["name"])), "The order is that "
                "of the alphabet. The best score stands first."),
        Mistake(_ordered(lambda kept: sorted(kept, key=lambda r: -r["score"])), "Of equal scores "
                "the name that is first in the alphabet comes first."),
    ),
    reread="E · BLEU, counted by hand",
    moral="Same text, counted the same way, and nobody looked at the exam.",
)
