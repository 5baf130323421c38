"""Values of a template: Ref, Fn::Sub, Fn::If and the rest of what ours uses, once its resources exist.

What it does not know is an error: a value left unresolved would be taken for a text.
"""

import re

NO_VALUE = object()
PLACEHOLDER = re.compile(r"\$\{([!A-Za-z0-9:._]+)\}")


class Unresolved(Exception):
    """A value that this file cannot work out."""


class Resolver:
    """Works out values from names (parameters, pseudo parameters, physical ids), attributes and conditions."""

    def __init__(self, names, attributes, conditions):
        self.names = names
        self.attributes = attributes
        self.conditions = conditions

    def value(self, node):
        """`node` without intrinsic functions; list items and map entries that are AWS::NoValue fall away."""
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, argument), = node.items()
            if name in FUNCTIONS:
                return FUNCTIONS[name](self, argument)
            if name.startswith("Fn::"):
                raise Unresolved(f"{name} is not known here: {node}")
        pairs = ((key, self.value(item)) for key, item in node.items())
        return {key: item for key, item in pairs if item is not NO_VALUE}

    def ref(self, name):
        if name == "AWS::NoValue":
            return NO_VALUE
        if name not in self.names:
            raise Unresolved(f"Ref {name}: neither a parameter nor a resource")
        return self.names[name]

    def attribute(self, path):
        key = path if isinstance(path, str) else ".".join(path)
        if key not in self.attributes:
            raise Unresolved(f"GetAtt {key}: not known here")
        return self.attributes[key]

    def sub(self, argument):
        text, own = argument if isinstance(argument, list) else (argument, {})

        def replaced(match):
            name = match.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in own:
                return str(self.value(own[name]))
            return str(self.attribute(name) if "." in name else self.ref(name))

        return PLACEHOLDER.sub(replaced, text)

    def condition(self, node):
        """Whether a condition holds, given by name or written out."""
        if isinstance(node, str):
            if node not in self.conditions:
                raise Unresolved(f"condition {node} is not in the template")
            return self.condition(self.conditions[node])
        (name, argument), = node.items()
        if name == "Condition":
            return self.condition(argument)
        if name == "Fn::Equals":
            left, right = map(self.value, argument)
            return str(left) == str(right)
        if name == "Fn::Not":
            return not self.condition(argument[0])
        if name == "Fn::And":
            return all(map(self.condition, argument))
        if name == "Fn::Or":
            return any(map(self.condition, argument))
        raise Unresolved(f"{name} is not a condition known here")

    def choose(self, argument):
        name, met, unmet = argument
        return self.value(met if self.condition(name) else unmet)

    def join(self, argument):
        return argument[0].join(map(str, self.value(argument[1])))

    def split(self, argument):
        return self.value(argument[1]).split(argument[0])

    def select(self, argument):
        return self.value(argument[1])[int(argument[0])]


FUNCTIONS = {
    "Ref": Resolver.ref,
    "Fn::GetAtt": Resolver.attribute,
    "Fn::Sub": Resolver.sub,
    "Fn::If": Resolver.choose,
    "Fn::Join": Resolver.join,
    "Fn::Split": Resolver.split,
    "Fn::Select": Resolver.select,
}
