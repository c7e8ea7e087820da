"""From which model of priorities to which."""

from __future__ import annotations

import pandas as pd

from atc import codebook
from atc.chapters.evolution.rapprochement import compare, left_out, nothing_to_join, year
from atc.charts import flow
from atc.exhibit import Base, Column, DataTable, Draft, exhibit, listed
from atc.indicators import evolution
from atc.indicators.lignes import lignes, plus_grande
from atc.typography import capitalise, counted, in_words, lower_first
from atc.waves import Wave

_POSITIONS = ("positionnements.territoire", "positionnements.modele_principal")


@exhibit("F08-05", uses=_POSITIONS, uses_before=_POSITIONS)
def fig_08_05(vague: Wave, avant: Wave) -> Draft:
    """Models of priorities: who moved from which to which, as counts."""
    variable = "positionnements.modele_principal"
    compared = compare(vague, avant)
    if not codebook.joined(compared, [variable]):
        return nothing_to_join(compared, [variable], "Modèles de priorités")
    moves = evolution.passages(
        avant.table("positionnements"), vague.table("positionnements"), vague.dictionary
    )
    total = int(moves["effectif"].sum())
    changed = moves[moves["modele_avant"] != moves["modele_apres"]]
    moved = int(changed["effectif"].sum())
    then, now = year(avant), year(vague)
    flows = [flow.Flow(row.libelle_avant, row.libelle_apres, row.effectif) for row in lignes(moves)]
    models = list(vague.field(variable).labels.values())
    return Draft(
        title=f"{capitalise(in_words(moved))} {'site change' if moved < 2 else 'sites changent'} de modèle "
        f"de priorités, sur {in_words(total)}",
        subtitle=f"Sites, selon leur modèle de priorités principal en {then} puis en {now}",
        table=DataTable(
            moves,
            [
                Column("libelle_avant", f"Modèle en {then}"),
                Column("libelle_apres", f"Modèle en {now}"),
                Column("effectif", "Sites", 0),
            ],
        ),
        reading=f"{capitalise(in_words(total - moved))} sites gardent leur modèle. " + _commonest(changed),
        alt="Passages d’un modèle à l’autre. "
        + listed((f"{f.origin} vers {lower_first(f.target)}", counted(f.count, "site")) for f in flows),
        base=Base(total, "sites placés aux deux vagues"),
        draw=lambda canvas: flow.draw(
            canvas,
            flows,
            models,
            (f"En {then}", f"En {now}"),
            ("garde son modèle", "change de modèle"),
        ),
        note="Le modèle d’un site est une lecture des évaluateurs, et non une déclaration du site. "
        + left_out(compared, [variable]),
    )


def _commonest(changed: pd.DataFrame) -> str:
    if changed.empty:
        return "Aucun n’en change."
    leader = plus_grande(changed)
    if leader.effectif == 1:
        return "Chaque passage ne concerne qu’un seul site."
    return (
        f"Le passage le plus fréquent va de « {lower_first(leader.libelle_avant)} » à "
        f"« {lower_first(leader.libelle_apres)} » : {counted(int(leader.effectif), 'site')}."
    )
