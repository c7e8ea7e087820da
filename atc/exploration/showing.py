"""An exhibit as the desk shows it: its figure in one layout, its sentences, its table sorted and searched."""

from __future__ import annotations

from html import escape
from typing import Any

import itables
import pandas as pd

from atc.exhibit import Exhibit
from atc.exhibit.drawing import svg
from atc.style import WIDE
from atc.typography import french

_LOOK = """<style>
.atc-vue{max-width:760px;font-size:15px;line-height:1.5;color:#1F2933}
.atc-vue svg{width:100%;height:auto}
.atc-vue p{margin:.5em 0}
.atc-vue .atc-papiers{color:#52606D;font-size:13px}
.atc-vue .atc-mention{color:#A94A08;font-weight:700}
.atc-vue table{border-collapse:collapse}.atc-vue td,.atc-vue th{padding:.25em .8em .25em 0;text-align:left}
.atc-vue tr{border-bottom:1px solid #D9DEE4}
.atc-refus{max-width:760px;border-left:4px solid #A94A08;padding:.6em 1em;background:#FBF3EC;font-size:15px}
</style>"""


def said(text: str) -> str:
    """A message in place of a figure, read aloud as soon as it comes."""
    if not text:
        return '<div role="status" aria-live="polite"></div>'
    return f'{_LOOK}<div class="atc-refus" role="status" aria-live="polite">{escape(french(text))}</div>'


def figure(exhibit: Exhibit) -> str:
    """The figure, or the table of an exhibit without one, with all that a reader must know."""
    shown = (
        _rows(exhibit)
        if exhibit.is_table
        else svg(exhibit.figure(WIDE), exhibit.id, exhibit.title, exhibit.alt)
    )
    papers = [exhibit.note, exhibit.masking_note, _questions(exhibit), exhibit.status_note]
    told = "".join(f'<p class="atc-papiers">{escape(text)}</p>' for text in papers if text)
    return (
        f'{_LOOK}<div class="atc-vue">{shown}<p class="atc-lecture"><strong>Lecture.</strong> '
        f"{escape(exhibit.reading)}</p>{told}</div>"
    )


def _questions(exhibit: Exhibit) -> str:
    if not exhibit.questions:
        return ""
    return french(f"{exhibit.question_label} : {' '.join(exhibit.questions)}")


def _rows(exhibit: Exhibit) -> str:
    mention = f' <span class="atc-mention">{exhibit.mention}</span>' if exhibit.mention else ""
    return (
        f"<h3>{escape(exhibit.title)}</h3><p>{escape(exhibit.subtitle)}</p>"
        f'{_frame(exhibit).to_html(index=False, border=0)}<p class="atc-papiers">{escape(exhibit.source)}{mention}</p>'
    )


def _frame(exhibit: Exhibit) -> pd.DataFrame:
    """The cells as readers see them."""
    return pd.DataFrame(exhibit.table.rows, columns=[column.label for column in exhibit.table.columns])


def table(exhibit: Exhibit) -> dict[str, Any]:
    """The table behind the figure, as one output of a cell: to be sorted and searched without any network."""
    html = itables.to_html_datatable(_frame(exhibit), connected=False, display_logo_when_loading=False)
    return {
        "output_type": "display_data",
        "data": {"text/html": html, "text/plain": repr(exhibit)},
        "metadata": {},
    }
