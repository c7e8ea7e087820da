"""Any page as a PDF: what it may read, and the same bytes everywhere."""

import datetime as dt
import logging
import re

import pytest
from rendering import sample

from atc.rendering.html import font_faces
from atc.rendering.paper import SCHEME, AssetFetcher, document_pdf, paper_pdf
from atc.rendering.report import Chapter
from atc.survey.errors import AtcError


@pytest.mark.parametrize(
    "url", ["http://a.fr/", "file:///etc/hostname", "ftp://a.fr", "atc:", "atc:a/b.ttf", "atc:README.md", "x"]
)
def test_fetcher_refuses(url: str) -> None:
    with pytest.raises(ValueError, match="URI"):
        AssetFetcher().fetch(url)


def test_a_broken_drawing_is_an_error() -> None:
    # WeasyPrint only logs it, and leaves a blank.
    body = "<svg viewBox='0 0 1 1'><title>a</title><rect width='1' transform='rotate(x)'/></svg>"
    with pytest.raises(AtcError, match="Failed to render SVG"):
        document_pdf([Chapter("x", "Titre", body)], sample.COVER)


def test_what_was_printed_before_changes_nothing_and_no_rule_is_unknown(
    chapter: Chapter, single: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    # A property or a selector that WeasyPrint does not know would be said here.
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        assert document_pdf([chapter], sample.COVER) == single
    said = {record.getMessage() for record in caplog.records}
    # It reads the style of drawings twice: as CSS of the page, where it warns, then as SVG, where it obeys.
    assert [text for text in said if not re.search(r"`(fill|stroke|text-anchor|clip-)[\w-]*:", text)] == []


def test_an_accent_written_apart_stays_over_its_letter() -> None:
    head, made = f'<html lang="fr"><title>T</title><style>{font_faces(SCHEME)}</style>', []
    for accent in ("e\u0301", "é"):
        drawn = f"<svg viewBox='0 0 90 90' font-family='Atc Sans'><text x='1' y='40'>d{accent}</text></svg>"
        made.append(paper_pdf(f"{head}{drawn}</html>", dt.date(2020, 12, 15)))
    assert made[0] == made[1]
