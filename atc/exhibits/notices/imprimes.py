"""What the words and the orders of the report tell of counts that are masked: the audit knows them too.

« La plupart », or one case before another, is no count; beside the counts that another exhibit shows, it may
be enough to compute one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from atc.disclosure import Release
from atc.exhibits.published.register import Printed, read_register
from atc.indicators.measures import Part
from atc.typography import french
from atc.waves import Wave

_ORGANISATION, _SUPPORT = "positionnements.organisation", "carnet_de_bord.soutien&modalite=fort"
_CHANGE, _MEMBERS = "carnet_de_bord.evolution_du_soutien", "carnet_de_bord.composition"
#: Printed order -> the counts that it ranks, the largest first, by the names that the exhibits give them. An
#: order of shares (P04-ordre, J03) ranks no counts: those have totals of their own.
ORDERS: Mapping[str, Sequence[str]] = {
    "O03-ordre": [f"{_ORGANISATION}&modalite={m}" for m in ("majoritaire", "minoritaire", "atypique")],
    "P04-sens": [f"{_CHANGE}&modalite={sens}" for sens in ("baisse", "hausse")],
}
#: Printed word -> the count that it stands for.
WORDS: Mapping[str, str] = {
    "F02": "carnet_de_bord.configuration&modalite=seul",
    "F09": "carnet_de_bord.instances&modalite=unique",
    "F10-seuls": f"{_MEMBERS}&modalite=institutionnels_seuls",
    "F11": f"{_MEMBERS}&modalite=instance_associations",
    "F12": f"{_MEMBERS}&modalite=instance_participation",
    "P02": "carnet_de_bord&modalite=issu_du_quartier",
    "P03": "carnet_de_bord.contrat&modalite=cdd",
    "P03-temps-plein": "carnet_de_bord&modalite=temps_plein",
    "P04": f"{_SUPPORT}&moment=soutien_demarrage",
    "O01-entre-deux": "positionnements.modele_secondaire",
    "O03-majorite": f"{_ORGANISATION}&modalite=majoritaire",
    "E02-conseils": "effets.type&modalite=appui_conseil_citoyen",
}


def tell(vague: Wave, release: Release, held: Collection[str]) -> None:
    """Add to the record what the report says of counts without printing them.

    Args:
        vague: The whole wave.
        release: Of the table that says that the report is right.
        held: Ids of the printed values that the rows give back.
    """
    if not release.rules.masks:
        return
    for printed in read_register(vague.project):
        if printed.row.id not in held:
            continue
        if keys := ORDERS.get(printed.row.id):
            release.rank(keys)
        elif key := WORDS.get(printed.row.id):
            possible = _possible(printed, vague)
            # A word that leaves one value (« la moitié » of fourteen) is a number that the report printed.
            if len(possible) > 1:
                release.record.believe(release.named(key), (possible[0], possible[-1]))


def _possible(printed: Printed, vague: Wave) -> list[int]:
    """Every count that the report could have told in this word."""
    found = printed.address.on(vague)
    if not isinstance(found, Part):
        raise TypeError(f"{printed.row.id} is no part of a total")
    said = french(printed.row.attendu)
    return [n for n in range(found.total + 1) if french(printed.rule(Part(n, found.total))) == said]
