#!/bin/sh
# Makes .venv exactly as the lock files say, on a bare Debian or Ubuntu. Evaluators read its messages: French.
#
#   scripts/setup.sh            what the report needs
#   scripts/setup.sh --check    the same, and Chromium for the browser tests
#   scripts/setup.sh --stamp    only print the name of the file that says that all is ready
#
# The stamp comes last, so an interrupted set-up leaves none and the next call starts afresh.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

venv=.venv
python=$venv/bin/python

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$@" >&2; exit 1; }

# The folder counts too: the scripts of a venv hold its absolute path, so a moved project needs a new one.
hash_of() { { pwd -P; cat scripts/setup.sh "$@"; } | cksum | cut -d ' ' -f 1; }

packages_stamp=$venv/.packages-$(hash_of requirements-bootstrap.lock requirements.lock)
ready_stamp=$venv/.ready-$(hash_of requirements-bootstrap.lock requirements.lock pyproject.toml)
# A Python that the system has removed leaves a dead link behind.
[ -x "$python" ] || rm -f "$packages_stamp" "$ready_stamp"

if [ "${1:-}" = --stamp ]; then
    say "$ready_stamp"
    exit
fi

# --- The system ---------------------------------------------------------------------------------------------------

# All packages of the lock are ready-made for 3.11 to 3.14; a newer Python would have to compile some.
find_python() {
    for newest in 14 99; do
        for candidate in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11 python; do
            if "$candidate" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $newest))" \
                2>/dev/null; then
                say "$candidate"
                return
            fi
        done
    done
    stop "Python 3.11 ou plus récent est nécessaire, et cette machine n’en a pas." \
        "Debian 12, Ubuntu 24.04 et leurs successeurs l’ont en paquet :" "$(by_hand python3 python3-venv)" \
        "S’il est installé ailleurs : make report PYTHON=/chemin/vers/python3"
}

# The Debian packages that Python $1 and WeasyPrint lack, one a line.
missing_packages() {
    "$1" - <<'PYTHON'
import ctypes
import sys

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",  # without it, other bytes in the PDF
}
try:
    import ensurepip
except ImportError:  # Debian keeps this part of venv in a package of its own
    print("python%d.%d-venv" % sys.version_info[:2])
for library, package in LIBRARIES.items():
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
PYTHON
}

# Install Debian packages, where this user may: root, or sudo without a password. What apt says matters if it fails.
apt_install() {
    command -v apt-get >/dev/null || return 1
    as=
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as="sudo -n"
    fi
    say "Installation de paquets du système : $*"
    $as apt-get update -qq >/dev/null 2>&1 || true # an old list may do
    said=$($as env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 \
        install -qq -y --no-install-recommends "$@" 2>&1) || { say "$said" >&2 && return 1; }
}

# The same command for a person to type.
by_hand() { say "    sudo apt-get update && sudo apt-get install --no-install-recommends $*"; }

require_packages() {
    missing=$(missing_packages "$1" | xargs)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086 # one word a package
    if apt_install $missing; then
        missing=$(missing_packages "$1" | xargs)
    fi
    [ -z "$missing" ] ||
        stop "Il manque des paquets du système, que ce compte n’a pas pu installer. Tapez ceci, puis relancez :" \
            "$(by_hand "$missing")" \
            "Sur un autre système que Debian ou Ubuntu : Pango et HarfBuzz, ou conda avec environment.yml."
}

# A Chromium that starts: the system's, or the one that playwright fetched.
find_chromium() {
    for candidate in chromium chromium-browser google-chrome; do
        "$candidate" --version >/dev/null 2>&1 && return
    done
    set -- "${PLAYWRIGHT_BROWSERS_PATH:-${HOME:-}/.cache/ms-playwright}"/chromium-*
    [ -e "$1" ]
}

require_chromium() {
    find_chromium && return
    apt_install chromium && find_chromium && return
    stop "Les essais des pages demandent Chromium. Tapez ceci, puis relancez la même commande :" \
        "$(by_hand chromium)" "ou, là où Chromium n’est pas un paquet ordinaire (Ubuntu) :" \
        "    $python -m playwright install --with-deps chromium"
}

# --- The packages -------------------------------------------------------------------------------------------------

install_with_pip() { "$python" -m pip install -q --disable-pip-version-check --require-hashes "$@"; }

# Everything, from uv; pip takes over where only pip knows the way to a registry.
install_packages() {
    say "Installation des paquets : environ 1,2 Go, une seule fois…"
    quiet=-q
    [ ! -t 2 ] || quiet= # a person sees the downloads advance; a log needs no list
    install_with_pip --only-binary :all: -r requirements-bootstrap.lock &&
        "$venv/bin/uv" pip install $quiet --python "$python" --require-hashes --compile-bytecode \
            -r requirements.lock &&
        return
    say "uv n’y est pas parvenu (raison ci-dessus) : nouvel essai avec pip, qui est plus lent."
    install_with_pip -r requirements.lock ||
        stop "Les paquets n’ont pas pu être installés (raison ci-dessus). Vérifiez le réseau ou le mandataire (proxy)," \
            "puis relancez la même commande : elle reprendra du début."
}

# JupyterLab in French from the first start, and silent towards the outside.
write_lab_settings() {
    settings=$venv/share/jupyter/lab/settings
    mkdir -p "$settings"
    cat >"$settings/overrides.json" <<'JSON'
{
  "@jupyterlab/translation-extension:plugin": { "locale": "fr_FR" },
  "@jupyterlab/apputils-extension:notification": { "checkForUpdates": false, "fetchNews": "false" }
}
JSON
}

build_venv() {
    base=$(find_python)
    require_packages "$base"
    say "Création de l’environnement $venv avec $("$base" --version)"
    rm -rf "$venv"
    "$base" -m venv "$venv"
    install_packages
    write_lab_settings
    touch "$packages_stamp"
}

# The project itself, editable: from the folder alone, without the network.
install_project() {
    "$python" -m pip install -q --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
    "$python" -c 'import weasyprint' || stop "WeasyPrint ne démarre pas (raison ci-dessus)."
    rm -f "$venv"/.ready-*
    touch "$ready_stamp"
    say "Environnement prêt."
}

# --- The work -----------------------------------------------------------------------------------------------------

[ "$(uname -s)" = Linux ] ||
    stop "Cette commande est faite pour Linux. Sous Windows et macOS, conda installe tout, Pango compris :" \
        "    conda env create --file environment.yml"

# What a caller's shell may carry: without .pyc, each notebook would start more than a second later.
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_USER
export UV_PYTHON_DOWNLOADS=never
# Like pip and the browser, trust the certificates that an organisation has added to the system's.
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"

# Two calls at once: the second waits, then finds everything done.
exec 9<scripts/setup.sh
if command -v flock >/dev/null && ! flock -n 9; then
    say "Une autre commande prépare déjà l’environnement : attente…"
    flock 9
fi

[ -e "$packages_stamp" ] || build_venv
[ -e "$ready_stamp" ] || install_project
[ "${1:-}" != --check ] || require_chromium
