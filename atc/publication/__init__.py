"""The only way out: what a run made is read again, attacked and, if nothing is wrong, bundled."""

from atc.publication.publishing import Published, publish

__all__ = ["Published", "publish"]
