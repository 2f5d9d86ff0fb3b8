#!/usr/bin/env python3
"""graphql_reference.py: what the reference implementation of GraphQL makes of documents.

Reads JSON lines and answers each with a JSON line, one process for all of them:

  {"schema": NAME, "sdl": TEXT}          defines a schema -> {"errors": [MESSAGE]}; none when it is sound
  {"document": TEXT, "schema": NAME, "max_errors": N}
      -> {"syntax": ERROR}, or {"printed": TEXT, "errors": [ERROR]}; without a schema only the text,
         and "unjudged" in place of errors where the reference itself fails
  {"suggest": NAME, "among": [NAME]}     -> {"suggestions": [NAME]}
  {"execute": TEXT, "schema": NAME, "query": DATA, "mutation": DATA, "variables": {}, "operation": NAME}
      -> {"sort": query or mutation, "data": TEXT, "errors": [ERROR as answers have it]}; no data when nothing was
         carried out. A field is answered by the member of its name; {"$error": MESSAGE} fails, and
         {"$echo": true} gives the field's arguments
  {"print": NAME}                        -> {"printed": TEXT}: a schema that was defined

ERROR is {"message": TEXT, "locations": [[LINE, COLUMN]]}. Exit codes: 0 all answered, 2 wrong input.
"""

import json
import sys
from math import isfinite

from graphql import (
    GraphQLError,
    build_schema,
    execute,
    get_operation_ast,
    parse,
    print_ast,
    print_schema,
    validate,
    validate_schema,
)
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


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def plain(value):
    """A value as both sides can say it: whole numbers without a point."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and not isfinite(value):
        return "infinite"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def resolve(source, info, **arguments):
    value = source.get(info.field_name)
    if isinstance(value, dict) and "$error" in value:
        raise GraphQLError(value["$error"])
    if isinstance(value, dict) and "$echo" in value:
        return compact(plain(arguments))
    return value


def carry_out(schemas, order):
    document = parse(order["execute"])
    operation = get_operation_ast(document, order.get("operation"))
    sort = operation.operation.value if operation else "query"
    result = execute(
        schemas[order["schema"]],
        document,
        root_value=order.get(sort),
        variable_values=order.get("variables"),
        operation_name=order.get("operation"),
        field_resolver=resolve,
        type_resolver=lambda value, _info, _type: value["__typename"],
    )
    answer = {"sort": sort, "errors": [error.formatted for error in result.errors or []]}
    # Without a path nothing was carried out: errors of fields have one.
    if result.data is not None or any(error.path for error in result.errors or []):
        answer["data"] = compact(result.data)
    return answer


def main():
    schemas = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "sdl" in order:
            answer = define(schemas, order)
        elif "suggest" in order:
            answer = {"suggestions": suggestion_list(order["suggest"], order["among"])}
        elif "execute" in order:
            answer = carry_out(schemas, order)
        elif "print" in order:
            answer = {"printed": print_schema(schemas[order["print"]])}
        elif "document" in order:
            answer = judge(schemas, order)
        else:
            print("graphql_reference: a line with nothing that is asked", file=sys.stderr)
            return 2
        print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
