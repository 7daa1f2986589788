"""Phrases of the corpus en_fr: nouns with what belongs to them, verbs with tense and negation."""

from __future__ import annotations

from typing import NamedTuple

from data.grammars.common import Pair, compose, merge
from data.grammars.en_fr_nouns import ADJECTIVES, Noun
from data.grammars.en_fr_verbs import Verb

VOWELS = "aàâeéèêëiîïoôuùûyœæ"
ASPIRATED = ("hibou", "hiboux")                       # no elision before them
CONTRACTED = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}
ARTICLES = ("le/l'", "la/l'", "les")                  # m, f, plural
DETERMINERS = {                                       # English one, many; French m, f, plural
    "the": ("the", "the", ARTICLES),
    "this": ("this", "these", ("ce/cet", "cette", "ces")),
    "my": ("my", "my", ("mon", "ma/mon", "mes")),
    "his": ("his", "his", ("son", "sa/son", "ses")),
    "her": ("her", "her", ("son", "sa/son", "ses")),
    "their": ("their", "their", ("leur", "leur", "leurs")),
    "two": ("", "two", ("", "", "deux")),
}
NEGATIONS = {"not": "pas", "never": "jamais", "no longer": "plus"}
MODALS = {"can": ("can", "can", "peut", "peuvent", "peux"),
          "must": ("must", "must", "doit", "doivent", "dois"),
          "want": ("wants", "want", "veut", "veulent", "veux")}


class Phrase(NamedTuple):
    """A noun phrase or pronoun: its words, and what its verb must know of it.

    first: whether it is "I". name: the noun, for combinations.
    """

    pair: Pair
    gender: str
    plural: bool
    name: str
    kinds: tuple[str, ...] = ()
    first: bool = False

    @property
    def agreement(self) -> int:
        """The place of the form m, f, m plural, f plural that agrees with it."""
        return 2 * self.plural + (self.gender == "f")


def marked(words: str, letter: str) -> str:
    """Every word of a template with a letter: "come back" -> "come|v back|v"."""
    return " ".join(f"{word}|{letter}" for word in words.split())


def pronoun(who: Phrase) -> Phrase:
    """he, she, it or they for a noun phrase."""
    alive = {"person", "animal"} & {*who.kinds}
    one = ("he" if who.gender == "m" else "she") if "person" in who.kinds else "it"
    french = ("il", "elle", "ils", "elles")[who.agreement]
    pair = compose(f"{'they' if who.plural else one}|p", f"{french}|p")
    return who._replace(pair=pair, kinds=who.kinds if alive else ())


I = Phrase(compose("i|p", "je/j'|p"), "m", False, "i", ("person", "adult"), first=True)
HE = Phrase(compose("he|p", "il|p"), "m", False, "he", ("person", "adult"))
SHE = Phrase(compose("she|p", "elle|p"), "f", False, "she", ("person", "adult"))


def noun_phrase(noun: Noun, determiner: str, *, plural: bool = False,
                adjectives: tuple[str, ...] = (), denied: bool = False) -> Phrase:
    """A noun with a determiner and adjectives.

    determiner: a key of DETERMINERS, or "a", "some", "many", "" (nothing in English; in French as
    "some"), "all" (nothing in English, the definite article in French: likes apples), "of" (the
    head of a genitive, whose article is French alone). denied: object of a negated verb, whose
    indefinite article becomes "de".
    """
    agreement = 2 * plural + (noun.gender == "f")
    before = [ADJECTIVES[name] for name in adjectives if ADJECTIVES[name].before]
    after = [ADJECTIVES[name] for name in adjectives if not ADJECTIVES[name].before]
    english, french = _determiner(noun, determiner, agreement, bool(before), denied)
    letters = dict(zip(adjectives, "xyz", strict=False))
    told = " ".join(f"{name}|{letters[name]}" for name in adjectives)
    front, back = (" ".join(f"{a.forms[agreement]}|{letters[a.name]}" for a in some)
                   for some in (before, after))
    one, un = (noun.many, noun.des) if plural else (noun.one, noun.un)
    pair = compose(f"{english} {told} {marked(one, 'n')}", f"{french} {front} {un}|n {back}",
                   keys=[(name, noun.one) for name in adjectives])
    return Phrase(pair, noun.gender, plural, noun.one, noun.kinds)


