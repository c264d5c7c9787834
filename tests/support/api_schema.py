"""The answers of an agent's API held against docs/api/v1.schema.json: each must be as it says, and have nothing
that it does not speak of."""

import json
import os

import jsonschema

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = os.path.join(_ROOT, "docs", "api", "v1.schema.json")


def _strict(part):
    """The same, but that an object has no more than what is described."""
    if isinstance(part, list):
        return [_strict(one) for one in part]
    if not isinstance(part, dict):
        return part
    strict = {key: _strict(value) for key, value in part.items()}
    if part.get("type") == "object":
        strict.setdefault("additionalProperties", False)
    return strict


def _load():
    with open(SCHEMA, encoding="utf-8") as file:
        return json.load(file)


def names():
    """Those of the answers."""
    return [name for name in _load()["$defs"] if name != "date"]


def questions():
    """Each answer by its name and what is asked for it: those of one name may have several forms."""
    return [(name, name) for name in names()] + [("certificates", "certificates?summary=true")]


def complaints(agent):
    """What is wrong with the answers, a line each."""
    wrong = []
    schema = _strict(_load())
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, question in questions():
        status, text = agent.get("/api/v1/" + question)
        if status != 200:
            wrong.append(f"{question}: HTTP status {status}")
            continue
        validator = jsonschema.Draft202012Validator({**schema, "$ref": "#/$defs/" + name})
        wrong += [f"{question}: {one.json_path}: {one.message}" for one in validator.iter_errors(json.loads(text))]
    return wrong
