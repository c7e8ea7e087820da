"""What goes with the pages: how to open and cite them, licences, and a manifest that tells no row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from atc.publication.finished import Finished
from atc.rendering.report import Cover
from atc.survey.settings import Settings
from atc.survey.typography import day, french, lower_first

README, LICENCE = "LISEZMOI.txt", "LICENCE.txt"


def readme(cover: Cover, *, synthetic: bool) -> str:
    """What whoever receives the bundle reads first."""
    lines = [
        f"{cover.title}. {cover.subtitle}",
        f"{cover.report_label} ({cover.wave_label})",
        f"Diffusion : {cover.tier_label}",
        "",
        "Ouvrir index.html dans un navigateur : tout se lit sans connexion.",
        "",
        "essentiel.pdf          l’essentiel, en deux pages (et essentiel.html, à l’écran)",
        "rapport.pdf            le rapport entier",
        "rapport.docx           le même, à annoter dans Word",
        "diaporama.pptx         une diapositive par message et par figure",
        "html/, pdf/            un chapitre par fichier",
        "figures/               chaque figure, en SVG et en PNG",
        "tables/                le tableau derrière chaque figure, en CSV ; une case masquée y est vide,",
        "                       et la colonne « statut_… » qui la suit dit pourquoi (D : effectif trop",
        "                       petit ; S : masqué pour en protéger un autre ; V : communiqué), ou le mot du",
        "                       rapport ; la dernière, « statut », dit ce que vaut chaque ligne",
        "classeur.xlsx          les mêmes tableaux, une feuille chacun, et comment les lire",
        "dictionnaire.html      chaque table, chaque colonne, ses modalités et ce que valent ses données",
        "manifest.json          l’empreinte SHA-256 de chaque fichier, et d’où vient chaque figure",
        "LICENCE.txt            à quelles conditions réutiliser",
    ]
    if synthetic:
        lines += [
            "donnees-synthetiques/  des lignes inventées, du même schéma que les vraies : elles servent à",
            "                       essayer un programme, et n’apprennent rien de personne",
        ]
    return french("\n".join([*lines, "", *_citation(cover), ""]))


def _citation(cover: Cover) -> list[str]:
    document = f"{cover.title}. {cover.subtitle}, {lower_first(cover.report_label)}"
    return [
        "Citer ce document :",
        f"{cover.authors}, {document}, version du {day(cover.date)}.",
        "",
        "Qui cite un chiffre rappelle son statut (observé, publié, reconstitué ou simulé), écrit sous chaque",
        "figure : une donnée reconstituée ou simulée ne décrit aucune réponse réelle.",
    ]


def licence(data: str) -> str:
    """The licences, in a few lines."""
    return french(
        "\n".join(
            [
                f"Tableaux et figures : {data}.",
                "Code qui les produit : licence MIT.",
                "Polices des pages : SIL Open Font License 1.1.",
                "Fond de carte : Natural Earth, domaine public.",
                "",
                "Le texte du rapport d’évaluation appartient à ses auteurs : les pages n’en citent que",
                "des faits.",
                "",
            ]
        )
    )


def manifest(
    finished: Finished, files: Mapping[str, bytes], hashes: Mapping[str, str], settings: Settings
) -> str:
    """What was published, from which code, questions and data, as JSON.

    It bears no hash of a single data file: a reader could test guesses about one row against it.
    """
    run = finished.manifest
    wave = settings.wave(run.vague)
    content: dict[str, Any] = {
        "vague": run.vague,
        "diffusion": run.diffusion,
        "date": run.date,
        "rapport": wave.report,
        "versions": dict(run.versions),
        "code": run.code,
        "donnees": finished.data,
        "figures": {
            exhibit.id: {
                "titre": exhibit.told["title"],
                "carnet": f"notebooks/{exhibit.chapter}.ipynb",
                "cellule": exhibit.cell,
                "appel": exhibit.call,
                "colonnes": exhibit.told["uses"],
                "statut": exhibit.told["status"],
            }
            for exhibit in finished.exhibits
        },
        "fichiers": {path: hashes[path] for path in sorted(files)},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
