"""Every sentence of the published wave, at each tier: what rests on made-up values says so itself.

Nothing is declared by hand: made-up columns are drawn anew, every notebook is run again, and a sentence that
is no longer there rested on them. Whatever a chapter gains is held to the same.
"""

import re
import zlib
from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from notebook_craft import SETTINGS, calls, code_cells, read

import atc
from atc.disclosure import Release
from atc.disclosure.recorder import Recorder
from atc.exhibits.published import Printed
from atc.survey.errors import DisclosureRefused
from atc.survey.waves import Wave

WAVE = "2020-automne"
SAYS_SO = re.compile(r"exemple|illustration|inventé|simulé", re.IGNORECASE)
FIELDS = ("title", "subtitle", "reading", "alt", "message")
#: Each quotation says in its own row whether it is made up, and a control what its data are worth. What helps
#: the conseils citoyens is told by the word of the report; drawn anew, it would move published counts.
APART = ("verbatims", "effets")
_CONTROLS = re.compile(r"C\d\d-00|T07-0[12]")


def sources(chapter: str) -> list[str]:
    return [cell.source for cell in code_cells(read(chapter))]


def shown(code: list[str], tier: str) -> Iterator[tuple[str, str]]:
    """Where a sentence stands, and the sentence."""
    for rank, make in calls(code, vague=WAVE, diffusion=tier):
        made = make()
        if isinstance(made, atc.Exhibit):
            told = [] if _CONTROLS.match(made.id) else [getattr(made, name) for name in FIELDS]
        else:
            told = getattr(made, "paragraphs", ())
        for text in told:
            for sentence in re.split(r"(?<=[.!?])\s+", text):
                yield f"{rank} {getattr(made, 'id', '')}", sentence


def drawn_anew(seed: int):
    """Tables whose made-up values are others; whether an answer was given, and what was published, stay."""
    read = Wave.table

    def table(wave: Wave, name: str) -> pd.DataFrame:
        frame = read(wave, name)
        if name in APART or wave.id != WAVE:
            return frame
        keys = wave.dictionary.table(name).primary_key
        for column in frame:
            rng = np.random.default_rng([seed, zlib.crc32(f"{name}.{column}".encode())])
            if wave.package.worst([f"{name}.{column}"]) == "simulé" and column not in keys:
                frame[column] = _other(frame[column], rng)
            elif (name, column) == ("questionnaire_flash", "role"):
                # Who answered, role by role, is a crossing that nobody published.
                frame[column] = rng.permutation(frame[column].astype(object))
                frame[column] = frame[column].astype(read(wave, name)[column].dtype)
        return frame

    return patch.object(Wave, "table", table)


def _other(values: pd.Series, rng: np.random.Generator) -> pd.Series:
    possible = values.cat.categories if values.dtype == "category" else [*range(1, 11)]
    possible = [True, False] if values.dtype == "boolean" else possible
    # Far from even: an order or a tie is another one.
    weights = rng.dirichlet(np.full(len(possible), 0.6))
    drawn = pd.Series(rng.choice(possible, len(values), p=weights), values.index).astype(values.dtype)
    return drawn.where(values.notna(), pd.NA)


def unreviewed(release: Release, line: str, column: str, value: object, reviewed=Recorder.reviewed):
    try:
        return reviewed(release, line, column, value)
    except DisclosureRefused:
        return None


def unmarked(code: list[str], tier: str, seed: int) -> list[tuple[str, str]]:
    """Sentences that rest on made-up values and do not say so."""
    # A word of the report stays what it printed; an exception was reviewed with the values that are there.
    with patch.object(Printed, "possible", lambda _, total: list(range(total + 1))):
        told = list(shown(code, tier))
        with (
            drawn_anew(seed),
            patch.object(Recorder, "reviewed", unreviewed),
            patch.object(Release, "finish"),
        ):
            kept = set(shown(code, tier))
    return [(place, text) for place, text in told if (place, text) not in kept and not SAYS_SO.search(text)]


@pytest.mark.parametrize(("tier", "seed"), [("interne", 1), ("public", 3)])
@pytest.mark.parametrize("chapter", SETTINGS.chapters)
def test_a_sentence_that_rests_on_made_up_values_says_so(chapter, tier, seed):
    assert unmarked(sources(chapter), tier, seed) == []


def test_one_that_does_not_is_found():
    planted = (
        "from atc.exhibits.model import prose\n"
        "placed = donnees.table('positionnements')['portage']\n"
        'prose(f"Le portage le plus fréquent : {placed.value_counts().to_dict()}.")'
    )
    [(place, sentence)] = unmarked([*sources("05_modeles")[:2], planted], "interne", 1)
    assert place == "2 "
    assert "Le portage le plus fréquent" in sentence
