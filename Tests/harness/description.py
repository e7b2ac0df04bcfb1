"""Reading the gateway's description of its admin API (OpenAPI 3.1), and holding answers against it."""

import re

METHODS = ("get", "post", "put", "patch", "delete")
# What the description says with JSON Schema; another word would have to be minded here first.
SILENT = {"description", "default"}
TYPES = {
    "null": lambda value: value is None, "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str), "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict)}


def operations(description: dict):
    """Method in capitals, path with ids in braces, and what is said of it."""
    for path, item in description["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def answers(description: dict, operation: dict):
    """Statuses as text, each with what is said of it."""
    for status, answer in operation["responses"].items():
        if "$ref" in answer:
            answer = description["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
        yield status, answer


def closed(description: dict) -> dict:
    """The same, but an answer must have no member that is not described: one that has is a gap in the description."""

    def close(node):
        if isinstance(node, list):
            return [close(item) for item in node]
        if not isinstance(node, dict):
            return node
        found = {name: close(value) for name, value in node.items() if name not in ("example", "default")}
        if found.get("type") == "object" and "properties" in found and "additionalProperties" not in found:
            found["additionalProperties"] = False
        return found

    tight = {**description, "components": close(description["components"])}
    tight["paths"] = {
        path: {
            method: {**operation, "responses": close(operation["responses"])} for method, operation in item.items()}
        for path, item in description["paths"].items()}
    return tight


def complaints(schema: dict, value, shapes: dict, place: str = "answer"):
    """Where a value is not what the schema says."""
    for word, wanted in schema.items():
        if word == "$ref":
            yield from complaints(shapes[wanted.rsplit("/", 1)[1]], value, shapes, place)
        elif word == "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            if not any(TYPES[kind](value) for kind in kinds):
                yield f"{place} is no {' or '.join(kinds)}"
        elif word in ("anyOf", "oneOf"):
            fitting = sum(not list(complaints(choice, value, shapes, place)) for choice in wanted)
            if fitting == 0 or word == "oneOf" and fitting > 1:
                yield f"{place} fits {fitting} of {len(wanted)} shapes"
        elif word == "allOf":
            for part in wanted:
                yield from complaints(part, value, shapes, place)
        elif word in MINDED:
            yield from MINDED[word](wanted, value, schema, shapes, place)
        else:
            assert word in SILENT, f"{place}: nobody minds {word}"


def _same(value, wanted) -> bool:
    """In JSON 1 is not true."""
    return type(value) is type(wanted) and value == wanted


def _choice(wanted, value, schema, shapes, place):
    if not any(_same(value, one) for one in wanted):
        yield f"{place} is none of {wanted}"


def _constant(wanted, value, schema, shapes, place):
    if not _same(value, wanted):
        yield f"{place} is not {wanted}"


def _bound(fits, kind: type | tuple):
    def check(wanted, value, schema, shapes, place):
        if isinstance(value, kind) and not isinstance(value, bool) and not fits(value, wanted):
            yield f"{place} breaks a bound: {wanted}"
    return check


def _properties(wanted, value, schema, shapes, place):
    for name in wanted.keys() & value.keys() if isinstance(value, dict) else ():
        yield from complaints(wanted[name], value[name], shapes, f"{place}.{name}")


def _further(wanted, value, schema, shapes, place):
    for name in value.keys() - schema.get("properties", {}).keys() if isinstance(value, dict) else ():
        if wanted is False:
            yield f"{place}.{name} is not described"
        elif wanted is not True:
            yield from complaints(wanted, value[name], shapes, f"{place}.{name}")


def _names(wanted, value, schema, shapes, place):
    for name in value if isinstance(value, dict) else ():
        yield from complaints(wanted, name, shapes, f"{place}: the name {name}")


def _required(wanted, value, schema, shapes, place):
    missing = [name for name in wanted if name not in value] if isinstance(value, dict) else []
    if missing:
        yield f"{place} lacks {', '.join(missing)}"


def _items(wanted, value, schema, shapes, place):
    for number, item in enumerate(value if isinstance(value, list) else ()):
        yield from complaints(wanted, item, shapes, f"{place}[{number}]")


MINDED = {
    "properties": _properties, "additionalProperties": _further, "propertyNames": _names, "required": _required,
    "items": _items,
    "enum": _choice,
    "const": _constant,
    "minimum": _bound(lambda value, wanted: value >= wanted, (int, float)),
    "maximum": _bound(lambda value, wanted: value <= wanted, (int, float)),
    "minLength": _bound(lambda value, wanted: len(value) >= wanted, str),
    "maxLength": _bound(lambda value, wanted: len(value) <= wanted, str),
    "pattern": _bound(lambda value, wanted: re.search(wanted, value), str),
    "maxItems": _bound(lambda value, wanted: len(value) <= wanted, list),
    "maxProperties": _bound(lambda value, wanted: len(value) <= wanted, dict),
}


class Description:
    """Says of answers whether they are among those that are described."""

    def __init__(self, document: dict):
        tight = closed(document)
        self.shapes = tight["components"]["schemas"]
        self.found = {}
        self.paths = set(tight["paths"])
        for method, path, operation in operations(tight):
            steps = path.split("?")[0].split("/")
            self.found[method, path] = (steps, dict(answers(tight, operation)))

    def check(self, method: str, path: str, answer):
        """Does not look at what is asked at a path, or with a method, that is not there."""
        path = path.split("?")[0]
        known = self.found.get((method, path)) if path in self.paths else self._with_ids(method, path)
        if not known:
            return
        what = f"{method} {path} {answer.status}"
        assert str(answer.status) in known[1], f"{what} is not described: {answer.body[:500]}"
        contents = known[1][str(answer.status)].get("content", {})
        kind = (answer.field("Content-Type") or "").split(";")[0]
        assert kind in contents or not (contents or answer.body), f"{what}: {kind} is not described"
        if kind == "application/json":
            wrong = list(complaints(contents[kind]["schema"], answer.json, self.shapes))
            assert not wrong, f"{what}: {wrong}"

    def _with_ids(self, method: str, path: str):
        given = path.split("/")
        for (other, _), known in self.found.items():
            steps = known[0]
            if other == method and len(steps) == len(given) and all(
                    step == part or step.startswith("{") and part for step, part in zip(steps, given)):
                return known
        return None
