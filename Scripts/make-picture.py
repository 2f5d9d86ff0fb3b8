#!/usr/bin/env python3
"""Draws what ./run prints for the sample as docs/images/run.svg, the picture in the README.

Usage: ./run --once --data $(mktemp -d) 2>/dev/null | Scripts/make-picture.py > docs/images/run.svg
"""
import html
import sys

LINES_MAX = 46
WIDTH, LINE, LEFT = 8.43, 18, 16

lines = [line.rstrip("\n") for line in sys.stdin]
while lines and not lines[0].strip():
    lines.pop(0)
lines = ["$ ./run", ""] + lines[:LINES_MAX] + (["…"] if len(lines) > LINES_MAX else [])
columns = max(len(line) for line in lines)
width, height = round(columns * WIDTH) + 2 * LEFT, (len(lines) + 1) * LINE + LEFT
print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">')
print('<title>What ./run prints for the sample export</title>')
print(f'<rect width="{width}" height="{height}" rx="8" fill="#15191f"/>')
print('<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="#d7dde5" xml:space="preserve">')
headings = ("Holdings", "Realised gains", "Open lots")
for number, line in enumerate(lines):
    if not line:
        continue
    style = ' fill="#8fd0a6" font-weight="bold"' if line in headings or line.startswith("$") else ""
    top = (number + 1) * LINE + LEFT // 2
    print(f'<text x="{LEFT}" y="{top}"{style} textLength="{round(len(line) * WIDTH)}">{html.escape(line)}</text>')
print("</g>\n</svg>")
