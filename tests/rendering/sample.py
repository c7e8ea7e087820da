"""An executed notebook such as a run leaves, made of real exhibits over made-up tables."""

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
from nbformat import NotebookNode, v4

from atc.disclosure import Count, Release, Released, Rules
from atc.exhibits.charts import Canvas
from atc.exhibits.charts.rows import draw_units, unit_bar
from atc.exhibits.model import Base, Exhibit
from atc.exhibits.table import Column, DataTable
from atc.exhibits.worth import legend
from atc.rendering.files import exhibits
from atc.rendering.html import filled
from atc.rendering.report import Cover

SLUG = "02_feuille_de_route"
NAVIGATION = [
    ("01_methode", "Méthode"),
    (SLUG, "Feuille de route"),
    ("03_jeux_d_acteurs", "Des jeux d’acteurs complexes"),
]
COVER = Cover(
    title="Animation territoriale citoyenne",
    subtitle="Évaluation de l’expérimentation : cahiers reproductibles",
    wave_label="Vague d’automne 2020",
    report_label="Rapport intermédiaire, décembre 2020",
    diffusion="financeurs",
    tier_label="Financeurs et partenaires (ANCT, préfets, réseaux)",
    date=dt.date(2020, 12, 15),
    authors="Équipe d’évaluation",
    precaution="Résultats premiers et intermédiaires : ils disent surtout le point de vue des institutions.",
    made_up="Une partie des données est inventée.",
    legend=legend(5, masks=True),
)


def released(frame: pd.DataFrame) -> Released:
    return Release("2020-automne", "F02-01", Rules("interne", 5, 10)).facts(frame, "Un exemple.")


def exhibit(id_: str, title: str, table: DataTable, draw: object = None, **more: str) -> Exhibit:
    return Exhibit(
        id=id_,
        title=title,
        subtitle=more.get("subtitle", "Nombre de sites"),
        table=table,
        reading=more.get("reading", "6 sites ont engagé leur animateur.trice au 4e trimestre 2019."),
        alt=more.get("alt", "Le 4e trimestre 2019 compte 6 contrats, le 1er trimestre 2020 en compte 4."),
        base=Base(14, "sites"),
        note=more.get("note", ""),
        source="Source : carnet de bord (de l’été à septembre 2020) ; n = 14 sites.",
        questions=("Question posée : « À quelle date le contrat a-t-il commencé ? »",),
        status=more.get("status", "simulé"),
        uses=(),
        draw=draw,  # type: ignore[arg-type]
    )


def _figure(
    rank: str, title: str, heading: str, counts: dict[str, int], bar: Callable[[str, int], Any], **more: str
) -> Exhibit:
    frame = pd.DataFrame({"libelle": list(counts), "sites": list(counts.values())})
    table = DataTable(released(frame), [Column("libelle", heading), Column("sites", "Sites", 0)])

    def draw(canvas: Canvas) -> object:
        return draw_units(canvas, [bar(label, n) for label, n in counts.items()])

    return exhibit(f"F{SLUG[:2]}-{rank}", title, table, draw, **more)


@cache
def contracts() -> Exhibit:
    """A figure: bars by quarter."""
    counts = {"T4 2019": 6, "T1 2020": 4, "T2 2020": 1, "T3 2020": 3}

    def bar(label: str, n: int) -> object:
        return unit_bar(label[:2], label[3:], Count.exactly(n), text=str(n))

    return _figure("01", "Deux contrats sur trois ont commencé avant mars 2020", "Trimestre", counts, bar)


@cache
def staffing() -> Exhibit:
    """A figure: horizontal bars, with observed data only."""
    alone, helped = "Une personne seule", "Une personne dédiée, avec un appui"

    def bar(label: str, n: int) -> object:
        return unit_bar(label, "", Count.exactly(n), Count.exactly(15), text=str(n))

    note = "Lire aussi T02-03 : un site peut changer d’organisation en cours d’année."
    title, counts = "La moitié des sites reposent sur une personne seule", {alone: 8, helped: 3}
    counts["Plusieurs professionnel.les"] = 4
    return _figure("02", title, "Organisation", counts, bar, status="observé", note=note)


@cache
def long_table() -> Exhibit:
    """A table of sixty rows, more than a page holds."""
    frame = pd.DataFrame(
        {
            "site": [f"Site n° {i + 1}" for i in range(60)],
            "reunions": [i % 9 for i in range(60)],
            "etp": [0.4 + (i % 12) / 10 for i in range(60)],
            "part": [i / 60 for i in range(60)],
        }
    )
    table = DataTable(
        released(frame),
        [
            Column("site", "Site"),
            Column("reunions", "Réunions de pilotage", 0),
            Column("etp", "Équivalents temps plein", 1),
            Column("part", "Part des associations", 0, is_part=True),
        ],
    )
    return exhibit(f"T{SLUG[:2]}-03", "Le pilotage, site par site", table, subtitle="", status="reconstitué")


