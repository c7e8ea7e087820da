"""What a wave still says of its draft or of made-up rows: told by check and run, refused by publish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atc.survey.codebook import SCORE
from atc.survey.dictionary import load_dictionary
from atc.survey.questionnaire import variables
from atc.survey.spelling import fold
from atc.survey.typography import french

if TYPE_CHECKING:
    from atc.survey.waves import Wave

#: In texts without accents.
_DRAFT = re.compile(r"a (?:completer|choisir|preciser|definir)|non choisie|todo")
#: What a sentence says of the data, and the status that some column must then bear.
_SAID = {r"\b(?:simule|invente)": "simulé", r"\breconstitue": "reconstitué"}


@dataclass(frozen=True)
class Left:
    """Something to mend.

    Attributes:
        where: File and entry.
        message: What it still says.
        remedy: What to do about it.
        stops: Whether nothing may be published as long as it stands.
    """

    where: str
    message: str
    remedy: str
    stops: bool = True

    def __str__(self) -> str:
        """One line for the terminal."""
        return french(f"À savoir, {self.where} : {self.message}. {self.remedy}.")


def unfinished(wave: Wave) -> tuple[Left, ...]:
    """All that is left, in the order in which a reader meets it."""
    settings = wave.settings
    told = {
        "libelle": settings.label,
        "rapport": settings.report,
        "precaution": settings.precaution,
        "provenance": settings.provenance,
        "suite": " ".join(settings.following),
    }
    texts = {f"report.toml, [vagues.{wave.id}] {entry}": text for entry, text in told.items()}
    described = f"data/raw/{wave.id}/datapackage.json"
    texts |= {f"{described}, title": wave.package.title, f"{described}, licenses": wave.package.licence}
    return (*_texts(wave, texts), *_scale(wave), *_undescribed(wave))


def _texts(wave: Wave, texts: dict[str, str]) -> Iterator[Left]:
    statuses = {status for each in wave.package.resources.values() for status in each.statuses.values()}
    for where, text in texts.items():
        if _DRAFT.search(fold(text)):
            yield Left(where, "reste « à compléter »", "Écrivez ce que les lecteurs doivent y lire")
        for stem, status in _SAID.items():
            if re.search(stem, fold(text)) and status not in statuses:
                message = f"parle de données que datapackage.json ne dit pas « {status} »"
                yield Left(where, message, "Réécrivez cette phrase pour vos réponses")
    if not wave.package.licence.strip(" .–-"):
        remedy = "Choisissez-la : « Licence Ouverte 2.0 » si l’équipe peut partager ces données"
        yield Left(f"data/raw/{wave.id}/datapackage.json, licenses", "aucune licence n’est choisie", remedy)


def _scale(wave: Wave) -> Iterator[Left]:
    asked, described = (
        [field.constraints[end] for end in ("minimum", "maximum")]
        for field in (wave.field(SCORE), load_dictionary(wave.project).field(SCORE))
    )
    if asked != described:
        message = "l’échelle des notes, de {} à {}, n’est pas celle du dictionnaire, de {} à {}"
        remedy = (
            "C’est celle du codebook qui est lue et montrée : vérifiez qu’elle est celle du questionnaire"
        )
        yield Left(
            f"data/raw/{wave.id}/codebook.csv", message.format(*asked, *described), remedy, stops=False
        )


def _undescribed(wave: Wave) -> Iterator[Left]:
    """What somebody answered, and the codebook does not speak of: no wave could be compared on it."""
    if not wave.has_codebook:
        return
    described = wave.codebook().entries
    scored = {f"scores.item={item}" for item in wave.table("scores")["item"].dropna()}
    for variable in variables(load_dictionary(wave.project)):
        table, _, column = variable.name.partition(".")
        asked = variable.name in scored if "=" in column else wave.table(table)[column].notna().any()
        if asked and variable.name not in described:
            message = f"« {variable.label} » ({variable.name}) a des réponses, mais pas de ligne"
            remedy = "Ajoutez-la, avec « nouveau » et « non » si aucune vague ne l’a posée avant"
            yield Left(f"data/raw/{wave.id}/codebook.csv", message, remedy, stops=False)
