"""Where each column comes from: its status, when it was collected, and how the report was read.

A status says how far a value may be trusted. It belongs to a column, and is that of its least known
rows: ``publié`` needs every row to be printed in the report or public elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from atc.wavefiles import OBSERVE, PUBLIE, RECONSTITUE, SIMULE, Caution, Collection, Origin, Provenance

SEED = 2020
EXPLAINED = {
    PUBLIE: "la valeur de chaque ligne figure dans le rapport, ou dans une source publique",
    RECONSTITUE: (
        "les lignes sont les nôtres, établies pour que chaque résultat publié qui les concerne soit exact"
    ),
    SIMULE: "rien n’a été publié, sinon un ordre ou une liste : la valeur illustre, sans plus",
    OBSERVE: "donnée réelle, recueillie par l’évaluation ; aucune dans cette vague",
}


_CARNET = Collection("2020-07", "2020-09", "de l’été à septembre 2020")
_FLASH = Collection("2020-07", "2020-08", "été 2020")
_FIELDWORK = Collection("2020-10", "2020-11", "automne 2020")
_PUBLIC = Collection("2026-11", "2026-11", "lues en novembre 2026")


def _statuses(**columns: str) -> dict[str, str]:
    """Status -> names in one string, turned round: column -> status."""
    named = {"publie": PUBLIE, "reconstitue": RECONSTITUE, "simule": SIMULE}
    return {column: named[key] for key, names in columns.items() for column in names.split()}


_UNPUBLISHED_SHAPE = "Seuls le minimum, le maximum et la moyenne sont publiés : la répartition est simulée."
_CARNET_CAUTIONS = (
    Caution(
        ("territoire",),
        RECONSTITUE,
        "Le nombre de carnets rendus n’est pas publié : quatorze est une lecture du rapport.",
    ),
    Caution(
        ("debut_contrat",),
        RECONSTITUE,
        "Le rapport ne donne que le quatrième trimestre 2019 et le premier trimestre 2020 : la date des "
        "autres contrats est simulée.",
    ),
    Caution(("etp",), RECONSTITUE, _UNPUBLISHED_SHAPE),
    Caution(("reunions_pilotage",), RECONSTITUE, _UNPUBLISHED_SHAPE),
    Caution(
        ("reunions_janvier_2020",),
        RECONSTITUE,
        "Le nombre de sites déjà réunis en janvier 2020 n’est pas publié : il est simulé.",
    ),
)
_FLASH_CAUTIONS = (
    Caution(
        ("role", "repondu"),
        SIMULE,
        "La répartition des répondant.es par rôle n’est pas publiée : elle est simulée.",
    ),
)
_SCORE_CAUTIONS = (
    Caution(
        ("periode",),
        SIMULE,
        "Le rapport ne parle que de la situation d’avant le démarrage : rien ne dit que celle de 2020 ait "
        "été notée. Ses notes sont simulées, pour que la vague suivante ait un point de comparaison.",
    ),
)
_EFFECT_CAUTIONS = (
    Caution(
        ("appui_conseil_citoyen",),
        SIMULE,
        "Le nombre de sites où un conseil citoyen est aidé n’est pas publié : il est simulé.",
    ),
)

ORIGINS: Mapping[str, Origin] = {
    "territoires": Origin(
        _statuses(
            publie="territoire commune departement code_insee quartier reseau recueil longitude latitude"
        ),
        _PUBLIC,
        "Le réseau n’est indiqué que pour les cinq sites où une source publique le confirme ; les "
        "dix autres restent « non renseigné ». Les monographies portent sur six territoires, "
        "comme sur deux pages du rapport ; une troisième en compte cinq.",
    ),
    "entretiens": Origin(
        _statuses(reconstitue="entretien", publie="territoire recueil nature fonction"),
        _FIELDWORK,
        "Le tableau du rapport donne 29 entretiens et une observation, annoncés comme « une "
        "trentaine ». « Directrice de la Région », à Avignon, est lu comme la direction de la "
        "Régie. Un entretien par site est compté pour le recueil par téléphone. Les numéros sont "
        "les nôtres.",
    ),
    "carnet_de_bord": Origin(
        _statuses(
            reconstitue="territoire repondant debut_contrat etp configuration reunions_pilotage "
            "reunions_janvier_2020 instance_institutionnels",
            simule="contrat temps_plein profil issu_du_quartier soutien_demarrage "
            "soutien_actuel instances instance_associations instance_participation "
            "theme_engagement_citoyen theme_solidarite_alimentaire theme_cadre_de_vie "
            "theme_reussite_educative theme_femmes_espace_public theme_autres",
        ),
        _CARNET,
        "Le nombre de carnets rendus n’est pas publié : quatorze, pour que « la moitié » des "
        "territoires fasse exactement sept. Le quinzième, Les Mureaux, est le site dont le terrain "
        "a été décalé. Seuls les quatre sites à fonction partagée sont nommés par le rapport ; le "
        "nombre de sites déjà réunis en janvier 2020 (trois) est le nôtre.",
        _CARNET_CAUTIONS,
    ),
    "positionnements": Origin(
        _statuses(
            publie="territoire",
            simule="modele_principal modele_secondaire portage organisation facteur_profil "
            "facteur_besoins facteur_institutions",
        ),
        _FIELDWORK,
        "Le rapport donne les listes, jamais le nombre de sites : toute répartition est simulée. "
        "Les quatre sites à fonction partagée sont lus comme trois équipes et un co-portage.",
    ),
    "questionnaire_flash": Origin(
        _statuses(
            reconstitue="repondant territoire role repondu",
            simule="posture frein_saturation frein_crise_sanitaire frein_elections frein_objet_flou",
        ),
        _FLASH,
        "La répartition des dix-sept répondants par rôle n’est pas publiée : sept délégué.es du "
        "préfet, cinq référent.es de Ville, cinq d’intercommunalité sont une hypothèse, comme le "
        "territoire sans destinataire. La date d’envoi n’est pas publiée non plus.",
        _FLASH_CAUTIONS,
    ),
    "scores": Origin(
        _statuses(
            reconstitue="repondant groupe territoire",
            simule="periode item score",
        ),
        _CARNET,
        "Le graphique du rapport est perdu : items et notes sont simulés. Seuls demeurent les deux "
        "groupes, l’échelle de 1 à 10, et la période jugée après coup, avant le démarrage. Rien ne dit que "
        "la situation de 2020 ait été notée elle aussi : ces notes-là sont entièrement simulées.",
        _SCORE_CAUTIONS,
    ),
    "effets": Origin(
        _statuses(
            publie="associations",
            reconstitue="effet territoire type resume",
            simule="appui_conseil_citoyen",
        ),
        _FIELDWORK,
        "Les exemples sont ceux du rapport, résumés dans nos mots. Il ne dit pas où ils se situent : "
        "les sites sont tirés parmi ceux dont les thèmes et le modèle s’y prêtent. L’appui aux conseils "
        "citoyens, que le rapport ne chiffre pas, concerne trois sites ici.",
        _EFFECT_CAUTIONS,
    ),
    "legitimites": Origin(
        _statuses(publie="reseau legitimite", reconstitue="appui reste_a_gagner"),
        _FIELDWORK,
        "Le rapport décrit chaque réseau en quelques phrases : elles sont résumées dans nos mots.",
    ),
    "verbatims": Origin(
        _statuses(
            simule="verbatim locuteur fonction chapitre idee texte nature relu relu_par relu_le relu_pour"
        ),
        _FIELDWORK,
        "Paraphrases écrites par l’équipe de conception : personne n’a tenu ces propos. Deux ne "
        "sont pas relues et une ne l’est que pour les financeurs, pour que le registre montre ce qu’il "
        "retient.",
    ),
}
_SOURCES = (
    {
        "title": (
            "Animation territoriale citoyenne : les premiers enseignements de l’évaluation "
            "d’impact participative de l’expérimentation. Résultats intermédiaires, Asdo études, "
            "décembre 2020"
        ),
        "description": (
            "Résultats publiés que les lignes reproduisent ; aucune de ses phrases n’est reprise."
        ),
    },
    {
        "title": "Site du centre socioculturel La Croisée",
        "path": "https://csc-lacroisee.org",
        "description": "Liste des quinze sites.",
    },
    {
        "title": "Site de Bleu Blanc Zèbre",
        "path": "https://bleublanczebre.fr",
        "description": "Calendrier de l’expérimentation et réseaux qui la portent.",
    },
    {
        "title": "Site de la Fonda",
        "path": "https://fonda.asso.fr",
        "description": "Calendrier de l’expérimentation et réseaux qui la portent.",
    },
    {
        "title": "Code officiel géographique, INSEE",
        "path": "https://www.insee.fr",
        "description": "Noms et codes des communes.",
    },
)
PROVENANCE = Provenance(
    description=(
        "Lignes pseudonymisées qui reproduisent les résultats publiés du rapport "
        "intermédiaire. Les personnes n’existent pas : aucune réponse réelle n’a été publiée."
    ),
    collecte=Collection("2020-07", "2020-11", "de l’été à l’automne 2020"),
    statut=EXPLAINED,
    sources=_SOURCES,
    origins=ORIGINS,
    graine=SEED,
)
