"""What a role's statements allow: actions, resources with wildcards, StringLike and StringEquals on given keys.

Nothing is allowed unless a statement says so; a statement with something not understood here is an error, not a yes.
"""

import re

CONDITIONS = ("StringLike", "StringEquals")
ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}


def allowed(statements, action, resource, context):
    """Whether a role may do `action` on `resource` (an ARN), given what the request says (`context`, for example s3:prefix)."""
    verdicts = {statement["Effect"] for statement in statements if applies(statement, action, resource, context)}
    return verdicts == {"Allow"}


def applies(statement, action, resource, context):
    unknown = set(statement) - ELEMENTS
    if unknown:
        raise ValueError(f"statements with {', '.join(sorted(unknown))} are not understood")
    # Names of actions are not case sensitive; everything else is.
    return (
        any(like(pattern.lower(), action.lower()) for pattern in listed(statement["Action"]))
        and any(like(pattern, resource) for pattern in listed(statement["Resource"]))
        and all(holds(operator, wanted, context) for operator, wanted in statement.get("Condition", {}).items())
    )


def holds(operator, wanted, context):
    if operator not in CONDITIONS:
        raise ValueError(f"conditions with {operator} are not understood")
    return all(
        key in context and any(like(pattern, context[key]) if operator == "StringLike" else pattern == context[key]
                               for pattern in listed(patterns))
        for key, patterns in wanted.items()
    )


def listed(value):
    return value if isinstance(value, list) else [value]


def like(pattern, text):
    """A pattern with `*` and `?`, over the whole text."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, re.DOTALL) is not None
