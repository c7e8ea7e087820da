"""Warm kernels against ordinary ones, interleaved in one run: ready, then with the libraries of a chapter.

.venv/bin/python benchmarks/kernels.py [PAIRS]
"""

from __future__ import annotations

import statistics
import sys
import time

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from atc.kernels.provisioner import PROVISIONER

IMPORTS = "import pandas, pyarrow.parquet, matplotlib.pyplot, seaborn, scipy.stats, babel.numbers, jinja2"


class Specifications(KernelSpecManager):
    warm = False

    def get_kernel_spec(self, kernel_name: str):
        specification = super().get_kernel_spec(kernel_name)
        if self.warm:
            specification.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONER}
        return specification


def measured(warm: bool) -> dict[str, float]:
    """Seconds to each step, and what the kernel's process spent on both."""
    specifications = Specifications(kernel_dirs=[])
    specifications.warm = warm
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=specifications)
    began = time.perf_counter()
    manager.start_kernel(extra_arguments=["--HistoryManager.hist_file=:memory:"])
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    ready = time.perf_counter() - began
    client.execute_interactive(IMPORTS, timeout=120)
    imported = time.perf_counter() - began - ready
    spent = psutil.Process(manager.provisioner.pid).cpu_times()
    client.stop_channels()
    began = time.perf_counter()
    manager.shutdown_kernel(now=True)
    ended = time.perf_counter() - began
    return {
        "prêt (s)": ready,
        "bibliothèques (s)": imported,
        "processeur du noyau (s)": spent.user + spent.system,
        "arrêt (s)": ended,
    }


def main(pairs: int) -> None:
    began = time.perf_counter()
    measured(warm=True)
    print(f"premier noyau chaud, processus d’engendrement compris : {time.perf_counter() - began:.2f} s")
    found: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    for _ in range(pairs):
        for warm in (True, False):
            found[warm].append(measured(warm))
    print(f"médianes de {pairs} paires       chaud  standard  rapport")
    for name in found[True][0]:
        warm, stock = (statistics.median(one[name] for one in found[kind]) for kind in (True, False))
        print(f"{name:<28} {warm:8.3f} {stock:9.3f} {stock / warm:8.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
