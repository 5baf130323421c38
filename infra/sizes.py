"""Writes the sizes of the deployable functions into infra/README.md and fails when one is over its ceiling."""

import os
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "infra" / "README.md"
BEGIN, END = "<!-- sizes: written by .ci/release -->", "<!-- end of sizes -->"
MEGABYTE = 1_000_000

# Largest zip of each function, in megabytes; none where no ceiling is set.
CEILINGS = {"api": 10, "builder": None, "worker": 35, "reducer": None}


def built() -> dict[str, tuple[float, float]]:
    """Zip and unzipped megabytes of every function that is built."""
    sizes = {}
    for name in CEILINGS:
        zipped = ROOT / "target" / "lambda" / name / "bootstrap.zip"
        if zipped.exists():
            with zipfile.ZipFile(zipped) as archive:
                unzipped = sum(entry.file_size for entry in archive.infolist())
            sizes[name] = (os.path.getsize(zipped) / MEGABYTE, unzipped / MEGABYTE)
    return sizes


def table(sizes: dict[str, tuple[float, float]]) -> str:
    """The sizes as a table."""
    rows = ["| function | zip, MB | ceiling, MB | unzipped, MB |", "| --- | --- | --- | --- |"]
    for name, (zipped, unzipped) in sizes.items():
        rows.append(f"| {name} | {zipped:.1f} | {CEILINGS[name] or '—'} | {unzipped:.1f} |")
    return "\n".join(rows)


def main() -> int:
    sizes = built()
    text = README.read_text(encoding="utf-8")
    if set(sizes) == set(CEILINGS) and BEGIN in text:
        before, rest = text.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        README.write_text(f"{before}{BEGIN}\n{table(sizes)}\n{END}{after}", encoding="utf-8")
    print(table(sizes))
    over = [name for name, (zipped, _) in sizes.items() if CEILINGS[name] and zipped > CEILINGS[name]]
    for name in over:
        print(f"{name} is over its ceiling of {CEILINGS[name]} MB", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
