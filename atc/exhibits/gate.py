"""The `Release` of an exhibit, from the tier of its wave and the reviewed exceptions."""

from __future__ import annotations

from atc.disclosure import Release, Rules
from atc.disclosure.exceptions import of_exhibit, read_exceptions
from atc.waves import Wave


def release_for(vague: Wave, exhibit: str, avant: Wave | None = None) -> Release:
    """What makes the tables of one exhibit fit to leave.

    Args:
        vague: The wave, seen at its tier.
        exhibit: Id of the exhibit.
        avant: The wave before, when the exhibit reads it too.

    Raises:
        DataRefused: The file of exceptions is wrong.
    """
    small = vague.report.small_numbers
    rules = Rules(vague.diffusion, small.floor, small.mean)
    # Nothing is masked for the evaluation team: an exception has no say there.
    reviewed = read_exceptions(vague.project) if rules.masks else ()
    release = Release(vague.id, exhibit, rules, of_exhibit(reviewed, vague.id, exhibit))
    if avant is not None:
        there = of_exhibit(reviewed, avant.id, exhibit)
        release.earlier = Release(avant.id, exhibit, rules, there, release.record)
    return release
