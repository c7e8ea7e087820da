"""The attack test: everything that would leave, joined to the posts that everybody can name.

A count that bears on one post of one site is a count of one known person, however it was computed. So is a
row of a table that names a site beside a post (design/privacy.md, 12).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from atc.disclosure.exceptions import Reviewed
from atc.publication.finished import ShownExhibit

#: Tables with one row per animateur: to know the site is to know the person.
_OF_ANIMATEURS = ("carnet_de_bord.",)
#: Columns that name a post, and how their codes read on the roster.
_POSTS = ("role", "fonction")
_SAME_POST = {"dp": "delegue_prefet", "intercommunalite": "ville"}
_SITES = ("territoire", "commune")


@dataclass(frozen=True)
class Match:
    """A number, or a row, that points at one post of the roster.

    Attributes:
        exhibit: Where it would leave.
        what: The count or the row.
        territoire, fonction: Whom it points at.
    """

    exhibit: str
    what: str
    territoire: str
    fonction: str


def attack(
    exhibits: Iterable[ShownExhibit], roster: pd.DataFrame, reviewed: Iterable[Reviewed]
) -> tuple[Match, ...]:
    """Join what would leave to the roster.

    Args:
        exhibits: Of the report.
        roster: One row = one post of one territory (see `atc.reference.load_roster`).
        reviewed: Exceptions of the wave: a post of a site that the report itself printed is public already.

    Returns:
        Every match with exactly one post that no exception covers.
    """
    public = {(r.exhibit, *r.ligne.split("|")[:2]) for r in reviewed if "|" in r.ligne}
    found = [m for e in exhibits for m in (*_counts(e, roster), *_rows(e, roster))]
    return tuple(dict.fromkeys(m for m in found if (m.exhibit, m.territoire, m.fonction) not in public))


def _counts(exhibit: ShownExhibit, roster: pd.DataFrame) -> Iterator[Match]:
    for key, (low, high) in exhibit.let_out.ranges.items():
        if high == 0 or (low == 0 and key not in exhibit.let_out.masked):
            continue
        conditions = dict(re.findall(r"([a-z_]+)=([^&?≠]+)", key))
        # A masked count of one post of one site is of one person all the same.
        known = roster
        for column in _SITES:
            if column in conditions:
                known = known[known[column] == conditions[column]]
        posts = [_SAME_POST.get(conditions[c], conditions[c]) for c in _POSTS if c in conditions]
        if any(name in key for name in _OF_ANIMATEURS):
            posts.append("animateur")
        for post in posts:
            known = known[known["fonction"] == post]
        if len(known) == 1:
            (territoire,), (fonction,) = known["territoire"], known["fonction"]
            yield Match(exhibit.id, key, str(territoire), str(fonction))


def _rows(exhibit: ShownExhibit, roster: pd.DataFrame) -> Iterator[Match]:
    """Rows of the table that name one site and one post."""
    named = {
        str(t): _whole_words(str(c)) for t, c in zip(roster["territoire"], roster["commune"], strict=True)
    }
    posts = {
        str(f): _whole_words(_noun(str(p))) for f, p in zip(roster["fonction"], roster["poste"], strict=True)
    }
    _, *rows = csv.reader(io.StringIO(exhibit.told["files"]["csv"]))
    for row in rows:
        text = " | ".join(row)
        sites = [code for code, pattern in named.items() if pattern.search(text)]
        for post in (code for code, pattern in posts.items() if len(sites) == 1 and pattern.search(text)):
            yield Match(exhibit.id, text, sites[0], post)


def _noun(post: str) -> str:
    """« Délégué » of « Délégué.e du préfet »: how a post begins, whatever the gender and what follows."""
    return re.split(r"[ .]", post)[0]


def _whole_words(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text)}", re.IGNORECASE)
