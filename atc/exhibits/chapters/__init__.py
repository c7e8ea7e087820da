"""The chapters of the report: one module each, one function an exhibit. They do not know each other."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

__all__ = [module.name for module in iter_modules(__path__)]


# Imported when first named (PEP 562): a notebook reaches its own chapter only, so a change in another one
# does not make it stale.
def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module 'atc.exhibits.chapters' has no attribute '{name}'")
    return import_module(f"{__name__}.{name}")
