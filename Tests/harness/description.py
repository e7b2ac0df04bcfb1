"""Reading the gateway's description of its admin API (OpenAPI 3.1)."""

METHODS = ("get", "post", "put", "patch", "delete")


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


def resolved(description: dict, schema: dict) -> dict:
    """The schema as a document of its own that holds every named shape."""
    return {"allOf": [schema], "components": {"schemas": description["components"]["schemas"]}}


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

    tight = {**description, "components": {**description["components"]}}
    tight["components"]["schemas"] = close(description["components"]["schemas"])
    tight["paths"] = {
        path: {
            method: {**operation, "responses": close(operation["responses"])} for method, operation in item.items()}
        for path, item in description["paths"].items()}
    return tight
