#!/usr/bin/env bash
# Installs the pinned tools of the tests into .tools: Python packages into .tools/venv, Node programs (with their own
# Node) into .tools/node. Does nothing when what is pinned is already there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pinned() { cat "$@" | sha256sum | cut -d ' ' -f 1; }

python_pins=$(pinned tests/requirements.txt)
if [ "$(cat .tools/venv/.pins 2>/dev/null || true)" != "$python_pins" ]; then
  rm -rf .tools/venv
  python3 -m venv .tools/venv
  .tools/venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/requirements.txt
  echo "$python_pins" > .tools/venv/.pins
fi

node_pins=$(pinned tests/package.json tests/package-lock.json)
if [ "$(cat .tools/node/.pins 2>/dev/null || true)" != "$node_pins" ]; then
  rm -rf .tools/node
  mkdir -p .tools/node
  cp tests/package.json tests/package-lock.json .tools/node/
  npm ci --prefix .tools/node --silent --no-audit --no-fund
  echo "$node_pins" > .tools/node/.pins
fi
