"""Prints a CloudFormation template in YAML as JSON: short forms (!Ref, !Sub, !GetAtt) become their long ones.

Usage: to_json.py FILE
"""

import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """Reads a template. Anchors and merges are refused: CloudFormation does not know them."""

    def compose_node(self, parent, index):
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.YAMLError(f"line {event.start_mark.line + 1}: CloudFormation knows no anchors")
        return super().compose_node(parent, index)


def intrinsic(loader, suffix, node):
    """`!Name value` as `{"Fn::Name": value}`; `!GetAtt A.B` keeps its dotted form."""
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", intrinsic)

if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        json.dump(yaml.load(file, Loader), sys.stdout)
