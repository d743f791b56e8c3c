"""Scenarios side by side as HTML: a card each, their lines level; on a phone one card below the other."""

from __future__ import annotations

import html
from collections.abc import Sequence

from engine.decisions.scenario_rows import Cell, Property
from engine.views import palette

SIGN = "≠"
STYLE = """\
<style>
.scenarios {{ display: grid; grid-template-columns: repeat({columns}, minmax(0, 1fr)); column-gap: 1rem;
  color: {ink}; font-size: .95rem }}
.scenarios section {{ display: grid; grid-row: 1 / span {rows}; grid-template-rows: subgrid;
  border: 1px solid {line}; border-radius: 4px; padding: .6rem .9rem }}
.scenarios h3 {{ margin: 0 0 .3rem; padding: 0; font-size: 1.1rem; font-weight: 650;
  overflow-wrap: anywhere }}
.scenarios dl {{ display: contents }}
.scenarios .line {{ display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .6rem;
  padding: .22rem .35rem; border-top: 1px solid {line} }}
.scenarios .first {{ border-top: 3px double {line} }}
.scenarios dt {{ color: {muted} }}
.scenarios dd {{ margin: 0; overflow-wrap: anywhere }}
.scenarios small {{ color: {muted}; font-size: .85rem; font-weight: 400; padding-left: .4rem }}
.scenarios .differs {{ background: {panel} }}
.scenarios .differs dd {{ font-weight: 650 }}
.scenarios .sign {{ color: {accent}; padding-right: .3rem }}
@media (max-width: 640px) {{
  .scenarios {{ grid-template-columns: minmax(0, 1fr); row-gap: 1rem }}
  .scenarios section {{ grid-row: auto; grid-template-rows: none }}
}}
</style>"""


def scenario_cards(names: Sequence[str], properties: Sequence[Property], dark: bool) -> str:
    """Cards of scenarios as HTML in which every text is escaped; what differs from the first is marked.

    Parameters
    ----------
    names
        Of the scenarios, the one that the others are compared with first.
    properties
        The lines of the cards, see `engine.decisions.scenario_rows.properties`.
    dark
        Whether the theme is dark.
    """
    scheme = palette.scheme(dark)
    style = STYLE.format(columns=len(names), rows=len(properties) + 1, **vars(scheme))
    cards = "".join(_card(name, place, properties) for place, name in enumerate(names))
    return f'{style}<div class="scenarios">{cards}</div>'


def _card(name: str, place: int, properties: Sequence[Property]) -> str:
    asked = next((number for number, each in enumerate(properties) if each.asked), None)
    lines = "".join(
        _line(each.title, each.cells[place], number == asked and number > 0)
        for number, each in enumerate(properties)
    )
    title = html.escape(name)
    return f'<section aria-label="{title}"><h3>{title}</h3><dl>{lines}</dl></section>'


def _line(title: str, cell: Cell, first: bool) -> str:
    classes = " ".join(filter(None, ["line", "differs" * cell.differs, "first" * first]))
    sign = f'<span class="sign" role="img" aria-label="differs:">{SIGN}</span>' if cell.differs else ""
    detail = f"<small>{html.escape(cell.detail)}</small>" if cell.detail else ""
    text = f"{sign}{html.escape(cell.text)}{detail}"
    return f'<div class="{classes}"><dt>{html.escape(title)}</dt><dd>{text}</dd></div>'
