"""The templates of documents: what is not declared to be HTML is escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from atc.rendering.assets import TEMPLATES
from atc.rendering.statuses import governed
from atc.survey.typography import day, french, lower_first


@cache
def environment() -> Environment:
    """Templates, with the filters that they share.

    ``jour``: a date in words; ``francais``: typographic spaces; ``lower_first``: for a label inside a
    sentence; ``css_string``: a text as a CSS string; ``governed``: see `atc.rendering.statuses`.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["jour"] = day
    made.filters["francais"] = french
    made.filters["lower_first"] = lower_first
    made.filters["governed"] = governed
    made.filters["css_string"] = _css_string
    return made


def _css_string(text: str) -> Markup:
    # Every character that is not a letter, digit or space is written as its code: nothing can end the string.
    escaped = "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{escaped}"')  # noqa: S704
