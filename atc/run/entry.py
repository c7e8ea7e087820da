"""The engine ``atc`` of papermill, which loads this while it is itself imported: see `atc.run.engine`."""

from typing import Any

from papermill.engines import Engine as PapermillEngine


class Engine(PapermillEngine):  # type: ignore[misc]
    """Runs the cells in this very process; it serves all the kernels of Python, whatever their name."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **asked: Any) -> None:
        """Execute a notebook, by ``papermill --engine atc``."""
        from atc.run.engine import execute  # noqa: PLC0415

        execute(nb_man, kernel_name=kernel_name, **asked)