@cache
def wide_table() -> Exhibit:
    """A table of eleven columns, one of which holds sentences."""
    names = ["site", "lecture", *(f"role_{i}" for i in range(9))]
    row = ["Villefranche-sur-Saône", "Une instance unique réunit les institutions, puis les associations."]
    frame = pd.DataFrame([[*row, *range(9)], ["Hombourg-Haut", "Le comité est à deux niveaux.", *range(9)]])
    frame.columns = pd.Index(names)
    shown = [Column("site", "Site"), Column("lecture", "Ce qui s’y passe")]
    shown += [Column(f"role_{i}", f"Collège n° {i + 1}", 0) for i in range(9)]
    return exhibit(
        f"T{SLUG[:2]}-04", "Qui siège où", DataTable(released(frame), shown), subtitle="Nombre de membres"
    )


def _shown(source: str, exhibit: Exhibit) -> NotebookNode:
    output = v4.new_output("execute_result", data=exhibit._repr_mimebundle_(), execution_count=1)
    return v4.new_code_cell(source, outputs=[output], execution_count=1)


def _html(source: str, markup: str) -> NotebookNode:
    output = v4.new_output("display_data", data={"text/html": markup, "text/plain": "…"})
    return v4.new_code_cell(source, outputs=[output])


def notebook() -> NotebookNode:
    """Prose, a precaution, two figures, two tables, a computed sentence, and the cells of the run."""
    removed = {"tags": ["remove"]}
    return v4.new_notebook(
        cells=[
            v4.new_code_cell("import atc.survey.trace", metadata=removed),
            v4.new_markdown_cell(
                "# Feuille de route\n\n*Où en sont les sites dans la mise en place de l'animation ?*"
            ),
            v4.new_code_cell('vague: str = "2020-automne"', metadata={"tags": ["parameters"]}),
            _html(
                "from atc import chapters, notices, open_wave\n\ndonnees = open_wave(vague)\n"
                "notices.precaution(donnees)",
                '<aside class="precaution" aria-label="Précaution de lecture"><p>Il s’agit d’une première '
                "lecture, intermédiaire et en partie institutionnelle.</p></aside>",
            ),
            v4.new_markdown_cell(
                "## Des démarrages échelonnés\n\nLes sites n'ont pas commencé ensemble : **pourquoi** ? Le "
                "recrutement s'est étalé (voir F02-01), ce que décrit aussi F01-02 ; le code "
                "`chapitre : oui ?` reste intact. Voir [les porteurs](https://www.centres-sociaux.fr/a?b=1).\n\n"
                "- un premier point ;\n- un second !\n\n> Un avis, «entre guillemets».\n\n"
                "| Terme | Nombre |\n|---|---:|\n| réunion | 3 |\n\n### Le calendrier\n\nUn mot."
            ),
            _shown("chapters.feuille_de_route.fig_02_01(donnees)", contracts()),
            _html(
                "chapters.phrase(donnees)", '<div class="prose"><p>10 contrats sur 14, dit T02-03.</p></div>'
            ),
            v4.new_markdown_cell("## Qui anime ?\n\nLa fonction peut reposer sur une seule personne."),
            _shown("chapters.feuille_de_route.fig_02_02(donnees)", staffing()),
            v4.new_markdown_cell("### Le calendrier\n\nLe même titre, une seconde fois."),
            _shown("chapters.feuille_de_route.tab_02_03(donnees)", long_table()),
            v4.new_markdown_cell("## Les instances"),
            _shown("chapters.feuille_de_route.tab_02_04(donnees)", wide_table()),
            _html("messages()", '<ul class="messages"><li>8 sites sur 15.</li><li>3 réunions.</li></ul>'),
            v4.new_code_cell("sentinel()", metadata=removed, outputs=[v4.new_output("stream", text="ok")]),
        ]
    )


def told() -> dict[str, list[dict[str, Any]]]:
    """What the exhibits of each chapter of the sample say of themselves."""
    return {slug: list(exhibits(notebook(), slug)) if slug == SLUG else [] for slug, _ in NAVIGATION}


def front(cover: Cover, exhibits: dict[str, list[dict[str, Any]]]) -> str:
    """The front page of a notebook of one's own."""
    said = {"navigation": NAVIGATION, "essential": None, "sheets": ()}
    return filled("index.html.j2", cover=cover, exhibits=exhibits, **said)
