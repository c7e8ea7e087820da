"""Counts under the floor in sentences: what must be found, and what must never stop a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.disclosure.prose import small_counts
from atc.survey.typography import french, in_words

FLOOR = 5


def told(text: str, floor: int = FLOOR) -> list[int]:
    return [count.value for count in small_counts(text, floor)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3 territoires sur 1\u202f362", [3]),
        ("4 répondants sur 7", [4]),
        ("quatre territoires", [4]),
        ("QUATRE TERRITOIRES", [4]),
        ("43 % (n=3)", [3]),
        ("n = 3", [3]),
        ("n = 3 personnes", [3]),
        ("n = 1 site étudié en monographie", [1]),
        ("trois des répondants", [3]),
        ("Seuls deux animateurs ont répondu.", [2]),
        ("Un seul territoire n’a pas répondu.", [1]),
        ("Un.e seul.e répondant.e le dit.", [1]),
        ("Un·e seul·e répondant·e le dit, au 4ᵉ trimestre.", [1]),
        ("Une personne a répondu.", [1]),
        ("une personne sur sept", [1]),
        ("un des 14 animateurs", [1]),
        ("2/7 soutiennent la démarche", [2]),
        ("3 sur 14", [3]),
        ("43 % des 7 répondants", [3]),
        ("43 % des répondants (n = 7)", [3]),
        ("Un tiers des 12 répondants", [4]),
        ("la moitié des 6 communes", [3]),
        ("Répondants : 3", [3]),
        ("animateur.trices (2)", [2]),
        ("trois d’entre eux", [3]),
        ("tous les territoires sauf un", [1]),
        ("tous sauf deux territoires", [2]),
        ("quatre délégué.es du préfet", [4]),
        ("quatre délégué·es du préfet", [4]),
        ("3 des 14 territoires", [3]),
        ("4 autres sites", [4]),
        ("deux nouvelles associations", [2]),
        ("trois grosses structures", [3]),
        ("2 ou 3 territoires", [3]),
        ("deux élus et une directrice", [2]),
        ("4 personnes (57 %)", [4]),
        ("Réponses : 3 ; contrats : 4.", [3, 4]),
        ("1 animateur.trice, 1 direction de la structure porteuse, 2 intercommunalités", [1, 1, 2]),
        ("Des associations siègent dans 10 instances sur 14, des conseils dans 3", [3]),
        ("Les institutions siègent dans 14 instances sur 14 ; elles y sont seules dans 4.", [4]),
        ("Le soutien est fort sur 10 territoires au démarrage, 3 aujourd’hui", [3]),
        ("La participation : 4 sites, dont 3 pour un appui au conseil", [4, 3]),
        ("Parmi les 14 territoires, 6 au 4e trimestre 2019 et 4 au 1er trimestre 2020 commencent.", [4]),
        ("Contrats par trimestre. 3e trimestre 2019 : 1 ; 4e trimestre 2019 : 6 ; puis : 2.", [1, 2]),
        (
            "1,0 ETP en moyenne. Répartition des territoires : 1 ou 2 : 3 ; 3 ou 4 : 4 ; 5 et plus : 5.",
            [3, 4],
        ),
        ("En hausse, stables, en baisse. Acteurs du quartier, animateur.trices : 6, 1, 2 ;", [1, 2]),
        ("Configuration. Une seule personne : 7 sur 14 ; Une fonction partagée : 4 sur 14.", [4]),
        ("Quatre modèles de priorités, et 4 sites sur 15 entre deux modèles", [4]),
    ],
)
def test_a_small_count_is_found(text, values):
    assert told(text) == values
    assert told(french(text)) == values, "with the spaces of French typography too"


@pytest.mark.parametrize(
    "text",
    [
        "1\u202f250 territoires sur 1\u202f362, et 12\u202f004 répondants",
        "n = 1\u202f362 territoires",
        "Dix contrats commencent au 4e trimestre 2019, 5 au 1er trimestre 2020.",
        "De 1 à 10, quelle note donnez-vous à la coopération entre acteurs ?",
        "Sur une échelle de 1 à 10, les acteurs coopèrent-ils ?",
        "Quatre modèles de priorités et trois facteurs",
        "Quatre variables sur 48 ne se comparent pas",
        "Trois cas de portage et cinq sortes d’effets",
        "4 parcours différents sont représentés",
        "Section 3, les territoires étudiés",
        "3. Les territoires étudiés",
        "3 Territoires et acteurs",
        "moins de 5 répondants (n < 5)",
        "n < 5 territoires",
        "5 ou plus répondants",
        "au moins 3 personnes ont relu",
        "Lu comme : deux sites au moins, moins de la moitié.",
        "plus de quatre territoires",
        "de 1 à 4 personnes",
        "Les 15 sites, les 14 territoires et les 30 destinataires",
        "Chapitre 2 sur 7",
        "Page 3/12",
        "Figure 3 : territoires étudiés",
        "La médiane est de 4 sur 10 chez les animateur.trices.",
        "La médiane est de 7,3 chez les acteurs institutionnels et de 4 chez les animateur.trices.",
        "L’écart le plus grand porte sur « les acteurs se parlent » : 7,3 contre 4",
        "Note moyenne des animateurs : 3 ; écart : 2.",
        "Acteurs puis animateur.trices, médianes. Les acteurs coopèrent : 6 et 4 ; animateur.trices : 3.",
        "De 0 à 8 réunions de pilotage selon les territoires, 3 en moyenne",
        "Entre deux territoires, les écarts sont grands.",
        "Il y a deux ans, les acteurs ne se parlaient pas.",
        "Trois fois par an, l’équipe se réunit.",
        "Une seconde vague auprès des mêmes personnes",
        "Une personne dédiée, avec l’appui d’une autre",
        "Une seule personne anime la démarche sur la moitié des territoires",
        "La structure porteuse place une personne sur la mission.",
        "Les réponses d’un même territoire y sont résumées.",
        "Le 3 octobre 2020, les animateurs se réunissent.",
        "Du 2 au 4 novembre, entretiens téléphoniques",
        "Le 3/12, à 4 h 30, les acteurs se réunissent.",
        "0,4 à 1,5 ETP par territoire",
        "n = 30 destinataires",
        "n = 3 réseaux",
        "n = 2 propos relus",
        "17 sur 30 (57 %)",
        "De 10 à 19 des 30 destinataires soutiendraient la démarche (intervalle à 95 %).",
        "Au seuil de 5 % (n = 17), rien n’est montré.",
        "Le questionnaire compte deux parties et quatre questions par répondant.",
        "Quatre réponses proposées au lieu de trois, sans milieu",
        "Deux regards sur la situation : acteurs et animateurs",
        "Les deux questionnaires sont envoyés aux acteurs.",
        "trois contrats de ville",
        "SIRET 123 456 789 00012, quartier QP059071",
        "Tableau T01-03, figure F02-04, contrôle C04-00",
        "1 autre propos attend une relecture signée dans le registre",
    ],
)
def test_what_is_no_small_count_is_let_through(text):
    assert told(text) == []
    assert told(french(text)) == []


@given(value=st.integers(1, 40), floor=st.sampled_from([3, 5, 10, 11]))
def test_the_floor_decides(value, floor):
    expected = [value] if value < floor else []
    assert told(f"{value} territoires concernés", floor) == expected
    if value > 1:
        assert told(f"{in_words(value)} territoires concernés", floor) == expected


@given(part=st.integers(1, 30), whole=st.integers(1, 30))
def test_a_percentage_with_its_base_gives_its_count_back(part, whole):
    part = min(part, whole)
    if part == whole:
        return
    shown = f"{part / whole:.0%}".replace("%", " %")
    found = told(f"{shown} des {whole} répondants l’ont dit")
    assert (part in found) is (part < FLOOR)


@given(st.text(alphabet="34 sur(),.;:%n=/deux territoires", max_size=60))
def test_spans_hold_the_text_and_never_overlap(text):
    counts = small_counts(text, FLOOR)
    assert all(text[slice(*count.span)] == count.text for count in counts)
    ends = [edge for count in counts for edge in count.span]
    assert ends == sorted(ends)
