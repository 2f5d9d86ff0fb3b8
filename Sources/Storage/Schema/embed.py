#!/usr/bin/env python3
"""Writes EmbeddedMigrations.swift from the numbered .sql files beside this script; run it after changing one."""
import pathlib

folder = pathlib.Path(__file__).resolve().parent
lines = [
    "// Made by Schema/embed.py from the .sql files, which are the truth; a test compares both.",
    "",
    "extension Migration {",
    "    static let all: [Migration] = [",
]
for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql")):
    text = path.read_text()
    if '"""#' in text:
        raise SystemExit(f"{path.name}: the mark that ends a Swift text occurs in it")
    lines.append(f'        Migration(number: {int(path.name[:4])}, name: "{path.stem[5:]}", sql: #"""')
    lines += ["            " + line if line else "" for line in text.rstrip("\n").split("\n")]
    lines += ["", '            """#),']
lines += ["    ]", "}", ""]
(folder.parent / "EmbeddedMigrations.swift").write_text("\n".join(lines))
