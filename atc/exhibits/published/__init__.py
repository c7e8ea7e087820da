"""The figures that the report printed, held against those that the rows give.

``data/reference/publie.csv`` holds one row per printed value; each names the indicator that computes it and
the rule (``arrondi``) that turns the result into the words the report would print. Two texts are compared,
never two numbers: what a reader could check with the report in hand is what is checked.
"""

from atc.exhibits.published.controls import (
    DIFFERENT,
    EQUAL,
    NOT_APPLICABLE,
    PRINTED,
    Control,
    controls,
    controls_table,
)

__all__ = ["DIFFERENT", "EQUAL", "NOT_APPLICABLE", "PRINTED", "Control", "controls", "controls_table"]
