"""Table ``scores``: the situation before the start and now, from 1 to 10, as two groups see it.

The report's chart is lost: items and scores are simulated. What is kept is its question: do institutions and
animateurs see the start differently? Nothing says that the situation of 2020 itself was scored: those rows
only give the next wave something to be compared with.
"""

from fractions import Fraction
from statistics import mean

from questionnaire_flash import respondents
from targets import SEED, Printed

from atc.intake.simulate import Draws
from atc.survey.dictionary import NO_ANSWER, UNKNOWN, Rows, Tables

# Usual score of an animateur on each item, in the order of the form.
USUAL = {
    "cooperation": 4,
    "interconnaissance": 4,
    "vie_associative": 4,
    "projets_communs": 4,
    "participation": 3,
    "confiance": 4,
}
# Institutions see these higher by so many points, before noise; then clearly so, and the others close.
SEEN_HIGHER, HIGHER = ("cooperation", "interconnaissance", "vie_associative"), 2
WIDE, NARROW = 1, Fraction(7, 10)
MISSING_BEFORE = (NO_ANSWER, NO_ANSWER, UNKNOWN, UNKNOWN, UNKNOWN)
MISSING_NOW = (UNKNOWN,) * 5
BEFORE, NOW = "avant", "actuelle"
MOVES = {1: 45, -1: 15, 0: 40}  # points, and chances in a hundred


def propose(draws: Draws, _printed: Printed, tables: Tables) -> Rows:
    """One row per respondent, period and item, sorted by pseudonym, items in the order of the form."""
    models = {row["territoire"]: row["modele_principal"] for row in tables["positionnements"]}
    levels = {site: draws.between(-1, 2) for site in models}
    people = [(row, "institutionnels") for row in respondents(tables["questionnaire_flash"])]
    people += [(row, "animateurs") for row in tables["carnet_de_bord"]]
    before = []
    for row, group in sorted(people, key=lambda person: person[0]["repondant"]):
        site, severity = row["territoire"], draws.between(-1, 1)
        for item, usual in USUAL.items():
            # Few associations where the model is to revive them.
            revived = item == "vie_associative" and models[site] == "dynamisation"
            higher = HIGHER * (group == "institutionnels" and item in SEEN_HIGHER)
            noise = draws.between(-1, 1) + draws.between(-1, 1)
            score = usual + higher + levels[site] - 2 * revived + severity + noise
            who = {"repondant": row["repondant"], "groupe": group, "territoire": site}
            before.append({**who, "periode": BEFORE, "item": item, "score": _on_the_scale(score)})
    # A stream of its own, and scores without blanks: the start does not depend on the present.
    now = _now(Draws(SEED, f"scores/{NOW}"), before)
    _leave_blanks(draws, before, MISSING_BEFORE)
    return sorted(before + now, key=lambda row: (row["repondant"], row["periode"] == NOW))


def holds(rows: Rows, _printed: Printed) -> bool:
    """Institutions clearly higher on the three items, close on the others, where both groups answered."""
    start = [row for row in rows if row["periode"] == BEFORE]
    both = {row["territoire"] for row in start if row["groupe"] == "institutionnels"}
    for item in USUAL:
        institutions, animateurs = (
            mean(
                Fraction(row["score"])
                for row in start
                if (row["item"], row["groupe"]) == (item, group)
                and row["territoire"] in both
                and row["score"].isdigit()
            )
            for group in ("institutionnels", "animateurs")
        )
        gap = institutions - animateurs
        if not (gap >= WIDE if item in SEEN_HIGHER else abs(gap) <= NARROW):
            return False
    return True


def _now(draws: Draws, before: Rows) -> Rows:
    """The same people on the same items: a site mostly moves as one, each judge a little apart."""
    drifts = {site: draws.weighted(MOVES) for site in sorted({row["territoire"] for row in before})}
    rows = []
    for row in before:
        score = int(row["score"]) + drifts[row["territoire"]] + draws.weighted(MOVES)
        rows.append(row | {"periode": NOW, "score": _on_the_scale(score)})
    _leave_blanks(draws, rows, MISSING_NOW)
    return rows


def _leave_blanks(draws: Draws, rows: Rows, codes: tuple[str, ...]) -> None:
    for row, code in zip(draws.sample(rows, len(codes)), codes, strict=True):
        row["score"] = code


def _on_the_scale(score: int) -> str:
    return str(min(max(score, 1), 10))
