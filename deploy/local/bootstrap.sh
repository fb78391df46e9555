# The set-up that ./run and ./test share (POSIX sh; sourced by both, or run by hand: sh deploy/local/bootstrap.sh test).
#
# bootstrap LEVEL, where LEVEL is "run" or "test":
#   1. finds Python 3.11 or newer that can make a virtual environment
#   2. installs the system libraries that are missing (apt, Homebrew), or prints the line that would and stops
#   3. makes .venv and installs the locked requirements into it, checked by hash
#   4. fetches the Chinese document fonts that are not on the package index (best effort)
# Every step is skipped when its result is there. All words go to standard error: standard output belongs to the
# command that follows. Sets VENV and VENV_PYTHON, and exports PORTAL_HOME.

BOOT_START=$(date +%s)
export PORTAL_STARTED_AT="$BOOT_START"

step() { printf '[%3d s] %s\n' "$(($(date +%s) - BOOT_START))" "$*" >&2; }

die() {
    printf '\n' >&2
    printf '%s\n' "$@" >&2
    exit 1
}

# ---------------------------------------------------------------- 1. Python

python_is_new() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
python_makes_venvs() { "$1" -c 'import ensurepip, venv, ssl, sqlite3' >/dev/null 2>&1; }

# Prints the first usable Python, those first on which the locks were tried. $1 is the further test it must pass.
find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3 /usr/bin/python3; do
        if python_is_new "$candidate" && "$1" "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# ---------------------------------------------------------------- 2. system libraries

# Asks the Python of the environment, if that is made, else the one that will make it: $1.
has_pango() {
    "$1" -c 'import ctypes; [ctypes.CDLL(f"lib{name}-1.0.so.0") for name in ("pango", "pangoft2")]' >/dev/null 2>&1
}

find_chromium() {
    for candidate in "${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# Prints the packages of this system (Debian's names) that LEVEL $1 still lacks.
missing_packages() {
    if [ -e "$VENV/installed-run" ] && has_pango "$VENV_PYTHON"; then
        :
    elif python=$(find_python python_makes_venvs); then
        has_pango "$python" || echo "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    else
        echo "python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    fi
    if [ "$1" = test ]; then
        find_chromium >/dev/null || echo chromium
        command -v pdftoppm >/dev/null 2>&1 || echo poppler-utils
    fi
}

apt_install() {
    line="apt-get update && apt-get install -y --no-install-recommends $*"
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    elif command -v sudo >/dev/null 2>&1 && [ -t 0 ] && [ -z "${CI:-}" ]; then
        as_root=sudo
        step "Your password is needed to install system packages"
    elif command -v sudo >/dev/null 2>&1; then
        die "System packages are missing. Install them, then run this again:" \
            "    sudo sh -c '$line'"
    else
        die "System packages are missing, and only root can install them. As root, run:" \
            "    $line" \
            "or from here:" \
            "    su -c '$line'"
    fi
    case " $* " in
        *" chromium "*)
            if grep -qi '^ID=ubuntu' /etc/os-release 2>/dev/null; then
                die "The browser tests need Chromium. Ubuntu's package of that name is only a pointer to a snap, so install" \
                    "Chromium or Google Chrome yourself (for instance: sudo snap install chromium), then run:" \
                    "    CHROMIUM=/path/to/chromium ./test"
            fi
            ;;
    esac
    step "Installing system packages: $*"
    if ! {
        DEBIAN_FRONTEND=noninteractive $as_root apt-get -q update &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@"
    } </dev/null >"$BOOT_LOG" 2>&1; then
        tail -n 15 "$BOOT_LOG" >&2
        die "apt-get could not install them (the whole output: $BOOT_LOG). The line to try by hand:" "    $line"
    fi
}

# Debian's Chromium without windows takes a third of the other's processor time. Tried once, and only where nobody has to
# be asked; without it the browser tests run all the same.
quick_chromium() {
    tried=$PORTAL_HOME/run/quick-chromium
    if [ -n "${CHROMIUM:-}" ] || [ -e "$tried" ] || command -v chromium-headless-shell >/dev/null 2>&1; then
        return 0
    fi
    if [ "$(id -u)" -ne 0 ] || ! grep -q '^ID=debian' /etc/os-release 2>/dev/null; then
        return 0
    fi
    mkdir -p "$PORTAL_HOME/run"
    touch "$tried"
    step "Installing chromium-headless-shell, which the browser tests are quickest with"
    if ! {
        apt-get -q -o Acquire::Retries=0 -o Acquire::http::Timeout=15 update &&
            DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=0 -o Acquire::http::Timeout=15 \
                install -y --no-install-recommends chromium-headless-shell
    } </dev/null >"$BOOT_LOG" 2>&1; then
        step "It could not be had; going on without it"
    fi
}

