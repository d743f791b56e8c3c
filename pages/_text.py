"""Text of data where Streamlit expects Markdown: shown as it is written, never drawn, linked or fetched."""

from __future__ import annotations

import re

SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+!|:$~&])")
BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
BEGINS_A_LIST = re.compile(r"^(\d+)([.)])|^([-=])")
# Streamlit makes links of addresses, and pictures of icon names, in text too: where signs are escaped.
# A word joiner, which has no width, parts what they look for.
LINKED = re.compile(
    r"(?i)(\bwww)(?=\.)|(https?\\:)(?=//)|(?<=\S)(?=@\S)|(\\:)(?=[\w/+\\-]*[a-z][\w/+\\-]*\\:)"
)
JOINER = "\u2060"


def plain(text: str) -> str:
    """Text of a study, safe inside Markdown, in one line."""
    text = SIGNS.sub(r"\\\1", BREAKS.sub(" ", text))
    text = BEGINS_A_LIST.sub(lambda found: _escaped(found), text)
    return LINKED.sub(lambda found: found.group() + JOINER, text)


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[3]}" if found[3] else f"{found[1]}\\{found[2]}"
