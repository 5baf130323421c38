#!/usr/bin/env bash
# Installs the pinned tools of the tests into .tools: Python packages into .tools/venv, the SAM CLI into .tools/sam, Node
# programs (with their own Node) into .tools/node. Does nothing when what is pinned is already there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pinned() { cat "$@" | sha256sum | cut -d ' ' -f 1; }

# A virtual environment at $1 with exactly the packages of the other arguments.
virtual_environment() {
  local place=$1 pins
  shift
  pins=$(pinned "$@")
  [ "$(cat "$place/.pins" 2>/dev/null || true)" != "$pins" ] || return 0
  rm -rf "$place"
  python3 -m venv "$place"
  "$place/bin/python" -m pip install --quiet --disable-pip-version-check "${@/#/--requirement=}"
  echo "$pins" > "$place/.pins"
}

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
