#!/bin/sh
# Makes the three lock files again, with the newest versions that pyproject.toml allows.
#
# uv resolves for every Python from 3.11 on and every platform at once, and writes the hashes of all files of
# a release. It reads no pip configuration, so no local folder or private index leaks into the locks; an
# index other than the public one is named with UV_DEFAULT_INDEX and is not written down either.
# `lock.sh --keep` keeps the versions that are there and only follows pyproject.toml.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd -- "$here"

uv_version=0.13.9
tools=build/lock-tools
upgrade=--upgrade
[ "${1:-}" = --keep ] && upgrade=

if [ "$("$tools/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" != "$uv_version" ]; then
    python=$(sh scripts/find-python.sh)
    "$python" -m venv --clear "$tools"
    "$tools/bin/python" -m pip install --quiet --quiet --disable-pip-version-check "uv==$uv_version"
fi

compile() {  # out file, then what to resolve
    out=$1
    shift
    "$tools/bin/uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --strip-extras --no-emit-index-url --no-emit-find-links ${upgrade:+"$upgrade"} \
        --custom-compile-command "make lock" --output-file "$out" "$@"
}

compile requirements.lock pyproject.toml
compile requirements-dev.lock --extra dev --constraint requirements.lock pyproject.toml
"$tools/bin/python" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' |
    compile requirements-build.lock -

if grep -nE '://|/(home|root|tmp|opt|work|Users)/' requirements*.lock; then
    echo "A lock file names a place on the network or on this machine (above)." >&2
    exit 1
fi
