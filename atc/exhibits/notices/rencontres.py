"""Whom the evaluators met, and the precaution that follows from it."""

from __future__ import annotations

from atc.disclosure import Release, Released
from atc.exhibits import Prose
from atc.exhibits.gate import release_for
from atc.indicators import terrain
from atc.typography import french
from atc.waves import Wave

_INTERVIEWS = ("entretiens.fonction", "entretiens.nature", "entretiens.recueil")


def personnes_rencontrees(vague: Wave, release: Release) -> Released:
    """Whom the interviews of the monographs heard, by wider group, as readers of this tier may know it.

    Args:
        vague: With the columns of ``entretiens``.
        release: Of the exhibit that tells it.
    """
    counts = terrain.entretiens_par_groupe(vague.table("entretiens"), vague.dictionary, "monographie")
    return release.distribution(counts, "entretiens.entretien&recueil=monographie")


def precaution(vague: Wave) -> Prose:
    """The precaution of the report: which results these are, and whose view they give.

    Raises:
        DisclosureRefused: It would tell a small count.
    """
    release = release_for(vague, "F01-04")
    # A chapter rests on what it reads: not on every column of a table for one sentence.
    heard = personnes_rencontrees(vague.using(_INTERVIEWS), release).row(modalite="association_habitant")
    texts = (
        french(vague.settings.precaution),
        french(
            f"La lecture est en partie institutionnelle : {heard.effectif.of('entretien')} de "
            f"monographie sur {heard.total} donnent la parole à une association ou à un.e habitant.e."
        ),
    )
    release.check(texts)
    return Prose(texts, "precaution", let_out={release.exhibit: release.record})
