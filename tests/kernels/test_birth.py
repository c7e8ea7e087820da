"""The hazards of a fork, one by one: a warm kernel is what a fresh process would be."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from kernel_craft import Kernel, environment, gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="zygotes are for Linux")

Start = Callable[..., Kernel]
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nNone"


def test_the_libraries_are_there_before_anyone_imports_them(kernel: Start) -> None:
    loaded = "{'pandas', 'seaborn', 'matplotlib.pyplot'} <= set(__import__('sys').modules)"
    assert kernel().say(loaded) == "True"
    assert kernel(warm=False).say(loaded) == "False"


@pytest.mark.parametrize("backend", [None, "agg", "svg"])
def test_figures_show_as_in_an_ordinary_kernel(kernel: Start, backend: str | None) -> None:
    settings = {"env": environment(MPLBACKEND=backend)}
    warm, stock = kernel(**settings).show(PLOT), kernel(warm=False, **settings).show(PLOT)
    assert [sorted(m["data"]) for m in warm] == ([["image/png", "text/plain"]] if backend is None else [])
    assert [m["data"] for m in warm] == [m["data"] for m in stock]


def test_a_figure_does_not_show_again_in_the_next_cell(kernel: Start) -> None:
    one = kernel(env=environment(MPLBACKEND=None))
    assert len(one.show(PLOT)) == 1
    assert one.show("plt.gcf().axes == [] or 1 / 0")[0]["data"]["text/plain"] == "True"


def test_two_kernels_draw_different_numbers(kernel: Start) -> None:
    draw = "__import__('random').random(), __import__('numpy').random.rand()"
    first, second = (kernel().say(draw)[1:-1].split(", ") for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize("seed", ["0", "2021"])
def test_a_kernel_has_its_own_hash_seed(kernel: Start, seed: str) -> None:
    variables = environment(PYTHONHASHSEED=seed)
    expected = subprocess.check_output([sys.executable, "-c", "print(hash('a'))"], env=variables, text=True)
    assert kernel(env=variables).say("hash('a')") == expected.strip()


def test_variables_read_on_import_are_those_of_the_kernel(kernel: Start, tmp_path: Path) -> None:
    for width in ("2.5", "7.5"):
        style = tmp_path / width
        style.write_text(f"lines.linewidth: {width}\n", encoding="utf-8")
        one = kernel(env=environment(MATPLOTLIBRC=str(style), TZ=f"XYZ-{width[0]}"))
        assert one.say("__import__('matplotlib').rcParams['lines.linewidth']") == width
        assert one.say("__import__('time').strftime('%z')") == f"+0{width[0]}00"


def test_a_kernel_has_the_variables_it_is_given_and_no_other(kernel: Start) -> None:
    variables = environment(ATC_ESSAI="é à", PATH=None, IPYTHONDIR="/nulle/part")
    told = eval(kernel(env=variables).say("dict(__import__('os').environ)"))
    assert told.pop("JPY_PARENT_PID") == str(os.getpid())
    expected = eval(kernel(env=variables, warm=False).say("dict(__import__('os').environ)"))
    assert expected.pop("JPY_PARENT_PID") == str(os.getpid())
    assert told == expected
    assert "ATC_ROOM" not in told
    # C libraries see them too.
    c = "__import__('ctypes').CDLL(None).getenv(b'ATC_ESSAI')"
    assert kernel(env=variables).say(f"{c} != 0") == "True"


def test_the_system_shows_the_variables_of_the_kernel(kernel: Start) -> None:
    """`atc.execution.processes` finds the processes of a run there, forked children included."""
    one = kernel(env=environment(ATC_EXECUTION="course/chapitre", JPY_SESSION_NAME="x" * 20_000))
    assert b"ATC_EXECUTION=course/chapitre\0" in Path(f"/proc/{one.pid}/environ").read_bytes()
    child = "import os\npid = os.fork()\nif pid == 0:\n    os.setsid()\n    import time; time.sleep(60)"
    one.show(child)
    shown = one.say("b'ATC_EXECUTION=course/chapitre' in open(f'/proc/{pid}/environ', 'rb').read()")
    one.show("os.kill(pid, 9)\nos.waitpid(pid, 0)")
    assert shown == "True"


@pytest.mark.parametrize(
    "expression",
    [
        "sys.argv[0], sys.argv[1], sys.argv[3:]",
        "sys.orig_argv[:4]",
        "sys.path",
        "sys.flags",
        "sys.warnoptions",
        "os.getcwd()",
        "os.getpgid(0) == os.getsid(0) == os.getpid()",
        "oct(os.umask(0o22))",
        "[resource.getrlimit(n) for n in range(10)]",
        "[signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGHUP)]",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [])",
        "sys.getrecursionlimit(), sys.getswitchinterval(), gc.isenabled(), gc.get_threshold()",
        "sys.__stdout__.encoding, sys.__stderr__.errors, sys.__stdin__.encoding, sys.__stdin__.read()",
        "__name__, sys.modules['__main__'].__name__, hasattr(sys.modules['__main__'], '__file__')",
        "sorted(t.name.rstrip('0123456789') for t in threading.enumerate())",
        "[name for name in sys.modules if name.partition('.')[0] == 'atc']",
        "get_ipython().history_manager.hist_file",
        "ipykernel.kernelapp.IPKernelApp.instance().poller.is_alive()",
        "locale.getlocale(), locale.setlocale(locale.LC_ALL, None)",
        "[os.readlink(f'/proc/self/fd/{n}').partition(':')[0] for n in range(3)]",
    ],
)
def test_a_kernel_is_told_what_an_ordinary_one_is_told(
    kernel: Start, tmp_path: Path, expression: str
) -> None:
    modules = "import gc, ipykernel.kernelapp, locale, os, resource, signal, sys, threading"
    told = []
    for warm in (True, False):
        one = kernel(warm=warm, cwd=str(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        one.show(modules)
        told.append(one.say(expression).replace(one.manager.connection_file, "k.json"))
    assert told[0] == told[1]


def test_a_kernel_has_the_limits_of_its_driver(kernel: Start) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE), os.umask(0o27)
    resource.setrlimit(resource.RLIMIT_NOFILE, (517, before[0][1]))
    try:
        one = kernel()
        assert one.say("__import__('resource').getrlimit(7)[0]") == "517"
        assert one.say("__import__('os').umask(0)") == str(0o27)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before[0])
        os.umask(before[1])


def test_no_descriptor_of_the_zygote_reaches_a_kernel(kernel: Start) -> None:
    others = [kernel(), kernel()]
    one = kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    one.show(
        "import os\nlinks = [os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
        " if os.path.exists(f'/proc/self/fd/{n}')]"
    )
    links = one.say("links")
    assert "eventpoll" in links, "links are seen at all"
    assert "pidfd" not in links
    assert "atc-noyaux" not in links
    # A copy of another's connection would keep that one alive.
    for other in others:
        other.end()
        assert gone(other.pid)


def test_a_module_of_the_working_folder_wins_over_a_preloaded_one(kernel: Start, tmp_path: Path) -> None:
    (tmp_path / "seaborn.py").write_text("mine = 1", encoding="utf-8")
    assert kernel(cwd=str(tmp_path)).say("__import__('seaborn').mine") == "1"


def test_a_module_of_the_project_is_imported_as_it_is_now(kernel: Start, tmp_path: Path) -> None:
    for value in ("1", "2"):
        (tmp_path / "mien.py").write_text(f"valeur = {value}{' ' * int(value)}", encoding="utf-8")
        assert kernel(cwd=str(tmp_path)).say("__import__('mien').valeur") == value


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_can_be_started_from_a_kernel(kernel: Start, method: str) -> None:
    pool = f"__import__('multiprocessing').get_context('{method}').Pool(1).apply(abs, (-3,))"
    assert kernel().say(pool) == "3"


def test_arithmetic_on_several_threads_works_after_the_fork(kernel: Start) -> None:
    one = kernel(env=environment(OPENBLAS_NUM_THREADS="2", OMP_NUM_THREADS=None))
    one.show("import numpy as np\na = np.random.default_rng(1).random((600, 600))")
    assert one.say("bool(np.allclose(a @ np.linalg.inv(a), np.eye(600)))") == "True"
    assert one.say("__import__('pyarrow').array([3, 1]).sort().to_pylist()") == "[1, 3]"


def test_streams_go_where_they_are_sent(kernel: Start, tmp_path: Path) -> None:
    write = "import os\nos.system('echo sorti; echo perdu >&2')\nNone"
    with (tmp_path / "out").open("wb") as out:
        kernel(stdout=out, stderr=subprocess.STDOUT).show(write)
    said = (tmp_path / "out").read_text(encoding="utf-8")
    assert said.endswith("sorti\nperdu\n")
    piped = kernel(stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    piped.show(write)
    assert piped.manager.provisioner.process.stdout.readline() == b"sorti\n"
