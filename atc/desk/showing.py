"""An exhibit as the desk shows it: its figure in one layout, its sentences, its table sorted and searched."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import itables
import pandas as pd
from itables.javascript import generate_init_offline_itables_html
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pandas.api.types import is_numeric_dtype

from atc.exhibits.charts import WIDE
from atc.exhibits.model import Exhibit, font_faces, svg
from atc.exhibits.table import ABSENT
from atc.survey.paths import read_toml
from atc.survey.typography import counted, french

_HERE = Path(__file__).parent
#: What DataTables says, in French; the engine is English.
_WORDS = read_toml(__file__)
_PLACES = {"topStart": "search", "topEnd": None, "bottomStart": "info"}
_LONGEST = 25
_TEMPLATES = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
_TEMPLATES.filters["french"] = french
_HTML: Any = _TEMPLATES.get_template("desk.html").module
said, folded, code = _HTML.said, _HTML.folded, _HTML.code


def engine() -> dict[str, Any]:
    """Looks and fonts of the desk, what sorts and searches tables, what keeps keys for it; no network."""
    look = f"{font_faces()}<style>{(_HERE / 'desk.css').read_text(encoding='utf-8')}</style>"
    return output(f"{look}{generate_init_offline_itables_html(itables.options.dt_bundle)}{_HTML.keys()}", "")


def figure(exhibit: Exhibit) -> str:
    """The figure, or the table of an exhibit without one, with all that a reader must know."""
    if exhibit.is_table:
        drawn = _frame(exhibit).to_html(index=False, border=0)
    else:
        drawn = svg(exhibit.figure(WIDE), exhibit.id, exhibit.title, exhibit.alt)
    return str(_HTML.figure(exhibit, Markup(drawn)))  # noqa: S704 (ours, its texts escaped)


def _frame(exhibit: Exhibit) -> pd.DataFrame:
    return pd.DataFrame(exhibit.table.rows, columns=[column.label for column in exhibit.table.columns])


def table(exhibit: Exhibit) -> dict[str, Any]:
    """The table behind the figure, as one output of a cell: to be sorted and searched."""
    return _sortable(_frame(exhibit), [column.numeric for column in exhibit.table.columns], repr(exhibit))


def rows(found: pd.DataFrame) -> dict[str, Any]:
    """Rows in words, to be sorted and searched."""
    cells = found.astype("object").where(found.notna(), ABSENT).astype(str)
    return _sortable(cells, list(map(is_numeric_dtype, found.dtypes)), counted(len(found), "ligne"))


def _sortable(shown: pd.DataFrame, numeric: Sequence[bool], name: str) -> dict[str, Any]:
    """Any table of texts; its ``name`` stands for it where no HTML is shown.

    Numeric columns are sorted as numbers, those that are withheld first.
    """
    columns = [
        {"targets": at, "className": f"dt-{'right' if is_number else 'left'}"}
        for at, is_number in enumerate(numeric)
    ]
    for position in [at for at, is_number in enumerate(numeric) if is_number]:
        # Where each number stands among the others, from what is shown of it and from nothing else.
        numbers = shown.iloc[:, position].str.replace(r"\s", "", regex=True).str.replace(",", ".")
        ranks = pd.to_numeric(numbers, errors="coerce").rank(method="dense").fillna(0).astype(int)
        hidden = shown.shape[1]
        shown.insert(hidden, f"tri {position}", ranks)
        columns[position] |= {"orderData": [hidden]}
        columns.append({"targets": hidden, "visible": False, "searchable": False})
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
    return output(html, name)


def output(html: str, plain: str) -> dict[str, Any]:
    """What a cell shows, as an output widget holds it."""
    data = {"text/html": html, "text/plain": plain}
    return {"output_type": "display_data", "data": data, "metadata": {}}
