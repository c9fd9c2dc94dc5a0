#!/bin/sh
# Prints the Python to build the virtual environment with: python3.11, else any python3 of 3.11 or newer.
# With ISOBOT_PYTHON set, that one or none.
set -eu

new_enough() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "${ISOBOT_PYTHON:-}" ]; then
    set -- "$ISOBOT_PYTHON"
else
    set -- python3.11 python3 python3.13 python3.12
fi
for python in "$@"; do
    if new_enough "$python"; then
        command -v "$python"
        exit 0
    fi
done

cat >&2 <<'MESSAGE'

Chưa có Python 3.11 trở lên trên máy này. Trên Debian/Ubuntu: sudo apt install python3 python3-venv
Máy có Python ở chỗ khác thì chỉ đường dẫn: make setup ISOBOT_PYTHON=/đường/dẫn/python3
(No Python 3.11 or newer was found. Install it, or name it with ISOBOT_PYTHON.)
MESSAGE
exit 1
