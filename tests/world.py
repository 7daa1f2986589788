"""Texts of the world: all planes of Unicode, marks on marks, both directions, emoji of several."""

import sys
import unicodedata

from hypothesis import strategies as st

EVERY_MARK = [sign for sign in map(chr, range(sys.maxunicode + 1))
              if unicodedata.category(sign).startswith("M")]
WRITTEN = [
    "हिन्दी भाषा है।", "क्\u200dष", "e\u0301", "é", "e" + "\u0301" * 9, "\u0301", "ﬁ", "İ", "ß", "Å",
    "مرحبا؟", "مَرْحَبًا", "می\u200cخواهم", "שָׁלוֹם", "ไทย", "한국어", "각", "中文。好", "日本語",
    "👩\u200d👧", "🇫🇷", "👍🏽", "1\ufe0f\u20e3", "❤\ufe0f", "𝔘𝔫𝔦", "𑄇𑄬𑄢", "\U000e0041",
    "\u202eabc\u202c", "\u2066abc\u2069", "\u200f", "\ufeff", "\x00", "\u2028", "\r\n", "\t", " ",
    "$$", "$x$", "\\", "don't", "'s", "’", "-", "_", ".", "?", "3.14", "٣", "½", "<b>",
]
planes = [range(plane << 16, (plane + 1) << 16) for plane in range(17)]
sign = st.sampled_from(planes).flatmap(st.sampled_from).map(chr).filter(
    lambda one: unicodedata.category(one) != "Cs")
world_text = st.lists(st.sampled_from(WRITTEN) | st.sampled_from(EVERY_MARK) | sign,
                      max_size=12).map("".join)
