"""Holds requests and answers against the OpenAPI document that the daemon serves."""

import re


class Contract:
    def __init__(self, document):
        self.document = document
        self.operations = []
        for path, methods in document["paths"].items():
            pattern = re.compile("/v1" + re.sub(r"\{[a-z_]+\}", "[^/]+", path) + "/?")
            for method, operation in methods.items():
                self.operations.append((method.removeprefix("x-").upper(), pattern, path.count("{"), operation))
        # Fixed words before places, as the router has it.
        self.operations.sort(key=lambda each: each[2])
        self.used = set()

    def find(self, method, path):
        for name, pattern, _, operation in self.operations:
            if name == method and pattern.fullmatch(path):
                return operation
        raise AssertionError(f"the document does not know {method} {path}")

    def check(self, method, path, query, sent, answered):
        """For a request that was answered with 200."""
        operation = self.find(method, path)
        self.used.add(operation["operationId"])
        known = {self.resolved(p)["name"] for p in operation.get("parameters", []) if self.resolved(p)["in"] == "query"}
        assert set(query or {}) <= known, f"{method} {path}: {set(query) - known} is not described"
        if sent:
            assert "requestBody" in operation, f"{method} {path} has a body that is not described"
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            self.validate(sent, schema, f"{method} {path} sent")
        if "fields" not in (query or {}):
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            self.validate(answered, schema, f"{method} {path} answered")

    def resolved(self, schema):
        while "$ref" in schema:
            found = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def validate(self, value, schema, place):
        """Those words of JSON Schema that the document uses; others are an error."""
        schema = self.resolved(schema)
        for word, rule in schema.items():
            # A word about objects says nothing of a text.
            if word == "description" or not isinstance(value, self.ABOUT.get(word, object)):
                continue
            if not getattr(self, "check_" + word)(value, rule, schema, place):
                raise AssertionError(f"{place}: {value!r} does not meet {word}: {rule!r}")

    ABOUT = {"pattern": str, "minLength": str, "maxLength": str, "minimum": (int, float), "maximum": (int, float),
             "required": dict, "maxProperties": dict, "propertyNames": dict, "properties": dict,
             "additionalProperties": dict, "items": list, "minItems": list, "maxItems": list}
    TYPES = {
        "object": lambda x: isinstance(x, dict),
        "array": lambda x: isinstance(x, list),
        "string": lambda x: isinstance(x, str),
        "boolean": lambda x: isinstance(x, bool),
        "integer": lambda x: isinstance(x, int) and not isinstance(x, bool),
        "number": lambda x: isinstance(x, (int, float)) and not isinstance(x, bool),
        "null": lambda x: x is None,
    }

    def check_type(self, value, rule, _schema, _place):
        return any(self.TYPES[each](value) for each in ([rule] if isinstance(rule, str) else rule))

    def check_const(self, value, rule, _schema, _place):
        return value == rule

    def check_enum(self, value, rule, _schema, _place):
        return value in rule

    def check_pattern(self, value, rule, _schema, _place):
        return re.search(rule, value) is not None

    def check_minLength(self, value, rule, _schema, _place):
        return len(value) >= rule

    def check_maxLength(self, value, rule, _schema, _place):
        return len(value) <= rule

    check_minItems, check_maxItems = check_minLength, check_maxLength

    def check_minimum(self, value, rule, _schema, _place):
        return value >= rule

    def check_maximum(self, value, rule, _schema, _place):
        return value <= rule

    def check_propertyNames(self, value, rule, _schema, place):
        for key in value:
            self.validate(key, rule, f"{place}.{key}")
        return True

    def check_required(self, value, rule, _schema, _place):
        return all(key in value for key in rule)

    def check_maxProperties(self, value, rule, _schema, _place):
        return len(value) <= rule

    def check_properties(self, value, rule, _schema, place):
        for key, schema in rule.items():
            if key in value:
                self.validate(value[key], schema, f"{place}.{key}")
        return True

    def check_additionalProperties(self, value, rule, schema, place):
        others = [key for key in value if key not in schema.get("properties", {})]
        if rule is False:
            return not others
        for key in others:
            self.validate(value[key], rule, f"{place}.{key}")
        return True

    def check_items(self, value, rule, _schema, place):
        for each in value:
            self.validate(each, rule, f"{place}[]")
        return True

    def check_anyOf(self, value, rule, _schema, place):
        # With one choice besides null, what is wrong with it is what people want to know.
        if value is not None and len(rule) == 2 and rule[1] == {"type": "null"}:
            self.validate(value, rule[0], place)
            return True
        return any(self.meets(value, each, place) for each in rule)

    def meets(self, value, schema, place):
        try:
            self.validate(value, schema, place)
            return True
        except AssertionError:
            return False
