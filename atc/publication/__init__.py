"""The only way out: what a run made is read again, attacked and, if nothing is wrong, bundled."""
