#!/usr/bin/env bash
# Installs the pinned tools of the tests into .tools: Python packages into .tools/venv, the SAM CLI into .tools/sam, Node
# programs (with their own Node) into .tools/node. Does nothing when what is pinned is already there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

source tests/virtual_environment.sh

virtual_environment .tools/venv tests/requirements.txt tests/requirements-lambda.txt
virtual_environment .tools/sam tests/requirements-sam.txt

node_pins=$(pinned tests/package.json tests/package-lock.json)
if [ "$(cat .tools/node/.pins 2>/dev/null || true)" != "$node_pins" ]; then
  rm -rf .tools/node
  mkdir -p .tools/node
  cp tests/package.json tests/package-lock.json .tools/node/
  npm ci --prefix .tools/node --silent --no-audit --no-fund
  echo "$node_pins" > .tools/node/.pins
fi
