"""What every notebook prints: its precaution, what the report says, the controls that close it."""

from __future__ import annotations

from atc.disclosure import Release, Released
from atc.exhibits.argument import statements
from atc.exhibits.controls import controles, enonces
from atc.exhibits.declare import release_for
from atc.exhibits.model import Prose
from atc.indicators import fieldwork
from atc.survey.typography import french
from atc.survey.waves import Wave

__all__ = ["controles", "enonces", "precaution"]

INTERVIEWS = ("entretiens.fonction", "entretiens.nature", "entretiens.recueil")


def precaution(vague: Wave) -> Prose:
    """The precaution of the report: which results these are, and whose view they give."""
    release = release_for(vague, "F01-04")
    # A chapter rests on what it reads: not on every column of a table for one sentence.
    heard = interviewed(vague.using(INTERVIEWS), release).row(modalite="association_habitant")
    said = [each.texte for each in statements(vague, "precaution")]
    texts = [vague.settings.precaution, *said]
    if heard.total.high and not heard.effectif.is_withheld:
        unsaid = not said and 2 * heard.effectif.high < heard.total.low
        few = "La lecture est en partie institutionnelle : " if unsaid else ""
        giving = heard.effectif.of(
            f"entretien de monographie sur {heard.total} donne",
            f"entretiens de monographie sur {heard.total} donnent",
        )
        texts.append(f"{few}{giving} la parole à une association ou à un.e habitant.e.")
    shown = tuple(french(text) for text in texts)
    release.check(shown)
    return Prose(shown, "precaution", {release.exhibit: release.record.plain()})


def interviewed(vague: Wave, release: Release) -> Released:
    """Whom the interviews of the monographs heard, by wider group, as readers of this tier may know it."""
    counts = fieldwork.entretiens_par_groupe(vague.table("entretiens"), vague.dictionary, "monographie")
    return release.distribution(counts, "entretiens.entretien&recueil=monographie")
