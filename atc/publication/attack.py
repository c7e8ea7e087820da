"""The attack test: everything that would leave, joined to the posts that everybody can name.

A count that bears on one post of one site is a count of one known person, however it was computed
(docs/confidentialite.md, règle 12). Words that name a site beside a post are the scanner's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from atc.disclosure.exceptions import Reviewed
from atc.publication.finished import LetOut

#: Tables with one row per animateur: to know the site is to know the person.
_OF_ANIMATEURS = ("carnet_de_bord.",)
#: Columns that name a post, and how their codes read on the roster.
_POSTS = ("role", "fonction")
_SAME_POST = {"dp": "delegue_prefet", "intercommunalite": "ville"}
_SITES = ("territoire", "commune")


@dataclass(frozen=True)
class Match:
    """A count that points at one post of the roster.

    Attributes:
        exhibit: Where it would leave.
        what: The count.
        territoire, fonction: Whom it points at.
    """

    exhibit: str
    what: str
    territoire: str
    fonction: str


def attack(
    displays: Iterable[LetOut], roster: pd.DataFrame, reviewed: Iterable[Reviewed]
) -> tuple[Match, ...]:
    """Every count that points at exactly one post of the roster, and that no exception of the wave covers."""
    public = {(r.exhibit, *map(_post, r.ligne.split("|")[:2])) for r in reviewed if "|" in r.ligne}
    found = [match for display in displays for match in _counts(display, roster)]
    return tuple(dict.fromkeys(m for m in found if (m.exhibit, m.territoire, m.fonction) not in public))


def _post(code: str) -> str:
    """The post of the roster that a code of the survey stands for."""
    return _SAME_POST.get(code, code)


def _counts(display: LetOut, roster: pd.DataFrame) -> Iterator[Match]:
    for key, (low, high) in display.let_out.ranges.items():
        if high == 0 or (low == 0 and key not in display.let_out.masked):
            continue
        conditions = dict(re.findall(r"([a-z_]+)=([^&?≠]+)", key))
        # A masked count of one post of one site is of one person all the same.
        known = roster
        for column in _SITES:
            if column in conditions:
                known = known[known[column] == conditions[column]]
        posts = [_post(conditions[c]) for c in _POSTS if c in conditions]
        if any(name in key for name in _OF_ANIMATEURS):
            posts.append("animateur")
        for post in posts:
            known = known[known["fonction"] == post]
        if len(known) == 1:
            (territoire,), (fonction,) = known["territoire"], known["fonction"]
            yield Match(display.id, key, str(territoire), str(fonction))
