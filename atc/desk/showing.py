"""An exhibit as the desk shows it: its figure in one layout, its sentences, its table sorted and searched."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import itables
import pandas as pd
from itables.javascript import generate_init_offline_itables_html
from pandas.api.types import is_numeric_dtype

from atc.desk.answer import Preview
from atc.exhibits.charts import WIDE
from atc.exhibits.model import Exhibit, font_faces, svg
from atc.exhibits.table import ABSENT
from atc.survey.typography import french

_LOOK = Path(__file__).with_name("desk.css")
#: What DataTables says, in French; the engine is English.
_WORDS: Mapping[str, Any] = {
    "search": "Rechercher :",
    "info": "Lignes _START_ à _END_ sur _TOTAL_",
    "infoEmpty": "Aucune ligne",
    "infoFiltered": "(sur _MAX_ en tout)",
    "zeroRecords": "Aucune ligne ne contient ces mots",
    "emptyTable": "Aucune ligne",
    "lengthMenu": "_MENU_ lignes par page",
    "paginate": {"first": "«", "previous": "‹", "next": "›", "last": "»"},
    "aria": {"orderable": "Activer pour trier", "orderableReverse": "Activer pour inverser le tri"},
}
_PLACES = {"topStart": "search", "topEnd": None, "bottomStart": "info"}
_LONGEST = 25
#: In a list of the desk, an arrow chooses and a letter looks for a word: JupyterLab would move to another
#: cell, or delete this one. The script comes with the page, maybe before the desk: hence the other tries.
_KEYS = """<script>(function keep(left) {
  const own = event => event.target.setAttribute('data-lm-suppress-shortcuts', 'true');
  const desks = document.querySelectorAll('.atc-bureau');
  desks.forEach(desk => desk.addEventListener('focusin', own));
  if (!desks.length && left) setTimeout(keep, 50, left - 1);
})(100)</script>"""


def look() -> str:
    """The style sheet of the desk, with the fonts of the charts: shown once."""
    return f"{font_faces()}<style>{_LOOK.read_text(encoding='utf-8')}</style>"


def engine() -> dict[str, Any]:
    """What sorts and searches tables, and keeps keys for the desk, as one output of a cell; no network."""
    return _output(generate_init_offline_itables_html(itables.options.dt_bundle) + _KEYS, "")


def said(text: str, kind: str = "refus") -> str:
    """A message in place of a figure, or about what was kept; read aloud as soon as it comes."""
    shown = "<br>".join(escape(french(line)) for line in text.splitlines())
    content = f'<div class="atc-{kind}">{shown}</div>' if text else ""
    return f'<div role="status" aria-live="polite">{content}</div>'


def folded(summary: str, texts: Sequence[str]) -> str:
    """Sentences that one opens; nothing when there is none."""
    told = "".join(f"<p>{escape(french(text))}</p>" for text in texts)
    return f'<details class="atc-aide"><summary>{escape(summary)}</summary>{told}</details>' if told else ""


def figure(exhibit: Exhibit) -> str:
    """The figure, or the table of an exhibit without one, with all that a reader must know."""
    if exhibit.is_table:
        mention = f' <span class="atc-mention">{exhibit.mention}</span>' if exhibit.mention else ""
        shown = (
            f"<h3>{escape(exhibit.title)}</h3><p>{escape(exhibit.subtitle)}</p>"
            f"{_frame(exhibit).to_html(index=False, border=0)}"
            f'<p class="atc-papiers">{escape(exhibit.source)}{mention}</p>'
        )
    else:
        shown = svg(exhibit.figure(WIDE), exhibit.id, exhibit.title, exhibit.alt)
    papers = [exhibit.note, exhibit.masking_note, exhibit.question]
    told = "".join(f'<p class="atc-papiers">{escape(text)}</p>' for text in papers if text)
    return (
        f'<div class="atc-vue" data-vue="{exhibit.id}">{shown}'
        f'<p class="atc-lecture"><strong>Lecture.</strong> {escape(exhibit.reading)}</p>{told}</div>'
    )


def _frame(exhibit: Exhibit) -> pd.DataFrame:
    """The cells as readers see them."""
    return pd.DataFrame(exhibit.table.rows, columns=[column.label for column in exhibit.table.columns])


def code(text: str) -> str:
    """Lines of Python, to be copied."""
    return f'<pre class="atc-code" tabindex="0" aria-label="Code de cette vue">{escape(text)}</pre>'


def table(exhibit: Exhibit) -> dict[str, Any]:
    """The table behind the figure, as one output of a cell: to be sorted and searched."""
    return _sortable(_frame(exhibit), [column.numeric for column in exhibit.table.columns], repr(exhibit))


def rows(found: Preview) -> dict[str, Any]:
    """Rows in words, to be sorted and searched."""
    cells = found.frame.astype("object").where(found.frame.notna(), ABSENT).astype(str)
    return _sortable(cells, [is_numeric_dtype(each) for each in found.frame.dtypes], repr(found))


def _sortable(shown: pd.DataFrame, numeric: Sequence[bool], name: str) -> dict[str, Any]:
    """Any table of texts; its ``name`` stands for it where no HTML is shown.

    Numeric columns are sorted as numbers, those that are withheld first.
    """
    columns, width = list[Mapping[str, Any]](), shown.shape[1]
    for position, is_number in enumerate(numeric):
        if not is_number:
            columns.append({"targets": position, "className": "dt-left"})
            continue
        last = shown.shape[1]
        # Where each number stands among the others, from what is shown of it and from nothing else.
        numbers = shown.iloc[:, position].astype(str).str.replace(r"\s", "", regex=True).str.replace(",", ".")
        ranks = pd.to_numeric(numbers, errors="coerce").rank(method="dense").fillna(0).astype(int)
        shown.insert(last, f"tri {position}", ranks)
        columns.append({"targets": position, "orderData": [last], "className": "dt-right"})
    columns += [
        {"targets": rank, "visible": False, "searchable": False} for rank in range(width, shown.shape[1])
    ]
    long = len(shown) > _LONGEST
    html = itables.to_html_datatable(
        shown,
        connected=False,
        display_logo_when_loading=False,
        showIndex=False,
        classes="display compact",
        pageLength=_LONGEST,
        paging=long,
        # Tables of the desk are short: searching one must not depend on its size.
        layout=_PLACES | {"bottomEnd": "paging" if long else None},
        columnDefs=columns,
        language=_WORDS,
        # A click on a heading sorts, wherever it falls.
        text_in_header_can_be_selected=False,
        order=[],
        maxBytes=0,
    )
    return _output(html, name)


def _output(html: str, plain: str) -> dict[str, Any]:
    data = {"text/html": html, "text/plain": plain}
    return {"output_type": "display_data", "data": data, "metadata": {}}
