#!/usr/bin/env python3
"""graphql_speed.py SCHEMA QUERY ANSWER [ROUNDS]: how long graphql-core takes to give an answer from prepared values.

The values are those of the answer itself, so that every field is looked up and nothing is computed. The document is read and judged
once, as on a warm cache; a round is the execution and the writing of the answer. Prints one line of JSON: the median round in
microseconds, and whether the answer is the same value by value.
"""

import json
import statistics
import sys
import time

from graphql import build_schema, execute, parse, validate


def main():
    schema_file, query_file, answer_file = sys.argv[1:4]
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 7
    with open(schema_file, encoding="utf-8") as file:
        schema = build_schema(file.read())
    with open(query_file, encoding="utf-8") as file:
        document = parse(file.read())
    with open(answer_file, encoding="utf-8") as file:
        expected = json.load(file)
    if validate(schema, document):
        print("graphql_speed: the query is not valid", file=sys.stderr)
        return 1
    # Without arguments, prepared values answer by their names.
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = execute(schema, document, root_value=expected["data"])
        text = json.dumps({"data": result.data}, separators=(",", ":"))
        took.append(time.perf_counter() - start)
        if result.errors:
            print(f"graphql_speed: {result.errors[0].message}", file=sys.stderr)
            return 1
    same = json.loads(text) == expected
    print(json.dumps({"microseconds": round(statistics.median(took) * 1e6), "same": same}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
