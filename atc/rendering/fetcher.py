"""What WeasyPrint may read while it lays a document out: data held in the document, and our own fonts."""

from __future__ import annotations

from atc.rendering.assets import font_file
from atc.rendering.engine import URLFetcher, URLFetcherResponse

SCHEME = "atc"


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Answers ``data:`` addresses and ``atc:<font file>``; anything else stops the rendering.

    WeasyPrint's own fetcher reads http, ftp and the disk, and a document could carry away a local file.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Answer one address; a `ValueError` if it is neither ``data:`` nor one of our fonts."""
        scheme, _, name = url.partition(":")
        content = font_file(name) if scheme == SCHEME else None
        if content is not None:
            return URLFetcherResponse(url, content, {"Content-Type": "font/ttf"})
        return super().fetch(url, headers)
