"""Prints what SAM makes of a template, as JSON, without credentials and without a network.

Usage: translate.py FILE (run by .tools/sam, which brings the translator)
"""

import json
import os
import sys

from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

if __name__ == "__main__":
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
    with open(sys.argv[1], encoding="utf-8") as file:
        template = yaml_parse(file.read())
    for resource in template["Resources"].values():
        # What `sam package` would do: the translator wants code that has been uploaded.
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    no_managed_policies = {}
    json.dump(Translator(no_managed_policies, Parser()).translate(template, {}), sys.stdout)
