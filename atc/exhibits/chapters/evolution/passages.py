"""From which model of priorities to which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from matplotlib.figure import Figure

from atc import codebook
from atc.disclosure import Release, Released
from atc.exhibits import Base, Column, DataTable, Draft, exhibit, listed, ratios_aloud
from atc.exhibits.chapters.evolution.rapprochement import compare, left_out, nothing_to_join, year
from atc.exhibits.charts import Canvas, flow, units
from atc.indicators import evolution
from atc.typography import capitalise, lower_first
from atc.waves import Wave

_POSITIONS = ("positionnements.territoire", "positionnements.modele_principal")


@exhibit("F08-05", uses=_POSITIONS, uses_before=_POSITIONS)
def fig_08_05(vague: Wave, avant: Wave, release: Release) -> Draft:
    """Models of priorities: who moved from which to which or, where that masks too much, how many moved."""
    variable = "positionnements.modele_principal"
    compared = compare(vague, avant)
    if not codebook.joined(compared, [variable]):
        return nothing_to_join(release, compared, [variable], "Modèles de priorités")
    placed = avant.table("positionnements"), vague.table("positionnements")
    moves = release.unmasked(
        lambda one: one.crossing(
            evolution.passages(*placed, vague.dictionary),
            "evolution.modele_principal",
            rows="modele_avant",
            columns="modele_apres",
        )
    )
    kept = release.boxes(evolution.fidelite(*placed), "evolution.modele_principal")
    moved, stayed = kept.row(modalite="change"), kept.row(modalite="garde")
    then, now = year(avant), year(vague)
    plural = moved.effectif.value is None or moved.effectif.value > 1
    return Draft(
        title=f"{capitalise(moved.effectif.in_words())} {'sites changent' if plural else 'site change'} de "
        f"modèle de priorités, sur {moved.total.in_words()}",
        subtitle=f"Sites, selon leur modèle de priorités principal en {then} puis en {now}",
        table=_move_table(moves, kept, then, now),
        reading=f"{capitalise(stayed.effectif.in_words())} sites gardent leur modèle."
        + ("" if moves is None else _commonest(moves)),
        alt="Modèles de priorités d’une vague à l’autre. "
        + (ratios_aloud(kept) if moves is None else listed(_moves_aloud(moves))),
        base=Base(moved.total, "sites placés aux deux vagues"),
        draw=_drawn(moves, kept, list(vague.field(variable).labels.values()), (f"En {then}", f"En {now}")),
        note="Le modèle d’un site est une lecture des évaluateurs, et non une déclaration du site. "
        + left_out(compared, [variable]),
    )


def _drawn(
    moves: Released | None, kept: Released, models: Sequence[str], heads: tuple[str, str]
) -> Callable[[Canvas], Figure]:
    if moves is None:
        return lambda canvas: units.draw(canvas, units.from_counts(kept))
    flows = [flow.Flow(row.libelle_avant, row.libelle_apres, row.effectif) for row in moves]
    keys = ("garde son modèle", "change de modèle")
    return lambda canvas: flow.draw(canvas, flows, models, heads, keys)


def _move_table(moves: Released | None, kept: Released, then: str, now: str) -> DataTable:
    if moves is None:
        columns = [Column("libelle", "Modèle"), Column("effectif", "Sites", 0), Column("total", "Sur", 0)]
        return DataTable(kept, columns)
    return DataTable(
        moves,
        [
            Column("libelle_avant", f"Modèle en {then}"),
            Column("libelle_apres", f"Modèle en {now}"),
            Column("effectif", "Sites", 0),
        ],
    )


def _moves_aloud(moves: Released) -> Iterator[tuple[str, str]]:
    return (
        (f"{row.libelle_avant} vers {lower_first(row.libelle_apres)}", row.effectif.of("site"))
        for row in moves
    )


def _commonest(moves: Released) -> str:
    changed = moves.reshaped(lambda frame: frame[frame["modele_avant"] != frame["modele_apres"]])
    leader = changed.leader()
    if not len(changed):
        return " Aucun n’en change."
    if leader is None:
        return ""
    if leader.effectif.value == 1:
        return " Chaque passage ne concerne qu’un seul site."
    return (
        f" Le passage le plus fréquent va de « {lower_first(leader.libelle_avant)} » à "
        f"« {lower_first(leader.libelle_apres)} » : {leader.effectif.of('site')}."
    )
