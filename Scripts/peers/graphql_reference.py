#!/usr/bin/env python3
"""graphql_reference.py: what the reference implementation of GraphQL makes of documents.

Reads JSON lines and answers each with a JSON line, one process for all of them:

  {"schema": NAME, "sdl": TEXT}          defines a schema -> {"errors": [MESSAGE]}; none when it is sound
  {"document": TEXT, "schema": NAME, "max_errors": N}
      -> {"syntax": ERROR}, or {"printed": TEXT, "errors": [ERROR]}; without a schema only the text,
         and "unjudged" in place of errors where the reference itself fails
  {"suggest": NAME, "among": [NAME]}     -> {"suggestions": [NAME]}

ERROR is {"message": TEXT, "locations": [[LINE, COLUMN]]}. Exit codes: 0 all answered, 2 wrong input.
"""

import json
import sys

from graphql import GraphQLError, build_schema, parse, print_ast, validate, validate_schema
from graphql.pyutils import suggestion_list

MAX_ERRORS = 100


def told(error):
    places = [[place.line, place.column] for place in error.locations or []]
    return {"message": error.message, "locations": places}


def define(schemas, order):
    try:
        schema = build_schema(order["sdl"])
    except GraphQLError as error:
        return {"errors": [error.message]}
    except TypeError as error:
        return {"errors": str(error).split("\n\n")}
    schemas[order["schema"]] = schema
    return {"errors": [error.message for error in validate_schema(schema)]}


def judge(schemas, order):
    try:
        document = parse(order["document"])
    except GraphQLError as error:
        return {"syntax": told(error)}
    answer = {"printed": print_ast(document)}
    if "schema" in order:
        try:
            errors = validate(schemas[order["schema"]], document, max_errors=order.get("max_errors", MAX_ERRORS))
        except GraphQLError as error:
            # It looks for the value of a variable that there is none of yet: a fault of its own.
            answer["unjudged"] = error.message
        else:
            answer["errors"] = [told(error) for error in errors]
    return answer


def main():
    schemas = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "sdl" in order:
            answer = define(schemas, order)
        elif "suggest" in order:
            answer = {"suggestions": suggestion_list(order["suggest"], order["among"])}
        elif "document" in order:
            answer = judge(schemas, order)
        else:
            print("graphql_reference: a line with neither sdl, document nor suggest", file=sys.stderr)
            return 2
        print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
