"""The widgets of notebook 04: numbers known by hand, then controls that change the picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from cards import artists, drawn_whole, moved
from matplotlib.text import Text
from overlaps import crowded

from helpers import corpora, plots, tokenizers
from helpers import seq2seq_attention as s2s
from helpers.explorers import core
from helpers.explorers import seq2seq_attention as explorers

PAIRS = [("the cat sleeps .", "le chat dort ."), ("she reads .", "elle lit ."),
         ("the small cat does not sleep .", "le petit chat ne dort pas ."), ("no .", "non .")]


def trained(kind: str, steps: int = 80) -> s2s.Translator:
    """A small model that knows PAIRS by heart, or does not yet."""
    known = tokenizers.Bilingual(*(tokenizers.Vocabulary.from_texts(
        side, cut="blanks", marks=("<pad>", "<s>")) for side in zip(*PAIRS, strict=True)))
    torch.manual_seed(0)
    model = s2s.Seq2Seq(len(known.source), len(known), 8, 16, context=kind)
    batch, optimizer = s2s.batch_of(known, PAIRS), torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(steps):
        optimizer.zero_grad()
        s2s.translation_loss(model, batch).backward()
        optimizer.step()
    return s2s.Translator(model.eval(), known)


@pytest.fixture(scope="module")
def translators() -> dict[str, s2s.Translator]:
    return {"one vector": trained("last"), "attention": trained("dot")}


def written(axes) -> list[Text]:
    """All texts of some axes, of the ticks only those that are in view."""
    texts = [*axes.texts, axes.title]
    for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
        low, high = sorted(axis.get_view_interval())
        texts += [axis.label, *(label for place, label in zip(
            axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
            if low <= place <= high)]
    return texts


def covered(shown: core.Explorer) -> list[str]:
    """Words that overlap others, are smaller than 11 pt, or leave the figure."""
    return crowded(shown.figure, [t for axes in shown.figure.axes for t in written(axes)
                                  if t.get_visible() and t.get_text().strip()], apart=3)


# ---- attention by hand


def test_the_first_numbers_of_attention_by_hand_are_those_of_paper():
    numbers = explorers.by_hand_numbers(90, 1.0)
    assert np.allclose(numbers["scores"], [0, 2, 1])
    exps = [1, 7.389, 2.718]
    assert np.allclose(numbers["weights"], np.array(exps) / sum(exps), atol=1e-4)
    assert np.allclose(numbers["context"], [
        (1 * 2 + 7.389 * 1 - 2.718 * 2) / 11.107, (7.389 * 2 + 2.718) / 11.107], atol=1e-3)
    assert "mostly at “cat” (0.67)" in explorers.attention_by_hand().caption


def test_a_longer_query_looks_more_sharply_and_one_of_length_zero_at_all_equally():
    sharp = [explorers.by_hand_numbers(90, length)["weights"].max() for length in (0, 0.5, 1, 2.5)]
    assert sharp == sorted(sharp) and sharp[0] == pytest.approx(1 / 3) and sharp[-1] > 0.9
    shown = explorers.attention_by_hand()
    assert moved(shown, length=0.0)
    assert "equally at “the” and “cat” and “sits” (0.33)" in shown.caption


def test_the_stages_of_attention_by_hand_add_weights_and_then_the_context():
    shown = explorers.attention_by_hand()
    plane, scores, weights = shown.figure.axes
    seen = {}
    for stage in ("1 score", "2 softmax", "3 weighted sum"):
        shown.controls["stage"].value = stage
        seen[stage] = ([bar.get_height() for bar in weights.patches],
                       plane.collections[3].get_visible(), shown.caption)
    assert not any(seen["1 score"][0]) and sum(seen["2 softmax"][0]) == pytest.approx(1)
    assert [bar.get_height() for bar in scores.patches] == pytest.approx([0, 2, 1])
    assert [context for _, context, _ in seen.values()] == [False, False, True]
    assert "“cat” 2.00" in seen["1 score"][2] and "7.39, out of 11.11" in seen["2 softmax"][2]
    assert plane.collections[3].U[0] == pytest.approx(0.36, abs=0.01)


def test_turning_the_query_moves_only_what_moves():
    shown = explorers.attention_by_hand()
    kept, drawn = artists(shown), drawn_whole(shown)
    assert all(moved(shown, angle=angle) for angle in (0, 135, 270))
    assert artists(shown) == kept and not drawn


def test_no_name_covers_another_wherever_the_query_points():
    shown = explorers.attention_by_hand()
    for angle in range(0, 345, 30):
        for length in (0.0, 1.0, 2.5):
            shown.controls["length"].value, shown.controls["angle"].value = length, angle
            assert shown.error == "" and covered(shown) == []


def test_own_vectors_and_words_are_taken_and_what_does_not_fit_is_said():
    shown = explorers.attention_by_hand(keys=[(1, 0), (1, 0)], words=["left", "right"])
    assert "equally at “left” and “right” (0.50)" in shown.caption
    with pytest.raises(ValueError, match=r"keys \(3, 2\) for 2 words"):
        explorers.by_hand_numbers(0, 1.0, words=["a", "b"])
    with pytest.raises(ValueError, match="there are 1 score"):
        explorers.by_hand_numbers(0, 1.0, "4")


# ---- decoder stepper

LONG = PAIRS[2][0]


def test_a_trace_is_the_greedy_translation_with_its_weights(translators):
    for kind in ("dot", "general", "additive"):
        translator = trained(kind)
        traced, found = explorers.trace_numbers(translator, LONG), translator.translate(LONG)
        assert [one["said"] for one in traced["steps"]] == [*found.target[:-1], "(end)"]
        assert [one["read"] for one in traced["steps"]] == ["<s>", *found.target[:-1]]
        assert np.allclose([one["weights"] for one in traced["steps"]], found.weights)
        for one, log_prob in zip(traced["steps"], found.log_probs, strict=True):
            exps = np.exp(one["scores"] - one["scores"].max())
            assert np.allclose(one["weights"], exps / exps.sum(), atol=1e-6)
            assert np.allclose(one["context"], one["weights"] @ traced["memory"], atol=1e-5)
            odds = [p for _, p in one["next"]]
            assert odds == sorted(odds, reverse=True) and len(odds) == 5
            assert odds[0] == pytest.approx(np.exp(log_prob), abs=1e-6)


def bars(axes) -> list[float]:
    return [bar.get_width() for bar in axes.patches if bar.get_visible()]


def test_each_stage_of_the_stepper_shows_its_part(translators):
    shown = explorers.decoder_stepper(translators["attention"], LONG, step=3)
    look, mix, said = shown.figure.axes
    now = explorers.trace_numbers(translators["attention"], LONG)["steps"][2]
    assert bars(said) == pytest.approx([p for _, p in now["next"]])
    assert "reads “petit” and c3, so that s2 becomes s3. Likeliest next: “chat”" in shown.caption
    assert moved(shown, stage="1 score") and bars(look) == pytest.approx(now["scores"])
    assert not bars(said) and not mix.images[0].get_visible()
    assert "state s2, as it is before this step, asks" in shown.caption
    assert moved(shown, stage="2 softmax") and bars(look) == pytest.approx(now["weights"])
    assert look.get_xlim() == (0, 1.25) and not mix.images[0].get_visible()
    assert moved(shown, stage="3 context") and mix.images[0].get_visible() and not bars(said)
    assert np.allclose(mix.images[1].get_array()[0], now["context"][:16])
    assert np.allclose(mix.images[0].get_array().sum(axis=0), now["context"][:16], atol=1e-5)


def test_the_words_written_so_far_grow_with_the_steps_and_the_last_step_stays(translators):
    shown = explorers.decoder_stepper(translators["attention"], LONG)
    header = shown.figure.axes[0].texts[-1]
    assert header.get_text().endswith("(nothing yet)")
    assert moved(shown, step=4) and header.get_text().endswith("le petit chat")
    shown.controls["step"].value = 20
    assert "Step 8 of 8" in shown.caption and "There is no step 20." in shown.caption
    assert "“(end)”" in shown.caption


def test_a_drag_over_the_steps_makes_no_artists_and_draws_only_what_moves(translators):
    shown = explorers.decoder_stepper(translators["attention"], LONG)
    kept, drawn = artists(shown), drawn_whole(shown)
    assert all(moved(shown, step=step) for step in (2, 3, 7))
    assert artists(shown) == kept and not drawn


def test_own_sentences_are_taken_with_unknown_words_named(translators):
    shown = explorers.decoder_stepper(translators["attention"], LONG)
    assert moved(shown, text="The cats, zzz!")
    assert "<unk>" in [text.get_text() for text in shown.figure.axes[0].texts]
    assert "“cats” (like it: cat); “,” (none is like it); “zzz” (none is like it)" in shown.caption
    assert covered(shown) == []
    shown.controls["text"].value = "cat " * 14
    assert "14 words and signs; the picture has room for 13" in shown.error
    shown.controls["text"].value = "?!"
    assert "holds no word" in shown.error
    assert moved(shown, text="不 🙂 " + "w" * 40 + " cat cat cat cat cat cat cat cat cat .")
    assert covered(shown) == []


def test_a_model_with_one_vector_has_nothing_that_asks(translators):
    with pytest.raises(ValueError, match="one vector for all steps"):
        explorers.decoder_stepper(translators["one vector"], LONG)
    with pytest.raises(ValueError, match="the stages are 1 score"):
        explorers.step_numbers(explorers.trace_numbers(translators["attention"], LONG), 1, "5")


# ---- beam as a tree


@pytest.fixture(scope="module")
def unsure() -> s2s.Translator:
    """A model after a few updates: its beams are deep, and often cut off."""
    return trained("dot", steps=12)


def test_the_tree_holds_what_was_kept_and_names_the_right_translation(translators):
    numbers = explorers.tree_numbers(translators["attention"], *PAIRS[2], 3)
    beam, nodes = numbers["beam"], numbers["beam"].nodes
    assert {p for p, node in enumerate(nodes) if node.kept} <= set(numbers["rows"])
    assert numbers["gold"] == numbers["best"] == set(beam.path(beam.hypotheses[0].node))
    assert numbers["found"][0][2:] == (PAIRS[2][1], True, True) and numbers["lost"] is None
    followed = {node.parent for node in nodes[1:]}
    size = len(translators["attention"].vocabularies.target)
    assert numbers["dropped"] == len(followed) * size - sum(node.kept for node in nodes[1:])
    for place in numbers["rows"]:
        assert place == 0 or nodes[place].parent in numbers["rows"]


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_words_of_a_column_stand_one_row_apart_and_branches_never_cross(unsure, width):
    numbers = explorers.tree_numbers(unsure, *PAIRS[2], width)
    nodes, rows = numbers["beam"].nodes, numbers["rows"]
    for depth in range(1, 1 + max(node.depth for node in nodes)):
        column = sorted((p for p in rows if nodes[p].depth == depth), key=rows.get)
        places = [rows[p] for p in column]
        assert places[0] >= 0 and places[-1] <= 11
        assert (np.diff(places) >= 1 - 1e-9).all()
        parents = [rows[nodes[p].parent] for p in column]
        assert parents == sorted(parents)
        assert sum(not nodes[p].kept for p in column) >= 1 or len(column) == 12


def test_where_the_right_translation_is_lost_is_said(unsure):
    numbers = explorers.tree_numbers(unsure, PAIRS[2][0], "chat dort pas .", 1)
    word, place = numbers["lost"][1], numbers["lost"][0]
    assert word == ["chat", "dort", "pas", ".", "(end)"][place - 1]
    assert len(numbers["gold"]) in (place, place + 1)
    last = max(numbers["gold"])
    assert last == 0 or not numbers["beam"].nodes[last].kept or len(numbers["gold"]) == place
    shown = explorers.beam_tree(unsure, [(PAIRS[2][0], "chat dort pas .")], width=1)
    assert f"left the beam at word {place}, “{word}”" in shown.caption
    numbers = explorers.tree_numbers(unsure, PAIRS[2][0], "le zzz .", 2)
    assert numbers["lost"][0] <= 2


def test_width_penalty_and_window_change_the_tree_and_nothing_is_covered(unsure):
    shown = explorers.beam_tree(unsure, PAIRS)
    kept = artists(shown)
    shown.controls["sentence"].value = 2
    drawn = drawn_whole(shown)
    for width in (8, 1, 4):
        assert moved(shown, width=width) and covered(shown) == []
    best = unsure.words(unsure.beam(LONG, 4, max_tokens=24).hypotheses[0].ids)
    assert f"Width 4: best is “{' '.join(best)}”" in shown.caption
    assert moved(shown, penalty=2.0) and covered(shown) == []
    depth = explorers.tree_numbers(unsure, *PAIRS[2], 4, 2.0)["window"][2]
    assert depth > 7 and f"drawn, words 1 to 7 of {depth} (" in shown.caption
    assert moved(shown, first=18) and covered(shown) == []
    assert f"words {depth - 6} to {depth} of {depth}" in shown.caption
    assert artists(shown) == kept and not drawn


def test_the_right_translation_is_listed_wherever_it_ranks(unsure):
    beam = unsure.beam(LONG, 8, max_tokens=24)
    ended = [one for one in beam.hypotheses if one.ended]
    target = " ".join(unsure.words(ended[-1].ids))
    rank = beam.hypotheses.index(ended[-1]) + 1
    shown = explorers.beam_tree(unsure, [(LONG, target)], width=8)
    listed = [word for word in words_of(shown.figure.axes[0]) if "← right" in word]
    assert rank > 3 and len(listed) == 1 and listed[0].startswith(f"{rank}.   −")
    assert f"The right one is only number {rank}, −" in shown.caption


def test_long_words_of_the_tree_are_cut_to_their_column():
    target = " ".join(f"anticonstitutionnellement{i}" for i in "abcdefgh$漢")
    known = tokenizers.Bilingual(*(tokenizers.Vocabulary.from_texts(
        [text], cut="blanks", marks=("<pad>", "<s>")) for text in ("one two", target)))
    torch.manual_seed(0)
    model = s2s.Seq2Seq(len(known.source), len(known), 4, 6)
    shown = explorers.beam_tree(s2s.Translator(model, known), [("one two", target)], width=8)
    assert covered(shown) == []
    assert sum("…" in word for word in words_of(shown.figure.axes[0])) > 50


def test_a_branch_leads_from_the_parents_row_to_the_words_row(translators):
    shown = explorers.beam_tree(translators["attention"], PAIRS, width=2)
    numbers = shown.compute(**shown.values)
    ends = {line[-1][1] for lines in shown.figure.axes[0].collections
            for line in np.array(lines.get_segments())}
    rows = {(numbers["rows"][place] + 0.5) * 0.19 for place in numbers["nodes"]}
    assert sorted(ends) == pytest.approx(sorted(rows))
    best = shown.figure.axes[0].collections[3].get_segments()
    assert len(best) == len(numbers["best"] & set(numbers["nodes"]))


# ---- words, right and wrong


def test_written_words_are_marked_by_alignment_with_the_right_ones():
    right = ["le", "petit", "chat", "ne", "dort", "pas", "."]
    assert explorers.compared(right, right) == [(word, "right") for word in right]
    cases = {"le petit chien ne dort pas .": (["chien"], 0),
             "le petit chat dort pas .": ([], 1),
             "le petit petit chat ne dort pas .": (["petit"], 0),
             "le ne dort pas . .": (["."], 2),
             "": ([], 7)}
    for text, (wrong, lacking) in cases.items():
        marked = explorers.compared(text.split(), right)
        assert [word for word, mark in marked if mark == "wrong"] == wrong
        assert sum(mark == "lacking" for _, mark in marked) == lacking
        assert [word for word, mark in marked if mark != "lacking"] == text.split()


def words_of(axes) -> list[str]:
    return [text.get_text() for text in axes.texts if text.get_visible()]


def test_long_rows_are_wrapped_cut_and_cover_nothing():
    shown = core.explore(
        lambda count, rows: [(f"row {row}", [(f"word{i}", "wrong" if i % 3 else "right")
                                             for i in range(count)]) for row in range(rows)],
        lambda figure, rows: explorers.draw_rows(plots.panels(figure)[0], rows) or f"{len(rows)}",
        count=core.slider("count", 0, 60, value=3), rows=core.slider("rows", 1, 4, value=2))
    axes = shown.figure.axes[0]
    kept = artists(shown)
    for count, rows in ((3, 2), (60, 1), (30, 4), (60, 4), (0, 2)):
        shown.controls["count"].value, shown.controls["rows"].value = count, rows
        assert shown.error == "" and covered(shown) == []
        seen = words_of(axes)
        assert ("…" in seen) == (count * rows > 200)
        if "…" not in seen:
            assert len(seen) == rows * (count + 1)
            assert len(axes.collections[0].get_segments()) == rows * sum(
                i % 3 > 0 for i in range(count))
    assert artists(shown) == kept


# ---- length slider

CURVE = {"one vector": {2: 90.0, 4: 60.0, 8: 20.0}, "attention": {2: 91.0, 4: 88.0, 8: 80.0}}


def test_the_length_slider_shows_each_translation_against_the_right_one(translators):
    pairs = [("no .", "non ."), ("she reads .", "elle dort ."), (LONG, "le petit chat ne dort .")]
    shown = explorers.length_slider(translators, pairs, CURVE)
    shown.controls["sentence"].value = 1
    left, right = shown.figure.axes
    assert left.lines[-1].get_xdata() == [2, 2]
    assert "missing: one vector 0, attention 0." in shown.caption
    assert not right.collections[0].get_segments()
    kept, drawn = artists(shown), drawn_whole(shown)
    assert moved(shown, sentence=2) and left.lines[-1].get_xdata() == [3, 3]
    assert "Wrong or missing: one vector 1, attention 1. BLEU of all" in shown.caption
    assert "about this length: one vector 90, attention 91." in shown.caption
    assert len(right.collections[0].get_segments()) == 2              # "lit", in either row
    orange = [t.get_text() for t in right.texts if t.get_visible() and t.get_color() == "#D55E00"]
    assert [word.lower() for word in orange] == ["lit", "lit"]
    assert moved(shown, sentence=3)
    assert "about this length: one vector 20, attention 80." in shown.caption
    assert moved(shown, sentence=1)
    assert artists(shown) == kept and not drawn and covered(shown) == []


def test_curves_that_do_not_fit_the_translators_are_refused(translators):
    for curve in ({"attention": CURVE["attention"]},
                  {**CURVE, "attention": {2: 1.0}}):
        with pytest.raises(ValueError, match="a curve for each translator"):
            explorers.length_numbers(translators, *PAIRS[0], curve)


# ---- a wrong word put in


def test_without_a_wrong_word_the_rest_is_the_translators_own(translators):
    translator = translators["attention"]
    assert explorers.written_after(translator, LONG, []) == PAIRS[2][1].split()
    assert explorers.written_after(translator, LONG, ["le", "petit"]) == [
        "chat", "ne", "dort", "pas", "."]
    with pytest.raises(ValueError, match="cannot write ours"):
        explorers.written_after(translator, LONG, ["le", "ours"])


def test_what_follows_the_wrong_word_is_what_the_model_says_when_made_to_read_it(translators):
    numbers = explorers.injected_numbers(translators, *PAIRS[2], 2, "dort")
    for name, translator in translators.items():
        row = numbers["rows"][name]
        assert row[:3] == [("le", "given"), ("petit", "given"), ("dort", "put in")]
        after = [word for word, mark in row[3:] if mark != "lacking"]
        step, vocabulary = translator.step(LONG), translator.vocabularies.target
        state, odds = step(None, vocabulary.start)
        for word in ["le", "petit", "dort"]:
            state, odds = step(state, vocabulary.encode(word)[0])
        for word in after:
            assert vocabulary.piece(int(odds.argmax())) == word
            state, odds = step(state, vocabulary.encode(word)[0])
        assert len(after) == 45 or int(odds.argmax()) == vocabulary.end
        assert numbers["wrong"][name] == sum(
            mark in ("wrong", "lacking") for _, mark in row)
        assert numbers["without"][name] == 0
    with pytest.raises(ValueError, match="places 0 to 6"):
        explorers.injected_numbers(translators, *PAIRS[2], 7, "dort")


def test_the_wrong_word_can_be_taken_out_again_and_is_framed(translators):
    rows = [(*PAIRS[2], 2, "dort"), (*PAIRS[0], 0, "elle"), (*PAIRS[3], 0, "zzz")]
    shown = explorers.wrong_word(translators, rows)
    axes = shown.figure.axes[0]
    assert len(axes.collections[1].get_segments()) == 2
    assert "“dort” is put in as word 3, instead of “chat”" in shown.caption and covered(shown) == []
    kept = artists(shown)
    assert moved(shown, put_in=False) and not axes.collections[1].get_segments()
    assert "up to “chat”. Wrong or missing after it: one vector: 0; attention: 0" in shown.caption
    assert moved(shown, put_in=True) and moved(shown, moved_by=-1)
    assert "“dort” is put in as word 2, instead of “petit”" in shown.caption
    assert moved(shown, word="elle") and "“elle” is put in as word 2" in shown.caption
    assert moved(shown, moved_by=8) and "“elle” is put in as word 7" in shown.caption
    assert moved(shown, row=1) and artists(shown) == kept
    shown.controls["word"].value = ""
    shown.controls["row"].value = 2
    assert "cannot write zzz" in shown.error


# ---- one's own sentence

LINKS = {PAIRS[2][0]: (PAIRS[2][1], frozenset({(0, 0), (1, 1), (2, 2), (4, 5), (5, 4)})),
         "no .": ("non !", frozenset({(0, 0)}))}


def test_an_own_sentence_is_translated_and_its_weights_are_shown(translators):
    translator = translators["attention"]
    shown = explorers.translate(translator, "She reads.")
    found = translator.translate("she reads .")
    assert np.allclose(shown.weights[0, 0], found.weights)
    assert shown.title == "Translation: elle lit ."
    assert shown.query_tokens == ["elle", "lit", ".", "(end)"]
    assert shown.key_tokens == ["she", "reads", "."] and not shown.gold and shown.note == ""
    shown.text = PAIRS[2][0]
    assert shown.title == f"Translation: {PAIRS[2][1]}" and shown.answers == 1
    assert shown.shape == [1, 1, 8, 7] and shown.weights.shape == (1, 1, 8, 7)
    assert len(shown.packed) == 2 * 8 * 7 and len(shown.query_names) == 8
    assert PAIRS[2][1] in shown.summary


def test_a_mistake_is_said_and_the_last_sentence_stays(translators):
    shown = explorers.translate(translators["attention"], "no .")
    shown.pinned = 1
    before = shown.packed
    for text, words in (("?", "holds no word"), ("cat " * 41, "41 words and signs; at most 40")):
        shown.text = text
        assert words in shown.error and "still shows the last one" in shown.error
        assert shown.packed == before and shown.pinned == 1
    shown.text = "she reads ."
    assert shown.error == "" and shown.pinned is None and shown.answers == 3
    with pytest.raises(ValueError, match="one with attention"):
        explorers.translate(translators["one vector"], "no .")


def test_unknown_words_are_named_and_gold_links_shown_where_they_fit(translators):
    translator = translators["attention"]
    numbers = explorers.translation_numbers(translator, "the cats sleeping .", LINKS)
    assert numbers["keys"] == ["the", "<unk>", "<unk>", "."] and numbers["gold"] is None
    assert numbers["note"] == ("Unknown, read as <unk>: “cats” (like it: cat); “sleeping” (like "
                               "it: sleep, sleeps).")
    numbers = explorers.translation_numbers(translator, "The small cat does not sleep.", LINKS)
    assert numbers["gold"] == LINKS[PAIRS[2][0]][1]
    assert numbers["note"] == "The translation is that of the corpus."
    numbers = explorers.translation_numbers(translator, "no .", LINKS)
    assert numbers["gold"] is None and numbers["note"] == "The corpus translates: “non !”."


def test_what_is_handed_on_is_a_view_without_the_field(translators):
    shown = explorers.translate(translators["attention"], "no .")
    page = shown.to_html()
    assert "renderTyped" not in page and "Translation: non ." in page
    bundle, _ = shown._repr_mimebundle_()
    assert bundle["text/plain"] == shown.summary and bundle["image/png"]


def test_the_gold_links_of_a_corpus_are_found_by_its_sentences():
    known = explorers.known_pairs("en_fr")
    (source, target), links = corpora.pairs("en_fr")[0], corpora.alignments("en_fr")[0]
    assert known[source] == (target, links)
    assert corpora.pairs("en_fr", "test")[3][0] in known


def test_the_drawing_has_a_box_per_state_and_one_look_goes_to_the_second_step():
    left, right = explorers.diagram().axes
    names = [{text.get_text() for text in axes.texts} for axes in (left, right)]
    states = {"$h_1$", "$h_4$", "$s_1$", "$s_3$", "the", "chat"}
    assert states | {"$c$"} <= names[0] and states | {"$c_2$", "$s_1$ asks"} <= names[1]
    arrows = [patch for patch in right.patches if "Arrow" in type(patch).__name__]
    widest = max(arrows, key=lambda arrow: arrow.get_linewidth())
    assert widest._posA_posB[0][0] == 1                     # from h_2, the word that is written
