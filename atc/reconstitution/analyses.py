"""Tables ``legitimites`` and ``verbatims``: texts of our own, nothing is drawn.

``legitimites`` sums up what the report says of each network of carriers (J04), in our words.
``verbatims`` holds paraphrases: nobody said them. They show how a register of quotations is kept,
reviewed and withheld; speakers exist only as pseudonyms, without a site.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from atc.draws import Draws
from atc.pseudonyms import DEMONSTRATION_KEY, pseudonym
from atc.reconstitution.solving import Recipe, Rule
from atc.reconstitution.targets import Targets
from atc.rows import NOT_APPLICABLE, Row, Rows, Tables, yes

_REVIEWERS = "équipe de conception (paraphrases, aucun propos réel)"
_REVIEWED_ON = "2026-11-23"
# Nobody said them: a signature may be for everybody.
_REVIEWED_FOR = "public"
_MOST_BY_SPEAKER = 2


@dataclass(frozen=True)
class _Paraphrase:
    """One entry of the register, as the team wrote it."""

    chapitre: str
    fonction: str
    speaker: str
    idee: str
    texte: str
    relu: bool = True
    relu_pour: str = _REVIEWED_FOR


_LEGITIMACIES: Rows = [
    {
        "reseau": "bbz",
        "legitimite": "thematique",
        "appui": (
            "Une réputation acquise sur un sujet, par l’expérience ou par l’originalité de l’association."
        ),
        "reste_a_gagner": (
            "Des structures très dissemblables : arriver de l’extérieur peut les desservir, ou "
            "leur laisser les mains libres."
        ),
    },
    {
        "reseau": "cnlrq",
        "legitimite": "a_conquerir",
        "appui": "Connues et appréciées sur place, avec de nombreux contacts.",
        "reste_a_gagner": (
            "Faire admettre qu’elles ont leur place dans l’action sociale, et pas seulement dans "
            "l’emploi et l’entretien du quartier."
        ),
    },
    {
        "reseau": "fcsf",
        "legitimite": "acquise",
        "appui": (
            "Animer un quartier est le cœur de leur métier : nul ne s’étonne de les trouver à cette place."
        ),
        "reste_a_gagner": "Le rapport ne relève pas d’obstacle qui leur soit propre.",
    },
]

_GAMES, _EFFECTS = "jeux_d_acteurs", "premiers_effets"
# Two are left without review on purpose, and one is signed for a narrower circle: what is not signed for
# those who read must never be shown.
_PARAPHRASES = (
    _Paraphrase(
        _GAMES,
        "delegue_prefet",
        "premier",
        "Trop de dispositifs",
        "Le quartier croule déjà sous les programmes. Un de plus ne se justifie que s’il touche "
        "des gens que les autres ne voient pas.",
    ),
    _Paraphrase(
        _GAMES,
        "animateur",
        "premier",
        "Se faire accepter",
        "J’ai passé mes premiers mois à écouter. Arriver avec des réponses aurait braqué ceux qui "
        "œuvrent ici de longue date.",
    ),
    _Paraphrase(
        _GAMES,
        "intercommunalite",
        "premier",
        "Une décision venue d’ailleurs",
        "Nous n’avons pas été associés au choix du lieu. La suite nous a plutôt convaincus, mais "
        "le départ a laissé des traces.",
    ),
    _Paraphrase(
        _GAMES,
        "animateur",
        "deuxieme",
        "Un objet difficile à raconter",
        "Quand on me demande à quoi je sers, il me faut toujours plusieurs phrases, et je vois "
        "bien que l’essentiel se perd en route.",
    ),
    _Paraphrase(
        _GAMES,
        "delegue_prefet",
        "deuxieme",
        "Un appui assumé",
        "Je défends la démarche auprès des autres services, parce qu’elle prend le temps que nos "
        "calendriers ne laissent jamais.",
        relu_pour="financeurs",
    ),
    _Paraphrase(
        _GAMES,
        "direction_porteur",
        "premier",
        "Une mission à part",
        "Nous tenons à ce que ce poste garde ses distances avec notre quotidien, sinon il serait "
        "vite absorbé par l’urgence.",
    ),
    _Paraphrase(
        _GAMES,
        "animateur",
        "troisieme",
        "Un calendrier bousculé",
        "Entre la crise sanitaire et les élections, chaque rendez-vous obtenu était à reprendre "
        "le mois suivant.",
        relu=False,
    ),
    _Paraphrase(
        _EFFECTS,
        "delegue_prefet",
        "troisieme",
        "Aller chercher les petites associations",
        "Ce patient travail de contact a fait venir autour de la table de petits groupes que nos "
        "courriers n’atteignaient pas.",
    ),
    _Paraphrase(
        _EFFECTS,
        "intercommunalite",
        "deuxieme",
        "D’autres façons de se réunir",
        "Les résultats se feront attendre, mais la manière de conduire nos échanges a changé, et "
        "j’en ressors avec des idées.",
    ),
    _Paraphrase(
        _EFFECTS,
        "animateur",
        "deuxieme",
        "Des institutions qui s’appellent",
        "Avant, tout passait par moi. Maintenant, les professionnels se téléphonent directement "
        "et me le racontent après.",
        relu=False,
    ),
)


def propose_legitimites(_draws: Draws, _tables: Tables, _targets: Targets) -> Rows:
    """One row per network, in alphabetical order."""
    return [dict(row) for row in _LEGITIMACIES]


def propose_verbatims(_draws: Draws, _tables: Tables, _targets: Targets) -> Rows:
    """One row per paraphrase, by chapter; what is not reviewed has neither reviewer nor date."""
    return [
        {
            "verbatim": f"V-{rank:03d}",
            "locuteur": pseudonym(DEMONSTRATION_KEY, "L", f"{said.fonction}/{said.speaker}"),
            "fonction": said.fonction,
            "chapitre": said.chapitre,
            "idee": said.idee,
            "texte": said.texte,
            "nature": "paraphrase",
            "relu": yes(said.relu),
            "relu_par": _REVIEWERS if said.relu else NOT_APPLICABLE,
            "relu_le": _REVIEWED_ON if said.relu else NOT_APPLICABLE,
            "relu_pour": said.relu_pour if said.relu else NOT_APPLICABLE,
        }
        for rank, said in enumerate(_PARAPHRASES, start=1)
    ]


def _side_by_side(rows: list[Row]) -> bool:
    return any(first["locuteur"] == second["locuteur"] for first, second in pairwise(rows))


def _by_speaker(tables: Tables) -> int:
    return max(Counter(row["locuteur"] for row in tables["verbatims"]).values())


LEGITIMITES = Recipe(
    table="legitimites",
    propose=propose_legitimites,
    measures={
        "legitimites": lambda tables: tuple(
            (row["reseau"], row["legitimite"]) for row in tables["legitimites"]
        )
    },
)
VERBATIMS = Recipe(
    table="verbatims",
    propose=propose_verbatims,
    measures={},
    rules=(
        Rule(
            "au plus deux citations d’un même locuteur",
            lambda tables: _by_speaker(tables) <= _MOST_BY_SPEAKER,
        ),
        Rule(
            "deux citations d’un même locuteur ne se suivent pas",
            lambda tables: not _side_by_side(tables["verbatims"]),
        ),
        Rule(
            "aucun chiffre dans une citation",
            lambda tables: (
                not any(character.isdigit() for row in tables["verbatims"] for character in row["texte"])
            ),
        ),
    ),
)