brew_install() {
    formulas=
    for package in "$@"; do
        case "$package" in
            python3) formulas="$formulas python@3.12" ;;
            libpango-1.0-0) formulas="$formulas pango" ;;
            poppler-utils) formulas="$formulas poppler" ;;
            chromium)
                die "The browser tests need Chromium or Google Chrome. Install one, or name it:" \
                    "    CHROMIUM=/path/to/chrome ./test"
                ;;
        esac
    done
    command -v brew >/dev/null 2>&1 || die "Missing:$formulas. With Homebrew:" "    brew install$formulas"
    step "Installing with Homebrew:$formulas"
    # shellcheck disable=SC2086
    brew install $formulas >"$BOOT_LOG" 2>&1 || die "Homebrew could not install them; see $BOOT_LOG"
}

ensure_system() {
    if [ "$(uname -s)" = Darwin ]; then
        DYLD_FALLBACK_LIBRARY_PATH="${DYLD_FALLBACK_LIBRARY_PATH:-/opt/homebrew/lib:/usr/local/lib:/usr/lib}"
        export DYLD_FALLBACK_LIBRARY_PATH
        missing=
        find_python python_makes_venvs >/dev/null || missing=python3
        [ -e /opt/homebrew/lib/libpango-1.0.dylib ] || [ -e /usr/local/lib/libpango-1.0.dylib ] ||
            missing="$missing libpango-1.0-0"
        if [ "$1" = test ]; then
            find_chromium >/dev/null || missing="$missing chromium"
            command -v pdftoppm >/dev/null 2>&1 || missing="$missing poppler-utils"
        fi
        install=brew_install
    else
        missing=$(missing_packages "$1" | tr '\n' ' ')
        install=apt_install
    fi
    # shellcheck disable=SC2086
    set -- $missing
    [ $# -gt 0 ] || return 0
    if [ "$install" = apt_install ] && ! command -v apt-get >/dev/null 2>&1; then
        die "This system lacks what the portal needs, and has no apt-get to bring it. Install what your system calls:" \
            "    $* (Python must be 3.11 or newer)"
    fi
    "$install" "$@"
}

# ---------------------------------------------------------------- 3. the virtual environment

# What an installed environment was made of: place, Python, lock.
stamp_of() { printf '%s %s %s\n' "$VENV" "$("$VENV_PYTHON" -V 2>&1)" "$(cksum <"$PORTAL_ROOT/$1")"; }
is_installed() { [ -x "$VENV_PYTHON" ] && [ "$(cat "$VENV/installed-$2" 2>/dev/null)" = "$(stamp_of "$1")" ]; }

lock_setup() {
    waited=
    until mkdir "$VENV.lock" 2>/dev/null; do
        holder=$(cat "$VENV.lock/pid" 2>/dev/null || true)
        if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
            rm -rf "$VENV.lock"
            continue
        fi
        [ -n "$waited" ] || step "Waiting for another set-up of this folder (process ${holder:-unknown}) to finish"
        waited="${waited}x"
        [ "${#waited}" -lt 600 ] || die "It did not finish in ten minutes. If none is running: rm -rf $VENV.lock"
        sleep 1
    done
    echo $$ >"$VENV.lock/pid"
    trap 'rm -rf "$VENV.lock"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

unlock_setup() {
    rm -rf "$VENV.lock"
    trap - EXIT INT TERM
}

make_venv() {
    python=$(find_python python_makes_venvs) || die "No Python 3.11 or newer was found. Name one: PYTHON=/path/to/python3 $0"
    if [ -d "$VENV" ] && ! python_is_new "$VENV_PYTHON"; then
        step "The Python that .venv was made with is gone: making it anew"
        rm -rf "$VENV"
    fi
    if [ ! -d "$VENV" ]; then
        step "Making the virtual environment with $("$python" -V)"
        "$python" -m venv "$VENV" >"$BOOT_LOG" 2>&1 || {
            rm -rf "$VENV"
            tail -n 5 "$BOOT_LOG" >&2
            die "Python could not make a virtual environment in $VENV"
        }
    fi
}

install_requirements() {
    lock=$1
    level=$2
    step "Installing the locked requirements ($(grep -c == "$PORTAL_ROOT/$lock") packages from $lock)"
    # uv does not read pip's configuration: hand it the index that pip was told to use, if any.
    index=${PIP_INDEX_URL:-$("$VENV_PYTHON" -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
    rm -f "$VENV/installed-run" "$VENV/installed-test"
    if {
        "$VENV_PYTHON" -m pip install -q --disable-pip-version-check --require-hashes -r "$BOOT_DIR/uv.txt" &&
            "$VENV_PYTHON" -m uv pip sync -q --python "$VENV_PYTHON" --require-hashes "$PORTAL_ROOT/$lock"
    } >"$BOOT_LOG" 2>&1; then
        :
    else
        step "The quick installer did not succeed; trying pip, which takes longer"
        "$VENV_PYTHON" -m pip install -q --disable-pip-version-check --require-hashes -r "$PORTAL_ROOT/$lock" >>"$BOOT_LOG" 2>&1 || {
            tail -n 15 "$BOOT_LOG" >&2
            die "The requirements could not be installed (the whole output: $BOOT_LOG). Is the package index within reach?"
        }
    fi
    stamp_of "$lock" >"$VENV/installed-$level"
    # The test set contains the other, so that ./run after ./test has nothing to do.
    [ "$level" = run ] || stamp_of requirements.txt >"$VENV/installed-run"
}

ensure_venv() {
    lock=requirements.txt
    [ "$1" = run ] || lock=requirements-test.txt
    is_installed "$lock" "$1" && return 0
    lock_setup
    if ! is_installed "$lock" "$1"; then
        make_venv
        # An environment that has the test tools keeps them.
        if [ -e "$VENV/installed-test" ]; then
            install_requirements requirements-test.txt test
        else
            install_requirements "$lock" "$1"
        fi
    fi
    unlock_setup
}

renew_locks() {
    for name in requirements requirements-test deploy/local/uv; do
        step "Locking $name.in"
        (cd "$PORTAL_ROOT" && "$VENV_PYTHON" -m uv pip compile -q "$@" --universal --generate-hashes \
            --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
            "$name.in" -o "$name.txt")
    done
}

# ---------------------------------------------------------------- 4. document fonts

# FandolFang and FandolKai stand in for the two faces of official documents that no package on the index carries.
# Without them the documents are set in Noto Serif. Tried once for a data folder; remove fonts/tried to try again.
ensure_fonts() {
    fonts="$PORTAL_HOME/fonts"
    [ ! -e "$fonts/tried" ] || return 0
    mkdir -p "$fonts"
    if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
        echo "no apt-get here: documents use Noto Serif" >"$fonts/tried"
        return 0
    fi
    step "Fetching the Fandol fonts for official documents"
    scratch=$(mktemp -d)
    if (
        cd "$scratch" && timeout 180 apt-get -q download texlive-lang-chinese &&
            dpkg-deb --fsys-tarfile texlive-lang-chinese_*.deb |
            tar -x --wildcards '*/opentype/public/fandol/*.otf' '*/fonts/fandol/*' 2>/dev/null || true
        find "$scratch" -name 'Fandol*.otf' -type f -exec cp {} "$fonts/" \;
        test -e "$fonts/FandolFang-Regular.otf"
    ) </dev/null >"$BOOT_LOG" 2>&1; then
        echo "unpacked from Debian's texlive-lang-chinese" >"$fonts/tried"
    else
        { echo "could not be fetched: documents use Noto Serif" && cat "$BOOT_LOG"; } >"$fonts/tried"
        step "The Fandol fonts could not be fetched (see $fonts/tried): documents use Noto Serif instead"
    fi
    rm -rf "$scratch"
}

# ---------------------------------------------------------------- all of it

bootstrap() {
    BOOT_DIR="$PORTAL_ROOT/deploy/local"
    VENV="$PORTAL_ROOT/.venv"
    VENV_PYTHON="$VENV/bin/python"
    PORTAL_HOME=${PORTAL_HOME:-$PORTAL_ROOT/var}
    case "$PORTAL_HOME" in /*) ;; *) PORTAL_HOME="$PWD/$PORTAL_HOME" ;; esac
    # A C locale would make PostgreSQL and Python treat Chinese as bytes.
    LC_ALL=C.UTF-8
    export PORTAL_HOME LC_ALL
    mkdir -p "$PORTAL_HOME/log"
    BOOT_LOG="$PORTAL_HOME/log/setup.log"
    if [ "$1" = test ]; then
        quick_chromium
    fi
    ensure_system "$1"
    ensure_venv "$1"
    ensure_fonts
    if [ "$1" = test ]; then
        CHROMIUM=$(find_chromium)
        export CHROMIUM
    fi
}

case "$0" in
    *bootstrap.sh)
        set -eu
        PORTAL_ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
        export PORTAL_ROOT
        bootstrap "${1:-run}"
        step "Ready"
        ;;
esac
