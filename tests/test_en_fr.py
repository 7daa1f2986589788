"""The French of the corpus en_fr, judged by rules on its surface, and its combinations and links.

Only the tables of words are shared with the grammar; forms are looked up here once more.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache

from data.grammars import en_fr
from data.grammars.en_fr_nouns import ADJECTIVES, NOUNS
from helpers import corpora

SPLITS = ("train", "valid", "test", "unseen", "long", "wrong_word")
VOWEL = "(?:[aàâeéèêiîoôuûyœ]|h(?!ibou))"
GENDER = {form: noun.gender for noun in NOUNS.values() for form in (noun.un, noun.des)}
MANY = {noun.des for noun in NOUNS.values()} - {noun.un for noun in NOUNS.values()}
FORMS = defaultdict(set)             # the places (m, f, m plural, f plural) that a form may have
for adjective in ADJECTIVES.values():
    for place, form in enumerate(adjective.forms):
        for spelling in form.split("/"):
            FORMS[spelling].add(place)
BEFORE = {spelling for a in ADJECTIVES.values() if a.before for f in a.forms
          for spelling in f.split("/")}
AFTER = FORMS.keys() - BEFORE
ARTICLES = {"un": "m", "le": "m", "ce": "m", "cet": "m", "du": "m", "au": "m",
            "une": "f", "la": "f", "cette": "f", "ma": "f", "sa": "f"}
PLURAL_ARTICLES = {"les", "des", "ces", "mes", "ses", "leurs", "deux", "aux"}


@cache
def pairs(split: str) -> list[tuple[list[str], list[str]]]:
    """The words of both sides of every pair of a split."""
    return [(source.split(), target.split()) for source, target in corpora.pairs("en_fr", split)]


@cache
def french() -> list[str]:
    """Every French sentence, all splits together."""
    return [" ".join(target) for split in SPLITS for _, target in pairs(split)]


def found(pattern: str) -> list[str]:
    """Some of the French sentences in which a pattern occurs."""
    return [text for text in french() if re.search(pattern, text)][:3]


# ---- combinations that train never has

def side_by_side(split: str) -> set[tuple[str, str]]:
    """Adjective and noun that stand side by side in English, the noun as a singular."""
    one = {form: noun.one for noun in NOUNS.values() for form in (noun.one, noun.many)}
    return {(first, one[second]) for source, _ in pairs(split)
            for first, second in zip(source, source[1:], strict=False)
            if first in ADJECTIVES and second in one}


HELD = {(first, noun) for first, noun in en_fr.HELD if first in ADJECTIVES and first != "open"}
VERBS_HELD = (r"(?:eats?|ate|eating) (?:the |this |some |any )?(?:hot |cold )?soup",
              r"(?:drinks?|drank|drinking) (?:the |this |some |any )?(?:hot |cold )?milk",
              r"likes? (?:tea|flowers)", r"(?:buys?|bought|buying) (?:the |this |some |any )?bread")


def test_adjectives_and_nouns_of_unseen_are_new_together_but_known_apart():
    train = side_by_side("train")
    assert not HELD & train and len(HELD & side_by_side("unseen")) >= 25
    assert {word for pair in HELD for word in pair} <= {word for pair in train for word in pair}
    rows = [" ".join(source) for source, _ in pairs("unseen")]
    assert sum(any(f"{one} {other}" in row for one, other in HELD) for row in rows) >= 100


def test_other_splits_have_no_combination_that_is_held_out():
    for split in ("valid", "test", "long", "wrong_word"):
        assert not side_by_side(split) & HELD


def test_verbs_and_objects_of_unseen_never_stand_together_in_train():
    for english in VERBS_HELD:
        rows = {split: sum(bool(re.search(rf"\b{english}\b", " ".join(source)))
                           for source, _ in pairs(split)) for split in SPLITS}
        assert rows.pop("unseen") >= 1 and not any(rows.values())


# ---- links

def linked(english: str) -> dict[str, set[str]]:
    """In the first pair with these English words: what each of its words is linked to."""
    for split in SPLITS:
        for (source, target), links in zip(
                pairs(split), corpora.alignments("en_fr", split), strict=True):
            if english in " ".join(source):
                told = defaultdict(set)
                for row, column in links:
                    told[source[column]].add(target[row])
                return told
    raise AssertionError(f"no sentence has {english!r}")


def test_links_follow_the_rules_of_the_card():
    assert linked("does not sleep")["not"] == {"ne", "pas"}
    assert linked("does not sleep")["does"] == linked("does not sleep")["sleep"] == {"dort"}
    assert linked("came back")["back"] <= {"revenu", "revenue", "revenus", "revenues"}
    assert linked("looked for")["for"] == {"cherché"}
    assert linked("the girl did not")["did"] in ({"a"}, {"est"})
    assert linked("is looking for")["for"] == linked("is looking for")["looking"] == {"cherche"}
    assert linked("magazine of the rifle")["of"] == {"du"}
    assert {"il", "y"} <= linked("there is")["there"]
    assert linked("is made of wood")["wood"] == {"bois"}
    assert linked("drank water")["water"] == {"de", "l'", "eau"}


def test_a_word_with_one_translation_is_linked_to_it_alone():
    forms = {"red": {"rouge", "rouges"}, "because": {"parce", "que", "qu'"}, "often": {"souvent"},
             "behind": {"derrière"}, "very": {"très"}, "old": {*ADJECTIVES["old"].forms[1:],
                                                                 "vieux", "vieil"}}
    for split in SPLITS:
        for (source, target), links in zip(
                pairs(split), corpora.alignments("en_fr", split), strict=True):
            for row, column in links:
                if source[column] in forms:
                    assert target[row] in forms[source[column]]


# ---- French

def test_words_elide_before_a_vowel_or_mute_h_and_nowhere_else():
    assert not found(rf"\b(?:le|la|de|ne|je|que|ma|sa|ce) (?={VOWEL})")
    assert not found(rf"\b(?:l'|d'|n'|j'|qu'|cet|bel|nouvel|vieil) (?!{VOWEL})")
    assert not found(r"\b(?:beau|nouveau|vieux) (?:arbre|homme|ami|oiseau|hôtel|étudiant)\b")
    assert all(map(found, ("le hibou", "l' homme", "cet homme", "son assiette", "vieil ami")))


def test_contractions_are_made():
    assert not found(r"\b(?:de|à) les?\b") and not found(r"\bde (?:des|du)\b")
    assert all(found(rf"\b{word} ") for word in ("du", "des", "au", "aux"))


def test_a_negation_has_both_parts():
    for text in french():
        for clause in re.split(r" (?:,|et|mais|parce|quand|qui|que|qu'|puis) ", text):
            words = {*clause.split()}
            assert len(words & {"ne", "n'"}) == len(words & {"pas", "jamais", "plus"}), text


def test_after_a_negation_stands_de_and_no_indefinite_article():
    assert not found(r"\b(?:pas|plus|jamais) (?:\w+é |\w+er |bu |lu |boire |lire )?(?:un|une|des) ")
    assert not found(r"\b(?:pas|plus|jamais) (?:mangé|bu|acheté|manger|boire|acheter|mange|boit) "
                     r"(?:du|de la|de l') ")
    assert found(r"n' a pas de ") and found(r"n' aime pas le ") and found(r"il n' y a pas d' ")


def test_articles_and_adjectives_agree_with_their_noun():
    for text in french():
        words = text.split()
        for place, word in enumerate(words):
            if word not in GENDER or word in ("souris", "-"):
                continue
            start = place
            while start and words[start - 1] in BEFORE:
                start -= 1
            article, agreement = words[start - 1], 2 * (word in MANY) + (GENDER[word] == "f")
            assert ARTICLES.get(article, GENDER[word]) == GENDER[word], text
            assert word in MANY or article not in PLURAL_ARTICLES, text
            assert word not in MANY or article not in ARTICLES, text
            beside = words[start:place] + [w for w in words[place + 1:place + 2] if w in AFTER]
            assert all(agreement in FORMS[adjective] for adjective in beside), text


def test_adjectives_stand_on_their_side_of_the_noun():
    for text in french():
        words = text.split()
        for first, second in zip(words, words[1:], strict=False):
            assert not (first in AFTER and second in GENDER), text
            assert not (first in GENDER and second in BEFORE), text


def test_predicates_agree_with_the_pronoun():
    forms = "|".join(FORMS)
    for text in french():
        for pronoun, adjective in re.findall(
                rf"\b(ils?|elles?) (?:n' |ne )?(?:est|sont|était|étaient) (?:pas |plus |très )?"
                rf"({forms})\b", text):
            place = 2 * pronoun.endswith("s") + pronoun.startswith("elle")
            assert place in FORMS[adjective], text


def test_participles_agree_with_etre():
    for text in french():
        for subject, ending in re.findall(
                r"\b(ils?|elles?) (?:ne |n' )?(?:est|sont)(?: pas| jamais)? "
                r"(?:arrivé|allé|revenu|parti|tombé)(e?s?)\b", text):
            assert ("e" in ending, "s" in ending) == (
                subject.startswith("elle"), subject.endswith("s")), text
    assert found("est partie") and found("sont parties") and found("est allé ")


def test_no_object_stands_before_a_participle_with_avoir():
    assert not found(r"\bqu[e'] (?:\S+ ){1,5}(?:a|ont) \w+(?:é|u|i)\b (?:est|sont|n')")


def test_des_is_de_before_an_adjective():
    plain = found(rf"(?:^|mangé|acheté|vu|écrit|lu|a|ont) des (?:{'|'.join(BEFORE)}) ")
    assert not plain and found(r"\bde (?:petites|beaux|vieilles|bonnes) ")


def test_le_bon_is_not_said_where_it_would_be_the_right_one():
    assert not found(r"\b(?:le|(?<!de )la|les|ce|cette|ces|au|aux) bon")
    assert found(r"un bon ")


def test_a_word_of_two_senses_is_told_by_what_follows():
    for english, one, other in (("magazine", "chargeur", "revue"), ("key", "touche", "clé"),
                                ("bank", "rive", "banque"), ("trunk", "tronc", "coffre"),
                                ("bat", "batte", "chauve-souris")):
        counts = Counter(word for source, target in pairs("train") if english in source
                         for word in target if word in (one, other))
        assert min(counts[one], counts[other]) >= 20


def english_with(pattern: str) -> list[str]:
    """The English sentences in which a pattern occurs."""
    return [" ".join(source) for split in SPLITS for source, _ in pairs(split)
            if re.search(pattern, " ".join(source))]


def test_several_people_have_several_things():
    things = "|".join(noun.one for noun in NOUNS.values() if "own" in noun.kinds
                      and noun.many != "-")
    assert not english_with(rf"\btheir (?:{things})\b") and english_with(r"\btheir \w+s\b")


def test_nobody_writes_what_belongs_to_somebody():
    assert not english_with(r"\b(?:writes?|wrote|writing) (?:my|his|her|their|\w+ \w+ 's)\b")


def test_sa_after_says_that_is_of_the_one_who_speaks():
    assert not english_with(r"\b(?:man|boy|father|brother) says that .*\bher\b")
    assert not english_with(r"\b(?:woman|girl|mother|sister) says that .*\bhis\b")


def test_who_and_its_main_clause_have_different_verbs():
    assert not english_with(r"(?:who|that) is (coming|leaving|sleeping) .*\bis \1\b(?!.* and )")


def test_a_wrong_word_stands_nowhere_in_its_sentence_and_is_of_many_kinds():
    wrong = [word for _, word in corpora.wrong_words("en_fr")]
    assert not any(word in target for word, (_, target) in zip(
        wrong, pairs("wrong_word"), strict=True))
    assert len({*wrong}) >= 40 and max(Counter(wrong).values()) <= 25


def test_a_wrong_word_has_the_form_of_the_right_one():
    for (place, word), (_, target) in zip(
            corpora.wrong_words("en_fr"), pairs("wrong_word"), strict=True):
        right = target[place]
        assert GENDER[word] == GENDER[right] and (word in MANY) == (right in MANY)
        assert not re.match(VOWEL, word) and not re.match(VOWEL, right)
