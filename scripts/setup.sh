#!/bin/sh
# Makes .venv/ ready and does nothing when it already is: `setup.sh run` for the bot, `setup.sh dev` for its tests.
#
# Two stamps in .venv/ decide. `stamp-run` and `stamp-dev` hold the fingerprint of the lock files that were
# installed; `stamp-project` that of pyproject.toml. A stamp is written last, so a broken set-up starts again.
# A venv of another Python, or of a folder that has moved since, is made anew: its scripts hold old paths.
set -eu

what=${1:?run or dev}
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd -- "$here"

fail() {
    printf '\n%s\n(%s)\n' "$1" "$2" >&2
    exit 1
}

fingerprint() {  # of the named files and of the folder that they are in
    { cat -- "$@"; printf '%s\n' "$here"; } | cksum
}

holds() {  # a stamp, a fingerprint
    [ -f ".venv/$1" ] && [ "$(cat ".venv/$1")" = "$2" ]
}

python=.venv/bin/python
# Some machines tell pip to install into the user's home; in a virtual environment it would refuse.
export PIP_USER=0

venv_works() {
    holds stamp-place "$here" && "$python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# Twice quiet: errors only. Notes about the machine's own pip settings would bury them.
install() {
    "$python" -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes "$@" || fail \
        "Không cài được thư viện. Hãy kiểm tra kết nối mạng (hoặc máy chủ trung gian: biến HTTPS_PROXY) rồi chạy lại lệnh; phần đã tải được giữ lại." \
        "The libraries could not be installed: see pip's message above. Check the network, then run the same command again."
}

if ! venv_works; then
    base=$(sh scripts/find-python.sh)
    echo "Tạo môi trường Python trong .venv/ … (creating .venv/ with $base)"
    "$base" -m venv --clear .venv || fail \
        "Không tạo được .venv/. Trên Debian/Ubuntu: sudo apt install python3-venv (hoặc python3.11-venv), rồi chạy lại." \
        "The virtual environment could not be created: see the message above."
    printf '%s\n' "$here" >.venv/stamp-place
fi

run_print=$(fingerprint requirements-build.lock requirements.lock)
dev_print=$(fingerprint requirements-build.lock requirements.lock requirements-dev.lock)
project_print=$(fingerprint pyproject.toml)

case $what in
    run) ready=$run_print ;;
    dev) ready=$dev_print ;;
    *) fail "Không có phần “$what”: chọn run hoặc dev." "Unknown part \"$what\": use run or dev." ;;
esac

if ! holds "stamp-$what" "$ready"; then
    echo "Cài các thư viện đã ghim phiên bản, khoảng một phút … (installing the pinned libraries)"
    # Two steps, because pip refuses a package that stands in two of its requirement files.
    install -r requirements-build.lock
    if [ "$what" = dev ]; then
        install -r requirements-dev.lock
        printf '%s\n' "$dev_print" >.venv/stamp-dev
    else
        install -r requirements.lock
    fi
    printf '%s\n' "$run_print" >.venv/stamp-run  # the development lock holds all of the other
fi

if ! holds stamp-project "$project_print"; then
    # Nothing is fetched: what the project needs, and setuptools to build it with, stands in the locks.
    "$python" -m pip install --quiet --quiet --disable-pip-version-check --no-input --no-index --no-deps \
        --no-build-isolation --editable . || fail \
        "Không cài được isobot vào .venv/. Hãy xem lỗi ở trên." \
        "The project itself could not be installed: see pip's message above."
    # As pip does for a package that is not editable: else the first start, or each, compiles every module.
    "$python" -m compileall -q isobot handlers knowledge scheduler
    printf '%s\n' "$project_print" >.venv/stamp-project
fi