def _determiner(noun: Noun, name: str, agreement: int, adjective: bool,
                denied: bool) -> tuple[str, str]:
    """Templates of both sides; where English has no word, the letter is the noun's."""
    plural, feminine = agreement >= 2, agreement % 2
    letter = "d" if name not in ("", "all", "of") else "n"
    form = 2 if plural else feminine
    if name in DETERMINERS:
        one, many, forms = DETERMINERS[name]
        return f"{many if plural else one}|d", f"{forms[form]}|d"
    if name == "many":
        return "many|d", "beaucoup|d de/d'|d"
    if name in ("all", "of"):
        return "", f"{ARTICLES[form]}|n"
    english = {"a": "a/an|d", "some": "any|d" if denied else "some|d", "": ""}[name]
    if denied:
        return english, f"de/d'|{letter}"
    if plural:
        return english, f"{'de' if adjective else 'des'}|{letter}"
    if name == "a":
        return english, f"{('un', 'une')[feminine]}|d"
    return english, f"de/d'|{letter} {ARTICLES[feminine]}|{letter}"


def genitive(owner: Phrase, head: Phrase) -> Phrase:
    """The girl 's cat: le chat de la fille. The head has the determiner "of"."""
    pair = compose("{owner} 's|g {head}", "{head} de/d'|g {owner}",
                   owner=owner.pair, head=head.pair)
    return head._replace(pair=pair)


def verb_group(verb: Verb, who: Phrase, tense: str, negation: str = "", adverb: str = "") -> Pair:
    """The verb with auxiliary, negation and now and then "often".

    tense: "habit" (eats), "now" (is eating), "past", "soon" (is going to eat), or a modal.
    negation: "", "not", "never" or "no longer".
    """
    many = who.plural or who.first
    be = "am" if who.first else "are" if who.plural else "is"
    no = marked(negation, "o")
    left, right = {"habit": _habit, "now": _now, "past": _past, "soon": _soon}.get(
        tense, _modal)(verb, who, negation, many, be, no, tense)
    if adverb:
        left, right = f"{adverb}|a {left}", f"{right} souvent|a"
    return compose(left, right)


def _around(french: str, negation: str) -> str:
    return f"ne/n'|o {french} {NEGATIONS[negation]}|o" if negation else french


def _habit(verb, who, negation, many, be, no, tense):
    present = marked(verb.base if many else verb.s, "v")
    if negation == "not":
        present = f"{'do' if many else 'does'}|v {no} {marked(verb.base, 'v')}"
    elif negation:
        present = f"{no} {present}"
    return present, _around(f"{_finite(verb, who)}|v", negation)


def _finite(verb: Verb, who: Phrase) -> str:
    return verb.ils if who.plural else verb.il


def _now(verb, who, negation, many, be, no, tense):
    return f"{be}|v {no} {marked(verb.ing, 'v')}", _around(f"{_finite(verb, who)}|v", negation)


def _past(verb, who, negation, many, be, no, tense):
    auxiliary = (("ai", "ai") if who.first else ("est", "sont") if verb.etre else ("a", "ont"))
    ending = ("", "e", "s", "es")[who.agreement] if verb.etre else ""
    french = f"{_around(f'{auxiliary[who.plural]}|x', negation)} {verb.done}{ending}|v"
    if negation == "not":
        return f"did|x {no} {marked(verb.base, 'v')}", french
    first, *others = verb.past.split()               # "back", "for" go to the participle alone
    return f"{no} {first}|xv {marked(' '.join(others), 'v')}", french


def _soon(verb, who, negation, many, be, no, tense):
    go = "vais" if who.first else "vont" if who.plural else "va"
    return (f"{be}|x {no} going|x to|v {marked(verb.base, 'v')}",
            f"{_around(f'{go}|x', negation)} {verb.inf}|v")


def _modal(verb, who, negation, many, be, no, tense):
    one, more, peut, peuvent, peux = MODALS[tense]
    french = peux if who.first else peuvent if who.plural else peut
    english = f"{more if many else one}|x {no}"
    if tense == "can" and negation == "not":
        english = "cannot|xo"
    elif tense == "want":
        do = "do" if many else "does"
        english = f"{do}|x {no} want|x to|v" if negation else f"{english} to|v"
    return (f"{english} {marked(verb.base, 'v')}",
            f"{_around(f'{french}|x', negation)} {verb.inf}|v")


def spelled(pair: Pair) -> Pair:
    """Choose between forms such as "le/l'" by what follows, then contract "de le" to "du"."""
    source, target = _chosen(pair.source, "aeio", ()), _chosen(pair.target, VOWELS, ASPIRATED)
    pair = pair._replace(source=source, target=target)
    place = 0
    while place < len(pair.target) - 1:
        word = CONTRACTED.get(pair.target[place:place + 2])
        if word:
            pair = merge(pair, place, word)
        place += 1
    return pair


def _chosen(tokens: tuple[str, ...], vowels: str, aspirated: tuple[str, ...]) -> tuple[str, ...]:
    """From the end on, as the next word decides."""
    found: list[str] = []
    for token in reversed(tokens):
        following = found[-1] if found else "."
        mute = bool(aspirated) and following[0] == "h" and following not in aspirated
        soft = mute or following[0] in vowels or following == "y"
        found.append(token.split("/")[soft] if "/" in token else token)
    return tuple(reversed(found))
