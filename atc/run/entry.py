"""The name by which papermill knows the engine: ``papermill --engine atc``.

papermill loads this while it is itself being imported: nothing of the engine, which imports papermill, may be
imported here before it is used.
"""

from typing import Any


class _Later:
    """Stands for `atc.run.engine.Engine` until papermill asks something of it."""

    def __getattr__(self, name: str) -> Any:
        from atc.run import engine  # noqa: PLC0415

        return getattr(engine.Engine, name)


Engine = _Later()
