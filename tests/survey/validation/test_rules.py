"""Each rule on the smallest tables that keep it or break it; a missing value breaks nothing."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest
from survey.validation.small_wave import HERE

from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project
from atc.survey.validation import RULES, Rule, lines_that_break, typed_frame

DICTIONARY = load_dictionary(Project(HERE))
CASES = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
Cells = list[dict[str, str]]


def broken(rule: Rule, **tables: Cells) -> list[bool]:
    """Rows at fault, where every cell that is not given is empty."""
    frames = {}
    for name in (rule.table, *rule.tables):
        table = DICTIONARY.table(name)
        rows = [{column: row.get(column, "") for column in table.fields} for row in tables[name]]
        frames[name] = typed_frame(pd.DataFrame(rows, columns=list(table.fields), dtype=object), table)
    (lines,) = lines_that_break([rule], frames)
    return [line in lines for line in frames[rule.table].index]


def cells(heading: str, *lines: str) -> Cells:
    cut = ";" if ";" in heading else ","
    return [dict(zip(heading.split(cut), line.split(cut), strict=True)) for line in lines]


@pytest.mark.parametrize("said", CASES)
def test_a_rule_is_broken_by_these_rows_and_no_other(said: str) -> None:
    (rule,) = (rule for rule in RULES if rule.message.startswith(said))
    columns, kept, wrong = (CASES[said][name] for name in ("columns", "kept", "broken"))
    others = {name: cells(*CASES[said][name].split(" / ")) for name in rule.tables}
    own = {rule.table: cells(columns, *kept, *wrong)}
    assert kept
    assert wrong
    assert broken(rule, **own, **others) == [False] * len(kept) + [True] * len(wrong)


def test_every_rule_is_tried_and_names_columns_of_the_dictionary() -> None:
    assert len(CASES) == len(RULES)
    for rule in RULES:
        table = DICTIONARY.field(f"{rule.table}.{rule.column}").table
        rule.message.format_map(dict.fromkeys(DICTIONARY.table(table).fields, ""))
        # Nothing is said of rows without any answer.
        nobody = {name: [{}, {}] for name in (table, *rule.tables)}
        assert broken(rule, **nobody) == [False, False]
