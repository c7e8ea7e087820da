"""What the rows must reproduce, as data: the published aggregates, then our readings of the report.

Each field carries the table that it constrains and the id of the published figure (``facts.md``).
A field whose figure is empty is a reading of ours: nothing was published, and docs/hypotheses.md
says why this value was taken. Change a value here and the procedure solves for it, or refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction

Counts = tuple[tuple[str, int], ...]


def _of(table: str, figure: str = "") -> Mapping[str, str]:
    return {"table": table, "figure": figure}


_SITES, _FLASH, _CARNET = "territoires", "questionnaire_flash", "carnet_de_bord"
_FIELDWORK, _STANCES, _EFFECTS = "entretiens", "positionnements", "effets"


@dataclass(frozen=True)
class Targets:
    """Every constraint on the wave. Counts unless said otherwise; true and false for orders."""

    # Méthode
    sites: int = field(default=15, metadata=_of(_SITES, "M01"))
    monographies: frozenset[str] = field(
        default=frozenset({"avignon", "grenoble", "les_mureaux", "marseille", "roubaix", "saint_gilles"}),
        metadata=_of(_SITES, "M08"),
    )
    sites_telephone: int = field(default=9, metadata=_of(_SITES, "M09"))
    destinataires: int = field(default=30, metadata=_of(_FLASH, "M02"))
    destinataires_dp: int = field(default=14, metadata=_of(_FLASH, "M03"))
    destinataires_ville: int = field(default=9, metadata=_of(_FLASH, "M03"))
    destinataires_intercommunalite: int = field(default=7, metadata=_of(_FLASH, "M03"))
    territoires_destinataires: int = field(default=14, metadata=_of(_FLASH, "M04"))
    repondants: int = field(default=17, metadata=_of(_FLASH, "M05"))
    territoires_repondants: int = field(default=10, metadata=_of(_FLASH, "M06"))
    taux_de_reponse: int = field(default=57, metadata=_of(_FLASH, "M07"))  # rounded per cent
    repondants_dp: int = field(default=7, metadata=_of(_FLASH))
    repondants_ville: int = field(default=5, metadata=_of(_FLASH))
    repondants_intercommunalite: int = field(default=5, metadata=_of(_FLASH))
    entretiens_monographies: int = field(default=29, metadata=_of(_FIELDWORK, "M10"))
    entretiens_par_site: Counts = field(
        default=(
            ("avignon", 6),
            ("grenoble", 7),
            ("les_mureaux", 1),
            ("marseille", 4),
            ("roubaix", 4),
            ("saint_gilles", 7),
        ),
        metadata=_of(_FIELDWORK, "M11"),
    )
    observations: Counts = field(default=(("marseille", 1),), metadata=_of(_FIELDWORK, "M12"))
    entretiens_telephone: int = field(default=9, metadata=_of(_FIELDWORK, "M09"))

    # Feuille de route
    sans_carnet: frozenset[str] = field(default=frozenset({"les_mureaux"}), metadata=_of(_CARNET))
    etp_minimum: Decimal = field(default=Decimal("0.4"), metadata=_of(_CARNET, "F01"))
    etp_maximum: Decimal = field(default=Decimal("1.5"), metadata=_of(_CARNET, "F01"))
    etp_moyenne: Decimal = field(default=Decimal("0.8"), metadata=_of(_CARNET, "F01"))
    part_seul: Fraction = field(default=Fraction(1, 2), metadata=_of(_CARNET, "F02"))
    seul_avec_appui: int = field(default=3, metadata=_of(_CARNET, "F03"))
    partage: frozenset[str] = field(
        default=frozenset({"hombourg_haut", "roubaix", "strasbourg", "tourcoing"}),
        metadata=_of(_CARNET, "F04"),
    )
    debuts_t4_2019: int = field(default=6, metadata=_of(_CARNET, "F05"))
    debuts_t1_2020: int = field(default=4, metadata=_of(_CARNET, "F06"))
    reunions_minimum: int = field(default=0, metadata=_of(_CARNET, "F07"))
    reunions_maximum: int = field(default=8, metadata=_of(_CARNET, "F07"))
    reunions_moyenne: int = field(default=3, metadata=_of(_CARNET, "F07"))  # rounded
    reunions_en_janvier: int = field(default=2, metadata=_of(_CARNET, "F08"))  # where begun
    sites_en_janvier: int = field(default=3, metadata=_of(_CARNET))
    instance_unique_le_plus_souvent: bool = field(default=True, metadata=_of(_CARNET, "F09"))
    institutionnels_partout: bool = field(default=True, metadata=_of(_CARNET, "F10"))
    institutionnels_parfois_seuls: bool = field(default=True, metadata=_of(_CARNET, "F10"))
    associations_majoritaires: bool = field(default=True, metadata=_of(_CARNET, "F11"))
    participation_sur_quelques_sites: bool = field(default=True, metadata=_of(_CARNET, "F12"))
    themes_absents: frozenset[str] = field(default=frozenset(), metadata=_of(_CARNET, "F13"))

    # Le poste d'animateur
    profils_absents: frozenset[str] = field(default=frozenset(), metadata=_of(_CARNET, "P01"))
    issus_du_quartier_rares: bool = field(default=True, metadata=_of(_CARNET, "P02"))
    cdd_le_plus_souvent: bool = field(default=True, metadata=_of(_CARNET, "P03"))
    temps_plein_partout: bool = field(default=False, metadata=_of(_CARNET, "P03"))
    soutien_en_recul: bool = field(default=True, metadata=_of(_CARNET, "P04"))

    # Jeux d'acteurs
    avant_juge_par_tous: bool = field(default=True, metadata=_of("scores", "J02"))
    institutions_plus_favorables: bool = field(default=True, metadata=_of("scores"))
    dp_plus_souvent_en_soutien: bool = field(default=True, metadata=_of(_FLASH, "J03"))
    collectivites_plus_souvent_en_retrait: bool = field(default=True, metadata=_of(_FLASH, "J03"))
    dp_tous_en_soutien: bool = field(default=False, metadata=_of(_FLASH, "J03"))
    freins_nommes_frequents: bool = field(default=True, metadata=_of(_FLASH, "J05"))
    legitimites: tuple[tuple[str, str], ...] = field(
        default=(("bbz", "thematique"), ("cnlrq", "a_conquerir"), ("fcsf", "acquise")),
        metadata=_of("legitimites", "J04"),
    )

    # Modèles
    modeles: int = field(default=4, metadata=_of(_STANCES, "O01"))
    sites_entre_deux_modeles: int = field(default=4, metadata=_of(_STANCES))
    cas_de_portage: int = field(default=3, metadata=_of(_STANCES, "O02"))
    organisations: int = field(default=3, metadata=_of(_STANCES, "O03"))
    organisation_majoritaire: bool = field(default=True, metadata=_of(_STANCES, "O03"))
    sites_atypiques: int = field(default=1, metadata=_of(_STANCES))
    facteurs_cites: int = field(default=3, metadata=_of(_STANCES, "O04"))

    # Premiers effets
    types_d_effet: int = field(default=5, metadata=_of(_EFFECTS, "E01"))
    exemples: Counts = field(
        default=(
            ("inter_associatif", 1),
            ("inter_institutionnel", 1),
            ("nouveaux_projets", 2),
            ("participation", 1),
            ("theme_commun", 1),
        ),
        metadata=_of(_EFFECTS, "E02"),
    )
    associations_du_stock: int = field(default=6, metadata=_of(_EFFECTS, "E02"))
    appuis_conseil_citoyen: int = field(default=3, metadata=_of(_EFFECTS))


TARGETS = Targets()


def of_table(table: str) -> dict[str, str]:
    """Targets that bear on one table: name -> id of the published figure, empty for a reading."""
    return {
        target.name: target.metadata["figure"]
        for target in fields(Targets)
        if target.metadata["table"] == table
    }
